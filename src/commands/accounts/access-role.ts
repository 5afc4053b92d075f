import { managedPolicyArn } from '../../core/account.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { mustRead } from '../../steps/organization/refusals.js';
import { writeOrFind } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import type { AccountsPort, RoleAccess } from './types.js';

/**
 * The role by which administrators of the management account work in a member. Accounts that an organization makes come with it;
 * invited ones get it from inside, before they join.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create-cross-account-role.html
 */
export interface AccessRole {
  readonly name: string;
  readonly partition: string;
  readonly accountId: string;
  /** The one account that the role trusts. */
  readonly managementAccountId: string;
}

export type ObservedRole = { readonly there: false } | { readonly there: true; readonly trust: string; readonly administrator: boolean };

export const roleArn = ({ partition, accountId, name }: AccessRole): string => `arn:${partition}:iam::${accountId}:role/${name}`;

const policyArn = ({ partition }: AccessRole): string => managedPolicyArn(partition, 'AdministratorAccess');

/** Trusts exactly the management account: whom it lets in is for that account's own policies to say. */
const trustOf = ({ partition, managementAccountId }: AccessRole): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:${partition}:iam::${managementAccountId}:root` }, Action: 'sts:AssumeRole' }],
  });

export const readRole = async (cloud: ReadCloud, role: AccessRole): Promise<Reading<ObservedRole>> => {
  const found = await cloud.find('iam:GetRole', { RoleName: role.name }, ['NoSuchEntity']);
  if (!found.ok) return found;
  const document = found.value?.Role?.AssumeRolePolicyDocument;
  if (document === undefined) return { ...found, value: { there: false } };
  const attached = await cloud.readAll('iam:ListAttachedRolePolicies', { RoleName: role.name });
  return map(attached, (pages) => ({
    there: true,
    trust: decodeURIComponent(document),
    administrator: pages.some((page) => page.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn(role)) ?? false),
  }));
};

/** Whether a trust policy says just what ours would. Any condition, other principal or further statement is somebody's own design. */
export const trustsOnly = (trust: string, role: AccessRole): boolean => {
  const { Statement } = parsed(trust);
  const [only, ...others] = Array.isArray(Statement) ? (Statement as readonly unknown[]) : [Statement];
  if (only === null || typeof only !== 'object' || others.length > 0) return false;
  const { Effect, Principal, Action, Sid: _, ...more } = only as Record<string, unknown>;
  const { AWS: principal, ...otherPrincipals } = (typeof Principal === 'object' ? Principal : {}) as Record<string, unknown>;
  return (
    Effect === 'Allow' &&
    Object.keys(more).length === 0 &&
    Object.keys(otherPrincipals).length === 0 &&
    isOne(Action, 'sts:assumerole') &&
    (isOne(principal, `arn:${role.partition}:iam::${role.managementAccountId}:root`) || isOne(principal, role.managementAccountId))
  );
};

const parsed = (document: string): { readonly Statement?: unknown } => {
  try {
    const of: unknown = JSON.parse(document);
    return typeof of === 'object' && of !== null ? of : {};
  } catch {
    return {};
  }
};

const isOne = (value: unknown, wanted: string): boolean => {
  const [only, ...others] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return others.length === 0 && typeof only === 'string' && only.toLowerCase() === wanted;
};

/** The principals that a trust policy names, for people. */
const trusted = (trust: string): string => {
  const names = [...trust.matchAll(/"(arn:[^"]+|\d{12}|[\w.-]+\.amazonaws\.com|\*)"/g)].map(([, name]) => name);
  return names.length === 0 ? 'something that cannot be read' : [...new Set(names)].join(', ');
};

/**
 * What must be done so that the role is as wanted; throws when it is there and is something else. `former`: the management account of the
 * organization that the account leaves. Pure.
 */
export const planRole = (seen: ObservedRole, role: AccessRole, former?: string): { readonly create: boolean; readonly attach: boolean } => {
  if (!seen.there) return { create: true, attach: true };
  if (trustsOnly(seen.trust, role)) return { create: false, attach: !seen.administrator };
  if (former !== undefined && trustsOnly(seen.trust, { ...role, managementAccountId: former })) {
    throw accountError('E-ROLE-CONFLICT', {
      message: `The role ${role.name} in account ${role.accountId} belongs to the organization that the account leaves: it trusts account ${former}. It was left as it is, and nothing was accepted.`,
      next: `Choose another name for the new role: --role NAME. Delete ${role.name} after the transfer: until then, administrators of account ${former} can still assume it.`,
    });
  }
  throw accountError('E-ROLE-CONFLICT', {
    message: `The account ${role.accountId} has a role ${role.name} already, and its trust policy says something else than "account ${role.managementAccountId} alone": it names ${trusted(seen.trust)}. It was left as it is, and nothing was accepted.`,
    next: `Choose another name with --role, or look at the role and change its trust policy yourself: aws iam get-role --role-name ${role.name}`,
  });
};

/** The role by which the former organization's administrators can still enter the account, if it is there; undefined: it is not. */
export const formerRole = async (cloud: ReadCloud, role: AccessRole, former: string): Promise<AccessRole | undefined> => {
  const old: AccessRole = { ...role, name: 'OrganizationAccountAccessRole', managementAccountId: former };
  const seen = await readRole(cloud, old);
  return seen.ok && seen.value.there && trustsOnly(seen.value.trust, old) ? old : undefined;
};

/** Makes what is missing of the role. Each write is looked into before it is sent again. */
export const createRole = async (port: AccountsPort, role: AccessRole, plan: ReturnType<typeof planRole>): Promise<void> => {
  const see = async (): Promise<ObservedRole> => {
    const seen = await readRole(port.cloud, role);
    if (!seen.ok) throw mustRead(seen, true);
    return seen.value;
  };
  try {
    if (plan.create) {
      await writeOrFind(
        port,
        () => create(port, role),
        async () => ((await see()).there ? true : undefined),
      );
      // It may be somebody else's, made in this very moment.
      port.forget();
      const made = await see();
      if (made.there) planRole(made, role);
      port.did('role-made', roleArn(role));
    }
    if (plan.attach) {
      await writeOrFind(
        port,
        async () => {
          await port.cloud.write('iam:AttachRolePolicy', { RoleName: role.name, PolicyArn: policyArn(role) });
          return true;
        },
        async () => {
          const now = await see();
          return now.there && now.administrator ? true : undefined;
        },
      );
      port.did('policy-attached', policyArn(role));
    }
  } catch (error) {
    throw writeError(error, role.partition);
  }
};

const create = async (port: AccountsPort, role: AccessRole): Promise<true> => {
  try {
    await port.cloud.write('iam:CreateRole', {
      RoleName: role.name,
      AssumeRolePolicyDocument: trustOf(role),
      Description: `Lets administrators of the management account ${role.managementAccountId} work in this account`,
    });
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || error instanceof AmbiguousWriteError) throw error;
  }
  return true;
};

/** A role may be refused for minutes after its account, or itself, was made. */
const patienceMs = 5 * 60_000;

/**
 * Proves that the role lets this caller in, by assuming it and hearing from AWS whom the session stands for. Patient: after
 * CreateAccount "you might need to wait a few minutes".
 */
export const proveRole = async (
  { clock, signal, notify, did }: Pick<AccountsPort, 'clock' | 'signal' | 'notify' | 'did'>,
  accountId: string,
  door: RoleAccess,
  { limitMs = patienceMs }: { readonly limitMs?: number } = {},
): Promise<void> => {
  const until = clock.now().getTime() + limitMs;
  const arn = await door.roleArn();
  for (let delay = 1_000; ; delay = Math.min(delay * 2, 15_000)) {
    const entered = await door.enter();
    if (entered.ok) {
      did('proven', arn);
      return;
    }
    if (clock.now().getTime() >= until) {
      throw accountError('E-ROLE-UNPROVEN', {
        message: `The role ${arn} does not let you into the account ${accountId}: ${entered.message}.`,
        next: 'Run the same command again in a few minutes. If it stays so: your identity needs sts:AssumeRole on that role, and the role must trust this account.',
        retryable: true,
      });
    }
    if (delay >= 4_000)
      notify(`waiting until the account ${accountId} lets the role in (AWS takes some minutes after an account or role was made)`);
    await clock.sleep(delay, signal);
  }
};
