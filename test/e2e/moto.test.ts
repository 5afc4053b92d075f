import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Result, RunReport } from '../../src/core/report.js';
import { isOffered } from '../emulator/gaps.js';
import { type Moto, startMoto } from '../emulator/moto.js';
import { wrongAnswers } from '../emulator/wrong-answers.js';
import { run } from '../support/child-process.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import type { WireRecord } from '../support/wire-record.js';
import { type AccountState, accountState, boto3, type Door } from './boto3.js';
import { type Exit, newFolder, runProgram } from './program.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');
const account = '123456789012';

/** Findings that moto cannot let pass, and why. Each row holds only while test/emulator says that moto is so. */
const hidden = {
  /** `check` alone looks for what may have changed since a user saw it. */
  unknownToCheck: {
    'billing-access.switch': { operation: 'cloudtrail:LookupEvents', why: 'moto has no event history' },
  },
  unknown: {
    'budget.subscribers': {
      operation: 'budgets:DescribeSubscribersForNotification',
      why: 'moto keeps the subscribers of an alert and has no operation that reads them',
    },
  },
  fail: { 'mfa.root': { operation: 'iam:GetAccountSummary', why: 'moto says of every account that root has no MFA device' } },
} as const;

describe.skipIf(python === '')('a complete config on moto, by a process with a key of an IAM user', () => {
  // A server of its own: other suites empty theirs.
  let moto: Moto;
  let proxy: RecordingProxy;
  let direct: Door;
  const home = newFolder();
  const secretsFile = path.join(home, 'secrets.json');
  const record = (): string => path.join(inject('recordDir'), 'e2e-moto.jsonl');

  const program = (argv: readonly string[]): Promise<Exit> =>
    runProgram(argv, {
      home,
      env: {
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: direct.accessKeyId,
        AWS_SECRET_ACCESS_KEY: direct.secretAccessKey,
        AWS_REGION: 'us-east-1',
      },
    });
  const init = (): Promise<Exit> =>
    program(['init', '--config', 'bootstrap.yaml', '--account-id', account, '--yes', '--secrets-file', secretsFile, '--output', 'json']);
  const aws = (...argv: string[]) => run(inject('awsBin'), argv, { cwd: home, env: { PATH: process.env['PATH'], HOME: home } });

  beforeAll(async () => {
    moto = await startMoto(python);
    proxy = await startRecordingProxy({ target: moto.url, file: record() });
    const signUp: Door = { endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' };
    const user = { UserName: 'founder' };
    const [, made] = await boto3(signUp, [
      ['iam', 'create_user', user],
      ['iam', 'create_access_key', user],
      ['iam', 'create_group', { GroupName: 'Founders' }],
      ['iam', 'attach_group_policy', { GroupName: 'Founders', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
      ['iam', 'add_user_to_group', { ...user, GroupName: 'Founders' }],
    ]);
    direct = { endpoint: moto.url, accessKeyId: made?.['AccessKey'].AccessKeyId, secretAccessKey: made?.['AccessKey'].SecretAccessKey };
    writeConfig(home);
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await moto?.stop();
  });

  describe('the first run', () => {
    let exit: Exit;
    let report: RunReport;
    let state: AccountState;
    beforeAll(async () => {
      exit = await init();
      report = JSON.parse(exit.stdout) as RunReport;
      state = await accountState(direct);
    }, 60_000);

    it('shows the caller', () => {
      expect(report.account).toMatchObject({ id: account, identity: { kind: 'user', arn: `arn:aws:iam::${account}:user/founder` } });
      expect(report.target).toBe(proxy.url);
    });

    it('creates the administrator through a group, with a password and an MFA device', () => {
      expect(state.users['alex']).toEqual({
        groups: ['Administrators'],
        attached: [],
        inline: [],
        password: true,
        mfa: [`arn:aws:iam::${account}:mfa/alex`],
        keys: [],
      });
      expect(state.groups['Administrators']).toEqual({ attached: ['AdministratorAccess'], inline: [] });
      expect(state.mfaDevices).toEqual([`arn:aws:iam::${account}:mfa/alex`]);
    });

    it('sets the password policy', () => {
      expect(state.passwordPolicy).toMatchObject({ MinimumPasswordLength: 14, PasswordReusePrevention: 24 });
    });

    it('creates the budget with its alerts', () => {
      expect(state.budgets).toEqual({
        Monthly: {
          amount: 10,
          unit: 'USD',
          period: 'MONTHLY',
          type: 'COST',
          credits: false,
          alerts: [
            'ACTUAL GREATER_THAN 100 PERCENTAGE',
            'ACTUAL GREATER_THAN 50 PERCENTAGE',
            'ACTUAL GREATER_THAN 80 PERCENTAGE',
            'FORECASTED GREATER_THAN 100 PERCENTAGE',
          ],
        },
      });
    });

    it('sends each alert to the subscriber', () => {
      const [sent] = recorded(record()).filter(({ headers }) => headers['x-amz-target']?.endsWith('.CreateBudget'));
      const { NotificationsWithSubscribers: alerts } = JSON.parse(sent?.body ?? '{}') as {
        NotificationsWithSubscribers: { Subscribers: unknown }[];
      };
      expect(alerts).toHaveLength(4);
      for (const { Subscribers } of alerts) expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }]);
    });

    it('sets the alias and the contacts', () => {
      expect(state.aliases).toEqual(['acme-prod']);
      expect(state.contacts).toEqual({
        BILLING: { Name: 'Bill Payer', Title: 'Accounts', EmailAddress: 'billing@example.com', PhoneNumber: '+1 555 0100' },
        SECURITY: { Name: 'Security', Title: 'On call', EmailAddress: 'security@example.com', PhoneNumber: '+1 555 0101' },
        OPERATIONS: { Name: 'Operations', Title: 'On call', EmailAddress: 'operations@example.com', PhoneNumber: '+1 555 0102' },
      });
    });

    it('creates a limited user with one access key', () => {
      expect(state.users['ci']).toEqual({
        groups: ['ci-readers'],
        attached: [],
        inline: [],
        password: false,
        mfa: [],
        keys: [expect.stringMatching(/^AKIA[A-Z0-9]{16} Active$/)],
      });
      expect(state.groups['ci-readers']).toEqual({ attached: ['ReadOnlyAccess'], inline: [] });
    });

    it('creates the organization and a member account whose role can be assumed', async () => {
      expect(state.organization).toMatchObject({ management: account, features: 'ALL' });
      const member = state.organization?.members['aws+sandbox@example.com'] ?? '';
      expect(member).toMatch(/^\d{12} sandbox ACTIVE$/);
      const role = `arn:aws:iam::${member.slice(0, 12)}:role/OrganizationAccountAccessRole`;
      const [assumed] = await boto3(direct, [['sts', 'assume_role', { RoleArn: role, RoleSessionName: 'test' }]]);
      const {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
      } = (assumed?.['Credentials'] ?? {}) as Record<string, string>;
      // moto lets anyone assume any role, so only a read inside the member shows that the role exists.
      const [found] = await boto3(
        { endpoint: moto.url, accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '', sessionToken: sessionToken ?? '' },
        [['iam', 'get_role', { RoleName: 'OrganizationAccountAccessRole' }]],
      );
      expect(found?.['Role'].Arn).toBe(role);
    });

    it('creates nothing else', () => {
      expect(Object.keys(state.users).sort()).toEqual(['alex', 'ci', 'founder']);
      expect(Object.keys(state.groups).sort()).toEqual(['Administrators', 'Founders', 'ci-readers']);
      expect(Object.keys(state.organization?.members ?? {})).toHaveLength(2);
    });

    it('stores the password and seed that AWS has, in a file that only the owner can read', async () => {
      const file = JSON.parse(readFileSync(secretsFile, 'utf8')) as { account: string; entries: Record<string, string>[] };
      expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
      expect(file.account).toBe(account);
      expect(file.entries.map(({ kind, user }) => [kind, user])).toEqual([
        ['console-password', 'alex'],
        ['mfa-seed', 'alex'],
      ]);
      const [password, seed] = file.entries;
      // moto cannot be signed in to with a password: what it was given is compared instead.
      const [given] = recorded(record())
        .map(({ body }) => new URLSearchParams(body))
        .filter((form) => form.get('Action') === 'CreateLoginProfile');
      expect([given?.get('UserName'), given?.get('PasswordResetRequired')]).toEqual(['alex', 'true']);
      expect(password?.['password']).toBe(given?.get('Password'));
      // moto returns the seed of a device again, unlike AWS.
      const [devices] = await boto3(direct, [['iam', 'list_virtual_mfa_devices', {}]]);
      const known = Buffer.from(devices?.['VirtualMFADevices'][0].Base32StringSeed as string, 'base64').toString();
      expect(known).toBe(seed?.['seed']);
    });

    it('prints no secret', () => {
      const { entries } = JSON.parse(readFileSync(secretsFile, 'utf8')) as { entries: Record<string, string>[] };
      const key = /aws_secret_access_key *= *(\S+)/.exec(readFileSync(path.join(home, '.aws/credentials'), 'utf8'))?.[1];
      const secrets = [entries[0]?.['password'], entries[1]?.['seed'], key, direct.secretAccessKey];
      expect(secrets.map((secret) => [secret?.length, `${exit.stdout}${exit.stderr}`.includes(secret ?? '')])).toEqual(
        secrets.map((secret) => [secret?.length, false]),
      );
      expect(secrets).not.toContain(undefined);
    });

    it('passes every check that moto supports', () => expectMotoOnly('init', exit, report));
  });

  describe('the profile it wrote', () => {
    it('signs requests of the AWS CLI', async () => {
      const session = ['--profile', 'acme-prod', '--endpoint-url', moto.url, '--output', 'json'];
      const identity = await aws('sts', 'get-caller-identity', ...session);
      expect([identity.code, identity.stderr]).toEqual([0, '']);
      expect(JSON.parse(identity.stdout)).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/ci` });
      const users = await aws('iam', 'list-users', ...session);
      expect([users.code, users.stderr]).toEqual([0, '']);
      expect((JSON.parse(users.stdout) as { Users: { UserName: string }[] }).Users.map(({ UserName }) => UserName).sort()).toEqual([
        'alex',
        'ci',
        'founder',
      ]);
    });

    it('can be used by the AWS CLI and boto3, with its region, and is the only one', async () => {
      const listed = await aws('configure', 'list', '--profile', 'acme-prod');
      expect([listed.code, listed.stderr]).toEqual([0, '']);
      expect(listed.stdout).toMatch(/access_key +\S+ +shared-credentials-file/);
      expect(listed.stdout).toMatch(/region +us-east-1 +config-file/);
      const profiles = await run(python, ['-c', 'import boto3; print(boto3.Session().available_profiles)'], { env: { HOME: home } });
      expect(profiles).toEqual({ code: 0, stdout: "['acme-prod']\n", stderr: '' });
    });
  });

  describe('later runs', () => {
    it('write nothing', async () => {
      const before = await accountState(direct);
      const files = [secretsFile, path.join(home, '.aws/credentials'), path.join(home, '.aws/config')].map((file) =>
        readFileSync(file, 'utf8'),
      );
      const from = proxy.requests.length;
      const exit = await init();
      const report = JSON.parse(exit.stdout) as RunReport;
      expect(report.apiCalls.writes).toBe(0);
      expect(report.plan).toEqual([]);
      expect(writes(proxy, from)).toEqual([]);
      expect(proxy.requests.length - from).toBe(report.apiCalls.total);
      expect(await accountState(direct)).toEqual(before);
      expect(
        [secretsFile, path.join(home, '.aws/credentials'), path.join(home, '.aws/config')].map((file) => readFileSync(file, 'utf8')),
      ).toEqual(files);
      expectMotoOnly('init', exit, report);
    }, 60_000);

    it('of check report the same as init', async () => {
      const from = proxy.requests.length;
      const exit = await program(['check', '--config', 'bootstrap.yaml', '--account-id', account, '--output', 'json']);
      const report = JSON.parse(exit.stdout) as RunReport;
      expect(writes(proxy, from)).toEqual([]);
      expectMotoOnly('check', exit, report);
    });
  });

  /** Every finding passes, except those that moto does not support, which set the exit code. */
  const expectMotoOnly = (command: 'init' | 'check', exit: Exit, report: RunReport): void => {
    const wanted = report.results.filter(({ kind }) => kind === 'wanted');
    const idsOf = (status: Result['status']): string[] => [
      ...new Set(wanted.filter((result) => result.status === status).map(({ id }) => id)),
    ];
    const unknown: Readonly<Record<string, { readonly operation: string }>> = {
      ...(command === 'check' ? hidden.unknownToCheck : {}),
      ...hidden.unknown,
    };
    for (const { operation } of Object.values(unknown)) expect(isOffered(operation)).toBe(false);
    for (const { operation } of Object.values(hidden.fail)) expect(wrongAnswers.map((wrong) => wrong.operation)).toContain(operation);
    expect(idsOf('unknown')).toEqual(Object.keys(unknown));
    expect(idsOf('fail')).toEqual(Object.keys(hidden.fail));
    expect(idsOf('manual')).toEqual([]);
    for (const result of wanted.filter(({ status }) => status === 'unknown')) {
      expect(result.reason).toContain(unknown[result.id]?.operation);
    }
    // init: the subscribers were sent and cannot be read back. check: root's missing MFA is critical.
    expect([exit.code, report.exit.code]).toEqual(command === 'init' ? [1, 1] : [3, 3]);
    expect(report.error).toBeUndefined();
  };
});

const writes = (proxy: RecordingProxy, from: number): string[] =>
  proxy.requests
    .slice(from)
    .map(({ operation }) => operation)
    .filter((operation) => !/^(Get|List|Describe|Lookup|(GenerateCredentialReport|AssumeRole)$)/.test(operation));

const recorded = (file: string): readonly WireRecord[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as WireRecord);
