import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { type ErrorCode, type ErrorInfo, errorCodes, exitNames } from '../../src/core/errors.js';
import { newAccount, practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { SandboxCall } from '../../src/sandbox/sandbox.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import type { PracticeRun } from '../scenarios/practice-account.js';
import { config, makePieces, type Pieces } from '../scenarios/starting-states.js';
import { sitDown } from '../screens/sitting.js';
import { type Ran, testClock, testShell } from '../support/host.js';
import { organizationWorld } from '../support/organization-world.js';
import { recordTotal } from '../support/totals.js';
import { openScene, outside, type Scene, type SceneShell } from './scenes.js';

/**
 * Every error code of this tool is raised by a run of the command line. The table is complete by its type, and each exit code is seen (P7).
 */

interface Raised {
  readonly scene: Partial<Scene> & Pick<Scene, 'argv'>;
  readonly fault?: FaultRule;
  /** Instead of a plain run. */
  readonly start?: (shell: SceneShell) => Promise<PracticeRun>;
}

const yes = ['--yes', '--account-id', own] as const;
const values = ['--admin-user', 'alex', '--alias', 'acme-prod', '--budget', '10 USD', '--email', 'ops@example.com'];
const init = (step: string, ...more: readonly string[]) => ['init', '--only', step, '--secrets-file', 'secrets.json', ...yes, ...more];
const error = (
  operation: string,
  code: string,
  more: { readonly status?: number; readonly skip?: number; readonly reason?: string } = {},
): FaultRule => ({
  operation,
  ...(more.skip === undefined ? {} : { skip: more.skip }),
  what: { kind: 'error', code, status: more.status ?? 400, ...(more.reason === undefined ? {} : { fields: { Reason: more.reason } }) },
});
const other = '444455556666';
const management = '777788889999';
const accept = ['accounts', 'accept', ...yes, '--management-account-id', other, '--free-tier-loss', 'accepted'];
const without = (argv: readonly string[], ...words: readonly string[]) => argv.filter((word) => !words.includes(word));

const scenarios = (pieces: Pieces): Readonly<Record<ErrorCode, Raised>> => {
  const key = pieces.account.users.find(({ name }) => name === 'ci')?.accessKeys[0];
  if (key === undefined) throw new Error('there is no key');
  const fresh = (argv: readonly string[], fault?: FaultRule, over: Partial<Scene> = {}): Raised => ({
    scene: { argv, config: config(), ...over },
    ...(fault === undefined ? {} : { fault }),
  });
  const ready = (argv: readonly string[], fault?: FaultRule, over: Partial<Scene> = {}): Raised =>
    fresh(argv, fault, { world: pieces.world, profiles: pieces.profiles, ...over });
  const rotate = ['keys', 'rotate', '--user', 'ci', ...yes];
  const disable = ['keys', 'disable', '--user', 'ci', '--key', key.id, ...yes];
  const {
    world: managed,
    key: alex,
    members: [member = ''],
  } = organizationWorld({ members: 1, now: new Date('2026-11-23T10:00:00.000Z') });
  const asAlex = { AWS_ACCESS_KEY_ID: alex.accessKeyId, AWS_SECRET_ACCESS_KEY: alex.secretAccessKey, AWS_SESSION_TOKEN: '' };
  const asCi = { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: '' };
  const manages = (argv: readonly string[], fault?: FaultRule, over: Partial<Scene> = {}): Raised => ({
    scene: { argv, world: managed, env: asAlex, ...over },
    ...(fault === undefined ? {} : { fault }),
  });
  const create = ['accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', ...yes];
  const close = ['accounts', 'close', member, ...yes];
  const invite = ['accounts', 'invite', '--email', 'other@example.com', ...yes];
  const joins = (argv: readonly string[], fault?: FaultRule, edit?: Scene['edit']): Raised => ({
    scene: { argv, world: outside(), ...(edit === undefined ? {} : { edit }) },
    ...(fault === undefined ? {} : { fault }),
  });
  const constraint = (operation: string, reason: string) => error(operation, 'ConstraintViolationException', { reason });
  return {
    'E-USAGE': fresh(['check', '--account-id', '12345']),
    'E-CONFIG': fresh(['check'], undefined, { config: 'version: 1\nnope: 1\n' }),
    'E-CONFIG-EXISTS': fresh([...init('alias', '--alias', 'acme-prod'), '--save-config', 'bootstrap.yaml']),
    'E-CONFIG-UNREADABLE': fresh(['check', '--config', 'missing.yaml']),
    'E-MISSING-VALUE': { scene: { argv: ['init', ...yes] } },
    'E-NO-ANSWER': answered(['init'], [/Monthly budget/, ctrlD]),
    'E-NO-TERMINAL': { scene: { argv: ['init', '--account-id', own, ...values] } },
    'E-OUTPUT-FILE': fresh(['check', '--output-file', 'missing/result.json']),
    'E-PLAN-FILE': { scene: { argv: ['init', '--from-plan', 'missing.json'] } },
    'E-REPORT-FILE': { scene: { argv: ['report', 'missing.json'] } },
    'E-CA-BUNDLE': { ...fresh(['check', '--ca-bundle', 'missing.pem']), start: overNetwork },
    'E-ENDPOINT': fresh(['check', '--endpoint-url', 'http://aws.example.com']),
    'E-SANDBOX-FILE': fresh(['check', '--sandbox-file', 'bootstrap.yaml']),
    'E-SECRETS-DESTINATION': fresh(['init', ...yes, '--secrets-file', 'missing/secrets.json']),
    'E-SECRETS-UNCONFIRMED': fresh(['init', ...yes], undefined, { config: `${config()}secrets: { command: [tee, secrets.txt] }\n` }),
    'E-POLICY-NAME': fresh(init('access-keys'), undefined, { config: config().replace('ReadOnlyAccess', 'NoSuchPolicy') }),
    'E-BUDGET-CURRENCY': fresh(init('budget'), undefined, { config: config().replace('10 USD', '10 EUR') }),
    'E-KEY-USER': ready(['keys', 'rotate', '--user', 'missing', ...yes]),
    'E-KEY-NONE': ready(['keys', 'rotate', '--user', 'alex', ...yes]),
    'E-KEY-UNKNOWN': ready(['keys', 'disable', '--user', 'ci', '--key', 'AKIANONE111111111111', ...yes]),
    'E-KEY-INACTIVE': ready([...rotate, '--key', key.id], undefined, {
      edit: ({ users }) => void Object.assign(users.find(({ name }) => name === 'ci')?.accessKeys[0] ?? {}, { status: 'Inactive' }),
    }),
    'E-KEY-ACTIVE': ready(['keys', 'delete', '--user', 'ci', '--key', key.id, ...yes]),
    'E-KEY-IN-USE': ready(['keys', 'disable', '--key', key.id, ...yes], undefined, { env: asCi, edit: mayManageKeys }),
    'E-MEMBER-NONE': manages(['accounts', 'close', '999999999999', ...yes]),
    'E-CENTRAL-ROOT-OFF': manages(['accounts', 'secure-root', member, ...yes]),
    'E-ACCOUNT-CLOSING': manages(close, undefined, {
      prepare: async ({ sandbox }) => void Object.assign(sandbox.world.knobs, { closingMs: 3_600_000 }),
    }),
    'E-CLOSE-QUOTA': manages(close, constraint('organizations:CloseAccount', 'CLOSE_ACCOUNT_QUOTA_EXCEEDED')),
    'E-INVITATION-NONE': manages(['accounts', 'cancel', '--handshake', 'h-examplenone1', ...yes]),
    'E-INVITATION-SEVERAL': joins(accept, undefined, (_, world) => {
      const [first] = world.handshakes;
      if (first !== undefined) world.handshakes.push({ ...first, id: 'h-exampleinvite9', organizationId: first.organizationId });
    }),
    'E-FREE-TIER-LOSS': joins(without(accept, '--free-tier-loss', 'accepted')),
    'E-KEY-NOWHERE': fresh(rotate, undefined, { world: pieces.world }),
    'E-DECLINED': answered(['init', '--only', 'alias', '--alias', 'acme-prod'], [/Make this change\?/, 'n\r']),
    'E-PLAN-STALE': fresh(['init', '--from-plan', 'plan.json'], undefined, {
      prepare: async ({ run, sandbox }) => {
        await run(['init', '--save-plan', 'plan.json', '--only', 'alias', '--no-input']);
        Object.assign(sandbox.world.accounts[own] ?? {}, { alias: 'by-hand' });
      },
    }),
    'E-NOT-SIGNED-IN': fresh(['check'], undefined, { env: byProfile('empty'), awsConfig: '[profile empty]\nregion = us-east-1\n' }),
    'E-SESSION-EXPIRED': fresh(['check'], error('sts:GetCallerIdentity', 'ExpiredToken', { status: 403 })),
    'E-CREDENTIALS-REFUSED': fresh(['check'], undefined, { env: { AWS_ACCESS_KEY_ID: 'AKIANONE111111111111', AWS_SESSION_TOKEN: '' } }),
    'E-NO-PROFILE': fresh(['check', '--profile', 'gone']),
    'E-NO-ACCOUNT-ID': { scene: { argv: ['init', '--yes', ...values, '--secrets-file', 'secrets.json'] } },
    'E-WRONG-ACCOUNT': { scene: { argv: ['check', '--account-id', other] } },
    'E-TWO-IDENTITIES': fresh(init('alias'), undefined, {
      env: { AWS_PROFILE: 'second' },
      awsConfig: `[profile second]\nlogin_session = arn:aws:iam::${other}:root\n`,
    }),
    'E-ORGANIZATION-ROOT': { scene: { argv: ['check', '--org'], world: managed } },
    'E-ORGANIZATION-NONE': manages(['check', '--org'], undefined, { world: { ...managed, organizations: [] } }),
    'E-READ-DENIED': fresh(init('alias'), error('iam:ListAccountAliases', 'AccessDenied', { status: 403 })),
    'E-NOT-MANAGEMENT': { scene: { argv: create } },
    'E-MANAGEMENT-UNCONFIRMED': joins(without(accept, '--management-account-id', other)),
    'E-TRANSFER-UNCONFIRMED': joins(accept, undefined, (_, { accounts, organizations }) => {
      const [organization] = organizations;
      if (organization === undefined) throw new Error('there is no organization');
      accounts[management] = newAccount({
        id: management,
        name: 'Former',
        email: 'former@example.com',
        now: new Date(organization.createdAt),
      });
      const members = [management, own].map((accountId) => ({ ...organization.members[0], accountId })) as typeof organization.members;
      organizations.push({ ...organization, id: 'o-exampleother', managementAccountId: management, members });
    }),
    'E-KEY-DENIED': ready(disable, error('iam:UpdateAccessKey', 'AccessDenied', { status: 403 })),
    'E-KEY-ROOT': manages(['keys', 'delete', '--root', '--all', ...yes]),
    'E-KEY-SESSION': ready(disable, error('iam:UpdateAccessKey', 'ExpiredToken', { status: 403 })),
    'E-MFA-LATER': answered(
      ['init', '--only', 'admin-user,mfa', '--admin-user', 'alex', '--secrets-file', 'secrets.json', '--no-tour'],
      [/Make these \d+ changes\?/, 'y\r'],
      [/First code/, 'l\r'],
    ),
    'E-UNREACHABLE': fresh(['check'], { operation: 'sts:GetCallerIdentity', what: { kind: 'drop-before' } }),
    'E-NOT-ENABLED': fresh(init('alias'), error('iam:CreateAccountAlias', 'OptInRequired', { status: 403 })),
    'E-IDENTITY-ANSWER': fresh(['check'], error('sts:GetCallerIdentity', 'InternalFailure', { status: 500 })),
    'E-PLAN-CHANGED': { ...fresh(init('alias')), start: whileSomeoneChangesTheAlias },
    'E-NOT-CONFIRMED': fresh(init('alias'), undefined, { lagMs: 600_000 }),
    'E-AWS-BUSY': fresh(init('alias'), error('iam:CreateAccountAlias', 'Throttling')),
    'E-AMBIGUOUS': fresh(init('alias'), error('iam:CreateAccountAlias', 'ServiceFailure', { status: 500 })),
    'E-BUDGET-EXISTS': fresh(init('budget'), error('budgets:CreateBudget', 'DuplicateRecordException')),
    'E-KEY-SECRET-LOST': fresh(init('access-keys'), { operation: 'iam:CreateAccessKey', what: { kind: 'drop-after' } }),
    'E-KEY-UNPROVEN': ready(rotate, error('sts:GetCallerIdentity', 'InvalidClientTokenId', { status: 403, skip: 1 })),
    'E-KEY-UNCERTAIN': ready(disable, error('iam:UpdateAccessKey', 'ServiceFailure', { status: 500 })),
    'E-KEY-UNREAD': ready(rotate, error('iam:ListAccessKeys', 'ValidationError')),
    'E-ACCOUNT-PENDING': manages(create, error('organizations:DescribeCreateAccountStatus', 'InvalidInputException')),
    'E-ACCOUNT-RATE': manages(create, constraint('organizations:CreateAccount', 'ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED')),
    'E-ROLE-UNPROVEN': manages(create, error('sts:AssumeRole', 'AccessDenied', { status: 403 })),
    'E-ORGANIZATION-NOT-READY': fresh(
      init('organization'),
      constraint('organizations:CreateOrganization', 'ACCOUNT_CREATION_NOT_COMPLETE'),
    ),
    'E-ORGANIZATION-FINALIZING': fresh(init('organization'), error('organizations:CreateAccount', 'FinalizingOrganizationException')),
    'E-ORGANIZATION-EMAIL': manages(invite, error('organizations:InviteAccountToOrganization', 'AccountOwnerNotVerifiedException')),
    'E-ORGANIZATION-EXISTS': fresh(init('organization'), error('organizations:CreateOrganization', 'AlreadyInOrganizationException')),
    'E-APPROVALS-PENDING': manages(
      invite,
      constraint('organizations:InviteAccountToOrganization', 'INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES'),
    ),
    'E-AWS-REFUSED': fresh(init('alias'), error('iam:CreateAccountAlias', 'ValidationError')),
    'E-WRITE-DENIED': fresh(init('alias'), error('iam:CreateAccountAlias', 'AccessDenied', { status: 403 })),
    'E-ALIAS-TAKEN': fresh(init('alias', '--alias', 'taken')),
    'E-MFA-CODES': fresh(init('admin-user,mfa'), error('iam:EnableMFADevice', 'InvalidAuthenticationCode', { status: 403 })),
    'E-MFA-SEED': fresh(init('admin-user,mfa'), undefined, { around: withBadSeed }),
    'E-POLICY-UNKNOWN': fresh(init('access-keys'), error('iam:AttachGroupPolicy', 'NoSuchEntity', { status: 404 })),
    'E-SECRETS-STORE': {
      ...fresh(init('access-keys'), undefined, { config: config().replace('profile: work', 'profile: false') }),
      start: (shell) => withoutDisk(shell, 'secrets.json'),
    },
    'E-KEY-LIMIT': ready(rotate, error('iam:CreateAccessKey', 'LimitExceeded', { status: 409 })),
    'E-KEY-OTHER': ready(rotate, error('sts:GetCallerIdentity', 'AccessDenied', { status: 403, skip: 1 })),
    'E-KEY-NOT-STORED': { ...ready(rotate), start: (shell) => withoutDisk(shell, '.aws') },
    'E-KEY-REFUSED': ready(disable, error('iam:UpdateAccessKey', 'ValidationError')),
    'E-ACCOUNT-LIMIT': manages(create, constraint('organizations:CreateAccount', 'ACCOUNT_NUMBER_LIMIT_EXCEEDED')),
    'E-ACCOUNT-FAILED': manages([...without(create, 'you+lab@example.com', '--email'), '--email', 'fail+internal_failure@example.com']),
    'E-ACCOUNT-CONFLICT': manages([...without(create, 'you+lab@example.com', '--email'), '--email', 'aws@example.com']),
    'E-INVITATION-ENDED': joins(
      accept,
      undefined,
      (_, { handshakes }) => void Object.assign(handshakes[0] ?? {}, { state: 'CANCELED', endedAt: '2026-11-23T10:00:00.000Z' }),
    ),
    'E-INVITATION-OPEN': manages(invite, error('organizations:InviteAccountToOrganization', 'DuplicateHandshakeException')),
    'E-INVITATION-ELSEWHERE': manages(accept),
    'E-INVITATION-ODD': joins(accept, undefined, (_, { organizations, handshakes }) => {
      for (const organization of organizations) organization.id = 'o-short';
      for (const handshake of handshakes) handshake.organizationId = 'o-short';
    }),
    'E-ROLE-CONFLICT': joins(accept, undefined, ({ roles }) => void roles.push(foreignRole)),
    'E-ACCOUNT-MISMATCH': manages(create, undefined, {
      edit: (_, { organizations: [organization] }) =>
        void organization?.requests.push({
          id: 'car-exampleother1',
          accountName: 'lab',
          email: 'else@example.com',
          roleName: 'OrganizationAccountAccessRole',
          billingAccess: 'ALLOW',
          tags: {},
          requestedAt: '2026-11-23T10:00:00.000Z',
          state: 'IN_PROGRESS',
          pollsLeft: 0,
          accountId: null,
          failureReason: null,
          completedAt: null,
        }),
    }),
    'E-ORGANIZATION-REFUSED': manages(create, constraint('organizations:CreateAccount', 'TAG_POLICY_VIOLATION')),
    'E-NOT-OFFERED': fresh(['check', '--endpoint-url', 'http://127.0.0.1:1'], error('sts:GetCallerIdentity', 'InvalidAction')),
    'E-UNEXPECTED': { ...fresh(init('alias'), undefined, { lagMs: 60_000 }), start: withBrokenClock },
    'E-STOPPED': { ...fresh(['check']), start: ({ run }) => run(['check', '--output', 'json'], { signal: AbortSignal.abort('SIGINT') }) },
  };
};

const mayManageKeys: NonNullable<Scene['edit']> = ({ users }) =>
  void Object.assign(users.find(({ name }) => name === 'ci')?.inlinePolicies ?? {}, {
    keys: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] }),
  });

const foreignRole = {
  id: 'AROAOTHER11111111111',
  name: 'OrganizationAccountAccessRole',
  path: '/',
  createdAt: '2026-11-23T10:00:00.000Z',
  trust: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action: 'sts:AssumeRole' }],
  }),
  attachedPolicies: [],
  inlinePolicies: {},
  tags: {},
};

const byProfile = (name: string) => ({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: name });

/** Runs `act` as soon as AWS has the n-th request for this operation, before it answers. */
const at = ({ sandbox }: SceneShell, operation: string, nth: number, act: () => void): void => {
  const calls = sandbox.calls as SandboxCall[];
  const { push } = calls;
  let count = 0;
  calls.push = (...added) => {
    count += added.filter((call) => call.operation === operation).length;
    if (count === nth && added.some((call) => call.operation === operation)) act();
    return push.apply(calls, added);
  };
};

/** A folder is where the file should be, or a file where the folder should be, as soon as AWS has the request for the key. */
const withoutDisk = async (shell: SceneShell, name: string): Promise<PracticeRun> => {
  const path = join(shell.home, name);
  at(shell, 'CreateAccessKey', 1, () => {
    const isFolder = name === '.aws';
    rmSync(path, { recursive: true, force: true });
    if (isFolder) writeFileSync(path, '');
    else mkdirSync(path);
  });
  return shell.start();
};

/** Between the plan and the change, the account gets an alias. */
const whileSomeoneChangesTheAlias = async (shell: SceneShell): Promise<PracticeRun> => {
  at(shell, 'ListAccountAliases', 2, () => void (shell.account().alias = 'by-hand'));
  return shell.start();
};

const withBadSeed: NonNullable<Scene['around']> = (handler) =>
  new Proxy(handler, {
    get: (target, name): unknown =>
      name === 'handle'
        ? async (...given: Parameters<typeof handler.handle>) => {
            const { response } = await target.handle(...given);
            const seed = Buffer.from('not base32: 0189').toString('base64');
            const text = Buffer.from(response.body)
              .toString('utf8')
              .replace(/(<Base32StringSeed>)[^<]*/, `$1${seed}`);
            const body = Buffer.from(text);
            return { response: { ...response, headers: { ...response.headers, 'content-length': String(body.length) }, body } };
          }
        : Reflect.get(target, name, target),
  });

const inJson = async (ran: Promise<Ran>): Promise<PracticeRun> => ({ ...(await ran), requests: [], writes: [] });

/** Without the practice account between the program and the network. Nothing is sent before the bundle is read. */
const overNetwork = async ({ home, argv, signIn }: SceneShell): Promise<PracticeRun> =>
  inJson(testShell({ home, env: signIn }).run([...argv, '--output', 'json']));

/** No run can expect that it cannot wait. */
const withBrokenClock = async ({ home, argv, signIn, sandbox }: SceneShell): Promise<PracticeRun> => {
  const clock: Clock = { ...testClock(), sleep: () => Promise.reject(new TypeError('the clock of this computer is broken')) };
  return inJson(testShell({ home, env: signIn, clock, handler: sandbox.requestHandler }).run([...argv, '--output', 'json']));
};

const ctrlD = '\u0004';

/** A run at a terminal, where someone types each answer below its question. */
const answered = (argv: readonly string[], ...answers: readonly (readonly [RegExp, string])[]): Raised => ({
  scene: { argv },
  start: async ({ home, clock, signIn, sandbox }) => {
    const file = 'result.json';
    const sitting = sitDown({
      argv: [...argv, '--output', 'json', '--output-file', file],
      columns: 120,
      clock,
      home,
      handler: sandbox.requestHandler,
      env: signIn,
    });
    for (const [question, answer] of answers) {
      await sitting.until(question);
      sitting.type(answer);
    }
    const code = await sitting.ended;
    return { code, stdout: readFileSync(join(home, file), 'utf8'), stderr: sitting.printed(), requests: [], writes: [] };
  },
});

let table: ReturnType<typeof scenarios>;
beforeAll(async () => {
  table = scenarios(await makePieces());
});

const seen = { codes: new Set<string>(), exits: new Set<number>() };

describe('every error code is raised', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('%s', async (code) => {
    const { scene, fault, start } = table[code];
    const shell = await openScene({ name: code, ...scene }, fault === undefined ? {} : { faults: [fault] });
    const ran = await (start === undefined ? shell.start() : start(shell));
    const report = JSON.parse(ran.stdout) as {
      readonly error?: ErrorInfo;
      readonly steps?: readonly { readonly error: ErrorInfo | null }[];
    };
    const found = [report.error, ...(report.steps ?? []).map((step) => step.error)].find((one) => one?.code === code);
    expect(found?.code, `${ran.code} ${ran.stdout.slice(0, 1500)}${ran.stderr.slice(-500)}`).toBe(code);
    // Findings that remain manual do not change how a failed run ends.
    expect(ran.code).toBe(errorCodes[code].exit);
    expect(found?.message.length).toBeGreaterThan(15);
    expect(found?.next.length).toBeGreaterThan(10);
    seen.codes.add(code);
    seen.exits.add(ran.code);
  });

  it.each<[number, readonly string[]]>([
    [0, ['init', '--dry-run', ...values, '--account-id', own]],
    [3, ['check']],
    [5, init('mfa', '--admin-user', 'alex')],
  ])('exit %i', async (exit, argv) => {
    const { code } = await (await openScene({ name: '', argv, config: config() })).start();
    expect(code).toBe(exit);
    seen.exits.add(code);
  });

  it('exit 143, when a run is terminated', async () => {
    const { run } = await openScene({ name: '', argv: [] });
    const { code } = await run(['check'], { signal: AbortSignal.abort('SIGTERM') });
    expect(code).toBe(143);
    seen.exits.add(code);
  });

  it('and no exit code is left out', () => {
    recordTotal({ suite: 'P7', ran: seen.codes.size, floor: Object.keys(errorCodes).length, sampled: null, all: 'npm run proof' });
    const missing = [...Object.keys(exitNames).map(Number), 130, 143].filter((exit) => !seen.exits.has(exit));
    expect(missing).toEqual([]);
  });
});
