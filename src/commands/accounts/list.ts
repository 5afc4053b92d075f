import pMap from 'p-map';
import { type AccountRow, defaultAccessRole, type RoleCheck } from '../../core/accounts.js';
import { unreadExit } from '../../core/errors.js';
import { sameEmail } from '../../steps/organization/section.js';
import { roleArnOf } from '../../steps/organization/state.js';
import { invitationOf, isOpen, readSent, requireMembership } from './invitations.js';
import { receivedInvitations } from './joining.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';

/** `accounts list`: the accounts of the organization, whether their roles can be assumed, and open invitations. Reads only. */
export const listAccounts = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { caller, port } = run;
  const membership = await requireMembership(port.cloud, caller);
  if (membership.role !== 'management') {
    const invitations = (await receivedInvitations(port)).filter(isOpen);
    const where =
      membership.role === 'member'
        ? `Account ${caller.accountId} is a member of organization ${membership.id}; only its management account ${membership.managementId} can list the members.`
        : `Account ${caller.accountId} is in no organization.`;
    return {
      organizationId: membership.role === 'member' ? membership.id : null,
      invitations,
      notes: [where],
      next:
        invitations.length > 0 && membership.role === 'standalone'
          ? 'Check which account sent the invitation, then accept it: `bootstrap accounts accept`'
          : null,
    };
  }
  const [rows, sent] = await Promise.all([readAccountRows(port.cloud, caller.accountId), readSent(port.cloud)]);
  const accounts = await withRoles(run, rows);
  return {
    organizationId: membership.id,
    accounts,
    invitations: sent.ok ? sent.value.map(invitationOf).filter(isOpen) : [],
    notes: [
      ...(sent.ok ? [] : [`Invitations are not shown: ${sent.message}.`]),
      ...(caller.identity.kind === 'root' && accounts.length > 1
        ? ['Root cannot assume roles: the table shows the last results from this computer.']
        : []),
    ],
    next: nextOf(accounts),
    exit: sent.ok ? 0 : unreadExit(sent.cause),
  };
};

const nextOf = (accounts: readonly AccountRow[]): string | null => {
  const unreachable = accounts.find(({ state, role }) => state === 'ACTIVE' && role?.reachable === 'no');
  if (unreachable !== undefined)
    return `To find out why ${unreachable.accountId} cannot be reached: \`bootstrap explain organization.access-role\``;
  return accounts.length === 1 ? 'Create a member account: `bootstrap accounts create --name NAME --email ADDRESS`' : null;
};

/** Roles that are tried at the same time. AWS allows hundreds of AssumeRole requests a second. */
const concurrency = 8;

/** The role of a member: from the flag, else from the config, else the default of AWS. */
export const roleNameOf = ({ flags, section }: Pick<AccountsRun, 'flags' | 'section'>, email: string): string =>
  flags.role ?? section.accounts.find((account) => sameEmail(account.email, email))?.role ?? defaultAccessRole;

/** Tries the role of every active member. Root cannot assume roles, so it gets the last results from this computer. */
export const withRoles = async (run: AccountsRun, rows: readonly RolelessRow[]): Promise<readonly AccountRow[]> => {
  const { app, caller, connection } = run;
  const checks = await app.roleChecks();
  const now = app.host.clock.now().toISOString();
  const fresh: Record<string, RoleCheck> = {};
  const assessRow = async (row: RolelessRow): Promise<AccountRow> => {
    if (row.management) return { ...row, role: null };
    const name = roleNameOf(run, row.email);
    const arn = roleArnOf(caller.partition, { id: row.accountId }, { role: name });
    const untried = async (reason: string, earlier?: Promise<RoleCheck | undefined>): Promise<AccountRow> => ({
      ...row,
      role: { name, arn, ...((await earlier) ?? { reachable: 'not-tried', reason, checkedAt: null }) },
    });
    if (row.state !== 'ACTIVE') return untried(`the account is ${row.state.toLowerCase().replaceAll('_', ' ')}`);
    if (caller.identity.kind === 'root') return untried('root cannot assume roles', checks.of(arn));
    const entered = await connection.member(row.accountId, name).enter();
    if (!entered.ok && entered.cause !== 'denied') return untried(entered.message, checks.of(arn));
    const check = { reachable: entered.ok ? 'yes' : 'no', reason: entered.ok ? null : entered.message, checkedAt: now } as const;
    fresh[arn] = check;
    return { ...row, role: { name, arn, ...check } };
  };
  const assessed = await pMap(rows, assessRow, { concurrency });
  await checks.note(fresh);
  return assessed;
};
