import { describe, expect, it } from 'vitest';
import { changeKeys } from '../../../src/commands/keys/change.js';
import type { KeysFlags, KeysOutcome, KeysRun } from '../../../src/commands/keys/types.js';
import { AwsError } from '../../../src/core/aws-error.js';
import type { Identity } from '../../../src/core/account.js';
import type { BootstrapError } from '../../../src/core/errors.js';
import { memoryJournal } from '../../steps/support/memory-journal.js';
import { rememberingSink } from '../../steps/support/remembering-sink.js';
import { testClock } from '../../support/host.js';

/** What `keys disable | enable | delete` asks, sends and reports; fake is only what AWS answers. */

const accountId = '111122223333';
const root: Identity = { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, name: 'root' };
const alex: Identity = { kind: 'user', arn: `arn:aws:iam::${accountId}:user/alex`, name: 'alex' };

interface Ended extends Omit<KeysOutcome, 'keys'> {
  readonly rows?: readonly string[] | undefined;
  readonly error?: string;
  readonly thrown?: BootstrapError;
  readonly log: readonly string[];
  readonly asked: readonly unknown[];
  readonly printed: readonly string[];
}

const run = async (
  flags: Partial<KeysFlags>,
  more: {
    readonly keys?: readonly (readonly [id: string, active: boolean])[];
    readonly identity?: Identity;
    readonly inUse?: string;
    readonly quiet?: boolean;
    readonly unread?: boolean;
    readonly declined?: boolean;
  } = {},
): Promise<Ended> => {
  const { identity = alex, inUse = 'AKIASIGNS', quiet = false, unread = false } = more;
  const clock = testClock();
  const keys = new Map(more.keys ?? [['AKIA1', true]]);
  const log: string[] = [];
  const asked: unknown[] = [];
  const failed = { ok: false, cause: 'denied', message: 'denied', evidence: [] };
  const cloud = {
    read: async () => ({ ok: true, value: { AccessKeyLastUsed: { ServiceName: 'N/A' } }, evidence: [] }),
    findAll: async () => {
      const AccessKeyMetadata = [...keys].map(([AccessKeyId, active]) => ({ AccessKeyId, Status: active ? 'Active' : 'Inactive' }));
      return unread ? failed : { ok: true, value: [{ AccessKeyMetadata }], evidence: [] };
    },
    write: async (operation: string, { AccessKeyId, Status, UserName }: Record<string, string>) => {
      if (AccessKeyId === undefined || !keys.has(AccessKeyId)) throw new AwsError({ operation, code: 'NoSuchEntity', message: 'no' });
      log.push([operation.replace('iam:', ''), AccessKeyId, Status, UserName].filter((part) => part !== undefined).join(' '));
      if (Status === undefined) keys.delete(AccessKeyId);
      else keys.set(AccessKeyId, Status === 'Active');
      return {};
    },
  };
  const sink = rememberingSink();
  sink.marks = [
    { kind: 'access-key', user: 'profile work', id: 'AKIA1' },
    { kind: 'access-key', user: 'ci', id: 'AKIA1' },
  ];
  const printed: string[] = [];
  const fake = {
    app: {
      secrets: async () => sink,
      host: { clock },
      terminal: { quiet, stderr: (text: string) => printed.push(text) },
      sandboxed: false,
    },
    flags: { yes: false, deleteInactive: false, evenIfActive: false, root: false, all: false, verb: 'delete', ...flags },
    connection: { boundary: { cloud, forget: () => {} }, identify: async () => ({}) },
    caller: { accountId, partition: 'aws', identity },
    inUse,
    journal: memoryJournal(clock),
    secretsFile: undefined,
    port: { clock, signal: new AbortController().signal, notify: () => {}, onAction: () => {} },
    approve: async (question: string, lines: readonly string[] = []) => {
      asked.push([question, ...lines]);
      if (more.declined === true) throw new Error('declined');
    },
  } as unknown as KeysRun;
  try {
    const { keys: rows, ...outcome } = await changeKeys(fake);
    return { ...outcome, rows: rows?.map(({ accessKeyId, status }) => `${accessKeyId} ${status}`), log, asked, printed };
  } catch (error) {
    return { error: (error as BootstrapError).code ?? (error as Error).message, thrown: error as BootstrapError, log, asked, printed };
  }
};

describe('a key of a user', () => {
  const named = { user: 'ci', key: 'AKIA1' } as const;
  const what = 'the access key AKIA1 of ci';

  it('is disabled after approval, with the profiles that contain it and the next command', async () => {
    expect(await run({ verb: 'disable', ...named })).toMatchObject({
      asked: [[`Disable ${what} (active, never used)?`]],
      log: ['UpdateAccessKey AKIA1 Inactive ci'],
      rows: ['AKIA1 inactive'],
      notes: ['The profile work still contains AKIA1, which is now inactive.'],
      next: expect.stringMatching(/delete it: `bootstrap keys delete --user ci --key AKIA1`/),
    });
  });

  it('is enabled after approval', async () => {
    expect(await run({ verb: 'enable', ...named }, { keys: [['AKIA1', false]] })).toMatchObject({
      asked: [[`Enable ${what} (inactive, never used)?`]],
      log: ['UpdateAccessKey AKIA1 Active ci'],
      rows: ['AKIA1 active'],
      notes: [],
      next: null,
    });
  });

  it.each([
    ['enable', true, 'AKIA1 is already active.'],
    ['disable', false, 'AKIA1 is already inactive.'],
  ] as const)('is not changed, and nothing is asked: %s', async (verb, active, note) => {
    const { asked, log, notes, rows } = await run({ verb, ...named }, { keys: [['AKIA1', active]] });
    expect([asked, log, notes, rows]).toEqual([[], [], [note], [`AKIA1 ${active ? 'active' : 'inactive'}`]]);
  });

  it('is deleted after approval', async () => {
    const { asked, log, notes, rows } = await run(
      { ...named },
      {
        keys: [
          ['AKIA1', false],
          ['AKIA2', true],
        ],
      },
    );
    expect([asked, log, notes, rows]).toEqual([
      [[`Delete ${what} (inactive, never used)? This cannot be undone.`]],
      ['DeleteAccessKey AKIA1 ci'],
      ['The profile work still contains AKIA1, which is now deleted.'],
      ['AKIA2 active'],
    ]);
  });

  it('is not changed without approval', async () => {
    for (const verb of ['disable', 'delete'] as const) {
      const { error, log } = await run({ verb, ...named, evenIfActive: true }, { declined: true });
      expect([error, log]).toEqual(['declined', []]);
    }
  });

  it.each<[string, Partial<KeysFlags>, Parameters<typeof run>[1], string]>([
    ['is active', { ...named }, {}, 'E-KEY-ACTIVE'],
    ['signs the run', { ...named, verb: 'disable' }, { inUse: 'AKIA1' }, 'E-KEY-IN-USE'],
    ['does not exist', { user: 'ci', key: 'AKIA9' }, {}, 'E-KEY-UNKNOWN'],
    ['cannot be read', { ...named }, { unread: true }, 'E-KEY-DENIED'],
    ['has no owner', { key: 'AKIA1' }, { identity: { ...alex, kind: 'role' } }, 'E-USAGE'],
  ])('that %s is refused before anything is asked', async (_, flags, more, code) => {
    const { error, asked, log } = await run(flags, more);
    expect([error, asked, log]).toEqual([code, [], []]);
  });

  it('that no one is known to own does not suggest your own keys instead', async () => {
    const { thrown } = await run({ key: 'AKIA9' });
    expect(thrown?.next).toBe('`bootstrap keys list` shows all keys.');
    const role = await run({ key: 'AKIA9' }, { identity: { ...alex, kind: 'role' } });
    expect(role.thrown?.message).toBe('Missing user: no user with the key AKIA9 was found, and you are not signed in as an IAM user.');
  });

  it('is your own without --user', async () => {
    const { log } = await run({ key: 'AKIA1', evenIfActive: true });
    expect(log).toEqual(['DeleteAccessKey AKIA1 alex']);
  });
});

describe('keys of root', () => {
  const both = {
    identity: root,
    keys: [
      ['AKIA1', true],
      ['AKIA2', true],
    ],
  } as const;

  it('are deleted together', async () => {
    expect(await run({ root: true, all: true }, both)).toMatchObject({
      asked: [['Delete AKIA1 and AKIA2 of root? This cannot be undone.']],
      log: ['DeleteAccessKey AKIA1', 'DeleteAccessKey AKIA2'],
      rows: [],
      notes: [],
      next: null,
      printed: [],
    });
  });

  it('are deleted one at a time with --key, and the others are listed', async () => {
    const { log, rows } = await run({ user: 'Root', key: 'AKIA2' }, both);
    expect([log, rows]).toEqual([['DeleteAccessKey AKIA2'], ['AKIA1 active']]);
  });

  it.each([true, false])('end with the key that signs the run, with a warning; quiet: %s', async (quiet) => {
    const warning = 'AKIA1 signs this run, so it is deleted last. It cannot be used afterwards.';
    expect(await run({ root: true, all: true }, { ...both, inUse: 'AKIA1', quiet })).toMatchObject({
      asked: [['Delete AKIA2 and AKIA1 of root? This cannot be undone.', warning]],
      log: ['DeleteAccessKey AKIA2', 'DeleteAccessKey AKIA1'],
      rows: [],
      notes: ['AKIA1, which signed this run, is deleted; remove it from where it was stored.'],
      next: 'From now on, sign in as the administrator with `aws login`.',
      printed: quiet ? [`${warning}\n`] : [],
    });
  });

  it('print no warning in a quiet run that another key signs', async () => {
    expect((await run({ root: true, all: true }, { ...both, quiet: true })).printed).toEqual([]);
  });

  it('may be none', async () => {
    const outcome = await run({ root: true, all: true }, { identity: root, keys: [] });
    expect(outcome).toMatchObject({ rootKeys: 0, notes: ['Root has no access key.'], asked: [], log: [] });
  });

  it('are not deleted if they cannot be read, or by anyone else', async () => {
    expect(await run({ root: true, all: true }, { ...both, unread: true })).toMatchObject({ error: 'E-KEY-DENIED', asked: [], log: [] });
    const other = await run({ root: true, all: true }, { ...both, identity: alex });
    expect(other).toMatchObject({ error: 'E-KEY-ROOT', asked: [], log: [] });
    expect(other.thrown?.next).toContain('https://console.aws.amazon.com/iam/home#/security_credentials');
  });
});
