import { describe, expect, it } from 'vitest';
import type { ReadCloud } from '../../../src/core/cloud.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { Reading } from '../../../src/core/reading.js';
import type { StoredSecret } from '../../../src/core/secret.js';
import { lostCandidates, readLostKeys } from '../../../src/steps/access-keys/lost-keys.js';
import type { AccessKey } from '../../../src/steps/shared/people.js';
import { combinations } from '../../support/combinations.js';
import { memoryJournal } from '../support/memory-journal.js';

/** Every combination of what decides whether `init` deletes a key as the orphan of an interrupted run. */

const accountId = '111122223333';
const at = Date.parse('2026-11-24T10:00:00.000Z');
const minute = 60_000;

const created = {
  '10 s before': at - 10_000,
  'just before 10 s before': at - 10_000 - 1,
  'at the entry': at,
  '1 min after': at + minute,
  'just after 1 min after': at + minute + 1,
  'no date': undefined,
} as const;
const uses = {
  'never used': { ServiceName: 'N/A', Region: 'N/A' },
  used: { LastUsedDate: new Date(at + minute), ServiceName: 's3', Region: 'us-east-1' },
  'used, without the date': { ServiceName: 's3', Region: 'us-east-1' },
  'without the service': { Region: 'N/A' },
  'without anything': undefined,
  unread: 'denied',
} as const;

const axes = {
  use: Object.keys(uses) as (keyof typeof uses)[],
  entry: ['none', 'open', 'open, without the id', 'stored', 'closed, stored', 'closed, deleted', 'closed, refused'],
  of: ['this user', 'this user, other spelling', 'another user', 'another account', 'another kind', 'another key', 'an earlier key'],
  created: Object.keys(created) as (keyof typeof created)[],
  stored: ['nowhere', 'in a profile', 'in the secrets file', 'elsewhere, says another entry', 'a password has this id'],
  signs: ['another key', 'this key', 'unknown'],
  status: ['active', 'inactive'],
} as const;
type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

const keyOf = (row: Pick<Row, 'created' | 'status'>, id = 'AKIAONE'): AccessKey => {
  const time = created[row.created];
  return { id, user: 'ci', active: row.status === 'active', createdAt: time === undefined ? undefined : new Date(time) };
};

const blank: JournalEntry = {
  id: 'e1',
  accountId,
  kind: 'access-key',
  user: 'ci',
  at: new Date(at).toISOString(),
  before: [],
  made: 'AKIAONE',
  state: 'open',
  place: null,
  replaces: null,
};
const entriesOf = (row: Pick<Row, 'entry' | 'of' | 'stored'>): readonly JournalEntry[] => {
  const changes: Readonly<Record<Row['of'], Partial<JournalEntry>>> = {
    'this user': {},
    'this user, other spelling': { user: 'CI' },
    'another user': { user: 'alex' },
    'another account': { accountId: '999988887777' },
    'another kind': { kind: 'console-password' },
    'another key': { made: 'AKIATHIRD' },
    'an earlier key': { before: ['AKIAONE'] },
  };
  const states: Readonly<Record<Exclude<Row['entry'], 'none'>, Partial<JournalEntry>>> = {
    open: {},
    'open, without the id': { made: null },
    stored: { state: 'stored', place: 'a vault' },
    'closed, stored': { state: 'closed', place: 'a vault' },
    'closed, deleted': { state: 'closed' },
    'closed, refused': { state: 'closed', made: null },
  };
  return [
    ...(row.entry === 'none' ? [] : [{ ...blank, ...states[row.entry], ...changes[row.of] }]),
    ...(row.stored === 'elsewhere, says another entry' ? [{ ...blank, id: 'e2', state: 'closed', place: 'a vault' } as const] : []),
  ];
};
const heldBy: Readonly<Record<Row['stored'], readonly StoredSecret[]>> = {
  nowhere: [],
  'in a profile': [{ kind: 'access-key', user: 'profile work', id: 'AKIAONE' }],
  'in the secrets file': [{ kind: 'access-key', user: 'ci', id: 'AKIAONE' }],
  'elsewhere, says another entry': [],
  'a password has this id': [{ kind: 'console-password', user: 'ci', id: 'AKIAONE' }],
};

/** The rules, in words: an orphan is ours by its entry, was never used, is stored nowhere, and does not sign this run. */
const oracle = {
  isOurs: ({ entry, of, created: when }: Row): boolean => {
    if (!entry.startsWith('open')) return false;
    if (of !== 'this user' && of !== 'this user, other spelling') return false;
    return entry === 'open' || when === '10 s before' || when === 'at the entry' || when === '1 min after';
  },
  isUnused: ({ use }: Row): boolean => use === 'never used',
  isStored: ({ stored }: Row): boolean => stored !== 'nowhere' && stored !== 'a password has this id',
  isOrphan: (row: Row): boolean => oracle.isOurs(row) && oracle.isUnused(row) && !oracle.isStored(row) && row.signs !== 'this key',
};

const answering = (use: Row['use']): ReadCloud => {
  const answer = uses[use];
  const reading: Reading<object> =
    answer === 'denied'
      ? { ok: false, cause: 'denied', message: 'denied', evidence: [] }
      : { ok: true, value: answer === undefined ? {} : { AccessKeyLastUsed: answer }, evidence: [] };
  return { read: () => Promise.resolve(reading) } as unknown as ReadCloud;
};
const signing: Readonly<Record<Row['signs'], object>> = {
  'another key': { signingKey: 'AKIAOTHER' },
  'this key': { signingKey: 'AKIAONE' },
  unknown: {},
};

describe('a key that init could delete as an orphan', () => {
  it('is one by the rules, in every combination', async () => {
    const rows = combinations<Row>(axes);
    const wrong: string[] = [];
    let orphans = 0;
    for (const row of rows) {
      const journal = memoryJournal({ now: () => new Date(at) }, entriesOf(row));
      const caller = { accountId, ...signing[row.signs] };
      const { keys, lost } = await readLostKeys({ cloud: answering(row.use), journal }, caller, 'ci', [keyOf(row)], heldBy[row.stored]);
      const expected = oracle.isOrphan(row) ? [{ id: 'AKIAONE', entry: 'e1' }] : [];
      // A key that an entry calls deleted may be listed for a while.
      const gone = row.entry === 'closed, deleted' && !['another account', 'another kind', 'another key'].includes(row.of);
      if (JSON.stringify(lost) !== JSON.stringify(expected) || keys.length !== (gone ? 0 : 1))
        wrong.push(`${JSON.stringify(row)}: ${JSON.stringify(lost)}, ${keys.length} keys`);
      orphans += lost.length;
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(rows.length).toBe(6 * 7 * 7 * 6 * 5 * 3 * 2);
    // 2 spellings, 6 dates with the id and 3 without, 2 places, 2 signers, 2 statuses.
    expect(orphans).toBe(2 * (6 + 3) * 2 * 2 * 2);
  });

  it('is none if more keys than entries fit', () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, index) => keyOf({ created: 'at the entry', status: 'active' }, `AKIA${index}`));
    const entries = (count: number) => Array.from({ length: count }, (_, index) => ({ ...blank, id: `e${index}`, made: null }));
    for (const [entryCount, keyCount] of combinations<{ entries: number; keys: number }>({ entries: [0, 1, 2, 3], keys: [0, 1, 2, 3] }).map(
      (row) => [row.entries, row.keys] as const,
    ))
      expect([entryCount, keyCount, lostCandidates(entries(entryCount), 'ci', keys(keyCount), []).length]).toEqual([
        entryCount,
        keyCount,
        keyCount <= entryCount ? keyCount : 0,
      ]);
    // Of two entries, the one whose run created the key.
    const early = { ...blank, id: 'early', made: null, at: new Date(at - 60 * minute).toISOString() };
    const late = { ...blank, id: 'late', made: null };
    for (const both of [
      [early, late],
      [late, early],
    ])
      expect(lostCandidates(both, 'ci', keys(1), [])).toEqual([{ id: 'AKIA0', entry: 'late' }]);
    // An entry that names its key is for no other.
    const named = { ...blank, made: 'AKIA0' };
    expect(lostCandidates([named], 'ci', keys(2), [])).toEqual([{ id: 'AKIA0', entry: 'e1' }]);
    expect(lostCandidates([named, { ...blank, id: 'e2', made: null }], 'ci', keys(2), [])).toEqual([
      { id: 'AKIA0', entry: 'e1' },
      { id: 'AKIA1', entry: 'e2' },
    ]);
    expect(lostCandidates([named, { ...blank, id: 'e2', made: null }], 'ci', keys(3), [])).toEqual([{ id: 'AKIA0', entry: 'e1' }]);
  });
});
