import { AmbiguousWriteError, isAwsError } from '../../../core/aws-error.js';
import type { ReadCloud } from '../../../core/cloud.js';
import { BootstrapError } from '../../../core/error.js';
import { all, map, type Reading } from '../../../core/reading.js';
import type { ApplyContext } from '../../../core/step.js';
import { forget, lookUntil, whileNotKnownYet } from './patience.js';
import { mustRead } from './refusals.js';
import { levels, type Tree, unitPath } from './state.js';

/** Organizational units: where accounts are, and putting a new one where it is wanted. */

/** As much of the tree as is asked for: the units on the paths, and the parents of the accounts. */
export const readTree = async (
  cloud: ReadCloud,
  paths: readonly (readonly string[])[],
  accountIds: readonly string[],
): Promise<Reading<Tree>> => {
  const root = await readRoot(cloud);
  if (!root.ok) return root;
  const [units, parents] = await Promise.all([
    Promise.all(paths.map((path) => readUnits(cloud, root.value, path))),
    Promise.all(accountIds.map(async (id) => map(await readParent(cloud, id), (parent) => ({ [id]: parent })))),
  ]);
  return map(all<[string, ...Record<string, string>[]]>(root, ...units, ...parents), ([rootId, ...found]) => ({
    rootId,
    units: Object.assign({}, ...found.slice(0, units.length)) as Record<string, string>,
    parents: Object.assign({}, ...found.slice(units.length)) as Record<string, string>,
  }));
};

const readRoot = async (cloud: ReadCloud): Promise<Reading<string>> => {
  const roots = await cloud.readAll('organizations:ListRoots', {});
  if (!roots.ok) return roots;
  const id = roots.value.flatMap((page) => page.Roots ?? [])[0]?.Id;
  if (id === undefined) return { ok: false, cause: 'failed', message: 'organizations:ListRoots answered without a root', evidence: roots.evidence };
  return { ...roots, value: id };
};

/** Ids of the units on the path that exist, by path. Names are matched as written. */
const readUnits = async (cloud: ReadCloud, rootId: string, path: readonly string[]): Promise<Reading<Record<string, string>>> => {
  let found: Reading<Record<string, string>> = { ok: true, value: {}, evidence: [] };
  let parent = rootId;
  for (const [index, name] of path.entries()) {
    const listed = await cloud.readAll('organizations:ListOrganizationalUnitsForParent', { ParentId: parent });
    if (!listed.ok) return listed;
    const id = listed.value.flatMap((page) => page.OrganizationalUnits ?? []).find((unit) => unit.Name === name)?.Id;
    found = { ok: true, value: { ...found.value, ...(id === undefined ? {} : { [levels(path)[index] as string]: id }) }, evidence: [...found.evidence, ...listed.evidence] };
    if (id === undefined) return found;
    parent = id;
  }
  return found;
};

/** A new account may be unknown to this read for a moment; new accounts are in the root. */
const readParent = async (cloud: ReadCloud, accountId: string): Promise<Reading<string>> => {
  const parents = await cloud.readAll('organizations:ListParents', { ChildId: accountId });
  if (!parents.ok) return parents;
  const id = parents.value.flatMap((page) => page.Parents ?? [])[0]?.Id;
  if (id === undefined) return { ok: false, cause: 'failed', message: `organizations:ListParents knows no parent of ${accountId}`, evidence: parents.evidence };
  return { ...parents, value: id };
};

/** Moves an account from the root into the unit, making what is missing of the path. Elsewhere it is left. */
export const place = async (context: ApplyContext, accountId: string, unit: readonly string[]): Promise<void> => {
  const root = await readRoot(context.cloud);
  if (!root.ok) throw mustRead(root, true);
  let parent = root.value;
  for (const [index, name] of unit.entries()) {
    parent = await unitBelow(context, root.value, parent, unit.slice(0, index + 1), name);
  }
  const move = { AccountId: accountId, SourceParentId: root.value, DestinationParentId: parent };
  try {
    await whileNotKnownYet(context, ['DestinationParentNotFound', 'AccountNotFound'], `the organizational unit ${unitPath(unit)}`, () =>
      context.cloud.write('organizations:MoveAccount', move),
    );
  } catch (error) {
    if (isAwsError(error, 'DuplicateAccount')) return;
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const there = await lookUntil(context, 10_000, async () => {
      const found = await readParent(context.cloud, accountId);
      return found.ok && found.value === parent ? true : undefined;
    });
    if (there === undefined) throw error;
  }
};

/** The unit of that name below the parent, made when there is none. */
const unitBelow = async (context: ApplyContext, rootId: string, parent: string, path: readonly string[], name: string): Promise<string> => {
  const find = async (): Promise<string | undefined> => {
    const found = await readUnits(context.cloud, rootId, path);
    if (!found.ok) throw mustRead(found, true);
    return found.value[unitPath(path)];
  };
  forget(context);
  const known = await find();
  if (known !== undefined) return known;
  try {
    const made = await whileNotKnownYet(context, ['ParentNotFound'], `the organizational unit above ${unitPath(path)}`, () =>
      context.cloud.write('organizations:CreateOrganizationalUnit', { ParentId: parent, Name: name }),
    );
    if (made.OrganizationalUnit?.Id !== undefined) return made.OrganizationalUnit.Id;
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError) && !isAwsError(error, 'DuplicateOrganizationalUnit')) throw error;
    const seen = await lookUntil(context, 10_000, find);
    if (seen === undefined) throw error;
    return seen;
  }
  const seen = await lookUntil(context, 10_000, find);
  if (seen !== undefined) return seen;
  throw new BootstrapError({
    code: 'E-NOT-CONFIRMED',
    exit: 6,
    step: 'organization',
    message: `AWS accepted the organizational unit ${unitPath(path)}, but does not show it yet.`,
    next: 'Run the same command again in a few minutes; it continues where this run stopped.',
    retryable: true,
    changed: true,
  });
};
