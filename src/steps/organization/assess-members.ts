import { partitionOf, stsRegion } from '../../core/account.js';
import type { Finding, Remedy } from '../../core/finding.js';
import { unknownFinding } from '../../core/reading.js';
import { shellWord } from '../../core/text.js';
import { createAccount, moveAccount } from './apply.js';
import { explainFailure } from './refusals.js';
import { sameEmail } from './section.js';
import {
  type Desired,
  levels,
  type Member,
  type Observed,
  type OrganizationChange,
  type OrganizationFinding,
  roleArnOf,
  unitPath,
  type WantedAccount,
} from './state.js';

/** Desired member accounts: whether they exist, are active and in their unit, and whether their role can be assumed. */

/** `blocked`: why nothing can be created yet. `managementEmail`: undefined if there is no organization. */
export interface Situation {
  readonly observed: Pick<Observed, 'members' | 'requests' | 'tree' | 'partition' | 'callerIsRoot' | 'accountId' | 'roleChecks'>;
  readonly managementEmail: string | undefined;
  readonly blocked: Remedy<OrganizationChange> | undefined;
}

export const assessMembers = (desired: Desired, situation: Situation): readonly OrganizationFinding[] => {
  // If two accounts go into the same missing unit, the first change creates it.
  const plannedUnits = new Set<string>();
  const accounts = desired.accounts.map((account) => assessAccount(account, situation, plannedUnits));
  const roles = desired.accounts.flatMap((account) => assessRole(account, situation.observed));
  const newRoles = situation.observed.callerIsRoot ? accounts.flatMap(roleOfNewAccount) : [];
  return [...accounts, ...roles, ...newRoles];
};

/** Root can create an account but cannot assume its role, so the check of that role is a manual step from the plan on. */
const roleOfNewAccount = ({ resource, evidence, remedy }: OrganizationFinding): readonly OrganizationFinding[] =>
  resource !== undefined && remedy?.by === 'init' && remedy.change.kind === 'create-account'
    ? [
        {
          id: 'organization.access-role',
          status: 'manual',
          resource,
          evidence,
          reason: 'Root cannot assume roles, so the role of the new account cannot be checked in this run',
          remedy: { by: 'hand', instructions: 'After the account is created, run the command as the administrator of this account.' },
        },
      ]
    : [];

const assessAccount = (account: WantedAccount, situation: Situation, plannedUnits: Set<string>): OrganizationFinding => {
  const { members, partition } = situation.observed;
  if (!members.ok) return unknownFinding('organization.accounts', members, account.email);
  const base = { id: 'organization.accounts', resource: account.email, evidence: members.evidence } as const;
  const manual = (reason: string, instructions: string, url?: string): OrganizationFinding => ({
    ...base,
    status: 'fail',
    reason,
    remedy: { by: 'hand', instructions, ...(url === undefined ? {} : { url }) },
  });
  if (situation.managementEmail !== undefined && sameEmail(situation.managementEmail, account.email)) {
    return manual(
      `${account.email} is the address of this account, which manages the organization`,
      'Use another address for the member account.',
    );
  }
  const member = members.value.find(({ email }) => sameEmail(email, account.email));
  if (member === undefined) return assessMissing(account, situation, plannedUnits);
  const listed = `https://${partitionOf(partition).consoleHost}/organizations/v2/home/accounts/${member.id}`;
  const label = member.name === account.name ? member.id : `${member.id}, named ${member.name}`;
  const { reason, instructions } = notReady(member) ?? {};
  if (reason !== undefined && instructions !== undefined)
    return { ...manual(`The account ${label} ${reason}`, instructions, listed), observed: member.state };
  return assessPlace(account, member, label, situation, plannedUnits);
};

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html */
const notReady = ({ state }: Member): { readonly reason: string; readonly instructions: string } | undefined => {
  switch (state) {
    case 'ACTIVE':
      return undefined;
    case 'PENDING_ACTIVATION':
      return {
        reason: 'is not active yet: its sign-up is not complete',
        instructions:
          'If it was created just now, wait a few minutes. Otherwise complete its sign-up as its root user. Then run the same command again.',
      };
    case 'SUSPENDED':
      return {
        reason: 'is suspended, by AWS or because it was closed',
        instructions: 'Ask AWS Support to reinstate it, or choose another address for the account.',
      };
    case 'PENDING_CLOSURE':
      return {
        reason: 'is being closed',
        instructions: 'If this is a mistake, contact AWS Support now. Otherwise remove the account from the config.',
      };
    case 'CLOSED':
      return {
        reason: 'is closed',
        instructions: 'Ask AWS Support to reopen it within 90 days of its closure, or choose another address for the account.',
      };
    default:
      return {
        reason: `is in the state ${state}, which this version does not know`,
        instructions: 'Check the account in the console, and use a newer version of this tool.',
      };
  }
};

/** The address of such an account stays in use, so its replacement has another address and may have the same name. */
const isUnusable = ({ state }: Member): boolean => ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED'].includes(state);

const assessMissing = (account: WantedAccount, situation: Situation, plannedUnits: Set<string>): OrganizationFinding => {
  const { members, requests, tree, partition, accountId } = situation.observed;
  if (!requests.ok) return unknownFinding('organization.accounts', requests, account.email);
  if (tree && !tree.ok && account.unit.length > 0) return unknownFinding('organization.accounts', tree, account.email);
  const base = { id: 'organization.accounts', resource: account.email, status: 'fail', evidence: requests.evidence } as const;
  const listed = members.ok ? members.value : [];
  const sameName = listed.find((member) => member.name === account.name && !isUnusable(member) && member.id !== accountId);
  if (sameName !== undefined) {
    return {
      ...base,
      observed: sameName.email,
      reason: `No account has the address ${account.email}, but the account ${sameName.id} is named ${account.name} and has the address ${sameName.email}`,
      remedy: {
        by: 'hand',
        instructions: `If that is the account you want, use the address ${sameName.email}. Otherwise give the new account another name.`,
      },
    };
  }
  // GovCloud accounts are created from the paired commercial organization, then invited:
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateGovCloudAccount.html
  if (partition === 'aws-us-gov') {
    return {
      ...base,
      reason: `No account has the address ${account.email}, and accounts cannot be created from within AWS GovCloud (US)`,
      remedy: {
        by: 'hand',
        instructions: 'Create the account from the commercial organization, then invite its GovCloud account.',
        command: `aws organizations create-gov-cloud-account --email ${shellWord(account.email)} --account-name ${shellWord(account.name)}`,
      },
    };
  }
  const pending = requests.value.find(({ name, state }) => name === account.name && state === 'IN_PROGRESS');
  const last = requests.value.find(({ name }) => name === account.name);
  const reason =
    pending !== undefined
      ? `AWS is creating an account named ${account.name} (request ${pending.id})`
      : last?.state === 'FAILED'
        ? `No account has the address ${account.email}; the last request for an account of this name failed: ${explainFailure(last.failureReason).why}`
        : `No account has the address ${account.email}`;
  const remedy: Remedy<OrganizationChange> = situation.blocked ?? {
    by: 'init',
    change: createAccount(account, pending?.id ?? null, newUnits(account.unit, situation, plannedUnits)),
  };
  return { ...base, reason, expected: account.email, remedy };
};

const assessPlace = (
  account: WantedAccount,
  member: Member,
  label: string,
  situation: Situation,
  plannedUnits: Set<string>,
): OrganizationFinding => {
  const { members, tree, partition } = situation.observed;
  const base = { id: 'organization.accounts', resource: account.email, evidence: members.evidence } as const;
  if (account.unit.length === 0) return { ...base, status: 'pass', reason: `The account exists and is active: ${label}` };
  const wanted = unitPath(account.unit);
  if (tree === undefined) throw new Error('the tree was not read');
  if (!tree.ok) return unknownFinding('organization.accounts', tree, account.email);
  const { rootId, units, parents } = tree.value;
  const evidence = [...members.evidence, ...tree.evidence];
  const parent = parents[member.id];
  const unit = units[wanted];
  if (unit !== undefined && parent === unit)
    return { ...base, evidence, status: 'pass', reason: `The account exists, is active, and is in ${wanted}: ${label}` };
  if (parent === rootId) {
    return {
      ...base,
      evidence,
      status: 'fail',
      expected: wanted,
      observed: 'Root',
      reason: `The account ${label} is in no organizational unit; the config asks for ${wanted}`,
      remedy: { by: 'init', change: moveAccount(member, account.unit, newUnits(account.unit, situation, plannedUnits)) },
    };
  }
  // Someone moved it there. Another move would change which policies apply to it.
  return {
    ...base,
    evidence,
    status: 'fail',
    expected: wanted,
    ...(parent === undefined ? {} : { observed: parent }),
    reason: `The account ${label} is in a different organizational unit than ${wanted}`,
    remedy: {
      by: 'hand',
      instructions: 'Change the unit in the config, or move the account. A move changes which policies apply to it.',
      ...(unit === undefined || parent === undefined
        ? { url: `https://${partitionOf(partition).consoleHost}/organizations/v2/home/accounts` }
        : {
            command: `aws organizations move-account --account-id ${member.id} --source-parent-id ${shellWord(parent)} --destination-parent-id ${shellWord(unit)}`,
          }),
    },
  };
};

/** How many units the change must create: those on the path that neither exist nor are created by an earlier change. */
const newUnits = (unit: readonly string[], { observed: { tree } }: Situation, plannedUnits: Set<string>): number => {
  const existing = tree?.ok ? tree.value.units : {};
  const missing = levels(unit).filter((path) => existing[path] === undefined && !plannedUnits.has(path));
  for (const path of missing) plannedUnits.add(path);
  return missing.length;
};

/**
 * Only a caller who can assume the role proves that it works. Root can assume no role. If a caller without full permissions is refused, the
 * cause can be the caller or the role.
 */
const assessRole = (
  account: WantedAccount,
  {
    members,
    partition,
    callerIsRoot,
    accountId,
    roleChecks,
  }: Pick<Observed, 'members' | 'partition' | 'callerIsRoot' | 'accountId' | 'roleChecks'>,
): readonly Finding<never>[] => {
  if (!members.ok) return [unknownFinding('organization.access-role', members, account.email)];
  const member = members.value.find(({ email }) => sameEmail(email, account.email));
  if (member === undefined || member.id === accountId || member.state !== 'ACTIVE') return [];
  const arn = roleArnOf(partition, member, account);
  const base = { id: 'organization.access-role', resource: arn, evidence: members.evidence } as const;
  if (callerIsRoot) {
    return [
      {
        ...base,
        status: 'manual',
        reason: 'Root cannot assume roles, so this role could not be checked',
        remedy: {
          by: 'hand',
          instructions: `Run the command as the administrator of this account. It prints temporary credentials if the role can be assumed.${member.invited ? ` Invited accounts do not have the role at first: if AWS denies the request, ${createRoleInstruction(account, member, accountId)}.` : ''}`,
          command: `aws sts assume-role --role-arn ${shellWord(arn)} --role-session-name check --region ${stsRegion(partition)}`,
        },
      },
    ];
  }
  const check = roleChecks?.[arn];
  if (check === undefined) throw new Error('the role was not checked');
  if (check.assumed)
    return [
      { ...base, status: 'pass', evidence: check.evidence, reason: `The role ${account.role} of account ${member.id} can be assumed` },
    ];
  const { unread, fullRights } = check;
  const evidence = [...unread.evidence, ...(fullRights?.evidence ?? [])];
  if (fullRights?.ok === true && fullRights.value) {
    return [
      {
        ...base,
        evidence,
        status: 'fail',
        reason: `The role ${account.role} of account ${member.id} does not exist, or administrators of this account cannot assume it`,
        remedy: {
          by: 'hand',
          instructions: `Sign in to account ${member.id} and ${createRoleInstruction(account, member, accountId)}. If the account already has such a role under another name, set that name in the config. If the role requires MFA, sign in with MFA.`,
        },
      },
    ];
  }
  const doubt =
    fullRights === undefined
      ? ''
      : fullRights.ok
        ? '; you may lack permissions in this account, so the cause may be your permissions or the role'
        : '; your permissions in this account could not be read, so the cause may be your permissions or the role';
  return [{ ...unknownFinding(base.id, unread, arn), evidence, reason: `${unread.message}${doubt}` }];
};

const createRoleInstruction = (account: WantedAccount, member: Member, accountId: string): string =>
  `create the role ${account.role} in account ${member.id}, with trust in account ${accountId} and the policy AdministratorAccess`;
