import type { Change } from '../core/finding.js';
import { canonical } from '../core/text.js';
import { type AssessedStep, changesOf, comparable } from './assess.js';
import { isWanted } from './results.js';

/** A wanted finding as it was when the plan was made. */
export interface SavedFinding {
  readonly step: string;
  readonly id: string;
  readonly resource: string | null;
  readonly status: string;
  readonly observed: string | null;
}

export interface PlanBody {
  readonly changes: readonly { readonly step: string; readonly change: Change }[];
  readonly seen: readonly SavedFinding[];
}

/** The planned changes, and the findings they are based on. Without reasons, because those contain ages. */
export const bodyOf = (assessed: readonly AssessedStep[]): PlanBody => ({
  changes: assessed.flatMap((step) => changesOf(step).map((change) => ({ step: step.step.id, change }))),
  seen: assessed
    .filter(({ wanted }) => wanted)
    .flatMap((step) =>
      step.findings
        .filter((finding) => isWanted(step, finding))
        .map(({ id, resource = null, status, observed = null }) => ({ step: step.step.id, id, resource, status, observed })),
    ),
});

/** How the account differs from a saved plan, one line each; empty when the plan still applies. */
export const differences = (saved: PlanBody, now: PlanBody): readonly string[] => [
  ...new Set([
    ...without(saved.seen, now.seen).map((seen) => `${seen.id} was ${describe(seen)}${nowOf(seen, now)}`),
    ...without(now.seen, saved.seen)
      .filter((seen) => !saved.seen.some((before) => sameFinding(before, seen)))
      .map((seen) => `${seen.id} is new: ${describe(seen)}`),
    ...without(changesIn(saved), changesIn(now)).map(({ change }) => `no longer planned: ${change.summary}`),
    ...without(changesIn(now), changesIn(saved)).map(({ change }) => `not in the plan: ${change.summary}`),
  ]),
];

const changesIn = ({ changes }: PlanBody): PlanBody['changes'] => changes.map(({ step, change }) => ({ step, change: comparable(change) }));

/** Whether a plan was applied since it was saved: it had changes, none remains, and every difference is now as it should be. */
export const isApplied = (saved: PlanBody, now: PlanBody): boolean =>
  saved.changes.length > 0 &&
  now.changes.length === 0 &&
  now.seen.every(({ status }) => status !== 'unknown') &&
  without(now.seen, saved.seen).every(({ status }) => status === 'pass' || status === 'not-applicable');

/** Compares with keys in any order, because one side was read from a file. */
const without = <T>(these: readonly T[], those: readonly T[]): readonly T[] => {
  const known = new Set(those.map(canonical));
  return these.filter((item) => !known.has(canonical(item)));
};

const sameFinding = (a: SavedFinding, b: SavedFinding): boolean => a.id === b.id && a.resource === b.resource;

const describe = ({ status, observed, resource }: SavedFinding): string =>
  `${status}${observed === null ? '' : ` (${observed})`}${resource === null ? '' : ` for ${resource}`}`;

const nowOf = (before: SavedFinding, now: PlanBody): string => {
  const same = now.seen.find((seen) => sameFinding(before, seen));
  return same === undefined ? ', and no longer exists' : `, now ${describe({ ...same, resource: null })}`;
};
