import { BootstrapError } from '../../core/error.js';
import type { JournalEntry } from '../../core/journal.js';
import type { ApplyContext } from '../../core/step.js';

/** Writes into the journal what became of an entry. A journal that fails now must not stand between a secret and its place. */
export const noted = async (
  { journal, say }: Pick<ApplyContext, 'journal' | 'say'>,
  entry: string,
  change: Partial<Pick<JournalEntry, 'made' | 'state' | 'place'>>,
): Promise<void> => {
  try {
    await journal.note(entry, change);
  } catch (error) {
    say(error instanceof BootstrapError ? error.message : `the journal could not be written: ${String(error)}`);
  }
};
