import type { Behaviours } from '../behaviour.js';
import { recorded } from './event-history.js';
import { creationReads, creationWrites } from './organizations/account-creation.js';
import { accountReads, accountWrites } from './organizations/accounts.js';
import { handshakeReads, handshakeWrites } from './organizations/handshakes.js';
import { invitationWrites } from './organizations/invitations.js';
import { organizationReads, organizationWrites } from './organizations/organization.js';
import { treeReads, treeWrites } from './organizations/tree.js';

/** Constraints: the service model of 2016-11-28. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html */
export const organizations: Behaviours = {
  ...organizationReads,
  ...handshakeReads,
  ...creationReads,
  ...accountReads,
  ...treeReads,
  ...recorded('organizations.amazonaws.com', {
    ...organizationWrites,
    ...handshakeWrites,
    ...invitationWrites,
    ...creationWrites,
    ...accountWrites,
    ...treeWrites,
  }),
};
