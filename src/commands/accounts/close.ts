import type { Closing } from '../../core/accounts.js';
import { AmbiguousWriteError, awsInfo, isAwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import { type BootstrapError, usage } from '../../core/errors.js';
import { map, type Reading, type Unread } from '../../core/reading.js';
import { renderClosing } from '../../report/member-tables.js';
import { lastDigits } from '../../run/approval.js';
import { type MonthSpend, spendInOwnBudgets, spendInPayerBudgets } from '../../steps/budget/member-spend.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import { sameEmail } from '../../steps/organization/section.js';
import { pollUntil } from '../../steps/organization/waiting.js';
import { readSuccesses } from '../../steps/shared/account.js';
import { dayMs } from '../../steps/shared/values.js';
import { accountError, writeError } from './errors.js';
import { asManagement } from './invitations.js';
import { roleNameOf } from './list.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsPort, AccountsRun } from './types.js';

/** AWS documents a few minutes. */
const closingLimitMs = 10 * 60_000;

/**
 * `accounts close`: shows the member and the consequences, asks, sends one request, and waits until AWS has closed the account. A second
 * run waits for the same closure, and does nothing for an account that is closed.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html
 */
export const closeAccount = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, flags, port, section } = run;
  const { account: accountId = '' } = flags;
  const { id: organizationId, allFeatures } = await asManagement(port.cloud, caller);
  if (accountId === caller.accountId)
    throw usage(
      `Account ${accountId} is this one, which manages the organization. It can only be closed by its own root user, in the console, when it has no members left.`,
      'Name a member account. To list them: `bootstrap accounts list`.',
    );
  const rows = await readAccountRows(port.cloud, caller.accountId);
  const row = rows.find((one) => one.accountId === accountId);
  if (row === undefined) throw noMember(accountId);
  const outcome = (state: string, notes: readonly string[]): AccountsOutcome => ({
    organizationId,
    accounts: [{ ...row, state, role: null }],
    notes: [
      ...notes,
      ...(section.accounts.some(({ email }) => sameEmail(email, row.email))
        ? ['The config still has this account. Remove it from organization.accounts.']
        : []),
    ],
  });
  if (isClosed(row.state))
    return outcome(row.state, [
      row.state === 'CLOSED'
        ? `Account ${accountId} is already closed.`
        : `AWS lists account ${accountId} as suspended: it was closed, or AWS suspended it. Nothing was changed.`,
      afterwards,
    ]);
  const dryRun = flags.dryRun === true;
  if (row.state === 'PENDING_CLOSURE' && dryRun)
    return { ...outcome(row.state, [`AWS is already closing account ${accountId}; nothing is left to request.`]), dryRun };
  if (row.state !== 'PENDING_CLOSURE') {
    if (!allFeatures) throw needsAllFeatures();
    const closing = await readClosing(run, row, rows);
    if (dryRun) return { ...outcome(row.state, []), closing, dryRun, next: `Close it: \`bootstrap accounts close ${accountId}\`` };
    if (!app.terminal.quiet || run.attended) app.terminal.stderr(renderClosing(closing, app.terminal.messageStyle));
    await run.approve(
      `To close account ${accountId}, type the last four digits of its id.`,
      [],
      lastDigits(accountId, `${accountId} (${row.name})`),
    );
    await requestClosure(port, row);
    port.record('closure-requested', accountId);
    const state = await waitForClosure(port, accountId);
    return { ...outcome(state, [afterwards]), closing };
  }
  return outcome(await waitForClosure(port, accountId), [afterwards]);
};

const afterwards =
  'For 90 days after its closure, AWS Support can reopen it: https://support.console.aws.amazon.com/support/home. After that, AWS deletes it with everything in it. Until then, it stays in the list and counts towards the limit of accounts.';

const isClosing = (state: string): boolean => state === 'PENDING_CLOSURE' || isClosed(state);
const isClosed = (state: string): boolean => state === 'CLOSED' || state === 'SUSPENDED';

export const noMember = (accountId: string): BootstrapError =>
  accountError('E-MEMBER-NONE', {
    message: `The organization has no account ${accountId}.`,
    next: 'Check the id. To list the accounts: `bootstrap accounts list`.',
  });

const needsAllFeatures = (): BootstrapError =>
  accountError('E-ORGANIZATION-REFUSED', {
    message: 'Only an organization with all features can close its member accounts; this one has only consolidated billing.',
    next: 'Enable all features (`bootstrap init --only organization`), or close the account as its own root user.',
  });

/** What the user should know before the account is closed. None of it is needed: what cannot be read is shown as not known. */
const readClosing = async (run: AccountsRun, row: RolelessRow, rows: readonly RolelessRow[]): Promise<Closing> => {
  const [spend, used] = await Promise.all([readSpend(run, row), readClosuresOfMonth(run)]);
  const members = rows.filter(({ management, state }) => !management && !isClosed(state)).length;
  const pending = rows.filter(({ state }) => state === 'PENDING_CLOSURE').length;
  const { accountId, name, email, state } = row;
  return {
    accountId,
    name,
    email,
    state,
    spend,
    // CloudTrail shows a call up to a quarter of an hour late.
    quota: { limit: Math.min(1_000, Math.max(10, Math.floor(members / 10))), used: used === null ? null : Math.max(used, pending) },
  };
};

/** From a budget: of this account about that member, else of the member itself, by its access role. There is no other free source. */
const readSpend = async (run: AccountsRun, row: RolelessRow): Promise<MonthSpend | null> => {
  const { caller, connection, port } = run;
  const now = port.clock.now();
  const own = await readBudgets(port.cloud, caller.accountId);
  const found = spendInPayerBudgets(own, row.accountId, now);
  if (found !== undefined) return found;
  const member = connection.member(row.accountId, roleNameOf(run, row.email));
  if (!(await member.enter()).ok) return null;
  return spendInOwnBudgets(await readBudgets(member.boundary.cloud, row.accountId), now) ?? null;
};

const readBudgets = async (cloud: ReadCloud, AccountId: string) => {
  const pages = await cloud.readAll('budgets:DescribeBudgets', { AccountId });
  return pages.ok ? pages.value.flatMap((page) => page.Budgets ?? []) : [];
};

/** AWS does not list when an account was closed; the event history does. */
const readClosuresOfMonth = async ({ port }: AccountsRun): Promise<number | null> => {
  const StartTime = new Date(port.clock.now().getTime() - 30 * dayMs);
  const events = await readSuccesses(port.cloud, 'CloseAccount', { StartTime });
  return events.ok ? events.value.length : null;
};

/** Sends the request once. If its response is lost, the state of the account shows whether AWS has it. */
const requestClosure = async (port: AccountsPort, { accountId, state }: RolelessRow): Promise<void> => {
  const changed = async (): Promise<true | undefined> => {
    const now = await readState(port.cloud, accountId);
    return now.ok && isClosing(now.value) ? true : undefined;
  };
  try {
    await port.cloud.write('organizations:CloseAccount', { AccountId: accountId });
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError) && isAwsError(error, 'AccountAlreadyClosed')) return;
    const conflict = !(error instanceof AmbiguousWriteError) && isAwsError(error, 'Conflict');
    if (!conflict && !(error instanceof AmbiguousWriteError)) throw writeError(error, (await port.caller()).partition);
    // Another request closes it at the same time, or this one did.
    if ((await pollUntil(port, 10_000, changed)) === true) return;
    if (!conflict) throw writeError(error, (await port.caller()).partition);
    throw accountError('E-ORGANIZATION-REFUSED', {
      message: `AWS does not close account ${accountId} in its current state (${state.toLowerCase().replaceAll('_', ' ')}): another change of it may be in progress.`,
      next: 'Wait a few minutes and run the same command again. If AWS refuses again, ask AWS Support.',
      retryable: true,
      aws: awsInfo(error),
      cause: error,
    });
  }
};

const readState = async (cloud: ReadCloud, accountId: string): Promise<Reading<string>> =>
  map(
    await cloud.read('organizations:DescribeAccount', { AccountId: accountId }),
    // An endpoint that is older than State still sends Status.
    ({ Account: account }) => account?.State ?? account?.Status ?? 'unknown',
  );

const waitForClosure = async (port: AccountsPort, accountId: string): Promise<string> => {
  port.notify(`waiting until AWS has closed account ${accountId}, usually a few minutes; you can press Ctrl-C, and a later run continues`);
  let last: Unread | undefined;
  const state = await pollUntil(port, closingLimitMs, async () => {
    const now = await readState(port.cloud, accountId);
    last = now.ok ? undefined : now;
    // Waiting does not help.
    if (!now.ok && now.cause === 'denied') throw organizationReadError(now, true);
    return now.ok && isClosed(now.value) ? now.value : undefined;
  });
  if (state !== undefined) {
    port.record('closed', accountId);
    return state;
  }
  if (last !== undefined) throw organizationReadError(last, true);
  throw accountError('E-ACCOUNT-CLOSING', {
    message: `AWS is still closing account ${accountId} after ${closingLimitMs / 60_000} minutes.`,
    next: 'Run the same command again later. It waits for this closure and does not request another one.',
    retryable: true,
    changed: true,
  });
};
