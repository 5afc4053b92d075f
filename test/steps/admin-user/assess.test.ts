import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.js';
import type { DesireContext } from '../../../src/core/step.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { accountId, accountOf, type Answers } from '../support/account.js';
import { desireContext } from '../support/step-run.js';
import { base, daysAgo } from './account.js';

const administratorAccess = { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
const user = (UserName: string, more: object = {}) => ({ UserName, Arn: `arn:aws:iam::${accountId}:user/${UserName}`, ...more });
const admins = { GroupName: 'Administrators', AttachedManagedPolicies: [administratorAccess] };
const emptyGroup = { GroupName: 'Administrators' };
const account = (users: readonly object[], groups: readonly object[]): Answers => ({
  'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users, GroupDetailList: groups, RoleDetailList: [] }),
});
const passwordOf = (name: string): Answers => ({
  'iam:GetLoginProfile': ({ UserName }: { UserName: string }) =>
    UserName === name ? { LoginProfile: { CreateDate: daysAgo(1) } } : 'NoSuchEntity',
});
const policy = (length: number, reuse?: number): Answers => ({
  'iam:GetAccountPasswordPolicy': () => ({ PasswordPolicy: { MinimumPasswordLength: length, PasswordReusePrevention: reuse } }),
});

const planOf = async (section: object, answers: Answers, context: Partial<DesireContext> = {}): Promise<readonly Finding[]> => {
  const desired = adminUser.desire(adminUser.schema.parse(section), { ...desireContext, intents: {}, ...context });
  return adminUser.assess(desired, await adminUser.observe(accountOf({ ...base, ...answers }).context, desired));
};
/** `status`, then the calls of the change, or `manual`. */
const inShort = (findings: readonly Finding[], id: string): readonly string[] =>
  findings
    .filter((finding) => finding.id === id)
    .map(({ status, remedy }) =>
      [status, ...(remedy === undefined ? [] : remedy.by === 'init' ? remedy.change.calls : ['manual'])].join(' '),
    );

describe('the administrator of the config', () => {
  it.each<[string, Answers, readonly string[]]>([
    ['is created with its group', account([], []), ['fail iam:CreateGroup iam:AttachGroupPolicy iam:CreateUser iam:AddUserToGroup']],
    ['is created in an existing group of administrators', account([], [admins]), ['fail iam:CreateUser iam:AddUserToGroup']],
    ['is created in an empty group', account([], [emptyGroup]), ['fail iam:AttachGroupPolicy iam:CreateUser iam:AddUserToGroup']],
    ['is added to the group if the user exists', account([user('alex')], [admins]), ['fail iam:AddUserToGroup']],
    [
      'gets the rights through its group',
      account([user('alex', { GroupList: ['Administrators'] })], [emptyGroup]),
      ['fail iam:AttachGroupPolicy'],
    ],
    ['exists, ignoring case', account([user('Alex', { GroupList: ['administrators'] })], [admins]), ['pass']],
    [
      'is a manual step if the group has other members, who would become administrators',
      account([user('alex'), user('bo', { GroupList: ['Administrators'] })], [emptyGroup]),
      ['fail manual'],
    ],
  ])('%s', async (_, answers, expected) => {
    expect(inShort(await planOf({ name: 'alex' }, answers), 'admin-user.exists')).toEqual(expected);
  });

  it('is added to the group, and keeps the policies attached to the user', async () => {
    const findings = await planOf({ name: 'alex' }, account([user('alex', { AttachedManagedPolicies: [administratorAccess] })], [admins]));
    expect(inShort(findings, 'admin-user.exists')).toEqual(['pass']);
    expect(inShort(findings, 'admin-user.via-group')).toEqual(['fail iam:AddUserToGroup']);
  });

  it('is unknown if users cannot be read', async () => {
    const findings = await planOf({ name: 'alex' }, { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' });
    expect(inShort(findings, 'admin-user.exists')).toEqual(['unknown']);
  });
});

describe('the console password of the administrator', () => {
  const existing = account([user('alex', { GroupList: ['Administrators'] })], [admins]);
  const mfaLater = { intents: { mfa: { adminRequired: true, assign: 'in-person' } } } as const;
  const mfaNow = { intents: { mfa: { adminRequired: true, assign: 'unattended' } } } as const;
  it.each<[string, object, Answers, Partial<DesireContext>, readonly string[]]>([
    ['is created', {}, existing, {}, ['fail iam:CreateLoginProfile']],
    ['is created for a user that this run creates', {}, account([], []), {}, ['fail iam:CreateLoginProfile']],
    ['exists', {}, { ...existing, ...passwordOf('alex') }, {}, ['pass']],
    ['is a manual step without a destination', {}, existing, { secrets: 'none' }, ['fail manual']],
    ['is not created before its MFA device can be', {}, existing, mfaLater, ['fail manual']],
    ['is created together with an unattended MFA device', {}, existing, mfaNow, ['fail iam:CreateLoginProfile']],
    ['is created at a terminal, where MFA follows', {}, existing, { ...mfaLater, unattended: false }, ['fail iam:CreateLoginProfile']],
    ['is not needed if the config says so', { 'console-password': 'none' }, existing, {}, []],
    ['is unknown if it cannot be read', {}, { ...existing, 'iam:GetLoginProfile': () => 'AccessDenied' }, {}, ['unknown']],
  ])('%s', async (_, section, answers, context, expected) => {
    expect(inShort(await planOf({ name: 'alex', ...section }, answers, context), 'admin-user.console')).toEqual(expected);
  });
});

describe('the password policy', () => {
  const change = 'fail iam:UpdateAccountPasswordPolicy';
  it.each<[string, Answers, readonly string[]]>([
    ['is set if the account has none', {}, [change]],
    ['is set if it is too short', policy(13, 24), [change]],
    ['is set if it does not prevent reuse', policy(14), [change]],
    ['passes if it is as wanted', policy(14, 24), ['pass']],
    ['is unknown if it cannot be read', { 'iam:GetAccountPasswordPolicy': () => 'AccessDenied' }, ['unknown']],
  ])('%s', async (_, answers, expected) => {
    expect(inShort(await planOf({ name: 'alex' }, answers), 'admin-user.password-policy')).toEqual(expected);
  });

  it('is never loosened, and keeps settings that the config does not have', async () => {
    const current = { MinimumPasswordLength: 20, RequireSymbols: false, MaxPasswordAge: 90, AllowUsersToChangePassword: false };
    const findings = await planOf({ name: 'alex' }, { 'iam:GetAccountPasswordPolicy': () => ({ PasswordPolicy: current }) });
    const remedy = findings.find(({ id }) => id === 'admin-user.password-policy')?.remedy;
    expect(remedy).toMatchObject({ change: { policy: { ...current, PasswordReusePrevention: 24, RequireNumbers: true } } });
  });

  it('is not assessed if the config leaves it out', async () => {
    expect(inShort(await planOf({ name: 'alex', 'password-policy': false }, {}), 'admin-user.password-policy')).toEqual([]);
  });
});
