import type { Behaviours } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import type { GroupWorld, RoleWorld, UserWorld } from '../../world.js';
import { absent, findGroup, findRole, findUser } from './entities.js';
import { byName, listing } from './listing.js';
import { checkPermissionsPolicy } from './policy-document.js';

/** Total size of all inline policies of an entity, without white space. */
const sizes = { user: 2048, group: 5120, role: 10_240 } as const;

export const inlinePolicies: Behaviours = {
  PutUserPolicy(input, { account }) {
    return put(findUser(account, input.UserName), input, 'user');
  },

  PutGroupPolicy(input, { account }) {
    return put(findGroup(account, input.GroupName), input, 'group');
  },

  PutRolePolicy(input, { account }) {
    return put(findRole(account, input.RoleName), input, 'role');
  },

  GetUserPolicy(input, { account }) {
    const user = findUser(account, input.UserName);
    const document = user.inlinePolicies[input.PolicyName] ?? absent(`The user policy with name ${input.PolicyName} cannot be found.`);
    return { UserName: user.name, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
  },

  DeleteUserPolicy(input, { account }) {
    const user = findUser(account, input.UserName);
    if (user.inlinePolicies[input.PolicyName] === undefined) absent(`The user policy with name ${input.PolicyName} cannot be found.`);
    delete user.inlinePolicies[input.PolicyName];
    return {};
  },

  DeleteGroupPolicy(input, { account }) {
    const group = findGroup(account, input.GroupName);
    if (group.inlinePolicies[input.PolicyName] === undefined) absent(`The group policy with name ${input.PolicyName} cannot be found.`);
    delete group.inlinePolicies[input.PolicyName];
    return {};
  },

  ListUserPolicies(input, { account }) {
    return listing('PolicyNames', names(findUser(account, input.UserName)), input);
  },

  ListGroupPolicies(input, { account }) {
    return listing('PolicyNames', names(findGroup(account, input.GroupName)), input);
  },
};

function put(
  holder: UserWorld | GroupWorld | RoleWorld,
  input: { PolicyName: string; PolicyDocument: string },
  kind: keyof typeof sizes,
): Record<string, unknown> {
  checkPermissionsPolicy(input.PolicyDocument);
  const documents = { ...holder.inlinePolicies, [input.PolicyName]: input.PolicyDocument };
  const size = Object.values(documents).join('').replace(/\s/g, '').length;
  if (size > sizes[kind])
    throw new Fault('LimitExceeded', 409, `Maximum policy size of ${sizes[kind]} bytes exceeded for ${kind} ${holder.name}`);
  holder.inlinePolicies = documents;
  return {};
}

const names = (holder: { readonly inlinePolicies: Readonly<Record<string, string>> }): string[] =>
  byName(Object.keys(holder.inlinePolicies).map((name) => ({ name }))).map(({ name }) => name);
