import type { Behaviours } from '../../behaviour.js';
import { uniqueId } from '../../credentials.js';
import { awsManagedPolicies, awsManagedPolicy } from '../../managed-policies.js';
import type { AccountWorld, PolicyWorld } from '../../world.js';
import { absent, arnOf, date, exists, overQuota, quotas, taken } from './entities.js';
import { byName, listing } from './listing.js';
import { checkPermissionsPolicy } from './policy-document.js';
import { Fault } from '../../fault.js';

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
