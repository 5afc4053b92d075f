import type { ReadCloud } from '../../core/cloud.js';
import { all, map, type Reading } from '../../core/reading.js';
import { readConsolePassword } from './people.js';

/** A console password and its last use. */
export interface PasswordUse {
  readonly user: string;
  readonly arn: string;
  readonly createdAt: Date | undefined;
  /** undefined: never, as far as AWS says (since October 2014). */
  readonly lastUsed: Date | undefined;
}

/** Every console password. Only ListUsers and GetUser tell when one was last used. */
export const readPasswordUse = async (cloud: ReadCloud): Promise<Reading<readonly PasswordUse[]>> => {
  const listed = map(await cloud.readAll('iam:ListUsers', { MaxItems: 1000 }), (pages) => pages.flatMap((page) => page.Users ?? []));
  if (!listed.ok) return listed;
  const passwords = await Promise.all(listed.value.map((user) => readConsolePassword(cloud, user.UserName ?? '')));
  return map(all<readonly (Awaited<(typeof passwords)[number]> extends Reading<infer T> ? T : never)[]>(...passwords), (found) =>
    listed.value.flatMap((user, index) => {
      const password = found[index];
      if (password === undefined) return [];
      return [{ user: user.UserName ?? '', arn: user.Arn ?? '', createdAt: password.createdAt, lastUsed: user.PasswordLastUsed }];
    }),
  );
};

/**
 * Roles with AdministratorAccess that a person can assume: those of IAM Identity Center, and the organization's access role.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
 */
export const readAdministratorRoles = async (cloud: ReadCloud): Promise<Reading<readonly string[]>> =>
  map(await cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: ['Role'], MaxItems: 1000 }), (pages) =>
    pages
      .flatMap((page) => page.RoleDetailList ?? [])
      .filter((role) => (role.AttachedManagedPolicies ?? []).some((policy) => policy.PolicyName === 'AdministratorAccess'))
      .map((role) => role.RoleName ?? '')
      .filter((name) => name.startsWith('AWSReservedSSO_') || name === 'OrganizationAccountAccessRole'),
  );
