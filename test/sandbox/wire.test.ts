import * as iamSdk from '@aws-sdk/client-iam';
import * as stsSdk from '@aws-sdk/client-sts';
import { iam as iamBehaviours } from '../../src/sandbox/behaviours/iam.js';
import { sts as stsBehaviours } from '../../src/sandbox/behaviours/sts.js';
import { behaviours } from '../../src/sandbox/sandbox.js';
import { services } from '../../src/sandbox/services.js';
import { codes, practice, refusal } from './practice.js';
import { expect, it } from 'vitest';

const arn = 'arn:aws:iam::111122223333';
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] });
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `${arn}:root` }, Action: 'sts:AssumeRole' }],
});

it('answers every operation of IAM and STS so that the real clients understand it', async () => {
  const { iam, sts, sandbox, clock, account, as } = await practice();
  sandbox.world.organizations.push({
    id: 'o-practice00',
    managementAccountId: account.id,
    featureSet: 'ALL',
    createdAt: clock.now().toISOString(),
    trustedServices: ['iam.amazonaws.com'],
    finalizingUntil: null,
    accountLimit: 10,
    units: [],
    rootId: 'r-prac',
    members: [{ accountId: account.id, joinedMethod: 'INVITED', joinedAt: clock.now().toISOString(), parent: 'r-prac', tags: {} }],
    requests: [],
  });
  const created = clock.now();

  const { User } = await iam.send(
    new iamSdk.CreateUserCommand({ UserName: 'alex', Path: '/team/', Tags: [{ Key: 'run', Value: 'a=1+2 é' }] }),
  );
  expect(User).toMatchObject({
    Path: '/team/',
    UserName: 'alex',
    Arn: `${arn}:user/team/alex`,
    CreateDate: created,
    Tags: [{ Key: 'run', Value: 'a=1+2 é' }],
  });
  expect(User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  await iam.send(new iamSdk.TagUserCommand({ UserName: 'alex', Tags: [{ Key: 'team', Value: '' }] }));
  expect((await iam.send(new iamSdk.ListUserTagsCommand({ UserName: 'alex' }))).Tags).toEqual([
    { Key: 'run', Value: 'a=1+2 é' },
    { Key: 'team', Value: '' },
  ]);
  expect((await iam.send(new iamSdk.GetUserCommand({ UserName: 'alex' }))).User?.Tags).toHaveLength(2);
  expect((await iam.send(new iamSdk.ListUsersCommand({ PathPrefix: '/team' }))).Users).toMatchObject([{ UserName: 'alex' }]);
  expect((await iam.send(new iamSdk.ListUsersCommand({ PathPrefix: '/other' }))).Users).toEqual([]);

  const { Group } = await iam.send(new iamSdk.CreateGroupCommand({ GroupName: 'Admins' }));
  expect(Group).toMatchObject({ Arn: `${arn}:group/Admins`, CreateDate: created });
  await iam.send(new iamSdk.AddUserToGroupCommand({ GroupName: 'Admins', UserName: 'alex' }));
  expect((await iam.send(new iamSdk.GetGroupCommand({ GroupName: 'Admins' }))).Users).toMatchObject([{ UserName: 'alex' }]);
  expect((await iam.send(new iamSdk.ListGroupsCommand({}))).Groups).toMatchObject([{ GroupName: 'Admins' }]);
  expect((await iam.send(new iamSdk.ListGroupsForUserCommand({ UserName: 'alex' }))).Groups).toMatchObject([{ GroupName: 'Admins' }]);

  const attached = [{ PolicyName: 'ReadOnlyAccess', PolicyArn: readOnly }];
  await iam.send(new iamSdk.AttachGroupPolicyCommand({ GroupName: 'Admins', PolicyArn: readOnly }));
  expect((await iam.send(new iamSdk.ListAttachedGroupPoliciesCommand({ GroupName: 'Admins' }))).AttachedPolicies).toEqual(attached);
  await iam.send(new iamSdk.AttachUserPolicyCommand({ UserName: 'alex', PolicyArn: readOnly }));
  expect((await iam.send(new iamSdk.ListAttachedUserPoliciesCommand({ UserName: 'alex' }))).AttachedPolicies).toEqual(attached);
  await iam.send(new iamSdk.PutUserPolicyCommand({ UserName: 'alex', PolicyName: 'own', PolicyDocument: document }));
  expect((await iam.send(new iamSdk.ListUserPoliciesCommand({ UserName: 'alex' }))).PolicyNames).toEqual(['own']);
  expect((await iam.send(new iamSdk.ListGroupPoliciesCommand({ GroupName: 'Admins' }))).PolicyNames).toEqual([]);
  const { Policy } = await iam.send(new iamSdk.CreatePolicyCommand({ PolicyName: 'mine', PolicyDocument: document }));
  expect((await iam.send(new iamSdk.GetPolicyCommand({ PolicyArn: Policy?.Arn }))).Policy).toMatchObject({
    PolicyName: 'mine',
    Path: '/',
    AttachmentCount: 0,
    IsAttachable: true,
  });
  expect((await iam.send(new iamSdk.ListPoliciesCommand({ Scope: 'Local' }))).Policies).toHaveLength(1);
  expect((await iam.send(new iamSdk.ListPoliciesCommand({ OnlyAttached: true }))).Policies).toMatchObject([
    { PolicyName: 'ReadOnlyAccess', AttachmentCount: 2 },
  ]);

  const { LoginProfile } = await iam.send(
    new iamSdk.CreateLoginProfileCommand({ UserName: 'alex', Password: 'Correct-Horse-7', PasswordResetRequired: true }),
  );
  expect(LoginProfile).toEqual({ UserName: 'alex', CreateDate: created, PasswordResetRequired: true });
  await iam.send(new iamSdk.UpdateLoginProfileCommand({ UserName: 'alex', PasswordResetRequired: false }));
  expect((await iam.send(new iamSdk.GetLoginProfileCommand({ UserName: 'alex' }))).LoginProfile?.PasswordResetRequired).toBe(false);

  const device = (
    await iam.send(new iamSdk.CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'alex', Tags: [{ Key: 'run', Value: '1' }] }))
  ).VirtualMFADevice;
  const seed = device?.Base32StringSeed ?? new Uint8Array();
  const SerialNumber = device?.SerialNumber ?? '';
  expect(Buffer.from(seed).toString()).toMatch(/^[A-Z2-7]{64}$/);
  expect(
    Buffer.from(device?.QRCodePNG ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect((await iam.send(new iamSdk.ListMFADeviceTagsCommand({ SerialNumber }))).Tags).toEqual([{ Key: 'run', Value: '1' }]);
  await iam.send(new iamSdk.EnableMFADeviceCommand({ UserName: 'alex', SerialNumber, ...codes(seed, clock.now()) }));
  expect((await iam.send(new iamSdk.ListMFADevicesCommand({ UserName: 'alex' }))).MFADevices).toEqual([
    { UserName: 'alex', SerialNumber, EnableDate: created },
  ]);
  expect((await iam.send(new iamSdk.ListVirtualMFADevicesCommand({ AssignmentStatus: 'Assigned' }))).VirtualMFADevices).toMatchObject([
    { SerialNumber, User: { UserName: 'alex' } },
  ]);
  clock.pass(90_000);
  await iam.send(new iamSdk.ResyncMFADeviceCommand({ UserName: 'alex', SerialNumber, ...codes(seed, clock.now()) }));

  const { AccessKey } = await iam.send(new iamSdk.CreateAccessKeyCommand({ UserName: 'alex' }));
  const key = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  const alex = as(key);
  expect(await alex.sts.send(new stsSdk.GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `${arn}:user/team/alex`,
    UserId: User?.UserId,
    Account: '111122223333',
  });
  const session = await alex.sts.send(new stsSdk.GetSessionTokenCommand({ DurationSeconds: 900 }));
  expect(session.Credentials?.Expiration).toEqual(new Date(clock.now().getTime() + 900_000));
  expect(await iam.send(new iamSdk.GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }))).toMatchObject({
    UserName: 'alex',
    AccessKeyLastUsed: { ServiceName: 'sts', Region: 'us-east-1', LastUsedDate: clock.now() },
  });
  expect((await iam.send(new iamSdk.ListAccessKeysCommand({ UserName: 'alex' }))).AccessKeyMetadata).toMatchObject([
    { AccessKeyId: key.accessKeyId, Status: 'Active' },
  ]);

  await iam.send(new iamSdk.UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 14, AllowUsersToChangePassword: true }));
  expect((await iam.send(new iamSdk.GetAccountPasswordPolicyCommand({}))).PasswordPolicy).toMatchObject({
    MinimumPasswordLength: 14,
    ExpirePasswords: false,
  });
  await iam.send(new iamSdk.DeleteAccountPasswordPolicyCommand({}));

  await iam.send(new iamSdk.CreateAccountAliasCommand({ AccountAlias: 'practice-abcd' }));
  expect((await iam.send(new iamSdk.ListAccountAliasesCommand({}))).AccountAliases).toEqual(['practice-abcd']);
  await iam.send(new iamSdk.DeleteAccountAliasCommand({ AccountAlias: 'practice-abcd' }));

  expect((await iam.send(new iamSdk.GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({
    Users: 1,
    Groups: 1,
    MFADevices: 1,
    MFADevicesInUse: 1,
    AccountMFAEnabled: 0,
    AccountAccessKeysPresent: 0,
    AccountPasswordPresent: 1,
  });
  expect((await iam.send(new iamSdk.GenerateCredentialReportCommand({}))).State).toBe('STARTED');
  expect((await iam.send(new iamSdk.GenerateCredentialReportCommand({}))).State).toBe('INPROGRESS');
  expect((await iam.send(new iamSdk.GenerateCredentialReportCommand({}))).State).toBe('COMPLETE');
  const report = await iam.send(new iamSdk.GetCredentialReportCommand({}));
  expect(Buffer.from(report.Content ?? []).toString()).toContain('\n<root_account>,arn:aws:iam::111122223333:root,');

  const { Role } = await iam.send(new iamSdk.CreateRoleCommand({ RoleName: 'guest', AssumeRolePolicyDocument: trust }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust);
  await iam.send(new iamSdk.AttachRolePolicyCommand({ RoleName: 'guest', PolicyArn: readOnly }));
  expect((await iam.send(new iamSdk.ListAttachedRolePoliciesCommand({ RoleName: 'guest' }))).AttachedPolicies).toEqual(attached);
  await iam.send(new iamSdk.PutRolePolicyCommand({ RoleName: 'guest', PolicyName: 'own', PolicyDocument: document }));
  expect((await iam.send(new iamSdk.GetRoleCommand({ RoleName: 'guest' }))).Role?.MaxSessionDuration).toBe(3600);
  expect((await iam.send(new iamSdk.ListRolesCommand({}))).Roles).toMatchObject([{ RoleName: 'guest' }]);
  await iam.send(
    new iamSdk.PutUserPolicyCommand({ UserName: 'alex', PolicyName: 'own', PolicyDocument: document.replace('s3:Get*', 'sts:AssumeRole') }),
  );
  const assumed = await alex.sts.send(new stsSdk.AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'visit' }));
  expect(assumed.AssumedRoleUser?.Arn).toBe('arn:aws:sts::111122223333:assumed-role/guest/visit');

  const details = await iam.send(new iamSdk.GetAccountAuthorizationDetailsCommand({}));
  expect(details.UserDetailList).toMatchObject([{ UserName: 'alex', GroupList: ['Admins'], AttachedManagedPolicies: attached }]);
  expect(details.RoleDetailList).toMatchObject([{ RoleName: 'guest', AttachedManagedPolicies: attached }]);
  expect(details.Policies?.map((policy) => policy.PolicyName)).toEqual(['mine', 'ReadOnlyAccess']);

  const enabled = await iam.send(new iamSdk.EnableOrganizationsRootCredentialsManagementCommand({}));
  expect(enabled.EnabledFeatures).toEqual(['RootCredentialsManagement']);
  await iam.send(new iamSdk.EnableOrganizationsRootSessionsCommand({}));
  expect(await iam.send(new iamSdk.ListOrganizationsFeaturesCommand({}))).toMatchObject({
    OrganizationId: 'o-practice00',
    EnabledFeatures: ['RootCredentialsManagement', 'RootSessions'],
  });
  expect((await iam.send(new iamSdk.DisableOrganizationsRootCredentialsManagementCommand({}))).EnabledFeatures).toEqual(['RootSessions']);

  const audit = { TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' } };
  const ownRoot = await refusal(sts.send(new stsSdk.AssumeRootCommand({ TargetPrincipal: account.id, ...audit })));
  expect([ownRoot.name, ownRoot.message]).toEqual(['AccessDenied', 'Root sessions may not be opened by root accounts.']);
  account.root.signingCertificates = [{ id: 'TA7SMP42TDN5Z26OBPJE7EXAMPLE', status: 'Active', uploadedAt: created.toISOString() }];
  const { Certificates } = await iam.send(new iamSdk.ListSigningCertificatesCommand({}));
  expect(Certificates).toMatchObject([{ CertificateId: 'TA7SMP42TDN5Z26OBPJE7EXAMPLE', Status: 'Active', UploadDate: created }]);
  await iam.send(new iamSdk.DeleteSigningCertificateCommand({ CertificateId: Certificates?.[0]?.CertificateId }));
  expect((await iam.send(new iamSdk.ListSigningCertificatesCommand({}))).Certificates).toEqual([]);

  expect((await iam.send(new iamSdk.ListSSHPublicKeysCommand({ UserName: 'alex' }))).SSHPublicKeys).toEqual([]);
  expect((await iam.send(new iamSdk.ListServiceSpecificCredentialsCommand({ UserName: 'alex' }))).ServiceSpecificCredentials).toEqual([]);
  Object.assign(account.users.find(({ name }) => name === 'alex') ?? {}, {
    sshPublicKeys: ['APKAEXAMPLE0000000001'],
    serviceCredentials: ['ACCAEXAMPLE0000000001'],
    signingCertificates: ['TA7SMP42TDN5Z26OBPJE8EXAMPLE'],
  });
  const more = {
    ...(await iam.send(new iamSdk.ListSSHPublicKeysCommand({ UserName: 'alex' }))),
    ...(await iam.send(new iamSdk.ListServiceSpecificCredentialsCommand({ UserName: 'alex' }))),
    ...(await iam.send(new iamSdk.ListSigningCertificatesCommand({ UserName: 'alex' }))),
  };
  expect(more).toMatchObject({
    SSHPublicKeys: [{ UserName: 'alex', SSHPublicKeyId: 'APKAEXAMPLE0000000001', Status: 'Active', UploadDate: created }],
    ServiceSpecificCredentials: [{ UserName: 'alex', ServiceSpecificCredentialId: 'ACCAEXAMPLE0000000001', CreateDate: created }],
    Certificates: [{ UserName: 'alex', CertificateId: 'TA7SMP42TDN5Z26OBPJE8EXAMPLE', Status: 'Active', UploadDate: created }],
  });
  Object.assign(account.users.find(({ name }) => name === 'alex') ?? {}, {
    sshPublicKeys: [],
    serviceCredentials: [],
    signingCertificates: [],
  });

  await iam.send(new iamSdk.DeactivateMFADeviceCommand({ UserName: 'alex', SerialNumber }));
  await iam.send(new iamSdk.DeleteVirtualMFADeviceCommand({ SerialNumber }));
  await iam.send(new iamSdk.UpdateAccessKeyCommand({ UserName: 'alex', AccessKeyId: key.accessKeyId, Status: 'Inactive' }));
  await iam.send(new iamSdk.DeleteAccessKeyCommand({ UserName: 'alex', AccessKeyId: key.accessKeyId }));
  await iam.send(new iamSdk.DeleteLoginProfileCommand({ UserName: 'alex' }));
  await iam.send(new iamSdk.DetachUserPolicyCommand({ UserName: 'alex', PolicyArn: readOnly }));
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
  await iam.send(new iamSdk.PutUserPermissionsBoundaryCommand({ UserName: 'alex', PermissionsBoundary }));
  const boundary = { PermissionsBoundaryArn: PermissionsBoundary, PermissionsBoundaryType: 'PermissionsBoundaryPolicy' };
  expect((await iam.send(new iamSdk.GetUserCommand({ UserName: 'alex' }))).User?.PermissionsBoundary).toEqual(boundary);
  await iam.send(new iamSdk.DeleteUserPermissionsBoundaryCommand({ UserName: 'alex' }));
  await iam.send(new iamSdk.PutGroupPolicyCommand({ GroupName: 'Admins', PolicyName: 'own', PolicyDocument: document }));
  await iam.send(new iamSdk.DeleteGroupPolicyCommand({ GroupName: 'Admins', PolicyName: 'own' }));
  await iam.send(new iamSdk.DeleteUserPolicyCommand({ UserName: 'alex', PolicyName: 'own' }));
  await iam.send(new iamSdk.RemoveUserFromGroupCommand({ GroupName: 'Admins', UserName: 'alex' }));
  await iam.send(new iamSdk.DeleteUserCommand({ UserName: 'alex' }));
  await iam.send(new iamSdk.DetachGroupPolicyCommand({ GroupName: 'Admins', PolicyArn: readOnly }));
  await iam.send(new iamSdk.DeleteGroupCommand({ GroupName: 'Admins' }));
  expect((await refusal(iam.send(new iamSdk.DeleteRoleCommand({ RoleName: 'guest' })))).name).toBe('DeleteConflictException');
  expect([account.users, account.groups, account.mfaDevices]).toEqual([[], [], []]);

  const called = new Set(sandbox.calls.map((call) => `${call.service}:${call.operation}`));
  const all = [...Object.keys(iamBehaviours).map((name) => `iam:${name}`), ...Object.keys(stsBehaviours).map((name) => `sts:${name}`)];
  expect(all.filter((name) => !called.has(name))).toEqual([]);
});

it.each(Object.keys(services) as (keyof typeof services)[])(
  'has a schema for each behaviour of %s, and a behaviour for each schema',
  async (service) => {
    const schemas = Object.keys(await services[service].schemas()).map((name) => name.replace('$', ''));
    expect(schemas.toSorted()).toEqual(Object.keys(await behaviours[service]()).toSorted());
  },
);
