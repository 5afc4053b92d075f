import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld, World } from '../../src/sandbox/world.js';
import { testClock, testShell } from '../support/host.js';
import { type AccountFault, accountOf, beyond, openIn } from './account-faults.js';
import { type Boto3, startBoto3 } from './boto3.js';
import { newFolder, runProgram, startProgram, type Running } from './program.js';
import { wholeConfig, writeConfig } from './whole-config.js';
import { startRecordingProxy } from '../support/recording-proxy.js';

const account = '111122223333';
const monthly = 'Monthly';
const config = wholeConfig.replace('free-tier-loss: accepted', 'free-tier-loss: accepted\n  central-root: true');
const at50 = { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 50, ThresholdType: 'PERCENTAGE' };
const alertAt50 = { AccountId: account, BudgetName: monthly, Notification: at50 };
const days = (n: number): string => new Date(Date.now() - n * 86_400_000).toISOString();

interface Fault extends AccountFault {
  /** A change that no API can make: in the console, or by time. */
  readonly edit?: (own: AccountWorld, world: World) => void;
  /** null: without a config. */
  readonly config?: string | null;
}
const edited = (what: string, edit: NonNullable<Fault['edit']>, ...finds: readonly string[]): Fault => ({ what, calls: [], edit, finds });
const user = (own: AccountWorld, name: string) => {
  const found = own.users.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no user ${name}`);
  return found;
};
/** Read again, as the account is now. */
const report: AccountFault['calls'] = [
  ['iam', 'generate_credential_report', {}],
  ['iam', 'generate_credential_report', {}],
  ['iam', 'generate_credential_report', {}],
];

/** AWS calculates the spend; no API sets it. */
const spent = (own: AccountWorld, actual: string, forecast?: string): void => {
  for (const { budget } of own.budgets)
    budget['CalculatedSpend'] = {
      ActualSpend: { Amount: actual, Unit: 'USD' },
      ...(forecast === undefined ? {} : { ForecastedSpend: { Amount: forecast, Unit: 'USD' } }),
    };
};

const { faults } = accountOf(account);

const more: readonly Fault[] = [
  edited('a budget that AWS does not update', (own) => unhealthy(own), 'fail budget.exists'),
  edited('a month above its budget', (own) => spent(own, '10.01'), 'fail budget.spend'),
  edited('a forecast above the budget', (own) => spent(own, '4.28', '12.5'), 'fail budget.spend'),
  edited('a Free plan that ends soon', (own) => void Object.assign(own, { plan: 'FREE', createdAt: days(160) }), 'fail budget.free-plan'),
  edited('a month within its budget', (own) => spent(own, '4.28', '9.1')),
  edited(
    'a primary contact without a phone number',
    (own) => void delete own.contact['PhoneNumber'],
    'fail billing-access.primary-contact',
  ),
  edited('no primary contact', (own) => void (own.contact = {}), 'fail billing-access.primary-contact'),
  edited('root without MFA', (own) => void (own.root.mfa = 'none'), 'fail mfa.root'),
  edited('a virtual MFA device for root', (own) => void (own.root.mfa = 'virtual'), 'fail mfa.root-hardware'),
  { what: 'a key of root', calls: [['iam', 'create_access_key', {}]], finds: ['fail access-keys.root'] },
  {
    ...edited('root used today', (own) => void (own.root.passwordLastUsed = days(0)), 'fail admin-user.root-at-rest'),
    calls: report,
  },
  edited(
    'the billing switch turned since',
    (own) =>
      void own.events.push({
        id: 'e-switch',
        name: 'SetIAMAccessPreference',
        source: 'billingconsole.amazonaws.com',
        at: days(1),
        user: 'root',
        detail: '{}',
      }),
    'manual billing-access.switch',
  ),
  {
    ...edited('a billing switch without evidence that it is on', (own) => void (own.createdAt = days(10)), 'fail billing-access.switch'),
    config: config.replace(/ {2}confirmed-on: .*\n/, ''),
  },
  {
    what: 'an alert for someone else',
    calls: [
      ['budgets', 'create_subscriber', { ...alertAt50, Subscriber: { SubscriptionType: 'EMAIL', Address: 'mallory@example.com' } }],
      ['budgets', 'delete_subscriber', { ...alertAt50, Subscriber: { SubscriptionType: 'EMAIL', Address: 'ops@example.com' } }],
    ],
    finds: ['fail budget.subscribers'],
  },
  {
    what: 'an alert for a topic only',
    calls: [
      [
        'budgets',
        'create_subscriber',
        { ...alertAt50, Subscriber: { SubscriptionType: 'SNS', Address: `arn:aws:sns:us-east-1:${account}:ops` } },
      ],
      ['budgets', 'delete_subscriber', { ...alertAt50, Subscriber: { SubscriptionType: 'EMAIL', Address: 'ops@example.com' } }],
    ],
    finds: ['fail budget.subscribers'],
  },
  {
    what: 'unmanaged root users of members',
    calls: [['iam', 'disable_organizations_root_credentials_management', {}]],
    finds: ['fail organization.central-root'],
  },
  edited(
    'an organization for its bills only',
    (_, world) => void Object.assign(world.organizations[0] ?? {}, { featureSet: 'CONSOLIDATED_BILLING' }),
    'fail organization.all-features',
    'fail organization.central-root',
  ),
  edited(
    'a member account that is suspended',
    (_, world) => void Object.assign(Object.values(world.accounts)[1] ?? {}, { state: 'SUSPENDED' }),
    'fail organization.accounts',
  ),
  // Root cannot check the role of an account that `init` would create.
  edited(
    'a member account that is gone',
    (_, world) => void world.organizations[0]?.members.pop(),
    'fail organization.accounts',
    'manual organization.access-role',
  ),
  edited(
    'no organization',
    (_, world) => void (world.organizations = []),
    'fail organization.accounts',
    'fail organization.central-root',
    'fail organization.exists',
    'manual organization.access-role',
  ),
  {
    // AWS reports the last use of the earlier password to the new one.
    ...edited('an unused password that was replaced (no finding)', (own) => {
      const { password } = user(own, 'alex');
      if (password !== null) password.lastUsed = days(1059);
    }),
    calls: [
      ['iam', 'delete_login_profile', { UserName: 'alex' }],
      ['iam', 'create_login_profile', { UserName: 'alex', Password: 'Aa1!aaaaaaaaaaaaaaaa' }],
    ],
  },
  edited('no key for the user that is to have one', (own) => void (user(own, 'ci').accessKeys = []), 'fail access-keys.exists'),
  edited(
    'a key that was not changed for 90 days, in use',
    (own) =>
      void Object.assign(user(own, 'ci').accessKeys[0] as object, {
        createdAt: days(91),
        lastUsed: { at: days(1), service: 's3', region: 'us-east-1' },
      }),
    'fail access-keys.age',
  ),
  edited(
    'a key that was last used long ago',
    (own) =>
      void Object.assign(user(own, 'ci').accessKeys[0] as object, {
        createdAt: days(80),
        lastUsed: { at: days(60), service: 's3', region: 'us-east-1' },
      }),
    'fail access-keys.unused',
  ),
  {
    ...edited(
      'a password that was last used long ago',
      (own) => void Object.assign(user(own, 'alex').password as object, { createdAt: days(80), lastUsed: days(60) }),
      'fail admin-user.unused-password',
    ),
    // The earlier one has the date when the first run created the password.
    calls: report,
  },
];

const named = (what: string): Fault => {
  const found = faults.find((fault) => fault.what === what);
  if (found === undefined) throw new Error(`no fault ${what}`);
  return found;
};

/** The account's one budget, as boto3 creates it again: 10 USD a month, with an alert that reaches someone. */
const otherBudget = (what: string, changed: object): Fault => ({
  what,
  calls: [
    ['budgets', 'delete_budget', { AccountId: account, BudgetName: monthly }],
    [
      'budgets',
      'create_budget',
      {
        AccountId: account,
        Budget: { BudgetName: monthly, BudgetLimit: { Amount: '10', Unit: 'USD' }, TimeUnit: 'MONTHLY', BudgetType: 'COST', ...changed },
        NotificationsWithSubscribers: [{ Notification: at50, Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }] }],
      },
    ],
  ],
  finds: ['fail budget.exists'],
});
const withoutCredits = { IncludeCredit: false, IncludeRefund: false };
const notCredits = { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } };
const unhealthy = (own: AccountWorld): void => {
  const [first] = own.budgets;
  if (first !== undefined) first.budget['HealthStatus'] = { Status: 'UNHEALTHY', StatusReason: 'FILTER_INVALID' };
};

/** Assessed without a config. */
const withoutConfig: readonly Fault[] = [
  otherBudget('a budget that counts credits, as AWS creates one', {}),
  otherBudget('a budget that counts refunds', { CostTypes: { ...withoutCredits, IncludeRefund: true } }),
  {
    ...otherBudget('a budget without taxes and support', { CostTypes: { ...withoutCredits, IncludeTax: false, IncludeSupport: false } }),
    finds: [],
  },
  otherBudget('a budget of one service', {
    CostTypes: withoutCredits,
    CostFilters: { Service: ['Amazon Elastic Compute Cloud - Compute'] },
  }),
  otherBudget('a budget of a billing view', {
    CostTypes: withoutCredits,
    BillingViewArn: `arn:aws:billing::${account}:billingview/custom-1`,
  }),
  otherBudget('a budget that ended', { CostTypes: withoutCredits, TimePeriod: { Start: '2020-01-01', End: '2021-01-01' } }),
  otherBudget('a budget that begins later', { CostTypes: withoutCredits, TimePeriod: { Start: '2080-01-01' } }),
  otherBudget('a budget of a project', {
    CostTypes: withoutCredits,
    TimeUnit: 'CUSTOM',
    TimePeriod: { Start: '2020-01-01', End: '2080-01-01' },
  }),
  otherBudget('a budget of the newer form that counts credits', {
    FilterExpression: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Usage', 'Credit', 'Refund'] } },
    Metrics: ['UnblendedCost'],
  }),
  { ...otherBudget('a budget of the newer form without credits', { FilterExpression: notCredits, Metrics: ['UnblendedCost'] }), finds: [] },
  edited('a budget that AWS does not update', unhealthy, 'fail budget.exists'),
  edited('a month above its budget', (own) => spent(own, '10.01'), 'fail budget.spend'),
  { ...named('no budget'), finds: ['fail budget.exists'] },
  { ...named('a quarterly budget'), finds: ['fail budget.exists'] },
  { ...named('a budget without any alert'), finds: ['fail budget.alerts'] },
  named('no password policy'),
  named('a user with a password and no MFA'),
  named('an inline policy of a user'),
  named('no alias'),
  named('no security contact'),
  {
    what: 'alerts for a topic only',
    calls: [],
    edit: (own) => {
      for (const { subscribers } of own.budgets[0]?.notifications ?? [])
        subscribers.splice(0, 9, { SubscriptionType: 'SNS', Address: `arn:aws:sns:us-east-1:${account}:ops` });
    },
    finds: Array.from({ length: 4 }, () => 'manual budget.subscribers'),
  },
  // Of all groups, because init creates them side by side, in any order.
  edited(
    'no administrator',
    (own) => own.groups.forEach((group) => Object.assign(group, { attachedPolicies: [] })),
    'fail admin-user.exists',
  ),
  edited('an administrator with a password and no MFA', (own) => void (own.mfaDevices = []), 'fail mfa.admin'),
];

describe.skipIf(inject('pythonBin') === '')('an account created by boto3 on a served practice account', { timeout: 60_000 }, () => {
  const home = newFolder();
  const file = path.join(home, 'world.json');
  let server: Running;
  let env: Readonly<Record<string, string>>;
  let boto3: Boto3;
  let faultless: string;
  let open: readonly string[];

  beforeAll(async () => {
    server = startProgram(['sandbox', 'serve', '--sandbox-file', file], { home, deadlineMs: 300_000 });
    await server.until(/until Ctrl-C/);
    env = {
      ...Object.fromEntries([...server.stdout().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    writeConfig(home, config);
    const init = await runProgram(['init', '--yes', '--account-id', account, '--secrets-file', 'secrets.json', '--output', 'json'], {
      home,
      env,
    });
    if (init.code !== 5) throw new Error(`init ended with ${init.code}: ${init.stdout}${init.stderr}`);
    // Changes that only the console or time can make.
    const world = JSON.parse(readFileSync(file, 'utf8')) as World;
    const own = world.accounts[account] as AccountWorld;
    own.root = { ...own.root, mfa: 'hardware', passwordLastUsed: days(300) };
    own.createdAt = days(400);
    writeFileSync(file, JSON.stringify(world));
    boto3 = startBoto3({
      endpoint: env['AWS_ENDPOINT_URL'] ?? '',
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: env['AWS_SESSION_TOKEN'] ?? '',
    });
    await boto3.call(report);
    faultless = readFileSync(file, 'utf8');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await boto3?.stop();
    await server?.stop('SIGTERM');
  });

  const check = async (text: string | null = config, later = 0): Promise<RunReport> => {
    // `check` takes ages by the clock of AWS.
    const aws = await startRecordingProxy({ target: env['AWS_ENDPOINT_URL'] ?? '', dateAheadMs: later * 86_400_000 });
    const through = { ...env, AWS_ENDPOINT_URL: aws.url };
    // The SDK's providers look at the process itself.
    for (const [name, value] of Object.entries(through)) vi.stubEnv(name, value);
    const shell = testShell({
      env: { ...through, AWS_SHARED_CREDENTIALS_FILE: path.join(home, '.aws/credentials') },
      clock: testClock(days(-later)),
    });
    if (text !== null) writeConfig(shell.home, text);
    const { stdout } = await shell.run(['check', '--output', 'json']);
    await aws.close();
    const report = JSON.parse(stdout) as RunReport;
    // A run that failed has no findings either.
    if (report.error !== undefined) throw new Error(JSON.stringify(report.error));
    return report;
  };

  it('has no findings', async () => {
    open = openIn((await check()).results);
    // Root cannot assume a role, so the role cannot be tested.
    expect(beyond(open, []).filter((line) => line !== 'manual organization.access-role')).toEqual([]);
  });

  const checkOf = async (fault: Fault): Promise<RunReport> => {
    const world = JSON.parse(faultless) as World;
    const own = world.accounts[account] as AccountWorld;
    fault.edit?.(own, world);
    if (fault.calls === report) own.credentialReport = null;
    writeFileSync(file, JSON.stringify(world));
    await boto3.call(fault.calls);
    return check(fault.config, fault.later);
  };

  it.each<Fault>([...faults, ...more])('has only the findings of $what', async (fault) => {
    expect(beyond(openIn((await checkOf(fault)).results), open)).toEqual(fault.finds);
  });

  it('has no findings without a config', async () => {
    writeFileSync(file, faultless);
    open = openIn((await check(null)).results);
    // Nothing shows that it is on, and the account is older than the event history.
    expect(beyond(open, [])).toEqual(['manual billing-access.switch']);
  });

  it.each<Fault>(withoutConfig)('has only the findings of $what, without a config', async (fault) => {
    expect(beyond(openIn((await checkOf({ ...fault, config: null })).results), open)).toEqual(fault.finds);
  });
});
