import { describe, expect, it } from 'vitest';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import { accountId, alex as alexSignedIn, type Answers, noOtherCredentials, now } from '../support/account.js';
import { type AnswersInTurn, errorWords, inTurn, lostAnswer, recorded } from '../support/recorded.js';
import { undoWords } from '../support/undo-words.js';

/** Each row changes one thing about the account, the caller or the config. */

const managed = (name: string) => ({ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` });
const ours = { Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] };
const member = { GroupList: ['Administrators'] };
const user = (UserName: string, ...more: readonly object[]) =>
  Object.assign({ UserName, Arn: `arn:aws:iam::${accountId}:user/${UserName}` }, ...more) as object;
const admins = { GroupName: 'Administrators', AttachedManagedPolicies: [managed('AdministratorAccess')] };
const people = (users: readonly object[], groups: readonly object[] = []) => ({
  'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: users, GroupDetailList: groups }),
});
const keys = (...ids: readonly string[]) => ({ AccessKeyMetadata: ids.map((AccessKeyId) => ({ AccessKeyId, Status: 'Active' })) });
const base: Answers = {
  'iam:GetAccountPasswordPolicy': () => 'NoSuchEntity',
  'iam:ListAccessKeys': () => keys(),
  ...noOtherCredentials,
  ...people([]),
};
const used = (agoMs: number): Answers => ({
  'iam:ListAccessKeys': () => keys('AKIA1'),
  'iam:GetAccessKeyLastUsed': () => ({ AccessKeyLastUsed: { LastUsedDate: new Date(now.getTime() - agoMs), ServiceName: 's3' } }),
});
const hour = 3_600_000;
const alex = user('alex', ours, member);

describe('undo of the administrator', () => {
  type Run = Parameters<typeof undoWords>[3];
  const named = { name: 'alex' };
  const see = (answers: Answers, section: object, run: Run) => undoWords(adminUser, section, { ...base, ...answers }, run);
  it.each<[string, Answers, object, Run, readonly string[]]>([
    ['with nothing to remove', {}, named, {}, []],
    [
      'that this tool created, with its group',
      people([alex], [admins]),
      named,
      {},
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'that this tool created, without a config',
      people([alex], [admins]),
      {},
      { named: false },
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'that this tool did not create',
      people([user('Alex', member)], [admins]),
      named,
      {},
      ['kept: The group Administrators: it has other members: Alex', 'kept: The user Alex: this tool did not create it'],
    ],
    [
      'that another tool created',
      people([user('alex', member, { Tags: [{ Key: 'created-by', Value: 'terraform' }] })], [admins]),
      named,
      {},
      ['kept: The group Administrators: it has other members: alex', 'kept: The user alex: this tool did not create it'],
    ],
    [
      'whose group exists alone',
      people([], [admins]),
      named,
      {},
      ['iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators'],
    ],
    ['whose group exists alone, without a config', people([], [admins]), {}, { named: false }, []],
    [
      'whose group has another name',
      people([alex], [{ ...admins, GroupName: 'Others' }]),
      named,
      {},
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'whose group has another member',
      people([alex, user('bo', { GroupList: ['administrators'] })], [admins]),
      named,
      {},
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'kept: The group Administrators: it has other members: bo',
      ],
    ],
    [
      'whose group has another policy',
      people([alex], [{ ...admins, AttachedManagedPolicies: [managed('AdministratorAccess'), managed('ReadOnlyAccess')] }]),
      named,
      {},
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'kept: The group Administrators: it has other policies: ReadOnlyAccess',
      ],
    ],
    [
      'whose group has an inline policy',
      people([alex], [{ ...admins, GroupPolicyList: [{ PolicyName: 'AdministratorAccess', PolicyDocument: '{}' }] }]),
      named,
      {},
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'kept: The group Administrators: it has other policies: AdministratorAccess',
      ],
    ],
    [
      'who has an inline policy',
      people([user('alex', ours, member, { UserPolicyList: [{ PolicyName: 'own', PolicyDocument: '{}' }] })], [admins]),
      named,
      {},
      [
        'kept: The user alex: it has inline policies, which this tool does not create: own. Delete the inline policies or the user alex in the IAM console.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    [
      'who has credentials of other kinds',
      {
        ...people([alex], [admins]),
        'iam:ListSSHPublicKeys': () => ({ SSHPublicKeys: [{ SSHPublicKeyId: 'APKA1' }], IsTruncated: false }),
        'iam:ListServiceSpecificCredentials': ({ Marker }) =>
          Marker === undefined
            ? { ServiceSpecificCredentials: [], IsTruncated: true, Marker: 'm' }
            : { ServiceSpecificCredentials: [{ ServiceSpecificCredentialId: 'ACCA1' }, { ServiceSpecificCredentialId: 'ACCA2' }] },
        'iam:ListSigningCertificates': () => ({ Certificates: [{ CertificateId: 'CERT1' }], IsTruncated: false }),
      },
      named,
      {},
      [
        'kept: The user alex: it has credentials that this tool does not create: SSH public key APKA1, service-specific credential ACCA1, service-specific credential ACCA2 and signing certificate CERT1. Delete these credentials or the user alex in the IAM console, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    ...['iam:ListSSHPublicKeys', 'iam:ListServiceSpecificCredentials', 'iam:ListSigningCertificates'].map(
      (operation): [string, Answers, object, Run, readonly string[]] => [
        `if ${operation} is denied`,
        { ...people([alex], [admins]), [operation]: () => 'AccessDenied' },
        named,
        {},
        [`unread: ${operation}`],
      ],
    ),
    [
      'who is gone meanwhile',
      {
        ...people([alex], [admins]),
        ...Object.fromEntries(['iam:ListAccessKeys', ...Object.keys(noOtherCredentials)].map((name) => [name, () => 'NoSuchEntity'])),
      },
      named,
      {},
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'who runs it',
      people([user('Alex', ours, member)], [admins]),
      named,
      { identity: alexSignedIn },
      [
        'kept: The user Alex: this run is signed in as this user. Run it as another administrator, or as root: `bootstrap undo --profile ROOT`.',
        'kept: The group Administrators: it has other members: Alex',
      ],
    ],
    [
      'who runs it, as a role of that name',
      people([alex, user('bo', member)], [admins]),
      named,
      { identity: { ...alexSignedIn, kind: 'role' } },
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'kept: The group Administrators: it has other members: bo',
      ],
    ],
    [
      'who are the last ones, by a role',
      people([user('alex', ours, member), user('bo', ours, member)], [admins]),
      named,
      { identity: { ...alexSignedIn, kind: 'role', name: 'deploy' } },
      [
        'kept: The user alex: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The user bo: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex and bo',
      ],
    ],
    [
      'who are the last ones, by a role with the name of one',
      people([user('alex', ours, member), user('bo', ours, member)], [admins]),
      named,
      { identity: { ...alexSignedIn, kind: 'role', name: 'bo' } },
      [
        'kept: The user alex: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The user bo: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex and bo',
      ],
    ],
    [
      'who has credentials, which AWS lists by user',
      {
        ...people([alex], [admins]),
        'iam:ListSSHPublicKeys': ({ UserName }) =>
          UserName === 'alex' ? { SSHPublicKeys: [{ SSHPublicKeyId: 'APKA1' }], IsTruncated: false } : 'ValidationError',
      },
      named,
      {},
      [
        'kept: The user alex: it has credentials that this tool does not create: SSH public key APKA1. Delete these credentials or the user alex in the IAM console, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    [
      'who is the last one, by a role',
      people([alex], [admins]),
      named,
      { identity: { kind: 'role', arn: '', name: 'ops' } },
      [
        'kept: The user alex: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    [
      'who is the last one, by a user without rights',
      people([alex, user('bo')], [admins]),
      named,
      { identity: { ...alexSignedIn, name: 'bo' } },
      [
        'kept: The user alex: no other IAM user is an administrator. Sign in as root, and run `bootstrap undo` again.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    [
      'who is not the last one, by a role',
      people([alex, user('bo', { AttachedManagedPolicies: [managed('AdministratorAccess')] })], [admins]),
      named,
      { identity: { kind: 'role', arn: '', name: 'ops' } },
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'beside the administrator who runs it, whom this tool created too',
      people([alex, user('bo', ours, member)], [admins]),
      named,
      { identity: { ...alexSignedIn, name: 'BO' } },
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'kept: The user bo: this run is signed in as this user. Run it as another administrator, or as root: `bootstrap undo --profile ROOT`.',
        'kept: The group Administrators: it has other members: bo',
      ],
    ],
    [
      'who is no administrator any more, by a role',
      people([user('alex', ours)]),
      named,
      { identity: { kind: 'role', arn: '', name: 'ops' } },
      [
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'whose key was used within the hour',
      { ...people([alex], [admins]), ...used(hour - 1) },
      named,
      {},
      [
        'kept: The user alex: its access key AKIA1 was used within the last hour. Stop what uses the key and run `bootstrap undo` again later, or run `bootstrap undo --even-if-used`.',
        'kept: The group Administrators: it has other members: alex',
      ],
    ],
    [
      'whose key was used an hour ago',
      { ...people([alex], [admins]), ...used(hour) },
      named,
      {},
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'whose key was used within the hour, which is accepted',
      { ...people([alex], [admins]), ...used(1) },
      named,
      { evenIfUsed: true },
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'whose key was never used',
      {
        ...people([alex], [admins]),
        'iam:ListAccessKeys': () => keys('AKIA1'),
        'iam:GetAccessKeyLastUsed': () => ({ AccessKeyLastUsed: { ServiceName: 'N/A' } }),
      },
      named,
      {},
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'whose key has a use that cannot be read',
      { ...people([alex], [admins]), 'iam:ListAccessKeys': () => keys('AKIA1'), 'iam:GetAccessKeyLastUsed': () => 'AccessDenied' },
      named,
      {},
      ['unread: iam:GetAccessKeyLastUsed'],
    ],
    [
      'whose keys cannot be read',
      { ...people([alex], [admins]), 'iam:ListAccessKeys': () => 'AccessDenied' },
      named,
      {},
      ['unread: iam:ListAccessKeys'],
    ],
    [
      'among users that cannot be read',
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      named,
      {},
      ['unread: iam:GetAccountAuthorizationDetails'],
    ],
    [
      'beside the user of the access-keys step',
      people([alex, user('CI', ours)], [admins]),
      named,
      { intents: { keyUser: 'ci' } },
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'beside other users that this tool created',
      people([alex, user('bo', ours)], [admins]),
      named,
      {},
      [
        'iam:RemoveUserFromGroup, iam:DetachGroupPolicy, iam:DeleteGroup: Delete the group Administrators',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user alex with its password, MFA devices and access keys (hard-to-undo)',
        'iam:DeleteLoginProfile, iam:DeleteAccessKey, iam:DeactivateMFADevice, iam:DeleteVirtualMFADevice, iam:DetachUserPolicy, iam:RemoveUserFromGroup, iam:DeleteUser: Delete the user bo with its password, MFA devices and access keys (hard-to-undo)',
      ],
    ],
    [
      'beside a password policy',
      { ...people([]), 'iam:GetAccountPasswordPolicy': () => ({ PasswordPolicy: {} }) },
      named,
      {},
      ['kept: The password policy: it protects every user, and nothing shows how it was before'],
    ],
    [
      'beside a password policy that cannot be read',
      { ...people([]), 'iam:GetAccountPasswordPolicy': () => 'AccessDenied' },
      named,
      {},
      ['unread: iam:GetAccountPasswordPolicy'],
    ],
  ])('%s', async (_, answers, section, run, expected) => {
    expect(await see(answers, section, run)).toEqual(expected);
  });
});

describe('deleting', () => {
  const shared = { summary: '', risk: 'none', calls: [] } as const;
  const group = {
    ...shared,
    kind: 'delete-group',
    group: 'Administrators',
    users: ['alex'] as readonly string[],
    policies: ['AdministratorAccess'],
  } as const;
  const whole = { ...shared, kind: 'delete-user', user: 'alex' } as const;
  const has: AnswersInTurn = {
    ...people(
      [user('Alex', member, { AttachedManagedPolicies: [managed('ReadOnlyAccess')] }), user('bo', member)],
      [{ ...admins, AttachedManagedPolicies: [managed('AdministratorAccess'), managed('ReadOnlyAccess')] }],
    ),
    'iam:GetLoginProfile': () => ({ LoginProfile: {} }),
    'iam:ListAccessKeys': () => keys('AKIA1', 'AKIA2'),
    'iam:ListMFADevices': () => ({ MFADevices: [{ SerialNumber: 'arn:aws:iam::1:mfa/alex' }, { SerialNumber: 'GAHT12345678' }] }),
    ...Object.fromEntries(
      [
        'DeleteLoginProfile',
        'DeleteAccessKey',
        'DeactivateMFADevice',
        'DeleteVirtualMFADevice',
        'DetachUserPolicy',
        'RemoveUserFromGroup',
        'DeleteUser',
        'DetachGroupPolicy',
        'DeleteGroup',
      ].map((name) => [`iam:${name}`, () => ({})]),
    ),
  };
  const see = async (change: typeof group | typeof whole, more: AnswersInTurn): Promise<readonly string[]> => {
    const { log, error } = await recorded(adminUser.undo, change, { ...has, ...more });
    const words = errorWords(error);
    return [...log, ...(words === undefined ? [] : [`error: ${words}`])];
  };
  const gone = Object.fromEntries(
    Object.keys(has)
      .filter((name) => /iam:(Delete|Deactivate|Detach|Remove)/.test(name))
      .map((name) => [name, () => 'NoSuchEntity']),
  );
  it.each<[string, typeof group | typeof whole, AnswersInTurn, readonly string[]]>([
    [
      'a group, without the members and policies that are not of the plan',
      group,
      {},
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:DetachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess',
        'iam:DeleteGroup Administrators',
      ],
    ],
    [
      'a group with the members of the plan',
      { ...group, users: ['Alex', 'cy'] },
      people([user('Alex', member), user('bo', member), user('cy')], [admins]),
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:RemoveUserFromGroup Administrators Alex',
        'iam:DetachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess',
        'iam:DeleteGroup Administrators',
      ],
    ],
    [
      'a group that is gone',
      group,
      { ...people([]), 'iam:DeleteGroup': () => 'NoSuchEntity' },
      ['iam:GetAccountAuthorizationDetails', 'iam:DeleteGroup Administrators'],
    ],
    [
      'a group with a member by now',
      group,
      { 'iam:DeleteGroup': () => 'DeleteConflict' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:DetachGroupPolicy Administrators arn:aws:iam::aws:policy/AdministratorAccess',
        'iam:DeleteGroup Administrators',
        'error: DeleteConflict',
      ],
    ],
    [
      'a group of users that cannot be read',
      group,
      { 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'error: E-READ-DENIED | AWS denied iam:GetAccountAuthorizationDetails; the caller lacks iam:GetAccountAuthorizationDetails. | Run as an identity that is allowed iam:GetAccountAuthorizationDetails.',
      ],
    ],
    [
      'a user with all it has',
      whole,
      {},
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'iam:DeactivateMFADevice alex GAHT12345678',
        'iam:DetachUserPolicy alex arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:RemoveUserFromGroup Administrators alex',
        'iam:DeleteUser alex',
      ],
    ],
    [
      'a user with nothing',
      whole,
      {
        ...people([user('alex')]),
        'iam:GetLoginProfile': () => 'NoSuchEntity',
        'iam:ListAccessKeys': () => keys(),
        'iam:ListMFADevices': () => ({ MFADevices: [] }),
      },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:ListMFADevices alex',
        'iam:DeleteUser alex',
      ],
    ],
    [
      'a user whose parts are gone',
      whole,
      gone,
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'iam:DeactivateMFADevice alex GAHT12345678',
        'iam:DetachUserPolicy alex arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:RemoveUserFromGroup Administrators alex',
        'iam:DeleteUser alex',
      ],
    ],
    ['a user that is gone', whole, people([user('bo')]), ['iam:GetAccountAuthorizationDetails']],
    [
      'a user whose password cannot be read',
      whole,
      { 'iam:GetLoginProfile': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'error: E-READ-DENIED | AWS denied iam:GetLoginProfile; the caller lacks iam:GetLoginProfile. | Run as an identity that is allowed iam:GetLoginProfile.',
      ],
    ],
    [
      'a user whose keys cannot be read',
      whole,
      { 'iam:ListAccessKeys': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'error: E-READ-DENIED | AWS denied iam:ListAccessKeys; the caller lacks iam:ListAccessKeys. | Run as an identity that is allowed iam:ListAccessKeys.',
      ],
    ],
    [
      'a user whose devices cannot be read',
      whole,
      { 'iam:ListMFADevices': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'error: E-READ-DENIED | AWS denied iam:ListMFADevices; the caller lacks iam:ListMFADevices. | Run as an identity that is allowed iam:ListMFADevices.',
      ],
    ],
    [
      'a user whose key cannot be deleted',
      whole,
      { 'iam:DeleteAccessKey': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'error: AccessDenied',
      ],
    ],
    [
      'a device whose answer is lost, which was deactivated',
      whole,
      { 'iam:DeactivateMFADevice': inTurn(lostAnswer, {}) },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'iam:DeactivateMFADevice alex GAHT12345678',
        'iam:DetachUserPolicy alex arn:aws:iam::aws:policy/ReadOnlyAccess',
        'iam:RemoveUserFromGroup Administrators alex',
        'iam:DeleteUser alex',
      ],
    ],
    [
      'a device whose answer is lost, which is still assigned',
      whole,
      { 'iam:DeactivateMFADevice': inTurn(lostAnswer, {}), 'iam:DeleteVirtualMFADevice': () => 'DeleteConflict' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'error: ECONNRESET, ambiguous',
      ],
    ],
    [
      'a device whose answer is lost, and which cannot be deleted',
      whole,
      { 'iam:DeactivateMFADevice': inTurn(lostAnswer, {}), 'iam:DeleteVirtualMFADevice': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'error: AccessDenied',
      ],
    ],
    [
      'a device that is assigned again',
      whole,
      { 'iam:DeleteVirtualMFADevice': () => 'DeleteConflict' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::1:mfa/alex',
        'error: DeleteConflict',
      ],
    ],
    [
      'a hardware device whose answer is lost',
      whole,
      { 'iam:ListMFADevices': () => ({ MFADevices: [{ SerialNumber: 'GAHT12345678' }] }), 'iam:DeactivateMFADevice': lostAnswer },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex GAHT12345678',
        'error: ECONNRESET, ambiguous',
      ],
    ],
    [
      'a device that cannot be deactivated',
      whole,
      { 'iam:DeactivateMFADevice': () => 'AccessDenied' },
      [
        'iam:GetAccountAuthorizationDetails',
        'iam:GetLoginProfile alex',
        'iam:DeleteLoginProfile alex',
        'iam:ListAccessKeys alex',
        'iam:DeleteAccessKey alex AKIA1',
        'iam:DeleteAccessKey alex AKIA2',
        'iam:ListMFADevices alex',
        'iam:DeactivateMFADevice alex arn:aws:iam::1:mfa/alex',
        'error: AccessDenied',
      ],
    ],
  ])('%s', async (_, change, more, expected) => {
    expect(await see(change, more)).toEqual(expected);
  });
});
