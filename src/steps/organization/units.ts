import { isAwsError } from '../../core/aws-error.js';
import type { ReadCloud } from '../../core/cloud.js';
import { BootstrapError } from '../../core/errors.js';
import { all, map, type Reading } from '../../core/reading.js';
import type { ApplyContext } from '../../core/step.js';
import { organizationReadError } from './refusals.js';
import { levels, type Tree, unitPath } from './state.js';
import { pollUntil, retryWhileUnknown, writeOrFind } from './waiting.js';

/** Organizational units: which one an account is in, and how to move a new account into one. */

/** The requested part of the tree: the units on the paths, and the parents of the accounts. */
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

export const readRoot = async (cloud: ReadCloud): Promise<Reading<string>> => {
  const roots = await cloud.readAll('organizations:ListRoots', {});
  if (!roots.ok) return roots;
  const id = roots.value.flatMap((page) => page.Roots ?? [])[0]?.Id;
  if (id === undefined)
    return { ok: false, cause: 'failed', message: 'the response to organizations:ListRoots has no root', evidence: roots.evidence };
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
    found = {
      ok: true,
      value: { ...found.value, ...(id === undefined ? {} : { [levels(path)[index] as string]: id }) },
      evidence: [...found.evidence, ...listed.evidence],
    };
    if (id === undefined) return found;
    parent = id;
  }
  return found;
};

const readParent = async (cloud: ReadCloud, accountId: string): Promise<Reading<string>> => {
  const parents = await cloud.readAll('organizations:ListParents', { ChildId: accountId });
  if (!parents.ok) return parents;
  const id = parents.value.flatMap((page) => page.Parents ?? [])[0]?.Id;
  if (id === undefined)
    return {
      ok: false,
      cause: 'failed',
      message: `the response to organizations:ListParents has no parent of ${accountId}`,
      evidence: parents.evidence,
    };
  return { ...parents, value: id };
};

type UnitContext = Pick<ApplyContext, 'cloud' | 'clock' | 'signal' | 'notify' | 'forget'>;

/** Moves an account from the root into the unit and creates the missing units of the path. An account outside the root is not moved. */
export const moveToUnit = async (context: UnitContext, accountId: string, unit: readonly string[]): Promise<void> => {
  const root = await readRoot(context.cloud);
  if (!root.ok) throw organizationReadError(root, true);
  let parent = root.value;
  for (const [index, name] of unit.entries()) {
    parent = await findOrCreateUnit(context, root.value, parent, unit.slice(0, index + 1), name);
  }
  const move = { AccountId: accountId, SourceParentId: root.value, DestinationParentId: parent };
  const send = async (): Promise<true> => {
    await retryWhileUnknown(context, ['DestinationParentNotFound', 'AccountNotFound'], `the organizational unit ${unitPath(unit)}`, () =>
      context.cloud.write('organizations:MoveAccount', move),
    );
    return true;
  };
  try {
    await writeOrFind(context, send, async () => {
      const found = await readParent(context.cloud, accountId);
      return found.ok && found.value === parent ? true : undefined;
    });
  } catch (error) {
    // The account is already in the unit.
    if (!isAwsError(error, 'DuplicateAccount')) throw error;
  }
};

/** Returns the id of the unit of that name below the parent, and creates it if missing. Names are unique below one parent. */
const findOrCreateUnit = async (
  context: UnitContext,
  rootId: string,
  parent: string,
  path: readonly string[],
  name: string,
): Promise<string> => {
  const find = async (): Promise<string | undefined> => {
    const found = await readUnits(context.cloud, rootId, path);
    if (!found.ok) throw organizationReadError(found, true);
    return found.value[unitPath(path)];
  };
  const send = async (): Promise<string | undefined> => {
    const created = await retryWhileUnknown(context, ['ParentNotFound'], `the organizational unit above ${unitPath(path)}`, () =>
      context.cloud.write('organizations:CreateOrganizationalUnit', { ParentId: parent, Name: name }),
    );
    return created.OrganizationalUnit?.Id;
  };
  context.forget();
  const known = await find();
  if (known !== undefined) return known;
  let created: string | undefined;
  try {
    created = await writeOrFind(context, send, find);
  } catch (error) {
    if (!isAwsError(error, 'DuplicateOrganizationalUnit')) throw error;
  }
  const id = created ?? (await pollUntil(context, 10_000, find));
  if (id !== undefined) return id;
  throw new BootstrapError({
    code: 'E-NOT-CONFIRMED',
    step: 'organization',
    message: `AWS has the organizational unit ${unitPath(path)}, but does not show it yet.`,
    next: 'Run the same command again in a few minutes. It continues where this run stopped.',
    retryable: true,
    changed: true,
  });
};
