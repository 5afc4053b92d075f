import { type Behaviour, type Behaviours, Fault } from '../../behaviour.js';
import { absent, arnOf, byName, date, exists, findGroup, findRole, findUser, listing, overQuota, quotas, taken } from './entities.js';
import { checkPermissionsPolicy } from './policy-document.js';
import { uniqueId } from '../../credentials.js';
import { awsManagedPolicies, awsManagedPolicy } from '../../managed-policies.js';
import { policyDocument } from '../../permissions.js';
import type { AccountWorld, GroupWorld, PolicyWorld, RoleWorld, UserWorld } from '../../world.js';

export const policies: Behaviours = {
  CreatePolicy(input, { account, now, random }) {
    checkPermissionsPolicy(input.PolicyDocument);
    const size = input.PolicyDocument.replace(/\s/g, '').length;
    if (size > 6144) throw new Fault('LimitExceeded', 409, 'Cannot exceed quota for PolicySize: 6144');
    const arn = arnOf(account, 'policy', { path: input.Path ?? '/', name: input.PolicyName });
    if (taken(account.policies, input.PolicyName))
      throw exists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
    if (account.policies.length >= quotas.policies) throw overQuota('PoliciesPerAccount', quotas.policies);
    const policy: PolicyWorld = {
      arn,
      id: uniqueId('ANPA', random),
      name: input.PolicyName,
      document: input.PolicyDocument,
      createdAt: now.toISOString(),
    };
    account.policies.push(policy);
    return { Policy: ownShape(account, policy) };
  },

  GetPolicy(input, { account }) {
    const own = account.policies.find((policy) => policy.arn === input.PolicyArn);
    if (own !== undefined) return { Policy: ownShape(account, own) };
    const aws = awsManagedPolicy(input.PolicyArn);
    if (aws === undefined || !aws.arn.startsWith(`arn:${account.partition}:`)) absent(`Policy ${input.PolicyArn} was not found.`);
    return { Policy: { ...awsShape(account, aws), Description: aws.description } };
  },

  ListPolicies(input, { account }) {
    const scope = input.Scope ?? 'All';
    const own = scope === 'AWS' ? [] : byName(account.policies).map((policy) => ownShape(account, policy));
    const aws = scope === 'Local' ? [] : awsManagedPolicies(account.partition).map((policy) => awsShape(account, policy));
    const wanted = [...own, ...aws].filter((policy) => input.OnlyAttached !== true || policy.AttachmentCount > 0);
    return listing(
      'Policies',
      wanted.filter((policy) => policy.Path.startsWith(input.PathPrefix ?? '/')),
      input,
    );
  },
};

export const attachmentCount = (account: AccountWorld, arn: string): number =>
  [...account.users, ...account.groups, ...account.roles].filter((holder) => holder.attachedPolicies.includes(arn)).length;

const shape = (account: AccountWorld, policy: { readonly arn: string; readonly name: string; readonly createdAt: string }, id: string) => ({
  PolicyName: policy.name,
  PolicyId: id,
  Arn: policy.arn,
  Path: policy.arn.slice(policy.arn.indexOf(':policy/') + ':policy'.length, policy.arn.length - policy.name.length),
  DefaultVersionId: 'v1',
  AttachmentCount: attachmentCount(account, policy.arn),
  PermissionsBoundaryUsageCount: [...account.users, ...account.roles].filter((holder) => holder.permissionsBoundary === policy.arn).length,
  IsAttachable: true,
  CreateDate: date(policy.createdAt),
  UpdateDate: date(policy.createdAt),
});

export const ownShape = (account: AccountWorld, policy: PolicyWorld) => shape(account, policy, policy.id ?? 'ANPA2PRACTICEPOLICY22');
export const awsShape = (account: AccountWorld, policy: ReturnType<typeof awsManagedPolicies>[number]) => shape(account, policy, policy.id);

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

/** Managed policies of users, groups and roles: one behaviour for all three. */
interface Holder {
  attachedPolicies: string[];
}
const holders = {
  User: (input: any, account: AccountWorld): Holder => findUser(account, input.UserName),
  Group: (input: any, account: AccountWorld): Holder => findGroup(account, input.GroupName),
  Role: (input: any, account: AccountWorld): Holder => findRole(account, input.RoleName),
} as const;

const attach =
  (kind: keyof typeof holders): Behaviour =>
  (input, { account }) => {
    const holder = holders[kind](input, account);
    checkPolicy(account, input.PolicyArn);
    // These belong to service-linked roles.
    if (input.PolicyArn.includes(':policy/aws-service-role/'))
      throw new Fault('PolicyNotAttachable', 400, 'Cannot attach a Service Role Policy to a Customer Role.');
    if (holder.attachedPolicies.includes(input.PolicyArn)) return {};
    if (holder.attachedPolicies.length >= quotas.policiesPerEntity) throw overQuota(`PoliciesPer${kind}`, quotas.policiesPerEntity);
    holder.attachedPolicies.push(input.PolicyArn);
    return {};
  };

const detach =
  (kind: keyof typeof holders): Behaviour =>
  (input, { account }) => {
    const holder = holders[kind](input, account);
    if (!holder.attachedPolicies.includes(input.PolicyArn)) absent(`Policy ${input.PolicyArn} was not found.`);
    holder.attachedPolicies = holder.attachedPolicies.filter((arn) => arn !== input.PolicyArn);
    return {};
  };

const listAttached =
  (kind: keyof typeof holders): Behaviour =>
  (input, { account }) => {
    const found = holders[kind](input, account).attachedPolicies.map(attachedShape);
    return listing('AttachedPolicies', found, input);
  };

export const attachments: Behaviours = {
  AttachUserPolicy: attach('User'),
  DetachUserPolicy: detach('User'),
  ListAttachedUserPolicies: listAttached('User'),
  AttachGroupPolicy: attach('Group'),
  DetachGroupPolicy: detach('Group'),
  ListAttachedGroupPolicies: listAttached('Group'),
  AttachRolePolicy: attach('Role'),
  ListAttachedRolePolicies: listAttached('Role'),
};

export const attachedShape = (arn: string) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn });

export function checkPolicy(account: AccountWorld, arn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(arn)) throw new Fault('InvalidInput', 400, `ARN ${arn} is not valid.`);
  if (arn.split(':')[1] !== account.partition || policyDocument(account, arn) === undefined) {
    absent(`Policy ${arn} does not exist or is not attachable.`);
  }
}
