import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ErrorInfo } from '../../src/core/errors.js';
import { newAccount } from '../../src/sandbox/new-world.js';
import type { AccountWorld, FaultRule, SessionWorld, World } from '../../src/sandbox/world.js';
import { filesOf, lasting, own, signedIn } from '../scenarios/practice-account.js';
import { organizationWorld } from '../support/organization-world.js';
import { recordTotal } from '../support/totals.js';

/** Runs that are signed in to another account than the one that is meant, or that cannot know it: nothing is written (P2). */

const other = '999988887777';
const member = '200000000001';
const now = new Date('2026-11-23T10:00:00.000Z');
const [memberKey, otherKey, ownKey] = ['AKIAMEMBER1111111111', 'AKIAOTHER11111111111', 'AKIAOWNUSER111111111'];

/** The practice account, which manages a member, and an account of someone else. In each of them: a user who is an administrator, and her key. */
const threeAccounts = (): World => {
  const { world } = organizationWorld({ members: 1, now });
  world.accounts[other] = newAccount({ id: other, name: 'Other', email: 'other@example.com', now });
  addUser(world, own, ownKey);
  addUser(world, member, memberKey);
  addUser(world, other, otherKey);
  world.sessions['ASIAEXPIRED111111111'] = session({ expiresAt: '2026-11-23T09:00:00.000Z' });
  world.sessions['ASIAOTHERROOT1111111'] = session({ accountId: other });
  return world;
};

const addUser = (world: World, accountId: string, id: string): void =>
  void world.accounts[accountId]?.users.push({
    id: `AIDA${id.slice(4)}`,
    name: 'ops',
    path: '/',
    createdAt: now.toISOString(),
    tags: {},
    groups: [],
    attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    inlinePolicies: {},
    password: null,
    accessKeys: [{ id, secret: secretOf(id), status: 'Active', createdAt: now.toISOString(), lastUsed: null }],
  });

const secretOf = (id: string): string => `${id}${id}`.slice(0, 40);
const session = (over: Partial<SessionWorld>): SessionWorld => ({
  secret: 'secret-of-a-session',
  token: 'token-of-a-session',
  accountId: own,
  principal: { kind: 'root' },
  expiresAt: '2026-11-24T10:00:00.000Z',
  ...over,
});

const byKey = (id: string) => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secretOf(id), AWS_SESSION_TOKEN: '' });
const bySession = (id: string) => ({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: 'secret-of-a-session',
  AWS_SESSION_TOKEN: 'token-of-a-session',
});
const byProfile = (name = '') => ({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: name });
const keyProfile = (name: string, id: string): string => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secretOf(id)}\n`;

interface Scenario {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** bootstrap.yaml, ~/.aws/config, ~/.aws/credentials. */
  readonly config?: string;
  readonly awsConfig?: string;
  readonly credentials?: string;
  readonly faults?: FaultRule[];
  readonly edit?: (account: AccountWorld, world: World) => void;
  /** More files, or an earlier run. */
  readonly prepare?: (shell: Shell) => Promise<void>;
  readonly code: ErrorInfo['code'];
  readonly exit?: number;
  /** Texts in the message or in the next step. */
  readonly says: readonly (string | RegExp)[];
}
type Shell = Awaited<ReturnType<typeof signedIn>>;

const values = [
  '--admin-user',
  'alex',
  '--alias',
  'acme-prod',
  '--budget',
  '10 USD',
  '--email',
  'ops@example.com',
  '--secrets-file',
  's.json',
];
const init = ['init', '--yes', ...values];
const inOwn = [...init, '--account-id', own];
const inOther = ['--yes', '--account-id', other];
const wrong = { code: 'E-WRONG-ACCOUNT', says: [own, other] } as const;
const ofOther = (argv: readonly string[]): Scenario => ({ argv: [...argv, ...inOther], ...wrong });
const configOf = (id: string): string => `version: 1\naccount: { id: "${id}" }\n`;
const two = { code: 'E-TWO-IDENTITIES', says: [own, other, 'second', '--profile'] } as const;
const second = { AWS_PROFILE: 'second' };

const scenarios: Readonly<Record<string, Scenario>> = {
  'init, with an --account-id of another account': ofOther(init),
  'init --dry-run': { argv: ['init', '--dry-run', ...values, '--account-id', other], ...wrong },
  check: { argv: ['check', '--account-id', other], ...wrong },
  undo: ofOther(['undo']),
  'keys list': { argv: ['keys', 'list', '--account-id', other], ...wrong },
  'keys rotate': ofOther(['keys', 'rotate', '--user', 'ops']),
  'keys disable': ofOther(['keys', 'disable', '--user', 'ops', '--key', ownKey]),
  'keys delete': ofOther(['keys', 'delete', '--user', 'ops', '--key', ownKey, '--even-if-active']),
  'accounts create': ofOther(['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com']),
  'accounts invite': ofOther(['accounts', 'invite', '--id', other]),
  'accounts cancel': ofOther(['accounts', 'cancel', '--id', other]),
  'accounts accept': ofOther(['accounts', 'accept', '--management-account-id', own]),
  'the practice account': { ...ofOther([...init, '--sandbox']), says: [other] },
  'init, with a config of another account': {
    argv: init,
    config: configOf(other),
    code: 'E-WRONG-ACCOUNT',
    says: [own, other, 'bootstrap.yaml'],
  },
  'check, with a config of another account': {
    argv: ['check'],
    config: configOf(other),
    code: 'E-WRONG-ACCOUNT',
    says: [own, other, 'bootstrap.yaml'],
  },
  'a flag and a config with two accounts': { config: configOf(other), code: 'E-USAGE', exit: 2, says: [own, other, '--account-id'] },
  'no account id': { argv: init, code: 'E-NO-ACCOUNT-ID', says: ['--account-id', 'account.id'] },
  'no account id, at another endpoint': {
    argv: [...init, '--endpoint-url', 'http://127.0.0.1:1'],
    code: 'E-NO-ACCOUNT-ID',
    says: ['--account-id'],
  },
  'undo without an account id': { argv: ['undo', '--yes'], code: 'E-NO-ACCOUNT-ID', says: ['--account-id'] },
  'keys rotate without an account id': {
    argv: ['keys', 'rotate', '--user', 'ops', '--yes'],
    code: 'E-NO-ACCOUNT-ID',
    says: ['--account-id'],
  },
  'an account id that is none': {
    argv: [...init, '--account-id', '1111-2222-3333'],
    code: 'E-USAGE',
    exit: 2,
    says: ['--account-id', '12 digits'],
  },
  'a key of another account in the environment': { env: byKey(otherKey), ...wrong },
  'a session of root of another account': { env: bySession('ASIAOTHERROOT1111111'), ...wrong },
  'a profile of another account, by --profile': {
    argv: [...inOwn, '--profile', 'second'],
    credentials: keyProfile('second', otherKey),
    ...wrong,
  },
  'a profile of another account, by AWS_PROFILE': { env: byProfile('second'), credentials: keyProfile('second', otherKey), ...wrong },
  'a default profile of another account': { env: byProfile(), credentials: keyProfile('default', otherKey), ...wrong },
  'a profile that enters a member account': {
    env: byProfile('lab'),
    credentials: keyProfile('ops', ownKey),
    awsConfig: `[profile lab]\nrole_arn = arn:aws:iam::${member}:role/OrganizationAccountAccessRole\nsource_profile = ops\nregion = us-east-1\n`,
    code: 'E-WRONG-ACCOUNT',
    says: [own, member],
  },
  'a key and a profile with a key of another account': { env: second, credentials: keyProfile('second', otherKey), ...two },
  'a key and a profile of IAM Identity Center for another account': {
    env: second,
    awsConfig: `[profile second]\nsso_session = x\nsso_account_id = ${other}\nsso_role_name = Admin\n[sso-session x]\nsso_start_url = https://example.com\nsso_region = us-east-1\n`,
    ...two,
  },
  'a key and a profile of aws login for another account': {
    env: second,
    awsConfig: `[profile second]\nlogin_session = arn:aws:iam::${other}:root\n`,
    ...two,
  },
  'a key and a profile with a role in another account': {
    env: second,
    awsConfig: `[profile second]\nrole_arn = arn:aws:iam::${other}:role/admin\nsource_profile = second\n`,
    ...two,
  },
  'a key and a profile whose account cannot be read': {
    env: second,
    credentials: keyProfile('second', otherKey),
    faults: [{ operation: 'sts:GetCallerIdentity', skip: 1, what: { kind: 'drop-before' } }],
    code: 'E-IDENTITY-ANSWER',
    exit: 6,
    says: ['second', 'two accounts'],
  },
  'a session that has expired': { env: bySession('ASIAEXPIRED111111111'), code: 'E-SESSION-EXPIRED', says: ['expired'] },
  'a key that does not exist': { env: byKey('AKIANONE111111111111'), code: 'E-CREDENTIALS-REFUSED', says: ['AWS_ACCESS_KEY_ID'] },
  'a profile that does not exist': { argv: [...inOwn, '--profile', 'gone'], code: 'E-NO-PROFILE', says: ['gone'] },
  'no sign-in': {
    env: byProfile('empty'),
    awsConfig: '[profile empty]\nregion = us-east-1\n',
    code: 'E-NOT-SIGNED-IN',
    says: ['not signed in'],
  },
  'an endpoint that would send credentials to another machine': {
    argv: [...inOwn, '--endpoint-url', 'http://aws.example.com'],
    code: 'E-ENDPOINT',
    exit: 2,
    says: ['aws.example.com'],
  },
  'an endpoint of STS alone, which names another account': {
    env: { ...byKey('AKIANONE111111111111'), AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' },
    code: 'E-ENDPOINT',
    exit: 2,
    says: ['STS is at http://127.0.0.1:1', 'iam'],
  },
  'an endpoint of STS that is not that of the other services': {
    env: { ...byKey('AKIANONE111111111111'), AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:2' },
    code: 'E-ENDPOINT',
    exit: 2,
    says: ['STS is at http://127.0.0.1:1', 'iam', 'http://127.0.0.1:2'],
  },
  'an account at another endpoint, such as an emulator': { ...ofOther([...init, '--endpoint-url', 'http://127.0.0.1:1']) },
  'an account of another partition': {
    env: bySession('ASIAOTHERROOT1111111'),
    edit: (_, { accounts }) => void Object.assign(accounts[other] ?? {}, { partition: 'aws-cn' }),
    ...wrong,
  },
  'a saved plan of another account': {
    argv: ['init', '--from-plan', 'plan.json'],
    credentials: keyProfile('second', otherKey),
    prepare: (shell) => savePlan(shell, '--profile', 'second'),
    ...wrong,
  },
  'a saved plan and an --account-id of another account': {
    argv: ['init', '--from-plan', 'plan.json', '--account-id', other],
    prepare: savePlan,
    code: 'E-USAGE',
    exit: 2,
    says: [own, other],
  },
  'an organization that another account manages': {
    argv: ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--yes', '--account-id', member],
    env: byKey(memberKey),
    code: 'E-NOT-MANAGEMENT',
    says: [member],
  },
};

async function savePlan(shell: Shell, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await shell.run([
    'init',
    '--save-plan',
    'plan.json',
    '--only',
    'alias',
    '--alias',
    'acme-prod',
    '--no-input',
    ...more,
  ]);
  expect(code, stderr).toBe(0);
}

const ran = { scenarios: 0, writes: 0 };

/** Nothing is written to AWS or to a file, and the reason is printed for programs and for people. */
const expectRefusal = async ({ argv = inOwn, exit = 4, code, says, ...scenario }: Scenario): Promise<void> => {
  const { env = {}, config, awsConfig, credentials, faults, edit, prepare } = scenario;
  const shell = await signedIn({ world: threeAccounts(), env, ...(edit === undefined ? {} : { edit }) });
  mkdirSync(join(shell.home, '.aws'), { mode: 0o700 });
  for (const [name, text] of [
    ['bootstrap.yaml', config],
    ['.aws/config', awsConfig],
    ['.aws/credentials', credentials],
  ] as const)
    if (text !== undefined) writeFileSync(join(shell.home, name), text, { mode: 0o600 });
  await prepare?.(shell);
  const [before, files] = [lasting(withoutUse(shell.world())), storedFiles(shell.home)];
  const run = (more: readonly string[]) => {
    shell.sandbox.world.knobs.faults = structuredClone(faults ?? []);
    return shell.run([...argv, ...more]);
  };
  const programs = await run(['--output', 'json']);
  const people = await run([]);
  ran.scenarios += 1;
  ran.writes += programs.writes.length + people.writes.length;
  expect([programs.writes, people.writes]).toEqual([[], []]);
  expect(lasting(withoutUse(shell.world()))).toEqual(before);
  expect(storedFiles(shell.home)).toEqual(files);
  const { error } = JSON.parse(programs.stdout) as { readonly error?: ErrorInfo };
  expect([error?.code, error?.changed, programs.code, people.code]).toEqual([code, false, exit, exit]);
  for (const words of says) expect(`${error?.message}\n${error?.next}`).toMatch(words);
  const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
  expect(flat(people.stderr)).toContain(flat(error?.next ?? '-').slice(0, 40));
};

/** AWS notes by itself when a key was used. */
const withoutUse = (world: World): World =>
  JSON.parse(JSON.stringify(world, (name, value: unknown) => (name === 'lastUsed' ? null : value))) as World;

/** Without the practice account of `--sandbox`, which is created when it is first used. */
const storedFiles = (home: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(filesOf(home)).filter(([name]) => !name.startsWith('.local')));

describe('in the wrong account, nothing is written', () => {
  afterAll(() => {
    recordTotal({ suite: 'P2', ran: ran.scenarios, floor: 20, sampled: null, all: 'npm run proof' });
    console.log(`P2 wrong account: ${ran.scenarios} scenarios, ${ran.writes} writes`);
  });

  it.each(Object.entries(scenarios))('%s', async (_, scenario) => {
    await expectRefusal(scenario);
  });

  it('and init asks AWS for nothing but the identity', async () => {
    const shell = await signedIn();
    const { requests } = await shell.run([...init, '--account-id', other]);
    expect(requests).toEqual(['sts:GetCallerIdentity']);
  });

  it('while the right account is changed by the same command', async () => {
    const shell = await signedIn({ world: threeAccounts(), edit: (account) => void (account.alias = null) });
    const { writes } = await shell.run([...inOwn, '--only', 'alias']);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
  });
});
