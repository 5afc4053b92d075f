import type { Handshake } from '@aws-sdk/client-organizations';
import type { Caller } from '../../core/account.js';
import type { InvitationRow } from '../../core/accounts.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';
import { readMembership } from '../../steps/organization/observe.js';
import { mustRead } from '../../steps/organization/refusals.js';
import type { Membership } from '../../steps/organization/state.js';
import { accountError } from './errors.js';

/** Invitations as AWS keeps them: open for 15 days, listed for 30 days more when they have ended. */

const invites = { Filter: { ActionType: 'INVITE' } } as const;

/** Those that the caller's account got. Any account may ask, in an organization or not. */
export const readReceived = async (cloud: ReadCloud): Promise<Reading<readonly Handshake[]>> =>
  map(await cloud.readAll('organizations:ListHandshakesForAccount', invites), handshakesOf);

/** Those that the caller's organization sent; for its management account alone. */
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
 * An invitation with the account behind it. Who invites is read from the handshake's ARN, which AWS writes; the name and address in the
 * handshake are the inviter's own words. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html
 */
export const invitationOf = (handshake: Handshake): InvitationRow => {
  const { Id = '', Arn = '', State = '', Parties = [], Resources = [], ExpirationTimestamp } = handshake;
  const [, , managementAccountId, organizationId, id] = arnPattern.exec(Arn) ?? [];
  const organization = Parties.find(({ Type }) => Type === 'ORGANIZATION')?.Id;
  // Some answers have the id without its `o-`.
  const sameOrganization = organization === undefined || organizationId === undefined || organizationId.endsWith(organization);
  if (managementAccountId === undefined || organizationId === undefined || id !== Id || !sameOrganization) {
    throw accountError('E-INVITATION-ODD', {
      message: `The invitation ${Id} does not say clearly which account it comes from (its ARN is ${JSON.stringify(Arn)}).`,
      next: 'Look at it in the console (AWS Organizations, Invitations), and do not accept what you do not know.',
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

/** What became of one that cannot be accepted any more, as words that follow "the invitation h-…". */
export const describeEnd = ({ state, expiresAt }: InvitationRow): string => {
  switch (state) {
    case 'EXPIRED':
      return `expired${expiresAt === null ? '' : ` on ${expiresAt.slice(0, 10)}`}`;
    case 'DECLINED':
      return 'was declined';
    case 'CANCELED':
      return 'was cancelled by the organization';
    case 'ACCEPTED':
      return 'was accepted already';
    default:
      return `is in the state ${state}, which this version does not know`;
  }
};

/** The caller's place among organizations; throws when it cannot be read. */
export const requireMembership = async (cloud: ReadCloud, { accountId }: Caller): Promise<Membership> => {
  const place = await readMembership(cloud, accountId);
  if (!place.ok) throw mustRead(place, false);
  return place.value;
};

export type Management = Extract<Membership, { role: 'management' }>;

/** For what only the account that manages an organization may do. */
export const asManagement = async (cloud: ReadCloud, caller: Caller): Promise<Management> => {
  const place = await requireMembership(cloud, caller);
  if (place.role === 'management') return place;
  throw accountError('E-NOT-MANAGEMENT', {
    message:
      place.role === 'member'
        ? `Account ${caller.accountId} is a member of organization ${place.id}; only account ${place.managementId}, which manages it, can do this.`
        : `Account ${caller.accountId} is in no organization, so it has no member accounts.`,
    next:
      place.role === 'member'
        ? `Sign in to ${place.managementId}, or choose its profile with --profile.`
        : 'Create one (this ends a Free plan): `bootstrap init --only organization`; or accept an invitation: `bootstrap accounts accept`.',
  });
};
