import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { JournalEntry } from '../../core/journal.js';
import type { ApplyContext } from '../../core/step.js';

/** Writes into the journal what became of an entry. A journal that fails now must not stand between a secret and its place. */
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
 * "Already exists" is an answer to look into, not a failure: it becomes one of the answers that leave open what the account looks
 * like now, upon which the engine looks again and goes on from what it sees.
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
