import type { AppliedWaiver, Waiver } from '../core/finding.js';
import type { Result } from '../core/report.js';

/** A waiver is reported from this many days before its end. */
const noticeDays = 14;
const dayMs = 86_400_000;

export interface WaiverContext {
  readonly waivers: readonly Waiver[];
  readonly now: Date;
  /** Whether this run includes a check: waivers of other checks are not reported. */
  readonly covers: (check: string) => boolean;
  /** `init` fixes what it can, waived or not; there, only manual findings can be waived. */
  readonly command: 'init' | 'check';
}

export interface WaiverResult {
  readonly results: readonly Result[];
  /** Waivers that end soon, have ended, or are not needed; one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Findings with a waiver become `waived`; check and resource must match exactly. Only `fail` and `manual` can be waived: what could not be
 * read stays `unknown`, because it is not known what would be accepted. After the last day of the waiver the finding counts again.
 */
export const applyWaivers = (results: readonly Result[], { waivers, now, covers, command }: WaiverContext): WaiverResult => {
  const today = now.toISOString().slice(0, 10);
  const waived = results.map((result): Result => {
    const waiver = mayBeWaived(result, command) ? bestOf(waivers.filter((candidate) => matches(candidate, result))) : undefined;
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

/** The waiver with the latest end. ISO dates sort as text. */
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
  // `init` may have just closed the gap, and reads fewer users than `check`: only `check` can report that a waiver is not needed.
  if (matched.length === 0) return command === 'check' ? [`${named} matches nothing; correct it or remove it.`] : [];
  if (matched.some(({ status }) => status === 'unknown')) return [];
  if (!matched.some((result) => mayBeWaived(result, command)))
    return command === 'check' ? [`${named} is no longer needed: no matching finding fails.`] : [];
  const left = daysTo(expires, today);
  if (left < 0) return [`${named} expired on ${expires}; the finding counts again.`];
  if (left > noticeDays) return [];
  return [`${named} ends ${left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`}, on ${expires}.`];
};
