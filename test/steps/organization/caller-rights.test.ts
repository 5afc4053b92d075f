import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/core/account.js';
import { readFullRights } from '../../../src/steps/organization/observe.js';
import { accountId, accountOf, alex, root } from '../support/account.js';

const managed = (name: string) => ({ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` });
const own = { PolicyName: 'Own', PolicyArn: `arn:aws:iam::${accountId}:policy/Own` };
const inline = (statement: object) => ({ PolicyName: 'p', PolicyDocument: encodeURIComponent(JSON.stringify({ Statement: [statement] })) });
const everything = inline({ Effect: 'Allow', Action: '*', Resource: '*' });
const admin = managed('AdministratorAccess');
const boundary = { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: admin.PolicyArn } };
const admins = { GroupName: 'Admins', AttachedManagedPolicies: [admin] };
const deploy: Identity = { kind: 'role', arn: `arn:aws:sts::${accountId}:assumed-role/Deploy/ci`, name: 'Deploy' };

describe('whether the caller certainly has full permissions', () => {
  it.each<readonly [string, object, object[], boolean]>([
    ['AdministratorAccess of its own', { AttachedManagedPolicies: [admin] }, [], true],
    ['AdministratorAccess through a group', { GroupList: ['Admins'] }, [admins], true],
    ['an equivalent inline policy', { UserPolicyList: [everything] }, [], true],
    ['another AWS managed policy in addition', { AttachedManagedPolicies: [admin, managed('ReadOnlyAccess')] }, [], true],
    ['a group without the user', {}, [admins], false],
    ['fewer permissions', { AttachedManagedPolicies: [managed('PowerUserAccess')] }, [], false],
    ['another policy that may deny', { AttachedManagedPolicies: [admin, own] }, [], false],
    ['an AWS managed policy that denies', { AttachedManagedPolicies: [admin, managed('AWSDenyAll')] }, [], false],
    [
      'an inline policy that may deny',
      { AttachedManagedPolicies: [admin], UserPolicyList: [inline({ Effect: 'Deny', Action: '*' })] },
      [],
      false,
    ],
    [
      'a group whose policy may deny',
      { AttachedManagedPolicies: [admin], GroupList: ['G'] },
      [{ GroupName: 'G', AttachedManagedPolicies: [own] }],
      false,
    ],
    ['a permissions boundary', { AttachedManagedPolicies: [admin], ...boundary }, [], false],
  ])('a user with %s', async (_what, user, groups, full) => {
    const { context } = accountOf({
      'iam:GetAccountAuthorizationDetails': () => ({ UserDetailList: [{ UserName: 'alex', ...user }], GroupDetailList: groups }),
    });
    expect(await readFullRights(context.cloud, alex)).toMatchObject({ ok: true, value: full });
  });

  it.each<readonly [string, object, boolean]>([
    ['AdministratorAccess', { AttachedManagedPolicies: [admin] }, true],
    ['fewer permissions', { AttachedManagedPolicies: [] }, false],
    ['a permissions boundary', { AttachedManagedPolicies: [admin], ...boundary }, false],
  ])('a role with %s', async (_what, role, full) => {
    const { context } = accountOf({ 'iam:GetAccountAuthorizationDetails': () => ({ RoleDetailList: [{ RoleName: 'Deploy', ...role }] }) });
    expect(await readFullRights(context.cloud, deploy)).toMatchObject({ ok: true, value: full });
  });

  it('is unknown if the policies cannot be read', async () => {
    const { context } = accountOf({ 'iam:GetAccountAuthorizationDetails': () => 'AccessDenied' });
    expect(await readFullRights(context.cloud, alex)).toMatchObject({ ok: false });
  });

  it('needs no request for root', async () => {
    const { context, sent } = accountOf({});
    expect(await readFullRights(context.cloud, root)).toMatchObject({ ok: true, value: true });
    expect(sent).toEqual([]);
  });
});
