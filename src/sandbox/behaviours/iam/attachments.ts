import type { Behaviour, Behaviours } from '../../behaviour.js';
import { Fault } from '../../fault.js';
import { policyDocument } from '../../permissions.js';
import type { AccountWorld } from '../../world.js';
import { absent, findGroup, findRole, findUser, overQuota, quotas } from './entities.js';
import { listing } from './listing.js';

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
  DetachRolePolicy: detach('Role'),
  ListAttachedRolePolicies: listAttached('Role'),
};

export const attachedShape = (arn: string) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn });

export function checkPolicy(account: AccountWorld, arn: string): void {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/.test(arn)) throw new Fault('InvalidInput', 400, `ARN ${arn} is not valid.`);
  if (arn.split(':')[1] !== account.partition || policyDocument(account, arn) === undefined) {
    absent(`Policy ${arn} does not exist or is not attachable.`);
  }
}
