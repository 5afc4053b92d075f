import type { LookContext } from '../core/step.js';
import { changesOf, type LookedStep, lookAt } from './look.js';

/** How long a change may take to show: IAM is eventually consistent. */
const confirmLimitMs = 120_000;
/** How long to wait for a read that fails: a hiccup passes in seconds, and an endpoint that lacks the operation never has it. */
const blurLimitMs = 5_000;

export interface ConfirmContext extends LookContext {
  readonly forget: () => void;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at a step until its gaps are closed (or `enough` is), or the time is up; says why it waits. */
export const confirm = async (
  approved: LookedStep,
  context: ConfirmContext,
  options: { readonly patienceMs?: number; readonly enough?: (looked: LookedStep) => boolean } = {},
): Promise<LookedStep> => {
  const { patienceMs = confirmLimitMs, enough = (looked) => changesOf(looked).length === 0 } = options;
  let delay = 500;
  let waited = 0;
  for (;;) {
    context.forget();
    const looked = await lookAt(approved, context);
    const settled = enough(looked);
    if ((settled && !isBlurred(approved, looked)) || waited >= (settled ? Math.min(patienceMs, blurLimitMs) : patienceMs)) return looked;
    if (waited >= 2_000) context.say('waiting until AWS shows the change everywhere (IAM is eventually consistent)');
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** A gap that was to be closed cannot be seen at the moment: not the same as closed. What is denied will not clear up by waiting. */
const isBlurred = (approved: LookedStep, looked: LookedStep): boolean =>
  looked.findings.some(
    ({ id, status, cause }) =>
      status === 'unknown' &&
      cause !== 'denied' &&
      approved.findings.some((before) => before.id === id && before.status === 'fail' && before.remedy?.by === 'init'),
  );
