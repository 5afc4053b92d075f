import type { Behaviours } from '../../behaviour.js';
import { uniqueId } from '../../credentials.js';
import type { AccountWorld, GroupWorld } from '../../world.js';
import {
  arnOf,
  byName,
  conflict,
  date,
  exists,
  findGroup,
  findUser,
  listing,
  overQuota,
  quotas,
  taken,
  underPath,
  userShape,
} from './entities.js';

export const groups: Behaviours = {
  CreateGroup(input, { account, now, random }) {
    if (taken(account.groups, input.GroupName)) throw exists(`Group with name ${input.GroupName} already exists.`);
    if (account.groups.length >= quotas.groups) throw overQuota('GroupsPerAccount', quotas.groups);
    const group: GroupWorld = {
      id: uniqueId('AGPA', random),
      name: input.GroupName,
      path: input.Path ?? '/',
      createdAt: now.toISOString(),
      attachedPolicies: [],
      inlinePolicies: {},
    };
    account.groups.push(group);
    return { Group: groupShape(account, group) };
  },

  GetGroup(input, { account }) {
    const group = findGroup(account, input.GroupName);
    const members = byName(account.users.filter((user) => user.groups.includes(group.name)));
    return {
      Group: groupShape(account, group),
      ...listing(
        'Users',
        members.map((user) => userShape(account, user)),
        input,
      ),
    };
  },

  ListGroups(input, { account }) {
    return listing(
      'Groups',
      underPath(byName(account.groups), input.PathPrefix).map((group) => groupShape(account, group)),
      input,
    );
  },

  DeleteGroup(input, { account }) {
    const group = findGroup(account, input.GroupName);
    if (account.users.some((user) => user.groups.includes(group.name)))
      throw conflict('Cannot delete entity, must remove users from group first.');
    if (group.attachedPolicies.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
    if (Object.keys(group.inlinePolicies).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
    account.groups = account.groups.filter((each) => each !== group);
    return {};
  },

  ListGroupsForUser(input, { account }) {
    const user = findUser(account, input.UserName);
    const found = byName(account.groups.filter((group) => user.groups.includes(group.name)));
    return listing(
      'Groups',
      found.map((group) => groupShape(account, group)),
      input,
    );
  },

  /** Adding a member again is not an error. */
  AddUserToGroup(input, { account }) {
    const group = findGroup(account, input.GroupName);
    const user = findUser(account, input.UserName);
    if (user.groups.includes(group.name)) return {};
    if (user.groups.length >= quotas.groupsPerUser) throw overQuota('GroupsPerUser', quotas.groupsPerUser);
    user.groups.push(group.name);
    return {};
  },

  RemoveUserFromGroup(input, { account }) {
    const group = findGroup(account, input.GroupName);
    const user = findUser(account, input.UserName);
    user.groups = user.groups.filter((name) => name !== group.name);
    return {};
  },
};

const groupShape = (account: AccountWorld, group: GroupWorld) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: arnOf(account, 'group', group),
  CreateDate: date(group.createdAt),
});
