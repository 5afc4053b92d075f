import { hasAccountPlans } from '../../core/account-plan.js';
import type { Grant, PermissionContext, Scope } from '../../core/permissions.js';
import { accessRoles, anything, arn, on, type Place, when } from '../shared/scopes.js';

interface Section {
  readonly 'central-root': boolean;
  readonly accounts: readonly { readonly ou?: string | undefined; readonly tags?: object | undefined; readonly role: string }[];
}

/** Most operations of AWS Organizations have no resource types. */
export const permissions = (section: Section, context: PermissionContext): readonly Grant[] => {
  const { accounts } = section;
  const units = accounts.some(({ ou }) => ou !== undefined);
  const init = context.command === 'init';
  const roles = accounts.map(({ role }) => role);
  const reads = [
    on(anything, 'organizations:ListAccounts', 'organizations:ListHandshakesForOrganization'),
    ...when(hasAccountPlans(context.partition), on(anything, 'freetier:GetAccountPlanState')),
    ...when(roles.length > 0, on(accessRoles(context, roles), 'sts:AssumeRole')),
    ...when(accounts.length > 0, on(anything, 'organizations:ListCreateAccountStatus')),
    ...when(section['central-root'], on(anything, 'iam:ListOrganizationsFeatures')),
    ...when(
      units,
      on(anything, 'organizations:ListRoots'),
      on(parents(context), 'organizations:ListOrganizationalUnitsForParent'),
      on(members(context), 'organizations:ListParents'),
    ),
  ];
  if (!init) return reads;
  return [
    ...reads,
    on(anything, 'organizations:CreateOrganization', 'organizations:EnableAllFeatures'),
    on(allFeatures(context), 'organizations:AcceptHandshake'),
    { ...on(serviceLinkedRole(context)), also: ['iam:CreateServiceLinkedRole'] },
    ...when(accounts.length > 0, on(anything, 'organizations:CreateAccount', 'organizations:DescribeCreateAccountStatus')),
    ...when(
      accounts.some(({ tags }) => tags !== undefined),
      { ...on(members(context)), also: ['organizations:TagResource'] },
    ),
    ...when(units, on(parents(context), 'organizations:CreateOrganizationalUnit'), on(tree(context), 'organizations:MoveAccount')),
    ...when(
      section['central-root'],
      on(trustedService('iam.amazonaws.com'), 'organizations:EnableAWSServiceAccess'),
      on(anything, 'iam:EnableOrganizationsRootCredentialsManagement'),
    ),
  ];
};

/** AWS creates this role together with an organization. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html#orgs_integrate_services-using_slrs */
const serviceLinkedRole = (place: Place): Scope => ({
  name: 'ServiceLinkedRole',
  resources: [arn(place, 'iam', 'role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations')],
  condition: { StringEquals: { 'iam:AWSServiceName': 'organizations.amazonaws.com' } },
});

const trustedService = (service: string): Scope => ({
  name: 'TrustedAccess',
  resources: ['*'],
  condition: { StringEquals: { 'organizations:ServicePrincipal': service } },
});

/** Resources of this account's organization. AWS assigns the ids, and the organization may not exist yet. */
const parts = {
  account: 'account/o-*/*',
  unit: 'ou/o-*/ou-*',
  root: 'root/o-*/r-*',
} as const;
const organizationParts = (place: Place, ...names: readonly (keyof typeof parts)[]): readonly string[] =>
  names.map((name) => arn(place, 'organizations', parts[name]));

/** Member accounts of the organization that this account manages. */
const members = (place: Place): Scope => ({ name: 'Members', resources: organizationParts(place, 'account') });

/** The root of the organization and its units: the parents of units. */
const parents = (place: Place): Scope => ({ name: 'Units', resources: organizationParts(place, 'root', 'unit') });

/** Members and their parents: to move an account, AWS checks the account, its source and its destination. */
const tree = (place: Place): Scope => ({ name: 'Tree', resources: organizationParts(place, 'account', 'root', 'unit') });

/**
 * The handshake that enables all features in the organization, but no invitation. The documentation uses both names.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html
 */
const allFeatures = (place: Place): Scope => ({
  name: 'AllFeatures',
  resources: ['enable_all_features', 'approve_all_features'].map((type) => arn(place, 'organizations', `handshake/o-*/${type}/h-*`)),
});
