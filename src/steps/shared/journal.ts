import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { JournalEntry } from '../../core/journal.js';
import type { ApplyContext } from '../../core/step.js';

/** Updates an entry of the journal. If that fails, the user is notified and the run continues, because a secret must still be stored. */
export const recordInJournal = async (
  { journal, notify }: Pick<ApplyContext, 'journal' | 'notify'>,
  entry: string,
  change: Partial<Pick<JournalEntry, 'made' | 'state' | 'place'>>,
): Promise<void> => {
  try {
    await journal.note(entry, change);
  } catch (error) {
    notify(error instanceof BootstrapError ? error.message : `the journal could not be written: ${String(error)}`);
  }
};

/** Dates in answers of AWS have whole seconds, and answers take time. */
const maxSkewMs = 10_000;
/** The request is sent as soon as its entry is on disk, and given up after 30 seconds. */
const maxDelayMs = 60_000;

/**
 * Whether the request of an entry can have created this. What was created later was created by someone else: after waiting longer than
 * that for AWS, an interrupted run leaves it to you.
 */
export const wasCreatedFor = ({ at }: Pick<JournalEntry, 'at'>, createdAt: Date | undefined): boolean => {
  const delay = (createdAt?.getTime() ?? Number.NaN) - Date.parse(at);
  return delay >= -maxSkewMs && delay <= maxDelayMs;
};

/**
 * "Already exists" is not a failure. It becomes an ambiguous write, after which the engine reads the account again and continues from
 * what it finds.
 */
export const readBackIfExists = async <T>(write: Promise<T>): Promise<T> => {
  try {
    return await write;
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || error instanceof AmbiguousWriteError) throw error;
    const { operation, code, message, status, requestId } = error;
    throw new AmbiguousWriteError({ operation, code, message, status, requestId, cause: error });
  }
};
