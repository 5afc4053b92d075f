import type { Result } from '../../src/core/report.js';
import type { Call } from './boto3.js';

/** A change to an account with boto3, and exactly what `check` must report about it. */
export interface AccountFault {
  readonly what: string;
  readonly calls: readonly Call[];
  /** `status id`, sorted. */
  readonly finds: readonly string[];
  /** Days that pass before `check` runs. */
  readonly later?: number;
  /** Findings on moto, if it lacks a feature. */
  readonly onMoto?: readonly string[];
  /** Undoes the change, if it would hide another fault. */
  readonly undo?: readonly Call[];
}

const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const bucketsOnly = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
});
const password = 'Aa1!aaaaaaaaaaaaaaaa';

const contact = (kind: string, name: string, title: string, email: string, phone: string): Call => [
  'account',
  'put_alternate_contact',
  { AlternateContactType: kind, Name: name, Title: title, EmailAddress: email, PhoneNumber: phone },
];
const alert = (type: string, threshold: number) => ({
  Notification: { NotificationType: type, ComparisonOperator: 'GREATER_THAN', Threshold: threshold, ThresholdType: 'PERCENTAGE' },
  Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }],
});
const alerts = [alert('ACTUAL', 50), alert('ACTUAL', 80), alert('ACTUAL', 100), alert('FORECASTED', 100)];

const iam = (method: string, parameters: Readonly<Record<string, unknown>> = {}): Call => ['iam', method, parameters];

/** The account of test/e2e/whole-config.ts, created with boto3, and the faults it can have. */
export const accountOf = (account: string) => {
  const monthly = {
    BudgetName: 'Monthly',
    BudgetLimit: { Amount: '10', Unit: 'USD' },
    TimeUnit: 'MONTHLY',
    BudgetType: 'COST',
    CostTypes: { IncludeCredit: false, IncludeRefund: false },
  };
  const budget = (changed: object = {}, withAlerts = alerts): Call => [
    'budgets',
    'create_budget',
    { AccountId: account, Budget: { ...monthly, ...changed }, NotificationsWithSubscribers: withAlerts },
  ];
  const noBudget: Call = ['budgets', 'delete_budget', { AccountId: account, BudgetName: 'Monthly' }];
  const otherBudget = (changed: object, withAlerts = alerts): Pick<AccountFault, 'calls' | 'undo'> => ({
    calls: [noBudget, budget(changed, withAlerts)],
    undo: [noBudget, budget()],
  });
  const passwords = (MinimumPasswordLength: number, PasswordReusePrevention: number): Call =>
    iam('update_account_password_policy', { MinimumPasswordLength, PasswordReusePrevention });
  const device = (name: string): string => `arn:aws:iam::${account}:mfa/${name}`;

  const users: readonly Call[] = [
    iam('create_group', { GroupName: 'Administrators' }),
    iam('attach_group_policy', { GroupName: 'Administrators', PolicyArn: administratorAccess }),
    iam('create_user', { UserName: 'alex' }),
    iam('add_user_to_group', { GroupName: 'Administrators', UserName: 'alex' }),
    iam('create_login_profile', { UserName: 'alex', Password: password }),
    iam('create_group', { GroupName: 'ci-readers' }),
    iam('attach_group_policy', { GroupName: 'ci-readers', PolicyArn: readOnlyAccess }),
    iam('create_user', { UserName: 'ci' }),
    iam('add_user_to_group', { GroupName: 'ci-readers', UserName: 'ci' }),
  ];
  const faultless: readonly Call[] = [
    contact('BILLING', 'Bill Payer', 'Accounts', 'billing@example.com', '+1 555 0100'),
    contact('SECURITY', 'Security', 'On call', 'security@example.com', '+1 555 0101'),
    contact('OPERATIONS', 'Operations', 'On call', 'operations@example.com', '+1 555 0102'),
    budget(),
    passwords(14, 24),
    ...users,
    iam('create_account_alias', { AccountAlias: 'acme-prod' }),
    ['organizations', 'create_organization', { FeatureSet: 'ALL' }],
    ['organizations', 'create_account', { Email: 'aws+sandbox@example.com', AccountName: 'sandbox' }],
  ];

  const faults: readonly AccountFault[] = [
    {
      what: 'a key and a password that were not used for 45 days',
      calls: [],
      later: 46,
      finds: ['fail access-keys.unused', 'fail admin-user.unused-password'],
    },
    {
      what: 'a key that was not changed for 90 days',
      calls: [],
      later: 91,
      finds: ['fail access-keys.age', 'fail access-keys.unused', 'fail admin-user.unused-password'],
    },
    {
      what: 'no billing contact',
      calls: [['account', 'delete_alternate_contact', { AlternateContactType: 'BILLING' }]],
      finds: ['fail billing-access.contact'],
    },
    {
      what: 'no security contact',
      calls: [['account', 'delete_alternate_contact', { AlternateContactType: 'SECURITY' }]],
      finds: ['fail billing-access.security-contact'],
    },
    {
      what: 'another operations contact than the one of the config',
      calls: [contact('OPERATIONS', 'Mallory', 'On call', 'mallory@example.com', '+1 555 0199')],
      finds: ['fail billing-access.operations-contact'],
      undo: [contact('OPERATIONS', 'Operations', 'On call', 'operations@example.com', '+1 555 0102')],
    },
    {
      what: 'no operations contact',
      calls: [['account', 'delete_alternate_contact', { AlternateContactType: 'OPERATIONS' }]],
      finds: ['fail billing-access.operations-contact'],
    },
    { what: 'a budget with another amount', ...otherBudget({ BudgetLimit: { Amount: '500', Unit: 'USD' } }), finds: ['fail budget.limit'] },
    { what: 'a quarterly budget', ...otherBudget({ TimeUnit: 'QUARTERLY' }), finds: ['fail budget.exists', 'fail budget.limit'] },
    {
      what: 'a usage budget',
      ...otherBudget({ BudgetType: 'USAGE', BudgetLimit: { Amount: '10', Unit: 'GB' }, CostTypes: undefined }),
      finds: ['fail budget.exists', 'fail budget.limit'],
    },
    {
      what: 'a budget that subtracts credits',
      ...otherBudget({ CostTypes: { IncludeCredit: true, IncludeRefund: false } }),
      finds: ['fail budget.limit'],
    },
    { what: 'a budget without a forecast alert', ...otherBudget({}, alerts.slice(0, 3)), finds: ['fail budget.alerts'] },
    {
      what: 'a budget with an alert at another threshold',
      ...otherBudget({}, [alert('ACTUAL', 90), ...alerts.slice(1)]),
      finds: ['fail budget.alerts'],
    },
    {
      what: 'a budget without any alert',
      ...otherBudget({}, []),
      finds: ['fail budget.alerts', 'fail budget.alerts', 'fail budget.alerts', 'fail budget.alerts', 'fail budget.subscribers'],
    },
    {
      what: 'no budget',
      calls: [noBudget],
      finds: ['fail budget.alerts', 'fail budget.exists', 'fail budget.limit', 'fail budget.subscribers'],
      undo: [budget()],
    },
    {
      what: 'passwords of eight characters',
      calls: [passwords(8, 24)],
      finds: ['fail admin-user.password-policy'],
      undo: [passwords(14, 24)],
    },
    {
      what: 'passwords that can be reused',
      calls: [passwords(14, 5)],
      finds: ['fail admin-user.password-policy'],
      undo: [passwords(14, 24)],
    },
    { what: 'no password policy', calls: [iam('delete_account_password_policy')], finds: ['fail admin-user.password-policy'] },
    {
      what: 'a policy attached to a user',
      calls: [iam('create_user', { UserName: 'bob' }), iam('attach_user_policy', { UserName: 'bob', PolicyArn: readOnlyAccess })],
      finds: ['fail admin-user.via-group'],
    },
    {
      what: 'an inline policy of a user',
      calls: [
        iam('create_user', { UserName: 'carol' }),
        iam('put_user_policy', { UserName: 'carol', PolicyName: 'own', PolicyDocument: bucketsOnly }),
      ],
      finds: ['fail admin-user.via-group'],
    },
    {
      what: 'a policy attached to the administrator',
      calls: [iam('attach_user_policy', { UserName: 'alex', PolicyArn: administratorAccess })],
      finds: ['fail admin-user.via-group'],
      undo: [iam('detach_user_policy', { UserName: 'alex', PolicyArn: administratorAccess })],
    },
    {
      what: 'a user with a password and no MFA',
      calls: [iam('create_user', { UserName: 'dave' }), iam('create_login_profile', { UserName: 'dave', Password: password })],
      finds: ['fail mfa.console-users'],
    },
    {
      what: 'another administrator with a password and no MFA',
      calls: [
        iam('create_user', { UserName: 'erin' }),
        iam('create_login_profile', { UserName: 'erin', Password: password }),
        iam('add_user_to_group', { GroupName: 'Administrators', UserName: 'erin' }),
      ],
      finds: ['fail mfa.console-users'],
    },
    {
      what: 'an MFA device from an unfinished enrolment',
      calls: [
        iam('create_virtual_mfa_device', { VirtualMFADeviceName: 'left', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] }),
      ],
      finds: ['fail mfa.leftover'],
      onMoto: ['unknown mfa.leftover'],
    },
    {
      what: 'a second key',
      calls: [iam('create_access_key', { UserName: 'ci' })],
      finds: ['fail access-keys.two-active', 'manual access-keys.stored'],
    },
    {
      what: 'a user with two keys',
      calls: [
        iam('create_user', { UserName: 'frank' }),
        iam('create_access_key', { UserName: 'frank' }),
        iam('create_access_key', { UserName: 'frank' }),
      ],
      finds: ['fail access-keys.two-active'],
    },
    {
      what: 'no MFA for the administrator',
      calls: [
        iam('deactivate_mfa_device', { UserName: 'alex', SerialNumber: device('alex') }),
        iam('delete_virtual_mfa_device', { SerialNumber: device('alex') }),
      ],
      finds: ['fail mfa.admin'],
    },
    {
      what: 'no password for the administrator',
      calls: [iam('delete_login_profile', { UserName: 'alex' })],
      finds: ['fail admin-user.console'],
    },
    {
      what: 'a group of administrators without rights',
      calls: [iam('detach_group_policy', { GroupName: 'Administrators', PolicyArn: administratorAccess })],
      finds: ['fail admin-user.exists'],
      undo: [iam('attach_group_policy', { GroupName: 'Administrators', PolicyArn: administratorAccess })],
    },
    {
      what: 'the administrator not in the group',
      calls: [iam('remove_user_from_group', { GroupName: 'Administrators', UserName: 'alex' })],
      finds: ['fail admin-user.exists'],
      undo: [iam('add_user_to_group', { GroupName: 'Administrators', UserName: 'alex' })],
    },
    {
      what: 'another alias',
      calls: [iam('create_account_alias', { AccountAlias: 'mallory-corp' })],
      finds: ['fail alias.name'],
      undo: [iam('create_account_alias', { AccountAlias: 'acme-prod' })],
    },
    { what: 'no alias', calls: [iam('delete_account_alias', { AccountAlias: 'acme-prod' })], finds: ['fail alias.set'] },
  ];
  return { faultless, faults, device };
};

/** The findings that do not pass, one line each, without ids that differ between accounts. */
export const openIn = (results: readonly Result[]): readonly string[] =>
  results
    .filter(({ status }) => status !== 'pass' && status !== 'not-applicable')
    .map(({ status, id, resource }) => `${status} ${id} ${resource}`);

/** `status id` of what is in the first and not in the second, sorted. */
export const beyond = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some
    .filter((line) => !others.includes(line))
    .map((line) => line.split(' ').slice(0, 2).join(' '))
    .sort();
