import { Fault, type Scene } from '../../behaviour.js';
import { invalid, invalidValue } from './constraints.js';
import type { AccountWorld, GroupWorld, RoleWorld, UserWorld } from '../../world.js';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const quotas = {
  users: 5000,
  groups: 300,
  roles: 1000,
  policies: 1500,
  groupsPerUser: 10,
  policiesPerEntity: 10,
  accessKeysPerUser: 2,
  mfaDevicesPerUser: 8,
  tags: 50,
} as const;

/** Names are unique case-insensitively, but only the exact name finds an entity. */
export const taken = (entities: readonly { readonly name: string }[], name: string): boolean =>
  entities.some((entity) => entity.name.toLowerCase() === name.toLowerCase());

export const findUser = (account: AccountWorld, name: string): UserWorld =>
  account.users.find((user) => user.name === name) ?? absent(`The user with name ${name} cannot be found.`);

export const findGroup = (account: AccountWorld, name: string): GroupWorld =>
  account.groups.find((group) => group.name === name) ?? absent(`The group with name ${name} cannot be found.`);

export const findRole = (account: AccountWorld, name: string): RoleWorld =>
  account.roles.find((role) => role.name === name) ?? absent(`The role with name ${name} cannot be found.`);

export function absent(message: string): never {
  throw new Fault('NoSuchEntity', 404, message);
}

export const exists = (message: string): Fault => new Fault('EntityAlreadyExists', 409, message);
export const overQuota = (quota: string, limit: number): Fault =>
  new Fault('LimitExceeded', 409, `Cannot exceed quota for ${quota}: ${limit}`);
export const conflict = (message: string): Fault => new Fault('DeleteConflict', 409, message);

/** The user of a request that names none: the caller, or 'root' if root calls. */
export function implicitUser(name: string | undefined, scene: Scene): UserWorld | 'root' {
  if (name !== undefined) return findUser(scene.account, name);
  if (scene.caller.kind === 'root') return 'root';
  if (scene.caller.kind === 'user') return findUser(scene.account, scene.caller.name);
  throw invalid('Must specify userName when calling with non-User credentials');
}

export const arnOf = (
  account: AccountWorld,
  kind: 'user' | 'group' | 'role' | 'policy' | 'mfa',
  entity: { readonly path: string; readonly name: string },
): string => `arn:${account.partition}:iam::${account.id}:${kind}${entity.path}${entity.name}`;

export const rootArn = (account: AccountWorld): string => `arn:${account.partition}:iam::${account.id}:root`;

export const date = (iso: string): Date => new Date(iso);
export const optionalDate = (iso: string | null): Date | undefined => (iso === null ? undefined : new Date(iso));

/** Omits members whose value is undefined. */
export const userShape = (account: AccountWorld, user: UserWorld): Record<string, unknown> => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: arnOf(account, 'user', user),
  CreateDate: date(user.createdAt),
  PasswordLastUsed: optionalDate(user.password?.lastUsed ?? user.passwordLastUsed ?? null),
});

/** Root as GetUser and device lists show it: without a name. */
export const rootShape = (account: AccountWorld): Record<string, unknown> => ({
  UserId: account.id,
  Arn: rootArn(account),
  CreateDate: date(account.createdAt),
  PasswordLastUsed: optionalDate(account.root.passwordLastUsed),
});

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** `undefined` for an empty list, so that the member is omitted from the output. */
export const someTags = (tags: Readonly<Record<string, string>>): Tag[] | undefined =>
  Object.keys(tags).length > 0 ? tagList(tags) : undefined;

const tagCharacters = 'regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+';

export function readTags(tags: readonly Tag[] | undefined, present: Readonly<Record<string, string>> = {}): Record<string, string> {
  const merged: Record<string, string> = { ...present };
  const seen = new Set<string>();
  for (const { Key, Value } of tags ?? []) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key)) throw invalidValue('Tags.Key', Key, `Member must satisfy ${tagCharacters}`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value))
      throw invalidValue('Tags.Value', Value, `Member must satisfy ${tagCharacters}`);
    if (seen.has(Key.toLowerCase()))
      throw new Fault('InvalidInput', 400, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    seen.add(Key.toLowerCase());
    for (const old of Object.keys(merged)) if (old.toLowerCase() === Key.toLowerCase()) delete merged[old];
    merged[Key] = Value;
  }
  if (Object.keys(merged).length > quotas.tags) throw overQuota('TagsPerEntity', quotas.tags);
  return merged;
}

export interface Paging {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** A page of a list as IAM returns it: always `IsTruncated`, and `Marker` if there is more. */
export function listing<T>(member: string, items: readonly T[], { Marker, MaxItems = 100 }: Paging): Record<string, unknown> {
  const start = Marker === undefined ? 0 : place(Marker);
  const end = start + MaxItems;
  const more = end < items.length;
  return { [member]: items.slice(start, end), IsTruncated: more, Marker: more ? markerAt(end) : undefined };
}

export const markerAt = (index: number): string => Buffer.from(`marker:${index}`).toString('base64');

export function place(marker: string): number {
  const index = /^marker:(\d{1,9})$/.exec(Buffer.from(marker, 'base64').toString())?.[1];
  if (index === undefined) throw invalid('Invalid Marker.');
  return Number(index);
}

/** IAM sorts lists by name. */
export const byName = <T extends { readonly name: string }>(entities: readonly T[]): T[] =>
  [...entities].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));

export const underPath = <T extends { readonly path: string }>(entities: readonly T[], prefix = '/'): T[] =>
  entities.filter((entity) => entity.path.startsWith(prefix));
