import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { type Moto, startMoto } from '../emulator/moto.js';
import { testShell } from '../support/host.js';
import { type Boto3, type Call, startBoto3 } from './boto3.js';
import { newFolder, type Running, startProgram } from './program.js';
import { writeConfig } from './whole-config.js';

/** Administrators of every kind, created with boto3: what `check` reports about them, and what `init` does then. */

interface Account {
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly boto3: Boto3;
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const onMoto = async (): Promise<Account> => {
  const moto: Moto = await startMoto(inject('pythonBin'));
  const boto3 = startBoto3({ endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' });
  return {
    id: '123456789012',
    env: { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'unused', AWS_REGION: 'us-east-1' },
    boto3,
    reset: () => moto.reset(),
    stop: async () => {
      await boto3.stop();
      await moto.stop();
    },
  };
};

const onServedAccount = async (): Promise<Account> => {
  const home = newFolder();
  const file = path.join(home, 'world.json');
  const server: Running = startProgram(['sandbox', 'serve', '--sandbox-file', file], { home, deadlineMs: 300_000 });
  await server.until(/until Ctrl-C/);
  const env = Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  const boto3 = startBoto3({
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'] ?? '',
  });
  const untouched = readFileSync(file, 'utf8');
  return {
    id: '111122223333',
    env,
    boto3,
    reset: async () => writeFileSync(file, untouched),
    stop: async () => {
      await boto3.stop();
      await server.stop('SIGTERM');
    },
  };
};

const iam = (method: string, parameters: Readonly<Record<string, unknown>>): Call => ['iam', method, parameters];
const documentOf = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const everything = { Effect: 'Allow', Action: '*:*', Resource: '*' };
const withMfa = { ...everything, Action: ['*'], Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
const fromAddress = { ...everything, Action: '*', Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';

const user = (more: object = {}): readonly Call[] => [
  iam('create_user', { UserName: 'alex', ...more }),
  iam('create_login_profile', { UserName: 'alex', Password: 'Aa1!aaaaaaaaaaaaaaaa' }),
];
const inGroup = (id: string, statement: object): readonly Call[] => [
  ...user(),
  iam('create_policy', { PolicyName: 'Everything', PolicyDocument: documentOf(statement) }),
  iam('create_group', { GroupName: 'Admins' }),
  iam('attach_group_policy', { GroupName: 'Admins', PolicyArn: `arn:aws:iam::${id}:policy/Everything` }),
  iam('add_user_to_group', { GroupName: 'Admins', UserName: 'alex' }),
];
const role = (name: string, Path: string): readonly Call[] => [
  iam('create_role', {
    RoleName: name,
    Path,
    AssumeRolePolicyDocument: documentOf({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
  }),
];
const sso = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';
const ssoPath = '/aws-reserved/sso.amazonaws.com/eu-central-1/';

interface Case {
  readonly what: string;
  readonly calls: (id: string) => readonly Call[];
  /** `id status` of the findings about administrators. */
  readonly finds: readonly string[];
  readonly reason: RegExp;
  /** moto lacks the feature, or testing it there adds nothing; each reset of moto takes seconds. */
  readonly practiceOnly?: true;
}
const passes = ['admin-user.exists pass', 'mfa.admin fail'];
const fails = ['admin-user.exists fail', 'mfa.admin pass'];
const elsewhere = ['admin-user.exists pass', 'mfa.admin not-applicable'];

const cases: readonly Case[] = [
  { what: 'a customer-managed policy', calls: (id) => inGroup(id, everything), finds: passes, reason: /alex \(by the policy Everything\)/ },
  {
    what: 'a customer-managed policy that requires MFA',
    calls: (id) => inGroup(id, withMfa),
    finds: passes,
    reason: /under a condition on aws:Multi/,
  },
  {
    what: 'a customer-managed policy with another condition',
    practiceOnly: true,
    calls: (id) => inGroup(id, fromAddress),
    finds: ['admin-user.exists fail', 'mfa.admin fail'],
    reason: /alex does not count because the policy Everything holds only under a condition on aws:SourceIp/,
  },
  {
    what: 'an inline policy',
    practiceOnly: true,
    calls: () => [...user(), iam('put_user_policy', { UserName: 'alex', PolicyName: 'own', PolicyDocument: documentOf(everything) })],
    finds: passes,
    reason: /alex \(by the policy own\)/,
  },
  {
    what: 'an inline policy of a group',
    calls: () => [
      ...user(),
      iam('create_group', { GroupName: 'Admins' }),
      iam('put_group_policy', { GroupName: 'Admins', PolicyName: 'all', PolicyDocument: documentOf(everything) }),
      iam('add_user_to_group', { GroupName: 'Admins', UserName: 'alex' }),
    ],
    finds: passes,
    reason: /alex \(by the policy all\)/,
  },
  {
    what: 'AdministratorAccess and a policy that denies everything',
    practiceOnly: true,
    calls: () => [
      ...user(),
      iam('attach_user_policy', { UserName: 'alex', PolicyArn: administratorAccess }),
      iam('put_user_policy', {
        UserName: 'alex',
        PolicyName: 'leaver',
        PolicyDocument: documentOf({ Effect: 'Deny', Action: '*', Resource: '*' }),
      }),
    ],
    finds: fails,
    reason: /alex does not count because the policy leaver denies everything/,
  },
  {
    what: 'AdministratorAccess, within a permissions boundary',
    calls: () => [
      ...user({ PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' }),
      iam('attach_user_policy', { UserName: 'alex', PolicyArn: administratorAccess }),
    ],
    finds: fails,
    reason: /the permissions boundary PowerUserAccess does not allow everything/,
    practiceOnly: true,
  },
  {
    what: 'an AWS managed policy with a path',
    practiceOnly: true,
    calls: () => [...user(), iam('attach_user_policy', { UserName: 'alex', PolicyArn: 'arn:aws:iam::aws:policy/job-function/Billing' })],
    finds: fails,
    reason: /^No user has administrator rights/,
  },
  {
    what: 'a role of IAM Identity Center',
    calls: () => [...role(sso, ssoPath), iam('attach_role_policy', { RoleName: sso, PolicyArn: administratorAccess })],
    finds: elsewhere,
    reason: /through IAM Identity Center: AWSReservedSSO_AdministratorAccess/,
  },
  {
    what: 'a role of IAM Identity Center with an inline policy',
    calls: () => [
      ...role(sso, ssoPath),
      iam('put_role_policy', { RoleName: sso, PolicyName: 'all', PolicyDocument: documentOf(everything) }),
    ],
    finds: elsewhere,
    reason: /through IAM Identity Center/,
  },
  {
    what: 'a read-only role of IAM Identity Center',
    practiceOnly: true,
    calls: () => [...role(sso, ssoPath), iam('attach_role_policy', { RoleName: sso, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
    finds: fails,
    reason: /^No user has administrator rights/,
  },
  {
    what: 'a role with the name of one of IAM Identity Center',
    calls: () => [...role(sso, '/'), iam('attach_role_policy', { RoleName: sso, PolicyArn: administratorAccess })],
    finds: fails,
    reason: /^No user has administrator rights/,
  },
];

describe.skipIf(inject('pythonBin') === '').each([
  ['moto', onMoto],
  ['a practice account that is served', onServedAccount],
] as const)('on %s', { timeout: 60_000 }, (where, open) => {
  let account: Account;
  beforeAll(async () => {
    account = await open();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await account?.stop();
  });

  const run = async (argv: readonly string[], config?: string) => {
    const env = { ...account.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    // The SDK's providers look at the process itself.
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const shell = testShell({ env });
    if (config !== undefined) writeConfig(shell.home, config);
    const ended = await shell.run([...argv, '--output', 'json']);
    return { code: ended.code, report: JSON.parse(ended.stdout) as RunReport };
  };
  const check = (config?: string) => run(['check', '--only', 'admin-user,mfa'], config);
  const init = (config: string) => run(['init', '--yes', '--account-id', account.id, '--only', 'admin-user,mfa,access-keys'], config);
  const findings = ({ results }: RunReport) =>
    results.filter(({ id }) => id === 'admin-user.exists' || id === 'mfa.admin').map(({ id, status }) => `${id} ${status}`);
  const reasonOf = ({ results }: RunReport) => results.find(({ id }) => id === 'admin-user.exists')?.reason;
  const build = async (calls: readonly Call[]) => {
    await account.reset();
    await account.boto3.call(calls);
  };

  it.each(cases.filter(({ practiceOnly }) => where !== 'moto' || practiceOnly !== true))(
    'an administrator by $what is judged',
    async ({ calls, finds, reason }) => {
      await build(calls(account.id));
      const { report } = await check();
      expect(findings(report)).toEqual(finds);
      expect(reasonOf(report)).toMatch(reason);
    },
  );

  const identityCenter = 'version: 1\nadmin-user: { kind: identity-center, password-policy: false }\n';

  it('creates no user and no password for an administrator of IAM Identity Center', async () => {
    await build([...role(sso, ssoPath), iam('attach_role_policy', { RoleName: sso, PolicyArn: administratorAccess })]);
    const before = await account.boto3.state();
    const { report } = await init(identityCenter);
    expect(findings(report)).toEqual(elsewhere);
    expect([report.plan, report.apiCalls.writes]).toEqual([[], 0]);
    expect(findings((await check(identityCenter)).report)).toEqual(elsewhere);
    expect(await account.boto3.state()).toEqual(before);
  });

  it('reports a missing administrator of IAM Identity Center as a manual step, with a link', async () => {
    await build([]);
    const { code, report } = await init(identityCenter);
    const [exists] = report.results.filter(({ id }) => id === 'admin-user.exists');
    expect([code, report.apiCalls.writes]).toEqual([5, 0]);
    expect(exists).toMatchObject({ status: 'fail', remediation: { by: 'hand', url: 'https://console.aws.amazon.com/singlesignon' } });
    expect(findings((await check(identityCenter)).report)).toEqual(['admin-user.exists fail', 'mfa.admin not-applicable']);
  });

  it('does not change an administrator by a customer-managed policy', async () => {
    await build(inGroup(account.id, everything));
    const config = 'version: 1\nadmin-user: { name: alex, console-password: none, password-policy: false }\nmfa: false\n';
    const { report } = await init(config);
    expect([report.plan, report.apiCalls.writes, reasonOf(report)]).toEqual([[], 0, 'alex is an administrator by the policy Everything']);
    expect(reasonOf((await check(config)).report)).toBe('alex is an administrator by the policy Everything');
  });

  it('does not work around the limits of a user', async () => {
    await build(inGroup(account.id, fromAddress));
    const { code, report } = await init(
      'version: 1\nadmin-user: { name: alex, console-password: none, password-policy: false }\nmfa: false\n',
    );
    expect([code, report.apiCalls.writes]).toEqual([5, 0]);
    expect(reasonOf(report)).toBe('alex is not an administrator: the policy Everything holds only under a condition on aws:SourceIp');
  });

  const key = (policy: string) =>
    `version: 1\nadmin-user: false\nmfa: false\naccess-keys: { mode: create, user: ci, group: viewers, policies: [${policy}], profile: ci }\n`;

  it('finds an AWS managed policy with a path by its name', async () => {
    await build([]);
    const { code, report } = await init(key('ViewOnlyAccess'));
    expect([code, report.results.filter(({ status }) => status === 'fail')]).toEqual([0, []]);
    const { groups, users } = await account.boto3.state();
    expect([groups, users['ci']?.groups]).toEqual([{ viewers: { attached: ['ViewOnlyAccess'], inline: [] } }, ['viewers']]);
  });

  it('stops before anything is created if AWS does not have a policy', async () => {
    await build([]);
    const before = await account.boto3.state();
    const { code, report } = await init(key('ViewOnlyAcces'));
    expect([code, report.error?.code, report.apiCalls.writes]).toEqual([2, 'E-POLICY-NAME', 0]);
    expect(report.error?.message).toBe('AWS has no managed policy named ViewOnlyAcces. Did you mean ViewOnlyAccess?');
    expect(await account.boto3.state()).toEqual(before);
  });
});
