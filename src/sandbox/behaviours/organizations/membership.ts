import type { Scene } from '../../behaviour.js';
import { freeAccountId } from '../../new-world.js';
import { identityDecision, questionOf } from '../../permissions.js';
import type { AccountWorld, OrganizationWorld, World } from '../../world.js';
import { constraint, denied, fault } from './faults.js';

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

/** Membership ends a Free plan and all credits, immediately and for good. */
export function join(organization: OrganizationWorld, account: AccountWorld, { method, tags = {} }: Joining, scene: Scene): void {
  organization.members.push({
    accountId: account.id,
    joinedMethod: method,
    joinedAt: scene.now.toISOString(),
    parent: organization.rootId,
    tags: { ...tags },
  });
  account.plan = 'PAID';
  account.credits = 0;
  addServiceLinkedRole(account, scene);
}

export function leave(organization: OrganizationWorld, accountId: string): void {
  organization.members = organization.members.filter((each) => each.accountId !== accountId);
}

/** The random part of an id of Organizations. */
export const lowerId = (scene: Scene, length: number): string => scene.random(length, 'abcdefghijklmnopqrstuvwxyz0123456789');

export const roleId = (scene: Scene): string => `AROA${scene.random(17, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;

export function newAccountId(scene: Scene): string {
  return freeAccountId(scene.world, scene.random);
}

/** Each member has a role that Organizations creates for itself. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html */
const SERVICE = 'organizations.amazonaws.com';
const NAME = 'AWSServiceRoleForOrganizations';
const PATH = `/aws-service-role/${SERVICE}/`;

/** Creating the role in the caller's account needs the caller's own permissions. Checked before any change. */
export function requireServiceLinkedRole(scene: Scene): void {
  const { world, account, caller, accessKeyId, region, now } = scene;
  if (hasRole(account)) return;
  const session = world.sessions[accessKeyId];
  const input = { RoleName: NAME, Path: PATH };
  const question = questionOf(world, {
    service: 'iam',
    operation: 'CreateServiceLinkedRole',
    input,
    account,
    principal: caller,
    session,
    region,
    now,
  });
  const asked = { ...question, context: { ...question.context, 'iam:awsservicename': SERVICE } };
  if (identityDecision(account, caller, session, asked) === 'allow') return;
  throw fault('AccessDeniedForDependencyException', `You don't have the iam:CreateServiceLinkedRole permission for ${SERVICE}.`, {
    Reason: 'ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE',
  });
}

function addServiceLinkedRole(account: AccountWorld, scene: Scene): void {
  if (hasRole(account)) return;
  const statement = { Effect: 'Allow', Principal: { Service: SERVICE }, Action: 'sts:AssumeRole' };
  account.roles.push({
    id: roleId(scene),
    name: NAME,
    path: PATH,
    createdAt: scene.now.toISOString(),
    trust: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    attachedPolicies: [`arn:${account.partition}:iam::aws:policy/aws-service-role/AWSOrganizationsServiceTrustPolicy`],
    inlinePolicies: {},
    tags: {},
  });
}

function hasRole(account: AccountWorld): boolean {
  return account.roles.some((each) => each.name === NAME);
}
