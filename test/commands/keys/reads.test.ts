import { describe, expect, it } from 'vitest';
import { type ObservedKey, observeKeys, readKeys, readLastUse, readUserNames, rowOf } from '../../../src/commands/keys/reads.js';
import type { ReadCloud } from '../../../src/core/cloud.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import type { Reading } from '../../../src/core/reading.js';

/** What `bootstrap keys` reads of a key, and what the report shows of it. */

const answering = (answer: unknown): ReadCloud => {
  const reading = async (): Promise<Reading<unknown>> =>
    answer instanceof Error
      ? { ok: false, cause: 'denied', message: answer.message, evidence: [] }
      : { ok: true, value: answer, evidence: [] };
  return { read: reading, readAll: reading, findAll: reading } as unknown as ReadCloud;
};
const failing = answering(new Error('denied'));
const at = new Date('2026-11-20T10:00:00.000Z');

describe('what is read', () => {
  const page = { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1', Status: 'Active', CreateDate: at }] };
  it.each<[string, ReadCloud, string | null, unknown]>([
    ['the keys of a user', answering([page]), 'ci', [{ id: 'AKIA1', user: 'ci', active: true, createdAt: at }]],
    ['the keys of root', answering([page]), null, [{ id: 'AKIA1', user: null, active: true, createdAt: at }]],
    ['no user', answering(undefined), 'ci', undefined],
    ['no key', answering([{}]), 'ci', []],
  ])('is %s', async (_, cloud, user, value) => expect(await readKeys(cloud, user)).toMatchObject({ ok: true, value }));

  it('is the name of every user', async () => {
    const pages = [{ Users: [{ UserName: 'alex' }, { UserName: 'ci' }] }, {}, { Users: [{ UserName: 'zoe' }] }];
    expect(await readUserNames(answering(pages))).toMatchObject({ ok: true, value: ['alex', 'ci', 'zoe'] });
    expect((await readUserNames(failing)).ok).toBe(false);
  });

  it.each([
    ['a use', { LastUsedDate: at, ServiceName: 's3', Region: 'eu-west-1' }, { at: at.toISOString(), service: 's3', region: 'eu-west-1' }],
    ['no use', { ServiceName: 'N/A' }, null],
    ['nothing that AWS documents', {}, 'unknown'],
  ])('of the last use is %s', async (_, use, expected) =>
    expect(await readLastUse(answering({ AccessKeyLastUsed: use }), 'AKIA1')).toEqual(expected),
  );

  it('of a last use that is denied is that it is unknown', async () => expect(await readLastUse(failing, 'AKIA1')).toBe('unknown'));
});

describe('where a secret is stored', () => {
  const key = { id: 'AKIA1', user: 'ci', active: true, createdAt: at };
  const held = [
    { kind: 'access-key', user: 'profile work', id: 'AKIA1' },
    { kind: 'access-key', user: 'ci', id: 'AKIA1' },
    { kind: 'access-key', user: 'profile other', id: 'AKIA2' },
    { kind: 'mfa-seed', user: 'profile seed', id: 'AKIA1' },
  ] as const;
  it.each([
    ['with a name of the secrets file', 'secrets.json', 'secrets.json'],
    ['without one', undefined, 'the secrets file'],
  ])('is each place that has a key of this id, %s', async (_, secretsFile, name) => {
    expect(await observeKeys(failing, [key], { held, secretsFile })).toEqual([
      {
        ...key,
        lastUsed: 'unknown',
        heldIn: [
          { kind: 'profile', name: 'work' },
          { kind: 'secrets-file', name },
        ],
      },
    ]);
  });
});

describe('a key in the report', () => {
  const key: ObservedKey = { id: 'AKIA1', user: 'ci', active: true, createdAt: at, lastUsed: null, heldIn: [] };
  const now = new Date('2026-11-23T09:00:00.000Z');
  const entry = (more: Partial<JournalEntry>): JournalEntry => ({
    id: 'e1',
    accountId: '111122223333',
    kind: 'access-key',
    user: 'ci',
    at: 'then',
    before: [],
    made: 'AKIA1',
    state: 'stored',
    place: 'a vault',
    replaces: null,
    ...more,
  });
  const row = (more: Partial<ObservedKey>, journal: readonly JournalEntry[] = [], inUse = 'AKIA2') =>
    rowOf({ ...key, ...more }, { now, inUse, journal });

  it('has its facts', () => {
    expect(row({})).toEqual({
      user: 'ci',
      accessKeyId: 'AKIA1',
      status: 'active',
      createdAt: at.toISOString(),
      ageDays: 2,
      lastUsed: null,
      storedIn: [],
      inUse: false,
    });
    expect(row({ active: false, user: null }, [], 'AKIA1')).toMatchObject({ status: 'inactive', user: null, inUse: true });
  });

  it.each([
    ['created now', now, 0],
    ['created in the future, because clocks differ', new Date(now.getTime() + 2 * 86_400_000), 0],
    ['created a day ago', new Date(now.getTime() - 86_400_000), 1],
    ['created less than a day ago', new Date(now.getTime() - 86_399_999), 0],
    ['of unknown date', undefined, null],
  ])('%s has its age', (_, createdAt, ageDays) => {
    expect(row({ createdAt })).toMatchObject({ ageDays, createdAt: createdAt?.toISOString() ?? null });
  });

  const noted = (name: string) => [{ kind: 'noted', name, at: 'then' }];
  it.each<[string, Partial<ObservedKey>, readonly JournalEntry[], readonly unknown[]]>([
    ['where it is found', { heldIn: [{ kind: 'profile', name: 'work' }] }, [entry({})], [{ kind: 'profile', name: 'work' }]],
    ['where the journal shows it, if it is not found', {}, [entry({})], noted('a vault')],
    ['where the last entry shows it', {}, [entry({}), entry({ place: 'a safe' }), entry({ place: null })], noted('a safe')],
    ['nowhere, if the entry has no place', {}, [entry({ place: null })], []],
    ['nowhere, if the entry is for another key', {}, [entry({ made: 'AKIA2' })], []],
    ['nowhere, if the entry is for another kind of secret', {}, [entry({ kind: 'mfa-seed' })], []],
  ])('is stored %s', (_, more, journal, storedIn) => expect(row(more, journal).storedIn).toEqual(storedIn));
});
