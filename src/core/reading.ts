import type { Evidence, Finding } from './finding.js';
import type { Refusal } from './refusal.js';

/**
 * What a read brought back: a value, or why there is none. A denied or failed read is data here, so that a step can
 * judge the rest and say `unknown` for what it could not see. An answer like "no such user" is a value (undefined).
 */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly evidence: readonly Evidence[] }
  | {
      readonly ok: false;
      readonly cause: 'denied' | 'unreachable' | 'unsupported' | 'failed';
      readonly message: string;
      readonly missingPermission?: string;
      /** The error's code, as AWS or the socket gave it. */
      readonly code?: string;
      /** Where AWS refused for another reason than a missing permission. */
      readonly refusal?: Refusal;
      readonly evidence: readonly Evidence[];
    };
export type Unread = Extract<Reading<unknown>, { ok: false }>;

export const value = <T>(of: T, evidence: readonly Evidence[] = []): Reading<T> => ({ ok: true, value: of, evidence });

export const map = <A, B>(reading: Reading<A>, f: (value: A) => B): Reading<B> =>
  reading.ok ? { ...reading, value: f(reading.value) } : reading;

/** All values, or the first that could not be read. Evidence adds up. */
export const all = <T extends readonly unknown[]>(...readings: { [K in keyof T]: Reading<T[K]> }): Reading<T> => {
  const unread = readings.find((reading): reading is Unread => !reading.ok);
  if (unread) return unread;
  return {
    ok: true,
    value: readings.map((reading) => (reading.ok ? reading.value : undefined)) as unknown as T,
    evidence: readings.flatMap((reading) => reading.evidence),
  };
};

/** The finding that says a read failed. */
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
