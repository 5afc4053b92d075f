import { describe, expect, it } from 'vitest';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import { accountId, accountOf, type Answers, desiredOf } from '../support/account.js';
import { base, type check, daysAgo, found } from './account.js';

const role = (
  name: string,
  policy = 'AdministratorAccess',
  owner = 'aws',
  path = '/aws-reserved/sso.amazonaws.com/eu-west-1/',
): Answers => ({
  'iam:GetAccountAuthorizationDetails': ({ Filter }: { Filter: readonly string[] }) => {
    if (!Filter.includes('Role')) return { UserDetailList: [], GroupDetailList: [] };
    const attached = { PolicyName: policy, PolicyArn: `arn:aws:iam::${owner}:policy/${policy}` };
    return { RoleDetailList: [{ RoleName: name, Path: path, AttachedManagedPolicies: [attached] }] };
  },
});

describe('an administrator other than root', () => {
  const member: Answers = {
    'organizations:DescribeOrganization': () => ({ Organization: { Id: 'o-1', MasterAccountId: '999988887777' } }),
  };
  const exists = async (...args: Parameters<typeof check>) => (await found('admin-user.exists', ...args))[0]?.split(':')[0];

  it('can be a role of IAM Identity Center', async () => expect(await exists(role('AWSReservedSSO_Admin_0123'))).toBe('pass'));
  it('can be the access role of the organization, in a member', async () =>
    expect(await exists({ ...role('OrganizationAccountAccessRole'), ...member })).toBe('pass'));
  it('is not that role if the account is not a member', async () =>
    expect(await exists(role('OrganizationAccountAccessRole'))).toBe('fail'));
  it('is unknown if the organization of the account cannot be read', async () =>
    expect(
      await exists({ ...role('OrganizationAccountAccessRole'), 'organizations:DescribeOrganization': () => 'AccessDeniedException' }),
    ).toBe('unknown'));
  it('is not a role with a customer policy of that name', async () =>
    expect(await exists(role('AWSReservedSSO_Admin_0123', 'AdministratorAccess', accountId))).toBe('fail'));
  it('is not another role', async () => expect(await exists(role('deployment'))).toBe('fail'));
  it('is not a role of that name that AWS did not create', async () =>
    expect(await exists(role('AWSReservedSSO_Admin_0123', 'AdministratorAccess', 'aws', '/'))).toBe('fail'));
});

describe('an administrator by a customer-managed policy', () => {
  const arn = (name: string) => `arn:aws:iam::${accountId}:policy/${name}`;
  const documentOf = (statement: object) => encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  const policy = (name: string, statement: object) => ({
    PolicyName: name,
    Arn: arn(name),
    PolicyVersionList: [
      { VersionId: 'v1', IsDefaultVersion: false, Document: documentOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' }) },
      { VersionId: 'v2', IsDefaultVersion: true, Document: documentOf(statement) },
    ],
  });
  const everything = { Effect: 'Allow', Action: '*:*', Resource: '*' };
  const underAddress = { ...everything, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
  const account = (user: object, statement: object = everything): Answers => ({
    'iam:GetAccountAuthorizationDetails': ({ Filter }: { Filter: readonly string[] }) =>
      Filter.includes('Role')
        ? { RoleDetailList: [] }
        : {
            UserDetailList: [{ UserName: 'alex', Arn: `arn:aws:iam::${accountId}:user/alex`, ...user }],
            GroupDetailList: [
              { GroupName: 'Admins', AttachedManagedPolicies: [{ PolicyName: 'Everything', PolicyArn: arn('Everything') }] },
            ],
            Policies: Filter.includes('LocalManagedPolicy') ? [policy('Everything', statement)] : [],
          },
  });
  const member = { GroupList: ['Admins'] };

  it.each<[string, Answers, readonly string[]]>([
    ['through a group', account(member), ['pass: Administrators: alex (by the policy Everything)']],
    [
      'attached directly',
      account({ AttachedManagedPolicies: [{ PolicyName: 'Everything', PolicyArn: arn('Everything') }] }),
      ['pass: Administrators: alex (by the policy Everything)'],
    ],
    [
      'within a permissions boundary that allows less',
      account({ ...member, PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' } }),
      [
        'fail: No user has administrator rights, so daily work is done as root; alex does not count because the permissions boundary PowerUserAccess does not allow everything',
      ],
    ],
    [
      'within a permissions boundary that allows everything',
      account({ ...member, PermissionsBoundary: { PermissionsBoundaryArn: arn('Everything') } }),
      ['pass: Administrators: alex (by the policy Everything)'],
    ],
    [
      'if signed in with MFA',
      account(member, { ...everything, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      ['pass: Administrators: alex (by the policy Everything, under a condition on aws:MultiFactorAuthPresent)'],
    ],
    [
      'under another condition',
      account(member, underAddress),
      [
        'fail: No user has administrator rights, so daily work is done as root; alex does not count because the policy Everything holds only under a condition on aws:SourceIp',
      ],
    ],
  ])('%s', async (_, answers, expected) => expect(await found('admin-user.exists', answers)).toEqual(expected));

  it.each<[string, object, object, readonly string[]]>([
    [
      'a new user in a group that denies everything',
      { UserName: 'bo' },
      { ...everything, Effect: 'Deny' },
      ['admin-user.exists hand', 'admin-user.console hand'],
    ],
    [
      'a user with a permissions boundary',
      { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' } },
      everything,
      ['admin-user.exists hand', 'admin-user.console init'],
    ],
    ['a user under a condition', member, underAddress, ['admin-user.exists hand', 'admin-user.console init']],
    ['a new user in a group of administrators', { UserName: 'bo' }, everything, ['admin-user.exists init', 'admin-user.console init']],
  ])('is not created from %s by working around the limit', async (_, user, statement, remedies) => {
    const { context } = accountOf({ ...base, ...account(user, statement) });
    const desired = adminUser.desire(adminUser.schema.parse({ name: 'alex', group: 'Admins', 'password-policy': false }), {
      command: 'init',
      intents: {},
      running: () => true,
      unattended: true,
      secrets: 'chosen',
      switches: [],
    });
    const findings = adminUser.assess(desired, await adminUser.observe(context, desired));
    expect(findings.flatMap(({ id, remedy }) => (remedy === undefined ? [] : [`${id} ${remedy.by}`]))).toEqual(remedies);
    const [change] = findings.flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change] : []));
    // The group already gives the rights, so nothing is attached to it.
    if (remedies[0] === 'admin-user.exists init') expect(change?.calls).toEqual(['iam:CreateUser', 'iam:AddUserToGroup']);
  });

  const mfaOf = async (answers: Answers): Promise<readonly string[]> => {
    const { context } = accountOf({
      ...base,
      'iam:GetAccountSummary': () => ({ SummaryMap: { AccountMFAEnabled: 1 } }),
      'iam:ListVirtualMFADevices': () => ({ VirtualMFADevices: [] }),
      'iam:ListMFADevices': () => ({ MFADevices: [] }),
      'iam:GetLoginProfile': () => ({ LoginProfile: { CreateDate: daysAgo(1) } }),
      ...answers,
    });
    const desired = desiredOf(mfa, {}, 'check');
    const findings = mfa.assess(desired, await mfa.observe(context, desired));
    return findings
      .filter(({ id }) => id === 'mfa.admin' || id === 'mfa.console-users')
      .map(({ id, status, reason }) => `${id} ${status}: ${reason}`);
  };
  it('needs MFA, also under a condition, which the reason names', async () => {
    const others = 'mfa.console-users pass: No other user has a console password';
    expect(await mfaOf(account(member))).toEqual(['mfa.admin fail: alex has no MFA device', others]);
    expect(await mfaOf(account(member, underAddress))).toEqual([
      'mfa.admin fail: alex, an administrator under a condition on aws:SourceIp, has no MFA device',
      others,
    ]);
  });
  it('needs MFA also if there are roles of IAM Identity Center, to which it does not apply', async () => {
    const sso = role('AWSReservedSSO_Admin_0123')['iam:GetAccountAuthorizationDetails'];
    const users = account(member)['iam:GetAccountAuthorizationDetails'];
    const roles: Answers = {
      'iam:GetAccountAuthorizationDetails': (input: { Filter: readonly string[] }) =>
        (input.Filter.includes('Role') ? sso : users)?.(input) ?? {},
    };
    const elsewhere =
      'mfa.admin not-applicable: Administrators sign in through IAM Identity Center, which asks for MFA itself; their devices are not in this account';
    expect((await mfaOf(role('AWSReservedSSO_Admin_0123')))[0]).toBe(elsewhere);
    expect((await mfaOf(roles)).slice(0, 2)).toEqual([elsewhere, 'mfa.admin fail: alex has no MFA device']);
  });
});
