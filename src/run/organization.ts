import type { Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import { type Unread, unreadError } from '../core/reading.js';
import { counted } from '../report/words.js';
import { readMembers } from '../steps/organization/observe.js';
import type { Member } from '../steps/organization/state.js';
import type { App } from './app.js';

/** What `--org` needs: an administrator of the management account, and the list of its members. */

/** Refuses root, right after GetCallerIdentity. */
export const guardNotRoot = ({ identity }: Caller, sandboxed: boolean): void => {
  if (identity.kind !== 'root') return;
  throw new BootstrapError({
    code: 'E-ORGANIZATION-ROOT',
    message: 'Root cannot assume roles, so it cannot access member accounts.',
    next: sandboxed
      ? 'Run the same command as the administrator of the practice account: add --sandbox-as admin.'
      : 'Sign in as an administrator of this account (`aws login --profile NAME`) and run the same command with --profile NAME.',
  });
};

export interface OrganizationMembers {
  /** The management account. */
  readonly own: Member;
  readonly others: readonly Member[];
}

/**
 * The accounts of the organization, in the order of AWS. Throws E-ORGANIZATION-NONE if the caller's account does not manage one. Both reads
 * are sent at once. `found` receives the other accounts as soon as a page of the list is read.
 */
export const membersOf = async (
  cloud: ReadCloud,
  { accountId }: Caller,
  found?: (others: readonly Member[]) => void,
): Promise<OrganizationMembers> => {
  const othersIn = (members: readonly Member[]): readonly Member[] => members.filter(({ id }) => id !== accountId);
  const managed = guardManaged(cloud, accountId);
  // A delegated administrator can list the accounts as well, and is refused.
  let announced = managed;
  const listing = readMembers(cloud, (members) => {
    announced = announced.then(() => found?.(othersIn(members)));
    announced.catch(() => {});
  });
  const [listed] = await Promise.all([listing, managed]);
  await announced;
  if (!listed.ok) throw unreadable(listed);
  const own = listed.value.find(({ id }) => id === accountId);
  return {
    own: own ?? { id: accountId, name: 'management account', email: '', state: 'ACTIVE', invited: true },
    others: othersIn(listed.value),
  };
};

const guardManaged = async (cloud: ReadCloud, accountId: string): Promise<void> => {
  const described = await cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']);
  if (!described.ok) throw unreadable(described);
  const managementId = described.value?.Organization?.MasterAccountId;
  if (managementId === undefined) throw none(`Account ${accountId} is not in an organization.`, 'Run the same command without --org.');
  if (managementId !== accountId) {
    throw none(
      `Account ${accountId} is a member of an organization; account ${managementId} manages it.`,
      `Sign in to ${managementId}, or run the same command without --org for this account alone.`,
    );
  }
};

/** Why an account cannot be used because of its state; undefined if it can. */
export const closedBecause = ({ state }: Pick<Member, 'state'>): string | undefined => {
  switch (state) {
    case 'SUSPENDED':
      return 'The account is suspended';
    case 'PENDING_CLOSURE':
      return 'The account is being closed';
    case 'CLOSED':
      return 'The account is closed';
    default:
      return undefined;
  }
};

const none = (message: string, next: string): BootstrapError => new BootstrapError({ code: 'E-ORGANIZATION-NONE', message, next });

const unreadable = (unread: Unread): BootstrapError =>
  unreadError(unread, {
    message: `The accounts of the organization cannot be listed: ${unread.message}.`,
    who: 'an identity of the management account',
  });

/**
 * Accounts to process at the same time. An account has three requests under way on average, and one while it is entered, so these keep the 32
 * slots of the connection in use. More accounts would only wait longer, and take more memory.
 */
export const accountsAtOnce = 16;

/** Prints `12 of 40 accounts` after each account if there is a spinner, otherwise ten times in all, to keep logs short. */
export const counter = ({ progress, terminal }: App, total: number): (() => void) => {
  let done = 0;
  const part = terminal.spinnerStream === undefined ? Math.ceil(total / 10) : 1;
  return () => {
    done += 1;
    if (done % part === 0 || done === total) progress.notify(`${done} of ${counted(total, 'account')}`);
  };
};
