import { describe, expect, it } from 'vitest';
import type { AnyStep } from '../../src/core/step.js';
import { accessKeys } from '../../src/steps/access-keys/index.js';
import { alias } from '../../src/steps/alias/index.js';
import { billingAccess } from '../../src/steps/billing-access/index.js';
import { budget } from '../../src/steps/budget/index.js';
import { mfa } from '../../src/steps/mfa/index.js';
import { organization } from '../../src/steps/index.js';
import { accountId, alex, type Answers, noOtherCredentials } from './support/account.js';
import { errorWords, recorded } from './support/recorded.js';
import { undoWords } from './support/undo-words.js';

/** What undo of each step removes, and what it leaves: each row changes one thing about the account, the caller or the config. */

type Run = Parameters<typeof undoWords>[3];
const see = (step: AnyStep, section: object, answers: Answers, run: Run = {}) => undoWords(step, section, answers, run);
const done = async (step: AnyStep, change: object, answers: Answers): Promise<readonly string[]> => {
  const { log, error } = await recorded(step.undo, { summary: '', risk: 'none', calls: [], kind: '', ...change }, answers);
  const words = errorWords(error);
  return [...log, ...(words === undefined ? [] : [`error: ${words}`])];
};
const ours = { Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] };

describe('undo of the alias', () => {
  const is = (...AccountAliases: readonly string[]): Answers => ({ 'iam:ListAccountAliases': () => ({ AccountAliases }) });
  it.each<[string, object, Answers, readonly string[]]>([
    [
      'deletes the alias of the config',
      { name: 'acme' },
      is('acme'),
      ['iam:DeleteAccountAlias: Delete the account alias acme (hard-to-undo)'],
    ],
    [
      'leaves another alias',
      { name: 'acme' },
      is('other'),
      ['kept: The alias other: the alias to undo is acme; to remove this one, pass --alias other'],
    ],
    [
      'leaves an alias that the config does not name',
      {},
      is('acme'),
      ['kept: The alias acme: neither the config nor a flag names it; to remove it, pass --alias acme'],
    ],
    ['has nothing to do without one', { name: 'acme' }, is(), []],
    [
      'deletes nothing that it cannot read',
      { name: 'acme' },
      { 'iam:ListAccountAliases': () => 'AccessDenied' },
      ['unread: iam:ListAccountAliases'],
    ],
  ])('%s', async (_, section, answers, expected) => expect(await see(alias, section, answers)).toEqual(expected));

  it.each([
    [{}, ['iam:DeleteAccountAlias acme']],
    ['NoSuchEntity', ['iam:DeleteAccountAlias acme']],
    ['AccessDenied', ['iam:DeleteAccountAlias acme', 'error: AccessDenied']],
  ])('ends by the answer %j', async (answer, expected) => {
    expect(await done(alias, { name: 'acme' }, { 'iam:DeleteAccountAlias': () => answer })).toEqual(expected);
  });
});

describe('undo of billing access', () => {
  it('removes nothing', async () => {
    expect(await see(billingAccess, {}, {})).toEqual([
      'kept: Alternate contacts, and the access of IAM identities to billing: nothing shows who set them',
    ]);
  });
});

describe('undo of the budget', () => {
  const named = { name: 'Costs', subscribers: ['you@example.com'] };
  const mail = (Address: string) => ({ SubscriptionType: 'EMAIL', Address });
  const goesTo = (...Subscribers: readonly object[]): Answers => ({
    'budgets:DescribeBudgets': () => ({ Budgets: [{ BudgetName: 'Other' }, { BudgetName: 'Costs' }] }),
    'budgets:DescribeNotificationsForBudget': () => ({
      Notifications: [{ NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80 }],
    }),
    'budgets:DescribeSubscribersForNotification': () => ({ Subscribers }),
  });
  const topic = { SubscriptionType: 'SNS', Address: 'arn:aws:sns:us-east-1:111122223333:Costs' };
  it.each<[string, object, Answers, readonly string[]]>([
    [
      'deletes the budget of the config',
      named,
      goesTo(mail('YOU@example.com')),
      ['budgets:DeleteBudget: Delete the budget Costs with its alerts'],
    ],
    [
      'deletes a budget without alerts',
      named,
      { ...goesTo(), 'budgets:DescribeNotificationsForBudget': () => ({ Notifications: [] }) },
      ['budgets:DeleteBudget: Delete the budget Costs with its alerts'],
    ],
    [
      'leaves a budget whose alerts go to others',
      named,
      goesTo(mail('you@example.com'), mail('boss@example.com'), mail('boss@example.com')),
      ['kept: The budget Costs: its alerts also go to boss@example.com, which neither the config nor --email names'],
    ],
    [
      'leaves a budget whose alerts go to a topic',
      named,
      goesTo(topic),
      [
        'kept: The budget Costs: its alerts also go to arn:aws:sns:us-east-1:111122223333:Costs, which neither the config nor --email names',
      ],
    ],
    [
      'leaves a budget that the config does not describe',
      {},
      { ...goesTo(), 'budgets:DescribeBudgets': () => ({ Budgets: [{ BudgetName: 'Monthly cost budget' }] }) },
      [
        'kept: The budget Monthly cost budget: neither the config nor a flag describes it; to remove it, pass --email with the address of its alerts',
      ],
    ],
    [
      'has nothing to do without one',
      named,
      { ...goesTo(), 'budgets:DescribeBudgets': () => ({ Budgets: [{ BudgetName: 'Other' }] }) },
      [],
    ],
    [
      'deletes nothing if budgets cannot be read',
      named,
      { ...goesTo(), 'budgets:DescribeBudgets': () => 'AccessDeniedException' },
      ['unread: budgets:ViewBudget'],
    ],
    [
      'deletes nothing if alerts cannot be read',
      named,
      { ...goesTo(), 'budgets:DescribeNotificationsForBudget': () => 'AccessDeniedException' },
      ['unread: budgets:ViewBudget'],
    ],
    [
      'deletes nothing if subscribers cannot be read',
      named,
      { ...goesTo(), 'budgets:DescribeSubscribersForNotification': () => 'AccessDeniedException' },
      ['unread: budgets:ViewBudget'],
    ],
  ])('%s', async (_, section, answers, expected) => expect(await see(budget, section, answers)).toEqual(expected));

  const call = `budgets:DeleteBudget ${accountId} Costs`;
  it.each([
    [{}, [call]],
    ['NotFoundException', [call]],
    ['AccessDeniedException', [call, 'error: AccessDeniedException']],
  ])('ends by the answer %j', async (answer, expected) => {
    expect(await done(budget, { name: 'Costs' }, { 'budgets:DeleteBudget': () => answer })).toEqual(expected);
  });
});

describe('undo of access keys', () => {
  const named = { mode: 'create', user: 'ci', policies: ['ReadOnlyAccess', 'job-function/Billing'] };
  const user = (name: string, ...more: readonly object[]) =>
    Object.assign({ UserName: name, Arn: `arn:aws:iam::${accountId}:user/${name}` }, ...more) as object;
  const managed = (path: string) => ({
    PolicyName: path.slice(path.lastIndexOf('/') + 1),
    PolicyArn: `arn:aws:iam::aws:policy/${path}`,
  });
  const group = (name: string, ...policies: readonly string[]) => ({ GroupName: name, AttachedManagedPolicies: policies.map(managed) });
  const world = (users: readonly object[], groups: readonly object[] = [], keys: readonly string[] = ['AKIA1']): Answers => ({
    'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users, GroupDetailList: groups }),
    'iam:ListAccessKeys': ({ UserName }) =>
      UserName.toLowerCase() === 'ci'
        ? { AccessKeyMetadata: keys.map((AccessKeyId) => ({ UserName, AccessKeyId, Status: 'Active' })) }
        : { AccessKeyMetadata: [] },
    'iam:GetAccessKeyLastUsed': () => ({ AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } }),
    ...noOtherCredentials,
  });
  const created = user('CI', ours, { GroupList: ['ci-access'] });
  const deletesUser =
    'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user CI with its password, MFA devices and access keys (hard-to-undo)';
  const deletesGroup = 'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group ci-access';
  const keysStay = (why: string): string =>
    `kept: The access keys of ci: ${why}. If nothing uses them, delete them: \`bootstrap keys list --user ci\` shows them.`;
  const asAdmin: Run = { intents: { admin: { name: 'ci', group: 'Administrators', console: true } } };
  it.each<[string, object, Answers, Run, readonly string[]]>([
    ['deletes the user', named, world([created]), {}, [deletesUser]],
    ['deletes the user beside others', named, world([user('alex', ours), created, user('bo')]), {}, [deletesUser]],
    [
      'deletes the group',
      named,
      world([created], [group('ci-access', 'ReadOnlyAccess', 'job-function/Billing')]),
      {},
      [deletesGroup, deletesUser],
    ],
    [
      'leaves a group with other policies',
      named,
      world([created], [group('ci-access', 'ReadOnlyAccess', 'SecurityAudit')]),
      {},
      [deletesUser, 'kept: The group ci-access: it has other policies: SecurityAudit'],
    ],
    [
      'deletes the group of the config also after its user',
      { ...named, group: 'ci-access' },
      world([], [group('ci-access', 'ReadOnlyAccess')], []),
      {},
      [deletesGroup],
    ],
    ['leaves a group of that name if it has no user of this tool', named, world([], [group('ci-access', 'ReadOnlyAccess')], []), {}, []],
    ['leaves the keys of another user', named, world([user('ci')]), {}, [keysStay('this tool did not create the user')]],
    ['reports nothing of a user without keys', named, world([user('ci')], [], []), {}, []],
    ['leaves the keys of the administrator to that step', named, world([created], [group('ci-access')]), asAdmin, []],
    [
      'reports the keys of the administrator if that step is not undone',
      named,
      world([created]),
      { ...asAdmin, running: () => false },
      [keysStay('they are deleted with the user, by the step admin-user')],
    ],
    ['deletes the user also if the administrator stays', named, world([created]), { running: () => false }, [deletesUser]],
    ['has nothing to do without a user', { mode: 'create' }, world([created]), {}, []],
    ['has nothing to do if the config wants no key', {}, world([created]), {}, []],
    [
      'deletes nothing if users cannot be read',
      named,
      { ...world([created]), 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      {},
      ['unread: iam:GetAccountAuthorizationDetails'],
    ],
    [
      'deletes nothing if keys cannot be read',
      named,
      { ...world([created]), 'iam:ListAccessKeys': () => 'AccessDenied' },
      {},
      ['unread: iam:ListAccessKeys', 'unread: iam:ListAccessKeys'],
    ],
  ])('%s', async (_, section, answers, run, expected) => expect(await see(accessKeys, section, answers, run)).toEqual(expected));
});

describe('undo of MFA', () => {
  const arn = (name: string) => `arn:aws:iam::${accountId}:mfa/${name}`;
  const user = (name: string, more: object = {}) => ({ UserName: name, Arn: `arn:aws:iam::${accountId}:user/${name}`, ...more });
  const device = (name: string, holder?: string) => ({
    SerialNumber: arn(name),
    ...(holder === undefined ? {} : { User: user(holder), EnableDate: new Date(0) }),
  });
  const world = (devices: readonly object[], users: readonly object[] = [], tags: object | string = ours): Answers => ({
    'iam:ListVirtualMFADevices': () => ({ VirtualMFADevices: devices }),
    'iam:ListMFADeviceTags': () => tags,
    'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users, GroupDetailList: [] }),
  });
  const ofRoot = { SerialNumber: arn('root'), User: { Arn: `arn:aws:iam::${accountId}:root` }, EnableDate: new Date(0) };
  it.each<[string, Answers, Run, readonly string[]]>([
    ['has nothing to do without devices', world([]), {}, []],
    [
      'deletes an unassigned device of this tool',
      world([device('alex')]),
      {},
      ['iam:DeleteVirtualMFADevice: Delete the unassigned MFA device arn:aws:iam::111122223333:mfa/alex'],
    ],
    [
      'deletes an unassigned device beside users',
      world([device('alex')], [user('alex'), user('bo')]),
      {},
      ['iam:DeleteVirtualMFADevice: Delete the unassigned MFA device arn:aws:iam::111122223333:mfa/alex'],
    ],
    [
      'leaves an unassigned device of another tool',
      world([device('alex')], [], { Tags: [{ Key: 'created-by', Value: 'terraform' }] }),
      {},
      [],
    ],
    [
      'removes a device from a user that this tool did not create',
      world([device('alex', 'Alex')], [user('alex')]),
      {},
      [
        'iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice: Remove the MFA device arn:aws:iam::111122223333:mfa/alex from the user alex (weaker)',
      ],
    ],
    ['leaves a device of another tool to its user', world([device('alex', 'alex')], [user('alex')], { Tags: [] }), {}, []],
    ['leaves a device to the deletion of its user', world([device('alex', 'alex')], [user('alex', ours)]), {}, []],
    [
      'leaves a device of a user whom no step deletes',
      world([device('alex', 'alex')], [user('alex', ours)]),
      { running: () => false },
      ['kept: The MFA device arn:aws:iam::111122223333:mfa/alex: it is deleted with the user alex, by the step that created the user'],
    ],
    [
      'leaves the device of the user who runs it',
      world([device('alex', 'alex')], [user('Alex')]),
      { identity: alex },
      [
        'kept: The MFA device arn:aws:iam::111122223333:mfa/alex: this run is signed in as its user. Replace it in the IAM console, if you want another one.',
      ],
    ],
    [
      'removes the device of a user whose name a role has',
      world([device('alex', 'alex')], [user('alex')]),
      { identity: { ...alex, kind: 'role' } },
      [
        'iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice: Remove the MFA device arn:aws:iam::111122223333:mfa/alex from the user alex (weaker)',
      ],
    ],
    [
      'removes the device of another user than the one who runs it',
      world([device('bo', 'bo')], [user('bo')]),
      { identity: alex },
      [
        'iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice: Remove the MFA device arn:aws:iam::111122223333:mfa/bo from the user bo (weaker)',
      ],
    ],
    ['leaves a device of root', world([ofRoot]), {}, []],
    ['leaves a device whose user is not in the list', world([device('bo', 'bo')]), {}, []],
    ['leaves a device whose tags cannot be read', world([device('alex')], [], 'AccessDenied'), {}, ['unread: iam:ListMFADeviceTags']],
    [
      'deletes nothing if devices cannot be read',
      { ...world([]), 'iam:ListVirtualMFADevices': () => 'AccessDenied' },
      {},
      ['unread: iam:ListVirtualMFADevices'],
    ],
    [
      'deletes nothing if users cannot be read',
      { ...world([device('alex')]), 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      {},
      ['unread: iam:GetAccountAuthorizationDetails'],
    ],
  ])('%s', async (_, answers, run, expected) => expect(await see(mfa, {}, answers, run)).toEqual(expected));

  const answers: Answers = { 'iam:DeactivateMFADevice': () => ({}), 'iam:DeleteVirtualMFADevice': () => ({}) };
  it.each([
    [null, [`iam:DeleteVirtualMFADevice ${arn('alex')}`]],
    ['alex', [`iam:DeactivateMFADevice alex ${arn('alex')}`, `iam:DeleteVirtualMFADevice ${arn('alex')}`]],
  ])('of a device of %s', async (holder, expected) => {
    expect(await done(mfa, { user: holder, serial: arn('alex') }, answers)).toEqual(expected);
  });
});

describe('undo of the organization', () => {
  const roles = (...names: readonly string[]): Answers => ({
    'iam:GetAccountAuthorizationDetails': () => ({
      RoleDetailList: names.map((RoleName) => ({ RoleName, Path: '/aws-reserved/sso.amazonaws.com/' })),
    }),
  });
  const mine = (...accounts: readonly string[]): Answers => ({
    'organizations:DescribeOrganization': () => ({
      Organization: { Id: 'o-1', MasterAccountId: accountId, MasterAccountEmail: 'root@example.com', FeatureSet: 'ALL' },
    }),
    'organizations:ListAccounts': () => ({
      Accounts: [accountId, ...accounts].map((Id) => ({ Id, Email: `${Id}@example.com`, Name: Id, Status: 'ACTIVE', State: 'ACTIVE' })),
    }),
    'organizations:ListCreateAccountStatus': () => ({ CreateAccountStatuses: [{ Id: 'car-1', AccountName: 'a', State: 'FAILED' }] }),
    'organizations:ListRoots': () => ({ Roots: [{ Id: 'r-1' }] }),
    'organizations:ListOrganizationalUnitsForParent': () => ({ OrganizationalUnits: [] }),
    ...roles(),
  });
  const denied = (operation: string): Answers => ({ ...mine(), [`organizations:${operation}`]: () => 'AccessDeniedException' });
  it.each<[string, Answers, Run, readonly string[]]>([
    [
      'deletes an empty one',
      mine(),
      {},
      ['organizations:DeleteOrganization: Delete the organization o-1, which has no member accounts (hard-to-undo)'],
    ],
    [
      'leaves one that the config does not ask for',
      mine(),
      { named: false },
      ['kept: The organization o-1: the config asks for no organization'],
    ],
    [
      'leaves one with a member',
      mine('222222222222'),
      {},
      [
        'kept: The organization o-1: it has a member account: 222222222222. Close the member accounts or remove them from the organization. A closed account is a member for 90 more days.',
      ],
    ],
    [
      'leaves one with members',
      mine('222222222222', '333333333333'),
      {},
      [
        'kept: The organization o-1: it has 2 member accounts: 222222222222 and 333333333333. Close the member accounts or remove them from the organization. A closed account is a member for 90 more days.',
      ],
    ],
    [
      'leaves one for which AWS is creating a member',
      {
        ...mine(),
        'organizations:ListCreateAccountStatus': () => ({
          CreateAccountStatuses: [
            { Id: 'car-0', AccountName: 'a', State: 'FAILED' },
            { Id: 'car-1', AccountName: 'a', State: 'IN_PROGRESS' },
          ],
        }),
      },
      {},
      ['kept: The organization o-1: AWS is still creating a member account. Run `bootstrap undo` again in a few minutes.'],
    ],
    [
      'leaves one with units',
      {
        ...mine(),
        'organizations:ListOrganizationalUnitsForParent': ({ ParentId }) =>
          ParentId === 'r-1' ? { OrganizationalUnits: [{ Id: 'ou-1', Name: 'Workloads' }, { Id: 'ou-2' }] } : 'InvalidInputException',
      },
      {},
      [
        'kept: The organization o-1: it has organizational units: Workloads and ou-2. Delete the organizational units in the console, and run `bootstrap undo` again.',
      ],
    ],
    [
      'leaves one through which users sign in',
      { ...mine(), ...roles('AWSReservedSSO_Admin_1') },
      {},
      [
        'kept: The organization o-1: users of IAM Identity Center sign in to this account through it: AWSReservedSSO_Admin_1. Make sure that you can sign in another way. Then delete the assignments and the instance of IAM Identity Center in the console, and run `bootstrap undo` again.',
      ],
    ],
    [
      'deletes nothing if sign-ins cannot be read',
      { ...mine(), 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      {},
      ['unread: iam:GetAccountAuthorizationDetails'],
    ],
    [
      'leaves one that another account manages',
      {
        'organizations:DescribeOrganization': () => ({
          Organization: { Id: 'o-1', MasterAccountId: '999999999999', MasterAccountEmail: 'x@example.com', FeatureSet: 'ALL' },
        }),
      },
      {},
      ['kept: The organization o-1: another account manages it'],
    ],
    ['has nothing to do without one', { 'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException' }, {}, []],
    ['deletes nothing if it cannot be read', denied('DescribeOrganization'), {}, ['unread: organizations:DescribeOrganization']],
    ['deletes nothing if members cannot be read', denied('ListAccounts'), {}, ['unread: organizations:ListAccounts']],
    [
      'deletes nothing if requests cannot be read',
      denied('ListCreateAccountStatus'),
      {},
      ['unread: organizations:ListCreateAccountStatus'],
    ],
    ['deletes nothing if its root cannot be read', denied('ListRoots'), {}, ['unread: organizations:ListRoots']],
    [
      'deletes nothing if units cannot be read',
      denied('ListOrganizationalUnitsForParent'),
      {},
      ['unread: organizations:ListOrganizationalUnitsForParent'],
    ],
  ])('%s', async (_, answers, run, expected) => expect(await see(organization, {}, answers, run)).toEqual(expected));

  const call = 'organizations:DeleteOrganization';
  it.each([
    [{}, [call]],
    ['AWSOrganizationsNotInUseException', [call]],
    ['AccessDeniedException', [call, 'error: AccessDeniedException']],
  ])('ends by the answer %j', async (answer, expected) => {
    expect(await done(organization, {}, { [call]: () => answer })).toEqual(expected);
  });
});
