import { sameCode } from '../core/aws-error.js';
import type { OperationRow } from './operations.js';

/**
 * What happened to a request, apart from modelled errors:
 * throttled - AWS refused it because of the rate, nothing was changed. unsent - it was not sent (name resolution, refused connection).
 * lost - it was sent, and the response did not arrive or could not be read. server - 5xx. refused - any other error.
 */
export type RequestOutcome = 'throttled' | 'unsent' | 'lost' | 'server' | 'refused';

/**
 * retry: send it again soon. wait: send it again for a longer time. read-back: it is not known whether AWS carried it out: read the account
 * before anything is sent again. already-done: what was wanted exists. stop: give up.
 */
export type RetryAction = 'retry' | 'wait' | 'read-back' | 'already-done' | 'stop';

export interface RetryRow {
  readonly outcomes: Readonly<Record<RequestOutcome, RetryAction>>;
  /** By error code; has precedence over `outcomes`. */
  readonly errors: Readonly<Record<string, RetryAction>>;
}

const writeOutcomes: RetryRow['outcomes'] = {
  throttled: 'retry',
  unsent: 'retry',
  lost: 'read-back',
  server: 'read-back',
  refused: 'stop',
};
/**
 * AWS refused because another request is changing the same resource; nothing was changed. Budgets reports a failure of its own with status
 * 400 (InternalError): the write may have happened. https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
 */
const concurrent: RetryRow['errors'] = {
  ConcurrentModification: 'wait',
  EntityTemporarilyUnmodifiable: 'wait',
  TooManyRequests: 'retry',
  InternalError: 'read-back',
};

/**
 * One row for each sort of operation (see `operations.ts`). The SDK's own retries are off: they send a CreateAccessKey again after a lost
 * response, retry a LimitExceeded that cannot succeed, and give up on errors that end with time.
 */
const retryTable: Readonly<Record<OperationRow['retry'], RetryRow>> = {
  read: {
    outcomes: { throttled: 'retry', unsent: 'retry', lost: 'retry', server: 'retry', refused: 'stop' },
    errors: { TooManyRequests: 'retry', ServiceFailure: 'retry', InternalError: 'retry' },
  },
  // Nothing else depends on it, and a network may have no way to its endpoint: a run does not wait for it.
  extra: { outcomes: { throttled: 'retry', unsent: 'stop', lost: 'stop', server: 'retry', refused: 'stop' }, errors: {} },
  write: { outcomes: writeOutcomes, errors: concurrent },
  // IAM is eventually consistent: a new resource may be unknown for a while.
  'write-after-create': { outcomes: writeOutcomes, errors: { ...concurrent, NoSuchEntity: 'wait' } },
  // The policies, keys and devices of the user or group were deleted a moment ago, and IAM may still see them.
  delete: { outcomes: writeOutcomes, errors: { ...concurrent, DeleteConflict: 'wait' } },
  // A new device may be unknown for a moment. After a wrong code, the caller sends the next pair.
  enrol: { outcomes: writeOutcomes, errors: { ...concurrent, NoSuchEntity: 'wait', InvalidAuthenticationCode: 'stop' } },
  // DuplicateRecord: the notification or subscriber exists already.
  'budget-part': { outcomes: writeOutcomes, errors: { ...concurrent, DuplicateRecord: 'already-done' } },
  // FinalizingOrganization can last up to an hour. The run stops waiting before that and asks the user to run it again.
  organization: { outcomes: writeOutcomes, errors: { ...concurrent, FinalizingOrganization: 'wait' } },
};

export const retryActionOf = (row: OperationRow['retry'], code: string, outcome: RequestOutcome): RetryAction => {
  const { errors, outcomes } = retryTable[row];
  const known = Object.entries(errors).find(([name]) => sameCode(name, code));
  return known?.[1] ?? outcomes[outcome];
};

/**
 * Limits in milliseconds. `retry` is for temporary failures (a rate limit lasts a little longer), `wait` for changes that take time. `read`
 * is for one read with all its pages: ten thousand accounts, with 20 on a page, take two minutes at the rate that AWS allows.
 */
export const retryLimits = {
  retry: { attempts: 4, throttledAttempts: 8, firstDelayMs: 250, factor: 2, maximumDelayMs: 4_000 },
  wait: { totalMs: 120_000, firstDelayMs: 1_000, factor: 1.6, maximumDelayMs: 10_000 },
  read: { totalMs: 300_000 },
} as const;
