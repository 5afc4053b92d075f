import type { InvitationRow } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { usage } from '../../core/errors.js';
import { programOf } from '../../run/output.js';
import { readMembers } from '../../steps/organization/observe.js';
import { mustRead } from '../../steps/organization/refusals.js';
import { accountSection, sameEmail } from '../../steps/organization/section.js';
import type { Member } from '../../steps/organization/state.js';
import { retryWhileRefused, whenOrganizationIsReady, writeOrFind } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import { asManagement, describeEnd, invitationOf, isOpen, readSent } from './invitations.js';
import { withRoles } from './list.js';
import { elsewhere } from './profile.js';
import { readAccountRows } from './rows.js';
import type { AccountsFlags, AccountsOutcome, AccountsPort, AccountsRun } from './types.js';
import { tagsOf } from './wanted.js';

/** Time for a person to open the link that AWS mailed. */
const verificationWaitMs = 10 * 60_000;

/** `accounts invite`: one invitation, sent once; an open one to the same account is taken as it is. */
export const inviteAccount = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { flags, caller, port, attended } = run;
  const target = targetOf(flags) ?? (await askedTarget(run));
  if (target.id === caller.accountId)
    throw usage(`Account ${target.id} is this one, which manages the organization.`, 'Name the account that is to join.');
  const { id: organizationId } = await asManagement(port.cloud, caller);
  const [members, sent] = await Promise.all([readMembers(port.cloud), sentInvitations(port)]);
  if (!members.ok) throw mustRead(members, false);
  const plan = planInvite(target, members.value, sent);
  if (plan.kind === 'member') {
    const rows = (await readAccountRows(port.cloud, caller.accountId)).filter(({ accountId }) => accountId === plan.member.id);
    return { organizationId, accounts: await withRoles(run, rows), notes: [`${target.id} is a member of the organization already.`] };
  }
  if (plan.kind === 'open') {
    return {
      organizationId,
      invitations: [plan.invitation],
      notes: ['This invitation is open already; no second one was sent.'],
      next: nextFor(run, plan.invitation),
    };
  }
  const tags = tagsOf(flags.tag) ?? {};
  await run.approve(
    `Invite ${target.type === 'ACCOUNT' ? `account ${target.id}` : `the account of ${target.id}`} into organization ${organizationId}?`,
    ['This account will pay for what the invited one uses. The invitation holds for 15 days.'],
  );
  const invitation = await sendInvitation(port, target, { notes: flags.notes, tags, verifyMs: attended ? verificationWaitMs : 0 });
  return { organizationId, invitations: [invitation], notes: plan.earlier === null ? [] : [plan.earlier], next: nextFor(run, invitation) };
};

/** Whoever accepts should know from elsewhere who invites. */
const nextFor = (run: AccountsRun, { id, managementAccountId }: InvitationRow): string =>
  `Have the invited account accept it, with its own credentials${elsewhere(run)}: ${programOf(run.app)} accounts accept --handshake ${id} --management-account-id ${managementAccountId}`;

/** `accounts cancel`: takes an open invitation back. */
export const cancelInvitation = async (run: AccountsRun): Promise<AccountsOutcome> => {
  const { flags, caller, port } = run;
  const target = targetOf(flags);
  if ((flags.handshake === undefined) === (target === undefined))
    throw usage(
      'Say which invitation: --handshake ID, --id ACCOUNT or --email ADDRESS, one of them.',
      '`bootstrap accounts list` shows the open ones.',
    );
  const { id: organizationId } = await asManagement(port.cloud, caller);
  const which = flags.handshake === undefined ? { target: target as Target } : { handshake: flags.handshake };
  const { invitation, open } = planCancel(which, await sentInvitations(port));
  if (!open)
    return {
      organizationId,
      invitations: [invitation],
      notes: [`The invitation ${invitation.id} ${describeEnd(invitation)}; nothing is open.`],
    };
  await run.approve(`Take back the invitation ${invitation.id} to ${invitation.to}?`);
  await sendCancellation(port, invitation);
  return { organizationId, invitations: [{ ...invitation, state: 'CANCELED' }] };
};

const targetOf = ({ id, email }: AccountsFlags): Target | undefined => {
  if (id !== undefined && email !== undefined) throw usage('--id and --email name two accounts.', 'Leave one of them out.');
  if (id !== undefined) {
    if (/^\d{12}$/.test(id)) return { type: 'ACCOUNT', id };
    throw usage(`--id ${JSON.stringify(id)} is not an account id.`, 'An account id has twelve digits.');
  }
  if (email === undefined) return undefined;
  const wrong = accountSection.shape.email.safeParse(email).error?.issues[0]?.message;
  if (wrong !== undefined) throw usage(`--email ${wrong}.`, 'Give the address of the root user of the account.');
  return { type: 'EMAIL', id: email };
};

const askedTarget = async ({ app, attended }: AccountsRun): Promise<Target> => {
  if (!attended) throw usage('It is not said whom to invite.', 'Name the account: --id ACCOUNT or --email ADDRESS.');
  const prompter = await app.prompter();
  const answer = await prompter.ask({
    question: 'Account id, or e-mail address of its root user:',
    validate: (text) => (/^\d{12}$/.test(text) ? undefined : accountSection.shape.email.safeParse(text).error?.issues[0]?.message),
  });
  return { type: /^\d{12}$/.test(answer) ? 'ACCOUNT' : 'EMAIL', id: answer };
};

/** An account outside the organization, named by its id or by its root user's e-mail address. */
export type Target = { readonly type: 'ACCOUNT' | 'EMAIL'; readonly id: string };

export const isFor = ({ to }: Pick<InvitationRow, 'to'>, target: Target): boolean => sameEmail(to, target.id);

export type InvitePlan =
  | { readonly kind: 'member'; readonly member: Member }
  | { readonly kind: 'open'; readonly invitation: InvitationRow }
  /** `earlier`: what became of the last one, in words. */
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

export const sentInvitations = async ({ cloud }: Pick<AccountsPort, 'cloud'>): Promise<readonly InvitationRow[]> => {
  const sent = await readSent(cloud);
  if (!sent.ok) throw mustRead(sent, false);
  return sent.value.map(invitationOf);
};

export interface InvitationDetails {
  readonly notes: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** How long a person who has yet to open AWS's link is waited for. */
  readonly verifyMs: number;
}

/** Sends one invitation. When the answer is lost, the open one is found again; AWS itself refuses a second to the same target. */
export const sendInvitation = async (
  port: AccountsPort,
  target: Target,
  { notes, tags, verifyMs }: InvitationDetails,
): Promise<InvitationRow> => {
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
      message: 'AWS answered without a handshake',
    });
  };
  try {
    const invitation = await writeOrFind(
      port,
      () => whenOrganizationIsReady(port, () => retryWhileRefused(port, unverified(verifyMs), send)),
      openOne,
    );
    port.did('invited', invitation.id);
    return invitation;
  } catch (error) {
    const { partition } = await port.caller();
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'DuplicateHandshake')) throw writeError(error, partition);
    port.forget();
    const open = (await sentInvitations(port)).filter(isOpen);
    const same = open.find((one) => isFor(one, target));
    if (same !== undefined) return same;
    // The same account, once by its id and once by its address: only AWS knows that they are one.
    throw accountError('E-INVITATION-OPEN', {
      message: `AWS says that an invitation to this account is open already, under its other name (id or e-mail address). Open ones: ${open.map(({ id, to }) => `${id} to ${to}`).join(', ') || 'none that are shown'}.`,
      next: 'Have the account accept that one, or cancel it first: `bootstrap accounts cancel --handshake ID`.',
    });
  }
};

const unverified = (limitMs: number) => ({
  code: 'AccountOwnerNotVerified',
  limitMs,
  words: "waiting until you open the link that AWS mailed to this account's root address when the organization was made; Ctrl-C is safe",
});

export type Which = { readonly handshake: string } | { readonly target: Target };

/** The open invitation that is meant; null when it is gone already in the way that was wanted. Pure. */
export const planCancel = (
  which: Which,
  sent: readonly InvitationRow[],
): { readonly invitation: InvitationRow; readonly open: boolean } => {
  const mine = sent.filter((one) => ('handshake' in which ? one.id === which.handshake : isFor(one, which.target)));
  const open = mine.find(isOpen);
  if (open !== undefined) return { invitation: open, open: true };
  const [last] = mine;
  if (last === undefined) {
    const name = 'handshake' in which ? which.handshake : `to ${which.target.id}`;
    throw accountError('E-INVITATION-NONE', {
      message: `The organization has sent no invitation ${name} in the last weeks.`,
      next: 'Look with `bootstrap accounts list` which are open. AWS forgets an invitation 30 days after it ended.',
    });
  }
  if (last.state === 'ACCEPTED') throw accepted(last);
  return { invitation: last, open: false };
};

const accepted = ({ id, to }: InvitationRow) =>
  accountError('E-INVITATION-ENDED', {
    message: `The invitation ${id} to ${to} was accepted already, so there is nothing to cancel: the account is a member.`,
    next: 'Look with `bootstrap accounts list`. A member can be removed in the console (AWS Organizations, AWS accounts), when it can pay for itself.',
  });

export const sendCancellation = async (port: AccountsPort, invitation: InvitationRow): Promise<void> => {
  const now = async (): Promise<InvitationRow | undefined> => (await sentInvitations(port)).find(({ id }) => id === invitation.id);
  const send = async (): Promise<true> => {
    try {
      await port.cloud.write('organizations:CancelHandshake', { HandshakeId: invitation.id });
    } catch (error) {
      if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeAlreadyInState')) throw error;
    }
    return true;
  };
  try {
    await writeOrFind(port, send, async () => ((await now())?.state === 'CANCELED' ? true : undefined));
    port.did('cancelled', invitation.id);
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'InvalidHandshakeTransition'))
      throw writeError(error, (await port.caller()).partition);
    port.forget();
    const ended = (await now()) ?? invitation;
    if (ended.state === 'ACCEPTED') throw accepted(ended);
    throw accountError('E-INVITATION-ENDED', {
      message: `The invitation ${ended.id} to ${ended.to} ${describeEnd(ended)} meanwhile.`,
      next: 'Nothing is open any more; look with `bootstrap accounts list`.',
    });
  }
};
