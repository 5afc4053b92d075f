import { AccountClient, GetContactInformationCommand } from '@aws-sdk/client-account';
import { BudgetsClient, DescribeBudgetsCommand } from '@aws-sdk/client-budgets';
import * as iamSdk from '@aws-sdk/client-iam';
import {
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandOutput,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { newAccount } from '../../src/sandbox/new-world.js';
import { practice, refusal, type Credentials, type Practice } from './practice.js';

/** A user with a key and these inline policy statements. */
async function user(world: Practice, name: string, ...statements: object[]) {
  await world.iam.send(new iamSdk.CreateUserCommand({ UserName: name }));
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await world.iam.send(new iamSdk.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }));
  }
  const { AccessKey } = await world.iam.send(new iamSdk.CreateAccessKeyCommand({ UserName: name }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { credentials, ...world.as(credentials) };
}

const allow = (Action: string | string[], Resource = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const deny = (Action: string, Condition?: object) => ({ Effect: 'Deny', Action, Resource: '*', ...(Condition ? { Condition } : {}) });
const config = (world: Practice, credentials: Credentials) => ({
  region: 'us-east-1',
  credentials,
  requestHandler: world.sandbox.requestHandler,
  maxAttempts: 1,
});

describe('a policy for resources of an organization', () => {
  const manager = async (world: Practice, ...resources: readonly string[]) => {
    const { credentials } = await user(world, `user-${resources.length}`, {
      Effect: 'Allow',
      Action: 'organizations:*',
      Resource: resources,
    });
    return new OrganizationsClient(config(world, credentials));
  };
  const of = (path: string) => `arn:aws:organizations::111122223333:${path}`;

  it('has to allow an account and both its parents when the account is moved', async () => {
    const world = await practice();
    const root = new OrganizationsClient(config(world, world.sandbox.credentials));
    await root.send(new CreateOrganizationCommand({}));
    const ParentId = (await root.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? '';
    const { OrganizationalUnit: unit } = await root.send(new CreateOrganizationalUnitCommand({ ParentId, Name: 'Work' }));
    const move = new MoveAccountCommand({ AccountId: '111122223333', SourceParentId: ParentId, DestinationParentId: unit?.Id ?? '' });
    const halfway = await manager(world, of('account/o-*/*'), of('root/o-*/r-*'));
    expect(await refusal(halfway.send(move))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`on resource: ${unit?.Arn}`),
    });
    const whole = await manager(world, of('account/o-*/*'), of('root/o-*/r-*'), of('ou/o-*/ou-*'));
    await whole.send(move);
  });

  it('says where units are created', async () => {
    const world = await practice();
    const root = new OrganizationsClient(config(world, world.sandbox.credentials));
    await root.send(new CreateOrganizationCommand({}));
    const ParentId = (await root.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? '';
    const units = await manager(world, of('ou/o-*/ou-*'), of('account/o-*/*'));
    const create = new CreateOrganizationalUnitCommand({ ParentId, Name: 'Work' });
    expect((await refusal(units.send(create))).name).toBe('AccessDeniedException');
    const roots = await manager(world, of('root/o-*/r-*'));
    expect((await roots.send(create)).OrganizationalUnit).toMatchObject({ Name: 'Work' });
  });
});

describe('a user without permission', () => {
  it('is refused by IAM with AccessDenied 403 and the message of AWS', async () => {
    const world = await practice();
    const { iam } = await user(world, 'alex');
    expect(await refusal(iam.send(new iamSdk.ListUsersCommand({})))).toEqual({
      name: 'AccessDenied',
      status: 403,
      message:
        'User: arn:aws:iam::111122223333:user/alex is not authorized to perform: iam:ListUsers on resource: ' +
        'arn:aws:iam::111122223333:user/ because no identity-based policy allows the iam:ListUsers action',
    });
  });

  it('is refused by JSON services with AccessDeniedException, 400 at Budgets', async () => {
    const world = await practice();
    const { credentials } = await user(world, 'alex');
    const budgets = new BudgetsClient(config(world, credentials));
    const account = new AccountClient(config(world, credentials));
    const refused = await refusal(budgets.send(new DescribeBudgetsCommand({ AccountId: '111122223333' })));
    expect(refused).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    expect(refused.message).toContain('budgets:ViewBudget');
    expect((await refusal(account.send(new GetContactInformationCommand({})))).name).toBe('AccessDeniedException');
  });

  it('changes nothing', async () => {
    const world = await practice();
    const { iam } = await user(world, 'alex', allow('iam:List*'));
    expect((await refusal(iam.send(new iamSdk.CreateUserCommand({ UserName: 'bea' })))).name).toBe('AccessDenied');
    expect(world.account.users.map((each) => each.name)).toEqual(['alex']);
  });

  it('can always call GetCallerIdentity, even if denied everything', async () => {
    const { sts } = await user(await practice(), 'alex', deny('*'));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:iam::111122223333:user/alex');
  });
});

describe('policies decide', () => {
  const list = async (...statements: object[]) => {
    const { iam } = await user(await practice(), 'alex', ...statements);
    return iam.send(new iamSdk.ListUsersCommand({})).then(
      () => 'allowed',
      () => 'denied',
    );
  };
  it.each([
    ['a wildcard action', [allow('iam:List*')], 'allowed'],
    ['different case', [allow('IAM:listusers')], 'allowed'],
    ['another action', [allow('iam:ListGroups')], 'denied'],
    ['another resource', [allow('iam:ListUsers', 'arn:aws:iam::111122223333:group/*')], 'denied'],
    ['its resource', [allow('iam:ListUsers', 'arn:aws:iam::111122223333:user/*')], 'allowed'],
    ['a deny together with an allow', [allow('*'), deny('iam:ListUsers')], 'denied'],
    ['everything but the action', [{ Effect: 'Allow', NotAction: 'iam:ListUsers', Resource: '*' }], 'denied'],
    ['everything but another action', [{ Effect: 'Allow', NotAction: 'iam:ListGroups', Resource: '*' }], 'allowed'],
    ['a condition that holds', [allow('iam:*', '*', { StringEquals: { 'aws:username': 'alex' } })], 'allowed'],
    ['a condition that does not', [allow('iam:*', '*', { StringEquals: { 'aws:username': 'bea' } })], 'denied'],
    ['an allow with an unsupported condition', [allow('iam:*', '*', { DateLessThan: { 'aws:CurrentTime': '2099-01-01' } })], 'denied'],
    ['a deny with an unsupported condition', [allow('iam:*'), deny('iam:*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })], 'denied'],
    [
      'a deny without MFA, for a key',
      [allow('iam:*'), deny('iam:*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })],
      'denied',
    ],
  ])('by %s: %s', async (_what, statements, verdict) => {
    expect(await list(...statements)).toBe(verdict);
  });

  it.each([
    ['allows it', 'IAMReadOnlyAccess', 'allowed'],
    ['allows other things', 'AmazonS3ReadOnlyAccess', 'because no permissions boundary allows the iam:ListUsers action'],
    ['denies it', 'AWSDenyAll', 'with an explicit deny in a permissions boundary'],
  ])('within a permissions boundary that %s', async (_what, boundary, verdict) => {
    const world = await practice();
    const { iam } = await user(world, 'alex', allow('*'));
    const PermissionsBoundary = `arn:aws:iam::aws:policy/${boundary}`;
    await world.iam.send(new iamSdk.PutUserPermissionsBoundaryCommand({ UserName: 'alex', PermissionsBoundary }));
    const listed = iam.send(new iamSdk.ListUsersCommand({}));
    expect(verdict === 'allowed' ? (await listed).Users?.length : (await refusal(listed)).message).toEqual(
      verdict === 'allowed' ? 1 : expect.stringContaining(verdict),
    );
  });

  it('through groups', async () => {
    const world = await practice();
    const { iam } = await user(world, 'alex');
    await world.iam.send(new iamSdk.CreateGroupCommand({ GroupName: 'Readers' }));
    await world.iam.send(
      new iamSdk.AttachGroupPolicyCommand({ GroupName: 'Readers', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    );
    expect((await refusal(iam.send(new iamSdk.ListUsersCommand({})))).name).toBe('AccessDenied');
    await world.iam.send(new iamSdk.AddUserToGroupCommand({ GroupName: 'Readers', UserName: 'alex' }));
    await iam.send(new iamSdk.ListUsersCommand({}));
    expect((await refusal(iam.send(new iamSdk.CreateUserCommand({ UserName: 'x' })))).name).toBe('AccessDenied');
  });

  it('by the name of the user in a resource', async () => {
    const world = await practice();
    const own = await user(world, 'alex', allow('iam:ListAccessKeys', 'arn:aws:iam::*:user/${aws:username}'));
    await user(world, 'bea');
    await own.iam.send(new iamSdk.ListAccessKeysCommand({ UserName: 'alex' }));
    await own.iam.send(new iamSdk.ListAccessKeysCommand({}));
    expect((await refusal(own.iam.send(new iamSdk.ListAccessKeysCommand({ UserName: 'bea' })))).name).toBe('AccessDenied');
  });

  it('by the policy that is attached', async () => {
    const world = await practice();
    const only = { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } };
    const { iam } = await user(world, 'alex', allow('iam:AttachUserPolicy', '*', only));
    const attach = (name: string) => new iamSdk.AttachUserPolicyCommand({ UserName: 'alex', PolicyArn: `arn:aws:iam::aws:policy/${name}` });
    await iam.send(attach('ReadOnlyAccess'));
    expect((await refusal(iam.send(attach('AdministratorAccess')))).name).toBe('AccessDenied');
  });
});

describe('sessions', () => {
  const trust = (...principals: string[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: principals }, Action: 'sts:AssumeRole' }] });
  const RoleArn = 'arn:aws:iam::111122223333:role/guest';
  async function withRole(...principals: string[]) {
    const world = await practice();
    await world.iam.send(new iamSdk.CreateUserCommand({ UserName: 'target' }));
    await world.iam.send(new iamSdk.CreateRoleCommand({ RoleName: 'guest', AssumeRolePolicyDocument: trust(...principals) }));
    await world.iam.send(new iamSdk.AttachRolePolicyCommand({ RoleName: 'guest', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }));
    return world;
  }
  const root = 'arn:aws:iam::111122223333:root';
  const assume = (more: object = {}) => new AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit', ...more });
  const credentialsOf = ({ Credentials: given }: AssumeRoleCommandOutput | GetSessionTokenCommandOutput) => ({
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  });

  it('of a role are never issued to root', async () => {
    const world = await withRole(root);
    expect(await refusal(world.sts.send(assume()))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  it('of a role need both the trust of the account and a policy of the caller', async () => {
    const world = await withRole(root);
    const without = await user(world, 'without');
    const withPolicy = await user(world, 'with', allow('sts:AssumeRole', RoleArn));
    expect((await refusal(without.sts.send(assume()))).name).toBe('AccessDenied');
    const session = await withPolicy.sts.send(assume());
    const { sts, iam } = world.as(credentialsOf(session));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:sts::111122223333:assumed-role/guest/visit');
    await iam.send(new iamSdk.ListUsersCommand({}));
    expect((await refusal(iam.send(new iamSdk.CreateUserCommand({ UserName: 'x' })))).name).toBe('AccessDenied');
  });

  it('of a role are issued to a user that its trust policy names, without a policy of the user, and not to others', async () => {
    const world = await withRole('arn:aws:iam::111122223333:user/target');
    const target = await world.iam.send(new iamSdk.CreateAccessKeyCommand({ UserName: 'target' }));
    const named = world.as({ accessKeyId: target.AccessKey?.AccessKeyId ?? '', secretAccessKey: target.AccessKey?.SecretAccessKey ?? '' });
    const other = await user(world, 'other', allow('*'));
    await named.sts.send(assume());
    expect((await refusal(other.sts.send(assume()))).name).toBe('AccessDenied');
    expect((await refusal(other.sts.send(assume({ RoleArn: `${RoleArn}x` })))).name).toBe('AccessDenied');
  });

  it('of a role in another account need a policy of the caller, even if its trust policy names the caller', async () => {
    const world = await practice();
    const elsewhere = newAccount({ id: '444455556666', name: 'Other', email: 'other@example.com', now: world.clock.now() });
    world.sandbox.world.accounts['444455556666'] = elsewhere;
    const without = await user(world, 'without');
    const allowed = await user(world, 'allowed', allow('sts:AssumeRole'));
    const denied = await user(world, 'denied', deny('sts:AssumeRole'));
    const names = ['without', 'allowed', 'denied'].map((name) => `arn:aws:iam::111122223333:user/${name}`);
    const guest = { id: 'AROAGUEST', name: 'guest', path: '/', createdAt: '', attachedPolicies: [], inlinePolicies: {}, tags: {} };
    elsewhere.roles.push({ ...guest, trust: trust(...names) });
    const there = assume({ RoleArn: 'arn:aws:iam::444455556666:role/guest' });
    const outcomes = [without, allowed, denied].map(({ sts }) =>
      sts.send(there).then(
        () => 'given',
        (error: unknown) => (error as Error).name,
      ),
    );
    expect(await Promise.all(outcomes)).toEqual(['AccessDenied', 'given', 'AccessDenied']);
  });

  it('are limited by their session policy', async () => {
    const world = await withRole(root);
    const caller = await user(world, 'with', allow('sts:AssumeRole'));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [allow('iam:ListGroups')] });
    const { iam } = world.as(credentialsOf(await caller.sts.send(assume({ Policy }))));
    await iam.send(new iamSdk.ListGroupsCommand({}));
    expect((await refusal(iam.send(new iamSdk.ListUsersCommand({})))).name).toBe('AccessDenied');
  });

  it('last at most as long as requested, and as the role allows', async () => {
    const world = await withRole(root);
    const caller = await user(world, 'with', allow('sts:AssumeRole'));
    expect((await refusal(caller.sts.send(assume({ DurationSeconds: 3601 })))).name).toBe('ValidationError');
    const { sts } = world.as(credentialsOf(await caller.sts.send(assume({ DurationSeconds: 900 }))));
    world.clock.pass(899_000);
    await sts.send(new GetCallerIdentityCommand({}));
    world.clock.pass(1000);
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: expect.stringMatching(/^ExpiredToken/),
      status: 403,
    });
  });

  it('of a user without MFA work everywhere but in IAM', async () => {
    const world = await practice();
    const caller = await user(world, 'alex', allow('*'));
    const credentials = credentialsOf(await caller.sts.send(new GetSessionTokenCommand({})));
    const { sts, iam } = world.as(credentials);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:iam::111122223333:user/alex');
    expect(await refusal(iam.send(new iamSdk.ListUsersCommand({})))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
    expect((await refusal(sts.send(new GetSessionTokenCommand({})))).message).toBe('Cannot call GetSessionToken with session credentials');
  });

  it('end with the user', async () => {
    const world = await practice();
    const caller = await user(world, 'alex');
    const { sts } = world.as(credentialsOf(await caller.sts.send(new GetSessionTokenCommand({}))));
    await world.iam.send(new iamSdk.DeleteAccessKeyCommand({ UserName: 'alex', AccessKeyId: caller.credentials.accessKeyId }));
    await world.iam.send(new iamSdk.DeleteUserCommand({ UserName: 'alex' }));
    expect((await refusal(sts.send(new GetCallerIdentityCommand({})))).name).toBe('InvalidClientTokenId');
  });
});
