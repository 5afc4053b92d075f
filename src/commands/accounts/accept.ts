import { canLose, creditsWords, planWords } from '../../core/account-plan.js';
import { type AccountRow, defaultAccessRole } from '../../core/accounts.js';
import { BootstrapError, usage } from '../../core/errors.js';
import { renderProposal } from '../../report/accounts-table.js';
import type { Connection } from '../../run/app.js';
import { declinedChange, lastDigits } from '../../run/approval.js';
import { describeAccount } from '../../run/end.js';
import { programOf } from '../../run/output.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import { pollUntil } from '../../steps/organization/waiting.js';
import { type AccessRole, createRole, findFormerRole, planRole, verifyRole, readRole, roleArn } from './access-role.js';
import { switchRoleLink } from './creation.js';
import { accountError } from './errors.js';
import { requireMembership } from './invitations.js';
import { acceptHandshake as accept, type AcceptPlan, type Leaving, planAccept, receivedInvitations } from './joining.js';
import { inOtherFolder, planProfile, regionNotes, writeProfile } from './profile.js';
import { readAccountRows } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';

/**
 * `accounts accept`, in the account that joins: first creates the role for the management account, then accepts exactly one invitation, then,
 * given a sign-in to the management account, verifies the role. A second run finds what is done and continues.
 */
export const acceptInvitation = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, flags, port } = run;
  const { accountId, partition } = caller;
  const [membership, received] = await Promise.all([requireMembership(port.cloud, caller), receivedInvitations(port)]);
  const { handshake, transferFrom } = flags;
  const plan = planAccept(membership, received, { accountId, handshake, managementAccountId: flags.managementAccountId, transferFrom });
  const leaving = plan.kind === 'invited' ? plan.leaving : null;
  const { managementAccountId, organizationId } = plan.kind === 'invited' ? plan.invitation : plan;
  const role: AccessRole = { name: flags.role ?? defaultAccessRole, partition, accountId, managementAccountId };
  requireExpectedManagement(flags.managementAccountId, managementAccountId);
  if (leaving !== null) requireExpectedTransfer(transferFrom, leaving);
  const management = await connectToManagement(run, managementAccountId);
  const profile = flags.profileToWrite === undefined ? undefined : await planProfile(run, roleArn(role), sourceProfileOf(run));
  const observed = await readRole(port.cloud, role);
  if (!observed.ok) throw organizationReadError(observed, false);
  const rolePlan = planRole(observed.value, role, leaving?.managementAccountId);

  const work = workLines(plan, role, rolePlan);
  if (work.length > 0) {
    guardUnconfirmed(run, managementAccountId);
    if (leaving !== null && plan.kind === 'invited') guardTransfer(run, leaving, plan.invitation);
    const invitation = plan.kind === 'invited' ? plan.invitation : null;
    if (!app.terminal.quiet || run.attended)
      app.terminal.stderr(renderProposal({ invitation, leaving, accountId, work }, app.terminal.messageStyle));
    // The Free plan of a member already ended when it joined its current organization.
    if (leaving !== null && plan.kind === 'invited') await confirmTransfer(run, leaving, plan.invitation);
    else if (plan.kind === 'invited') await confirmFreeTierLoss(run);
    await run.approve(
      `Administrators of account ${managementAccountId} will have full control of this one.\nCompare its id with the one that its owner gave you. Do not take it from the invitation.`,
      [],
      flags.managementAccountId === undefined ? lastDigits(managementAccountId, 'the inviting account') : undefined,
    );
  }
  if (rolePlan.create || rolePlan.attach) await createRole(port, role, rolePlan);
  if (plan.kind === 'invited') await accept(port, plan, accountId);

  const leftover = leaving === null ? undefined : await findFormerRole(port.cloud, role, leaving.managementAccountId);
  const row = management === undefined ? undefined : await verifiedRow(run, management, role);
  const written = profile === undefined ? [] : [await writeProfile(run, profile, roleArn(role))];
  return {
    organizationId,
    accounts: row === undefined ? [] : [row],
    ...(plan.kind === 'invited'
      ? // Joining an organization ends a Free plan.
        { invitations: [{ ...plan.invitation, state: 'ACCEPTED' }], account: await describeAccount(port.cloud, caller) }
      : {}),
    recap: [...written, { label: 'Switch role', value: switchRoleLink(partition, accountId, role.name, row?.name ?? accountId) }],
    notes: [
      ...(plan.kind === 'joined' ? [`Account ${accountId} is already a member of organization ${organizationId}.`] : []),
      ...(leaving === null
        ? []
        : [`Account ${accountId} left organization ${leaving.organizationId}, managed by account ${leaving.managementAccountId}.`]),
      ...(leftover === undefined
        ? []
        : [
            `The role ${leftover.name} still trusts account ${leftover.managementAccountId}, so administrators of the former organization can still enter. Detach its policies and delete it: aws iam delete-role --role-name ${leftover.name}`,
          ]),
      ...regionNotes(run, profile),
    ],
    next:
      row === undefined
        ? `Verify the role, as an administrator of account ${managementAccountId} (not as its root)${inOtherFolder(run)}: ${programOf(app)} accounts list --account-id ${managementAccountId}`
        : null,
    exit: row === undefined || leftover !== undefined ? 5 : 0,
  };
};

const requireExpectedManagement = (wanted: string | undefined, found: string): void => {
  if (wanted === undefined || wanted === found) return;
  throw accountError('E-MANAGEMENT-UNCONFIRMED', {
    message: `The invitation is from account ${found}, not from ${wanted}. Nothing was changed.`,
    next: 'If you do not know that account, decline the invitation. If it is the right one, pass its id: --management-account-id.',
  });
};

const guardUnconfirmed = ({ attended, flags }: AccountsRun, found: string): void => {
  if (attended || flags.managementAccountId !== undefined) return;
  throw accountError('E-MANAGEMENT-UNCONFIRMED', {
    message: `The invitation is from account ${found}, which would get full control of this one. This account id was not confirmed.`,
    next: 'Ask the owner of the organization for the id of its management account, then pass it: --management-account-id ID.',
  });
};

const describeOrganization = ({ organizationId, managementAccountId }: Leaving): string =>
  `organization ${organizationId} (managed by account ${managementAccountId})`;

const requireExpectedTransfer = (wanted: string | undefined, leaving: Leaving): void => {
  if (wanted === undefined || wanted === leaving.organizationId) return;
  throw accountError('E-TRANSFER-UNCONFIRMED', {
    message: `This account is a member of ${describeOrganization(leaving)}, not of ${wanted}. Nothing was changed.`,
    next: 'Check that this is the right account. If it is, pass the organization that it leaves: --transfer-from.',
  });
};

const guardTransfer = ({ attended, flags, caller }: AccountsRun, leaving: Leaving, invitation: Leaving): void => {
  if (attended || flags.transferFrom !== undefined) return;
  throw accountError('E-TRANSFER-UNCONFIRMED', {
    message: `Accepting would transfer account ${caller.accountId} from ${describeOrganization(leaving)} to ${describeOrganization(invitation)}, and that was not confirmed. Nothing was changed.`,
    next: `If that is what you want, confirm it: --transfer-from ${leaving.organizationId}. To stay, decline the invitation.`,
  });
};

const confirmTransfer = async ({ app, flags, caller }: AccountsRun, leaving: Leaving, invitation: Leaving): Promise<void> => {
  if (flags.transferFrom !== undefined) return;
  const prompter = await app.prompter();
  const hint = `Account ${caller.accountId} leaves ${describeOrganization(leaving)} and joins ${describeOrganization(invitation)}.\nThe policies of the organization that it leaves no longer apply to it, and that organization no longer pays for it.`;
  const question = `Transfer the account from ${leaving.organizationId} to ${invitation.organizationId}?`;
  if (await prompter.confirm({ hint, question, default: false })) return;
  throw declinedChange(
    `The invitation stays open. To work in the current organization, add --management-account-id ${leaving.managementAccountId}.`,
  );
};

/** Joining an organization ends a Free plan and all credits. A plan that could not be read may be a Free plan. */
const confirmFreeTierLoss = async ({ app, attended, flags, section, account }: AccountsRun): Promise<void> => {
  if (flags.freeTierLoss === 'accepted' || section['free-tier-loss'] === 'accepted') return;
  const plan = account.plan ?? undefined;
  if (!canLose(plan)) return;
  const loss = `When this account joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned.${plan === undefined ? '' : ` This account has: ${planWords(plan)}.`}`;
  if (!attended) {
    throw accountError('E-FREE-TIER-LOSS', {
      message: loss,
      next: 'If you accept this, pass --free-tier-loss accepted, or set organization.free-tier-loss in the config.',
    });
  }
  const prompter = await app.prompter();
  if (
    await prompter.confirm({
      hint: loss,
      question:
        plan?.type === 'paid'
          ? `Join the organization? This ends your ${creditsWords(plan)}.`
          : 'Join the organization? This ends your AWS Free plan.',
      default: false,
    })
  )
    return;
  throw declinedChange('The invitation stays open. To accept it later, run the command again.');
};

const workLines = (plan: AcceptPlan, role: AccessRole, rolePlan: ReturnType<typeof planRole>): readonly string[] => [
  ...(rolePlan.create ? [`Create the role ${role.name}, which trusts only account ${role.managementAccountId}`] : []),
  ...(rolePlan.attach
    ? [
        `Attach AdministratorAccess to ${rolePlan.create ? 'it' : `the existing role ${role.name}, which trusts only account ${role.managementAccountId}`}: administrators of that account can then do everything in this one`,
      ]
    : []),
  ...(plan.kind === 'invited' && plan.leaving !== null
    ? [`Leave ${describeOrganization(plan.leaving)}: its policies no longer apply to this account, and it no longer pays for it`]
    : []),
  ...(plan.kind === 'invited'
    ? [`Accept the invitation: account ${role.managementAccountId} pays from then on, and its policies apply to this account`]
    : []),
];

/** The sign-in that verifies the role. Checked before anything is changed. */
const connectToManagement = async (run: AccountsRun, managementAccountId: string): Promise<Connection | undefined> => {
  const { flags, app, connectAs } = run;
  if (flags.managementProfile === undefined) return undefined;
  if (app.sandboxed)
    throw usage(
      'The practice account has only one sign-in, so it has no profile of a management account.',
      'Leave out --management-profile.',
    );
  const connection = await connectAs(flags.managementProfile);
  const { accountId, identity } = await connection.identify();
  if (accountId !== managementAccountId) {
    throw new BootstrapError({
      code: 'E-WRONG-ACCOUNT',
      message: `The profile ${flags.managementProfile} signs in to account ${accountId}, but the invitation is from ${managementAccountId}.`,
      next: `Pass a profile of account ${managementAccountId}: --management-profile NAME.`,
    });
  }
  if (identity.kind === 'root')
    throw usage(
      `The profile ${flags.managementProfile} signs in as root, which cannot assume roles.`,
      'Pass a profile of an administrator, or leave the flag out.',
    );
  return connection;
};

const sourceProfileOf = ({ flags }: AccountsRun): string => {
  const source = flags.sourceProfile ?? flags.managementProfile;
  if (source !== undefined) return source;
  throw usage(
    '--profile-to-write needs a sign-in to the management account.',
    'Pass --management-profile NAME (also verifies the role) or --source-profile NAME.',
  );
};

/** Verifies with the management account's sign-in that the new member is listed and that its role can be assumed. */
const verifiedRow = async (run: AccountsRun, management: Connection, role: AccessRole): Promise<AccountRow> => {
  const { app, port } = run;
  const { boundary } = management;
  const listed = { ...port, cloud: boundary.cloud, forget: boundary.forget };
  const row = await pollUntil(listed, 60_000, async () =>
    (await readAccountRows(boundary.cloud, role.managementAccountId)).find(({ accountId }) => accountId === role.accountId),
  );
  if (row === undefined) {
    throw new BootstrapError({
      code: 'E-NOT-CONFIRMED',
      message: `Account ${role.accountId} joined, but the organization does not list it yet.`,
      next: 'Run the same command again in a few minutes. It continues with the check of the role.',
      retryable: true,
    });
  }
  await verifyRole(port, role.accountId, management.member(role.accountId, role.name));
  const check = { reachable: 'yes', reason: null, checkedAt: app.host.clock.now().toISOString() } as const;
  const arn = roleArn(role);
  await (await app.roleChecks()).note({ [arn]: check });
  return { ...row, role: { name: role.name, arn, ...check } };
};
