import { AmbiguousWriteError, isAwsError } from '../core/aws-error.js';
import type { InvitationRow } from '../core/accounts.js';
import { mustRead } from '../steps/support/organization/refusals.js';
import { onceFinal, patiently, settled } from '../steps/support/organization/patience.js';
import { sameEmail } from '../steps/support/organization/section.js';
import type { Member } from '../steps/support/organization/state.js';
import { accountError, writeError } from './account-error.js';
import type { AccountsPort } from './accounts-port.js';
import { endWords, invitationOf, isOpen, readSent } from './invitation.js';

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
  return { kind: 'invite', earlier: last === undefined ? null : `The invitation ${last.id} ${endWords(last)}; this is a new one.` };
};

export const sentInvitations = async ({ cloud }: Pick<AccountsPort, 'cloud'>): Promise<readonly InvitationRow[]> => {
  const sent = await readSent(cloud);
  if (!sent.ok) throw mustRead(sent, false);
  return sent.value.map(invitationOf);
};

export interface Letter {
  readonly notes: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** How long a person who has yet to open AWS's link is waited for. */
  readonly verifyMs: number;
}

/** Sends one invitation. When the answer is lost, the open one is found again; AWS itself refuses a second to the same target. */
export const sendInvitation = async (port: AccountsPort, target: Target, { notes, tags, verifyMs }: Letter): Promise<InvitationRow> => {
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
    const invitation = await settled(port, () => onceFinal(port, () => patiently(port, unverified(verifyMs), send)), openOne);
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
