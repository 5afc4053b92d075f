import type { Behaviours } from '../../behaviour.js';
import { awsManagedPolicies } from '../../managed-policies.js';
import type { AccountWorld, PolicyWorld } from '../../world.js';
import { invalidValue } from './constraints.js';
import { arnOf, byName, date, markerAt, place, someTags } from './entities.js';
import { boundaryShape } from './permissions-boundaries.js';
import { attachedShape, attachmentCount, awsShape, ownShape } from './policies.js';

const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;

export const authorizationDetails: Behaviours = {
  /** The four lists of the output are one list internally, so a page can end in the middle of any of them. */
  GetAccountAuthorizationDetails(input, { account }) {
    const filter: readonly string[] = input.Filter ?? kinds;
    const odd = filter.find((kind) => !kinds.some((known) => known === kind));
    if (odd !== undefined) throw invalidValue('Filter', odd, `Member must satisfy enum value set: [${kinds.join(', ')}]`);
    const wants = (kind: (typeof kinds)[number]) => filter.length === 0 || filter.includes(kind);
    const entries = [
      ...(wants('User') ? userDetails(account).map((detail) => ['UserDetailList', detail] as const) : []),
      ...(wants('Group') ? groupDetails(account).map((detail) => ['GroupDetailList', detail] as const) : []),
      ...(wants('Role') ? roleDetails(account).map((detail) => ['RoleDetailList', detail] as const) : []),
      ...(wants('LocalManagedPolicy') ? localPolicies(account).map((detail) => ['Policies', detail] as const) : []),
      ...(wants('AWSManagedPolicy') ? awsPolicies(account).map((detail) => ['Policies', detail] as const) : []),
    ];
    const start = input.Marker === undefined ? 0 : place(input.Marker);
    const end = start + (input.MaxItems ?? 100);
    const lists: Record<string, unknown[]> = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
    for (const [list, detail] of entries.slice(start, end)) lists[list]?.push(detail);
    const more = end < entries.length;
    return { ...lists, IsTruncated: more, Marker: more ? markerAt(end) : undefined };
  },
};

const inline = (documents: Readonly<Record<string, string>>) =>
  Object.entries(documents).map(([PolicyName, document]) => ({ PolicyName, PolicyDocument: encodeURIComponent(document) }));

const userDetails = (account: AccountWorld) =>
  byName(account.users).map((user) => ({
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: arnOf(account, 'user', user),
    CreateDate: date(user.createdAt),
    UserPolicyList: inline(user.inlinePolicies),
    GroupList: [...user.groups],
    AttachedManagedPolicies: user.attachedPolicies.map(attachedShape),
    PermissionsBoundary: boundaryShape(user),
    Tags: someTags(user.tags),
  }));

const groupDetails = (account: AccountWorld) =>
  byName(account.groups).map((group) => ({
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: arnOf(account, 'group', group),
    CreateDate: date(group.createdAt),
    GroupPolicyList: inline(group.inlinePolicies),
    AttachedManagedPolicies: group.attachedPolicies.map(attachedShape),
  }));

const roleDetails = (account: AccountWorld) =>
  byName(account.roles).map((role) => ({
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: arnOf(account, 'role', role),
    CreateDate: date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    InstanceProfileList: [],
    RolePolicyList: inline(role.inlinePolicies),
    AttachedManagedPolicies: role.attachedPolicies.map(attachedShape),
    PermissionsBoundary: boundaryShape(role),
    Tags: someTags(role.tags),
    RoleLastUsed: {},
  }));

const version = (document: string, createdAt: string) => [
  { Document: encodeURIComponent(document), VersionId: 'v1', IsDefaultVersion: true, CreateDate: date(createdAt) },
];

const localPolicies = (account: AccountWorld) =>
  byName(account.policies).map((policy: PolicyWorld) => ({
    ...ownShape(account, policy),
    PolicyVersionList: version(policy.document, policy.createdAt),
  }));

/** Only the AWS managed policies that are attached. */
const awsPolicies = (account: AccountWorld) =>
  awsManagedPolicies(account.partition)
    .filter((policy) => attachmentCount(account, policy.arn) > 0)
    .map((policy) => ({ ...awsShape(account, policy), PolicyVersionList: version(policy.document, policy.createdAt) }));
