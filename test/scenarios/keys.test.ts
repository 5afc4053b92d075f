import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KeysReport } from '../../src/core/keys.js';
import type { AccessKeyWorld, AccountWorld, World } from '../../src/sandbox/world.js';
import { own, signedIn } from './practice-account.js';

/** What `bootstrap keys` does with access keys after init, and what it refuses. */

const createdAt = '2026-08-01T10:00:00.000Z';
const used = { at: '2026-11-20T10:00:00Z', service: 's3', region: 'us-east-1' };
const keyOf = (letter: string, more: Partial<AccessKeyWorld> = {}): AccessKeyWorld => ({
  id: `AKIAEXAMPLE00000000${letter}`,
  secret: `${letter.repeat(4)}SECRETSECRETSECRETSECRETSECRETSECRET`.slice(0, 40),
  status: 'Active',
  createdAt,
  lastUsed: used,
  ...more,
});
const [a, b] = [keyOf('A'), keyOf('B')];

const allow = (...actions: readonly string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
const ownKeys = allow('iam:*AccessKey*', 'iam:ListUsers', 'iam:GetUser');

const withUser =
  (keys: readonly AccessKeyWorld[], policy = ownKeys) =>
  (account: AccountWorld): void =>
    void account.users.push({
      id: 'AIDACIUSER0000000001',
      name: 'ci',
      path: '/',
      createdAt,
      tags: {},
      groups: [],
      attachedPolicies: [],
      inlinePolicies: { own: policy },
      password: null,
      accessKeys: structuredClone(keys) as AccessKeyWorld[],
    });

const profile = (name: string, { id, secret }: AccessKeyWorld): string =>
  `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
const credentials = (home: string): string => readFileSync(join(home, '.aws', 'credentials'), 'utf8');

type Options = NonNullable<Parameters<typeof signedIn>[0]>;
/** A shell with these profiles, whose runs return their report. */
const shellWith = async (options: Options, file = ''): Promise<Shell> => {
  const shell = await signedIn(options);
  mkdirSync(join(shell.home, '.aws'), { mode: 0o700 });
  writeFileSync(join(shell.home, '.aws', 'credentials'), file, { mode: 0o600 });
  const keys = async (...argv: string[]) => {
    const verb = argv[0] ?? '';
    const approval = verb === 'list' ? [] : ['--yes', '--account-id', own];
    const ran = await shell.run(['keys', ...argv, ...approval, '--output', 'json']);
    const report = JSON.parse(ran.stdout) as KeysReport;
    return { ...ran, report, did: report.actions.map(({ action, accessKeyId }) => `${action} ${accessKeyId}`) };
  };
  const held = () =>
    shell
      .account()
      .users.find(({ name }) => name === 'ci')
      ?.accessKeys.map(({ id, status }) => `${id} ${status}`);
  return { ...shell, keys, held };
};
type Shell = Awaited<ReturnType<typeof signedIn>> & {
  readonly keys: (...argv: string[]) => Promise<Ran>;
  readonly held: () => readonly string[] | undefined;
};
type Ran = Awaited<ReturnType<Awaited<ReturnType<typeof signedIn>>['run']>> & {
  readonly report: KeysReport;
  readonly did: readonly string[];
};

describe('keys list', () => {
  it('shows the age, last use and storage of each key, and writes nothing', async () => {
    const shell = await shellWith({ edit: withUser([a, keyOf('B', { status: 'Inactive', lastUsed: null })]) }, profile('ci', a));
    const { code, report, writes } = await shell.keys('list');
    expect([code, writes]).toEqual([0, []]);
    expect(report.keys).toEqual([
      expect.objectContaining({
        user: 'ci',
        accessKeyId: a.id,
        status: 'active',
        ageDays: 114,
        storedIn: [{ kind: 'profile', name: 'ci' }],
      }),
      expect.objectContaining({ user: 'ci', accessKeyId: b.id, status: 'inactive', lastUsed: null, storedIn: [] }),
    ]);
    expect(report.rootKeys).toBe(0);
    const { stdout } = await shell.run(['keys', 'list']);
    expect(stdout).toContain(a.id);
    expect(stdout).not.toContain(a.secret);
  });

  it('counts the keys of root', async () => {
    const shell = await shellWith({ edit: (account) => void account.root.accessKeys.push(a) });
    expect((await shell.keys('list')).report.rootKeys).toBe(1);
  });
});

describe('keys rotate', () => {
  it('creates, stores and verifies the new key before it disables the old one, and deletes nothing', async () => {
    const foreign = '# a comment\n[work]\nregion = eu-north-1\n\n';
    const shell = await shellWith({ edit: withUser([a]) }, foreign + profile('ci', a));
    const { code, did, writes, requests, report } = await shell.keys('rotate', '--user', 'ci');
    const fresh = shell.account().users[0]?.accessKeys[1];
    expect(code).toBe(0);
    expect(did).toEqual([`created ${fresh?.id}`, `stored ${fresh?.id}`, `proven ${fresh?.id}`, `disabled ${a.id}`]);
    expect(writes).toEqual(['iam:CreateAccessKey', 'iam:UpdateAccessKey']);
    expect(requests.lastIndexOf('sts:GetCallerIdentity')).toBeGreaterThan(requests.indexOf('iam:CreateAccessKey'));
    expect(requests.lastIndexOf('sts:GetCallerIdentity')).toBeLessThan(requests.indexOf('iam:UpdateAccessKey'));
    expect(shell.held()).toEqual([`${a.id} Inactive`, `${fresh?.id} Active`]);
    expect(credentials(shell.home)).toBe(foreign + profile('ci', fresh as AccessKeyWorld));
    expect(report.next).toContain(`bootstrap keys delete --user ci --key ${a.id}`);
    expect(JSON.stringify(report)).not.toContain(fresh?.secret);
  });

  it('explains the limit of two, and makes room only with --delete-inactive', async () => {
    const shell = await shellWith({ edit: withUser([a, keyOf('B', { status: 'Inactive' })]) }, profile('ci', a));
    const refused = await shell.keys('rotate', '--user', 'ci');
    expect([refused.code, refused.report.error?.code, refused.writes]).toEqual([7, 'E-KEY-LIMIT', []]);
    expect(refused.report.error?.next).toContain('--delete-inactive');
    const rotated = await shell.keys('rotate', '--user', 'ci', '--delete-inactive');
    expect([rotated.code, rotated.did[0]]).toEqual([0, `deleted ${b.id}`]);
    expect(shell.held()?.length).toBe(2);
  });

  it('suggests to disable the one of two active keys that was never used', async () => {
    const shell = await shellWith({ edit: withUser([a, keyOf('B', { lastUsed: null })]) }, profile('ci', a));
    const { code, report, writes } = await shell.keys('rotate', '--user', 'ci', '--key', a.id);
    expect([code, report.error?.code, writes]).toEqual([7, 'E-KEY-LIMIT', []]);
    expect(report.error?.next).toContain(`\`bootstrap keys disable --user ci --key ${b.id}\``);
  });

  it('disables the key that signs the run with the new key', async () => {
    const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: 'ci' };
    const shell = await shellWith({ edit: withUser([a]), env }, profile('ci', a));
    const { code, did } = await shell.keys('rotate');
    const [old, fresh] = shell.account().users[0]?.accessKeys ?? [];
    expect([code, did.at(-1)]).toEqual([0, `disabled ${a.id}`]);
    expect([old?.status, fresh?.status]).toEqual(['Inactive', 'Active']);
    const last = shell.sandbox.calls.findLast(({ operation }) => operation === 'UpdateAccessKey');
    expect(last?.error ?? null).toBeNull();
    // From here on, the profile uses the new key.
    expect((await shell.keys('list')).report.keys.map(({ accessKeyId, inUse }) => [accessKeyId, inUse])).toEqual([
      [a.id, false],
      [fresh?.id, true],
    ]);
  });

  it('advises a user without the permissions to run it as the administrator', async () => {
    const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: 'ci' };
    const shell = await shellWith({ edit: withUser([a], allow('iam:ListAccessKeys')), env }, profile('ci', a));
    const { code, report } = await shell.keys('rotate');
    expect([code, report.error?.code]).toEqual([4, 'E-KEY-DENIED']);
    expect(report.error?.next).toMatch(/as the administrator, with --user ci/);
    expect(shell.held()).toEqual([`${a.id} Active`]);
  });

  it('creates nothing if the old key is in no profile and no destination is given', async () => {
    const shell = await shellWith({ edit: withUser([a]) });
    const { code, report, writes } = await shell.keys('rotate', '--user', 'ci');
    expect([code, report.error?.code, writes]).toEqual([2, 'E-KEY-NOWHERE', []]);
  });

  it('stores the new key in the file of --secrets-file, also if the old key is in a profile', async () => {
    const shell = await shellWith({ edit: withUser([a]) }, profile('ci', a));
    const { code, report } = await shell.keys('rotate', '--user', 'ci', '--secrets-file', 'secrets.json');
    const [, created] = report.keys;
    expect([code, created?.storedIn]).toEqual([0, [{ kind: 'secrets-file', name: 'secrets.json' }]]);
    expect(credentials(shell.home)).toBe(profile('ci', a));
    expect(report.notes).toEqual([`The profile ci still contains ${a.id}, which is now inactive.`]);
  });

  describe('without --user, for a caller without a key', () => {
    const named = (name: string, keys: readonly AccessKeyWorld[]) => (account: AccountWorld) => {
      withUser(keys)(account);
      Object.assign(account.users.at(-1) as object, { name, id: `AIDA${name.toUpperCase().padEnd(16, '0')}` });
    };
    const off = { status: 'Inactive' } as const;
    const accountWith =
      (...users: ReturnType<typeof named>[]) =>
      (account: AccountWorld): void =>
        users.forEach((add) => add(account));

    it('picks the only user with an active key, and shows it', async () => {
      const users = accountWith(named('alex', []), named('old', [keyOf('B', off)]), named('ci', [a]));
      const shell = await shellWith({ edit: users }, profile('ci', a));
      const { code, did, report } = await shell.keys('rotate');
      expect([code, did.at(-1)]).toEqual([0, `disabled ${a.id}`]);
      expect(report.notes).toContain('ci is the only user that has an active access key.');
    });

    it.each([
      [[], 'stderr'],
      [['--quiet'], 'stdout'],
    ] as const)('shows once why it picks a user, with %j', async (flags, stream) => {
      const shell = await shellWith({ edit: accountWith(named('alex', []), named('ci', [a])) }, profile('ci', a));
      const ran = await shell.run(['keys', 'rotate', '--yes', '--account-id', own, ...flags]);
      const count = (text: string): number => text.split('ci is the only user that has an active access key.').length - 1;
      expect([ran.code, count(ran[stream]), count(ran.stdout + ran.stderr)]).toEqual([0, 1, 1]);
    });

    it('picks another user for an administrator who has no key', async () => {
      const users = accountWith(named('alex', []), named('ci', [a]));
      const edit = (account: AccountWorld, world: World): void => {
        users(account);
        (account.users[0] as AccountWorld['users'][number]).inlinePolicies = { own: allow('*') };
        for (const session of Object.values(world.sessions)) session.principal = { kind: 'user', name: 'alex' };
      };
      const shell = await shellWith({ edit }, profile('ci', a));
      const { code, did, report } = await shell.keys('rotate');
      expect(report.account?.identity.arn).toMatch(/user\/alex$/);
      expect([code, did.at(-1)]).toEqual([0, `disabled ${a.id}`]);
    });

    it('picks the owner of --key', async () => {
      const users = accountWith(named('alex', [b]), named('ci', [a]));
      const shell = await shellWith({ edit: users }, profile('ci', a));
      const { code, did } = await shell.keys('rotate', '--key', a.id);
      expect([code, did.at(-1)]).toEqual([0, `disabled ${a.id}`]);
    });

    it.each<[string, readonly string[], (account: AccountWorld) => void, string, RegExp]>([
      [
        'lists several candidates',
        [],
        accountWith(named('alex', [b]), named('ci', [a])),
        'E-USAGE',
        /2 users have an active access key: alex, ci\.$/,
      ],
      ['names no candidate', [], accountWith(named('ci', [keyOf('A', off)])), 'E-KEY-NONE', /No user .* has an active access key/],
      ['does not know --key', ['--key', b.id], accountWith(named('ci', [a])), 'E-KEY-NONE', /No user .* has the access key AKIA/],
    ])('%s', async (_, flags, edit, error, message) => {
      const shell = await shellWith({ edit }, profile('ci', a));
      const { code, report, writes } = await shell.keys('rotate', ...flags);
      expect([code, report.error?.code, writes]).toEqual([2, error, []]);
      expect(report.error?.message).toMatch(message);
    });

    it('does not pick a user while the keys of another cannot be read', async () => {
      const shell = await shellWith({ edit: accountWith(named('alex', []), named('ci', [a])) }, profile('ci', a));
      shell.sandbox.world.knobs = {
        faults: [{ operation: 'iam:ListAccessKeys', times: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } }],
      };
      const { code, report, writes } = await shell.keys('rotate');
      expect([code, report.error?.code, writes]).toEqual([2, 'E-USAGE', []]);
      expect(report.error?.message).toBe('Missing user: ci has an active access key. The keys of alex cannot be read.');
      expect(report.error?.next).toContain('`bootstrap keys rotate --user ci');
    });

    it('asks for a name if it may not list the users', async () => {
      const shell = await shellWith({ edit: accountWith(named('ci', [a])) }, profile('ci', a));
      shell.sandbox.world.knobs = { faults: [{ operation: 'iam:ListUsers', what: { kind: 'error', code: 'AccessDenied', status: 403 } }] };
      const { code, report } = await shell.keys('rotate');
      expect([code, report.error?.code, report.error?.next]).toEqual([2, 'E-USAGE', 'Pass --user NAME.']);
    });
  });

  it('is about your own key if you are a user with one', async () => {
    const yours = keyOf('Z');
    const edit = (account: AccountWorld): void => {
      withUser([a])(account);
      withUser([yours], allow('*'))(account);
      Object.assign(account.users[1] as object, { name: 'alex', id: 'AIDAALEX000000000001' });
    };
    const env = { AWS_ACCESS_KEY_ID: yours.id, AWS_SECRET_ACCESS_KEY: yours.secret, AWS_SESSION_TOKEN: '' };
    const shell = await shellWith({ edit, env }, profile('ci', a));
    const { report } = await shell.keys('rotate');
    expect(report.error?.message).toContain('the new key of alex has no destination');
  });

  it('continues a stopped run with the key that it stored', async () => {
    const shell = await shellWith({ edit: withUser([a]) }, profile('ci', a));
    shell.sandbox.world.knobs = {
      faults: [{ operation: 'iam:UpdateAccessKey', what: { kind: 'error', code: 'ServiceFailure', status: 500 } }],
    };
    expect((await shell.keys('rotate', '--user', 'ci')).code).toBe(6);
    shell.sandbox.world.knobs = {};
    const { code, did } = await shell.keys('rotate', '--user', 'ci');
    expect([code, did.filter((what) => what.startsWith('created'))]).toEqual([0, []]);
    expect(shell.held()?.[0]).toBe(`${a.id} Inactive`);
    expect(shell.held()?.length).toBe(2);
  });
});

describe('keys disable, enable and delete', () => {
  it('disable a key, enable it, disable it again and delete it', async () => {
    const shell = await shellWith({ edit: withUser([a]) }, profile('ci', a));
    const named = ['--user', 'ci', '--key', a.id];
    expect((await shell.keys('disable', ...named)).did).toEqual([`disabled ${a.id}`]);
    expect((await shell.keys('disable', ...named)).writes).toEqual([]);
    expect((await shell.keys('enable', ...named)).did).toEqual([`enabled ${a.id}`]);
    const active = await shell.keys('delete', ...named);
    expect([active.code, active.report.error?.code, active.writes]).toEqual([2, 'E-KEY-ACTIVE', []]);
    await shell.keys('disable', ...named);
    const deleted = await shell.keys('delete', ...named);
    expect([deleted.code, deleted.did, shell.held()]).toEqual([0, [`deleted ${a.id}`], []]);
    expect(deleted.report.notes).toEqual([`The profile ci still contains ${a.id}, which is now deleted.`]);
  });

  it('find the owner of the key', async () => {
    const shell = await shellWith({ edit: withUser([a]) });
    expect((await shell.keys('disable', '--key', a.id)).did).toEqual([`disabled ${a.id}`]);
    expect((await shell.keys('enable', '--key', a.id)).did).toEqual([`enabled ${a.id}`]);
    expect((await shell.keys('delete', '--key', a.id, '--even-if-active')).did).toEqual([`deleted ${a.id}`]);
    expect(shell.held()).toEqual([]);
  });

  it('ask for the owner of a key of root, and of one that does not exist', async () => {
    const shell = await shellWith({ edit: (account) => void account.root.accessKeys.push(a) });
    for (const { id } of [a, b]) expect((await shell.keys('disable', '--key', id)).report.error?.message).toMatch(/^Missing user/);
  });

  it('delete an active key only with --even-if-active', async () => {
    const shell = await shellWith({ edit: withUser([a]) });
    expect((await shell.keys('delete', '--user', 'ci', '--key', a.id, '--even-if-active')).did).toEqual([`deleted ${a.id}`]);
  });

  it.each(['disable', 'delete'])('never %s the key in use', async (verb) => {
    const env = { AWS_ACCESS_KEY_ID: a.id, AWS_SECRET_ACCESS_KEY: a.secret, AWS_SESSION_TOKEN: '' };
    const shell = await shellWith({ edit: withUser([a]), env });
    const { code, report, writes } = await shell.keys(verb, '--key', a.id, ...(verb === 'delete' ? ['--even-if-active'] : []));
    expect([code, report.error?.code, writes]).toEqual([2, 'E-KEY-IN-USE', []]);
  });
});

describe('keys of root', () => {
  const asRoot = { AWS_ACCESS_KEY_ID: a.id, AWS_SECRET_ACCESS_KEY: a.secret, AWS_SESSION_TOKEN: '' };
  const rootKeys = (account: AccountWorld): void => void account.root.accessKeys.push(structuredClone(a), structuredClone(b));

  it('are deleted, the one that signs the run by the last call', async () => {
    const shell = await shellWith({ edit: rootKeys, env: asRoot });
    const { code, did, requests, report } = await shell.keys('delete', '--root', '--all');
    expect([code, did]).toEqual([0, [`deleted ${b.id}`, `deleted ${a.id}`]]);
    expect(requests.at(-1)).toBe('iam:DeleteAccessKey');
    expect(shell.account().root.accessKeys).toEqual([]);
    expect(report.notes.join()).toContain('remove it from where it was stored');
  });

  it('are not called absent when they cannot be read', async () => {
    const shell = await shellWith({ edit: rootKeys, env: asRoot });
    shell.sandbox.world.knobs = {
      faults: [{ operation: 'iam:ListAccessKeys', what: { kind: 'error', code: 'AccessDenied', status: 403 } }],
    };
    const { code, report, writes } = await shell.keys('delete', '--root', '--all');
    expect([code, report.error?.code, writes, report.notes]).toEqual([4, 'E-KEY-DENIED', [], []]);
  });

  it('can be deleted only by root', async () => {
    const shell = await shellWith({
      edit: (account) => {
        withUser([b], allow('*'))(account);
        account.root.accessKeys.push(structuredClone(a));
      },
      env: { AWS_ACCESS_KEY_ID: b.id, AWS_SECRET_ACCESS_KEY: b.secret, AWS_SESSION_TOKEN: '' },
    });
    const { code, report, writes } = await shell.keys('delete', '--root', '--key', a.id);
    expect([code, report.error?.code, writes]).toEqual([4, 'E-KEY-ROOT', []]);
    expect(report.error?.next).toContain('https://console.aws.amazon.com/iam/home#/security_credentials');
    expect(report.error?.next).toContain(`\`bootstrap keys delete --root --key ${a.id} --profile ROOT\``);
    const all = await shell.keys('delete', '--root', '--all');
    expect(all.report.error?.next).toContain('`bootstrap keys delete --root --all --profile ROOT`');
  });
});
