import type { Clock } from '../../../src/core/clock.js';
import type { Journal, JournalEntry } from '../../../src/core/journal.js';

/** A journal in memory, for tests of steps. `list` has all entries in their current state. */
export const memoryJournal = (
  clock: Pick<Clock, 'now'>,
  before: readonly JournalEntry[] = [],
): Journal & { readonly list: JournalEntry[] } => {
  const list: JournalEntry[] = [...before];
  return {
    list,
    entries: async (accountId) => list.filter((entry) => entry.accountId === accountId),
    open: async (entry) => {
      const opened: JournalEntry = {
        ...entry,
        id: `entry-${list.length + 1}`,
        at: clock.now().toISOString(),
        made: null,
        state: 'open',
        place: null,
      };
      list.push(opened);
      return opened;
    },
    note: async (id, change) => {
      const index = list.findIndex((entry) => entry.id === id);
      const entry = list[index];
      if (entry === undefined) throw new Error(`no entry ${id}`);
      list[index] = { ...entry, ...change };
    },
  };
};
