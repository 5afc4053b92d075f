import { describe, expect, it } from 'vitest';
import type { ObservedKey } from '../../../src/commands/keys/reads.js';
import { rotate, type RotationPort } from '../../../src/commands/keys/rotation.js';
import type { RotationPlan } from '../../../src/commands/keys/rotation-plan.js';
import { AmbiguousWriteError, AwsError } from '../../../src/core/aws-error.js';
import type { Cloud } from '../../../src/core/cloud.js';
import { BootstrapError } from '../../../src/core/errors.js';
import type { KeyLocation, LastUse } from '../../../src/core/keys.js';
import type { Reading } from '../../../src/core/reading.js';
import { NotStoredError, Secret } from '../../../src/core/secret.js';
import { memoryJournal } from '../../steps/support/memory-journal.js';
import { rememberingSink } from '../../steps/support/remembering-sink.js';
import { combinations } from '../../support/combinations.js';
import { testClock } from '../../support/host.js';

/** What a rotation disables and deletes, by what proves the new key, and by what happens to the answer that creates it. */

const accountId = '111122223333';
const used: LastUse = { at: '2026-11-23T09:00:00.000Z', service: 's3', region: 'us-east-1' };
const second = 1_000;

const proofs = {
  'the right user': { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/ci` },
  'the right user, with a path and other spelling': { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/team/CI` },
  'another user': { Account: accountId, Arn: `arn:aws:iam::${accountId}:user/alex` },
  'another account': { Account: '999988887777', Arn: 'arn:aws:iam::999988887777:user/ci' },
  'a role of that name': { Account: accountId, Arn: `arn:aws:sts::${accountId}:assumed-role/admin/ci` },
  root: { Account: accountId, Arn: `arn:aws:iam::${accountId}:root` },
  nothing: {},
  refused: 'SignatureDoesNotMatch',
  'not answered for 20 s': 20,
  'known after 57 s': 57,
  'known after 63 s': 63,
} as const;
type Proof = keyof typeof proofs;
/** A proof shows, within its time, that the key is one of the right user in the right account. */
const proves = (proof: Proof): boolean =>
  proof.startsWith('the right user') || proof === 'known after 57 s' || proof === 'not answered for 20 s';
/** A key that is not known yet may be known to the next run; any other answer is about the key. */
const errorOf = (proof: Proof): string => (proof === 'known after 63 s' ? 'E-KEY-UNPROVEN' : 'E-KEY-OTHER');

/** A key that AWS has. */
interface Held {
  readonly id: string;
  readonly active: boolean;
  readonly use: 'never' | 'used' | 'unknown' | 'odd';
  /** Seconds until IAM lists it. */
  readonly listedAfter?: number;
}

/** What happens to the answer to CreateAccessKey. */
type CreateAnswer = 'arrives' | 'is lost' | 'is lost twice' | 'is refused';

/** A user's keys behind the requests of a rotation; fake is only what AWS answers. */
const accountWith = (held: readonly Held[], proof: Proof, createAnswer: CreateAnswer = 'arrives', appearing: readonly Held[] = []) => {
  const clock = testClock();
  const start = clock.now().getTime();
  const passed = (): number => (clock.now().getTime() - start) / second;
  const keys: Held[] = [...held];
  const writes: string[] = [];
  const signers: string[] = [];
  const answer = (value: object): Reading<never> => ({ ok: true, value, evidence: [] }) as unknown as Reading<never>;
  const failed = (code: string): Reading<never> => ({
    ok: false,
    cause: code === 'ECONNRESET' ? 'unreachable' : 'denied',
    code,
    message: code,
    evidence: [],
  });
  let created = 0;
  const cloudOf = (signer: string): Cloud =>
    ({
      read: async (operation: string, { AccessKeyId: id }: { AccessKeyId?: string }) => {
        if (operation === 'iam:GetAccessKeyLastUsed') {
          const use = keys.find((key) => key.id === id)?.use;
          if (use === 'unknown') return failed('AccessDenied');
          if (use === 'odd') return answer({ AccessKeyLastUsed: { ServiceName: 's3', Region: 'us-east-1' } });
          return answer({ AccessKeyLastUsed: use === 'used' ? { LastUsedDate: clock.now(), ServiceName: 's3' } : { ServiceName: 'N/A' } });
        }
        const shown = proofs[proof];
        if (typeof shown === 'object') return answer(shown);
        if (typeof shown === 'number')
          return passed() >= shown
            ? answer(proofs['the right user'])
            : failed(proof.startsWith('known') ? 'InvalidClientTokenId' : 'ECONNRESET');
        return failed(String(shown));
      },
      findAll: async () =>
        answer([
          {
            AccessKeyMetadata: keys
              .filter(({ listedAfter = 0 }) => passed() >= listedAfter)
              .map(({ id, active }) => ({
                UserName: 'ci',
                AccessKeyId: id,
                Status: active ? 'Active' : 'Inactive',
                CreateDate: clock.now(),
              })),
          },
        ]),
      write: async (operation: string, { AccessKeyId: id = '', Status }: { AccessKeyId?: string; Status?: string }) => {
        const name = operation.replace('iam:', '').replace('AccessKey', '');
        if (operation === 'iam:CreateAccessKey') {
          created += 1;
          writes.push(name);
          const isLost = createAnswer === 'is lost twice' || (createAnswer === 'is lost' && created === 1);
          if (isLost || createAnswer === 'is refused')
            keys.push(...appearing.map((key) => (created === 1 ? key : { ...key, id: `${key.id}${created}` })));
          if (isLost) throw new AmbiguousWriteError({ operation, code: 'ECONNRESET', message: 'lost' });
          if (createAnswer === 'is refused') throw new AwsError({ operation, code: 'LimitExceeded', message: 'two keys' });
          const newId = `AKIANEW${created === 1 ? '' : created}`;
          keys.push({ id: newId, active: true, use: 'never' });
          return { AccessKey: { AccessKeyId: newId, SecretAccessKey: new Secret('s') } };
        }
        writes.push(`${name} ${id}${Status === undefined ? '' : ` ${Status}`}`);
        signers.push(signer);
        const index = keys.findIndex((key) => key.id === id);
        const [key] = keys.splice(index, 1);
        if (key === undefined) throw new Error(`there is no key ${id}`);
        if (Status !== undefined) keys.splice(index, 0, { ...key, active: Status === 'Active' });
        return {};
      },
    }) as unknown as Cloud;
  return { clock, writes, signers, signerOf: (signer: string) => ({ cloud: cloudOf(signer), forget: () => {} }) };
};

const run = async (
  account: ReturnType<typeof accountWith>,
  plan: RotationPlan,
  options: {
    readonly inUse: string;
    readonly readable?: boolean;
    readonly store?: 'works' | 'fails' | 'fails after storing';
    readonly journal?: ReturnType<typeof memoryJournal>;
    readonly profiles?: readonly string[];
    readonly failure?: Error;
    readonly sink?: ReturnType<typeof rememberingSink>;
    /** Receives what is reported and done, and the error at the end. */
    readonly reports?: { readonly notes: string[]; readonly actions: string[]; error?: unknown };
  },
): Promise<string> => {
  const { sink = rememberingSink(), reports } = options;
  // Other keys that are stored prove nothing about the new one.
  sink.marks = [{ kind: 'access-key', user: 'profile other', id: 'AKIAELSEWHERE' }];
  const { failure = new NotStoredError({ message: 'The disk is full.', next: 'Free some space.' }) } = options;
  const port: RotationPort = {
    clock: account.clock,
    signal: new AbortController().signal,
    notify: (text) => reports?.notes.push(text),
    onAction: (action, { id, user }) => reports?.actions.push(`${action} ${id} of ${user}`),
    signer: account.signerOf('the run'),
    signerOf: ({ accessKeyId }) => account.signerOf(accessKeyId),
    caller: { accountId, partition: 'aws', identity: { kind: 'root', arn: 'root', name: 'root' } },
    inUse: options.inUse,
    journal: options.journal ?? memoryJournal(account.clock),
    sink: {
      ...sink,
      store: async (entry) => {
        if (options.store !== 'fails') await sink.store(entry);
        if (options.store === 'fails' || options.store === 'fails after storing') throw failure;
      },
    },
    storedKey: async () => (options.readable === true ? new Secret('s') : undefined),
    profiles: options.profiles ?? [],
    place: 'a place',
  };
  try {
    return `rotated to ${(await rotate(port, 'ci', plan)).newKeyId}`;
  } catch (error) {
    if (reports !== undefined) reports.error = error;
    return (error as BootstrapError).code ?? String(error);
  }
};

const observed = (id: string, more: Partial<ObservedKey> = {}): ObservedKey => ({
  id,
  user: 'ci',
  active: true,
  createdAt: new Date('2026-08-01T10:00:00.000Z'),
  lastUsed: used,
  heldIn: [],
  ...more,
});

describe('finishing a rotation', () => {
  const axes = {
    secret: ['readable', 'not readable'],
    use: ['never', 'used', 'unknown'],
    signs: ['another key', 'the old key', 'the new key'],
    old: ['active', 'inactive', 'deleted'],
    proof: Object.keys(proofs) as Proof[],
  } as const;
  type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

  /** A key whose secret cannot be read is proven by a use that AWS knows, or by signing this run. Unknown use proves nothing. */
  const isProven = ({ secret, use, signs, proof }: Row): boolean =>
    secret === 'readable' ? proves(proof) : use === 'used' || signs === 'the new key';
  const mayDisable = (row: Row): boolean =>
    row.old === 'active' && isProven(row) && !(row.secret === 'not readable' && row.signs === 'the old key');

  it('disables the old key only if the new one is proven, and deletes nothing', async () => {
    const rows = combinations<Row>(axes);
    const wrong: string[] = [];
    for (const row of rows) {
      const old = row.old === 'deleted' ? undefined : observed('AKIAOLD', { active: row.old === 'active' });
      const lastUsed = row.use === 'used' ? used : row.use === 'never' ? null : 'unknown';
      const newKey = observed('AKIANEW', { lastUsed });
      const account = accountWith(
        [
          ...(old === undefined ? [] : [{ id: 'AKIAOLD', active: old.active, use: 'used' as const }]),
          { id: 'AKIANEW', active: true, use: row.use },
        ],
        row.proof,
      );
      const inUse = { 'another key': 'AKIAOTHER', 'the old key': 'AKIAOLD', 'the new key': 'AKIANEW' }[row.signs];
      const outcome = await run(
        account,
        { kind: 'finish', old, newKey, entry: undefined as never },
        { inUse, readable: row.secret === 'readable' },
      );
      const expected = mayDisable(row) ? ['Update AKIAOLD Inactive'] : [];
      const ends = row.old !== 'active' || mayDisable(row);
      // No key disables itself.
      const signer = row.signs === 'the old key' ? 'AKIANEW' : 'the run';
      if (
        JSON.stringify(account.writes) !== JSON.stringify(expected) ||
        ends !== (outcome === 'rotated to AKIANEW') ||
        account.signers.some((one) => one !== signer)
      )
        wrong.push(`${JSON.stringify(row)}: ${account.writes.join(', ')} by ${account.signers.join()}: ${outcome}`);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(rows.length).toBe(2 * 3 * 3 * 3 * 11);
  });
});

describe('a rotation from the start', () => {
  const axes = {
    store: ['works', 'fails', 'fails after storing'],
    proof: Object.keys(proofs) as Proof[],
    signs: ['another key', 'the old key'],
    room: ['enough', 'a lost key', 'an inactive key'],
  } as const;
  type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };

  /** The new key is deleted only if it is stored nowhere; the old one is disabled only if the new one is stored and proven. */
  const writesOf = (row: Row): readonly string[] => [
    ...(row.room === 'enough' ? [] : row.room === 'a lost key' ? ['Update AKIASPARE Inactive', 'Delete AKIASPARE'] : ['Delete AKIASPARE']),
    'Create',
    ...(row.store === 'fails' ? ['Update AKIANEW Inactive', 'Delete AKIANEW'] : []),
    ...(row.store === 'works' && proves(row.proof) ? ['Update AKIAOLD Inactive'] : []),
  ];

  it('writes only what the rules allow', async () => {
    const rows = combinations<Row>(axes);
    const wrong: string[] = [];
    for (const row of rows) {
      const spare = { id: 'AKIASPARE', active: row.room === 'a lost key', use: 'never' as const };
      const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }, ...(row.room === 'enough' ? [] : [spare])], row.proof);
      const why = row.room === 'a lost key' ? 'lost' : 'inactive';
      const discard = row.room === 'enough' ? [] : [{ key: observed('AKIASPARE', { active: spare.active }), why } as const];
      const inUse = row.signs === 'the old key' ? 'AKIAOLD' : 'AKIAOTHER';
      const outcome = await run(account, { kind: 'create', old: observed('AKIAOLD'), discard }, { inUse, store: row.store });
      const isDone = row.store === 'works' && proves(row.proof);
      const last = row.signs === 'the old key' && isDone ? 'AKIANEW' : 'the run';
      if (
        JSON.stringify(account.writes) !== JSON.stringify(writesOf(row)) ||
        (row.store === 'works' && outcome !== (isDone ? 'rotated to AKIANEW' : errorOf(row.proof))) ||
        (row.store !== 'works' && outcome === 'rotated to AKIANEW') ||
        (account.signers.length > 0 && account.signers.at(-1) !== last)
      )
        wrong.push(`${JSON.stringify(row)}: ${account.writes.join(', ')} by ${account.signers.join()}: ${outcome}`);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(rows.length).toBe(3 * 11 * 2 * 3);
  });

  const lost = (more: Partial<Held> = {}): Held => ({ id: 'AKIALOST', active: true, use: 'never', ...more });
  it.each<[string, readonly Held[], boolean]>([
    ['no key', [], false],
    ['one key that was never used', [lost()], true],
    ['one key that is listed after 29 s', [lost({ listedAfter: 29 })], true],
    ['one key that is listed after 32 s', [lost({ listedAfter: 32 })], false],
    ['one key that was used', [lost({ use: 'used' })], false],
    ['one key of unknown use', [lost({ use: 'unknown' })], false],
    ['one key whose use has no date', [lost({ use: 'odd' })], false],
    ['two keys', [lost(), lost({ id: 'AKIAELSE' })], false],
    ['the key that signs this run', [lost({ id: 'AKIASIGNS' })], false],
    ['the lost key, and the key that signs this run', [lost({ id: 'AKIASIGNS' }), lost()], true],
  ])('after a lost answer that created %s', async (_, appearing, isDeleted) => {
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }], 'the right user', 'is lost', appearing);
    const outcome = await run(account, { kind: 'create', old: observed('AKIAOLD'), discard: [] }, { inUse: 'AKIASIGNS' });
    expect(account.writes).toEqual(
      isDeleted ? ['Create', 'Update AKIALOST Inactive', 'Delete AKIALOST', 'Create', 'Update AKIAOLD Inactive'] : ['Create'],
    );
    expect(outcome).toBe(isDeleted ? 'rotated to AKIANEW2' : 'E-KEY-UNCERTAIN');
  });

  it('closes the entry of a lost key, and remembers that key', async () => {
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }], 'the right user', 'is lost', [lost()]);
    const journal = memoryJournal(account.clock);
    await run(account, { kind: 'create', old: observed('AKIAOLD'), discard: [] }, { inUse: 'AKIAOTHER', journal });
    expect(journal.list).toMatchObject([
      { made: 'AKIALOST', state: 'closed', place: null, before: ['AKIAOLD', 'AKIAOTHER'] },
      { made: 'AKIANEW2', state: 'closed', place: 'a place', before: ['AKIAOLD', 'AKIAOTHER', 'AKIALOST'] },
    ]);
  });

  it('deletes a lost key once, and then stops with an open entry', async () => {
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }], 'the right user', 'is lost twice', [lost()]);
    const journal = memoryJournal(account.clock);
    const outcome = await run(account, { kind: 'create', old: observed('AKIAOLD'), discard: [] }, { inUse: 'AKIAOTHER', journal });
    expect([outcome, account.writes]).toEqual(['E-KEY-UNCERTAIN', ['Create', 'Update AKIALOST Inactive', 'Delete AKIALOST', 'Create']]);
    expect(journal.list.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('deletes nothing that appears after a refusal, and closes the entry', async () => {
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }], 'the right user', 'is refused', [lost()]);
    const journal = memoryJournal(account.clock);
    const outcome = await run(account, { kind: 'create', old: observed('AKIAOLD'), discard: [] }, { inUse: 'AKIAOTHER', journal });
    expect([outcome, account.writes, journal.list.map(({ state }) => state)]).toEqual(['E-KEY-LIMIT', ['Create'], ['closed']]);
  });
});

describe('the profiles that have the new key after a rotation', () => {
  const profile = (name: string): KeyLocation => ({ kind: 'profile', name });
  const storedBy = async (plan: RotationPlan, readable: boolean, profiles: readonly string[]) => {
    const account = accountWith(
      [
        { id: 'AKIAOLD', active: true, use: 'used' },
        { id: 'AKIANEW', active: true, use: 'used' },
      ],
      'the right user',
    );
    const sink = rememberingSink();
    await run(account, plan, { inUse: 'AKIAOTHER', readable, profiles, sink });
    return { log: sink.log, stored: sink.entries.map((entry) => (entry.kind === 'access-key' ? entry.profile : entry.kind)) };
  };

  it.each<readonly [string, readonly string[], readonly KeyLocation[], boolean, readonly string[]]>([
    ['none has it', ['a', 'b'], [], true, ['a', 'b']],
    ['one has it', ['a', 'b'], [profile('a')], true, ['b']],
    ['both have it', ['a', 'b'], [profile('b'), profile('a')], true, []],
    ['another profile has it', ['a'], [profile('c')], true, ['a']],
    ['a file has it', ['a'], [{ kind: 'file', path: 'a' } as unknown as KeyLocation], true, ['a']],
    ['none is wanted', [], [], true, []],
    ['its secret cannot be read', ['a'], [], false, []],
  ])('when an earlier one is finished: %s', async (_, profiles, heldIn, readable, expected) => {
    const plan: RotationPlan = {
      kind: 'finish',
      old: observed('AKIAOLD'),
      newKey: observed('AKIANEW', { heldIn }),
      entry: undefined as never,
    };
    const { log, stored } = await storedBy(plan, readable, profiles);
    expect(stored).toEqual(expected);
    expect(log).toEqual(expected.length === 0 ? [] : ['reserve', ...expected.map(() => 'store access-key')]);
  });

  it.each<readonly [readonly string[], readonly string[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[], ['']],
  ])('when a new key is created: %j', async (profiles, expected) => {
    const { stored } = await storedBy({ kind: 'create', old: observed('AKIAOLD'), discard: [] }, true, profiles);
    expect(stored).toEqual(expected);
  });
});

describe('the reports of a rotation', () => {
  const reported = async (
    proof: Proof,
    plan: RotationPlan,
    options: Partial<Parameters<typeof run>[2]> = {},
    more: readonly Held[] = [],
  ) => {
    const reports = { notes: [] as string[], actions: [] as string[], error: undefined as unknown };
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }, ...more], proof);
    await run(account, plan, { inUse: 'AKIAOTHER', ...options, reports });
    return reports;
  };
  const create: RotationPlan = { kind: 'create', old: observed('AKIAOLD'), discard: [] };

  it('name each key that was created, stored, proven and disabled', async () => {
    const { actions, notes } = await reported('the right user', create);
    expect(actions).toEqual(['created AKIANEW of ci', 'stored AKIANEW of ci', 'proven AKIANEW of ci', 'disabled AKIAOLD of ci']);
    expect(notes).toEqual([]);
  });

  it.each([
    ['lost', 'an earlier run created AKIASPARE, and its secret was never stored; deleting it'],
    ['inactive', 'deleting AKIASPARE, which is inactive, to make room'],
  ] as const)('say why a key is deleted: %s', async (why, note) => {
    const spare: Held = { id: 'AKIASPARE', active: false, use: 'never' };
    const plan: RotationPlan = {
      kind: 'create',
      old: observed('AKIAOLD'),
      discard: [{ key: observed('AKIASPARE', { active: false }), why }],
    };
    expect((await reported('the right user', plan, {}, [spare])).notes).toEqual([note]);
  });

  it('say that AWS does not accept the key yet, from the third time', async () => {
    const { notes } = await reported('known after 57 s', create);
    expect(new Set(notes)).toEqual(new Set(['waiting until AWS accepts the new key (InvalidClientTokenId)']));
    // After 0.5, 1.5, 3.5, 7.5 s, and then every 5 s.
    expect(notes).toHaveLength(12);
  });

  const finish = (lastUsed: LastUse): RotationPlan => ({
    kind: 'finish',
    old: observed('AKIAOLD'),
    newKey: observed('AKIANEW', { lastUsed }),
    entry: undefined as never,
  });
  const full = new NotStoredError({ message: 'The disk is full.', next: 'Free some space.' });
  const refused = new BootstrapError({ code: 'E-SECRETS-DESTINATION', message: 'It is a folder.', next: 'Name a file.' });
  it.each<readonly [string, Proof, RotationPlan, Partial<Parameters<typeof run>[2]>, object]>([
    [
      'another user',
      'another user',
      create,
      {},
      {
        code: 'E-KEY-OTHER',
        changed: true,
        message: expect.stringMatching(/AKIANEW signs as .*user\/alex, not as ci of 111122223333; the old key AKIAOLD was not changed/),
      },
    ],
    [
      'a wrong secret',
      'refused',
      create,
      {},
      {
        code: 'E-KEY-OTHER',
        changed: true,
        message: expect.stringContaining('of the key AKIANEW (SignatureDoesNotMatch); the old key AKIAOLD was not changed'),
        next: expect.stringContaining('--user ci --key AKIANEW'),
      },
    ],
    [
      'a key that is not known yet',
      'known after 63 s',
      create,
      {},
      {
        code: 'E-KEY-UNPROVEN',
        changed: true,
        retryable: true,
        message: expect.stringContaining('AKIANEW is stored, but AWS does not accept it yet (InvalidClientTokenId)'),
      },
    ],
    [
      'a full disk',
      'the right user',
      create,
      { store: 'fails', failure: full },
      {
        code: 'E-KEY-NOT-STORED',
        changed: true,
        cause: full,
        message: 'The new key AKIANEW could not be stored, so it was deleted again; AKIAOLD still works. The disk is full.',
        next: 'Fix the cause and run the same command again.',
      },
    ],
    [
      'a bad destination',
      'the right user',
      create,
      { store: 'fails', failure: refused },
      { code: 'E-KEY-NOT-STORED', next: 'Name a file.' },
    ],
    [
      'any other failure',
      'the right user',
      create,
      { store: 'fails', failure: new Error('odd') },
      {
        code: 'E-KEY-NOT-STORED',
        message: expect.stringMatching(/still works\. odd$/),
        next: 'Fix the cause and run the same command again.',
      },
    ],
    [
      'a key that was never used',
      'the right user',
      finish(null),
      {},
      {
        code: 'E-KEY-UNPROVEN',
        retryable: true,
        message: expect.stringContaining('AKIANEW of ci and stored it where this command cannot read it. It was never used, so'),
      },
    ],
    [
      'a key of unknown use',
      'the right user',
      finish('unknown'),
      {},
      { code: 'E-KEY-UNPROVEN', message: expect.stringContaining('AWS did not report whether it was used, so') },
    ],
    [
      'the key that signs the run',
      'the right user',
      finish(used),
      { inUse: 'AKIAOLD' },
      { code: 'E-KEY-IN-USE', message: 'The key AKIAOLD of ci signs this run, and the new key cannot be read here to replace it.' },
    ],
  ])('say why it stopped: %s', async (_, proof, plan, options, expected) => {
    expect((await reported(proof, plan, options)).error).toMatchObject(expected);
  });

  it.each([
    ['fails', 'closed', null],
    ['fails after storing', 'stored', 'a place'],
  ] as const)('leave the journal for the next run when storing %s', async (store, state, place) => {
    const account = accountWith([{ id: 'AKIAOLD', active: true, use: 'used' }], 'the right user');
    const journal = memoryJournal(account.clock);
    await run(account, create, { inUse: 'AKIAOTHER', store, journal });
    expect(journal.list).toMatchObject([{ made: 'AKIANEW', state, place }]);
  });

  it.each([
    ['fails', 1],
    ['fails after storing', 0],
  ] as const)('when storing %s: the copy elsewhere is removed %i times', async (store, times) => {
    let discarded = 0;
    const fallback = { place: 'elsewhere', discard: async () => void (discarded += 1) };
    const failure = new NotStoredError({ message: 'The disk is full.', next: 'Free some space.', fallback });
    await reported('the right user', create, { store, failure });
    expect(discarded).toBe(times);
  });
});
