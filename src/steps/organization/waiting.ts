import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';

type Waiting = Pick<ApplyContext, 'clock' | 'signal' | 'notify'>;

/** Waiting for a service that is slow by design: every wait goes through the clock, and says why it waits. */

/** Looks again and again until `see` finds something; undefined when the time is up. */
export const pollUntil = async <T>(
  context: Waiting & Pick<ApplyContext, 'forget'>,
  limitMs: number,
  see: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  let delay = 1_000;
  let waited = 0;
  for (;;) {
    context.forget();
    const seen = await see();
    if (seen !== undefined || waited >= limitMs) return seen;
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** Makes a call again while AWS refuses it with one of `codes`: what was made a moment ago is not known everywhere yet. */
export const retryWhileUnknown = async <T>(
  context: Waiting,
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
      if (waited === 0) context.notify(`waiting until AWS knows ${what} everywhere`);
      await context.clock.sleep(delay, context.signal);
      waited += delay;
      delay = Math.min(delay * 2, 10_000);
    }
  }
};

/**
 * Makes a call again while AWS refuses it with `code`, which means that it has done nothing and that waiting helps. Throws AWS's refusal
 * when the time is up.
 */
export const retryWhileRefused = async <T>(
  context: Waiting,
  { code, limitMs, words }: { readonly code: string; readonly limitMs: number; readonly words: string },
  call: () => Promise<T>,
): Promise<T> => {
  const until = context.clock.now().getTime() + limitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isAwsError(error, code) || error instanceof AmbiguousWriteError || context.clock.now().getTime() >= until) throw error;
      context.notify(words);
      await context.clock.sleep(15_000, context.signal);
    }
  }
};

/**
 * Until AWS has set up a new organization it takes no accounts and sends no invitations. AWS speaks of an hour; mostly it takes minutes,
 * and each call has waited two of them before this hears of it.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_troubleshoot.html
 */
export const whenOrganizationIsReady = async <T>(context: Waiting, call: () => Promise<T>): Promise<T> =>
  retryWhileRefused(
    context,
    {
      code: 'FinalizingOrganization',
      limitMs: 8 * 60_000,
      words: 'AWS is still setting up the new organization (mostly minutes, an hour at most); Ctrl-C is safe, and a later run goes on',
    },
    call,
  );

/**
 * A write that AWS itself refuses to do twice. When its answer is lost, `see` looks whether it happened; only when it did not
 * show is it sent again.
 */
export const writeOrFind = async <T>(
  context: Waiting & Pick<ApplyContext, 'forget'>,
  write: () => Promise<T>,
  see: () => Promise<T | undefined>,
): Promise<T> => {
  for (let chance = 1; ; chance += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AmbiguousWriteError)) throw error;
      const seen = await pollUntil(context, 10_000, see);
      if (seen !== undefined) return seen;
      if (chance === 3) throw error;
    }
  }
};
