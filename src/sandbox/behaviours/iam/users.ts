import type { Behaviours } from '../../behaviour.js';
import { uniqueId } from '../../credentials.js';
import type { UserWorld } from '../../world.js';
import { checkLength } from './constraints.js';
import {
  byName,
  conflict,
  exists,
  findUser,
  implicitUser,
  listing,
  overQuota,
  quotas,
  readTags,
  rootShape,
  someTags,
  tagList,
  taken,
  underPath,
  userShape,
} from './entities.js';
import { boundaryShape, newBoundary } from './permissions-boundaries.js';

export const users: Behaviours = {
  CreateUser(input, { account, now, random }) {
    checkLength('UserName', input.UserName, 64);
    if (taken(account.users, input.UserName)) throw exists(`User with name ${input.UserName} already exists.`);
    if (account.users.length >= quotas.users) throw overQuota('UsersPerAccount', quotas.users);
    const user: UserWorld = {
      id: uniqueId('AIDA', random),
      name: input.UserName,
      path: input.Path ?? '/',
      createdAt: now.toISOString(),
      tags: readTags(input.Tags),
      groups: [],
      attachedPolicies: [],
      inlinePolicies: {},
      password: null,
      accessKeys: [],
      ...newBoundary(account, input.PermissionsBoundary),
    };
    account.users.push(user);
    return { User: { ...userShape(account, user), PermissionsBoundary: boundaryShape(user), Tags: someTags(user.tags) } };
  },

  GetUser(input, scene) {
    const user = implicitUser(input.UserName, scene);
    if (user === 'root') return { User: rootShape(scene.account) };
    return { User: { ...userShape(scene.account, user), PermissionsBoundary: boundaryShape(user), Tags: someTags(user.tags) } };
  },

  /** Omits tags and the boundary, unlike GetUser. */
  ListUsers(input, { account }) {
    const found = underPath(byName(account.users), input.PathPrefix);
    return listing(
      'Users',
      found.map((user) => userShape(account, user)),
      input,
    );
  },

  DeleteUser(input, { account }) {
    const user = findUser(account, input.UserName);
    const must = (action: string) => conflict(`Cannot delete entity, must ${action} first.`);
    if (user.accessKeys.length > 0) throw must('delete access keys');
    if (account.mfaDevices.some((device) => device.user === user.name)) throw must('deactivate MFA devices');
    if (user.password !== null) throw must('delete login profile');
    if (user.groups.length > 0) throw must('remove users from group');
    if (user.attachedPolicies.length > 0) throw must('detach all policies');
    if (Object.keys(user.inlinePolicies).length > 0) throw must('delete policies');
    account.users = account.users.filter((each) => each !== user);
    return {};
  },

  TagUser(input, { account }) {
    const user = findUser(account, input.UserName);
    user.tags = readTags(input.Tags, user.tags);
    return {};
  },

  ListUserTags(input, { account }) {
    return listing('Tags', tagList(findUser(account, input.UserName).tags), input);
  },
};
