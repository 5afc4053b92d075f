import { AmbiguousWriteError, isAwsError } from '../../../core/aws-error.js';
import type { ApplyContext } from '../../../core/step.js';

/** Waiting for a service that is slow by design: every wait goes through the clock, and says why it waits. */

/**
 * Reads of one round share a cache, so a read that is repeated to see a change needs it cleared first. The engine's context
 * can do that; a context without it is taken to have no cache.
 */
export const forget = (context: ApplyContext): void => (context as ApplyContext & { readonly forget?: () => void }).forget?.();

/** Looks again and again until `see` finds something; undefined when the time is up. */
export const lookUntil = async <T>(
  context: ApplyContext,
  limitMs: number,
  see: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  let delay = 1_000;
  let waited = 0;
  for (;;) {
    forget(context);
    const seen = await see();
    if (seen !== undefined || waited >= limitMs) return seen;
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** Makes a call again while AWS refuses it with one of `codes`: what was made a moment ago is not known everywhere yet. */
export const whileNotKnownYet = async <T>(
  context: ApplyContext,
  codes: readonly string[],
  what: string,
  call: () => Promise<T>,
): Promise<T> => {
  let delay = 1_000;
  let waited = 0;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (waited >= 60_000 || error instanceof AmbiguousWriteError || !isAwsError(error, ...codes)) throw error;
      if (waited === 0) context.say(`waiting until AWS knows ${what} everywhere`);
      await context.clock.sleep(delay, context.signal);
      waited += delay;
      delay = Math.min(delay * 2, 10_000);
    }
  }
};
