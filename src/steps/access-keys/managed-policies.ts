import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading, value } from '../../core/reading.js';

/** An AWS managed policy, by the name in the config. */
export interface NamedPolicy {
  readonly wanted: string;
  /** As in its ARN, with the path: `job-function/ViewOnlyAccess`. undefined: no such policy can be attached to a group. */
  readonly name: string | undefined;
  /** Why `name` is undefined, with a similar name if there is one. */
  readonly problem?: string;
}

/** With their paths. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html */
const wellKnown = ['AdministratorAccess', 'PowerUserAccess', 'ReadOnlyAccess', 'SecurityAudit', 'job-function/ViewOnlyAccess'];

/** A policy that every partition has, with its path: it need not be looked up. undefined for any other name. */
export const wellKnownPolicy = (name: string): string | undefined => wellKnown.find((known) => lastOf(known) === lastOf(name));

/**
 * The policies with their paths, from the list of all AWS managed policies: the config may leave out the path.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const readManagedPolicies = async (cloud: ReadCloud, names: readonly string[]): Promise<Reading<readonly NamedPolicy[]>> => {
  if (names.every((name) => wellKnownPolicy(name) !== undefined))
    return value(names.map((name) => ({ wanted: name, name: wellKnownPolicy(name) })));
  return map(await cloud.readAll('iam:ListPolicies', { Scope: 'AWS', MaxItems: 1000 }), (pages) => {
    const known = pages
      .flatMap((page) => page.Policies ?? [])
      .map(({ Arn = '' }) => Arn.slice(Arn.indexOf(':policy/') + ':policy/'.length));
    return names.map((name) => named(name, known));
  });
};

const named = (wanted: string, known: readonly string[]): NamedPolicy => {
  const exact = known.filter((name) => lastOf(name) === lastOf(wanted));
  const usable = exact.find((name) => !isOfService(name));
  if (usable !== undefined) return { wanted, name: usable };
  if (exact.length > 0 || isOfService(wanted)) {
    return { wanted, name: undefined, problem: `The policy ${wanted} is for a role of an AWS service, and cannot be attached to a group.` };
  }
  const similar = known.filter((name) => !isOfService(name) && isSimilar(lastOf(wanted), lastOf(name)));
  const [suggestion] = similar.toSorted((a, b) => Math.abs(a.length - wanted.length) - Math.abs(b.length - wanted.length));
  const question = suggestion === undefined ? '' : ` Did you mean ${lastOf(suggestion)}?`;
  return { wanted, name: undefined, problem: `AWS has no managed policy named ${wanted}.${question}` };
};

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Policies for roles that AWS services create. */
const isOfService = (name: string): boolean => name.startsWith('aws-service-role/');

/** Equal except for case, one is the beginning of the other, or one letter is added, missing, different or swapped. */
const isSimilar = (wanted: string, name: string): boolean => {
  const [a, b] = [wanted.toLowerCase(), name.toLowerCase()];
  if (a.length >= 4 && (b.startsWith(a) || (b.length >= 4 && a.startsWith(b)))) return true;
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a[before] === b[before]) before += 1;
  let after = 0;
  while (after < shorter - before && a[a.length - 1 - after] === b[b.length - 1 - after]) after += 1;
  const [left, right] = [a.slice(before, a.length - after), b.slice(before, b.length - after)];
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && right === `${left[1]}${left[0]}`);
};
