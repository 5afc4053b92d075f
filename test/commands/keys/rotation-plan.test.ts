import { describe, expect, it } from 'vitest';
import { planRotation, type RotationPlan, type RotationRequest } from '../../../src/commands/keys/rotation-plan.js';
import type { ObservedKey } from '../../../src/commands/keys/reads.js';
import type { BootstrapError } from '../../../src/core/errors.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { LastUse } from '../../../src/core/keys.js';
import { memoryJournal } from '../../steps/support/memory-journal.js';

const accountId = '111122223333';
const at = '2026-11-24T10:00:00.000Z';
const used: LastUse = { at: '2026-11-23T10:00:00.000Z', service: 's3', region: 'eu-west-1' };
const minutesLater = (minutes: number): Date => new Date(Date.parse(at) + minutes * 60_000);

const key = (id: string, over: Partial<ObservedKey> = {}): ObservedKey => ({
  id,
  user: 'ci',
  active: true,
  createdAt: minutesLater(-60 * 24 * 30),
  lastUsed: used,
  heldIn: [],
  ...over,
});
const inProfile = { heldIn: [{ kind: 'profile', name: 'ci' }] } as const;
const old = key('AKIAOLD', inProfile);
/** A key as an interrupted rotation leaves it: just created, never used, and stored nowhere. */
const lost = (over: Partial<ObservedKey> = {}): ObservedKey => key('AKIANEW', { createdAt: minutesLater(0), lastUsed: null, ...over });

const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'e1',
  accountId,
  kind: 'access-key',
  user: 'ci',
  at,
  before: ['AKIAOLD'],
  made: 'AKIANEW',
  state: 'open',
  place: null,
  replaces: 'AKIAOLD',
  ...over,
});

/** Plans with the journal entries of this account, as the command does. */
const plan = async (
  keys: readonly ObservedKey[],
  entries: readonly JournalEntry[] = [],
  { inUse = 'AKIAOTHER', ...request }: Partial<RotationRequest> & { readonly inUse?: string } = {},
): Promise<RotationPlan> => {
  const journal = await memoryJournal({ now: () => new Date(at) }, entries).entries(accountId);
  return planRotation({ user: 'ci', key: undefined, deleteInactive: false, ...request }, { keys, journal, inUse });
};
/** The plan in one line: what is created, deleted, finished; or the error code. */
const inShort = async (...args: Parameters<typeof plan>): Promise<string> => {
  try {
    const planned = await plan(...args);
    if (planned.kind === 'finish') return `finish ${planned.newKey.id}, replaces ${planned.old?.id ?? 'none'}`;
    return [`replace ${planned.old.id}`, ...planned.discard.map(({ key: { id }, why }) => `delete ${id} (${why})`)].join(', ');
  } catch (error) {
    return (error as BootstrapError).code;
  }
};

describe('a second key that needs to be deleted to make room', () => {
  const uses = { 'never used': null, used, 'of unknown use': 'unknown' } as const;
  const journals = {
    'an entry of this account': [entry()],
    'no entry': [],
    'an entry of another account': [entry({ accountId: '999988887777' })],
    'an entry of another user': [entry({ user: 'alex' })],
    'a closed entry': [entry({ state: 'closed' })],
  } as const;
  const storages = { 'stored nowhere': [], 'stored in a profile': inProfile.heldIn } as const;
  const signers = { 'not signing the run': 'AKIAOTHER', 'signing the run': 'AKIANEW' } as const;
  const cases = Object.entries(uses).flatMap(([use, lastUsed]) =>
    Object.entries(journals).flatMap(([record, entries]) =>
      Object.entries(storages).flatMap(([storage, heldIn]) =>
        Object.entries(signers).map(([signer, inUse]) => {
          const isLost = lastUsed === null && record === 'an entry of this account' && heldIn.length === 0 && inUse !== 'AKIANEW';
          return { use, record, storage, signer, entries, inUse, isLost, second: lost({ lastUsed, heldIn }) };
        }),
      ),
    ),
  );

  it('covers every combination, and is lost in exactly one', () => {
    expect([cases.length, cases.filter(({ isLost }) => isLost).length]).toEqual([60, 1]);
  });

  it.each(cases)('$use, with $record, $storage, $signer', async ({ second, entries, inUse, isLost, storage, record }) => {
    // An open entry whose key is stored is an unfinished rotation: it is finished, and nothing is deleted.
    const isUnfinished = record === 'an entry of this account' && storage === 'stored in a profile';
    const expected = isUnfinished ? 'finish AKIANEW, replaces AKIAOLD' : isLost ? 'replace AKIAOLD, delete AKIANEW (lost)' : 'E-KEY-LIMIT';
    expect(await inShort([old, second], entries, { inUse })).toBe(expected);
    // --delete-inactive changes nothing for an active key.
    expect(await inShort([old, second], entries, { inUse, deleteInactive: true })).toBe(expected);
  });

  const disabled = cases.filter(({ inUse }) => inUse !== 'AKIANEW');
  it.each(disabled)('if it is inactive: $use, with $record, $storage', async ({ second, entries, isLost }) => {
    const keys = [old, { ...second, active: false }];
    expect(await inShort(keys, entries)).toBe(isLost ? 'replace AKIAOLD, delete AKIANEW (lost)' : 'E-KEY-LIMIT');
    expect(await inShort(keys, entries, { deleteInactive: true })).toBe(
      `replace AKIAOLD, delete AKIANEW (${isLost ? 'lost' : 'inactive'})`,
    );
  });

  it.each([
    ['created within 15 minutes after the entry', 15, [], 'replace AKIAOLD, delete AKIANEW (lost)'],
    ['created later', 15.1, [], 'E-KEY-LIMIT'],
    ['created within 15 minutes before the entry, because clocks differ', -15, [], 'replace AKIAOLD, delete AKIANEW (lost)'],
    ['created earlier', -15.1, [], 'E-KEY-LIMIT'],
    ['listed before the entry was opened', 0, ['AKIANEW'], 'E-KEY-LIMIT'],
  ])('without its id in the entry: %s', async (_, minutes, before, expected) => {
    const second = lost({ createdAt: minutesLater(minutes) });
    expect(await inShort([old, second], [entry({ made: null, before: ['AKIAOLD', ...before] })])).toBe(expected);
  });

  it('is not another key than the one in the entry', async () => {
    expect(await inShort([old, lost()], [entry({ made: 'AKIATHIRD' })])).toBe('E-KEY-LIMIT');
  });
});

describe('the key to rotate', () => {
  const inactive = key('AKIAOFF', { active: false });
  it.each<[string, readonly ObservedKey[], Parameters<typeof plan>[2], string]>([
    ['is the only key', [old], {}, 'replace AKIAOLD'],
    ['is the key that signs the run', [old], { inUse: 'AKIAOLD' }, 'replace AKIAOLD'],
    [
      'is the one that is named, if the other can be deleted',
      [old, inactive],
      { key: 'AKIAOLD', deleteInactive: true },
      'replace AKIAOLD, delete AKIAOFF (inactive)',
    ],
    [
      'is the active one of two, if the other can be deleted',
      [inactive, old],
      { deleteInactive: true },
      'replace AKIAOLD, delete AKIAOFF (inactive)',
    ],
    ['does not exist', [], {}, 'E-KEY-NONE'],
    ['is not a key of the user', [old], { key: 'AKIANONE' }, 'E-KEY-UNKNOWN'],
    ['is inactive', [inactive], {}, 'E-KEY-INACTIVE'],
    ['is inactive and named', [old, inactive], { key: 'AKIAOFF', deleteInactive: true }, 'E-KEY-INACTIVE'],
    ['is one of two active keys', [old, key('AKIATWO')], {}, 'E-KEY-LIMIT'],
    ['is one of two active keys, and named', [old, key('AKIATWO')], { key: 'AKIAOLD', deleteInactive: true }, 'E-KEY-LIMIT'],
  ])('%s', async (_, keys, request, expected) => {
    expect(await inShort(keys, [], request)).toBe(expected);
  });
});

describe('an unfinished rotation', () => {
  const stored = entry({ state: 'stored', place: 'the profile ci' });
  const created = lost(inProfile);
  it.each<[string, readonly ObservedKey[], readonly JournalEntry[], Parameters<typeof plan>[2], string]>([
    ['is finished if its key is stored', [old, created], [stored], {}, 'finish AKIANEW, replaces AKIAOLD'],
    ['is finished if its key was stored where it cannot be read', [old, lost()], [stored], {}, 'finish AKIANEW, replaces AKIAOLD'],
    [
      'is finished if its key is stored, but the journal does not show it',
      [old, created],
      [entry()],
      {},
      'finish AKIANEW, replaces AKIAOLD',
    ],
    ['is finished if the old key is already deleted', [created], [stored], {}, 'finish AKIANEW, replaces none'],
    ['is finished if its old key is named', [old, created], [stored], { key: 'AKIAOLD' }, 'finish AKIANEW, replaces AKIAOLD'],
    ['is not finished if another key is named', [old, created], [stored], { key: 'AKIANEW' }, 'E-KEY-LIMIT'],
    ['is not finished with an inactive key', [old, { ...created, active: false }], [stored], {}, 'E-KEY-LIMIT'],
    [
      'does not delete an inactive key that was stored where it cannot be read',
      [old, lost({ active: false })],
      [stored],
      {},
      'E-KEY-LIMIT',
    ],
    ['does not delete a key that init stored where it cannot be read', [old, lost()], [{ ...stored, replaces: null }], {}, 'E-KEY-LIMIT'],
    ['is not finished for a key that init created', [old, created], [{ ...stored, replaces: null }], {}, 'E-KEY-LIMIT'],
  ])('%s', async (_, keys, entries, request, expected) => {
    expect(await inShort(keys, entries, request)).toBe(expected);
  });
});
