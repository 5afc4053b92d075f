import type { AppliedWaiver, Waiver } from '../core/finding.js';
import type { Result } from '../core/report.js';

/** So many days before its end a waiver begins to say so. */
const noticeDays = 14;
const dayMs = 86_400_000;

export interface WaiverContext {
  readonly waivers: readonly Waiver[];
  readonly now: Date;
  /** Checks that this run looks at: a waiver of any other is not spoken of. */
  readonly covers: (check: string) => boolean;
  /** `init` brings about what it can, waiver or not: what is waived there is what a person would have to do. */
  readonly command: 'init' | 'check';
}

export interface WaiverResult {
  readonly results: readonly Result[];
  /** Waivers that end soon, have ended, or are of no use any more; one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Findings that are accepted for a while become `waived`; check and resource must match exactly. A waiver accepts what is wrong or is
 * for a person to do; what could not be read stays `unknown`, since nobody knows what would be accepted. When its last day is over,
 * the finding counts again and says so.
 */
export const applyWaivers = (results: readonly Result[], { waivers, now, covers, command }: WaiverContext): WaiverResult => {
  const today = now.toISOString().slice(0, 10);
  const waived = results.map((result): Result => {
    const waiver = mayBeWaived(result, command) ? bestOf(waivers.filter((one) => matches(one, result))) : undefined;
    return waiver === undefined ? result : withWaiver(result, waiver, today);
  });
  const warnings = waivers
    .filter(({ check }) => covers(check))
    .flatMap((waiver) =>
      warningsOf(
        waiver,
        results.filter((result) => matches(waiver, result)),
        today,
        command,
      ),
    );
  return { results: waived, warnings: [...new Set(warnings)] };
};

const matches = ({ check, resource }: Waiver, result: Result): boolean =>
  check === result.id && (resource === undefined || resource === result.resource);

const mayBeWaived = ({ status, remediation }: Result, command: WaiverContext['command']): boolean =>
  (status === 'fail' || status === 'manual') && (command === 'check' || remediation?.by !== 'init');

/** Of several, the one that holds longest. ISO dates sort as text. */
const bestOf = (waivers: readonly Waiver[]): Waiver | undefined => waivers.toSorted((a, b) => b.expires.localeCompare(a.expires))[0];

const withWaiver = (result: Result, { reason, owner, expires }: Waiver, today: string): Result => {
  const state = stateOf(expires, today);
  const waiver: AppliedWaiver = { reason, owner, expires, state };
  return state === 'expired'
    ? { ...result, waiver, reason: `${result.reason}; its waiver expired on ${expires}` }
    : { ...result, waiver, status: 'waived' };
};

const daysTo = (expires: string, today: string): number => Math.round((Date.parse(expires) - Date.parse(today)) / dayMs);

const stateOf = (expires: string, today: string): AppliedWaiver['state'] => {
  const left = daysTo(expires, today);
  return left < 0 ? 'expired' : left <= noticeDays ? 'ending' : 'active';
};

const warningsOf = (waiver: Waiver, matched: readonly Result[], today: string, command: WaiverContext['command']): readonly string[] => {
  const { check, resource, owner, expires } = waiver;
  const named = `The waiver of ${check}${resource === undefined ? '' : ` for ${resource}`} (owner: ${owner})`;
  // `init` may have closed the gap a moment ago, and looks at fewer users than `check`: whether a waiver is of use is for `check` to say.
  if (matched.length === 0) return command === 'check' ? [`${named} matches nothing; correct it or take it out.`] : [];
  if (matched.some(({ status }) => status === 'unknown')) return [];
  if (!matched.some((result) => mayBeWaived(result, command)))
    return command === 'check' ? [`${named} is not needed any more: nothing of it fails.`] : [];
  const left = daysTo(expires, today);
  if (left < 0) return [`${named} expired on ${expires}; the finding counts again.`];
  if (left > noticeDays) return [];
  return [`${named} ends ${left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`}, on ${expires}.`];
};
