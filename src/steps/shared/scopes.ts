import { managedPolicyArn } from '../../core/account.js';
import type { Operation } from '../../core/cloud.js';
import type { Grant, PermissionContext, Scope } from '../../core/permissions.js';

/** Resources that the permissions of several steps name, and helpers to declare them. */

export const on = (of: Scope, ...operations: readonly Operation[]): Grant => ({ on: of, operations });
export const when = <T>(condition: boolean, ...items: readonly T[]): readonly T[] => (condition ? items : []);

export type Place = Pick<PermissionContext, 'partition' | 'accountId'>;

/** For actions without resource types. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const anything: Scope = { name: 'Account', resources: ['*'] };

export const arn = ({ partition, accountId = '*' }: Place, service: string, resource: string): string =>
  `arn:${partition}:${service}::${accountId}:${resource}`;

/** `undefined` as a name means every user: the config does not name one. */
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

/** Sessions as root of any member that may only see its credentials. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
export const rootAudits = ({ partition }: Place): Scope => ({
  name: 'RootAudits',
  resources: [`arn:${partition}:iam::*:root`],
  condition: { ArnEquals: { 'sts:TaskPolicyArn': managedPolicyArn(partition, 'root-task/IAMAuditRootUserCredentials') } },
});

/** The contacts and facts of this account, not those of member accounts. */
export const contacts = (place: Place): Scope => ({ name: 'Contacts', resources: [arn(place, 'account', 'account')] });

/** `*` and `?` would match anything, `$` could begin a variable. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
export const literal = (name: string): string => name.replace(/[*?$]/g, (character) => `\${${character}}`);
