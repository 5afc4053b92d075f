import { describe, expect, it } from 'vitest';
import { iam } from '../../src/sandbox/behaviours/iam.js';
import { NOW, OTHER, testWorld } from './world-of-test.js';

const set = (world: ReturnType<typeof testWorld>, AccountAlias: string, account?: string) =>
  world.call('CreateAccountAlias', { AccountAlias }, account === undefined ? {} : { account });

describe('the alias', () => {
  it('is replaced silently', () => {
    const world = testWorld(iam);
    set(world, 'practice-abcd');
    set(world, 'practice-wxyz');
    expect(world.call('ListAccountAliases').AccountAliases).toEqual(['practice-wxyz']);
    set(world, 'practice-abcd', OTHER);
  });

  it('is refused if any account has it: this account, another one of this world, or another customer', () => {
    const world = testWorld(iam);
    set(world, 'practice-abcd');
    set(world, 'practice-wxyz', OTHER);
    for (const AccountAlias of ['practice-abcd', 'practice-wxyz', 'acme', 'taken', 'production']) {
      expect(world.fault('CreateAccountAlias', { AccountAlias })).toMatchObject({
        code: 'EntityAlreadyExists',
        status: 409,
        message: `The account alias ${AccountAlias} already exists.`,
      });
    }
    expect(world.own.alias).toBe('practice-abcd');
  });

  it.each(['ab', 'a'.repeat(64), 'Acme', '-acme', 'acme-', 'ac--me', 'ac_me', '123456789012'])('cannot be %s', (AccountAlias) => {
    expect(testWorld(iam).fault('CreateAccountAlias', { AccountAlias })).toMatchObject({ code: 'ValidationError', status: 400 });
  });

  it.each(['abc', '12345678901', 'a-b-c', 'a'.repeat(63)])('can be %s', (AccountAlias) => {
    const world = testWorld(iam);
    set(world, AccountAlias);
    expect(world.own.alias).toBe(AccountAlias);
  });

  it('is only deleted by its exact name', () => {
    const world = testWorld(iam);
    set(world, 'practice-abcd');
    expect(world.fault('DeleteAccountAlias', { AccountAlias: 'practice-wxyz' })).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    expect(world.own.alias).toBe('practice-abcd');
    world.call('DeleteAccountAlias', { AccountAlias: 'practice-abcd' });
    expect(world.call('ListAccountAliases').AccountAliases).toEqual([]);
  });
});

describe('authorization details', () => {
  function inhabited() {
    const world = testWorld(iam);
    for (const UserName of ['alex', 'bea']) world.call('CreateUser', { UserName });
    world.call('CreateGroup', { GroupName: 'Admins' });
    world.call('AttachGroupPolicy', { GroupName: 'Admins', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    return world;
  }

  it('page through users, groups, roles and policies as one list', () => {
    const { call } = inhabited();
    const seen: string[] = [];
    let Marker: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const answer = call('GetAccountAuthorizationDetails', Marker === undefined ? { MaxItems: 1 } : { MaxItems: 1, Marker });
      seen.push(...['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'].flatMap((list) => answer[list].map(() => list)));
      Marker = answer.Marker;
      if (!answer.IsTruncated) break;
    }
    expect(seen).toEqual(['UserDetailList', 'UserDetailList', 'GroupDetailList', 'Policies']);
  });

  it('contain only what the filter names', () => {
    const { call, fault } = inhabited();
    const answer = call('GetAccountAuthorizationDetails', { Filter: ['Group'] });
    expect([answer.UserDetailList.length, answer.GroupDetailList.length, answer.Policies.length]).toEqual([0, 1, 0]);
    expect(fault('GetAccountAuthorizationDetails', { Filter: ['Groups'] }).code).toBe('ValidationError');
  });

  it('name the permissions boundaries of users and roles', () => {
    const { call, fault } = inhabited();
    const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }],
    });
    call('CreateUser', { UserName: 'zoe', PermissionsBoundary: boundary });
    call('CreateRole', { RoleName: 'guest', AssumeRolePolicyDocument: trust, PermissionsBoundary: boundary });
    const details = () => {
      const { UserDetailList, RoleDetailList } = call('GetAccountAuthorizationDetails', { Filter: ['User', 'Role'] });
      return [...UserDetailList, ...RoleDetailList].flatMap((each) => each.PermissionsBoundary?.PermissionsBoundaryArn ?? []);
    };
    expect(details()).toEqual([boundary, boundary]);
    expect(call('GetPolicy', { PolicyArn: boundary }).Policy.PermissionsBoundaryUsageCount).toBe(2);
    call('DeleteUserPermissionsBoundary', { UserName: 'zoe' });
    expect(details()).toEqual([boundary]);
    expect(fault('DeleteUserPermissionsBoundary', { UserName: 'zoe' }).code).toBe('NoSuchEntity');
    const absent = { UserName: 'zoe', PermissionsBoundary: 'arn:aws:iam::aws:policy/Nothing' };
    expect(fault('PutUserPermissionsBoundary', absent).code).toBe('NoSuchEntity');
    expect(fault('CreateUser', { ...absent, UserName: 'yan' }).code).toBe('NoSuchEntity');
  });

  it('encode documents as URLs', () => {
    const { call } = inhabited();
    const [version] = call('GetAccountAuthorizationDetails', { Filter: ['AWSManagedPolicy'] }).Policies[0].PolicyVersionList;
    expect(version.Document).toMatch(/^%7B%22Version%22/);
    expect(JSON.parse(decodeURIComponent(version.Document)).Statement).toEqual([{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  });
});

describe('roles', () => {
  const trusting = (principal: unknown) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }] });

  it.each([
    ['an account that does not exist', { AWS: 'arn:aws:iam::999999999999:root' }],
    ['a user that does not exist', { AWS: 'arn:aws:iam::111122223333:user/missing' }],
    ['a role that does not exist', { AWS: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:role/nothing'] }],
    ['no service', { Service: 'ec2' }],
    ['an unknown kind', { Amazon: '*' }],
  ])('cannot trust %s', (_what, principal) => {
    const refused = testWorld(iam).fault('CreateRole', { RoleName: 'guest', AssumeRolePolicyDocument: trusting(principal) });
    expect(refused).toMatchObject({ code: 'MalformedPolicyDocument', status: 400 });
  });

  it('can trust accounts, users, services and identity providers that exist', () => {
    const { call } = testWorld(iam);
    call('CreateUser', { UserName: 'alex', Path: '/team/' });
    const principals = [
      { AWS: `arn:aws:iam::${OTHER}:root` },
      { AWS: OTHER },
      { AWS: 'arn:aws:iam::111122223333:user/team/alex' },
      { Service: 'ec2.amazonaws.com' },
      { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
    ];
    principals.forEach((principal, n) => call('CreateRole', { RoleName: `r${n}`, AssumeRolePolicyDocument: trusting(principal) }));
    expect(call('ListRoles').Roles).toHaveLength(5);
  });

  it('need a principal and cannot have a resource', () => {
    const document = trusting({ AWS: '*' });
    for (const odd of [document.replace('"Principal":{"AWS":"*"},', ''), document.replace('"Action"', '"Resource":"*","Action"')]) {
      expect(testWorld(iam).fault('CreateRole', { RoleName: 'guest', AssumeRolePolicyDocument: odd }).code).toBe('MalformedPolicyDocument');
    }
  });
});

describe('central management of root', () => {
  function member(change: { featureSet?: 'CONSOLIDATED_BILLING'; trusted?: string[]; management?: string } = {}) {
    const world = testWorld(iam);
    world.world.organizations.push({
      id: 'o-practice00',
      managementAccountId: change.management ?? world.own.id,
      featureSet: change.featureSet ?? 'ALL',
      createdAt: NOW.toISOString(),
      trustedServices: change.trusted ?? ['iam.amazonaws.com'],
      finalizingUntil: null,
      accountLimit: 10,
      units: [],
      rootId: 'r-prac',
      members: [{ accountId: world.own.id, joinedMethod: 'INVITED', joinedAt: NOW.toISOString(), parent: 'r-prac', tags: {} }],
      requests: [],
    });
    return world;
  }

  it.each([
    ['no organization', testWorld(iam), 'OrganizationNotFoundException'],
    ['a member account', member({ management: OTHER }), 'AccountNotManagementOrDelegatedAdministratorException'],
    ['billing features alone', member({ featureSet: 'CONSOLIDATED_BILLING' }), 'OrganizationNotInAllFeaturesModeException'],
    ['no trusted access', member({ trusted: [] }), 'ServiceAccessNotEnabledException'],
  ])('is refused with %s', (_what, world, code) => {
    for (const operation of [
      'ListOrganizationsFeatures',
      'EnableOrganizationsRootCredentialsManagement',
      'EnableOrganizationsRootSessions',
    ]) {
      expect(world.fault(operation)).toMatchObject({ code, status: 400 });
    }
  });

  it('can be turned on twice', () => {
    const { call, own } = member();
    call('EnableOrganizationsRootCredentialsManagement');
    expect(call('EnableOrganizationsRootCredentialsManagement').EnabledFeatures).toEqual(['RootCredentialsManagement']);
    expect([own.rootCredentialsManagement, own.rootSessions]).toEqual([true, false]);
  });
});
