import type { GetAccountAuthorizationDetailsCommandOutput } from '@aws-sdk/client-iam';
import { managedPolicyArn } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { type HeldPolicy, isAdministrator, type Rights, rightsOf } from './administrator-rights.js';

/** An IAM user with its permissions, from one paginated call. Passwords, MFA devices and access keys need calls of their own. */
export interface Person {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date | undefined;
  readonly groups: readonly string[];
  /** ARNs of the policies attached to the user itself, not to its groups. */
  readonly attachedPolicies: readonly string[];
  readonly inlinePolicies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Policies of the user itself, attached and inline. */
  readonly held: readonly HeldPolicy[];
  /** The permissions boundary. */
  readonly boundary: HeldPolicy | undefined;
  /** From its own policies and those of its groups, within the boundary. */
  readonly rights: Rights;
  /** Whether these are administrator rights. */
  readonly admin: boolean;
}
export interface Group {
  readonly name: string;
  readonly attachedPolicies: readonly string[];
  readonly held: readonly HeldPolicy[];
  /** Whether the group gives administrator rights. */
  readonly admin: boolean;
}
export interface People {
  readonly users: readonly Person[];
  readonly groups: readonly Group[];
}

/** IAM names are unique regardless of case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

type Page = GetAccountAuthorizationDetailsCommandOutput;

/** Users, groups and customer managed policies. Read once, even if several steps need them. */
export const readAccess = (cloud: ReadCloud): Promise<Reading<readonly Page[]>> =>
  cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: ['User', 'Group', 'LocalManagedPolicy'], MaxItems: 1000 });

/** Every user and group of the account. */
export const readPeople = async (cloud: ReadCloud): Promise<Reading<People>> =>
  map(await readAccess(cloud), (pages) => {
    const holds = holding(pages);
    const groups = pages
      .flatMap((page) => page.GroupDetailList ?? [])
      .map((group): Group => {
        const { held } = holds({ ...group, inline: group.GroupPolicyList });
        return { name: group.GroupName ?? '', attachedPolicies: arnsOf(group), held, admin: isAdministrator(rightsOf(held)) };
      });
    const users = pages
      .flatMap((page) => page.UserDetailList ?? [])
      .map((user): Person => {
        const { held, boundary } = holds({ ...user, inline: user.UserPolicyList });
        const memberOf = user.GroupList ?? [];
        const through = groups.filter((group) => memberOf.some((name) => sameName(name, group.name))).flatMap((group) => group.held);
        const rights = rightsOf([...held, ...through], boundary);
        return {
          name: user.UserName ?? '',
          arn: user.Arn ?? '',
          createdAt: user.CreateDate,
          groups: memberOf,
          attachedPolicies: arnsOf(user),
          inlinePolicies: (user.UserPolicyList ?? []).map((policy) => policy.PolicyName ?? ''),
          tags: Object.fromEntries((user.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
          held,
          boundary,
          rights,
          admin: isAdministrator(rights),
        };
      });
    return { users, groups };
  });

/** The common fields of user, group and role details. */
interface Holder {
  readonly AttachedManagedPolicies?:
    | readonly { readonly PolicyName?: string | undefined; readonly PolicyArn?: string | undefined }[]
    | undefined;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | undefined;
  readonly inline: readonly { readonly PolicyName?: string | undefined; readonly PolicyDocument?: string | undefined }[] | undefined;
}

/** Returns a function that finds the policies of a user, group or role, with the documents from the same pages. */
export const holding = (
  pages: readonly Page[],
): ((holder: Holder) => { held: readonly HeldPolicy[]; boundary: HeldPolicy | undefined }) => {
  const documents = new Map(
    pages
      .flatMap((page) => page.Policies ?? [])
      .map(
        (policy) => [policy.Arn, policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion === true)?.Document] as const,
      ),
  );
  const managed = (arn: string): HeldPolicy => ({ name: arn.slice(arn.lastIndexOf('/') + 1), arn, document: documents.get(arn) });
  return (holder) => {
    const limit = holder.PermissionsBoundary?.PermissionsBoundaryArn;
    const inline = (holder.inline ?? []).map(({ PolicyName = '', PolicyDocument }) => ({ name: PolicyName, document: PolicyDocument }));
    return {
      held: [...arnsOf(holder).map(managed), ...inline],
      boundary: limit === undefined || limit === '' ? undefined : managed(limit),
    };
  };
};

const arnsOf = ({ AttachedManagedPolicies }: Omit<Holder, 'inline'>): readonly string[] =>
  (AttachedManagedPolicies ?? []).map((policy) => policy.PolicyArn ?? '');

export const administratorAccess = (partition: string): string => managedPolicyArn(partition, 'AdministratorAccess');

export interface ConsolePassword {
  readonly createdAt: Date | undefined;
}

/** The user's console password; undefined if there is none, or no such user. */
export const readConsolePassword = async (cloud: ReadCloud, user: string): Promise<Reading<ConsolePassword | undefined>> =>
  map(await cloud.find('iam:GetLoginProfile', { UserName: user }, ['NoSuchEntity']), (output) =>
    output === undefined ? undefined : { createdAt: output.LoginProfile?.CreateDate },
  );

/** Serial numbers of the user's MFA devices of every kind (virtual, FIDO, hardware); empty for no such user. */
export const readMfaDevices = async (cloud: ReadCloud, user: string): Promise<Reading<readonly string[]>> => {
  const found = await cloud.findAll('iam:ListMFADevices', { UserName: user }, ['NoSuchEntity']);
  return map(found, (pages = []) => pages.flatMap((page) => page.MFADevices ?? []).map((device) => device.SerialNumber ?? ''));
};

export interface AccessKey {
  readonly id: string;
  readonly user: string;
  readonly active: boolean;
  readonly createdAt: Date | undefined;
}

/** The user's access keys; empty for no such user. */
export const readAccessKeys = async (cloud: ReadCloud, user: string): Promise<Reading<readonly AccessKey[]>> =>
  map(await listKeys(cloud, user), (keys) => (keys ?? []).map((key) => ({ ...key, user })));

/**
 * The keys of a user; null: root's keys, which only root can list. undefined: the user does not exist. The read fails if AWS shows a key
 * without its id, with an unknown status or of another user: such a key must not count as inactive, nor as the user's.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
 */
export const listKeys = async (cloud: ReadCloud, user: string | null): Promise<Reading<readonly Omit<AccessKey, 'user'>[] | undefined>> => {
  const found = await cloud.findAll('iam:ListAccessKeys', user === null ? {} : { UserName: user }, ['NoSuchEntity']);
  if (!found.ok || found.value === undefined) return found as Reading<undefined>;
  const listed = found.value.flatMap((page) => page.AccessKeyMetadata ?? []);
  const isOdd = ({ AccessKeyId: id, Status: status, UserName: name }: (typeof listed)[number]): boolean =>
    id === undefined || id === '' || !keyStatuses.includes(status ?? '') || (user !== null && name !== undefined && !sameName(name, user));
  if (listed.some(isOdd)) {
    const message = `the response to iam:ListAccessKeys has a key of ${user ?? 'root'} that cannot be identified`;
    return { ok: false, cause: 'failed', message, evidence: found.evidence };
  }
  const keys = listed.map(({ AccessKeyId = '', Status, CreateDate }) => ({
    id: AccessKeyId,
    active: Status === 'Active',
    createdAt: CreateDate,
  }));
  return { ...found, value: keys };
};

/** An expired key cannot be used either. */
const keyStatuses: readonly string[] = ['Active', 'Inactive', 'Expired'];

/**
 * When and for what a key was last used; undefined: never, as far as AWS knows, which it shows by "N/A" in place of a service. Anything else
 * without a date is a failed read: whether the key was used is not known.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
export const readKeyUse = async (
  cloud: ReadCloud,
  id: string,
): Promise<Reading<{ readonly at: Date; readonly service: string; readonly region: string } | undefined>> => {
  const reading = await cloud.read('iam:GetAccessKeyLastUsed', { AccessKeyId: id });
  if (!reading.ok) return reading;
  const { LastUsedDate: at, ServiceName: service, Region: region = '' } = reading.value.AccessKeyLastUsed ?? {};
  if (at !== undefined) return { ...reading, value: { at, service: service ?? '', region } };
  if (service === 'N/A') return { ...reading, value: undefined };
  const message = `the response to iam:GetAccessKeyLastUsed does not show whether the key ${id} was used`;
  return { ok: false, cause: 'failed', message, evidence: reading.evidence };
};

export const readLastUse = async (cloud: ReadCloud, { id }: Pick<AccessKey, 'id'>): Promise<Reading<Date | undefined>> =>
  map(await readKeyUse(cloud, id), (use) => use?.at);

/** The user's name as spelled in the account; as in the config if the user does not exist or could not be read. */
export const spelledAs = (people: Reading<People>, name: string): string =>
  (people.ok ? people.value.users.find((user) => sameName(user.name, name))?.name : undefined) ?? name;

/** What the account summary reports about root. */
export interface RootUser {
  readonly mfa: boolean;
  /** False in member accounts whose root credentials the organization removed. */
  readonly password: boolean;
  readonly accessKey: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const readRootUser = async (cloud: ReadCloud): Promise<Reading<RootUser>> => {
  const reading = await cloud.read('iam:GetAccountSummary', {});
  if (!reading.ok) return reading;
  // The SDK types the keys as an enum that lacks newer ones.
  const summary: Readonly<Record<string, number | undefined>> = reading.value.SummaryMap ?? {};
  const { AccountMFAEnabled: mfa, AccountAccessKeysPresent: keys, AccountPasswordPresent: password } = summary;
  if (mfa === undefined || keys === undefined) {
    return { ok: false, cause: 'failed', message: 'iam:GetAccountSummary returned nothing about root', evidence: reading.evidence };
  }
  // AWS added this key later: if it is missing, root has a password.
  return { ...reading, value: { mfa: mfa > 0, password: password !== 0, accessKey: keys > 0 } };
};

/** The page on which root manages its own password, MFA devices and access keys. No API can do it for root. */
export const rootCredentialsPage = (consoleHost: string): string => `https://${consoleHost}/iam/home#/security_credentials`;

/** The administrator of the config, as it will be after `init` has applied its changes. */

/** Other members of a group without administrator rights: if the policy were attached, all of them would become administrators. */
export const otherMembersOf = ({ users, groups }: People, name: string, groupName: string): readonly Person[] => {
  const group = groups.find((one) => sameName(one.name, groupName));
  if (group === undefined || group.admin) return [];
  return users.filter((one) => !sameName(one.name, name) && one.groups.some((member) => sameName(member, group.name)));
};

/** Whether the administrator exists, or will exist after `init` has applied its changes. */
export const willExist = (people: People, name: string, groupName: string): boolean => {
  if (people.users.some((one) => sameName(one.name, name))) return true;
  const group = people.groups.find((one) => sameName(one.name, groupName));
  return otherMembersOf(people, name, groupName).length === 0 && isAdministrator(rightsAfterwards(people, undefined, group));
};

/** The rights of the user after it is added to the group and the group has AdministratorAccess. */
export const rightsAfterwards = ({ groups }: People, user: Person | undefined, group: Group | undefined): Rights => {
  const added = { name: 'AdministratorAccess', arn: administratorAccess('aws'), document: undefined };
  const through = groups.filter((one) => one === group || user?.groups.some((member) => sameName(member, one.name)));
  return rightsOf([...(user?.held ?? []), ...through.flatMap((one) => one.held), added], user?.boundary);
};
