import { describe, expect, it } from 'vitest';
import { planRotation, type RotationPlan, type RotationRequest, unknownKey } from '../../../src/commands/keys/rotation-plan.js';
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
    ['created within a minute after the entry', 1, [], 'replace AKIAOLD, delete AKIANEW (lost)'],
    ['created later', 1.1, [], 'E-KEY-LIMIT'],
    ['created within 10 seconds before the entry, because dates are rounded', -1 / 6, [], 'replace AKIAOLD, delete AKIANEW (lost)'],
    ['created earlier', -0.2, [], 'E-KEY-LIMIT'],
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

describe('which of two keys is proven to be lost', () => {
  const open = entry({ made: null });
  const storedElsewhere = entry({ id: 'e2', state: 'closed', place: 'a vault', replaces: null });
  it.each<[string, readonly ObservedKey[], readonly JournalEntry[], Parameters<typeof plan>[2], string]>([
    ['not one that another entry shows as stored', [old, lost()], [open, storedElsewhere], {}, 'E-KEY-LIMIT'],
    [
      'one, if the other entry is for another key',
      [old, lost()],
      [open, { ...storedElsewhere, made: 'AKIATHIRD' }],
      {},
      'replace AKIAOLD, delete AKIANEW (lost)',
    ],
    [
      'one, if the other entry is for another kind of secret',
      [old, lost()],
      [open, { ...storedElsewhere, kind: 'mfa-seed' }],
      {},
      'replace AKIAOLD, delete AKIANEW (lost)',
    ],
    [
      'one, if the other entry has no place',
      [old, lost()],
      [open, { ...storedElsewhere, place: null }],
      {},
      'replace AKIAOLD, delete AKIANEW (lost)',
    ],
    ['not by an entry for another kind of secret', [old, lost()], [entry({ kind: 'mfa-seed' })], {}, 'E-KEY-LIMIT'],
    ['not by an entry whose key was stored', [old, lost()], [entry({ state: 'stored', replaces: null })], {}, 'E-KEY-LIMIT'],
    ['none, if one entry fits both', [lost({ id: 'AKIA1' }), lost({ id: 'AKIA2' })], [open], { key: 'AKIA1' }, 'E-KEY-LIMIT'],
    ['none without a date', [old, lost({ createdAt: undefined })], [open], {}, 'E-KEY-LIMIT'],
    [
      'an inactive key that signs the run is not deleted',
      [old, lost({ active: false })],
      [],
      { inUse: 'AKIANEW', deleteInactive: true },
      'E-KEY-LIMIT',
    ],
    ['the only key, if it is lost, is rotated', [lost()], [open], {}, 'replace AKIANEW'],
    [
      'an entry of init does not end the search for one of a rotation',
      [old, lost(inProfile)],
      [entry({ id: 'e0', replaces: null }), entry()],
      {},
      'finish AKIANEW, replaces AKIAOLD',
    ],
  ])('%s', async (_, keys, entries, request, expected) => expect(await inShort(keys, entries, request)).toBe(expected));
});

describe('the error of a rotation that cannot be planned', () => {
  const errorOf = async (...args: Parameters<typeof plan>): Promise<BootstrapError> =>
    plan(...args).then(
      () => Promise.reject(new Error('planned')),
      (error: unknown) => error as BootstrapError,
    );
  const second = key('AKIATWO');
  const named = { key: 'AKIAOLD' } as const;
  const two =
    'AWS allows two access keys per user, and ci has two: AKIAOLD (active, last used 2026-11-23 for s3, in the profile ci) and AKIATWO';
  it.each<[string, readonly ObservedKey[], Parameters<typeof plan>[2], string, string]>([
    ['no key', [], {}, 'ci has no access key, so there is nothing to rotate.', 'Nothing to do.'],
    ['an unknown key', [old, second], { key: 'AKIA9' }, 'ci has no access key AKIA9.', 'Pass an existing key: AKIAOLD or AKIATWO.'],
    [
      'an inactive key',
      [key('AKIA1', { active: false })],
      {},
      'The key AKIA1 of ci is inactive',
      'Delete it (`bootstrap keys delete --user ci --key AKIA1`)',
    ],
    [
      'a second key that is inactive',
      [old, { ...second, active: false }],
      named,
      `${two} (inactive, last used 2026-11-23 for s3). A rotation needs room for a new key.`,
      'Add --delete-inactive to delete AKIATWO, or delete it yourself: `bootstrap keys delete --user ci --key AKIATWO`.',
    ],
    [
      'two keys in use',
      [old, second],
      named,
      `${two} (active, last used 2026-11-23 for s3). `,
      'Find out which key is not needed and disable it (`bootstrap keys disable --user ci --key KEY`).',
    ],
    [
      'a second key that was never used',
      [old, { ...second, lastUsed: null }],
      named,
      two,
      'AKIATWO was never used: disable it (`bootstrap keys disable --user ci --key AKIATWO`).',
    ],
    [
      'a first key that was never used',
      [{ ...old, lastUsed: null }, second],
      named,
      'AWS allows two access keys per user',
      'AKIAOLD was never used: disable it (`bootstrap keys disable --user ci --key AKIAOLD`).',
    ],
    ['a key of unknown use', [old, { ...second, lastUsed: 'unknown' }], named, `${two} (active, last use unknown)`, 'Find out which key'],
  ])('names %s', async (_, keys, request, message, next) => {
    const error = await errorOf(keys, [], request);
    expect(error.message.startsWith(message)).toBe(true);
    expect(error.next.startsWith(next)).toBe(true);
  });

  it('names root, and the command that lists the keys', () => {
    expect(unknownKey(null, 'AKIA9', [])).toMatchObject({
      message: 'Root has no access key AKIA9.',
      next: '`bootstrap keys list` shows all keys.',
    });
  });
});
