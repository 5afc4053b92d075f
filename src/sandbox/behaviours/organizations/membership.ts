import type { Scene } from '../../behaviour.js';
import type { AccountWorld, OrganizationWorld, World } from '../../world.js';
import { constraint, denied, fault } from './faults.js';
import { addServiceLinkedRole } from './service-linked-role.js';

export type Member = OrganizationWorld['members'][number];

const DAY = 24 * 3600 * 1000;

export const later = (now: Date, days: number): string => new Date(now.getTime() + days * DAY).toISOString();

export function organizationOf(world: World, accountId: string): OrganizationWorld | undefined {
  return world.organizations.find(({ members }) => members.some((each) => each.accountId === accountId));
}

/** The caller's organization, for operations that any member may call. */
export function asMember(scene: Scene): OrganizationWorld {
  const organization = organizationOf(scene.world, scene.account.id);
  if (organization === undefined) throw fault('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
  return organization;
}

/** The caller's organization, for operations of its management account only. Delegated administrators are not supported. */
export function asManagement(scene: Scene): OrganizationWorld {
  const organization = asMember(scene);
  if (organization.managementAccountId !== scene.account.id) throw denied();
  return organization;
}

export function memberOf(organization: OrganizationWorld, accountId: string): Member {
  const member = organization.members.find((each) => each.accountId === accountId);
  if (member === undefined) throw fault('AccountNotFoundException', `You specified an account that doesn't exist: ${accountId}`);
  return member;
}

export function accountIn(world: World, id: string): AccountWorld {
  const account = world.accounts[id];
  if (account === undefined) throw fault('AccountNotFoundException', `You specified an account that doesn't exist: ${id}`);
  return account;
}

/** `arn(organization, scene, 'account', id)`; an organization's own ARN has no id. */
export function arn(organization: OrganizationWorld, scene: Scene, kind: string, ...ids: readonly string[]): string {
  return `arn:${scene.account.partition}:organizations::${organization.managementAccountId}:${[kind, organization.id, ...ids].join('/')}`;
}

export function requireAllFeatures(organization: OrganizationWorld): void {
  if (organization.featureSet !== 'ALL') {
    throw constraint(
      'ORGANIZATION_NOT_IN_ALL_FEATURES_MODE',
      'This operation requires the organization to be configured to support all features.',
    );
  }
}

export function requireFinalized(organization: OrganizationWorld, now: Date): void {
  if (organization.finalizingUntil !== null && Date.parse(organization.finalizingUntil) > now.getTime()) {
    throw fault('FinalizingOrganizationException', 'AWS Organizations is still initializing your organization. Try again in one hour.');
  }
}

/** "You must wait until at least four days after the account was created" (ConstraintViolationException, WAIT_PERIOD_ACTIVE). */
const MAY_LEAVE_AFTER_DAYS = 4;

/** Accounts that joined by invitation may leave at any time. */
export function requireOldEnough(organization: OrganizationWorld, account: AccountWorld, { now }: Scene): void {
  const { joinedMethod } = memberOf(organization, account.id);
  if (joinedMethod === 'CREATED' && later(new Date(account.createdAt), MAY_LEAVE_AFTER_DAYS) > now.toISOString()) {
    throw constraint('WAIT_PERIOD_ACTIVE', `You must wait until at least ${MAY_LEAVE_AFTER_DAYS} days after the account was created.`);
  }
}

export interface Joining {
  readonly method: Member['joinedMethod'];
  readonly tags?: Readonly<Record<string, string>>;
}

/** Membership ends a free plan, at once and for good. */
export function join(organization: OrganizationWorld, account: AccountWorld, { method, tags = {} }: Joining, scene: Scene): void {
  organization.members.push({
    accountId: account.id,
    joinedMethod: method,
    joinedAt: scene.now.toISOString(),
    parent: organization.rootId,
    tags: { ...tags },
  });
  account.plan = 'PAID';
  addServiceLinkedRole(account, scene);
}

export function leave(organization: OrganizationWorld, accountId: string): void {
  organization.members = organization.members.filter((each) => each.accountId !== accountId);
}
