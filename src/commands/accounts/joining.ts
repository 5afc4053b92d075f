import type { InvitationRow } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { readMembership } from '../../steps/organization/observe.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import type { Membership, OrganizationFacts } from '../../steps/organization/state.js';
import { pollUntil, writeOrFind } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import { describeEnd, invitationOf, isOpen, readReceived } from './invitations.js';
import type { AccountsPort } from './types.js';

/** What to do in an account that is to join an organization. */
export type AcceptPlan =
  | { readonly kind: 'invited'; readonly invitation: InvitationRow; readonly leaving: Leaving | null }
  /** The account is already a member; the role may still be missing. */
  | { readonly kind: 'joined'; readonly organizationId: string; readonly managementAccountId: string };

/** The organization that a member leaves when it accepts an invitation from another: AWS transfers the account directly. */
export interface Leaving {
  readonly organizationId: string;
  readonly managementAccountId: string;
}

export interface AcceptInputs {
  readonly accountId: string;
  readonly handshake: string | undefined;
  /** The expected inviting account, if the user passes one. */
  readonly managementAccountId?: string | undefined;
  /** The organization that the user agrees to leave. */
  readonly transferFrom?: string | undefined;
}

export const receivedInvitations = async ({ cloud }: Pick<AccountsPort, 'cloud'>): Promise<readonly InvitationRow[]> => {
  const received = await readReceived(cloud);
  if (!received.ok) throw organizationReadError(received, false);
  return received.value.map(invitationOf);
};

/**
 * Chooses the invitation to accept. Throws if there is none, and explains why. Pure.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html
 */
export const planAccept = (membership: Membership, received: readonly InvitationRow[], wanted: AcceptInputs): AcceptPlan => {
  const { accountId, handshake } = wanted;
  const chosen = handshake === undefined ? undefined : received.find(({ id }) => id === handshake);
  if (handshake !== undefined && chosen === undefined) {
    throw accountError('E-INVITATION-NONE', {
      message: `Account ${accountId} has no invitation ${handshake}.`,
      next: `Check that this is the invited account. ${howToBeInvited(accountId)}`,
    });
  }
  if (membership.role === 'management') throw otherOrganizationError(accountId, membership, undefined);
  const current = membership.role === 'member' ? membership : undefined;
  const leaving = current === undefined ? null : { organizationId: current.id, managementAccountId: current.managementId };
  if (current !== undefined && staysIn(current, received, chosen, wanted)) {
    if (wanted.transferFrom !== current.id)
      return { kind: 'joined', organizationId: current.id, managementAccountId: current.managementId };
    throw accountError('E-INVITATION-NONE', {
      message: `Account ${accountId} has no open invitation from another organization than ${current.id}, its current one.`,
      next: howToBeInvited(accountId),
    });
  }
  if (chosen !== undefined) {
    if (isOpen(chosen)) return { kind: 'invited', invitation: chosen, leaving };
    throw endedError(chosen, accountId);
  }
  const [open, ...more] = received.filter((one) => isOpen(one) && one.organizationId !== current?.id);
  if (more.length > 0) {
    throw accountError('E-INVITATION-SEVERAL', {
      message: `Account ${accountId} has several invitations: ${[open as InvitationRow, ...more].map(({ id, managementAccountId }) => `${id} from account ${managementAccountId}`).join(', ')}.`,
      next: 'Choose one: --handshake ID.',
    });
  }
  if (open !== undefined) return { kind: 'invited', invitation: open, leaving };
  const [last] = received;
  if (last !== undefined) throw endedError(last, accountId);
  throw accountError('E-INVITATION-NONE', {
    message: `Account ${accountId} has no invitation.`,
    next: `Check that this is the invited account. ${howToBeInvited(accountId)}`,
  });
};

/** Whether the run is about the account's current organization: no other one invites it, or the user named the current one. */
const staysIn = (
  { id, managementId }: OrganizationFacts,
  received: readonly InvitationRow[],
  chosen: InvitationRow | undefined,
  { managementAccountId }: AcceptInputs,
): boolean =>
  chosen === undefined
    ? managementAccountId === managementId || !received.some((one) => isOpen(one) && one.organizationId !== id)
    : chosen.organizationId === id;

const howToBeInvited = (accountId: string): string =>
  `To invite it, use the management account: bootstrap accounts invite --id ${accountId}`;

const endedError = (invitation: InvitationRow, accountId: string) =>
  accountError('E-INVITATION-ENDED', {
    message: `The invitation ${invitation.id} from account ${invitation.managementAccountId} ${describeEnd(invitation)}, so it cannot be accepted.`,
    next: `To send a new one, use the management account: bootstrap accounts invite --id ${accountId}`,
  });

const otherOrganizationError = (
  accountId: string,
  membership: Exclude<Membership, { role: 'standalone' }>,
  open: InvitationRow | undefined,
) =>
  accountError('E-INVITATION-ELSEWHERE', {
    message:
      membership.role === 'management'
        ? `Account ${accountId} manages its own organization (${membership.id}), so it cannot join another one.`
        : `Account ${accountId} is a member of organization ${membership.id}, managed by account ${membership.managementId}. The invitation ${open?.id ?? ''} is from organization ${open?.organizationId ?? ''}, and an account can be in only one.`,
    next:
      membership.role === 'management'
        ? 'Sign in to the account that was invited, or choose its profile with --profile.'
        : 'Check with the owners of both organizations which one the account belongs to, then run the command again.',
  });

/** How long to wait until AWS shows the membership to the account. */
const confirmMs = 60_000;

/** Accepts exactly this invitation, and polls until the account is in that organization. */
export const acceptHandshake = async (
  port: AccountsPort,
  { invitation, leaving }: Extract<AcceptPlan, { kind: 'invited' }>,
  accountId: string,
): Promise<void> => {
  const inOrganization = async (): Promise<true | undefined> => {
    const membership = await readMembership(port.cloud, accountId);
    if (!membership.ok || membership.value.role === 'standalone') return undefined;
    // AWS may show the former organization for a moment.
    if (membership.value.id === leaving?.organizationId) return undefined;
    if (membership.value.id !== invitation.organizationId) throw otherOrganizationError(accountId, membership.value, invitation);
    return true;
  };
  const send = async (): Promise<true> => {
    try {
      await port.cloud.write('organizations:AcceptHandshake', { HandshakeId: invitation.id });
    } catch (error) {
      // Accepted by the request whose response was lost, or by someone else. The account is read below.
      if (error instanceof AmbiguousWriteError || !isAwsError(error, 'HandshakeAlreadyInState')) throw error;
    }
    return true;
  };
  try {
    await writeOrFind(port, send, inOrganization);
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError) && isAwsError(error, 'InvalidHandshakeTransition', 'HandshakeNotFound')) {
      port.forget();
      const now = (await receivedInvitations(port)).find(({ id }) => id === invitation.id);
      throw endedError(now ?? { ...invitation, state: 'CANCELED' }, accountId);
    }
    throw writeError(error, (await port.caller()).partition);
  }
  port.record('accepted', invitation.id);
  if ((await pollUntil(port, confirmMs, inOrganization)) === true) return;
  throw writeError(
    new AmbiguousWriteError({
      operation: 'organizations:AcceptHandshake',
      code: 'NotShown',
      message: 'AWS does not show the membership yet',
    }),
    (await port.caller()).partition,
  );
};
