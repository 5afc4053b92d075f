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
