import { managedPolicyArn } from '../../core/account.js';

/** What decides which actions a run needs, and on what: the sections of bootstrap.yaml, defaults filled in. Pure data. */
export interface Facts {
  readonly command: 'check' | 'init';
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** undefined: not known, and then any account's. */
  readonly accountId: string | undefined;
  readonly sections: Sections;
  /** For `--org`: every member is entered, also those of which the config says nothing. */
  readonly organization?: boolean;
}

/** As the steps' schemas parse them. A section that is absent here is not looked at by the run. */
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

/** The administrator, who is spoken of by other steps too. It counts when its own step is left out of the run as well. */
export interface Administrator {
  readonly name: string | undefined;
  readonly group: string;
}

/** On what an action is allowed, and when. */
export interface Scope {
  /** Begins the id of the statement. */
  readonly name: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

type Place = Pick<Facts, 'partition' | 'accountId'>;

/** For actions that know no resources. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const anything: Scope = { name: 'Account', resources: ['*'] };

const arn = ({ partition, accountId = '*' }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}::${accountId}:${resource}`;

/** `undefined` names stand for anybody: the config does not say who. */
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

/** Paths below which AWS has policies that can be attached to a group. */
const policyPaths = ['', 'job-function/', 'service-role/'];

/** The name with each path that it may have; one that has a path is left as it is. */
export const withPaths = (policy: string): readonly string[] =>
  policy.includes('/') ? [policy] : policyPaths.map((path) => `${path}${policy}`);

/** Attaching these policies of AWS's own to this group, and no others. */
export const attaching = (place: Place, group: string, policies: readonly string[]): Scope => ({
  name: 'Attach',
  resources: groups(place, group).resources,
  condition: { ArnEquals: { 'iam:PolicyARN': policies.map((policy) => managedPolicyArn(place.partition, policy)) } },
});

/** Roles of these names in any other account: the members' numbers are not known beforehand, and their trust decides besides. */
export const accessRoles = ({ partition }: Place, names: readonly string[]): Scope => ({
  name: 'AccessRoles',
  resources: [...new Set(names)].map((name) => `arn:${partition}:iam::*:role/${name}`),
});

/** Virtual MFA devices of a user of this name: `alex`, and `alex-2` where the first is taken. */
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

/** The account's own contacts and facts, not those of its organization's members. */
export const contacts = (place: Place): Scope => ({ name: 'Contacts', resources: [arn(place, 'account', 'account')] });

/** Making an organization makes this role. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html#orgs_integrate_services-using_slrs */
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

/** What an organization of this account has; the ids are AWS's own, and the organization may not exist yet. */
const parts = {
  account: 'account/o-*/*',
  unit: 'ou/o-*/ou-*',
  root: 'root/o-*/r-*',
} as const;
const organizationParts = (place: Place, ...names: readonly (keyof typeof parts)[]): readonly string[] =>
  names.map((name) => arn(place, 'organizations', parts[name]));

/** Member accounts of the organization that this account manages. */
export const members = (place: Place): Scope => ({ name: 'Members', resources: organizationParts(place, 'account') });

/** The root of its organization and the units below: what a unit is created in, or listed by. */
export const parents = (place: Place): Scope => ({ name: 'Units', resources: organizationParts(place, 'root', 'unit') });

/** Members, and where they are: AWS asks for the account and for both its parents. */
export const tree = (place: Place): Scope => ({ name: 'Tree', resources: organizationParts(place, 'account', 'root', 'unit') });

/**
 * The handshake that gives its organization all features, and no invitation. The documentation has both names for it.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_AcceptHandshake.html
 */
export const allFeatures = (place: Place): Scope => ({
  name: 'AllFeatures',
  resources: ['enable_all_features', 'approve_all_features'].map((type) => arn(place, 'organizations', `handshake/o-*/${type}/h-*`)),
});

/** `*` and `?` would match anything, `$` could begin a variable. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const literal = (name: string): string => name.replace(/[*?$]/g, (character) => `\${${character}}`);
