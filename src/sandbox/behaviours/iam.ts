import type { Behaviour, Behaviours } from '../behaviour.js';
import { recorded } from './event-history.js';
import { alias, organizationsFeatures, passwordPolicy, summary } from './iam/account.js';
import { authorizationDetails } from './iam/authorization-details.js';
import { checkConstraints } from './iam/constraints.js';
import { credentialReport } from './iam/credential-report.js';
import { groups } from './iam/groups.js';
import { mfaDevices } from './iam/mfa-devices.js';
import { permissionsBoundaries } from './iam/permissions-boundaries.js';
import { attachments, inlinePolicies, policies } from './iam/policies.js';
import { roles } from './iam/roles.js';
import { accessKeys, loginProfiles, serviceCredentials, signingCertificates, users } from './iam/users.js';
import { isRead } from '../services.js';

const all: Behaviours = {
  ...users,
  ...groups,
  ...attachments,
  ...inlinePolicies,
  ...policies,
  ...permissionsBoundaries,
  ...loginProfiles,
  ...passwordPolicy,
  ...mfaDevices,
  ...accessKeys,
  ...signingCertificates,
  ...serviceCredentials,
  ...alias,
  ...summary,
  ...credentialReport,
  ...authorizationDetails,
  ...roles,
  ...organizationsFeatures,
};

const checked =
  (behaviour: Behaviour): Behaviour =>
  (input, scene) => {
    checkConstraints(input as Readonly<Record<string, unknown>>);
    return behaviour(input, scene);
  };

const only = (wanted: (operation: string) => boolean): Behaviours =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([operation]) => wanted(operation))
      .map(([operation, behaviour]) => [operation, checked(behaviour)]),
  );

/** Checks the constraints of the service model first, then runs the operation. Each write adds an event. */
export const iam: Behaviours = {
  ...only(isRead),
  ...recorded(
    'iam.amazonaws.com',
    only((operation) => !isRead(operation)),
  ),
};
