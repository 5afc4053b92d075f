import { partitionOf } from '../../core/account.js';
import type { Operation } from '../../core/cloud.js';
import * as scope from './scopes.js';
import type { Administrator, Facts, Scope } from './scopes.js';

/** Operations that one step may send, and on which resources. aws/operations.ts has the IAM action of each operation. */
export interface Grant {
  readonly step: string;
  readonly on: Scope;
  readonly operations: readonly Operation[];
  /** Additional actions that AWS requires, for which this tool sends no operation. */
  readonly also?: readonly string[];
}

type Need = Omit<Grant, 'step'>;
type Needs = (facts: Facts, admin: Administrator) => readonly Need[];

/** Everything that a run may need; GetCallerIdentity needs no permission. */
export const grantsOf = (facts: Facts, admin: Administrator): readonly Grant[] =>
  [...Object.entries(byStep), ['every run', everyRun] as const].flatMap(([step, needs]) =>
    needs(facts, admin).map((grant) => ({ step, ...grant })),
  );

const on = (of: Scope, ...operations: readonly Operation[]): Need => ({ on: of, operations });
const when = <T>(condition: boolean, ...items: readonly T[]): readonly T[] => (condition ? items : []);

/** The header shows the alias of the account and its organization. */
const everyRun: Needs = (facts) => [
  on(scope.anything, 'iam:ListAccountAliases', 'organizations:DescribeOrganization'),
  ...when(
    facts.organization === true,
    on(scope.anything, 'organizations:ListAccounts'),
    on(scope.accessRoles(facts, ['OrganizationAccountAccessRole']), 'sts:AssumeRole'),
  ),
];

const billingAccess: Needs = (facts) => {
  const section = facts.sections['billing-access'];
  if (section === undefined || !partitionOf(facts.partition).billing) return [];
  const check = facts.command === 'check';
  const wanted = section.contact !== undefined || section['security-contact'] !== undefined;
  const contacts = scope.contacts(facts);
  return [
    on(scope.anything, 'cloudtrail:LookupEvents'),
    on(contacts, 'account:GetAccountInformation'),
    ...when(check || wanted, on(contacts, 'account:GetAlternateContact')),
    ...when(!check && wanted, on(contacts, 'account:PutAlternateContact')),
  ];
};

const budget: Needs = (facts) => {
  const section = facts.sections.budget;
  if (section === undefined || !partitionOf(facts.partition).billing) return [];
  return [
    // The tool lists all budgets.
    on(
      scope.budgets(facts, undefined),
      'budgets:DescribeBudgets',
      'budgets:DescribeNotificationsForBudget',
      'budgets:DescribeSubscribersForNotification',
    ),
    ...when(
      facts.command === 'init',
      on(
        scope.budgets(facts, section.name),
        'budgets:CreateBudget',
        'budgets:UpdateBudget',
        'budgets:CreateNotification',
        'budgets:CreateSubscriber',
      ),
    ),
  ];
};

const adminUser: Needs = (facts) => {
  const section = facts.sections['admin-user'];
  if (section === undefined) return [];
  const { name, group } = section;
  const policy = section['password-policy'] !== false;
  const user = section.kind === 'iam-user';
  const reads = [
    on(scope.anything, 'iam:GetAccountAuthorizationDetails'),
    ...when(policy || (user && section['console-password'] === 'generate'), on(scope.anything, 'iam:GetAccountPasswordPolicy')),
  ];
  if (facts.command === 'check') {
    return [
      ...reads,
      on(scope.anything, 'iam:ListUsers', 'iam:GetCredentialReport', 'iam:GenerateCredentialReport'),
      on(scope.users(facts), 'iam:GetLoginProfile'),
      ...when(partitionOf(facts.partition).billing, on(scope.contacts(facts), 'account:GetAccountInformation')),
    ];
  }
  const changesPolicy = when(policy, on(scope.anything, 'iam:UpdateAccountPasswordPolicy'));
  if (!user) return [...reads, ...changesPolicy];
  const named = scope.users(facts, name);
  return [
    ...reads,
    ...changesPolicy,
    on(scope.groups(facts, group), 'iam:CreateGroup', 'iam:AddUserToGroup'),
    on(scope.attaching(facts, group, ['AdministratorAccess']), 'iam:AttachGroupPolicy'),
    { ...on(named, 'iam:CreateUser', 'iam:GetLoginProfile'), also: ['iam:TagUser'] },
    ...when(section['console-password'] === 'generate', on(named, 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:GetUser')),
  ];
};

const mfa: Needs = (facts, admin) => {
  const section = facts.sections.mfa;
  if (section === undefined) return [];
  const reads = [
    on(scope.anything, 'iam:GetAccountSummary', 'iam:ListVirtualMFADevices', 'iam:GetAccountAuthorizationDetails'),
    on(scope.devices(facts, undefined), 'iam:ListMFADeviceTags'),
    on(scope.users(facts, ...(facts.command === 'check' ? [] : [admin.name])), 'iam:GetLoginProfile', 'iam:ListMFADevices'),
  ];
  if (facts.command === 'check') return reads;
  return [
    ...reads,
    ...when(
      section.admin === 'required' && admin.name !== undefined,
      { ...on(scope.devices(facts, admin.name), 'iam:CreateVirtualMFADevice'), also: ['iam:TagMFADevice'] },
      on(scope.users(facts, admin.name), 'iam:EnableMFADevice'),
    ),
    on(scope.devices(facts, admin.name), 'iam:DeleteVirtualMFADevice'),
  ];
};

const alias: Needs = ({ command, sections }) =>
  sections.alias === undefined
    ? []
    : [on(scope.anything, 'iam:ListAccountAliases', ...when<Operation>(command === 'init', 'iam:CreateAccountAlias'))];

const accessKeys: Needs = (facts, admin) => {
  const section = facts.sections['access-keys'];
  if (section === undefined) return [];
  const root = on(scope.anything, 'iam:GetAccountSummary');
  if (facts.command === 'check') {
    const everyUser = on(scope.users(facts), 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed');
    return [root, on(scope.anything, 'iam:GetAccountAuthorizationDetails'), everyUser];
  }
  if (section.mode === 'none') return [root];
  const { group, policies } = section;
  const name = section.user ?? admin.name;
  const user = scope.users(facts, name);
  return [
    root,
    on(scope.anything, 'iam:GetAccountAuthorizationDetails'),
    // A key whose secret was lost is deactivated and deleted.
    on(user, 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed', 'iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey'),
    ...when(
      group !== undefined && name !== admin.name,
      { ...on(user, 'iam:CreateUser'), also: ['iam:TagUser'] },
      on(scope.groups(facts, group), 'iam:CreateGroup', 'iam:AddUserToGroup'),
      ...when(
        policies.length > 0,
        // The names in the config are checked before anything is planned.
        on(scope.anything, 'iam:ListPolicies'),
        on(scope.attaching(facts, group ?? '', policies.flatMap(scope.withPaths)), 'iam:AttachGroupPolicy'),
      ),
    ),
  ];
};

/** Most operations of AWS Organizations have no resource types. */
const organization: Needs = (facts) => {
  const section = facts.sections.organization;
  if (section === undefined) return [];
  const { accounts } = section;
  const units = accounts.some(({ ou }) => ou !== undefined);
  const init = facts.command === 'init';
  const roles = accounts.map(({ role }) => role);
  const reads = [
    on(scope.anything, 'organizations:ListAccounts', 'organizations:ListHandshakesForOrganization'),
    ...when(roles.length > 0, on(scope.accessRoles(facts, roles), 'sts:AssumeRole')),
    ...when(accounts.length > 0, on(scope.anything, 'organizations:ListCreateAccountStatus')),
    ...when(section['central-root'], on(scope.anything, 'iam:ListOrganizationsFeatures')),
    ...when(
      units,
      on(scope.anything, 'organizations:ListRoots'),
      on(scope.parents(facts), 'organizations:ListOrganizationalUnitsForParent'),
      on(scope.members(facts), 'organizations:ListParents'),
    ),
  ];
  if (!init) return reads;
  return [
    ...reads,
    on(scope.anything, 'organizations:CreateOrganization', 'organizations:EnableAllFeatures'),
    on(scope.allFeatures(facts), 'organizations:AcceptHandshake'),
    { ...on(scope.serviceLinkedRole(facts)), also: ['iam:CreateServiceLinkedRole'] },
    ...when(accounts.length > 0, on(scope.anything, 'organizations:CreateAccount', 'organizations:DescribeCreateAccountStatus')),
    ...when(
      accounts.some(({ tags }) => tags !== undefined),
      { ...on(scope.members(facts)), also: ['organizations:TagResource'] },
    ),
    ...when(units, on(scope.parents(facts), 'organizations:CreateOrganizationalUnit'), on(scope.tree(facts), 'organizations:MoveAccount')),
    ...when(
      section['central-root'],
      on(scope.trustedService('iam.amazonaws.com'), 'organizations:EnableAWSServiceAccess'),
      on(scope.anything, 'iam:EnableOrganizationsRootCredentialsManagement'),
    ),
  ];
};

/** In the order of the registry. A test compares the names with it. */
const byStep: Readonly<Record<string, Needs>> = {
  'billing-access': billingAccess,
  budget,
  'admin-user': adminUser,
  mfa,
  alias,
  'access-keys': accessKeys,
  organization,
};
