import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/core/journal.js';
import { profileMark } from '../../src/core/profile-name.js';
import type { StoredSecret } from '../../src/core/secret.js';
import { resolvePendingSecrets } from '../../src/secrets/journal.js';
import { memoryJournal } from '../steps/support/memory-journal.js';
import { testClock } from '../support/host.js';
import { account } from './scene.js';

const entry: JournalEntry = {
  id: 'one',
  accountId: account,
  kind: 'access-key',
  user: 'ci',
  at: '2026-11-23T10:00:00.000Z',
  before: [],
  made: 'AKIA1',
  state: 'open',
  place: null,
  replaces: null,
};

const settled = async (before: JournalEntry, held: readonly StoredSecret[]): Promise<Partial<JournalEntry> | undefined> => {
  const journal = memoryJournal(testClock(), [before]);
  await resolvePendingSecrets(journal, account, { holds: async () => held, place: () => './secrets.json' });
  return journal.list[0];
};

describe('an entry of a key whose run ended before it could be closed', () => {
  it('is closed with the name of the profile that has the key', async () => {
    expect(await settled(entry, [profileMark('work', 'AKIA1')])).toMatchObject({ state: 'closed', place: 'the profile work' });
  });

  it('is closed when the secrets file holds the key', async () => {
    const held = [{ kind: 'access-key', user: 'ci', id: 'AKIA1' }] as const;
    expect(await settled(entry, held)).toMatchObject({ state: 'closed', place: './secrets.json' });
  });

  it.each<[string, JournalEntry, readonly StoredSecret[]]>([
    ['whose key is nowhere', entry, [profileMark('work', 'AKIA2')]],
    ['that never learnt of a key', { ...entry, made: null }, [profileMark('work', '')]],
    ['of a rotation, which goes on from it', { ...entry, replaces: 'AKIA0' }, [profileMark('work', 'AKIA1')]],
  ])('stays when it is one %s', async (_name, before, held) => {
    expect(await settled(before, held)).toEqual(before);
  });
});
