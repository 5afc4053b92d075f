import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Result, RunReport } from '../../src/core/report.js';
import { isOffered } from '../emulator/gaps.js';
import { type Moto, startMoto } from '../emulator/moto.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { accountState, boto3, type Door } from './boto3.js';
import { newFolder, runProgram } from './program.js';
import { writeConfig } from './whole-config.js';

const python = inject('pythonBin');
const account = '123456789012';
const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const bucketsOnly = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
});
const monthly = {
  BudgetName: 'Monthly',
  BudgetLimit: { Amount: '10', Unit: 'USD' },
  TimeUnit: 'MONTHLY',
  BudgetType: 'COST',
  CostTypes: { IncludeCredit: false, IncludeRefund: false },
};
const at80 = {
  Notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80, ThresholdType: 'PERCENTAGE' },
  Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'own@example.com' }],
};

interface Ran {
  readonly code: number | null;
  readonly report: RunReport;
  /** Operations of the writes that reached moto. */
  readonly writes: readonly string[];
}

describe.skipIf(python === '')('an account that was used before', { timeout: 60_000 }, () => {
  // A server of its own: these tests empty it between runs.
  let moto: Moto;
  let proxy: RecordingProxy;
  let direct: Door;
  let home: string;
  beforeAll(async () => {
    moto = await startMoto(python);
    proxy = await startRecordingProxy({ target: moto.url, file: path.join(inject('recordDir'), 'e2e-adoption.jsonl') });
    direct = { endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' };
  }, 60_000);
  beforeEach(async () => {
    await moto.reset();
    home = newFolder();
    writeConfig(home);
  });
  afterAll(async () => {
    await proxy?.close();
    await moto?.stop();
  });

  const init = async (...more: string[]): Promise<Ran> => {
    const from = proxy.requests.length;
    const { code, stdout } = await runProgram(
      [
        'init',
        '--config',
        'bootstrap.yaml',
        '--account-id',
        account,
        '--yes',
        '--secrets-file',
        'secrets.json',
        '--output',
        'json',
        ...more,
      ],
      {
        home,
        env: {
          AWS_ENDPOINT_URL: proxy.url,
          AWS_ACCESS_KEY_ID: direct.accessKeyId,
          AWS_SECRET_ACCESS_KEY: direct.secretAccessKey,
          AWS_REGION: 'us-east-1',
        },
      },
    );
    const report = JSON.parse(stdout) as RunReport;
    const writes = proxy.requests
      .slice(from)
      .map(({ operation }) => operation)
      .filter((operation) => !/^(Get|List|Describe|Lookup|GenerateCredentialReport$|AssumeRole$)/.test(operation));
    expect(report.apiCalls.writes).toBe(writes.length);
    return { code, report, writes };
  };

  it('is completed: what is missing is added, and nothing is created twice', async () => {
    await boto3(direct, [
      ['iam', 'create_user', { UserName: 'alex' }],
      ['iam', 'create_access_key', { UserName: 'alex' }],
      ['iam', 'create_user', { UserName: 'bob' }],
      ['iam', 'attach_user_policy', { UserName: 'bob', PolicyArn: readOnlyAccess }],
      ['iam', 'put_user_policy', { UserName: 'bob', PolicyName: 'own', PolicyDocument: bucketsOnly }],
      ['iam', 'create_user', { UserName: 'ci' }],
      ['iam', 'create_access_key', { UserName: 'ci' }],
      ['iam', 'create_access_key', { UserName: 'ci' }],
      ['iam', 'create_virtual_mfa_device', { VirtualMFADeviceName: 'alex' }],
      [
        'iam',
        'update_account_password_policy',
        { MinimumPasswordLength: 20, RequireSymbols: true, PasswordReusePrevention: 5, MaxPasswordAge: 365 },
      ],
      ['iam', 'create_account_alias', { AccountAlias: 'acme-prod' }],
      ['budgets', 'create_budget', { AccountId: account, Budget: monthly, NotificationsWithSubscribers: [at80] }],
      ['organizations', 'create_organization', { FeatureSet: 'ALL' }],
      ['organizations', 'create_account', { Email: 'aws+sandbox@example.com', AccountName: 'made-before' }],
    ]);
    const before = await accountState(direct);
    const { report, code } = await init();
    const after = await accountState(direct);

    const device = `arn:aws:iam::${account}:mfa/alex-2`;
    expect(after).toEqual({
      ...before,
      // The owner of the leftover device is unknown, so it is not deleted, and the next free name is used.
      users: { ...before.users, alex: { ...before.users['alex'], groups: ['Administrators'], password: true, mfa: [device] } },
      mfaDevices: [...before.mfaDevices, device],
      groups: { Administrators: { attached: ['AdministratorAccess'], inline: [] } },
      passwordPolicy: { ...before.passwordPolicy, PasswordReusePrevention: 24 },
      budgets: {
        Monthly: {
          ...before.budgets['Monthly'],
          alerts: [
            'ACTUAL GREATER_THAN 100 PERCENTAGE',
            'ACTUAL GREATER_THAN 50 PERCENTAGE',
            'ACTUAL GREATER_THAN 80 PERCENTAGE',
            'FORECASTED GREATER_THAN 100 PERCENTAGE',
          ],
        },
      },
      contacts: {
        BILLING: expect.objectContaining({ Name: 'Bill Payer' }),
        SECURITY: expect.objectContaining({ Name: 'Security' }),
        OPERATIONS: expect.objectContaining({ Name: 'Operations' }),
      },
    });
    expect(after.passwordPolicy).toMatchObject({ MinimumPasswordLength: 20, MaxPasswordAge: 365, RequireSymbols: true });
    // Two keys whose secrets are not here are reported, one by one, and no profile is written.
    expect(found(report, 'access-keys.stored').map(({ status, resource }) => [status, `${resource} Active`])).toEqual(
      expect.arrayContaining((before.users['ci']?.keys ?? []).map((key) => ['manual', key])),
    );
    expect(['credentials', 'config'].map((file) => existsSync(path.join(home, '.aws', file)))).toEqual([false, false]);
    // moto does not return the tags of a device, nor the subscribers of an alert: not all of it can be confirmed.
    for (const operation of ['iam:ListMFADeviceTags', 'budgets:DescribeSubscribersForNotification'])
      expect(isOffered(operation)).toBe(false);
    expect([...new Set(report.results.filter(({ status }) => status === 'unknown').map(({ id }) => id))]).toEqual([
      'budget.subscribers',
      // moto has no account plans.
      'budget.free-plan',
      'mfa.leftover',
    ]);
    expect(code).toBe(1);

    const again = await init();
    expect([again.writes, again.report.plan, again.code]).toEqual([[], [], 1]);
    expect(await accountState(direct)).toEqual(after);
  }, 90_000);

  it('keeps another alias without --replace-alias', async () => {
    await boto3(direct, [['iam', 'create_account_alias', { AccountAlias: 'old-name' }]]);
    const kept = await init('--only', 'alias');
    expect([kept.code, kept.writes]).toEqual([5, []]);
    expect(found(kept.report, 'alias.name')).toMatchObject([{ status: 'fail', remediation: { by: 'hand' } }]);
    expect((await accountState(direct)).aliases).toEqual(['old-name']);
    const replaced = await init('--only', 'alias', '--replace-alias');
    expect([replaced.code, replaced.writes]).toEqual([0, ['CreateAccountAlias']]);
    expect((await accountState(direct)).aliases).toEqual(['acme-prod']);
  });

  it('keeps a policy that is attached to the administrator, and gives the same rights through a group', async () => {
    await boto3(direct, [
      ['iam', 'create_user', { UserName: 'alex' }],
      ['iam', 'attach_user_policy', { UserName: 'alex', PolicyArn: administratorAccess }],
    ]);
    const { code, report } = await init('--only', 'admin-user');
    const { users } = await accountState(direct);
    expect(users['alex']).toMatchObject({ groups: ['Administrators'], attached: ['AdministratorAccess'] });
    expect(found(report, 'admin-user.via-group')).toMatchObject([{ status: 'fail', remediation: { by: 'hand' } }]);
    expect(code).toBe(5);
  });

  it('makes no other member of the group an administrator', async () => {
    await boto3(direct, [
      ['iam', 'create_group', { GroupName: 'Administrators' }],
      ['iam', 'create_user', { UserName: 'bob' }],
      ['iam', 'add_user_to_group', { UserName: 'bob', GroupName: 'Administrators' }],
    ]);
    const before = await accountState(direct);
    const { code, report, writes } = await init('--only', 'admin-user,mfa');
    const after = await accountState(direct);
    // And no password nor device for an administrator who is not there.
    expect(writes).toEqual(['UpdateAccountPasswordPolicy']);
    expect(after).toEqual({ ...before, passwordPolicy: after.passwordPolicy });
    expect(found(report, 'admin-user.exists')).toMatchObject([{ status: 'fail', remediation: { by: 'hand' } }]);
    expect(code).toBe(5);
  });

  it('gets no second budget with the same settings', async () => {
    await boto3(direct, [
      [
        'budgets',
        'create_budget',
        { AccountId: account, Budget: { ...monthly, BudgetName: 'Mine' }, NotificationsWithSubscribers: [at80] },
      ],
    ]);
    const before = await accountState(direct);
    const { code, report, writes } = await init('--only', 'budget');
    expect([code, writes]).toEqual([5, []]);
    expect(found(report, 'budget.exists')).toMatchObject([{ status: 'fail', remediation: { by: 'hand' } }]);
    expect(await accountState(direct)).toEqual(before);
  });

  it('plans to fix a budget with another limit, which moto cannot do', async () => {
    expect(isOffered('budgets:UpdateBudget')).toBe(false);
    await boto3(direct, [
      ['budgets', 'create_budget', { AccountId: account, Budget: { ...monthly, BudgetLimit: { Amount: '25', Unit: 'USD' } } }],
    ]);
    const before = await accountState(direct);
    const { code, report, writes } = await init('--only', 'budget', '--dry-run', '--detailed-exitcode');
    expect(writes).toEqual([]);
    expect(report.plan?.map(({ kind, calls }) => [kind, calls])[0]).toEqual(['update-budget', ['budgets:UpdateBudget']]);
    expect(code).toBe(3);
    expect(await accountState(direct)).toEqual(before);
  });

  it('gets no key if a profile of that name contains another', async () => {
    mkdirSync(path.join(home, '.aws'));
    const profile = '# mine\r\n[acme-prod]\r\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\r\naws_secret_access_key = kept\r\n';
    writeFileSync(path.join(home, '.aws/credentials'), profile);
    const { code, report, writes } = await init('--only', 'access-keys');
    expect(writes).toEqual([]);
    expect((await accountState(direct)).users).toEqual({});
    expect(readFileSync(path.join(home, '.aws/credentials'), 'utf8')).toBe(profile);
    expect(found(report, 'access-keys.exists')).toMatchObject([
      { status: 'fail', remediation: { by: 'hand', command: expect.stringContaining('--replace-profile') } },
    ]);
    expect(code).toBe(5);
  });
});

const found = (report: RunReport, id: string): readonly Result[] => report.results.filter((result) => result.id === id);
