import type { AccountRow, RoleState } from '../../core/accounts.js';
import { unreadExit } from '../../core/errors.js';
import { sameEmail } from '../../steps/organization/section.js';
import { invitationOf, isOpen, readSent, requireMembership } from './invitations.js';
import { receivedInvitations } from './joining.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';

/** `accounts list`: the accounts of the organization, whether their roles let you in, and open invitations. Reads only. */
export const listAccounts = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { caller, port } = run;
  const place = await requireMembership(port.cloud, caller);
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

/** AWS allows hundreds of AssumeRole a second; a person's patience ends sooner than that. */
const atOnce = 8;

/** The role of a member: the one named by flag, else in the config, else the one that AWS gives. */
const roleNameOf = ({ flags, section }: Pick<AccountsRun, 'flags' | 'section'>, email: string): string =>
  flags.role ?? section.accounts.find((account) => sameEmail(account.email, email))?.role ?? 'OrganizationAccountAccessRole';

type RoleCheck = Pick<RoleState, 'reachable' | 'reason' | 'checkedAt'>;

/** Tries the role of every active member. Root cannot, and is told what was last seen from here. */
export const withRoles = async (run: AccountsRun, rows: readonly RolelessRow[]): Promise<readonly AccountRow[]> => {
  const { app, caller, connection } = run;
  const checks = await app.roleChecks();
  const now = app.host.clock.now().toISOString();
  const fresh: Record<string, RoleCheck> = {};
  const judge = async (row: RolelessRow): Promise<AccountRow> => {
    if (row.management) return { ...row, role: null };
    const name = roleNameOf(run, row.email);
    const arn = `arn:${caller.partition}:iam::${row.accountId}:role/${name}`;
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
  const judged = await inBatches(rows, judge);
  await checks.note(fresh);
  return judged;
};

/** A few at a time, in the order of the list. */
const inBatches = async <A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> => {
  const done: B[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) done[at] = await work(items[at] as A);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return done;
};
