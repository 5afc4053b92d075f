import { managedPolicyArn } from '../../core/account.js';

/** What decides which actions a run needs, and on which resources: the sections of bootstrap.yaml, with defaults. Pure data. */
export interface Facts {
  readonly command: 'check' | 'init';
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** undefined: not known; the policy is then for any account. */
  readonly accountId: string | undefined;
  readonly sections: Sections;
  /** For `--org`: the run assumes a role in every member, also in members that are not in the config. */
  readonly organization?: boolean;
}

/** As parsed by the schemas of the steps. The run does not assess a section that is absent here. */
export interface Sections {
  readonly 'billing-access'?: { readonly contact?: object | undefined; readonly 'security-contact'?: object | undefined };
  readonly budget?: { readonly name: string };
  readonly 'admin-user'?: {
    readonly kind: 'iam-user' | 'identity-center';
    readonly name?: string | undefined;
    readonly group: string;
    readonly 'console-password': 'generate' | 'none';
    readonly 'password-policy': false | object;
  };
  readonly mfa?: { readonly admin: 'required' | 'not-required' };
  readonly alias?: object;
  readonly 'access-keys'?: {
    readonly mode: 'none' | 'create';
    readonly user?: string | undefined;
    readonly group?: string | undefined;
    readonly policies: readonly string[];
  };
  readonly organization?: {
    readonly 'central-root': boolean;
    readonly accounts: readonly { readonly ou?: string | undefined; readonly tags?: object | undefined; readonly role: string }[];
  };
}

/** The administrator, which other steps use, too. Set even if the run leaves out the step of the administrator. */
export interface Administrator {
  readonly name: string | undefined;
  readonly group: string;
}

/** The resources and conditions of an allowed action. */
export interface Scope {
  /** The id of the statement begins with it. */
  readonly name: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

type Place = Pick<Facts, 'partition' | 'accountId'>;

/** For actions without resource types. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const anything: Scope = { name: 'Account', resources: ['*'] };

const arn = ({ partition, accountId = '*' }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}::${accountId}:${resource}`;

/** Users of these names. `undefined` means any user: the config does not name one. */
export const users = (place: Place, ...names: readonly (string | undefined)[]): Scope => ({
  name: 'Users',
  resources: named(place, 'user', names),
});

export const groups = (place: Place, ...names: readonly (string | undefined)[]): Scope => ({
  name: 'Groups',
  resources: named(place, 'group', names),
});

const named = (place: Place, kind: string, names: readonly (string | undefined)[]): readonly string[] =>
  names.length === 0 || names.includes(undefined)
    ? [arn(place, 'iam', `${kind}/*`)]
    : [...new Set(names)].map((name) => arn(place, 'iam', `${kind}/${literal(name ?? '')}`));

/** Paths of AWS managed policies that can be attached to a group. */
const policyPaths = ['', 'job-function/', 'service-role/'];

/** The name with each path that it may have. A name that already has a path is returned unchanged. */
export const withPaths = (policy: string): readonly string[] =>
  policy.includes('/') ? [policy] : policyPaths.map((path) => `${path}${policy}`);

/** Attaching only these AWS managed policies, and only to this group. */
export const attaching = (place: Place, group: string, policies: readonly string[]): Scope => ({
  name: 'Attach',
  resources: groups(place, group).resources,
  condition: { ArnEquals: { 'iam:PolicyARN': policies.map((policy) => managedPolicyArn(place.partition, policy)) } },
});

/** Roles of these names in any account: the ids of the members are not known in advance. The trust policies of the roles also decide. */
export const accessRoles = ({ partition }: Place, names: readonly string[]): Scope => ({
  name: 'AccessRoles',
  resources: [...new Set(names)].map((name) => `arn:${partition}:iam::*:role/${name}`),
});

/** Virtual MFA devices of the user of this name: `alex`, and `alex-2` if the first name is in use. */
export const devices = (place: Place, name: string | undefined): Scope => ({
  name: 'Devices',
  resources:
    name === undefined
      ? [arn(place, 'iam', 'mfa/*')]
      : [arn(place, 'iam', `mfa/${literal(name)}`), arn(place, 'iam', `mfa/${literal(name)}-*`)],
});

export const budgets = (place: Place, name: string | undefined): Scope => ({
  name: 'Budgets',
  resources: [arn(place, 'budgets', `budget/${name === undefined ? '*' : literal(name)}`)],
});

/** The contacts and facts of this account, not those of member accounts. */
export const contacts = (place: Place): Scope => ({ name: 'Contacts', resources: [arn(place, 'account', 'account')] });

/** AWS creates this role together with an organization. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html#orgs_integrate_services-using_slrs */
export const serviceLinkedRole = (place: Place): Scope => ({
  name: 'ServiceLinkedRole',
  resources: [arn(place, 'iam', 'role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations')],
  condition: { StringEquals: { 'iam:AWSServiceName': 'organizations.amazonaws.com' } },
});

export const trustedService = (service: string): Scope => ({
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
export const members = (place: Place): Scope => ({ name: 'Members', resources: organizationParts(place, 'account') });

/** The root of the organization and its units: the parents of units. */
export const parents = (place: Place): Scope => ({ name: 'Units', resources: organizationParts(place, 'root', 'unit') });

/** Members and their parents: to move an account, AWS checks the account, its source and its destination. */
export const tree = (place: Place): Scope => ({ name: 'Tree', resources: organizationParts(place, 'account', 'root', 'unit') });

/**
 * The handshake that enables all features in the organization, but no invitation. The documentation uses both names.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html
 */
export const allFeatures = (place: Place): Scope => ({
  name: 'AllFeatures',
  resources: ['enable_all_features', 'approve_all_features'].map((type) => arn(place, 'organizations', `handshake/o-*/${type}/h-*`)),
});

/** `*` and `?` would match anything, `$` could begin a variable. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const literal = (name: string): string => name.replace(/[*?$]/g, (character) => `\${${character}}`);
