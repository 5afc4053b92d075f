import type { Behaviours, Scene } from '../../behaviour.js';
import type { HandshakeWorld, OrganizationWorld } from '../../world.js';
import { choice, denied, fault, handshakeConstraint, invalid, listed, type ListInput, PATTERNS, text } from './faults.js';
import { end, findHandshake, isListed, isOpen, isRecipient, isSender, shown, stateOf } from './handshake-form.js';
import { requireRoomFor, requireSameSeller } from './invitations.js';
import { asManagement, join, later, leave, lowerId, organizationOf, requireOldEnough, requireServiceLinkedRole } from './membership.js';

const ACTIONS = [
  'INVITE',
  'ENABLE_ALL_FEATURES',
  'APPROVE_ALL_FEATURES',
  'ADD_ORGANIZATIONS_SERVICE_LINKED_ROLE',
  'TRANSFER_RESPONSIBILITY',
] as const;
const ALL_FEATURES_DAYS = 90;

interface HandshakeListInput extends ListInput {
  readonly Filter?: { readonly ActionType?: string; readonly ParentHandshakeId?: string };
}

export const handshakeReads: Behaviours = {
  DescribeHandshake(input, scene) {
    const { handshake, organization } = findHandshake(input.HandshakeId, scene);
    return { Handshake: shown(handshake, organization, scene) };
  },

  ListHandshakesForOrganization(input: HandshakeListInput, scene) {
    const organization = asManagement(scene);
    return list(input, scene, (each) => each.organizationId === organization.id);
  },

  /** Also for accounts in no organization: this is how they see their invitations. */
  ListHandshakesForAccount(input: HandshakeListInput, scene) {
    return list(input, scene, (each) => isRecipient(each, scene));
  },
};

export const handshakeWrites: Behaviours = {
  /** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html */
  EnableAllFeatures(_input, scene) {
    const { world, now } = scene;
    const organization = asManagement(scene);
    if (organization.featureSet === 'ALL') {
      throw handshakeConstraint('ORGANIZATION_ALREADY_HAS_ALL_FEATURES', 'The organization has already enabled all features.');
    }
    const open = world.handshakes.filter((each) => each.organizationId === organization.id && isOpen(each, now));
    if (open.some(({ action }) => action === 'ENABLE_ALL_FEATURES')) {
      throw handshakeConstraint(
        'ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION',
        'The organization has already started the process to enable all features.',
      );
    }
    for (const each of open) if (each.action === 'INVITE') end(each, 'CANCELED', now);
    const parent = allFeaturesHandshake('ENABLE_ALL_FEATURES', organization, scene, null);
    world.handshakes.push(parent);
    for (const { accountId, joinedMethod } of organization.members) {
      // Created members do not have to approve.
      if (joinedMethod === 'CREATED' || accountId === organization.managementAccountId) continue;
      world.handshakes.push({ ...allFeaturesHandshake('APPROVE_ALL_FEATURES', organization, scene, accountId), parent: parent.id });
    }
    return { Handshake: shown(parent, organization, scene) };
  },

  AcceptHandshake(input, scene) {
    const { handshake, organization } = findHandshake(input.HandshakeId, scene);
    // The sender finishes ENABLE_ALL_FEATURES itself; the recipient answers everything else.
    const mayAccept = handshake.action === 'ENABLE_ALL_FEATURES' ? isSender(organization, scene) : isRecipient(handshake, scene);
    if (!mayAccept) throw denied();
    requireOpen(handshake, 'ACCEPTED', scene);
    if (handshake.action === 'INVITE') acceptInvitation(handshake, organization, scene);
    if (handshake.action === 'ENABLE_ALL_FEATURES') finishAllFeatures(handshake, organization, scene);
    end(handshake, 'ACCEPTED', scene.now);
    if (handshake.action === 'APPROVE_ALL_FEATURES') openWhenApproved(handshake, scene);
    return { Handshake: shown(handshake, organization, scene) };
  },

  DeclineHandshake(input, scene) {
    const { handshake, organization } = findHandshake(input.HandshakeId, scene);
    if (!isRecipient(handshake, scene)) throw denied();
    requireOpen(handshake, 'DECLINED', scene);
    end(handshake, 'DECLINED', scene.now);
    return { Handshake: shown(handshake, organization, scene) };
  },

  CancelHandshake(input, scene) {
    const { handshake, organization } = findHandshake(input.HandshakeId, scene);
    if (!isSender(organization, scene)) throw denied();
    requireOpen(handshake, 'CANCELED', scene);
    end(handshake, 'CANCELED', scene.now);
    for (const child of childrenOf(handshake, scene)) if (isOpen(child, scene.now)) end(child, 'CANCELED', scene.now);
    return { Handshake: shown(handshake, organization, scene) };
  },
};

function list(input: HandshakeListInput, scene: Scene, concerns: (handshake: HandshakeWorld) => boolean): Record<string, unknown> {
  const { ActionType: actionType, ParentHandshakeId: parentId } = input.Filter ?? {};
  if (actionType !== undefined && parentId !== undefined)
    throw invalid('MAX_LIMIT_EXCEEDED_FILTER', 'You can specify only one filter parameter for the operation.');
  const action = actionType === undefined ? undefined : choice(actionType, 'ActionType', ACTIONS);
  const parent = parentId === undefined ? undefined : text(parentId, 'ParentHandshakeId', { max: 34, pattern: PATTERNS.handshake });
  const wanted = scene.world.handshakes.filter(
    (each) =>
      concerns(each) &&
      isListed(each, scene.now) &&
      (action === undefined || each.action === action) &&
      (parent === undefined || each.parent === parent),
  );
  const { items, next } = listed(wanted, input, scene);
  const handshakes = items.flatMap((each) => {
    const organization = scene.world.organizations.find(({ id }) => id === each.organizationId);
    return organization === undefined ? [] : [shown(each, organization, scene)];
  });
  return { Handshakes: handshakes, ...next };
}

function allFeaturesHandshake(
  action: 'ENABLE_ALL_FEATURES' | 'APPROVE_ALL_FEATURES',
  organization: OrganizationWorld,
  scene: Scene,
  accountId: string | null,
): HandshakeWorld {
  return {
    id: `h-${lowerId(scene, 10)}`,
    action,
    organizationId: organization.id,
    state: 'REQUESTED',
    target: accountId === null ? null : { id: accountId, type: 'ACCOUNT' },
    requestedAt: scene.now.toISOString(),
    expiresAt: later(scene.now, ALL_FEATURES_DAYS),
  };
}

function requireOpen(handshake: HandshakeWorld, wanted: 'ACCEPTED' | 'DECLINED' | 'CANCELED', scene: Scene): void {
  const state = stateOf(handshake, scene.now);
  if (state === wanted) throw fault('HandshakeAlreadyInStateException', `The specified handshake is already in the state ${wanted}.`);
  if (state !== 'REQUESTED' && state !== 'OPEN') {
    throw fault('InvalidHandshakeTransitionException', `You can't perform the operation on a handshake in the state ${state}.`);
  }
}

function acceptInvitation(handshake: HandshakeWorld, organization: OrganizationWorld, scene: Scene): void {
  const { account, world } = scene;
  const current = organizationOf(world, account.id);
  if (current !== undefined && current.managementAccountId === account.id) {
    throw fault('MasterCannotLeaveOrganizationException', "You can't remove a management account from an organization.");
  }
  if (current === organization)
    throw handshakeConstraint('ALREADY_IN_AN_ORGANIZATION', 'The invited account is already a member of an organization.');
  // A member is transferred directly, and is at no time an account of its own that has to pay.
  if (current !== undefined) requireOldEnough(current, account, scene);
  else if (account.payment !== undefined) {
    throw handshakeConstraint(
      'PAYMENT_INSTRUMENT_REQUIRED',
      'The account has no valid payment instrument, such as a credit card, associated with it.',
    );
  }
  requireSameSeller(organization, account, scene);
  requireServiceLinkedRole(scene);
  // The open invitation already counts against the limit.
  requireRoomFor(organization, 0, scene);
  if (current !== undefined) leave(current, account.id);
  join(organization, account, { method: 'INVITED', ...(handshake.tags === undefined ? {} : { tags: handshake.tags }) }, scene);
}

function finishAllFeatures(handshake: HandshakeWorld, organization: OrganizationWorld, scene: Scene): void {
  const members = new Set(organization.members.map(({ accountId }) => accountId));
  const waiting = childrenOf(handshake, scene).filter(
    ({ state, target }) => state !== 'ACCEPTED' && target !== null && members.has(target.id),
  );
  if (waiting.length > 0) {
    throw fault('InvalidHandshakeTransitionException', 'All invited member accounts must approve the change before it can be finalized.');
  }
  organization.featureSet = 'ALL';
}

function openWhenApproved(child: HandshakeWorld, scene: Scene): void {
  const parent = scene.world.handshakes.find(({ id }) => id === child.parent);
  if (parent !== undefined && childrenOf(parent, scene).every(({ state }) => state === 'ACCEPTED')) parent.state = 'OPEN';
}

function childrenOf(parent: HandshakeWorld, scene: Scene): HandshakeWorld[] {
  return scene.world.handshakes.filter((each) => each.parent === parent.id);
}
