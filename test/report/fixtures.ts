import type { ErrorInfo } from '../../src/core/errors.js';
import type { FindingKind, Severity } from '../../src/core/finding.js';
import { type AccountReport, type PlannedChange, type Result, type RunReport, type StepReport, summaryOf } from '../../src/core/report.js';
import type { RenderContext } from '../../src/report/words.js';

export const words: RenderContext = {
  titles: {
    'billing-access': 'Billing access and contacts',
    budget: 'Budget',
    'admin-user': 'Administrator',
    mfa: 'Multi-factor authentication',
    alias: 'Account alias',
    'access-keys': 'Access keys',
    organization: 'Organization',
  },
};

export const accountId = '123456789012';

export const account: AccountReport = {
  id: accountId,
  alias: 'acme-prod',
  partition: 'aws',
  role: 'standalone',
  identity: { kind: 'user', arn: `arn:aws:iam::${accountId}:user/alex` },
};

const severityOf: Readonly<Record<string, Severity>> = {
  'budget.exists': 'high',
  'budget.limit': 'medium',
  'budget.alerts': 'high',
  'budget.subscribers': 'high',
  'admin-user.exists': 'high',
  'admin-user.password-policy': 'medium',
  'mfa.root': 'critical',
  'mfa.admin': 'high',
  'mfa.console-users': 'high',
  'alias.name': 'medium',
  'access-keys.root': 'critical',
  'access-keys.age': 'medium',
  'access-keys.unused': 'medium',
  'admin-user.unused-password': 'medium',
  'access-keys.exists': 'high',
  'access-keys.stored': 'medium',
  'organization.exists': 'medium',
  'organization.accounts': 'medium',
};

const audit: readonly string[] = [
  'mfa.root-hardware',
  'mfa.console-users',
  'access-keys.age',
  'access-keys.unused',
  'access-keys.two-active',
  'admin-user.root-at-rest',
  'admin-user.unused-password',
];

/** One result; missing fields get defaults. */
export const result = (id: string, status: Result['status'], reason: string, more: Partial<Result> = {}): Result => ({
  id,
  accountId,
  step: id.split('.')[0] ?? id,
  kind: (audit.includes(id) ? 'audit' : 'wanted') satisfies FindingKind,
  status,
  reason,
  missingPermission: null,
  severity: severityOf[id] ?? 'low',
  title: id,
  resource: `arn:aws:iam::${accountId}:root`,
  expected: null,
  observed: null,
  remediation: null,
  references: [],
  evidence: [],
  waiver: null,
  fingerprint: `${id}-fingerprint`,
  ...more,
});

const init = (command = 'bootstrap init'): Partial<Result> => ({
  remediation: { by: 'init', instructions: null, command, url: null },
});
const hand = (instructions: string, url: string | null = null, command: string | null = null): Partial<Result> => ({
  remediation: { by: 'hand', instructions, command, url },
});
const user = (name: string): Partial<Result> => ({ resource: `arn:aws:iam::${accountId}:user/${name}` });

export const report = (parts: Partial<RunReport> & Pick<RunReport, 'command'>): RunReport => {
  const results = parts.results ?? [];
  return {
    schemaVersion: '1.0',
    tool: { name: 'aws-account-bootstrap', version: '0.1.0' },
    startedAt: '2026-11-23T09:00:00.000Z',
    durationMs: 1234,
    target: 'aws',
    account,
    summary: summaryOf(results),
    results,
    apiCalls: { total: 24, writes: 0 },
    exit: { code: 0, name: 'ok' },
    ...parts,
  };
};

const billingSwitch = result(
  'billing-access.switch',
  'manual',
  'AWS has no API that shows whether IAM users may see billing, and no one has confirmed it.',
  hand(
    'As root, open Account, go to "IAM user and role access to Billing information", choose Edit and activate it. Then set confirmed-on in bootstrap.yaml.',
    'https://console.aws.amazon.com/billing/home#/account',
  ),
);

const rootMfa = result(
  'mfa.root',
  'fail',
  'The root user has no MFA device, so its password alone gives full access.',
  hand(
    'Sign in as root, open Security credentials, choose Assign MFA device, and add a passkey or an authenticator app; better two.',
    'https://console.aws.amazon.com/iam/home#/security_credentials',
  ),
);

const fine: readonly Result[] = [
  result('billing-access.contact', 'pass', 'The billing contact is set.'),
  result('budget.exists', 'pass', 'The budget "Monthly $10 Budget" exists.'),
  result('budget.limit', 'pass', 'It is 10 USD a month, without free credits.'),
  result('budget.alerts', 'pass', 'It alerts at 50 %, 80 % and 100 %, and at 100 % forecasted.'),
  result('budget.subscribers', 'pass', 'ops@example.com gets every alert.'),
  result('admin-user.exists', 'pass', 'The user alex is an administrator.', user('alex')),
  result('admin-user.via-group', 'pass', 'alex has its rights from the group Administrators only.', user('alex')),
  result('mfa.admin', 'pass', 'alex has a virtual MFA device.', user('alex')),
  result('alias.set', 'pass', 'The account has the alias acme-prod.'),
  result('alias.name', 'pass', 'The alias is acme-prod, as configured.'),
];

export const checkWithFailures = report({
  command: 'check',
  results: [
    billingSwitch,
    result('billing-access.contact', 'pass', 'The billing contact is set.'),
    result('billing-access.security-contact', 'fail', 'There is no security contact, so reports of abuse reach only root.', init()),
    ...fine.slice(1, 3),
    result('budget.alerts', 'fail', 'The budget "Monthly $10 Budget" does not alert at 100 % forecasted.', init()),
    ...fine.slice(4, 7),
    result('admin-user.password-policy', 'fail', 'Passwords may have 8 characters and be reused at once; 14 and 24 are required.', init()),
    result('admin-user.root-at-rest', 'pass', 'Root was last used 41 days ago.'),
    rootMfa,
    result('mfa.admin', 'pass', 'alex has a virtual MFA device.', user('alex')),
    result('mfa.console-users', 'fail', 'The user deploy has a console password and no MFA device.', {
      ...user('deploy'),
      ...hand(
        'Have deploy assign an MFA device, or remove the console password.',
        'https://console.aws.amazon.com/iam/home#/users/details/deploy?section=security_credentials',
      ),
    }),
    result('mfa.console-users', 'pass', 'The user reader has an MFA device.', user('reader')),
    result('mfa.leftover', 'unknown', 'Not allowed to list virtual MFA devices.', {
      missingPermission: 'iam:ListVirtualMFADevices',
      cause: 'denied',
    }),
    ...fine.slice(8),
    result('access-keys.root', 'pass', 'Root has no access key.'),
    result('access-keys.age', 'fail', 'The key AKIAIOSFODNN7EXAMPLE of deploy is 212 days old; the maximum is 90.', {
      ...user('deploy'),
      ...hand('Create a new key, switch to it, and delete the old one.', null, 'bootstrap keys rotate --user deploy'),
    }),
    result('access-keys.two-active', 'waived', 'The user deploy has two active keys', {
      ...user('deploy'),
      waiver: { reason: 'moving to roles', owner: 'alex', expires: '2026-12-01', state: 'ending' },
    }),
    result('organization.exists', 'not-applicable', 'No organization is configured.'),
  ],
  warnings: ['The waiver of access-keys.two-active (owner: alex) ends in 8 days, on 2026-12-01.'],
  exit: { code: 3, name: 'differs' },
});

const member = '210987654321';

export const checkOrganization = report({
  command: 'check',
  results: [
    result('mfa.root', 'pass', 'Root has an MFA device.'),
    result('budget.exists', 'pass', 'The budget "Monthly $10 Budget" exists.'),
    result('mfa.root', 'not-applicable', 'Root has no password and no key here.', { accountId: member }),
    result('budget.exists', 'fail', 'There is no monthly cost budget.', { accountId: member, severity: 'low', ...init() }),
    result('access-keys.unused', 'fail', 'The key AKIAIOSFODNN7EXAMPLE was never used.', {
      accountId: member,
      resource: `arn:aws:iam::${member}:user/ci`,
      ...hand('Disable it, and delete it when nothing breaks.', null, 'bootstrap keys disable --user ci'),
    }),
    result('access-keys.unused', 'fail', 'The key AKIAI44QH8DHBEXAMPLE was last used 80 days ago.', {
      accountId: member,
      resource: `arn:aws:iam::${member}:user/deploy`,
      ...hand('Disable it, and delete it when nothing breaks.', null, 'bootstrap keys disable --user deploy'),
    }),
  ],
  target: 'http://127.0.0.1:4566',
  exit: { code: 3, name: 'differs' },
});

export const checkAllFine = report({ command: 'check', results: fine });

export const checkUnread = report({
  command: 'check',
  results: [
    ...fine.slice(0, 5),
    result('mfa.root', 'unknown', 'Not allowed to read the account summary.', {
      missingPermission: 'iam:GetAccountSummary',
      cause: 'denied',
    }),
  ],
  exit: { code: 4, name: 'identity' },
});

const change = (step: string, kind: string, summary: string, risk: PlannedChange['risk'], ...calls: string[]): PlannedChange => ({
  step,
  kind,
  summary,
  risk,
  calls,
});

export const plan: readonly PlannedChange[] = [
  change('billing-access', 'put-contact', 'Set the security contact to security@example.com', 'none', 'account:PutAlternateContact'),
  change(
    'budget',
    'create-budget',
    'Create the budget "Monthly $10 Budget": 10 USD a month, 4 alerts to ops@example.com',
    'none',
    'budgets:CreateBudget',
  ),
  change(
    'admin-user',
    'create-group',
    'Create the group Administrators with AdministratorAccess',
    'none',
    'iam:CreateGroup',
    'iam:AttachGroupPolicy',
  ),
  change('admin-user', 'create-user', 'Create the user alex in the group Administrators', 'none', 'iam:CreateUser', 'iam:AddUserToGroup'),
  change(
    'admin-user',
    'create-password',
    'Give alex a console password, to be changed at the first sign-in',
    'secret',
    'iam:CreateLoginProfile',
  ),
  change(
    'mfa',
    'enrol-device',
    'Enrol a virtual MFA device for alex, unattended',
    'weaker',
    'iam:CreateVirtualMFADevice',
    'iam:EnableMFADevice',
  ),
  change('alias', 'set-alias', 'Set the account alias acme-prod', 'none', 'iam:CreateAccountAlias'),
  change('organization', 'create-organization', 'Create an organization with all features', 'billing', 'organizations:CreateOrganization'),
  change(
    'organization',
    'create-account',
    'Create the member account sandbox (aws+sandbox@example.com)',
    'hard-to-undo',
    'organizations:CreateAccount',
  ),
];

export const left: readonly Result[] = [billingSwitch, rootMfa];

const steps = (
  statuses: Readonly<Record<string, StepReport['status']>>,
  more: Readonly<Record<string, Partial<StepReport>>> = {},
): readonly StepReport[] =>
  Object.entries(statuses).map(([id, status]) => ({
    id,
    status,
    verified: status !== 'failed' && status !== 'blocked',
    error: null,
    ...more[id],
  }));

const recap = [
  { label: 'Sign-in page', value: 'https://acme-prod.signin.aws.amazon.com/console/' },
  { label: 'Administrator', value: 'alex' },
  { label: 'Password of alex', value: './acme-secrets.json' },
  { label: 'MFA seed of alex', value: './acme-secrets.json' },
];

export const initFirstRun = report({
  command: 'init',
  plan,
  results: [...left, ...fine],
  steps: steps({
    'billing-access': 'manual',
    budget: 'done',
    'admin-user': 'done',
    mfa: 'manual',
    alias: 'done',
    'access-keys': 'skipped',
    organization: 'done',
  }),
  apiCalls: { total: 61, writes: 11 },
  recap,
  exit: { code: 5, name: 'manual' },
});

export const initSecondRun = report({
  command: 'init',
  plan: [],
  results: [billingSwitch, ...fine],
  steps: steps({
    'billing-access': 'manual',
    budget: 'unchanged',
    'admin-user': 'unchanged',
    mfa: 'unchanged',
    alias: 'unchanged',
    'access-keys': 'skipped',
    organization: 'skipped',
  }),
  recap,
  exit: { code: 5, name: 'manual' },
});

export const initUnchanged = report({
  ...initSecondRun,
  results: fine,
  summary: summaryOf(fine),
  exit: { code: 0, name: 'ok' },
});

export const initDryRun = report({
  command: 'init',
  plan,
  results: left,
  steps: steps({ 'billing-access': 'skipped', budget: 'skipped', 'admin-user': 'skipped', mfa: 'skipped', alias: 'skipped' }),
  exit: { code: 3, name: 'differs' },
});

const aliasTaken: ErrorInfo = {
  code: 'E-ALIAS-TAKEN',
  step: 'alias',
  message: 'The alias acme-prod belongs to another AWS account; aliases are unique in all of AWS.',
  next: 'choose another name, for example acme-prod-9012: `bootstrap init --alias acme-prod-9012`',
  retryable: false,
  changed: false,
  aws: { operation: 'iam:CreateAccountAlias', error: 'EntityAlreadyExists', requestId: '7f2c1a4e-0000-4c8e-9d55-3a4d5e6f7a8b' },
};

export const initFailed = report({
  command: 'init',
  plan: plan.filter(({ step }) => step !== 'mfa'),
  results: [billingSwitch, ...fine.slice(0, 5)],
  steps: steps(
    {
      'billing-access': 'done',
      budget: 'done',
      'admin-user': 'failed',
      mfa: 'blocked',
      alias: 'failed',
      'access-keys': 'skipped',
      organization: 'done',
    },
    {
      'admin-user': {
        error: {
          code: 'E-AWS-LIMIT',
          step: 'admin-user',
          message: 'AWS refused to create the user alex: this account already has 5000 users, the maximum.',
          next: 'delete users that are not needed, then run `bootstrap init` again',
          retryable: false,
          changed: true,
          aws: { operation: 'iam:CreateUser', error: 'LimitExceeded', requestId: '0b1d2c3e-0000-4f5a-8b6c-7d8e9f0a1b2c' },
        },
      },
      alias: { error: aliasTaken },
      organization: { verified: false },
    },
  ),
  apiCalls: { total: 44, writes: 7 },
  recap: recap.slice(0, 1),
  exit: { code: 7, name: 'partial' },
});

export const initWrongAccount = report({
  command: 'init',
  account: { ...account, identity: { kind: 'role', arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/ci-4711` } },
  results: [],
  error: {
    code: 'E-WRONG-ACCOUNT',
    step: null,
    message: 'You are signed in to account 123456789012, but bootstrap.yaml is for account 210987654321.',
    next: 'sign in to 210987654321 (`aws login --profile NAME`), or name the right account with --account-id',
    retryable: false,
    changed: false,
    aws: null,
  },
  exit: { code: 4, name: 'identity' },
});

export const checkExpired = report({
  command: 'check',
  account: null,
  results: [],
  error: {
    code: 'E-SESSION-EXPIRED',
    step: null,
    message: 'The session of profile root has expired.',
    next: 'sign in again: `aws login --profile root`',
    retryable: false,
    changed: false,
    aws: { operation: 'sts:GetCallerIdentity', error: 'ExpiredToken', requestId: '3c4d5e6f-0000-4a1b-8c2d-9e0f1a2b3c4d' },
  },
  exit: { code: 4, name: 'identity' },
});

export const checkBadConfig = report({
  command: 'check',
  account: null,
  results: [],
  apiCalls: { total: 0, writes: 0 },
  error: {
    code: 'E-CONFIG',
    step: null,
    message:
      'bootstrap.yaml has 2 problems:\nbootstrap.yaml:7:3: unknown key "limits" in budget; did you mean "limit"?\nbootstrap.yaml:12:9: alias.name "Acme Prod" may hold only lower-case letters, digits and hyphens.',
    next: 'correct the file; `bootstrap config validate` checks it without AWS',
    retryable: false,
    changed: false,
    aws: null,
  },
  exit: { code: 2, name: 'usage' },
});

/** Values that try to steer a terminal, a log reader or a layout. */
export const hostile: readonly string[] = [
  '\u001b[2J\u001b[31mred\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  'a\u202etxt.exe\u2066b\u200bc\ufeffd',
  'line one\r\nline two\n::error::owned',
  '::error file=x::owned ::set-output name=a::b',
  'x ##[error]owned ##vso[task.setvariable]owned',
  'n'.repeat(300),
  `${'a'.repeat(70)}::error::${':'.repeat(90)}`,
  '株式会社'.repeat(60),
  '\u0000\u0007\u0008\u007f\u009b31m\u0085\u2028\u2029',
  '\u{e0041}\u{e0042}\ud800\udc00 \ud800 👩‍👩‍👧‍👦 z͎̾a̷l̸g̶o',
  '   many   spaces   ',
  `https://evil.example/${'p'.repeat(400)}`,
];
