import type { LookContext } from '../core/step.js';
import { changesOf, type LookedStep, lookAt } from './look.js';
import type { PreparedStep } from './prepare.js';

/** How long a change may take to show: IAM is eventually consistent. */
const limitMs = 120_000;

/** Looks at a step until its gaps are closed or the time is up; says why it waits. */
export const confirm = async (
  prepared: PreparedStep,
  context: LookContext & { readonly forget: () => void; readonly say: (text: string) => void; readonly signal: AbortSignal },
  patienceMs: number = limitMs,
): Promise<LookedStep> => {
  let delay = 500;
  let waited = 0;
  for (;;) {
    context.forget();
    const looked = await lookAt(prepared, context);
    if (changesOf(looked).length === 0 || waited >= patienceMs) return looked;
    if (waited >= 2_000) context.say('waiting until AWS shows the change everywhere (IAM is eventually consistent)');
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};
