import type { Behaviours, Scene } from '../../behaviour.js';
import type { AccountWorld, OrganizationWorld } from '../../world.js';
import { choice, constraint, fault, invalid, PATTERNS, text } from './faults.js';
import {
  accountIn,
  arn,
  asManagement,
  asMember,
  join,
  lowerId,
  organizationOf,
  requireAllFeatures,
  requireServiceLinkedRole,
} from './membership.js';

export const organizationReads: Behaviours = {
  DescribeOrganization(_input, scene) {
    return { Organization: shown(asMember(scene), scene) };
  },
};

export const organizationWrites: Behaviours = {
  CreateOrganization(input, scene) {
    const { world, account, now } = scene;
    const featureSet = choice(input.FeatureSet ?? 'ALL', 'FeatureSet', ['ALL', 'CONSOLIDATED_BILLING']);
    if (organizationOf(world, account.id) !== undefined) {
      throw fault('AlreadyInOrganizationException', 'The AWS account is already a member of an organization.');
    }
    requireReadyToManage(account);
    requireServiceLinkedRole(scene);
    const { finalizingMs } = world.knobs;
    const organization: OrganizationWorld = {
      id: `o-${lowerId(scene, 10)}`,
      managementAccountId: account.id,
      featureSet,
      createdAt: now.toISOString(),
      trustedServices: [],
      finalizingUntil: finalizingMs === undefined ? null : new Date(now.getTime() + finalizingMs).toISOString(),
      accountLimit: 10,
      units: [],
      rootId: `r-${lowerId(scene, 4)}`,
      members: [],
      requests: [],
    };
    world.organizations.push(organization);
    join(organization, account, { method: 'INVITED' }, scene);
    return { Organization: shown(organization, scene) };
  },

  DeleteOrganization(_input, scene) {
    const organization = asManagement(scene);
    if (organization.members.length > 1) {
      throw fault(
        'OrganizationNotEmptyException',
        'To delete an organization you must first remove all member accounts, except the management account.',
      );
    }
    // What is being created is a member soon.
    if (organization.requests.some(({ state }) => state === 'IN_PROGRESS')) {
      throw fault(
        'ConcurrentModificationException',
        'The target of the operation is currently being modified by a different request. Try again later.',
      );
    }
    scene.world.organizations = scene.world.organizations.filter((each) => each !== organization);
    scene.world.handshakes = scene.world.handshakes.filter(({ organizationId }) => organizationId !== organization.id);
    return {};
  },

  /** Enabling an enabled service again is not an error. */
  EnableAWSServiceAccess(input, scene) {
    const principal = servicePrincipal(input.ServicePrincipal);
    const organization = asManagement(scene);
    requireAllFeatures(organization);
    if (!organization.trustedServices.includes(principal)) organization.trustedServices.push(principal);
    return {};
  },
};

/** What AWS requires of an account before it can pay for others. */
function requireReadyToManage(account: AccountWorld): void {
  if (account.state === 'PENDING_ACTIVATION') {
    throw constraint(
      'ACCOUNT_CREATION_NOT_COMPLETE',
      "Your account setup isn't complete. Complete the account setup before you create an organization.",
    );
  }
  if (Object.keys(account.contact).length === 0) {
    throw constraint(
      'MASTER_ACCOUNT_MISSING_CONTACT_INFO',
      'You must first provide a valid contact address and phone number for the management account.',
    );
  }
  if (account.payment === 'missing') {
    throw constraint(
      'MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED',
      'You must first associate a valid payment instrument, such as a credit card, with the account.',
    );
  }
  if (account.payment === 'invalid') {
    throw constraint('INVALID_PAYMENT_INSTRUMENT', 'No supported payment method is associated with the account.');
  }
  if (account.businessLicense === 'missing') {
    throw constraint(
      'MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE',
      'To create an organization, the management account must have a valid business license.',
    );
  }
}

/** AWS has its own list. Here, every name in the format of an AWS service is accepted. */
function servicePrincipal(value: unknown): string {
  const principal = text(value, 'ServicePrincipal', { max: 128, pattern: PATTERNS.servicePrincipal });
  if (!/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal)) {
    throw invalid('UNRECOGNIZED_SERVICE_PRINCIPAL', "You specified a service principal that isn't recognized.");
  }
  return principal;
}

function shown(organization: OrganizationWorld, scene: Scene): Record<string, unknown> {
  const { id, featureSet, managementAccountId } = organization;
  return {
    Id: id,
    Arn: arn(organization, scene, 'organization'),
    FeatureSet: featureSet,
    MasterAccountArn: arn(organization, scene, 'account', managementAccountId),
    MasterAccountId: managementAccountId,
    MasterAccountEmail: accountIn(scene.world, managementAccountId).email,
    AvailablePolicyTypes: featureSet === 'ALL' ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
  };
}
