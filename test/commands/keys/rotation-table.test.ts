import { describe, expect, it } from 'vitest';
import { planRotation } from '../../../src/commands/keys/rotation-plan.js';
import type { ObservedKey } from '../../../src/commands/keys/reads.js';
import type { BootstrapError } from '../../../src/core/errors.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { LastUse } from '../../../src/core/keys.js';
import { memoryJournal } from '../../steps/support/memory-journal.js';
import { combinations } from '../../support/combinations.js';

/** Every combination of what decides about a user's second key when the first one is rotated. */

const accountId = '111122223333';
const at = Date.parse('2026-11-24T10:00:00.000Z');
const minutes = (count: number): Date => new Date(at + count * 60_000);
const used: LastUse = { at: '2026-11-24T10:05:00.000Z', service: 's3', region: 'us-east-1' };

const axes = {
  use: ['never used', 'used', 'unknown use'],
  entry: ['none', 'open', 'open, without the id', 'stored', 'closed', 'closed, without the id'],
  of: ['this user', 'this user, other spelling', 'another user', 'another account', 'another kind', 'another key', 'an earlier key'],
  /** For which key the entry was opened: a rotation has an old key, init has none. */
  by: ['rotation', 'init'],
  created: ['10 s before', 'just before 10 s before', 'at the entry', '1 min after', 'just after 1 min after', 'no date'],
  stored: ['nowhere', 'in a profile', 'in the secrets file', 'elsewhere, says another entry'],
  signs: ['another key', 'the second key', 'the first key'],
  status: ['active', 'inactive'],
  flag: ['', '--delete-inactive'],
} as const;
type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

const created: Readonly<Record<Row['created'], Date | undefined>> = {
  '10 s before': minutes(-1 / 6),
  'just before 10 s before': new Date(minutes(-1 / 6).getTime() - 1),
  'at the entry': minutes(0),
  '1 min after': minutes(1),
  'just after 1 min after': new Date(minutes(1).getTime() + 1),
  'no date': undefined,
};

const secondKey = (row: Row): ObservedKey => ({
  id: 'AKIASECOND',
  user: 'ci',
  active: row.status === 'active',
  createdAt: created[row.created],
  lastUsed: row.use === 'used' ? used : row.use === 'unknown use' ? 'unknown' : null,
  heldIn:
    row.stored === 'in a profile'
      ? [{ kind: 'profile', name: 'work' }]
      : row.stored === 'in the secrets file'
        ? [{ kind: 'secrets-file', name: 'secrets.json' }]
        : [],
});
const firstKey: ObservedKey = {
  id: 'AKIAFIRST',
  user: 'ci',
  active: true,
  createdAt: minutes(-60 * 24 * 100),
  lastUsed: used,
  heldIn: [{ kind: 'profile', name: 'ci' }],
};

const entriesOf = (row: Row): readonly JournalEntry[] => {
  const blank: JournalEntry = {
    id: 'e1',
    accountId,
    kind: 'access-key',
    user: 'ci',
    at: new Date(at).toISOString(),
    before: ['AKIAFIRST'],
    made: 'AKIASECOND',
    state: 'open',
    place: null,
    replaces: row.by === 'rotation' ? 'AKIAFIRST' : null,
  };
  const changes: Readonly<Record<Row['of'], Partial<JournalEntry>>> = {
    'this user': {},
    'this user, other spelling': { user: 'CI' },
    'another user': { user: 'alex' },
    'another account': { accountId: '999988887777' },
    'another kind': { kind: 'console-password' },
    'another key': { made: 'AKIATHIRD' },
    'an earlier key': { before: ['AKIAFIRST', 'AKIASECOND'] },
  };
  const states: Readonly<Record<Exclude<Row['entry'], 'none'>, Partial<JournalEntry>>> = {
    open: {},
    'open, without the id': { made: null },
    stored: { state: 'stored', place: 'a vault' },
    closed: { state: 'closed' },
    'closed, without the id': { state: 'closed', made: null },
  };
  const other: JournalEntry = { ...blank, id: 'e2', state: 'closed', place: 'a vault', replaces: null };
  return [
    ...(row.entry === 'none' ? [] : [{ ...blank, ...states[row.entry], ...changes[row.of] }]),
    ...(row.stored === 'elsewhere, says another entry' ? [other] : []),
  ];
};

/** The rules, in words. */
const oracle = {
  /** An entry is about the key when it is of this account, this user, and an access key, and has its id, or was written when the key was created. */
  isAbout: ({ entry, of, created: when }: Row): boolean => {
    if (entry === 'none' || entry.startsWith('closed')) return false;
    const matches =
      of === 'this user' || of === 'this user, other spelling' || (of === 'an earlier key' && entry !== 'open, without the id');
    const inTime = when === '10 s before' || when === 'at the entry' || when === '1 min after';
    return matches && (inTime || entry !== 'open, without the id');
  },
  isStored: ({ stored }: Row): boolean => stored !== 'nowhere',
  /** Nothing used, stored or foreign, and never the signing key. Unknown use is use. */
  isLost: (row: Row): boolean =>
    row.entry.startsWith('open') &&
    oracle.isAbout(row) &&
    row.use === 'never used' &&
    !oracle.isStored(row) &&
    row.signs !== 'the second key',
  /** An earlier rotation goes on if its new key works and is stored, here or according to its entry. */
  isUnfinished: (row: Row): boolean =>
    row.by === 'rotation' &&
    oracle.isAbout(row) &&
    row.status === 'active' &&
    (row.entry === 'stored' || row.stored === 'in a profile' || row.stored === 'in the secrets file'),
  mayBeDeleted: (row: Row): boolean =>
    oracle.isLost(row) || (row.status === 'inactive' && row.flag === '--delete-inactive' && row.signs !== 'the second key'),
  verdict: (row: Row): string => {
    if (oracle.isUnfinished(row)) return 'finish AKIASECOND in place of AKIAFIRST';
    if (!oracle.mayBeDeleted(row)) return 'E-KEY-LIMIT';
    return `replace AKIAFIRST, delete AKIASECOND (${oracle.isLost(row) ? 'lost' : 'inactive'})`;
  },
};

const signer: Readonly<Record<Row['signs'], string>> = {
  'another key': 'AKIAOTHER',
  'the second key': 'AKIASECOND',
  'the first key': 'AKIAFIRST',
};

const decide = (row: Row, journal: readonly JournalEntry[], key: string | undefined): string => {
  try {
    const plan = planRotation(
      { user: 'ci', key, deleteInactive: row.flag !== '' },
      { keys: [firstKey, secondKey(row)], journal, inUse: signer[row.signs] },
    );
    if (plan.kind === 'finish') return `finish ${plan.newKey.id} in place of ${plan.old?.id ?? 'none'}`;
    return [`replace ${plan.old.id}`, ...plan.discard.map(({ key: { id }, why }) => `delete ${id} (${why})`)].join(', ');
  } catch (error) {
    return (error as BootstrapError).code;
  }
};

describe('a rotation when the user has a second key', () => {
  const rows = combinations<Row>(axes);

  it('decides by the rules in every combination, and deletes nothing used, stored, foreign or signing without the flag', async () => {
    const wrong: string[] = [];
    const verdicts = new Map<string, number>();
    for (const row of rows) {
      const journal = await memoryJournal({ now: () => minutes(0) }, entriesOf(row)).entries(accountId);
      const verdict = decide(row, journal, 'AKIAFIRST');
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (verdict !== oracle.verdict(row)) wrong.push(`${JSON.stringify(row)}: ${verdict} instead of ${oracle.verdict(row)}`);
      // Without --key, the outcome is the same, or the question which key is meant.
      const unnamed = decide(row, journal, undefined);
      const isSafe = row.use === 'never used' && row.stored === 'nowhere' && oracle.isAbout(row);
      const isAllowed = row.signs !== 'the second key' && (isSafe || (row.status === 'inactive' && row.flag !== ''));
      if (!isAllowed && `${verdict} ${unnamed}`.includes('delete')) wrong.push(`${JSON.stringify(row)}: ${verdict}, must not be deleted`);
      if (unnamed !== verdict && unnamed !== 'E-KEY-LIMIT') wrong.push(`${JSON.stringify(row)}: without --key ${unnamed}`);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(rows.length).toBe(3 * 6 * 7 * 2 * 6 * 4 * 3 * 2 * 2);
    // Each verdict is reached, so no rule is idle.
    expect([...verdicts.keys()].toSorted()).toEqual([
      'E-KEY-LIMIT',
      'finish AKIASECOND in place of AKIAFIRST',
      'replace AKIAFIRST, delete AKIASECOND (inactive)',
      'replace AKIAFIRST, delete AKIASECOND (lost)',
    ]);
  });

  it('deletes neither of two keys that fit one entry', () => {
    const [one, two] = ['AKIAONE', 'AKIATWO'].map(
      (id): ObservedKey => ({ ...firstKey, id, createdAt: minutes(1), lastUsed: null, heldIn: [] }),
    );
    const row: Row = {
      use: 'never used',
      entry: 'open, without the id',
      of: 'this user',
      by: 'rotation',
      created: 'at the entry',
      stored: 'nowhere',
      signs: 'another key',
      status: 'active',
      flag: '',
    };
    const keys = [one as ObservedKey, two as ObservedKey];
    for (const key of [undefined, 'AKIAONE', 'AKIATWO'])
      expect(() => planRotation({ user: 'ci', key, deleteInactive: true }, { keys, journal: entriesOf(row), inUse: 'AKIAOTHER' })).toThrow(
        expect.objectContaining({ code: 'E-KEY-LIMIT' }),
      );
  });
});
