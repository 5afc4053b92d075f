import type { InvitationRow } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { usage } from '../../core/errors.js';
import { shellWord } from '../../core/text.js';
import { programOf, typedHere } from '../../run/output.js';
import { readMembers } from '../../steps/organization/observe.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import { accountSection, sameEmail } from '../../steps/organization/section.js';
import type { Member } from '../../steps/organization/state.js';
import { retryWhileRefused, whenOrganizationIsReady, writeOrFind } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import { asManagement, describeEnd, invitationOf, isOpen, readSent } from './invitations.js';
import { withRoles } from './list.js';
import { inOtherFolder } from './profile.js';
import { readAccountRows } from './rows.js';
import type { AccountsFlags, AccountsOutcome, AccountsPort, AccountsRun } from './types.js';
import { tagsOf } from './wanted.js';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_InviteAccountToOrganization.html */
const maxNotesLength = 1024;

/** How long the user has to open the link that AWS sent by email. */
const verificationWaitMs = 10 * 60_000;

/** `accounts invite`: sends one invitation, once. An open invitation to the same account is used unchanged. */
export const inviteAccount = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { flags, caller, port, attended } = run;
  const { length } = flags.notes ?? '';
  if (length > maxNotesLength) throw usage(`--notes has ${length} characters; AWS accepts ${maxNotesLength}.`, 'Shorten the text.');
  const { id: organizationId } = await asManagement(port.cloud, caller);
  const target = targetOf(flags) ?? (await askForTarget(run));
  if (target.id === caller.accountId)
    throw usage(`Account ${target.id} is this one, which manages the organization.`, 'Name the account to invite.');
  const [members, sent] = await Promise.all([readMembers(port.cloud), sentInvitations(port)]);
  if (!members.ok) throw organizationReadError(members, false);
  const plan = planInvite(target, members.value, sent);
  if (plan.kind === 'member') {
    const rows = (await readAccountRows(port.cloud, caller.accountId)).filter(({ accountId }) => accountId === plan.member.id);
    return { organizationId, accounts: await withRoles(run, rows), notes: [`${target.id} is already a member of the organization.`] };
  }
  if (plan.kind === 'open') {
    return {
      organizationId,
      invitations: [plan.invitation],
      notes: ['This invitation is already open; no second one was sent.'],
      next: nextStep(run, plan.invitation),
    };
  }
  const tags = tagsOf(flags.tag) ?? {};
  await run.approve(
    `Invite ${target.type === 'ACCOUNT' ? `account ${target.id}` : `the account of ${target.id}`} into organization ${organizationId}?`,
    ['This account will pay for what the invited one uses. The invitation is valid for 15 days.'],
  );
  const invitation = await sendInvitation(port, target, { notes: flags.notes, tags, verifyMs: attended ? verificationWaitMs : 0 });
  return { organizationId, invitations: [invitation], notes: plan.earlier === null ? [] : [plan.earlier], next: nextStep(run, invitation) };
};

/** The command for the invited account. It contains the id of the inviting account, so that the user can compare it. */
const nextStep = (run: AccountsRun, { id, to, managementAccountId }: InvitationRow): string =>
  `Accept it with credentials of the invited account${run.app.sandboxed ? practiceCredentials(run, to) : inOtherFolder(run)}: ${programOf(run.app)} accounts accept --handshake ${shellWord(id)} --management-account-id ${shellWord(managementAccountId)}`;

/** `--sandbox` signs in to the inviting account only. */
const practiceCredentials = ({ app }: AccountsRun, to: string): string =>
  ` (in a shell with the variables that \`${typedHere(app, 'bootstrap sandbox serve')}\` and then \`${typedHere(app, `bootstrap sandbox sign-up${to.includes('@') ? ` --email ${shellWord(to)}` : ''}`)}\` print)`;

/** `accounts cancel`: cancels an open invitation. */
export const cancelInvitation = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { flags, caller, port } = run;
  const target = targetOf(flags);
  if ((flags.handshake === undefined) === (target === undefined))
    throw usage('Pass one of --handshake ID, --id ACCOUNT or --email ADDRESS.', 'To list the open invitations: `bootstrap accounts list`.');
  const { id: organizationId } = await asManagement(port.cloud, caller);
  const cancel = flags.handshake === undefined ? { target: target as Target } : { handshake: flags.handshake };
  const { invitation, open } = planCancel(cancel, await sentInvitations(port));
  if (!open)
    return {
      organizationId,
      invitations: [invitation],
      notes: [`The invitation ${invitation.id} ${describeEnd(invitation)}; there is nothing to cancel.`],
    };
  await run.approve(`Cancel the invitation ${invitation.id} to ${invitation.to}?`);
  await sendCancellation(port, invitation);
  return { organizationId, invitations: [{ ...invitation, state: 'CANCELED' }] };
};

const targetOf = ({ id, email }: AccountsFlags): Target | undefined => {
  if (id !== undefined && email !== undefined) throw usage('--id and --email cannot be used together.', 'Leave one of them out.');
  if (id !== undefined) return { type: 'ACCOUNT', id };
  if (email === undefined) return undefined;
  const wrong = accountSection.shape.email.safeParse(email).error?.issues[0]?.message;
  if (wrong !== undefined) throw usage(`--email ${wrong}.`, 'Pass the email address of the root user of the account.');
  return { type: 'EMAIL', id: email };
};

const askForTarget = async ({ app, attended }: AccountsRun): Promise<Target> => {
  if (!attended) throw usage('Missing the account to invite.', 'Pass --id ACCOUNT or --email ADDRESS.');
  const prompter = await app.prompter();
  const answer = await prompter.ask({
    question: 'Account id, or email address of its root user:',
    validate: (text) => (/^\d{12}$/.test(text) ? undefined : accountSection.shape.email.safeParse(text).error?.issues[0]?.message),
  });
  return { type: /^\d{12}$/.test(answer) ? 'ACCOUNT' : 'EMAIL', id: answer };
};

/** An account outside the organization, named by its id or by its root user's email address. */
export type Target = { readonly type: 'ACCOUNT' | 'EMAIL'; readonly id: string };

const isFor = ({ to }: Pick<InvitationRow, 'to'>, target: Target): boolean => sameEmail(to, target.id);

export type InvitePlan =
  | { readonly kind: 'member'; readonly member: Member }
  | { readonly kind: 'open'; readonly invitation: InvitationRow }
  /** `earlier`: how the last invitation ended, as a sentence. */
  | { readonly kind: 'invite'; readonly earlier: string | null };

/** Pure. */
export const planInvite = (target: Target, members: readonly Member[], sent: readonly InvitationRow[]): InvitePlan => {
  const member = members.find(({ id, email }) => (target.type === 'ACCOUNT' ? id === target.id : sameEmail(email, target.id)));
  if (member !== undefined) return { kind: 'member', member };
  const mine = sent.filter((invitation) => isFor(invitation, target));
  const open = mine.find(isOpen);
  if (open !== undefined) return { kind: 'open', invitation: open };
  const [last] = mine;
  return { kind: 'invite', earlier: last === undefined ? null : `The invitation ${last.id} ${describeEnd(last)}; this is a new one.` };
};

const sentInvitations = async ({ cloud }: Pick<AccountsPort, 'cloud'>): Promise<readonly InvitationRow[]> => {
  const sent = await readSent(cloud);
  if (!sent.ok) throw organizationReadError(sent, false);
  return sent.value.map(invitationOf);
};

export interface InvitationDetails {
  readonly notes: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** How long to wait until the user opens the verification link from AWS. */
  readonly verifyMs: number;
}

/** Sends one invitation. If the response is lost, it looks for the open one; AWS itself refuses a second one to the same target. */
const sendInvitation = async (port: AccountsPort, target: Target, { notes, tags, verifyMs }: InvitationDetails): Promise<InvitationRow> => {
  const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const openOne = async (): Promise<InvitationRow | undefined> =>
    (await sentInvitations(port)).find((one) => isOpen(one) && isFor(one, target));
  const send = async (): Promise<InvitationRow> => {
    const { Handshake } = await port.cloud.write('organizations:InviteAccountToOrganization', {
      Target: { Id: target.id, Type: target.type },
      ...(notes === undefined ? {} : { Notes: notes }),
      ...(tagList.length === 0 ? {} : { Tags: tagList }),
    });
    if (Handshake !== undefined) return invitationOf(Handshake);
    throw new AmbiguousWriteError({
      operation: 'organizations:InviteAccountToOrganization',
      code: 'EmptyAnswer',
      message: 'the response of AWS has no handshake',
    });
  };
  try {
    const invitation = await writeOrFind(
      port,
      () => whenOrganizationIsReady(port, () => retryWhileRefused(port, waitForVerification(verifyMs), send)),
      openOne,
    );
    port.record('invited', invitation.id);
    return invitation;
  } catch (error) {
    const { partition } = await port.caller();
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'DuplicateHandshake')) throw writeError(error, partition);
    port.forget();
    const open = (await sentInvitations(port)).filter(isOpen);
    const same = open.find((one) => isFor(one, target));
    if (same !== undefined) return same;
    // One invitation by account id and one by address may be for the same account. Only AWS knows.
    throw accountError('E-INVITATION-OPEN', {
      message: `AWS reports that this account already has an open invitation, by its account id or its email address. Open invitations: ${open.map(({ id, to }) => `${id} to ${to}`).join(', ') || 'none are listed'}.`,
      next: 'Accept that one from the invited account, or cancel it first: `bootstrap accounts cancel --handshake ID`.',
    });
  }
};

const waitForVerification = (limitMs: number) => ({
  code: 'AccountOwnerNotVerified',
  limitMs,
  message:
    "waiting until you open the link that AWS sent to this account's root address when the organization was created; you can press Ctrl-C",
});

export type CancelTarget = { readonly handshake: string } | { readonly target: Target };

/** The invitation to cancel, and whether it is still open. Throws if there is none, or if it was accepted. Pure. */
export const planCancel = (
  cancel: CancelTarget,
  sent: readonly InvitationRow[],
): { readonly invitation: InvitationRow; readonly open: boolean } => {
  const mine = sent.filter((one) => ('handshake' in cancel ? one.id === cancel.handshake : isFor(one, cancel.target)));
  const open = mine.find(isOpen);
  if (open !== undefined) return { invitation: open, open: true };
  const [last] = mine;
  if (last === undefined) {
    const name = 'handshake' in cancel ? cancel.handshake : `to ${cancel.target.id}`;
    throw accountError('E-INVITATION-NONE', {
      message: `The organization has no invitation ${name}.`,
      next: 'To list the open ones: `bootstrap accounts list`. AWS deletes an invitation 30 days after it ended.',
    });
  }
  if (last.state === 'ACCEPTED') throw alreadyAccepted(last);
  return { invitation: last, open: false };
};

const alreadyAccepted = ({ id, to }: InvitationRow) =>
  accountError('E-INVITATION-ENDED', {
    message: `The invitation ${id} to ${to} was already accepted, so there is nothing to cancel: the account is a member.`,
    next: 'To list the members: `bootstrap accounts list`. You can remove a member in the console (AWS Organizations, AWS accounts) once it has its own payment method.',
  });

const sendCancellation = async (port: AccountsPort, invitation: InvitationRow): Promise<void> => {
  const readNow = async (): Promise<InvitationRow | undefined> => (await sentInvitations(port)).find(({ id }) => id === invitation.id);
  const send = async (): Promise<true> => {
    try {
      await port.cloud.write('organizations:CancelHandshake', { HandshakeId: invitation.id });
    } catch (error) {
      if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeAlreadyInState')) throw error;
    }
    return true;
  };
  try {
    await writeOrFind(port, send, async () => ((await readNow())?.state === 'CANCELED' ? true : undefined));
    port.record('cancelled', invitation.id);
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'InvalidHandshakeTransition'))
      throw writeError(error, (await port.caller()).partition);
    port.forget();
    const ended = (await readNow()) ?? invitation;
    if (ended.state === 'ACCEPTED') throw alreadyAccepted(ended);
    throw accountError('E-INVITATION-ENDED', {
      message: `The invitation ${ended.id} to ${ended.to} ${describeEnd(ended)} in the meantime.`,
      next: 'There is nothing to cancel. To list the invitations: `bootstrap accounts list`.',
    });
  }
};
