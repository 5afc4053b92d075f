import { readAccountRows } from '../accounts/account-rows.js';
import { receivedInvitations } from '../accounts/accept.js';
import { invitationOf, isOpen, readSent } from '../accounts/invitation.js';
import { placeOf } from '../accounts/place.js';
import type { AccountRow } from '../core/accounts.js';
import { unreadExit } from '../core/error.js';
import type { AccountsOutcome, AccountsRun } from './accounts-run.js';
import { withRoles } from './accounts-roles.js';

/** `accounts list`: the accounts of the organization, whether their roles let you in, and open invitations. Reads only. */
export const listAccounts = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { caller, port } = run;
  const place = await placeOf(port.cloud, caller);
  if (place.role !== 'management') {
    const invitations = (await receivedInvitations(port)).filter(isOpen);
    const where =
      place.role === 'member'
        ? `Account ${caller.accountId} is a member of organization ${place.id}; only account ${place.managementId}, which manages it, sees its members.`
        : `Account ${caller.accountId} is in no organization.`;
    return {
      organizationId: place.role === 'member' ? place.id : null,
      invitations,
      notes: [where],
      next: invitations.length > 0 && place.role === 'standalone' ? 'Look who invites, then accept: `bootstrap accounts accept`' : null,
    };
  }
  const [rows, sent] = await Promise.all([readAccountRows(port.cloud, caller.accountId), readSent(port.cloud)]);
  const accounts = await withRoles(run, rows);
  return {
    organizationId: place.id,
    accounts,
    invitations: sent.ok ? sent.value.map(invitationOf).filter(isOpen) : [],
    notes: [
      ...(sent.ok ? [] : [`Invitations are not shown: ${sent.message}.`]),
      ...(caller.identity.kind === 'root' && accounts.length > 1
        ? ['Root cannot assume roles: what is said of them is what was last seen from this computer.']
        : []),
    ],
    next: nextOf(accounts),
    exit: sent.ok ? 0 : unreadExit(sent.cause),
  };
};

const nextOf = (accounts: readonly AccountRow[]): string | null => {
  const closed = accounts.find(({ state, role }) => state === 'ACTIVE' && role?.reachable === 'no');
  if (closed !== undefined) return `See why ${closed.accountId} cannot be reached: \`bootstrap explain organization.access-role\``;
  return accounts.length === 1 ? 'Make a member account: `bootstrap accounts create --name NAME --email ADDRESS`' : null;
};
