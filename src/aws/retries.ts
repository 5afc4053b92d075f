import { sameCode } from '../core/aws-error.js';
import type { OperationRow } from './operations.js';

/**
 * What became of a request, apart from modelled errors:
 * throttled - AWS refused it for the rate, nothing happened. unsent - it never left (name resolution, refused connection).
 * lost - it left, and the answer never came or could not be read. server - 5xx. refused - any other answer.
 */
export type RequestOutcome = 'throttled' | 'unsent' | 'lost' | 'server' | 'refused';

/**
 * retry: send again soon. wait: send again, patiently; it is a matter of time. read-back: it is not known whether AWS acted:
 * look before anything is sent again. already-done: what was wanted is there. stop: give up.
 */
export type RetryAction = 'retry' | 'wait' | 'read-back' | 'already-done' | 'stop';

export interface RetryRow {
  readonly outcomes: Readonly<Record<RequestOutcome, RetryAction>>;
  /** By error code; looked at before the fate. */
  readonly errors: Readonly<Record<string, RetryAction>>;
}

const writeOutcomes: RetryRow['outcomes'] = {
  throttled: 'retry',
  unsent: 'retry',
  lost: 'read-back',
  server: 'read-back',
  refused: 'stop',
};
/** AWS refused because something else is changing the same thing; nothing happened. */
const concurrent: RetryRow['errors'] = {
  ConcurrentModification: 'wait',
  EntityTemporarilyUnmodifiable: 'wait',
  TooManyRequests: 'retry',
};

/**
 * One row per sort of operation (`operations.ts` says which). The SDK's own retries are off: they send a CreateAccessKey
 * again whose answer was lost, retry a LimitExceeded that cannot pass, and give up on errors that pass with time.
 */
const retryTable: Readonly<Record<OperationRow['retry'], RetryRow>> = {
  read: {
    outcomes: { throttled: 'retry', unsent: 'retry', lost: 'retry', server: 'retry', refused: 'stop' },
    errors: { TooManyRequests: 'retry', ServiceFailure: 'retry', InternalError: 'retry' },
  },
  write: { outcomes: writeOutcomes, errors: concurrent },
  // IAM is eventually consistent: what was made a moment ago may be unknown for a while.
  'write-after-create': { outcomes: writeOutcomes, errors: { ...concurrent, NoSuchEntity: 'wait' } },
  // What belonged to the user or group was deleted a moment ago, and IAM may still see it.
  delete: { outcomes: writeOutcomes, errors: { ...concurrent, DeleteConflict: 'wait' } },
  // A new device may be unknown for a moment; a wrong code is the caller's to answer with the next pair.
  enrol: { outcomes: writeOutcomes, errors: { ...concurrent, NoSuchEntity: 'wait', InvalidAuthenticationCode: 'stop' } },
  // The notification or subscriber is there: what was wanted.
  'budget-part': { outcomes: writeOutcomes, errors: { ...concurrent, DuplicateRecord: 'already-done' } },
  // FinalizingOrganization can last up to an hour: patience ends before that, and the run says to come back.
  organization: { outcomes: writeOutcomes, errors: { ...concurrent, FinalizingOrganization: 'wait' } },
};

export const retryActionOf = (row: OperationRow['retry'], code: string, outcome: RequestOutcome): RetryAction => {
  const { errors, outcomes } = retryTable[row];
  const known = Object.keys(errors).find((name) => sameCode(name, code));
  return (known === undefined ? undefined : errors[known]) ?? outcomes[outcome];
};

/**
 * How long to go on, in milliseconds. `retry` is for hiccups (a rate limit takes a little longer to pass), `wait` for things that take
 * time. `read` is for one read with all its pages: ten thousand accounts, twenty a page, take two minutes at the rate that AWS allows.
 */
export const retryLimits = {
  retry: { attempts: 4, throttledAttempts: 8, firstDelayMs: 250, factor: 2, maximumDelayMs: 4_000 },
  wait: { totalMs: 120_000, firstDelayMs: 1_000, factor: 1.6, maximumDelayMs: 10_000 },
  read: { totalMs: 300_000 },
} as const;
