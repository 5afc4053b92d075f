import type { Scene } from '../../behaviour.js';
import type { HandshakeWorld, OrganizationWorld } from '../../world.js';
import { fault, PATTERNS, text } from './faults.js';
import { accountIn, arn, later } from './membership.js';

/** Shared by the operations on handshakes: current state, parties, and output form. */

export type HandshakeState = HandshakeWorld['state'];
const LISTED_AFTER_END_DAYS = 30;

/** EXPIRED is not stored: it is derived from the clock. */
export function stateOf(handshake: HandshakeWorld, now: Date): HandshakeState {
  const open = handshake.state === 'REQUESTED' || handshake.state === 'OPEN';
  return open && Date.parse(handshake.expiresAt) <= now.getTime() ? 'EXPIRED' : handshake.state;
}

export function isOpen(handshake: HandshakeWorld, now: Date): boolean {
  const state = stateOf(handshake, now);
  return state === 'REQUESTED' || state === 'OPEN';
}

/** AWS deletes a handshake 30 days after it ended. */
export function isListed(handshake: HandshakeWorld, now: Date): boolean {
  if (isOpen(handshake, now)) return true;
  const ended = new Date(handshake.endedAt ?? handshake.expiresAt);
  return later(ended, LISTED_AFTER_END_DAYS) > now.toISOString();
}

export function end(handshake: HandshakeWorld, state: 'ACCEPTED' | 'DECLINED' | 'CANCELED', now: Date): void {
  handshake.state = state;
  handshake.endedAt = now.toISOString();
}

export function findHandshake(
  value: unknown,
  scene: Scene,
): { readonly handshake: HandshakeWorld; readonly organization: OrganizationWorld } {
  const id = text(value, 'HandshakeId', { max: 34, pattern: PATTERNS.handshake });
  const handshake = scene.world.handshakes.find((each) => each.id === id && isListed(each, scene.now));
  const organization = scene.world.organizations.find((each) => each.id === handshake?.organizationId);
  // For all other accounts, it does not exist.
  if (handshake === undefined || organization === undefined || !(isSender(organization, scene) || isRecipient(handshake, scene))) {
    throw fault('HandshakeNotFoundException', "You specified a handshake that doesn't exist.");
  }
  return { handshake, organization };
}

export function isSender(organization: OrganizationWorld, scene: Scene): boolean {
  return organization.managementAccountId === scene.account.id;
}

/** An invitation names the account by its id or by the email address of its root user. */
export function isRecipient({ target }: HandshakeWorld, scene: Scene): boolean {
  if (target === null) return false;
  return target.type === 'ACCOUNT' ? target.id === scene.account.id : target.id.toLowerCase() === scene.account.email.toLowerCase();
}

export function shown(handshake: HandshakeWorld, organization: OrganizationWorld, scene: Scene): Record<string, unknown> {
  const { id, action, target, requestedAt, expiresAt } = handshake;
  return {
    Id: id,
    Arn: arn(organization, scene, 'handshake', action.toLowerCase(), id),
    Parties: [{ Id: organization.id, Type: 'ORGANIZATION' }, ...(target === null ? [] : [{ Id: target.id, Type: target.type }])],
    State: stateOf(handshake, scene.now),
    RequestedTimestamp: new Date(requestedAt),
    ExpirationTimestamp: new Date(expiresAt),
    Action: action,
    Resources: resources(handshake, organization, scene),
  };
}

interface Resource {
  readonly Type: string;
  readonly Value: string;
  readonly Resources?: readonly Resource[];
}

function resources({ action, target, parent, notes }: HandshakeWorld, organization: OrganizationWorld, scene: Scene): Resource[] {
  const management = accountIn(scene.world, organization.managementAccountId);
  const about: readonly Resource[] = [
    { Type: 'MASTER_EMAIL', Value: management.email },
    { Type: 'MASTER_NAME', Value: management.name },
    { Type: 'ORGANIZATION_FEATURE_SET', Value: organization.featureSet },
  ];
  return [
    { Type: 'ORGANIZATION', Value: organization.id, ...(action === 'INVITE' ? { Resources: about } : {}) },
    ...(target === null ? [] : [{ Type: target.type, Value: target.id }]),
    ...(parent === undefined ? [] : [{ Type: 'PARENT_HANDSHAKE', Value: parent }]),
    ...(notes === undefined ? [] : [{ Type: 'NOTES', Value: notes }]),
  ];
}
