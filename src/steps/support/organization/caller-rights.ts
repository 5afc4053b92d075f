import type { Identity } from '../../../core/account.js';
import type { ReadCloud } from '../../../core/cloud.js';
import { all, map, type Reading, value } from '../../../core/reading.js';
import { type HeldPolicy, mayDeny, rightsOf } from '../administrator-rights.js';
import { holding, readAccess, sameName } from '../people.js';
import { readRoles } from '../sign-ins.js';

/**
 * Whether the caller certainly may do everything in its account: AdministratorAccess or its like without a condition, nothing beside
 * it that could deny, and no permissions boundary. Then a refusal lies with the other side. False: that cannot be said.
 */
export const readFullRights = async (cloud: ReadCloud, { kind, name }: Identity): Promise<Reading<boolean>> => {
  switch (kind) {
    case 'user':
      return map(await readAccess(cloud), (pages) => {
        const user = pages.flatMap((page) => page.UserDetailList ?? []).find(({ UserName }) => sameName(UserName ?? '', name));
        if (user === undefined) return false;
        const holds = holding(pages);
        const own = holds({ ...user, inline: user.UserPolicyList });
        const through = pages
          .flatMap((page) => page.GroupDetailList ?? [])
          .filter(({ GroupName }) => (user.GroupList ?? []).some((member) => sameName(member, GroupName ?? '')))
          .flatMap((group) => holds({ ...group, inline: group.GroupPolicyList }).held);
        return mayAll([...own.held, ...through], own.boundary);
      });
    case 'role':
      return map(all(await readRoles(cloud), await readAccess(cloud)), ([roles, pages]) => {
        const role = roles.find(({ RoleName }) => sameName(RoleName ?? '', name));
        if (role === undefined) return false;
        const { held, boundary } = holding(pages)({ ...role, inline: role.RolePolicyList });
        return mayAll(held, boundary);
      });
    default:
      return value(kind === 'root');
  }
};

const mayAll = (held: readonly HeldPolicy[], boundary: HeldPolicy | undefined): boolean => {
  const rights = rightsOf(held);
  return boundary === undefined && rights.kind === 'administrator' && rights.conditions.length === 0 && !held.some(mayDeny);
};
