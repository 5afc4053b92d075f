import { managedPolicyArn } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

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
  /** AdministratorAccess, of the user's own or through a group. */
  readonly admin: boolean;
}
export interface Group {
  readonly name: string;
  readonly attachedPolicies: readonly string[];
  readonly admin: boolean;
}
export interface People {
  readonly users: readonly Person[];
  readonly groups: readonly Group[];
}

/** IAM's names are unique without regard to case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Every user and group of the account: GetAccountAuthorizationDetails, one read however many steps ask. */
export const readPeople = async (cloud: ReadCloud): Promise<Reading<People>> =>
  map(await cloud.readAll('iam:GetAccountAuthorizationDetails', { Filter: ['User', 'Group'], MaxItems: 1000 }), (pages) => {
    const groups = pages
      .flatMap((page) => page.GroupDetailList ?? [])
      .map((group): Group => {
        const attachedPolicies = (group.AttachedManagedPolicies ?? []).map((policy) => policy.PolicyArn ?? '');
        const inline = (group.GroupPolicyList ?? []).some((policy) => grantsEverything(policy.PolicyDocument));
        return { name: group.GroupName ?? '', attachedPolicies, admin: attachedPolicies.some(isAdministratorAccess) || inline };
      });
    const users = pages
      .flatMap((page) => page.UserDetailList ?? [])
      .map((user): Person => {
        const attachedPolicies = (user.AttachedManagedPolicies ?? []).map((policy) => policy.PolicyArn ?? '');
        const inline = user.UserPolicyList ?? [];
        const own = attachedPolicies.some(isAdministratorAccess) || inline.some((policy) => grantsEverything(policy.PolicyDocument));
        const memberOf = user.GroupList ?? [];
        return {
          name: user.UserName ?? '',
          arn: user.Arn ?? '',
          createdAt: user.CreateDate,
          groups: memberOf,
          attachedPolicies,
          inlinePolicies: inline.map((policy) => policy.PolicyName ?? ''),
          tags: Object.fromEntries((user.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
          admin: own || groups.some((group) => group.admin && memberOf.some((name) => sameName(name, group.name))),
        };
      });
    return { users, groups };
  });

export const isAdministratorAccess = (policyArn: string): boolean => /^arn:[^:]+:iam::aws:policy\/AdministratorAccess$/.test(policyArn);

export const administratorAccess = (partition: string): string => managedPolicyArn(partition, 'AdministratorAccess');

/** Whether an inline document (URL-encoded, as IAM gives it) allows every action on everything without a condition. */
export const grantsEverything = (document: string | undefined): boolean => {
  if (document === undefined) return false;
  try {
    const parsed = JSON.parse(decodeURIComponent(document)) as { Statement?: unknown };
    return [parsed.Statement].flat().some((statement) => {
      const { Effect, Action, Resource, Condition } = (statement ?? {}) as Record<string, unknown>;
      return Effect === 'Allow' && Condition === undefined && [Action].flat().includes('*') && [Resource].flat().includes('*');
    });
  } catch {
    return false;
  }
};

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
