import type { RoleDetail } from '@aws-sdk/client-iam';
import { defaultAccessRole } from '../../core/accounts.js';
import type { ReadCloud } from '../../core/cloud.js';
import { all, map, type Reading } from '../../core/reading.js';
import type { ObserveContext } from '../../core/step.js';
import { readAccountRole } from './account.js';
import { rightsOf } from './administrator-rights.js';
import { readUserRows } from './credential-report.js';
import { type ConsolePassword, holding, readAccess, readConsolePassword } from './people.js';
import { isUnused, laterOf } from './values.js';

/** A user, its console password if it has one, and the password's last use. */
export interface PasswordUse {
  readonly user: string;
  readonly arn: string;
  readonly password: Reading<ConsolePassword | undefined>;
  /** undefined: never since October 2014, when AWS started to record it. */
  readonly lastUsed: Date | undefined;
  /** The age of the credential report, if the password is from there: it does not show whether it was created or changed then. */
  readonly reported?: string;
}

/** Every user. Only ListUsers and GetUser return when a password was last used. */
export const readPasswordUse = async (
  context: Pick<ObserveContext, 'cloud' | 'clock' | 'signal' | 'notify'>,
): Promise<Reading<readonly PasswordUse[]>> => {
  const { cloud, clock } = context;
  const listed = map(await cloud.readAll('iam:ListUsers', { MaxItems: 1000 }), (pages) => pages.flatMap((page) => page.Users ?? []));
  if (!listed.ok) return listed;
  const rows = await readUserRows(context, listed.value.length);
  const users = listed.value.map(async ({ UserName: user = '', Arn: arn = '', CreateDate, PasswordLastUsed }): Promise<PasswordUse> => {
    const found = rows({ name: user, createdAt: CreateDate });
    const set = found?.password.ok === true ? found.password.value?.createdAt : undefined;
    const used = set === undefined ? undefined : laterOf(PasswordLastUsed, set);
    const row = found?.current === false && used !== undefined && isUnused(used, clock.now()) ? undefined : found;
    const password = row?.password ?? (await readConsolePassword(cloud, user));
    return { user, arn, password, lastUsed: PasswordLastUsed, ...(row === undefined ? {} : { reported: row.age }) };
  });
  return { ...listed, value: await Promise.all(users) };
};

/** Every role of the account. */
export const readRoles = async (cloud: ReadCloud): Promise<Reading<readonly RoleDetail[]>> =>
  map(await cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: ['Role'], MaxItems: 1000 }), (pages) =>
    pages.flatMap((page) => page.RoleDetailList ?? []),
  );

/** Names of the roles with administrator rights that people assume. */
export interface AdministratorRoles {
  /** Created by IAM Identity Center for a permission set. */
  readonly identityCenter: readonly string[];
  /** In a member account: the access role of its organization. In other accounts, a role with this name may trust anyone. */
  readonly access: readonly string[];
}

/** Identity Center creates its roles under a path that no one else can use. https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html */
const isFromIdentityCenter = ({ RoleName = '', Path = '' }: RoleDetail): boolean =>
  RoleName.startsWith('AWSReservedSSO_') && /^\/aws-reserved\/sso\.amazonaws\.com(\.cn)?\//.test(Path);

/** Names of all roles that Identity Center created here, whatever their permissions. */
export const readIdentityCenterRoles = async (cloud: ReadCloud): Promise<Reading<readonly string[]>> =>
  map(await readRoles(cloud), (roles) => roles.filter(isFromIdentityCenter).map(({ RoleName = '' }) => RoleName));

export const readAdministratorRoles = async (cloud: ReadCloud, accountId: () => Promise<string>): Promise<Reading<AdministratorRoles>> => {
  const [roles, access, accountRole] = await Promise.all([readRoles(cloud), readAccess(cloud), readAccountRole(cloud, accountId)]);
  const found = map(all(roles, access), ([details, pages]) => {
    const holds = holding(pages);
    return details.filter((role) => {
      const { held, boundary } = holds({ ...role, inline: role.RolePolicyList });
      const rights = rightsOf(held, boundary);
      return rights.kind === 'administrator' && rights.conditions.length === 0;
    });
  });
  if (!found.ok) return found;
  const identityCenter = found.value.filter(isFromIdentityCenter).map(({ RoleName = '' }) => RoleName);
  const accessRoles = found.value.flatMap(({ RoleName }) => (RoleName === defaultAccessRole ? [RoleName] : []));
  if (accessRoles.length === 0 || identityCenter.length > 0) return { ...found, value: { identityCenter, access: [] } };
  return map(accountRole, (role) => ({ identityCenter, access: role === 'member' ? accessRoles : [] }));
};
