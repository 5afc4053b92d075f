import type { Scene } from '../../behaviour.js';
import { identityDecision, questionOf } from '../../permissions.js';
import type { AccountWorld } from '../../world.js';
import { fault } from './faults.js';
import { roleId } from './ids.js';

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

export function addServiceLinkedRole(account: AccountWorld, scene: Scene): void {
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
