import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ApplyContext } from '../../core/step.js';

type WaitContext = Pick<ApplyContext, 'clock' | 'signal' | 'notify'>;

/** How to wait for a service that is slow by design. Every wait uses the clock of the run and reports why it waits. */

/** Calls `find` repeatedly until it returns something. Returns undefined if the time is up. */
export const pollUntil = async <T>(
  context: WaitContext & Pick<ApplyContext, 'forget'>,
  limitMs: number,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  let delay = 1_000;
  let waited = 0;
  for (;;) {
    context.forget();
    const found = await find();
    if (found !== undefined || waited >= limitMs) return found;
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

const knownLimitMs = 60_000;

/** Repeats a call while AWS refuses it with one of `codes`, because a new resource is not known everywhere yet. */
export const retryWhileUnknown = async <T>(
  context: WaitContext,
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
      if (waited >= knownLimitMs || error instanceof AmbiguousWriteError || !isAwsError(error, ...codes)) throw error;
      context.notify(`waiting until AWS knows ${what} everywhere`, { waitedMs: waited, limitMs: knownLimitMs });
      await context.clock.sleep(delay, context.signal);
      waited += delay;
      delay = Math.min(delay * 2, 10_000);
    }
  }
};

/**
 * Repeats a call while AWS refuses it with `code`, which means that AWS did nothing and that waiting helps. Throws the refusal when the
 * time is up.
 */
export const retryWhileRefused = async <T>(
  context: WaitContext,
  { code, limitMs, message }: { readonly code: string; readonly limitMs: number; readonly message: string },
  call: () => Promise<T>,
): Promise<T> => {
  const start = context.clock.now().getTime();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isAwsError(error, code) || error instanceof AmbiguousWriteError || context.clock.now().getTime() >= start + limitMs) throw error;
      context.notify(message, { waitedMs: context.clock.now().getTime() - start, limitMs });
      await context.clock.sleep(15_000, context.signal);
    }
  }
};

/**
 * AWS creates no accounts and sends no invitations until it has set up a new organization. AWS documents up to an hour; it usually takes
 * minutes, and each call has already been retried for two of them before it fails here.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_troubleshoot.html
 */
export const whenOrganizationIsReady = async <T>(context: WaitContext, call: () => Promise<T>): Promise<T> =>
  retryWhileRefused(
    context,
    {
      code: 'FinalizingOrganization',
      limitMs: 8 * 60_000,
      message:
        'AWS is still setting up the new organization (usually minutes, an hour at most); you can press Ctrl-C, and a later run continues',
    },
    call,
  );

/**
 * Sends a write that AWS itself refuses to do twice. If its response is lost, `find` checks whether AWS did it. Only if that does not show,
 * the write is sent again.
 */
export const writeOrFind = async <T>(
  context: WaitContext & Pick<ApplyContext, 'forget'>,
  write: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AmbiguousWriteError)) throw error;
      const found = await pollUntil(context, 10_000, find);
      if (found !== undefined) return found;
      if (attempt === 3) throw error;
    }
  }
};
