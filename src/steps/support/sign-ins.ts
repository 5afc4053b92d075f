import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { readAccountRole } from './account-role.js';
import { type ConsolePassword, isAdministratorAccess, readConsolePassword } from './people.js';

/** A user, its console password if it has one, and the password's last use. */
export interface PasswordUse {
  readonly user: string;
  readonly arn: string;
  readonly password: Reading<ConsolePassword | undefined>;
  /** undefined: never, as far as AWS says (since October 2014). */
  readonly lastUsed: Date | undefined;
}

/** Every user. Only ListUsers and GetUser tell when a password was last used. */
export const readPasswordUse = async (cloud: ReadCloud): Promise<Reading<readonly PasswordUse[]>> => {
  const listed = map(await cloud.readAll('iam:ListUsers', { MaxItems: 1000 }), (pages) => pages.flatMap((page) => page.Users ?? []));
  if (!listed.ok) return listed;
  const users = listed.value.map(async ({ UserName: user = '', Arn: arn = '', PasswordLastUsed: lastUsed }): Promise<PasswordUse> => {
    const password = await readConsolePassword(cloud, user);
    return { user, arn, password, lastUsed };
  });
  return { ...listed, value: await Promise.all(users) };
};

/**
 * Roles with AdministratorAccess that a person can assume: those of IAM Identity Center and, in a member account, the organization's
 * access role. Outside a member that role lets in whoever its trust names, which is nobody here any more.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
 */
export const readAdministratorRoles = async (cloud: ReadCloud, accountId: () => Promise<string>): Promise<Reading<readonly string[]>> => {
  const [listed, place] = await Promise.all([
    cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: ['Role'], MaxItems: 1000 }),
    readAccountRole(cloud, accountId),
  ]);
  const roles = map(listed, (pages) =>
    pages
      .flatMap((page) => page.RoleDetailList ?? [])
      .filter((role) => (role.AttachedManagedPolicies ?? []).some(({ PolicyArn: arn = '' }) => isAdministratorAccess(arn)))
      .map((role) => role.RoleName ?? ''),
  );
  if (!roles.ok) return roles;
  const ofPeople = roles.value.filter((name) => name.startsWith('AWSReservedSSO_'));
  const access = roles.value.filter((name) => name === 'OrganizationAccountAccessRole');
  if (access.length === 0 || ofPeople.length > 0) return { ...roles, value: ofPeople };
  return map(place, (role) => (role === 'member' ? access : []));
};
