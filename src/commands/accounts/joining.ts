import type { InvitationRow } from '../../core/accounts.js';
import { AmbiguousWriteError, isAwsError } from '../../core/aws-error.js';
import { readMembership } from '../../steps/organization/observe.js';
import { mustRead } from '../../steps/organization/refusals.js';
import type { Membership, OrganizationFacts } from '../../steps/organization/state.js';
import { pollUntil, writeOrFind } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import { describeEnd, invitationOf, isOpen, readReceived } from './invitations.js';
import type { AccountsPort } from './types.js';

/** Where an account stands that is to join an organization. */
export type AcceptPlan =
  | { readonly kind: 'invited'; readonly invitation: InvitationRow; readonly leaving: Leaving | null }
  /** It is in already; the role may still be missing. */
  | { readonly kind: 'joined'; readonly organizationId: string; readonly managementAccountId: string };

/** The organization that a member leaves by accepting the invitation of another: AWS transfers it directly. */
export interface Leaving {
  readonly organizationId: string;
  readonly managementAccountId: string;
}

export interface Wanted {
  readonly accountId: string;
  readonly handshake: string | undefined;
  /** The account that is to invite, where the caller names one. */
  readonly managementAccountId?: string | undefined;
  /** The organization that the caller agrees to leave. */
  readonly transferFrom?: string | undefined;
}

export const receivedInvitations = async ({ cloud }: Pick<AccountsPort, 'cloud'>): Promise<readonly InvitationRow[]> => {
  const received = await readReceived(cloud);
  if (!received.ok) throw mustRead(received, false);
  return received.value.map(invitationOf);
};

/**
 * Which invitation is meant, or that there is nothing to accept, and why. Pure.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html
 */
export const planAccept = (place: Membership, received: readonly InvitationRow[], wanted: Wanted): AcceptPlan => {
  const { accountId, handshake } = wanted;
  const chosen = handshake === undefined ? undefined : received.find(({ id }) => id === handshake);
  if (handshake !== undefined && chosen === undefined) {
    throw accountError('E-INVITATION-NONE', {
      message: `Account ${accountId} has no invitation ${handshake}.`,
      next: `Check that this is the invited account; ${howToBeInvited(accountId)}`,
    });
  }
  if (place.role === 'management') throw elsewhere(accountId, place, undefined);
  const current = place.role === 'member' ? place : undefined;
  const leaving = current === undefined ? null : { organizationId: current.id, managementAccountId: current.managementId };
  if (current !== undefined && staysIn(current, received, chosen, wanted)) {
    if (wanted.transferFrom !== current.id)
      return { kind: 'joined', organizationId: current.id, managementAccountId: current.managementId };
    throw accountError('E-INVITATION-NONE', {
      message: `Account ${accountId} has no open invitation of another organization than ${current.id}, which it is in.`,
      next: `To move it, ${howToBeInvited(accountId)}`,
    });
  }
  if (chosen !== undefined) {
    if (isOpen(chosen)) return { kind: 'invited', invitation: chosen, leaving };
    throw ended(chosen, accountId);
  }
  const [open, ...more] = received.filter((one) => isOpen(one) && one.organizationId !== current?.id);
  if (more.length > 0) {
    throw accountError('E-INVITATION-SEVERAL', {
      message: `Account ${accountId} has several invitations: ${[open as InvitationRow, ...more].map(({ id, managementAccountId }) => `${id} from account ${managementAccountId}`).join(', ')}.`,
      next: 'Say which: --handshake ID.',
    });
  }
  if (open !== undefined) return { kind: 'invited', invitation: open, leaving };
  const [last] = received;
  if (last !== undefined) throw ended(last, accountId);
  throw accountError('E-INVITATION-NONE', {
    message: `Account ${accountId} has no invitation.`,
    next: `Check that this is the invited account; ${howToBeInvited(accountId)}`,
  });
};

/** Whether the run is about the organization that the account is a member of: nothing else invites it, or that one is named. */
const staysIn = (
  { id, managementId }: OrganizationFacts,
  received: readonly InvitationRow[],
  chosen: InvitationRow | undefined,
  { managementAccountId }: Wanted,
): boolean =>
  chosen === undefined
    ? managementAccountId === managementId || !received.some((one) => isOpen(one) && one.organizationId !== id)
    : chosen.organizationId === id;

const howToBeInvited = (accountId: string): string =>
  `an invitation is sent from the management account: bootstrap accounts invite --id ${accountId}.`;

const ended = (invitation: InvitationRow, accountId: string) =>
  accountError('E-INVITATION-ENDED', {
    message: `The invitation ${invitation.id} from account ${invitation.managementAccountId} ${describeEnd(invitation)}, so it cannot be accepted.`,
    next: `Have a new one sent from there: bootstrap accounts invite --id ${accountId}.`,
  });

const elsewhere = (accountId: string, place: Exclude<Membership, { role: 'standalone' }>, open: InvitationRow | undefined) =>
  accountError('E-INVITATION-ELSEWHERE', {
    message:
      place.role === 'management'
        ? `Account ${accountId} manages an organization of its own (${place.id}), and such an account cannot join another.`
        : `Account ${accountId} is a member of organization ${place.id}, managed by account ${place.managementId}; the invitation ${open?.id ?? ''} is from organization ${open?.organizationId ?? ''}, and an account can be in one only.`,
    next:
      place.role === 'management'
        ? 'Sign in to the account that was invited, or choose its profile with --profile.'
        : 'Check with the owners of both organizations which one the account belongs to, then run the command again.',
  });

/** After this long AWS should show the account its own membership. */
const confirmMs = 60_000;

/** Accepts exactly this invitation, and looks until the account is in that organization. */
export const acceptHandshake = async (
  port: AccountsPort,
  { invitation, leaving }: Extract<AcceptPlan, { kind: 'invited' }>,
  accountId: string,
): Promise<void> => {
  const inOrganization = async (): Promise<true | undefined> => {
    const place = await readMembership(port.cloud, accountId);
    if (!place.ok || place.value.role === 'standalone') return undefined;
    // AWS may show the former organization for a moment.
    if (place.value.id === leaving?.organizationId) return undefined;
    if (place.value.id !== invitation.organizationId) throw elsewhere(accountId, place.value, invitation);
    return true;
  };
  const send = async (): Promise<true> => {
    try {
      await port.cloud.write('organizations:AcceptHandshake', { HandshakeId: invitation.id });
    } catch (error) {
      // By the request whose answer was lost, or by somebody else: the account is looked at below.
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
      throw ended(now ?? { ...invitation, state: 'CANCELED' }, accountId);
    }
    throw writeError(error, (await port.caller()).partition);
  }
  port.did('accepted', invitation.id);
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
