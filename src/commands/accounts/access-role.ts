import { managedPolicyArn } from '../../core/account.js';
import { defaultAccessRole } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { listed } from '../../core/text.js';
import type { MemberAccess } from '../../run/host.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import { roleArnOf } from '../../steps/organization/state.js';
import { writeOrFind } from '../../steps/organization/waiting.js';
import { decodedDocument } from '../../steps/shared/administrator-rights.js';
import { accountError, writeError } from './errors.js';
import type { AccountsPort } from './types.js';

/**
 * The role that administrators of the management account use to work in a member. Accounts that an organization creates have it; in invited
 * accounts, this command creates it before they join.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create-cross-account-role.html
 */
export interface AccessRole {
  readonly name: string;
  readonly partition: string;
  readonly accountId: string;
  /** The one account that the role trusts. */
  readonly managementAccountId: string;
}

export type ObservedRole =
  | { readonly exists: false }
  /** `others`: names of the attached policies other than AdministratorAccess. */
  | { readonly exists: true; readonly trust: string; readonly administrator: boolean; readonly others?: readonly string[] };

export const roleArn = ({ partition, accountId, name }: AccessRole): string => roleArnOf(partition, { id: accountId }, { role: name });

const policyArn = ({ partition }: AccessRole): string => managedPolicyArn(partition, 'AdministratorAccess');

/** Trusts only the management account. The policies of that account decide who may assume the role. */
const trustPolicyOf = ({ partition, managementAccountId }: AccessRole): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:${partition}:iam::${managementAccountId}:root` }, Action: 'sts:AssumeRole' }],
  });

export const readRole = async (cloud: ReadCloud, role: AccessRole): Promise<Reading<ObservedRole>> => {
  const found = await cloud.find('iam:GetRole', { RoleName: role.name }, ['NoSuchEntity']);
  if (!found.ok) return found;
  const document = found.value?.Role?.AssumeRolePolicyDocument;
  if (document === undefined) return { ...found, value: { exists: false } };
  const attached = await cloud.readAll('iam:ListAttachedRolePolicies', { RoleName: role.name });
  return map(attached, (pages) => {
    const policies = pages.flatMap((page) => page.AttachedPolicies ?? []);
    const isAdministrator = ({ PolicyArn }: (typeof policies)[number]): boolean => PolicyArn === policyArn(role);
    return {
      exists: true,
      trust: decodedDocument(document),
      administrator: policies.some(isAdministrator),
      others: policies.filter((policy) => !isAdministrator(policy)).map(({ PolicyName, PolicyArn = '' }) => PolicyName ?? PolicyArn),
    };
  });
};

/** Whether a trust policy grants the same as ours. A condition, another principal or another statement means that someone designed it differently. */
export const trustsOnly = (trust: string, role: AccessRole): boolean => {
  const { Statement } = parseDocument(trust);
  const [only, ...others] = Array.isArray(Statement) ? (Statement as readonly unknown[]) : [Statement];
  if (only === null || typeof only !== 'object' || others.length > 0) return false;
  const { Effect, Principal, Action, Sid: _, ...more } = only as Record<string, unknown>;
  const { AWS: principal, ...otherPrincipals } = (typeof Principal === 'object' ? Principal : {}) as Record<string, unknown>;
  return (
    Effect === 'Allow' &&
    Object.keys(more).length === 0 &&
    Object.keys(otherPrincipals).length === 0 &&
    isOnly(Action, 'sts:assumerole') &&
    (isOnly(principal, `arn:${role.partition}:iam::${role.managementAccountId}:root`) || isOnly(principal, role.managementAccountId))
  );
};

const parseDocument = (document: string): { readonly Statement?: unknown } => {
  try {
    const of: unknown = JSON.parse(document);
    return typeof of === 'object' && of !== null ? of : {};
  } catch {
    return {};
  }
};

const isOnly = (value: unknown, wanted: string): boolean => {
  const [only, ...others] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return others.length === 0 && typeof only === 'string' && only.toLowerCase() === wanted;
};

/** The principals of a trust policy, as text. */
const principalsIn = (trust: string): string => {
  const names = [...trust.matchAll(/"(arn:[^"]+|\d{12}|[\w.-]+\.amazonaws\.com|\*)"/g)].map(([, name]) => name);
  return names.length === 0 ? 'a principal that cannot be read' : [...new Set(names)].join(', ');
};

/**
 * What is missing of the desired role. Throws E-ROLE-CONFLICT if a different role of this name exists. `former`: the management account of
 * the organization that the account leaves. Pure.
 */
export const planRole = (
  observed: ObservedRole,
  role: AccessRole,
  former?: string,
): { readonly create: boolean; readonly attach: boolean } => {
  if (!observed.exists) return { create: true, attach: true };
  if (trustsOnly(observed.trust, role)) {
    const { administrator, others = [] } = observed;
    if (administrator || others.length === 0) return { create: false, attach: !administrator };
    // This tool attaches nothing else, so someone limited the role on purpose.
    throw accountError('E-ROLE-CONFLICT', {
      message: `Account ${role.accountId} already has a role ${role.name} that gives account ${role.managementAccountId} limited access: ${listed(others)}. The role was not changed, and the invitation was not accepted.`,
      next: `Choose another name for the role with full access: --role NAME. Or, if this role should have it, attach AdministratorAccess to ${role.name} yourself and run the same command again.`,
    });
  }
  if (former !== undefined && trustsOnly(observed.trust, { ...role, managementAccountId: former })) {
    throw accountError('E-ROLE-CONFLICT', {
      message: `The role ${role.name} in account ${role.accountId} belongs to the organization that the account leaves: it trusts account ${former}. The role was not changed, and the invitation was not accepted.`,
      next: `Choose another name for the new role: --role NAME. Delete ${role.name} after the transfer: until then, administrators of account ${former} can still assume it.`,
    });
  }
  throw accountError('E-ROLE-CONFLICT', {
    message: `Account ${role.accountId} already has a role ${role.name}, but its trust policy is not "account ${role.managementAccountId} alone": it names ${principalsIn(observed.trust)}. The role was not changed, and the invitation was not accepted.`,
    next: `Choose another name with --role, or check the role and change its trust policy yourself: aws iam get-role --role-name ${role.name}`,
  });
};

/** The role with which administrators of the former organization can still enter the account; undefined if it does not exist. */
export const findFormerRole = async (cloud: ReadCloud, role: AccessRole, former: string): Promise<AccessRole | undefined> => {
  const old: AccessRole = { ...role, name: defaultAccessRole, managementAccountId: former };
  const observed = await readRole(cloud, old);
  return observed.ok && observed.value.exists && trustsOnly(observed.value.trust, old) ? old : undefined;
};

/** Creates what is missing of the role. Before a write is sent again, the role is read. */
export const createRole = async (port: AccountsPort, role: AccessRole, plan: ReturnType<typeof planRole>): Promise<void> => {
  const readNow = async (): Promise<ObservedRole> => {
    const observed = await readRole(port.cloud, role);
    if (!observed.ok) throw organizationReadError(observed, true);
    return observed.value;
  };
  try {
    if (plan.create) {
      await writeOrFind(
        port,
        () => sendCreateRole(port, role),
        async () => ((await readNow()).exists ? true : undefined),
      );
      // Someone else may have created it just now.
      port.forget();
      const created = await readNow();
      if (created.exists) planRole(created, role);
      port.record('role-made', roleArn(role));
    }
    if (plan.attach) {
      await writeOrFind(
        port,
        async () => {
          await port.cloud.write('iam:AttachRolePolicy', { RoleName: role.name, PolicyArn: policyArn(role) });
          return true;
        },
        async () => {
          const now = await readNow();
          return now.exists && now.administrator ? true : undefined;
        },
      );
      port.record('policy-attached', policyArn(role));
    }
  } catch (error) {
    throw writeError(error, role.partition);
  }
};

const sendCreateRole = async (port: AccountsPort, role: AccessRole): Promise<true> => {
  try {
    await port.cloud.write('iam:CreateRole', {
      RoleName: role.name,
      AssumeRolePolicyDocument: trustPolicyOf(role),
      Description: `Lets administrators of the management account ${role.managementAccountId} work in this account`,
    });
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || error instanceof AmbiguousWriteError) throw error;
  }
  return true;
};

/** AWS may refuse a role for minutes after its account, or the role itself, was created. */
const maxWaitMs = 5 * 60_000;

/**
 * Verifies that this caller can assume the role: assumes it, and asks AWS for the identity of the session. Retries, because after
 * CreateAccount "you might need to wait a few minutes".
 */
export const verifyRole = async (
  { clock, signal, notify, record }: Pick<AccountsPort, 'clock' | 'signal' | 'notify' | 'record'>,
  accountId: string,
  access: Pick<MemberAccess, 'roleArn' | 'enter'>,
  { limitMs = maxWaitMs }: { readonly limitMs?: number } = {},
): Promise<void> => {
  const until = clock.now().getTime() + limitMs;
  const arn = await access.roleArn();
  for (let delay = 1_000; ; delay = Math.min(delay * 2, 15_000)) {
    const entered = await access.enter();
    if (entered.ok) {
      record('proven', arn);
      return;
    }
    if (clock.now().getTime() >= until) {
      throw accountError('E-ROLE-UNPROVEN', {
        message: `The role ${arn} in account ${accountId} cannot be assumed: ${entered.message}.`,
        next: 'Run the same command again in a few minutes. If it still fails: your identity needs sts:AssumeRole on that role, and the role must trust this account.',
        retryable: true,
      });
    }
    if (delay >= 4_000)
      notify(`waiting until the role in account ${accountId} can be assumed (this can take minutes after an account or role is created)`);
    await clock.sleep(delay, signal);
  }
};
