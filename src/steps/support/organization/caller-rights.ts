import type { GetAccountAuthorizationDetailsCommandOutput } from '@aws-sdk/client-iam';
import type { Identity } from '../../../core/account.js';
import type { ReadCloud } from '../../../core/cloud.js';
import { map, type Reading, value } from '../../../core/reading.js';
import { grantsEverything, isAdministratorAccess, sameName } from '../people.js';

/** What user, group and role details have in common. */
interface Holder {
  readonly AttachedManagedPolicies?: readonly { readonly PolicyArn?: string | undefined }[] | undefined;
  readonly inline: readonly { readonly PolicyDocument?: string | undefined }[];
}

/**
 * Whether the caller certainly may do everything in its account: AdministratorAccess or its like, nothing beside it that could deny, and
 * no permissions boundary. Then a refusal lies with the other side. False: that cannot be said.
 */
export const readFullRights = async (cloud: ReadCloud, { kind, name }: Identity): Promise<Reading<boolean>> => {
  switch (kind) {
    case 'user':
      return map(await readDetails(cloud, ['User', 'Group']), (pages) => userMayAll(pages, name));
    case 'role':
      return map(await readDetails(cloud, ['Role']), (pages) => roleMayAll(pages, name));
    default:
      return value(kind === 'root');
  }
};

type Page = GetAccountAuthorizationDetailsCommandOutput;

/** As other steps ask for it, so that it is sent once. */
const readDetails = (cloud: ReadCloud, filter: readonly ('User' | 'Group' | 'Role')[]): Promise<Reading<readonly Page[]>> =>
  cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: [...filter], MaxItems: 1000 });

const userMayAll = (pages: readonly Page[], name: string): boolean => {
  const user = pages.flatMap((page) => page.UserDetailList ?? []).find(({ UserName }) => sameName(UserName ?? '', name));
  if (user === undefined || user.PermissionsBoundary !== undefined) return false;
  const groups = pages
    .flatMap((page) => page.GroupDetailList ?? [])
    .filter(({ GroupName }) => (user.GroupList ?? []).some((member) => sameName(member, GroupName ?? '')))
    .map((group): Holder => ({ ...group, inline: group.GroupPolicyList ?? [] }));
  return mayAll([{ ...user, inline: user.UserPolicyList ?? [] }, ...groups]);
};

const roleMayAll = (pages: readonly Page[], name: string): boolean => {
  const role = pages.flatMap((page) => page.RoleDetailList ?? []).find(({ RoleName }) => sameName(RoleName ?? '', name));
  if (role === undefined || role.PermissionsBoundary !== undefined) return false;
  return mayAll([{ ...role, inline: role.RolePolicyList ?? [] }]);
};

const mayAll = (holders: readonly Holder[]): boolean => {
  const arns = holders.flatMap(({ AttachedManagedPolicies }) => (AttachedManagedPolicies ?? []).map(({ PolicyArn }) => PolicyArn ?? ''));
  const inline = holders.flatMap((holder) => holder.inline.map(({ PolicyDocument }) => grantsEverything(PolicyDocument)));
  return (arns.some(isAdministratorAccess) || inline.includes(true)) && arns.every(onlyAllows) && !inline.includes(false);
};

/** AWS's own policies deny nothing, but for those that are made for it; of others it is not known here. */
const onlyAllows = (arn: string): boolean => /^arn:[^:]+:iam::aws:policy\/(?!AWSDenyAll|AWSCompromisedKeyQuarantine)/.test(arn);
