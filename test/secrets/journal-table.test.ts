import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileMark } from '../../src/core/profile-name.js';
import type { JournalEntry } from '../../src/core/journal.js';
import type { StoredSecret } from '../../src/core/secret.js';
import { makeJournal, resolvePendingSecrets } from '../../src/secrets/journal.js';
import { memoryJournal } from '../steps/support/memory-journal.js';
import { combinations } from '../support/combinations.js';
import { testClock } from '../support/host.js';
import { account, folder, random } from './scene.js';

/** Which entries of the journal a run sees, and which it believes. Only what is in them lets a key count as lost. */

const clock = testClock();
const hour = 3_600_000;
const record = {
  id: 'e1',
  accountId: account,
  kind: 'access-key',
  user: 'ci',
  at: clock.now().toISOString(),
  before: [],
  made: 'AKIA1',
  state: 'open',
  place: null,
  replaces: null,
  holder: `999999999 ${hostname()}`,
};
const read = async (document: unknown) => {
  const where = folder();
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, `${account}.json`), JSON.stringify(document));
  const warnings: string[] = [];
  const journal = makeJournal({ folder: where, clock, random, warn: (text) => void warnings.push(text) });
  return { entries: await journal.entries(account), warnings };
};
const documentOf = (...entries: readonly object[]) => ({ version: 1, account, entries });

describe('entries of other runs', () => {
  const axes = {
    state: ['open', 'stored', 'closed'],
    holder: ['alive', 'gone', 'elsewhere'],
    age: [0, hour - 1, hour, hour + 1, -hour, -hour - 1],
  } as const;
  type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

  it('are seen if they are closed, or if no one works on them any more', async () => {
    const rows = combinations<Row>(axes);
    for (const row of rows) {
      const holder = { alive: `${process.ppid} ${hostname()}`, gone: record.holder, elsewhere: '1 elsewhere' }[row.holder];
      const at = new Date(clock.now().getTime() - row.age).toISOString();
      const { entries, warnings } = await read(documentOf({ ...record, state: row.state, holder, at }));
      // After an hour, before or after, no run is still at work.
      const isSeen = row.state === 'closed' || row.holder === 'gone' || Math.abs(row.age) > hour;
      expect([row, entries.length, warnings]).toEqual([row, isSeen ? 1 : 0, []]);
    }
    expect(rows.length).toBe(3 * 3 * 6);
  });
});

describe('a journal with one odd field', () => {
  const odd: readonly (readonly [field: string, values: readonly unknown[]])[] = [
    ['id', [undefined, null, 1]],
    ['accountId', [undefined, '999988887777', Number(account)]],
    ['kind', [undefined, 'key', 1]],
    ['user', [undefined, null, ['ci']]],
    ['at', [undefined, 'yesterday', 0]],
    ['before', [undefined, 'AKIA1', [1], { 0: 'AKIA1' }]],
    ['made', [undefined, 1, ['AKIA1']]],
    ['state', [undefined, 'Open', true]],
    ['place', [undefined, 1, {}]],
    ['replaces', [undefined, false]],
    ['holder', [undefined, 4711]],
  ];
  const rows = [
    ...odd.flatMap(([field, values]) =>
      values.map((value) => [`${field}: ${JSON.stringify(value)}`, documentOf({ ...record, [field]: value })] as const),
    ),
    ['version: 2', { ...documentOf(record), version: 2 }],
    ['no version', { account, entries: [record] }],
    ['another account', { ...documentOf(record), account: '999988887777' }],
    ['no account', { version: 1, entries: [record] }],
    ['entries as an object', { ...documentOf(), entries: { 0: record } }],
    ['an entry that is a text', documentOf(record, 'e2' as never)],
    ['an entry that is null', documentOf(record, null as never)],
  ] as const;

  it('is believed only whole', async () => {
    expect((await read(documentOf(record))).entries).toHaveLength(1);
    for (const [name, document] of rows) {
      const { entries, warnings } = await read(document);
      expect([name, entries, warnings.length]).toEqual([name, [], 1]);
    }
    expect(rows.length).toBe(33 + 7 - 1);
  });
});

describe('an entry that another run left open', () => {
  const axes = {
    kind: ['access-key', 'console-password', 'mfa-seed'],
    state: ['open', 'stored', 'closed'],
    made: ['AKIA1', 'AKIA2', null],
    replaces: [null, 'AKIA0'],
    held: ['the key in a profile', 'the key in the file', 'a password with that id', 'nothing'],
  } as const;
  type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };
  const marks: Readonly<Record<Row['held'], readonly StoredSecret[]>> = {
    'the key in a profile': [profileMark('work', 'AKIA1')],
    'the key in the file': [{ kind: 'access-key', user: 'ci', id: 'AKIA1' }],
    'a password with that id': [{ kind: 'console-password', user: 'ci', id: 'AKIA1' }],
    nothing: [],
  };

  it('is closed only if it is of a key of init that is stored', async () => {
    const rows = combinations<Row>(axes);
    for (const row of rows) {
      const { holder: _, ...entry } = { ...record, kind: row.kind, state: row.state, made: row.made, replaces: row.replaces };
      const journal = memoryJournal(clock, [entry]);
      await resolvePendingSecrets(journal, account, { holds: async () => marks[row.held], place: () => './secrets.json' });
      const isStored = row.held.startsWith('the key') && row.made === 'AKIA1';
      const closes = row.kind === 'access-key' && row.state === 'open' && row.replaces === null && isStored;
      const place = row.held === 'the key in a profile' ? 'the profile work' : './secrets.json';
      expect([row, journal.list]).toEqual([row, [closes ? { ...entry, state: 'closed', place } : entry]]);
    }
    expect(rows.length).toBe(3 * 3 * 3 * 2 * 4);
  });

  it('is the only reason to ask what is stored', async () => {
    const { holder: _, ...entry } = { ...record, kind: 'access-key', state: 'closed' } as const;
    const holds = async (): Promise<never> => {
      throw new Error('asked');
    };
    const resolve = async (...list: readonly JournalEntry[]) =>
      resolvePendingSecrets(memoryJournal(clock, list), account, { holds, place: () => '' });
    await resolve(entry);
    await expect(resolve({ ...entry, state: 'open' })).rejects.toThrow('asked');
  });
});
