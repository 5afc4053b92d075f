import type { Change } from '../core/finding.js';
import { canonical } from '../core/text.js';
import { type AssessedStep, changesOf, comparable } from './assess.js';
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
    ...without(changesIn(saved), changesIn(now)).map(({ change }) => `no longer planned: ${change.summary}`),
    ...without(changesIn(now), changesIn(saved)).map(({ change }) => `not in the plan: ${change.summary}`),
  ]),
];

const changesIn = ({ changes }: PlanBody): PlanBody['changes'] => changes.map(({ step, change }) => ({ step, change: comparable(change) }));

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
