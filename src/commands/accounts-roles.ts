import type { RolelessRow } from '../accounts/account-rows.js';
import type { AccountRow, RoleState } from '../core/accounts.js';
import { sameEmail } from '../steps/support/organization/section.js';
import type { AccountsRun } from './accounts-run.js';

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
