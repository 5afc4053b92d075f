import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading, value } from '../../core/reading.js';

/** A policy that AWS manages, by the name in the config. */
export interface NamedPolicy {
  readonly wanted: string;
  /** As its ARN has it, with the path: `job-function/ViewOnlyAccess`. undefined: there is none that can be attached to a group. */
  readonly name: string | undefined;
  /** Why there is none, and which name may be meant. */
  readonly problem?: string;
}

/**
 * The policies with their paths, from the list of all that AWS manages: it answers a name without a path, and has the one that is meant.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const readManagedPolicies = async (cloud: ReadCloud, names: readonly string[]): Promise<Reading<readonly NamedPolicy[]>> => {
  if (names.length === 0) return value([]);
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
  const meant = known.filter((name) => !isOfService(name) && isNear(lastOf(wanted), lastOf(name)));
  const [suggestion] = meant.toSorted((a, b) => Math.abs(a.length - wanted.length) - Math.abs(b.length - wanted.length));
  const question = suggestion === undefined ? '' : ` Did you mean ${lastOf(suggestion)}?`;
  return { wanted, name: undefined, problem: `AWS manages no policy named ${wanted}.${question}` };
};

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Their policies belong to roles that AWS creates. */
const isOfService = (name: string): boolean => name.startsWith('aws-service-role/');

/** The same but for case, the beginning of one another, or one letter more, less, other or swapped. */
const isNear = (wanted: string, name: string): boolean => {
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
