import type { GetAccountAuthorizationDetailsCommandOutput } from '@aws-sdk/client-iam';
import { managedPolicyArn } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { type HeldPolicy, isAdministrator, type Rights, rightsOf } from './administrator-rights.js';

/** What every user is and may do, from one paginated call. Passwords, devices and keys are not in it: see below. */
export interface Person {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date | undefined;
  readonly groups: readonly string[];
  /** Policies of the user's own (not through groups), by ARN. */
  readonly attachedPolicies: readonly string[];
  readonly inlinePolicies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** The user's own policies, attached and inline. */
  readonly held: readonly HeldPolicy[];
  /** The permissions boundary. */
  readonly boundary: HeldPolicy | undefined;
  /** By its own policies and those of its groups, inside the boundary. */
  readonly rights: Rights;
  /** Whether these rights make an administrator. */
  readonly admin: boolean;
}
export interface Group {
  readonly name: string;
  readonly attachedPolicies: readonly string[];
  readonly held: readonly HeldPolicy[];
  /** Whether the group makes administrators of its members. */
  readonly admin: boolean;
}
export interface People {
  readonly users: readonly Person[];
  readonly groups: readonly Group[];
}

/** IAM's names are unique without regard to case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

type Page = GetAccountAuthorizationDetailsCommandOutput;

/** Users, groups and the policies that the customer manages: one read however many steps ask. */
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

/** What user, group and role details have in common. */
interface Holder {
  readonly AttachedManagedPolicies?:
    | readonly { readonly PolicyName?: string | undefined; readonly PolicyArn?: string | undefined }[]
    | undefined;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn?: string | undefined } | undefined;
  readonly inline: readonly { readonly PolicyName?: string | undefined; readonly PolicyDocument?: string | undefined }[] | undefined;
}

/** The policies of a holder, with the documents that the same answer brings. */
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

/** The user's console password; undefined when there is none (or no such user). */
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
export const readAccessKeys = async (cloud: ReadCloud, user: string): Promise<Reading<readonly AccessKey[]>> => {
  const found = await cloud.findAll('iam:ListAccessKeys', { UserName: user }, ['NoSuchEntity']);
  return map(found, (pages = []) =>
    pages
      .flatMap((page) => page.AccessKeyMetadata ?? [])
      .map((key) => ({ id: key.AccessKeyId ?? '', user, active: key.Status === 'Active', createdAt: key.CreateDate })),
  );
};

/** The user's name as the account spells it; as the config does when there is no such user, or nobody could tell. */
export const spelledAs = (people: Reading<People>, name: string): string =>
  (people.ok ? people.value.users.find((user) => sameName(user.name, name))?.name : undefined) ?? name;
