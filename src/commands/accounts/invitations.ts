import type { Handshake } from '@aws-sdk/client-organizations';
import type { Caller } from '../../core/account.js';
import type { InvitationRow } from '../../core/accounts.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { readMembership } from '../../steps/organization/observe.js';
import { organizationReadError } from '../../steps/organization/refusals.js';
import type { Membership } from '../../steps/organization/state.js';
import { accountError } from './errors.js';

/** Invitations in AWS: open for 15 days, and listed for 30 days after they ended. */

const invites = { Filter: { ActionType: 'INVITE' } } as const;

/** Those that the caller's account received. Any account may list them, in an organization or not. */
export const readReceived = async (cloud: ReadCloud): Promise<Reading<readonly Handshake[]>> =>
  map(await cloud.readAll('organizations:ListHandshakesForAccount', invites), handshakesOf);

/** Those that the caller's organization sent. Only its management account may list them. */
export const readSent = async (cloud: ReadCloud): Promise<Reading<readonly Handshake[]>> =>
  map(await cloud.readAll('organizations:ListHandshakesForOrganization', invites), handshakesOf);

/** Newest first. */
const handshakesOf = (pages: readonly { readonly Handshakes?: Handshake[] | undefined }[]): readonly Handshake[] =>
  pages
    .flatMap((page) => page.Handshakes ?? [])
    .filter(({ Action }) => Action === 'INVITE')
    .toSorted((a, b) => (b.RequestedTimestamp?.getTime() ?? 0) - (a.RequestedTimestamp?.getTime() ?? 0));

const arnPattern = /^arn:(aws[\w-]*):organizations::(\d{12}):handshake\/(o-[a-z0-9]{10,32})\/invite\/(h-[0-9a-z]{8,32})$/;

/**
 * An invitation with the account that sent it. The account is read from the ARN of the handshake, which AWS sets; the sender can choose the
 * name and address in the handshake. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html
 */
export const invitationOf = (handshake: Handshake): InvitationRow => {
  const { Id = '', Arn = '', State = '', Parties = [], Resources = [], ExpirationTimestamp } = handshake;
  const [, , managementAccountId, organizationId, id] = arnPattern.exec(Arn) ?? [];
  const organization = Parties.find(({ Type }) => Type === 'ORGANIZATION')?.Id;
  // Some responses have the id without its `o-`.
  const sameOrganization = organization === undefined || organizationId === undefined || organizationId.endsWith(organization);
  if (managementAccountId === undefined || organizationId === undefined || id !== Id || !sameOrganization) {
    throw accountError('E-INVITATION-ODD', {
      message: `The invitation ${Id} does not show clearly which account it comes from (its ARN is ${JSON.stringify(Arn)}).`,
      next: 'Check it in the console (AWS Organizations, Invitations). Do not accept an invitation from an account that you do not know.',
    });
  }
  const about = Resources.find(({ Type }) => Type === 'ORGANIZATION')?.Resources ?? [];
  const named = (type: string): string | null => about.find(({ Type }) => Type === type)?.Value ?? null;
  return {
    id: Id,
    state: State,
    to: Parties.find(({ Type }) => Type !== 'ORGANIZATION')?.Id ?? '',
    organizationId,
    managementAccountId,
    managementName: named('MASTER_NAME'),
    managementEmail: named('MASTER_EMAIL'),
    expiresAt: ExpirationTimestamp?.toISOString() ?? null,
    notes: Resources.find(({ Type }) => Type === 'NOTES')?.Value ?? null,
  };
};

export const isOpen = ({ state }: Pick<InvitationRow, 'state'>): boolean => state === 'OPEN' || state === 'REQUESTED';

/** How an invitation ended, as text that follows "the invitation h-…". */
export const describeEnd = ({ state, expiresAt }: InvitationRow): string => {
  switch (state) {
    case 'EXPIRED':
      return `expired${expiresAt === null ? '' : ` on ${expiresAt.slice(0, 10)}`}`;
    case 'DECLINED':
      return 'was declined';
    case 'CANCELED':
      return 'was cancelled by the organization';
    case 'ACCEPTED':
      return 'was already accepted';
    default:
      return `is in the state ${state}, which this version does not know`;
  }
};

/** How the caller's account relates to organizations. Throws when it cannot be read. */
export const requireMembership = async (cloud: ReadCloud, { accountId }: Caller): Promise<Membership> => {
  const membership = await readMembership(cloud, accountId);
  if (!membership.ok) throw organizationReadError(membership, false);
  return membership.value;
};

export type Management = Extract<Membership, { role: 'management' }>;

/** For actions that only a management account may take. Throws E-NOT-MANAGEMENT. */
export const asManagement = async (cloud: ReadCloud, caller: Caller): Promise<Management> => {
  const membership = await requireMembership(cloud, caller);
  if (membership.role === 'management') return membership;
  throw accountError('E-NOT-MANAGEMENT', {
    message:
      membership.role === 'member'
        ? `Account ${caller.accountId} is a member of organization ${membership.id}; only account ${membership.managementId}, which manages it, can do this.`
        : `Account ${caller.accountId} is in no organization, so it has no member accounts.`,
    next:
      membership.role === 'member'
        ? `Sign in to ${membership.managementId}, or choose its profile with --profile.`
        : 'Create an organization (this ends a Free plan): with `organization: {}` in bootstrap.yaml, run `bootstrap init --only organization`. Or accept an invitation: `bootstrap accounts accept`.',
  });
};
