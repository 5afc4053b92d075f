import type { Finding } from '../core/finding.js';
import { unknownFinding } from '../core/reading.js';
import { type AnyStep, defineStep, type Kept, type UndoContext, type UndoPlan } from '../core/step.js';
import type { AssessedStep, PreparedStep } from './assess.js';

/** What the engine observes of a step that is undone. */
interface Observed {
  readonly plan: UndoPlan;
}

const idOf = (step: AnyStep): string => `${step.id}.undo`;

/**
 * A step as its undo, in the shape that the engine applies: every change that is left to make is an open finding. So an undo has what `init`
 * has: it observes again before it changes anything, stops if the plan is no longer the same, reads lost answers back, and waits until the
 * change shows.
 */
export const undoing = (prepared: PreparedStep, context: UndoContext): PreparedStep => {
  const { step } = prepared;
  const { undo } = step;
  return {
    ...prepared,
    step: defineStep<unknown, unknown, Observed, never>({
      ...(step as unknown as Parameters<typeof defineStep<unknown, unknown, Observed, never>>[0]),
      needs: [],
      observe: async (observeContext, desired) => ({
        plan: undo === undefined ? { changes: [], kept: [] } : undo.plan(desired, await undo.observe(observeContext, desired), context),
      }),
      assess: (_, { plan }) => findingsOf(step, plan) as readonly Finding<never>[],
      apply: async (applyContext, change) => undo?.apply(applyContext, change),
    }),
  };
};

const findingsOf = (step: AnyStep, { changes, kept, unread = [] }: UndoPlan): readonly Finding[] => [
  ...changes.map(
    (change): Finding => ({
      id: idOf(step),
      kind: 'wanted',
      status: 'fail',
      resource: change.summary,
      reason: change.summary,
      remedy: { by: 'init', change },
      evidence: [],
    }),
  ),
  ...kept.flatMap(({ what, why, manual }): readonly Finding[] =>
    manual === undefined
      ? []
      : [
          {
            id: idOf(step),
            kind: 'wanted',
            status: 'manual',
            resource: what,
            reason: why,
            remedy: { by: 'hand', instructions: manual },
            evidence: [],
          },
        ],
  ),
  ...unread.map((one): Finding => ({ ...unknownFinding(idOf(step), one), kind: 'wanted' })),
];

/** What the undo of a step leaves; nothing for a step that was left out. */
export const keptBy = ({ observed, judged }: AssessedStep): readonly Kept[] => (judged ? (observed as Observed).plan.kept : []);
