import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import type { DesireContext } from '../../../src/core/step.js';
import type { Desired, Observed } from '../../../src/steps/admin-user/assess.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { accountId, accountOf, type Answers } from '../support/account.js';
import { described } from '../support/described.js';
import { desireContext } from '../support/step-run.js';
import { base, daysAgo } from './account.js';

/** Each row changes one thing about the account or the config, and has everything that the user sees of it. */

const managed = (name: string) => ({ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` });
const administratorAccess = managed('AdministratorAccess');
const user = (UserName: string, more: object = {}) => ({ UserName, Arn: `arn:aws:iam::${accountId}:user/${UserName}`, ...more });
const alex = (more: object = {}) => user('alex', more);
const member = { GroupList: ['Administrators'] };
const admins = { GroupName: 'Administrators', AttachedManagedPolicies: [administratorAccess] };
const emptyGroup = { GroupName: 'Administrators' };
const denyingGroup = { GroupName: 'Administrators', AttachedManagedPolicies: [managed('AWSDenyAll')] };
const account = (users: readonly object[], groups: readonly object[] = [], roles: readonly object[] = []): Answers => ({
  'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users, GroupDetailList: groups, RoleDetailList: roles }),
});
const identityCenterRole = (name: string) => ({
  RoleName: name,
  Path: '/aws-reserved/sso.amazonaws.com/',
  AttachedManagedPolicies: [administratorAccess],
});

interface Scene {
  readonly section?: object;
  readonly context?: Partial<DesireContext>;
  readonly partition?: string;
}
const see = async (answers: Answers, { section = { name: 'alex' }, context = {}, partition }: Scene, ...ids: readonly string[]) => {
  const schema = adminUser.schema.parse({ 'console-password': 'none', 'password-policy': false, ...section });
  const desired = adminUser.desire(schema, { ...desireContext, intents: {}, ...context });
  const { context: ports } = accountOf({ ...base, ...answers }, partition === undefined ? {} : { partition });
  const findings = adminUser.assess(desired, await adminUser.observe(ports, desired));
  expect(adminUser.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(findings.map(({ id }) => id)));
  return { findings, shown: described(findings.filter(({ id }) => ids.includes(id))) };
};
const rights = ['admin-user.exists', 'admin-user.via-group'];

it('quotes the path of a policy in the command that detaches it: AWS allows every character there', async () => {
  const PolicyArn = `arn:aws:iam::${accountId}:policy/$(id);/own`;
  const one = { ...alex(member), AttachedManagedPolicies: [{ PolicyName: 'own', PolicyArn }] };
  const { findings } = await see(account([one], [admins]), {}, 'admin-user.via-group');
  const commands = findings.flatMap(({ remedy }) => (remedy?.by === 'hand' ? [remedy.command] : []));
  expect(commands).toContain(`aws iam detach-user-policy --user-name alex --policy-arn '${PolicyArn}'`);
});

describe('the rights of the administrator', () => {
  const arn = `arn:aws:iam::${accountId}:user/alex`;
  const wanted = 'wanted: alex with administrator rights';
  const missing = `admin-user.exists fail alex: The user alex does not exist; ${wanted}`;
  const notAdmin = `admin-user.exists fail ${arn}: The user alex is not an administrator; ${wanted}`;
  const passes = `admin-user.exists pass ${arn}: alex is an administrator; ${wanted}`;
  const noOwnPolicies = `admin-user.via-group pass ${arn}: alex has no policies of its own`;
  const unused = 'Choose another group (admin-user.group), or attach the policy yourself if all members should be administrators.';
  it.each<[string, Answers, Scene, readonly string[]]>([
    [
      'neither user nor group',
      account([user('bo')]),
      {},
      [
        missing,
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup: Create a group Administrators with AdministratorAccess and a user alex in it',
      ],
    ],
    [
      'the group, with the rights',
      account([], [admins]),
      {},
      [missing, '  iam:CreateUser, iam:AddUserToGroup: Create a user alex in Administrators'],
    ],
    [
      'the group, with the rights and other members',
      account([user('bo', member)], [admins]),
      {},
      [missing, '  iam:CreateUser, iam:AddUserToGroup: Create a user alex in Administrators'],
    ],
    [
      'the group, without the rights and without members',
      account([user('bo', { GroupList: ['Others'] })], [emptyGroup]),
      {},
      [
        missing,
        '  iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup: Attach AdministratorAccess to the group Administrators and create a user alex in Administrators',
      ],
    ],
    [
      'the group, spelled in another way',
      account([], [{ ...admins, GroupName: 'administrators' }]),
      {},
      [missing, '  iam:CreateUser, iam:AddUserToGroup: Create a user alex in administrators'],
    ],
    [
      'another group with the rights',
      account([], [{ ...admins, GroupName: 'Others' }]),
      {},
      [
        missing,
        '  iam:CreateGroup, iam:CreateUser, iam:AttachGroupPolicy, iam:AddUserToGroup: Create a group Administrators with AdministratorAccess and a user alex in it',
      ],
    ],
    [
      'the group, with one other member who would become an administrator',
      account([user('bo', member)], [emptyGroup]),
      {},
      [
        `admin-user.exists fail alex: The group Administrators is used for something else; ${wanted}`,
        `  manual: The group Administrators has another member and does not give administrator rights. ${unused}`,
      ],
    ],
    [
      'the group, with two other members who would become administrators',
      account([user('bo', member), user('cy', member)], [emptyGroup]),
      {},
      [
        `admin-user.exists fail alex: The group Administrators is used for something else; ${wanted}`,
        `  manual: The group Administrators has 2 other members and does not give administrator rights. ${unused}`,
      ],
    ],
    [
      'the group, which denies everything',
      account([], [denyingGroup]),
      {},
      [
        missing,
        '  manual: alex would not be an administrator in the group Administrators: the policy AWSDenyAll denies everything. Someone set this limit, so `init` does not change it. Remove it if alex should be the administrator, or choose another user (admin-user.name).',
      ],
    ],
    [
      'the user, in no group',
      account([alex()]),
      {},
      [
        notAdmin,
        '  iam:CreateGroup, iam:AttachGroupPolicy, iam:AddUserToGroup: Create a group Administrators with AdministratorAccess and add the existing user alex to it (weaker)',
      ],
    ],
    [
      'the user, in another group without the rights',
      account([alex({ GroupList: ['Readers'] })], [{ GroupName: 'Readers' }]),
      {},
      [
        notAdmin,
        '  iam:CreateGroup, iam:AttachGroupPolicy, iam:AddUserToGroup: Create a group Administrators with AdministratorAccess and add the existing user alex to it (weaker)',
      ],
    ],
    [
      'the user, outside of the group',
      account([alex()], [admins]),
      {},
      [notAdmin, '  iam:AddUserToGroup: Add the existing user alex to Administrators (weaker)'],
    ],
    [
      'the user, created by an interrupted run of this tool, outside of the group',
      account([alex({ Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] })], [admins]),
      {},
      [notAdmin, '  iam:AddUserToGroup: Add the existing user alex to Administrators'],
    ],
    [
      'the user, in the group without the rights',
      account([alex(member)], [emptyGroup]),
      {},
      [notAdmin, '  iam:AttachGroupPolicy: Attach AdministratorAccess to the group Administrators (weaker)'],
    ],
    ['the user, in the group with the rights', account([alex(member)], [admins]), {}, [passes, noOwnPolicies]],
    [
      'the user, in another group with the rights',
      account([alex({ GroupList: ['others'] })], [{ ...admins, GroupName: 'Others' }]),
      {},
      [passes, noOwnPolicies],
    ],
    [
      'the user, in two groups of which one has the rights',
      account([alex({ GroupList: ['Readers', 'Administrators'] })], [{ GroupName: 'Readers' }, admins]),
      {},
      [passes, noOwnPolicies],
    ],
    [
      'the user, with the rights of its own',
      account([alex({ AttachedManagedPolicies: [administratorAccess] })]),
      {},
      [
        passes,
        `admin-user.via-group fail ${arn}: alex has AdministratorAccess attached directly, not through a group`,
        '  iam:CreateGroup, iam:AttachGroupPolicy, iam:AddUserToGroup: Create a group Administrators with AdministratorAccess and add the existing user alex to it',
      ],
    ],
    [
      'the user, with the rights of its own, in the group with them',
      account([alex({ ...member, AttachedManagedPolicies: [administratorAccess] })], [admins]),
      {},
      [
        passes,
        `admin-user.via-group fail ${arn}: alex has policies of its own: AdministratorAccess`,
        `  manual: Give the user the permissions it needs through a group, then remove its own policies. \`aws iam detach-user-policy --user-name alex --policy-arn ${administratorAccess.PolicyArn}\``,
      ],
    ],
    [
      'the user, with the rights of its own, while the group is used for something else',
      account([alex({ AttachedManagedPolicies: [administratorAccess] }), user('bo', member)], [emptyGroup]),
      {},
      [
        passes,
        `admin-user.via-group fail ${arn}: alex has AdministratorAccess attached directly, and the group Administrators is used for something else`,
        `  manual: The group Administrators has another member and does not give administrator rights. ${unused}`,
      ],
    ],
    [
      'the user, with the rights by an inline policy',
      account(
        [
          alex({
            UserPolicyList: [
              { PolicyName: 'all', PolicyDocument: JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }) },
            ],
          }),
        ],
        [admins],
      ),
      {},
      [
        `admin-user.exists pass ${arn}: alex is an administrator by the policy all; ${wanted}`,
        `admin-user.via-group fail ${arn}: alex has its own administrator rights, by the policy all, not through a group`,
        '  iam:AddUserToGroup: Add the existing user alex to Administrators',
      ],
    ],
    [
      'the user, with an inline policy, in the group',
      account([alex({ ...member, UserPolicyList: [{ PolicyName: 'own', PolicyDocument: '{}' }] })], [admins]),
      {},
      [
        passes,
        `admin-user.via-group fail ${arn}: alex has policies of its own: own`,
        '  manual: Give the user the permissions it needs through a group, then remove its own policies.',
      ],
    ],
    [
      'the user, with the rights but denied everything',
      account([alex({ ...member, AttachedManagedPolicies: [managed('AWSDenyAll')] })], [admins]),
      {},
      [
        `admin-user.exists fail ${arn}: alex is not an administrator: the policy AWSDenyAll denies everything; ${wanted}`,
        '  manual: Someone set this limit, so `init` does not change it. Remove it if alex should be the administrator, or choose another user (admin-user.name).',
      ],
    ],
    [
      'the user, who would be limited in the group',
      account([alex({ AttachedManagedPolicies: [managed('AWSDenyAll')] })], [admins]),
      {},
      [
        notAdmin,
        '  manual: alex would not be an administrator in the group Administrators: the policy AWSDenyAll denies everything. Someone set this limit, so `init` does not change it. Remove it if alex should be the administrator, or choose another user (admin-user.name).',
      ],
    ],
    [
      'the user, who would be limited in a group that does not exist',
      account([alex({ AttachedManagedPolicies: [managed('AWSDenyAll')] })]),
      {},
      [
        notAdmin,
        '  manual: alex would not be an administrator in the group Administrators: the policy AWSDenyAll denies everything. Someone set this limit, so `init` does not change it. Remove it if alex should be the administrator, or choose another user (admin-user.name).',
      ],
    ],
    [
      'users that cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      {},
      [
        'admin-user.exists unknown; needs iam:GetAccountAuthorizationDetails',
        'admin-user.via-group unknown; needs iam:GetAccountAuthorizationDetails',
      ],
    ],
  ])('of %s', async (_, answers, scene, expected) => {
    expect((await see(answers, scene, ...rights)).shown).toEqual(expected);
  });

  it('are changed with the policy of the partition', async () => {
    const { findings } = await see(account([]), { partition: 'aws-cn' }, ...rights);
    const [finding] = findings.filter(({ id }) => id === 'admin-user.exists');
    expect(finding?.remedy).toMatchObject({
      change: {
        kind: 'complete-administrator',
        user: 'alex',
        group: 'Administrators',
        policyArn: 'arn:aws-cn:iam::aws:policy/AdministratorAccess',
      },
    });
  });
});

describe('the policies of other users', () => {
  const others = account([alex(member), user('bo', { AttachedManagedPolicies: [managed('ReadOnlyAccess')] }), user('cy')], [admins]);
  const through = async (scene: Scene, answers = others) =>
    (await see(answers, scene, 'admin-user.via-group')).shown
      .filter((line) => line.startsWith('admin'))
      .map((line) => line.split(/[:;] /)[0]);
  const line = (status: string, name: string) => `admin-user.via-group ${status} arn:aws:iam::${accountId}:user/${name}`;
  const check = { context: { command: 'check' } } as const;
  const elsewhere = { ...check, section: { kind: 'identity-center' } };
  it.each<[string, Scene, Answers | undefined, readonly string[]]>([
    ['are not assessed by init', {}, undefined, [line('pass', 'alex')]],
    [
      'are assessed by check, after the administrator',
      check,
      undefined,
      ['alex', 'bo', 'cy'].map((name) => line(name === 'bo' ? 'fail' : 'pass', name)),
    ],
    [
      'are assessed if there is no administrator yet',
      { ...check, section: { name: 'dee' } },
      undefined,
      ['alex', 'bo', 'cy'].map((name) => line(name === 'bo' ? 'fail' : 'pass', name)),
    ],
    [
      'are assessed without a name in the config',
      { ...check, section: {} },
      undefined,
      ['alex', 'bo', 'cy'].map((name) => line(name === 'bo' ? 'fail' : 'pass', name)),
    ],
    [
      'are assessed with an administrator who is limited',
      check,
      account([alex({ ...member, AttachedManagedPolicies: [managed('AWSDenyAll')] }), user('bo')], [admins]),
      [line('pass', 'bo')],
    ],
    [
      'are assessed with an administrator who would be limited',
      check,
      account([alex({ AttachedManagedPolicies: [managed('AWSDenyAll')] }), user('bo')], [admins]),
      [line('pass', 'bo')],
    ],
    [
      'are assessed with a group that is used for something else',
      check,
      account([alex({ AttachedManagedPolicies: [administratorAccess] }), user('bo', member)], [emptyGroup]),
      [line('fail', 'alex'), line('pass', 'bo')],
    ],
    [
      'are assessed with a group that is used for something else, without an administrator',
      check,
      account([user('bo', member)], [emptyGroup]),
      [line('pass', 'bo')],
    ],
    [
      'are assessed with an administrator whose rights are its own',
      check,
      account([alex({ AttachedManagedPolicies: [administratorAccess] }), user('bo')]),
      [line('fail', 'alex'), line('pass', 'bo')],
    ],
    [
      'are assessed if administrators sign in through IAM Identity Center',
      elsewhere,
      undefined,
      ['alex', 'bo', 'cy'].map((name) => line(name === 'bo' ? 'fail' : 'pass', name)),
    ],
    [
      'are not assessed by init if administrators sign in through IAM Identity Center',
      { section: { kind: 'identity-center' } },
      undefined,
      [],
    ],
    [
      'are unknown if users cannot be read',
      elsewhere,
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      ['admin-user.via-group unknown'],
    ],
  ])('%s', async (_, scene, answers, expected) => {
    expect(await through(scene, answers)).toEqual(expected);
  });
});

describe('administrators that sign in through IAM Identity Center', () => {
  const scene = { section: { kind: 'identity-center' } };
  it.each<[string, Answers, Scene, readonly string[]]>([
    [
      'exist',
      account([], [], [identityCenterRole('AWSReservedSSO_Admin_1'), identityCenterRole('AWSReservedSSO_Ops_2')]),
      scene,
      [
        'admin-user.exists pass: Administrators sign in through IAM Identity Center: AWSReservedSSO_Admin_1, AWSReservedSSO_Ops_2; wanted: an administrator role of IAM Identity Center',
      ],
    ],
    [
      'do not exist',
      account([]),
      scene,
      [
        'admin-user.exists fail: No role of IAM Identity Center (AWSReservedSSO_…) has administrator rights in this account; wanted: an administrator role of IAM Identity Center',
        '  manual: Enable IAM Identity Center in the console. Create a user and a permission set with AdministratorAccess, and assign both to this account. To use an IAM user instead, set admin-user.kind: iam-user. https://console.aws.amazon.com/singlesignon',
      ],
    ],
    [
      'do not exist in China',
      account([]),
      { ...scene, partition: 'aws-cn' },
      [
        'admin-user.exists fail: No role of IAM Identity Center (AWSReservedSSO_…) has administrator rights in this account; wanted: an administrator role of IAM Identity Center',
        '  manual: Enable IAM Identity Center in the console. Create a user and a permission set with AdministratorAccess, and assign both to this account. To use an IAM user instead, set admin-user.kind: iam-user. https://console.amazonaws.cn/singlesignon',
      ],
    ],
    [
      'are unknown if roles cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      scene,
      ['admin-user.exists unknown; needs iam:GetAccountAuthorizationDetails'],
    ],
  ])('%s', async (_, answers, as, expected) => {
    expect((await see(answers, as, ...rights)).shown).toEqual(expected);
  });
});

describe('without a name in the config, the administrator', () => {
  const scene = { section: {} };
  it.each<[string, Answers, readonly string[]]>([
    [
      'is every user with the rights',
      account([alex(member), user('bo'), user('cy', member)], [admins]),
      ['admin-user.exists pass: Administrators: alex, cy'],
    ],
    [
      'is a role of IAM Identity Center',
      account([], [], [identityCenterRole('AWSReservedSSO_Admin_1')]),
      ['admin-user.exists pass: Administrators sign in through IAM Identity Center: AWSReservedSSO_Admin_1'],
    ],
    [
      'does not exist',
      account([user('bo')]),
      [
        'admin-user.exists fail: No user has administrator rights, so daily work is done as root',
        '  manual: Create an administrator. `bootstrap init --only admin-user --admin-user NAME`',
      ],
    ],
    [
      'is unknown if users cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      ['admin-user.exists unknown; needs iam:GetAccountAuthorizationDetails'],
    ],
  ])('%s', async (_, answers, expected) => {
    expect((await see(answers, scene, 'admin-user.exists')).shown).toEqual(expected);
  });
});

describe('the console password', () => {
  const section = { name: 'alex', 'console-password': 'generate' };
  const existing = account([alex(member)], [admins]);
  const withPassword: Answers = { 'iam:GetLoginProfile': () => ({ LoginProfile: { CreateDate: daysAgo(1) } }) };
  const none = 'admin-user.console fail alex: alex has no console password';
  it.each<[string, Answers, Scene, readonly string[]]>([
    [
      'is created',
      existing,
      {},
      [none, '  iam:CreateLoginProfile: Create a console password for alex, to be changed at the first sign-in (secret)'],
    ],
    [
      'is created with its user',
      account([], []),
      {},
      [none, '  iam:CreateLoginProfile: Create a console password for alex, to be changed at the first sign-in (secret)'],
    ],
    [
      'is created with the MFA device that is assigned in this run',
      existing,
      { context: { intents: { mfa: { adminRequired: true, assign: 'unattended' } } } },
      [none, '  iam:CreateLoginProfile: Create a console password for alex, to be changed at the first sign-in (secret)'],
    ],
    [
      'is created at a terminal, where MFA follows',
      existing,
      { context: { intents: { mfa: { adminRequired: true, assign: 'in-person' } }, unattended: false } },
      [none, '  iam:CreateLoginProfile: Create a console password for alex, to be changed at the first sign-in (secret)'],
    ],
    [
      'is created for the name as the account spells it',
      account([user('Alex', member)], [admins]),
      {},
      [
        'admin-user.console fail Alex: Alex has no console password',
        '  iam:CreateLoginProfile: Create a console password for Alex, to be changed at the first sign-in (secret)',
      ],
    ],
    ['exists', { ...existing, ...withPassword }, {}, ['admin-user.console pass alex: alex has a console password']],
    [
      'needs a destination',
      existing,
      { context: { secrets: 'none' } },
      [
        none,
        '  manual: Choose a destination for the password. Without one, no password is created. `bootstrap init --only admin-user,mfa --secrets-file FILE`',
      ],
    ],
    [
      'waits for the MFA device that is assigned in person',
      existing,
      { context: { intents: { mfa: { adminRequired: true, assign: 'in-person' } } } },
      [
        none,
        '  manual: Create the password and the MFA device together, at a terminal. To create both without a terminal, set mfa.assign: unattended. `bootstrap init --only admin-user,mfa`',
      ],
    ],
    [
      'waits for the user, whom the group would not make an administrator',
      account([user('bo', member)], [emptyGroup]),
      {},
      [
        'admin-user.console fail alex: alex has no console password, because the user does not exist',
        '  manual: Create the administrator first.',
      ],
    ],
    ['is not wanted', existing, { section: { name: 'alex', 'console-password': 'none' } }, []],
    ['is not wanted without a name', existing, { section: { 'console-password': 'generate' } }, []],
    [
      'is unknown if it cannot be read',
      { ...existing, 'iam:GetLoginProfile': () => 'AccessDenied' },
      {},
      ['admin-user.console unknown alex; needs iam:GetLoginProfile'],
    ],
    [
      'is unknown if users cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      {},
      ['admin-user.console unknown alex; needs iam:GetAccountAuthorizationDetails'],
    ],
    [
      'exists, if users cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied', ...withPassword },
      {},
      ['admin-user.console pass alex: alex has a console password'],
    ],
  ])('%s', async (_, answers, scene, expected) => {
    expect((await see(answers, { section, ...scene }, 'admin-user.console')).shown).toEqual(expected);
  });
});

describe('a console password that an interrupted run lost', () => {
  const lostWords =
    'admin-user.console fail alex: The console password of alex was created by an interrupted run, is no longer where it was stored, and was never used';
  it.each<[Desired['consolePassword'], readonly string[]]>([
    [
      'create',
      [
        lostWords,
        '  iam:UpdateLoginProfile: Replace the console password of alex, which an interrupted run lost; it must be changed at the first sign-in (secret)',
      ],
    ],
    [
      'no-destination',
      [
        lostWords,
        '  manual: Set a new password in the console, or choose a destination for a new one. `bootstrap init --only admin-user --secrets-file FILE`',
      ],
    ],
    [
      'with-mfa',
      [
        lostWords,
        '  manual: Set a new password in the console, or choose a destination for a new one. `bootstrap init --only admin-user --secrets-file FILE`',
      ],
    ],
    ['none', []],
  ])('is replaced or not: %s', async (consolePassword, expected) => {
    const desired = adminUser.desire(adminUser.schema.parse({ name: 'alex', 'password-policy': false }), {
      ...desireContext,
      intents: {},
    }) as Desired;
    const { context } = accountOf({ ...base, ...account([alex(member)], [admins]) });
    const observed = (await adminUser.observe(context, desired)) as Observed;
    const login = { user: 'alex', password: value({ createdAt: daysAgo(1) }), lost: true };
    const findings = adminUser.assess({ ...desired, consolePassword }, { ...observed, login });
    expect(described(findings.filter(({ id }) => id === 'admin-user.console'))).toEqual(expected);
  });

  it.each<[string, number, object | 'AccessDenied', unknown]>([
    ['the default of AWS', 0, {}, 8],
    ['the default of AWS, if the policy has none', 0, { PasswordPolicy: {} }, 8],
    ['the policy of the account', 0, { PasswordPolicy: { MinimumPasswordLength: 20 } }, 20],
    ['the policy that the config sets', 40, { PasswordPolicy: { MinimumPasswordLength: 20 } }, 40],
    ['the policy of the account, if it asks for more than the config', 14, { PasswordPolicy: { MinimumPasswordLength: 20 } }, 20],
    ['an unknown policy: it is not created', 14, 'AccessDenied', 'unknown'],
  ])('is as long as asked for by %s', async (_, wanted, answer, length) => {
    const policy = { 'password-policy': wanted === 0 ? false : { 'minimum-length': wanted } };
    const desired = adminUser.desire(adminUser.schema.parse({ name: 'alex', ...policy }), { ...desireContext, intents: {} }) as Desired;
    const { context } = accountOf({ ...base, ...account([alex(member)], [admins]), 'iam:GetAccountPasswordPolicy': () => answer });
    const observed = (await adminUser.observe(context, desired)) as Observed;
    const lost = { user: 'alex', password: value({ createdAt: daysAgo(1) }), lost: true };
    for (const login of [observed.login, lost]) {
      const found = adminUser.assess(desired, { ...observed, login }).filter(({ id }) => id === 'admin-user.console');
      const lengths = found.map(({ status, remedy }) => (remedy?.by === 'init' ? Reflect.get(remedy.change, 'minimumLength') : status));
      expect(lengths).toEqual([length]);
    }
  });
});

describe('the password policy', () => {
  const wanted = 'wanted: 14 characters, last 24 not reused';
  const set = '  iam:UpdateAccountPasswordPolicy: Set the password policy: at least 14 characters, last 24 not reused';
  const strict = { MinimumPasswordLength: 14, PasswordReusePrevention: 24 };
  it.each<[string, object | string, readonly string[]]>([
    [
      'does not exist',
      'NoSuchEntity',
      [
        `admin-user.password-policy fail: The current password policy is AWS's default (8 characters, no reuse prevention); ${wanted}; observed: AWS's default (8 characters, no reuse prevention)`,
        set,
      ],
    ],
    [
      'is as wanted',
      strict,
      [
        `admin-user.password-policy pass: Passwords need 14 characters, last 24 not reused; ${wanted}; observed: 14 characters, last 24 not reused`,
      ],
    ],
    [
      'asks for less',
      { ...strict, MinimumPasswordLength: 13 },
      [
        `admin-user.password-policy fail: The current password policy is 13 characters, last 24 not reused; ${wanted}; observed: 13 characters, last 24 not reused`,
        set,
      ],
    ],
    [
      'prevents less reuse',
      { ...strict, PasswordReusePrevention: 23 },
      [
        `admin-user.password-policy fail: The current password policy is 14 characters, last 23 not reused; ${wanted}; observed: 14 characters, last 23 not reused`,
        set,
      ],
    ],
    [
      'has neither',
      {},
      [
        `admin-user.password-policy fail: The current password policy is 6 characters, no reuse prevention; ${wanted}; observed: 6 characters, no reuse prevention`,
        set,
      ],
    ],
    ['cannot be read', 'AccessDenied', ['admin-user.password-policy unknown; needs iam:GetAccountPasswordPolicy']],
  ])('%s', async (_, answer, expected) => {
    const answers: Answers = { 'iam:GetAccountPasswordPolicy': () => (typeof answer === 'string' ? answer : { PasswordPolicy: answer }) };
    const scene = { section: { name: 'alex', 'password-policy': {} } };
    expect((await see(answers, scene, 'admin-user.password-policy')).shown).toEqual(expected);
  });

  it('is not assessed if the config leaves it out', async () => {
    expect((await see({}, { section: { name: 'alex', 'password-policy': false } }, 'admin-user.password-policy')).shown).toEqual([]);
  });

  it.each<[string, object | undefined, object]>([
    [
      'without a policy, AWS applies these, which a first policy would drop',
      undefined,
      {
        MinimumPasswordLength: 14,
        PasswordReusePrevention: 24,
        RequireLowercaseCharacters: true,
        RequireUppercaseCharacters: true,
        RequireNumbers: true,
        RequireSymbols: true,
        AllowUsersToChangePassword: true,
      },
    ],
    [
      'every setting that the config does not have',
      {
        MinimumPasswordLength: 20,
        PasswordReusePrevention: 3,
        RequireLowercaseCharacters: false,
        RequireUppercaseCharacters: false,
        RequireNumbers: false,
        RequireSymbols: false,
        AllowUsersToChangePassword: false,
        MaxPasswordAge: 90,
        HardExpiry: false,
      },
      {
        MinimumPasswordLength: 20,
        PasswordReusePrevention: 24,
        RequireLowercaseCharacters: false,
        RequireUppercaseCharacters: false,
        RequireNumbers: false,
        RequireSymbols: false,
        AllowUsersToChangePassword: false,
        MaxPasswordAge: 90,
        HardExpiry: false,
      },
    ],
    [
      'no expiry where there is none: AWS shows an age of 0',
      { MaxPasswordAge: 0 },
      {
        MinimumPasswordLength: 14,
        PasswordReusePrevention: 24,
        RequireLowercaseCharacters: true,
        RequireUppercaseCharacters: true,
        RequireNumbers: true,
        RequireSymbols: true,
        AllowUsersToChangePassword: true,
      },
    ],
  ])('is set with %s', async (_, current, policy) => {
    const answers: Answers = {
      'iam:GetAccountPasswordPolicy': () => (current === undefined ? 'NoSuchEntity' : { PasswordPolicy: current }),
    };
    const { findings } = await see(answers, { section: { name: 'alex', 'password-policy': {} } });
    const [finding] = findings.filter(({ id }) => id === 'admin-user.password-policy');
    expect(finding?.remedy).toEqual({
      by: 'init',
      change: expect.objectContaining({ kind: 'set-password-policy', policy }),
    });
  });
});
