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
export const applyWaivers = (results: readonly Result[], context: WaiverContext): WaiverResult => {
  const applied = makeWaivers(context);
  return { results: applied.apply(results), warnings: applied.warnings() };
};

/** `applyWaivers` for the results of one account after the other. The warnings are about all of them together. */
export interface AppliedWaivers {
  readonly apply: (results: readonly Result[]) => readonly Result[];
  readonly warnings: () => readonly string[];
}

/** What a waiver matched so far. */
interface Matched {
  any: boolean;
  unknown: boolean;
  /** A finding that may be waived. */
  open: boolean;
}

export const makeWaivers = ({ waivers, now, covers, command }: WaiverContext): AppliedWaivers => {
  const today = now.toISOString().slice(0, 10);
  const used = waivers.map((waiver) => ({ waiver, matched: { any: false, unknown: false, open: false } }));
  const applyTo = (result: Result): Result => {
    const open = mayBeWaived(result, command);
    const matching = used.filter(({ waiver }) => matches(waiver, result));
    for (const { matched } of matching) {
      matched.any = true;
      matched.unknown ||= result.status === 'unknown';
      matched.open ||= open;
    }
    const best = open ? bestOf(matching.map(({ waiver }) => waiver)) : undefined;
    return best === undefined ? result : withWaiver(result, best, today);
  };
  return {
    apply: (results) => results.map(applyTo),
    warnings: () => {
      const covered = used.filter(({ waiver }) => covers(waiver.check));
      return [...new Set(covered.flatMap(({ waiver, matched }) => warningsOf(waiver, matched, today, command)))];
    },
  };
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

const warningsOf = (waiver: Waiver, matched: Matched, today: string, command: WaiverContext['command']): readonly string[] => {
  const { check, resource, owner, expires } = waiver;
  const named = `The waiver of ${check}${resource === undefined ? '' : ` for ${resource}`} (owner: ${owner})`;
  // `init` may have just closed the gap, and reads fewer users than `check`: only `check` can report that a waiver is not needed.
  if (!matched.any) return command === 'check' ? [`${named} matches nothing; correct it or remove it.`] : [];
  if (matched.unknown) return [];
  if (!matched.open) return command === 'check' ? [`${named} is no longer needed: no matching finding fails.`] : [];
  const left = daysTo(expires, today);
  if (left < 0) return [`${named} expired on ${expires}; the finding counts again.`];
  if (left > noticeDays) return [];
  return [`${named} ends ${left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`}, on ${expires}.`];
};
