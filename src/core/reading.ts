import { BootstrapError, type ErrorInfo, type UnreadCause } from './errors.js';
import type { Evidence, Finding } from './finding.js';
import { afterRefusal, isNotEnabled, notEnabledError, notOffered, type Refusal } from './refusal.js';

/**
 * The result of a read: a value, or why there is none. A denied or failed read is data, so that a step can assess the rest and report
 * `unknown` for what it could not read. A response such as "no such user" is a value (undefined).
 */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly evidence: readonly Evidence[] }
  | {
      readonly ok: false;
      readonly cause: UnreadCause;
      readonly message: string;
      readonly missingPermission?: string;
      /** The error code from AWS or from the socket. */
      readonly code?: string;
      /** Set when AWS refused for another reason than a missing permission. */
      readonly refusal?: Refusal;
      readonly evidence: readonly Evidence[];
    };
export type Unread = Extract<Reading<unknown>, { ok: false }>;

export const value = <T>(of: T, evidence: readonly Evidence[] = []): Reading<T> => ({ ok: true, value: of, evidence });

export const map = <A, B>(reading: Reading<A>, f: (value: A) => B): Reading<B> =>
  reading.ok ? { ...reading, value: f(reading.value) } : reading;

/** All values with all evidence, or the first reading that failed. */
export const all = <T extends readonly unknown[]>(...readings: { [K in keyof T]: Reading<T[K]> }): Reading<T> => {
  const unread = readings.find((reading): reading is Unread => !reading.ok);
  if (unread) return unread;
  return {
    ok: true,
    value: readings.map((reading) => (reading.ok ? reading.value : undefined)) as unknown as T,
    evidence: readings.flatMap((reading) => reading.evidence),
  };
};

/** The finding of a failed read. */
export const unknownFinding = (id: string, unread: Unread, resource?: string): Finding<never> => ({
  id,
  status: 'unknown',
  ...(resource === undefined ? {} : { resource }),
  reason: unread.message,
  evidence: unread.evidence,
  cause: unread.cause,
  ...(unread.missingPermission === undefined ? {} : { missingPermission: unread.missingPermission }),
  ...(unread.refusal === undefined ? {} : { refusal: unread.refusal }),
});

/** A failed reading, or the finding of it. */
type FailedRead = Partial<Pick<Unread, 'cause' | 'missingPermission' | 'refusal'>>;

/** The error of a run that needs a failed read: denied (exit 4), not enabled or not answered (exit 6), not offered by the endpoint (exit 1). */
export const unreadError = (
  unread: FailedRead,
  parts: Pick<ErrorInfo, 'message'> & Partial<Pick<ErrorInfo, 'step' | 'changed'>> & { readonly who?: string },
): BootstrapError => {
  const { who = 'an identity', ...rest } = parts;
  const { cause, missingPermission, refusal } = unread;
  if (cause === 'unsupported') return notOffered(rest.message, rest);
  if (isNotEnabled(refusal)) return notEnabledError(refusal, rest);
  if (cause === 'denied') {
    const next =
      missingPermission !== undefined
        ? `Run as ${who} that is allowed ${missingPermission}.`
        : refusal !== undefined
          ? afterRefusal(refusal)
          : 'Sign in again and run the same command.';
    return new BootstrapError({ ...rest, code: 'E-READ-DENIED', next });
  }
  return new BootstrapError({
    ...rest,
    code: 'E-UNREACHABLE',
    next: cause === 'unreachable' ? 'Check the connection and run the same command again.' : 'Run the same command again.',
    retryable: true,
  });
};
