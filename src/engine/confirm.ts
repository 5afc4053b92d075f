import type { ObserveContext } from '../core/step.js';
import { type AssessedStep, assessStep, changesOf } from './assess.js';

/** How long a change may take to show: IAM is eventually consistent. */
const confirmLimitMs = 120_000;
/** How long to wait for a read that fails: a hiccup passes in seconds, and an endpoint that lacks the operation never has it. */
const blurLimitMs = 5_000;

export interface ConfirmContext extends ObserveContext {
  readonly forget: () => void;
  readonly notify: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at a step until its gaps are closed (or `enough` is), or the time is up; says why it waits. */
export const confirm = async (
  approved: AssessedStep,
  context: ConfirmContext,
  options: { readonly patienceMs?: number; readonly enough?: (assessed: AssessedStep) => boolean } = {},
): Promise<AssessedStep> => {
  const { patienceMs = confirmLimitMs, enough = (assessed) => changesOf(assessed).length === 0 } = options;
  let delay = 500;
  let waited = 0;
  for (;;) {
    context.forget();
    const assessed = await assessStep(approved, context);
    const settled = enough(assessed);
    if ((settled && !isBlurred(approved, assessed)) || waited >= (settled ? Math.min(patienceMs, blurLimitMs) : patienceMs))
      return assessed;
    if (waited >= 2_000) context.notify('waiting until AWS shows the change everywhere (IAM is eventually consistent)');
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** A gap that was to be closed cannot be seen at the moment: not the same as closed. What is denied will not clear up by waiting. */
const isBlurred = (approved: AssessedStep, assessed: AssessedStep): boolean =>
  assessed.findings.some(
    ({ id, status, cause }) =>
      status === 'unknown' &&
      cause !== 'denied' &&
      approved.findings.some((before) => before.id === id && before.status === 'fail' && before.remedy?.by === 'init'),
  );
