import type { Change } from '../core/finding.js';
import { canonical } from '../core/text.js';
import { type AssessedStep, changesOf } from './assess.js';
import { isWanted } from './results.js';

/** One thing that the plan rests on: how a wanted finding looked when the plan was made. */
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

/** What would be done, and what was seen that makes it the right thing to do. Reasons stay out: they tell ages, which pass. */
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

/** In what an account differs from what a plan was made for: one line each, empty when the plan still fits. */
export const differences = (saved: PlanBody, now: PlanBody): readonly string[] => [
  ...new Set([
    ...without(saved.seen, now.seen).map((seen) => `${seen.id} was ${told(seen)}${nowOf(seen, now)}`),
    ...without(now.seen, saved.seen)
      .filter((seen) => !saved.seen.some((before) => sameThing(before, seen)))
      .map((seen) => `${seen.id} is new: ${told(seen)}`),
    ...without(saved.changes, now.changes).map(({ change }) => `no longer planned: ${change.summary}`),
    ...without(now.changes, saved.changes).map(({ change }) => `not in the plan: ${change.summary}`),
  ]),
];

/** Whether a plan was applied since it was saved: it had changes, none remains, and all that differs is now as it should be. */
export const isApplied = (saved: PlanBody, now: PlanBody): boolean =>
  saved.changes.length > 0 &&
  now.changes.length === 0 &&
  now.seen.every(({ status }) => status !== 'unknown') &&
  without(now.seen, saved.seen).every(({ status }) => status === 'pass' || status === 'not-applicable');

/** Keys in any order: what was read from a file compares with what was made just now. */
const without = <T>(these: readonly T[], those: readonly T[]): readonly T[] => {
  const known = new Set(those.map(canonical));
  return these.filter((one) => !known.has(canonical(one)));
};

const sameThing = (a: SavedFinding, b: SavedFinding): boolean => a.id === b.id && a.resource === b.resource;

const told = ({ status, observed, resource }: SavedFinding): string =>
  `${status}${observed === null ? '' : ` (${observed})`}${resource === null ? '' : ` for ${resource}`}`;

const nowOf = (before: SavedFinding, now: PlanBody): string => {
  const same = now.seen.find((seen) => sameThing(before, seen));
  return same === undefined ? ', and is gone' : `, now ${told({ ...same, resource: null })}`;
};
