import { readAccountRows } from '../accounts/account-rows.js';
import { cancelInvitation as cancelIt, planCancel } from '../accounts/cancel.js';
import { endWords } from '../accounts/invitation.js';
import { planInvite, sendInvitation, sentInvitations, type Target } from '../accounts/invite.js';
import { asManagement } from '../accounts/place.js';
import { usage } from '../config/usage.js';
import type { InvitationRow } from '../core/accounts.js';
import { readMembers } from '../steps/support/organization/observe.js';
import { mustRead } from '../steps/support/organization/refusals.js';
import { accountSection } from '../steps/support/organization/section.js';
import { elsewhere } from './accounts-profile.js';
import type { AccountsFlags, AccountsOutcome, AccountsRun } from './accounts-run.js';
import { withRoles } from './accounts-roles.js';
import { tagsOf } from './accounts-wanted.js';
import { programOf } from './present.js';

/** Time for a person to open the link that AWS mailed. */
const verifyMs = 10 * 60_000;

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
  const invitation = await sendInvitation(port, target, { notes: flags.notes, tags, verifyMs: attended ? verifyMs : 0 });
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
      notes: [`The invitation ${invitation.id} ${endWords(invitation)}; nothing is open.`],
    };
  await run.approve(`Take back the invitation ${invitation.id} to ${invitation.to}?`);
  await cancelIt(port, invitation);
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
