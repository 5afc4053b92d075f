import type { Behaviours } from '../../behaviour.js';
import { uniqueId } from '../../credentials.js';
import type { AccountWorld, RoleWorld } from '../../world.js';
import {
  arnOf,
  byName,
  conflict,
  date,
  exists,
  findRole,
  listing,
  overQuota,
  quotas,
  readTags,
  someTags,
  taken,
  underPath,
} from './entities.js';
import { boundaryShape, newBoundary } from './permissions-boundaries.js';
import { checkTrustPolicy } from './policy-document.js';

export const roles: Behaviours = {
  CreateRole(input, { world, account, now, random }) {
    if (taken(account.roles, input.RoleName)) throw exists(`Role with name ${input.RoleName} already exists.`);
    if (account.roles.length >= quotas.roles) throw overQuota('RolesPerAccount', quotas.roles);
    checkTrustPolicy(world, input.AssumeRolePolicyDocument);
    const role: RoleWorld = {
      id: uniqueId('AROA', random),
      name: input.RoleName,
      path: input.Path ?? '/',
      createdAt: now.toISOString(),
      trust: input.AssumeRolePolicyDocument,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      maxSessionDuration: input.MaxSessionDuration ?? 3600,
      attachedPolicies: [],
      inlinePolicies: {},
      tags: readTags(input.Tags),
      ...newBoundary(account, input.PermissionsBoundary),
    };
    account.roles.push(role);
    return { Role: { ...roleShape(account, role), PermissionsBoundary: boundaryShape(role), Tags: someTags(role.tags) } };
  },

  GetRole(input, { account }) {
    const role = findRole(account, input.RoleName);
    return { Role: { ...roleShape(account, role), PermissionsBoundary: boundaryShape(role), Tags: someTags(role.tags), RoleLastUsed: {} } };
  },

  ListRoles(input, { account }) {
    return listing(
      'Roles',
      underPath(byName(account.roles), input.PathPrefix).map((role) => roleShape(account, role)),
      input,
    );
  },

  DeleteRole(input, { account }) {
    const role = findRole(account, input.RoleName);
    if (role.attachedPolicies.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
    if (Object.keys(role.inlinePolicies).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
    account.roles = account.roles.filter((each) => each !== role);
    return {};
  },
};

const roleShape = (account: AccountWorld, role: RoleWorld) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: arnOf(account, 'role', role),
  CreateDate: date(role.createdAt),
  AssumeRolePolicyDocument: encodeURIComponent(role.trust),
  Description: role.description,
  MaxSessionDuration: role.maxSessionDuration ?? 3600,
});
