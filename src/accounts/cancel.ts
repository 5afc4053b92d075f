import { AmbiguousWriteError, isAwsError } from '../core/aws-error.js';
import type { InvitationRow } from '../core/accounts.js';
import { settled } from '../steps/support/organization/patience.js';
import { accountError, writeError } from './account-error.js';
import type { AccountsPort } from './accounts-port.js';
import { endWords, isOpen } from './invitation.js';
import { isFor, sentInvitations, type Target } from './invite.js';

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

export const cancelInvitation = async (port: AccountsPort, invitation: InvitationRow): Promise<void> => {
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
    await settled(port, send, async () => ((await now())?.state === 'CANCELED' ? true : undefined));
    port.did('cancelled', invitation.id);
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !isAwsError(error, 'InvalidHandshakeTransition'))
      throw writeError(error, (await port.caller()).partition);
    port.forget();
    const ended = (await now()) ?? invitation;
    if (ended.state === 'ACCEPTED') throw accepted(ended);
    throw accountError('E-INVITATION-ENDED', {
      message: `The invitation ${ended.id} to ${ended.to} ${endWords(ended)} meanwhile.`,
      next: 'Nothing is open any more; look with `bootstrap accounts list`.',
    });
  }
};
