import type { Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { readPlace } from '../steps/support/organization/observe.js';
import { mustRead } from '../steps/support/organization/refusals.js';
import type { Place } from '../steps/support/organization/state.js';
import { accountError } from './account-error.js';

/** The caller's place among organizations; throws when it cannot be read. */
export const placeOf = async (cloud: ReadCloud, { accountId }: Caller): Promise<Place> => {
  const place = await readPlace(cloud, accountId);
  if (!place.ok) throw mustRead(place, false);
  return place.value;
};

export type Management = Extract<Place, { role: 'management' }>;

/** For what only the account that manages an organization may do. */
export const asManagement = async (cloud: ReadCloud, caller: Caller): Promise<Management> => {
  const place = await placeOf(cloud, caller);
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
