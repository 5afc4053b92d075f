import { describe, expect, it } from 'vitest';
import { iam } from '../../src/sandbox/behaviours/iam.js';
import { OTHER, testWorld } from './world-of-test.js';

const admin = 'arn:aws:iam::aws:policy/AdministratorAccess';
const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] });

function withUser() {
  const world = testWorld(iam);
  world.call('CreateUser', { UserName: 'alex' });
  return world;
}

describe('users', () => {
  it('have names that are unique case-insensitively, but are only found by the exact name', () => {
    const { call, fault } = withUser();
    expect(fault('CreateUser', { UserName: 'ALEX' })).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
    expect(fault('GetUser', { UserName: 'ALEX' })).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    expect(call('GetUser', { UserName: 'alex' }).User.UserName).toBe('alex');
  });

  it('keep the last use of a password that is gone', () => {
    const { call, own } = withUser();
    const Password = 'Correct-Horse-1';
    const used = '2024-01-01T00:00:00.000Z';
    const lastUsed = () => call('GetUser', { UserName: 'alex' }).User.PasswordLastUsed;
    call('CreateLoginProfile', { UserName: 'alex', Password });
    expect(lastUsed()).toBeUndefined();
    Object.assign(own.users[0]?.password ?? {}, { lastUsed: used });
    call('DeleteLoginProfile', { UserName: 'alex' });
    call('CreateLoginProfile', { UserName: 'alex', Password });
    expect(lastUsed()).toEqual(new Date(used));
  });

  it.each([
    ['a character outside the pattern', 'a lex'],
    ['an empty name', ''],
    ['65 characters', 'a'.repeat(65)],
  ])('are refused with %s', (_what, UserName) => {
    expect(testWorld(iam).fault('CreateUser', { UserName })).toMatchObject({ code: 'ValidationError', status: 400 });
  });

  it('may have a name of 64 characters', () => {
    expect(testWorld(iam).call('CreateUser', { UserName: 'a'.repeat(64) }).User.Path).toBe('/');
  });

  it('are limited to 5000 in an account', () => {
    const { own, fault, call } = withUser();
    const [alex] = own.users;
    if (alex === undefined) throw new Error('no user');
    while (own.users.length < 5000) own.users.push({ ...alex, name: `user${own.users.length}` });
    expect(fault('CreateUser', { UserName: 'more' })).toMatchObject({ code: 'LimitExceeded', status: 409 });
    own.users.pop();
    call('CreateUser', { UserName: 'more' });
  });

  it('are listed in pages with a marker', () => {
    const { call, fault } = withUser();
    for (const UserName of ['Bea', 'carl', 'dora']) call('CreateUser', { UserName });
    const first = call('ListUsers', { MaxItems: 3 });
    expect(first.Users.map((user: { UserName: string }) => user.UserName)).toEqual(['alex', 'Bea', 'carl']);
    expect(first.IsTruncated).toBe(true);
    const second = call('ListUsers', { MaxItems: 3, Marker: first.Marker });
    expect(second.Users.map((user: { UserName: string }) => user.UserName)).toEqual(['dora']);
    expect(second).toMatchObject({ IsTruncated: false, Marker: undefined });
    expect(fault('ListUsers', { Marker: 'nonsense' }).code).toBe('ValidationError');
    expect(fault('ListUsers', { MaxItems: 0 }).code).toBe('ValidationError');
    expect(fault('ListUsers', { MaxItems: 1001 }).code).toBe('ValidationError');
  });

  it('have tags in GetUser but not in ListUsers', () => {
    const { call } = testWorld(iam);
    call('CreateUser', { UserName: 'alex', Tags: [{ Key: 'run', Value: '1' }] });
    expect(call('GetUser', { UserName: 'alex' }).User.Tags).toEqual([{ Key: 'run', Value: '1' }]);
    expect(call('ListUsers').Users[0].Tags).toBeUndefined();
  });

  it('are refused with more than 50 tags, a duplicate key, or characters that AWS does not accept', () => {
    const { call, fault } = withUser();
    const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: '' }));
    // A request cannot have more than 50, an entity neither: two rules, two errors.
    expect(fault('TagUser', { UserName: 'alex', Tags: tags(51) })).toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining("at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"),
    });
    call('TagUser', { UserName: 'alex', Tags: tags(50) });
    expect(fault('TagUser', { UserName: 'alex', Tags: [{ Key: 'one-more', Value: '' }] }).code).toBe('LimitExceeded');
    expect(
      fault('TagUser', {
        UserName: 'alex',
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      }).code,
    ).toBe('InvalidInput');
    expect(fault('TagUser', { UserName: 'alex', Tags: [{ Key: 'a&b', Value: '' }] }).code).toBe('ValidationError');
  });

  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' }],
  });
  it.each([
    ['CreateUser', { UserName: 'sam' }],
    ['CreateRole', { RoleName: 'sam', AssumeRolePolicyDocument: trust }],
    ['CreateVirtualMFADevice', { VirtualMFADeviceName: 'sam' }],
  ])('are created by %s with 50 tags at most, and 51 are a ValidationError', (operation, input) => {
    const { call, fault } = withUser();
    const Tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
    expect(fault(operation, { ...input, Tags }).code).toBe('ValidationError');
    call(operation, { ...input, Tags: Tags.slice(1) });
  });

  it('cannot be deleted while they have attached resources', () => {
    const { own, call, fault } = withUser();
    call('CreateGroup', { GroupName: 'Admins' });
    const dependencies = [
      ['CreateAccessKey', {}, 'access keys'],
      ['CreateLoginProfile', { Password: 'Correct-Horse-7' }, 'login profile'],
      ['AddUserToGroup', { GroupName: 'Admins' }, 'group'],
      ['AttachUserPolicy', { PolicyArn: admin }, 'detach'],
      ['PutUserPolicy', { PolicyName: 'own', PolicyDocument: document }, 'policies'],
    ] as const;
    for (const [operation, input, word] of dependencies) {
      const before = structuredClone(own);
      call(operation, { UserName: 'alex', ...input });
      const refused = fault('DeleteUser', { UserName: 'alex' });
      expect(refused).toMatchObject({ code: 'DeleteConflict', status: 409 });
      expect(refused.message).toContain(word);
      Object.assign(own, before);
    }
    own.mfaDevices.push({ serial: 'x', seed: null, kind: 'u2f', user: 'alex', enabledAt: null, createdAt: '', tags: {} });
    expect(fault('DeleteUser', { UserName: 'alex' }).message).toContain('MFA');
    own.mfaDevices = [];
    call('DeleteUser', { UserName: 'alex' });
    expect(own.users).toEqual([]);
  });

  it('of another account are not visible', () => {
    const { call, fault } = withUser();
    expect(call('ListUsers', {}, { account: OTHER }).Users).toEqual([]);
    expect(fault('GetUser', { UserName: 'alex' }, { account: OTHER }).code).toBe('NoSuchEntity');
  });

  it('that call GetUser without a name get themselves; root gets root; a role must name one', () => {
    const { call, fault } = withUser();
    expect(call('GetUser', {}, { caller: { kind: 'user', name: 'alex' } }).User.UserName).toBe('alex');
    expect(call('GetUser').User).toMatchObject({ Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' });
    expect(fault('GetUser', {}, { caller: { kind: 'role', name: 'r', session: 's' } }).code).toBe('ValidationError');
  });
});

describe('groups', () => {
  it('accept a member twice', () => {
    const { own, call } = withUser();
    call('CreateGroup', { GroupName: 'Admins' });
    call('AddUserToGroup', { GroupName: 'Admins', UserName: 'alex' });
    call('AddUserToGroup', { GroupName: 'Admins', UserName: 'alex' });
    expect(own.users[0]?.groups).toEqual(['Admins']);
  });

  it('are limited to ten per user', () => {
    const { call, fault } = withUser();
    for (let n = 0; n < 11; n += 1) call('CreateGroup', { GroupName: `g${n}` });
    for (let n = 0; n < 10; n += 1) call('AddUserToGroup', { GroupName: `g${n}`, UserName: 'alex' });
    expect(fault('AddUserToGroup', { GroupName: 'g10', UserName: 'alex' })).toMatchObject({ code: 'LimitExceeded', status: 409 });
  });

  it('name what is missing: the group or the user', () => {
    const { call, fault } = withUser();
    expect(fault('AddUserToGroup', { GroupName: 'Admins', UserName: 'alex' }).message).toContain('group with name Admins');
    call('CreateGroup', { GroupName: 'Admins' });
    expect(fault('AddUserToGroup', { GroupName: 'Admins', UserName: 'bea' }).message).toContain('user with name bea');
  });

  it('cannot be deleted while they have members or policies', () => {
    const { call, fault } = withUser();
    call('CreateGroup', { GroupName: 'Admins' });
    call('AddUserToGroup', { GroupName: 'Admins', UserName: 'alex' });
    expect(fault('DeleteGroup', { GroupName: 'Admins' }).code).toBe('DeleteConflict');
    call('RemoveUserFromGroup', { GroupName: 'Admins', UserName: 'alex' });
    call('AttachGroupPolicy', { GroupName: 'Admins', PolicyArn: admin });
    expect(fault('DeleteGroup', { GroupName: 'Admins' }).code).toBe('DeleteConflict');
    call('DetachGroupPolicy', { GroupName: 'Admins', PolicyArn: admin });
    call('DeleteGroup', { GroupName: 'Admins' });
    expect(fault('GetGroup', { GroupName: 'Admins' }).code).toBe('NoSuchEntity');
  });
});

describe('policies', () => {
  it('can be attached twice but detached only once', () => {
    const { own, call, fault } = withUser();
    call('AttachUserPolicy', { UserName: 'alex', PolicyArn: admin });
    call('AttachUserPolicy', { UserName: 'alex', PolicyArn: admin });
    expect(own.users[0]?.attachedPolicies).toEqual([admin]);
    call('DetachUserPolicy', { UserName: 'alex', PolicyArn: admin });
    expect(fault('DetachUserPolicy', { UserName: 'alex', PolicyArn: admin }).code).toBe('NoSuchEntity');
  });

  it.each([
    ['no such policy of AWS', 'arn:aws:iam::aws:policy/AdministratorAcces', 'NoSuchEntity'],
    ['another partition', 'arn:aws-cn:iam::aws:policy/AdministratorAccess', 'NoSuchEntity'],
    ['no ARN', 'AdministratorAccess-of-aws', 'InvalidInput'],
    ['too short', 'short', 'ValidationError'],
  ])('are refused if there is %s', (_what, PolicyArn, code) => {
    expect(withUser().fault('AttachUserPolicy', { UserName: 'alex', PolicyArn }).code).toBe(code);
  });

  it('are limited to ten attached policies per user', () => {
    const { call, fault } = withUser();
    const arns = Array.from({ length: 11 }, (_, n) => call('CreatePolicy', { PolicyName: `p${n}`, PolicyDocument: document }).Policy.Arn);
    for (const PolicyArn of arns.slice(0, 10)) call('AttachUserPolicy', { UserName: 'alex', PolicyArn });
    expect(fault('AttachUserPolicy', { UserName: 'alex', PolicyArn: arns[10] }).code).toBe('LimitExceeded');
  });

  it.each([
    ['not JSON', '{'],
    ['no statement', '{"Version":"2012-10-17"}'],
    ['an unknown version', document.replace('2012', '2013')],
    ['an odd effect', document.replace('Allow', 'allow')],
    ['an action without service', document.replace('s3:*', 'ListBucket')],
    ['a resource that is no ARN', document.replace('"Resource":"*"', '"Resource":"bucket"')],
    ['a principal', document.replace('"Resource"', '"Principal":"*","Resource"')],
  ])('inline are refused with %s', (_what, PolicyDocument) => {
    const refused = withUser().fault('PutUserPolicy', { UserName: 'alex', PolicyName: 'p', PolicyDocument });
    expect(refused).toMatchObject({ code: 'MalformedPolicyDocument', status: 400 });
  });

  it('inline are limited to 2048 characters in total per user', () => {
    const { call, fault } = withUser();
    const long = document.replace('s3:*', `s3:${'a'.repeat(1200)}`);
    call('PutUserPolicy', { UserName: 'alex', PolicyName: 'one', PolicyDocument: long });
    expect(fault('PutUserPolicy', { UserName: 'alex', PolicyName: 'two', PolicyDocument: long }).code).toBe('LimitExceeded');
    call('PutUserPolicy', { UserName: 'alex', PolicyName: 'one', PolicyDocument: long });
  });
});

it('adds one event to the history for each successful write, and none for reads and refused writes', () => {
  const { own, call, fault } = withUser();
  call('ListUsers');
  fault('CreateUser', { UserName: 'alex' });
  call('CreateGroup', { GroupName: 'Admins' });
  expect(own.events.map((event) => `${event.source} ${event.name}`)).toEqual([
    'iam.amazonaws.com CreateUser',
    'iam.amazonaws.com CreateGroup',
  ]);
});
