import { partitionOf, stsRegion } from '../../core/account.js';
import type { Finding, Remedy } from '../../core/finding.js';
import { unknownFinding } from '../../core/reading.js';
import { createAccount, moveAccount } from './apply.js';
import { explainFailure } from './refusals.js';
import { sameEmail } from './section.js';
import {
  type Desired,
  levels,
  type Member,
  type Observed,
  type OrganizationChange,
  roleArnOf,
  unitPath,
  type WantedAccount,
} from './state.js';

/** Wanted member accounts: whether they are there, ready and in their place, and whether their role lets people in. */

/** `blocked`: why nothing can be created yet; `managementEmail` when there is an organization. */
export interface Situation {
  readonly observed: Pick<Observed, 'members' | 'requests' | 'tree' | 'partition' | 'callerIsRoot' | 'accountId' | 'trials'>;
  readonly managementEmail: string | undefined;
  readonly blocked: Remedy<OrganizationChange> | undefined;
}

type Judged = Finding<OrganizationChange>;

export const assessMembers = (desired: Desired, situation: Situation): readonly Judged[] => {
  // Two accounts in one unit that is missing: the first change makes the unit.
  const promised = new Set<string>();
  const accounts = desired.accounts.map((account) => assessAccount(account, situation, promised));
  const roles = desired.accounts.flatMap((account) => assessRole(account, situation.observed));
  return [...accounts, ...roles];
};

const assessAccount = (account: WantedAccount, situation: Situation, promised: Set<string>): Judged => {
  const { members, partition } = situation.observed;
  if (!members.ok) return unknownFinding('organization.accounts', members, account.email);
  const base = { id: 'organization.accounts', resource: account.email, evidence: members.evidence } as const;
  const hand = (reason: string, instructions: string, url?: string): Judged => ({
    ...base,
    status: 'fail',
    reason,
    remedy: { by: 'hand', instructions, ...(url === undefined ? {} : { url }) },
  });
  if (situation.managementEmail !== undefined && sameEmail(situation.managementEmail, account.email)) {
    return hand(
      `${account.email} is the address of this account itself, which manages the organization`,
      'Give the member account an address of its own.',
    );
  }
  const member = members.value.find(({ email }) => sameEmail(email, account.email));
  if (member === undefined) return assessMissing(account, situation, promised);
  const listed = `https://${partitionOf(partition).consoleHost}/organizations/v2/home/accounts/${member.id}`;
  const called = member.name === account.name ? member.id : `${member.id}, named ${member.name}`;
  const { reason, instructions } = notReady(member) ?? {};
  if (reason !== undefined && instructions !== undefined)
    return { ...hand(`The account ${called} ${reason}`, instructions, listed), observed: member.state };
  return assessPlace(account, member, called, situation, promised);
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
          'Wait a few minutes if it was made just now; else complete its sign-up as its root user, then run the same command again.',
      };
    case 'SUSPENDED':
      return {
        reason: 'is suspended by AWS or by its closing',
        instructions: 'Ask AWS Support to reinstate it, or choose another address for the account.',
      };
    case 'PENDING_CLOSURE':
      return {
        reason: 'is being closed',
        instructions: 'If that was not meant, ask AWS Support at once; else leave the account out.',
      };
    case 'CLOSED':
      return {
        reason: 'is closed',
        instructions: 'Ask AWS Support to reopen it within 90 days of its closing, or choose another address for the account.',
      };
    default:
      return {
        reason: `is in the state ${state}, which this version does not know`,
        instructions: 'Look at the account in the console, and use a newer version of this tool.',
      };
  }
};

/** Its address stays taken, so that the account after it has another one and perhaps the same name. */
const gone = ({ state }: Member): boolean => ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED'].includes(state);

const assessMissing = (account: WantedAccount, situation: Situation, promised: Set<string>): Judged => {
  const { members, requests, tree, partition } = situation.observed;
  if (!requests.ok) return unknownFinding('organization.accounts', requests, account.email);
  if (tree && !tree.ok && account.unit.length > 0) return unknownFinding('organization.accounts', tree, account.email);
  const base = { id: 'organization.accounts', resource: account.email, status: 'fail', evidence: requests.evidence } as const;
  const listed = members.ok ? members.value : [];
  const namesake = listed.find((member) => member.name === account.name && !gone(member) && member.email !== situation.managementEmail);
  if (namesake !== undefined) {
    return {
      ...base,
      observed: namesake.email,
      reason: `No account has the address ${account.email}, but the account ${namesake.id} is named ${account.name} and has the address ${namesake.email}`,
      remedy: {
        by: 'hand',
        instructions: `Use the address ${namesake.email} if that is the account you want; else give the new one another name.`,
      },
    };
  }
  // GovCloud accounts are made from the paired commercial organization and invited:
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateGovCloudAccount.html
  if (partition === 'aws-us-gov') {
    return {
      ...base,
      reason: `No account has the address ${account.email}, and AWS GovCloud (US) creates no accounts of itself`,
      remedy: {
        by: 'hand',
        instructions: 'Create the account from the commercial organization, then invite its GovCloud account.',
        command: `aws organizations create-gov-cloud-account --email ${quotedForShell(account.email)} --account-name ${quotedForShell(account.name)}`,
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
    change: createAccount(account, pending?.id ?? null, newUnits(account.unit, situation, promised)),
  };
  return { ...base, reason, expected: account.email, remedy };
};

const assessPlace = (account: WantedAccount, member: Member, called: string, situation: Situation, promised: Set<string>): Judged => {
  const { members, tree, partition } = situation.observed;
  const base = { id: 'organization.accounts', resource: account.email, evidence: members.evidence } as const;
  if (account.unit.length === 0) return { ...base, status: 'pass', reason: `The account is there and active: ${called}` };
  const wanted = unitPath(account.unit);
  if (tree === undefined) throw new Error('the tree was not read');
  if (!tree.ok) return unknownFinding('organization.accounts', tree, account.email);
  const { rootId, units, parents } = tree.value;
  const evidence = [...members.evidence, ...tree.evidence];
  const parent = parents[member.id];
  const unit = units[wanted];
  if (unit !== undefined && parent === unit)
    return { ...base, evidence, status: 'pass', reason: `The account is there, active and in ${wanted}: ${called}` };
  if (parent === rootId) {
    return {
      ...base,
      evidence,
      status: 'fail',
      expected: wanted,
      observed: 'Root',
      reason: `The account ${called} is in no organizational unit, and ${wanted} is wanted`,
      remedy: { by: 'init', change: moveAccount(member, account.unit, newUnits(account.unit, situation, promised)) },
    };
  }
  // Somebody put it there; moving it changes which policies bind it.
  return {
    ...base,
    evidence,
    status: 'fail',
    expected: wanted,
    ...(parent === undefined ? {} : { observed: parent }),
    reason: `The account ${called} is in another organizational unit than ${wanted}`,
    remedy: {
      by: 'hand',
      instructions: 'Name the unit it is in, or move it, which changes the policies that bind it.',
      ...(unit === undefined || parent === undefined
        ? { url: `https://${partitionOf(partition).consoleHost}/organizations/v2/home/accounts` }
        : {
            command: `aws organizations move-account --account-id ${member.id} --source-parent-id ${parent} --destination-parent-id ${unit}`,
          }),
    },
  };
};

/** How many units the change must make: those on the path that neither exist nor are made by a change before it. */
const newUnits = (unit: readonly string[], { observed: { tree } }: Situation, promised: Set<string>): number => {
  const existing = tree?.ok ? tree.value.units : {};
  const missing = levels(unit).filter((path) => existing[path] === undefined && !promised.has(path));
  for (const path of missing) promised.add(path);
  return missing.length;
};

/** A POSIX shell takes the word as it is. */
const quotedForShell = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Only a caller who is let in can prove a role. Root is never let in; who lacks rights cannot tell whose fault a refusal is. */
const assessRole = (
  account: WantedAccount,
  {
    members,
    partition,
    callerIsRoot,
    accountId,
    trials,
  }: Pick<Observed, 'members' | 'partition' | 'callerIsRoot' | 'accountId' | 'trials'>,
): readonly Finding<never>[] => {
  const member = members.ok ? members.value.find(({ email }) => sameEmail(email, account.email)) : undefined;
  if (member === undefined || member.id === accountId || member.state !== 'ACTIVE') return [];
  const arn = roleArnOf(partition, member, account);
  const base = { id: 'organization.access-role', resource: arn, evidence: members.ok ? members.evidence : [] } as const;
  if (callerIsRoot) {
    return [
      {
        ...base,
        status: 'manual',
        reason: 'Root cannot assume roles, so root cannot tell whether this one lets anybody in',
        remedy: {
          by: 'hand',
          instructions: `As the administrator of this account, run the command; it prints temporary credentials when the role lets you in.${member.invited ? ` Invited accounts come without the role: if it is refused, ${makeIt(account, member, accountId)}.` : ''}`,
          command: `aws sts assume-role --role-arn ${arn} --role-session-name check --region ${stsRegion(partition)}`,
        },
      },
    ];
  }
  const trial = trials?.[arn];
  if (trial === undefined) throw new Error('the role was not tried');
  if (trial.let === 'in')
    return [{ ...base, status: 'pass', evidence: trial.evidence, reason: `The role ${account.role} of account ${member.id} lets you in` }];
  const { unread, fullRights } = trial;
  const evidence = [...unread.evidence, ...(fullRights?.evidence ?? [])];
  if (fullRights?.ok === true && fullRights.value) {
    return [
      {
        ...base,
        evidence,
        status: 'fail',
        reason: `The role ${account.role} of account ${member.id} is not there, or does not let administrators of this account in`,
        remedy: {
          by: 'hand',
          instructions: `Signed in to account ${member.id}, ${makeIt(account, member, accountId)}. If it has a role of another name for this, write that into the config; if the role asks for MFA, sign in with it.`,
        },
      },
    ];
  }
  const doubt =
    fullRights === undefined
      ? ''
      : fullRights.ok
        ? '; you may not have every right here, so that it may lie with you or with the role'
        : '; what you may do here could not be read, so that it may lie with you or with the role';
  return [{ ...unknownFinding(base.id, unread, arn), evidence, reason: `${unread.message}${doubt}` }];
};

const makeIt = (account: WantedAccount, member: Member, accountId: string): string =>
  `make the role ${account.role} in account ${member.id}, trusting account ${accountId}, with AdministratorAccess`;
