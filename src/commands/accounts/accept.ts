import type { AccountRow } from '../../core/accounts.js';
import { BootstrapError, usage } from '../../core/errors.js';
import { renderProposal } from '../../report/accounts-table.js';
import type { Connection } from '../../run/app.js';
import { programOf } from '../../run/output.js';
import { mustRead } from '../../steps/organization/refusals.js';
import { pollUntil } from '../../steps/organization/waiting.js';
import { type AccessRole, createRole, formerRole, planRole, proveRole, readRole, roleArn } from './access-role.js';
import { switchRoleLink } from './creation.js';
import { accountError } from './errors.js';
import { requireMembership } from './invitations.js';
import { acceptHandshake as accept, type AcceptPlan, type Leaving, planAccept, receivedInvitations } from './joining.js';
import { elsewhere, planProfile, regionNotes, writeProfile } from './profile.js';
import { readAccountRows } from './rows.js';
import type { AccountsOutcome, AccountsRun } from './types.js';

/**
 * `accounts accept`, in the account that joins: the role for the management account first, then exactly the one invitation, then, with
 * a sign-in there, the proof. Run again after a stop, it finds what is done and goes on.
 */
export const acceptInvitation = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { app, caller, flags, port } = run;
  const { accountId, partition } = caller;
  const [place, received] = await Promise.all([requireMembership(port.cloud, caller), receivedInvitations(port)]);
  const { handshake, transferFrom } = flags;
  const standing = planAccept(place, received, { accountId, handshake, managementAccountId: flags.managementAccountId, transferFrom });
  const leaving = standing.kind === 'invited' ? standing.leaving : null;
  const { managementAccountId, organizationId } = standing.kind === 'invited' ? standing.invitation : standing;
  const role: AccessRole = { name: flags.role ?? 'OrganizationAccountAccessRole', partition, accountId, managementAccountId };
  refuseOther(flags.managementAccountId, managementAccountId);
  if (leaving !== null) refuseOtherTransfer(transferFrom, leaving);
  const management = await managementSide(run, managementAccountId);
  const profile = flags.profileToWrite === undefined ? undefined : await planProfile(run, roleArn(role), sourceFor(run));
  const seen = await readRole(port.cloud, role);
  if (!seen.ok) throw mustRead(seen, false);
  const rolePlan = planRole(seen.value, role, leaving?.managementAccountId);

  const work = workLines(standing, role, rolePlan);
  if (work.length > 0) {
    guardUnconfirmed(run, managementAccountId);
    if (leaving !== null && standing.kind === 'invited') guardTransfer(run, leaving, standing.invitation);
    const invitation = standing.kind === 'invited' ? standing.invitation : null;
    if (!app.terminal.quiet || run.attended)
      app.terminal.stderr(renderProposal({ invitation, leaving, accountId, work }, app.terminal.messageStyle));
    // A member's Free plan ended when it joined the organization that it leaves now.
    if (leaving !== null && standing.kind === 'invited') await confirmTransfer(run, leaving, standing.invitation);
    else if (standing.kind === 'invited') await gateFreeTier(run);
    const typed = { question: `Last four digits of the account that invites:`, expected: managementAccountId.slice(-4) };
    await run.approve(
      `Administrators of account ${managementAccountId} will have full control of this one.\nCompare its id with what its owner told you, by another way than the invitation.`,
      [],
      flags.managementAccountId === undefined ? typed : undefined,
    );
  }
  if (rolePlan.create || rolePlan.attach) await createRole(port, role, rolePlan);
  if (standing.kind === 'invited') await accept(port, standing, accountId);

  const stillOpen = leaving === null ? undefined : await formerRole(port.cloud, role, leaving.managementAccountId);
  const row = management === undefined ? undefined : await proven(run, management, role);
  const written = profile === undefined ? [] : [await writeProfile(run, profile, roleArn(role))];
  return {
    organizationId,
    accounts: row === undefined ? [] : [row],
    invitations: standing.kind === 'invited' ? [{ ...standing.invitation, state: 'ACCEPTED' }] : [],
    recap: [...written, { label: 'Switch role', value: switchRoleLink(partition, accountId, role.name, row?.name ?? accountId) }],
    notes: [
      ...(standing.kind === 'joined' ? [`Account ${accountId} is a member of organization ${organizationId} already.`] : []),
      ...(leaving === null
        ? []
        : [`Account ${accountId} left organization ${leaving.organizationId}, managed by account ${leaving.managementAccountId}.`]),
      ...(stillOpen === undefined
        ? []
        : [
            `The role ${stillOpen.name} still trusts account ${stillOpen.managementAccountId}, so administrators of the former organization can enter. Detach its policies and delete it: aws iam delete-role --role-name ${stillOpen.name}`,
          ]),
      ...regionNotes(run, profile),
    ],
    next:
      row === undefined
        ? `Prove the way in, as an administrator of account ${managementAccountId} (not as its root)${elsewhere(run)}: ${programOf(app)} accounts list --account-id ${managementAccountId}`
        : null,
    exit: row === undefined || stillOpen !== undefined ? 5 : 0,
  };
};

const refuseOther = (wanted: string | undefined, found: string): void => {
  if (wanted === undefined || wanted === found) return;
  throw accountError('E-MANAGEMENT-UNCONFIRMED', {
    message: `The invitation comes from account ${found}, and not from ${wanted}. Nothing was changed.`,
    next: 'If you do not know that account, decline the invitation. If it is the right one, name it: --management-account-id.',
  });
};

const guardUnconfirmed = ({ attended, flags }: AccountsRun, found: string): void => {
  if (attended || flags.managementAccountId !== undefined) return;
  throw accountError('E-MANAGEMENT-UNCONFIRMED', {
    message: `The invitation comes from account ${found}, which would get full control of this one, and nobody has said that this is right.`,
    next: 'Ask the owner of the organization for the id of its management account and add it: --management-account-id ID.',
  });
};

const organizationWords = ({ organizationId, managementAccountId }: Leaving): string =>
  `organization ${organizationId} (managed by account ${managementAccountId})`;

const refuseOtherTransfer = (wanted: string | undefined, leaving: Leaving): void => {
  if (wanted === undefined || wanted === leaving.organizationId) return;
  throw accountError('E-TRANSFER-UNCONFIRMED', {
    message: `This account is a member of ${organizationWords(leaving)}, and not of ${wanted}. Nothing was changed.`,
    next: 'Check that this is the account you mean. If it is, name the organization that it leaves: --transfer-from.',
  });
};

const guardTransfer = ({ attended, flags, caller }: AccountsRun, leaving: Leaving, invitation: Leaving): void => {
  if (attended || flags.transferFrom !== undefined) return;
  throw accountError('E-TRANSFER-UNCONFIRMED', {
    message: `Accepting would transfer account ${caller.accountId} from ${organizationWords(leaving)} to ${organizationWords(invitation)}, and that was not confirmed. Nothing was changed.`,
    next: `If that is what you want, confirm it: --transfer-from ${leaving.organizationId}. To stay, decline the invitation.`,
  });
};

const confirmTransfer = async ({ app, flags, caller }: AccountsRun, leaving: Leaving, invitation: Leaving): Promise<void> => {
  if (flags.transferFrom !== undefined) return;
  const prompter = await app.prompter();
  const hint = `Account ${caller.accountId} leaves ${organizationWords(leaving)} and joins ${organizationWords(invitation)}.\nThe policies and the payment of the organization that it leaves end for it.`;
  const question = `Transfer the account from ${leaving.organizationId} to ${invitation.organizationId}?`;
  if (await prompter.confirm({ hint, question, default: false })) return;
  throw declined(
    `The invitation stays open. To work in the current organization, add --management-account-id ${leaving.managementAccountId}.`,
  );
};

const declined = (next: string): BootstrapError =>
  new BootstrapError({ code: 'E-DECLINED', message: 'You declined; nothing was changed.', next });

/** Joining an organization ends a Free plan, and this tool does not read which plan the account has. */
const gateFreeTier = async ({ app, attended, flags, section }: AccountsRun): Promise<void> => {
  if (flags.freeTierLoss === 'accepted' || section['free-tier-loss'] === 'accepted') return;
  const loss =
    'When this account joins an organization, its Free plan becomes a Paid plan, its Free Tier credits expire immediately, and no more can be earned.';
  if (!attended) {
    throw accountError('E-FREE-TIER-LOSS', {
      message: loss,
      next: 'If that is accepted, say so: --free-tier-loss accepted, or organization.free-tier-loss in the config.',
    });
  }
  const prompter = await app.prompter();
  if (await prompter.confirm({ hint: loss, question: 'Is that accepted?', default: false })) return;
  throw declined('The invitation stays open; run the command again when you want it.');
};

const workLines = (standing: AcceptPlan, role: AccessRole, plan: ReturnType<typeof planRole>): readonly string[] => [
  ...(plan.create ? [`Make the role ${role.name}, which trusts account ${role.managementAccountId} alone`] : []),
  ...(plan.attach ? [`Attach AdministratorAccess to it: administrators there can then do everything here`] : []),
  ...(standing.kind === 'invited' && standing.leaving !== null
    ? [`Leave ${organizationWords(standing.leaving)}: its policies and its payment end for this account`]
    : []),
  ...(standing.kind === 'invited'
    ? [`Accept the invitation: account ${role.managementAccountId} pays from then on, and its policies bind this account`]
    : []),
];

/** The sign-in that proves the role; looked at before anything is made. */
const managementSide = async (run: AccountsRun, managementAccountId: string): Promise<Connection | undefined> => {
  const { flags, app, connectAs } = run;
  if (flags.managementProfile === undefined) return undefined;
  if (app.sandboxed)
    throw usage('The practice account has one sign-in, so there is no profile of a management account.', 'Leave out --management-profile.');
  const connection = await connectAs(flags.managementProfile);
  const { accountId, identity } = await connection.identify();
  if (accountId !== managementAccountId) {
    throw new BootstrapError({
      code: 'E-WRONG-ACCOUNT',
      message: `The profile ${flags.managementProfile} signs in to account ${accountId}, but the invitation comes from ${managementAccountId}.`,
      next: `Name a profile of account ${managementAccountId}: --management-profile NAME.`,
    });
  }
  if (identity.kind === 'root')
    throw usage(
      `The profile ${flags.managementProfile} signs in as root, who cannot assume roles.`,
      'Name a profile of an administrator, or leave it out.',
    );
  return connection;
};

const sourceFor = ({ flags }: AccountsRun): string => {
  const source = flags.sourceProfile ?? flags.managementProfile;
  if (source !== undefined) return source;
  throw usage(
    '--profile-to-write needs a sign-in to the management account.',
    'Name it: --management-profile NAME (it proves the role, too), or --source-profile NAME.',
  );
};

/** By the management account's own sign-in: it lists the new member, and is let in. */
const proven = async (run: AccountsRun, management: Connection, role: AccessRole): Promise<AccountRow> => {
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
      next: 'Run the same command again in a few minutes; it goes on with the proof of the role.',
      retryable: true,
    });
  }
  await proveRole(port, role.accountId, management.member(role.accountId, role.name));
  const check = { reachable: 'yes', reason: null, checkedAt: app.host.clock.now().toISOString() } as const;
  const arn = roleArn(role);
  await (await app.roleChecks()).note({ [arn]: check });
  return { ...row, role: { name: role.name, arn, ...check } };
};
