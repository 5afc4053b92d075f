import pMap from 'p-map';
import { managedPolicyArn, stsRegion } from '../../core/account.js';
import type { AccountAction, MemberRoot } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import type { Cloud, ReadCloud } from '../../core/cloud.js';
import { type AwsErrorInfo, BootstrapError, type ErrorCode, errorCodes, type ExitCode, usage, worstExit } from '../../core/errors.js';
import { type Unread, unreadError } from '../../core/reading.js';
import { renderMemberRoot } from '../../report/member-tables.js';
import { lastDigits } from '../../run/approval.js';
import { accountsAtOnce, guardNotRoot } from '../../run/organization.js';
import { auditRoot } from '../../run/member-root.js';
import { readRootCredentials, type RootCredentials, rootCredentialsWords } from '../../steps/organization/member-root.js';
import { readCentralRoot } from '../../steps/organization/observe.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import { pollUntil } from '../../steps/organization/waiting.js';
import { noMember } from './close.js';
import { accountError, writeError } from './errors.js';
import { asManagement } from './invitations.js';
import { readAccountRows, type RolelessRow } from './rows.js';
import type { AccountsOutcome, AccountsPort, AccountsRun } from './types.js';

/** IAM shows a deletion everywhere within seconds. */
const confirmMs = 60_000;

/**
 * `accounts secure-root`: reads what root of each member has, and deletes it, with one approval per account. It reads in sessions that can
 * only read, and opens a session that can delete only after the approval. A second run deletes what is left.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
export const secureRoot = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, flags, port } = run;
  const dryRun = flags.dryRun === true;
  checkTargets(run);
  guardNotRoot(caller, app.sandboxed);
  const { id: organizationId } = await asManagement(port.cloud, caller);
  const [feature, rows] = await Promise.all([readCentralRoot(port.cloud), readAccountRows(port.cloud, caller.accountId)]);
  if (!feature.ok) throw organizationReadError(feature, false);
  if (!feature.value) throw isOff();
  const targets = targetsOf(run, rows);
  const found = await pMap(targets, (row) => observeRoot(run, row), { concurrency: accountsAtOnce });

  const roots: MemberRoot[] = [];
  for (const [at, root] of found.entries()) roots.push(await settle(run, root, targets[at] as RolelessRow));
  const exit = worstExit(roots.map((root) => exitOf(root)));
  const touched = roots.some(({ state }) => ['planned', 'deleted', 'failed'].includes(state));
  return {
    organizationId,
    roots,
    ...(dryRun ? { dryRun } : {}),
    notes: touched ? [howToRestore(caller.partition, run.app.sandboxed)] : [],
    next: dryRun && roots.some(({ state }) => state === 'planned') ? nextOf(roots, flags.all) : null,
    exit,
  };
};

const nextOf = (roots: readonly MemberRoot[], all = false): string => {
  const planned = roots.filter(({ state }) => state === 'planned').map(({ accountId }) => accountId);
  return `Delete these credentials: \`bootstrap accounts secure-root ${all && planned.length > 3 ? '--all' : planned.join(' ')}\``;
};

/** The flags and arguments, before anything is read. */
const checkTargets = ({ attended, flags, caller }: AccountsRun): void => {
  const { accounts = [], all = false, dryRun = false } = flags;
  for (const id of accounts)
    if (id === caller.accountId)
      throw usage(
        `Account ${id} is this one. Only its own root user can delete its root credentials.`,
        'Name member accounts. For the keys of root of this account: `bootstrap keys delete --root --all --profile ROOT`.',
      );
  if (all && accounts.length > 0) throw usage('--all and account ids cannot be used together.', 'Leave one of them out.');
  if (!all && accounts.length === 0)
    throw usage('Missing the member accounts.', 'Name them by their ids, or pass --all. To see what root of each has: --all --dry-run.');
  if (all && !attended && !dryRun)
    throw usage(
      '--all with --yes would delete credentials that no one has looked at.',
      'List them with --all --dry-run, then name each account: `bootstrap accounts secure-root ID ID --yes --account-id ID`.',
    );
};

const targetsOf = ({ flags }: AccountsRun, rows: readonly RolelessRow[]): readonly RolelessRow[] => {
  if (flags.all === true) return rows.filter(({ management, state }) => !management && state === 'ACTIVE');
  return [...new Set(flags.accounts)].map((id) => {
    const row = rows.find(({ accountId }) => accountId === id);
    if (row === undefined) throw noMember(id);
    if (row.state === 'ACTIVE') return row;
    throw usage(
      `Account ${id} is ${row.state.toLowerCase().replaceAll('_', ' ')}; only active accounts can be entered.`,
      'Leave it out. To list the accounts: `bootstrap accounts list`.',
    );
  });
};

const isOff = (): BootstrapError =>
  accountError('E-CENTRAL-ROOT-OFF', {
    message: 'Central management of root credentials is off, so this account cannot act on the root users of its members.',
    next: 'Set `organization.central-root: true` in the config and run `bootstrap init --only organization`. Then run the same command again.',
  });

const observeRoot = async ({ connection }: AccountsRun, { accountId, name }: RolelessRow): Promise<MemberRoot> => {
  const read = await auditRoot(connection, accountId);
  const nothing = { accountId, name, password: false, accessKeys: [], certificates: [], mfaDevices: [], error: null } as const;
  if (!read.ok) {
    const message = `Root of account ${accountId} could not be checked: ${read.message}.`;
    return {
      ...nothing,
      state: 'unknown',
      error: unreadError(read, { message })
        .with({ aws: awsOf(read) })
        .info(),
    };
  }
  const { cloud } = connection.memberRoot(accountId, 'audit').boundary;
  const accessKeys = await Promise.all(
    read.value.accessKeys.map(async ({ id, active }) => ({ id, active, lastUsed: await readLastUse(cloud, id) })),
  );
  return { ...nothing, ...read.value, accessKeys, state: rootCredentialsWords(read.value) === '' ? 'none' : 'planned' };
};

/** The request that failed, for AWS Support. */
const awsOf = ({ code = 'Failed', evidence }: Unread): AwsErrorInfo | null => {
  const [failed] = evidence.slice(-1);
  return failed === undefined ? null : { error: code, ...failed };
};

/** null: never, or not known. */
const readLastUse = async (cloud: ReadCloud, AccessKeyId: string): Promise<string | null> => {
  const used = await cloud.read('iam:GetAccessKeyLastUsed', { AccessKeyId });
  return used.ok ? (used.value.AccessKeyLastUsed?.LastUsedDate?.toISOString() ?? null) : null;
};

/** Asks about one account and deletes what its root has. A failure in one account does not stop the others. */
const settle = async (run: AccountsRun, root: MemberRoot, row: RolelessRow): Promise<MemberRoot> => {
  const { app, flags } = run;
  if (root.state !== 'planned' || flags.dryRun === true) return root;
  const { accountId, name } = row;
  if (!app.terminal.quiet || run.attended) app.terminal.stderr(renderMemberRoot(root, app.terminal.messageStyle));
  try {
    await run.approve(
      `To delete these credentials of root, type the last four digits of account ${accountId}.`,
      [],
      lastDigits(accountId, `${accountId} (${name})`),
    );
  } catch (error) {
    if (error instanceof BootstrapError && error.code === 'E-DECLINED') return { ...root, state: 'declined' };
    throw error;
  }
  try {
    await deleteAll(run, root);
    return { ...root, state: 'deleted' };
  } catch (error) {
    const translated = writeError(error, run.caller.partition);
    if (!(translated instanceof BootstrapError)) throw translated;
    return { ...root, state: 'failed', error: translated.info() };
  }
};

/** Keys first: they need no code. MFA last, so that a run that is stopped never leaves a password without it. */
const deleteAll = async ({ connection, include, port }: AccountsRun, approved: MemberRoot): Promise<void> => {
  const { accountId } = approved;
  const access = connection.memberRoot(accountId, 'delete');
  include(access.boundary);
  const entered = await access.enter();
  if (!entered.ok)
    throw unreadError(entered, {
      message: `The session that deletes root credentials of account ${accountId} was refused: ${entered.message}.`,
    });
  const { cloud, forget } = access.boundary;
  const session = { ...port, forget, cloud };
  const has = await observed(cloud);
  const added = addedSince(approved, has);
  if (added !== '')
    throw new BootstrapError({
      code: 'E-PLAN-CHANGED',
      message: `Root of account ${accountId} has got ${added} since you approved the deletion, so nothing was deleted.`,
      next: 'Run the same command again and check what it shows.',
      retryable: true,
    });
  const remove = async (
    action: AccountAction['action'],
    on: string,
    send: () => Promise<unknown>,
    left: (now: RootCredentials) => boolean,
  ) => {
    if (await deleteOnce(session, send, left)) port.record(action, on);
  };
  for (const { id } of has.accessKeys)
    await remove(
      'root-key-deleted',
      `${id} in ${accountId}`,
      () => cloud.write('iam:DeleteAccessKey', { AccessKeyId: id }),
      (now) => now.accessKeys.some((key) => key.id === id),
    );
  for (const id of has.certificates)
    await remove(
      'root-certificate-deleted',
      `${id} in ${accountId}`,
      () => cloud.write('iam:DeleteSigningCertificate', { CertificateId: id }),
      (now) => now.certificates.includes(id),
    );
  if (has.password)
    await remove(
      'root-password-deleted',
      accountId,
      () => cloud.write('iam:DeleteLoginProfile', {}),
      (now) => now.password,
    );
  for (const serial of has.mfaDevices)
    await remove(
      'root-mfa-deactivated',
      serial,
      () => cloud.write('iam:DeactivateMFADevice', { SerialNumber: serial }),
      (now) => now.mfaDevices.includes(serial),
    );
  const gone = await pollUntil(session, confirmMs, async () => (rootCredentialsWords(await observed(cloud)) === '' ? true : undefined));
  if (gone === true) return;
  throw accountError('E-NOT-CONFIRMED', {
    message: `Root of account ${accountId} still has ${rootCredentialsWords(await observed(cloud))}.`,
    next: 'Run the same command again. It deletes what is left.',
    retryable: true,
    changed: true,
  });
};

/** What root has now and did not have when the deletion was approved, in words; empty if nothing. */
const addedSince = (approved: MemberRoot, now: RootCredentials): string =>
  rootCredentialsWords({
    password: now.password && !approved.password,
    accessKeys: now.accessKeys.filter(({ id }) => !approved.accessKeys.some((key) => key.id === id)),
    certificates: now.certificates.filter((id) => !approved.certificates.includes(id)),
    mfaDevices: now.mfaDevices.filter((serial) => !approved.mfaDevices.includes(serial)),
  });

/** Sends a deletion once. If its response is lost, what root still has shows whether AWS did it. False: it was gone before. */
const deleteOnce = async (
  session: AccountsPort & { readonly cloud: Cloud },
  send: () => Promise<unknown>,
  left: (now: RootCredentials) => boolean,
): Promise<boolean> => {
  try {
    await send();
    return true;
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) {
      if (isAwsError(error, 'NoSuchEntity')) return false;
      throw error;
    }
    const gone = await pollUntil(session, 10_000, async () => (left(await observed(session.cloud)) ? undefined : true));
    if (gone === undefined) throw error;
    return true;
  }
};

const observed = async (cloud: ReadCloud): Promise<RootCredentials> => {
  const read = await readRootCredentials(cloud);
  if (!read.ok) throw unreadError(read, { message: `The credentials of root could not be read: ${read.message}.`, changed: null });
  return read.value;
};

/** How root gets a password again. The session can do only that, and chooses no password itself. */
const howToRestore = (partition: string, sandboxed: boolean): string =>
  `To give root of a member a password again${sandboxed ? ', in a real account' : ''}: \`aws sts assume-root --region ${stsRegion(partition)} --duration-seconds 900 --target-principal ACCOUNT --task-policy-arn arn=${managedPolicyArn(partition, 'root-task/IAMCreateRootUserPassword')}\`. With the credentials that it prints: \`aws iam create-login-profile\`. Then choose "Forgot password?" on the sign-in page; the link goes to root's email address.`;

const exitOf = ({ state, error }: MemberRoot): ExitCode => {
  const exit = error === null ? undefined : errorCodes[error.code as ErrorCode].exit;
  if (exit !== undefined && exit !== 130) return exit;
  return state === 'declined' ? 3 : 0;
};
