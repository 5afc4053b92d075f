import type { ReadCloud } from '../../core/cloud.js';
import type { JournalEntry } from '../../core/journal.js';
import type { KeyLocation, KeyRow, LastUse } from '../../core/keys.js';
import { map, type Reading } from '../../core/reading.js';
import type { StoredSecret } from '../../core/secret.js';

/** An access key as IAM lists it; `user` is null for root. */
export interface UserKey {
  readonly id: string;
  readonly user: string | null;
  readonly active: boolean;
  readonly createdAt: Date | undefined;
}

/** A key with what there is to know about it. */
export interface ObservedKey extends UserKey {
  readonly lastUsed: LastUse;
  /** Where its secret is now, on this computer. */
  readonly heldIn: readonly KeyLocation[];
}

/** IAM's names are unique without regard to case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * The keys of a user, or root's own for null, which only root can ask for. undefined: there is no such user.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
 */
export const readKeys = async (cloud: ReadCloud, user: string | null): Promise<Reading<readonly UserKey[] | undefined>> => {
  const found = await cloud.findAll('iam:ListAccessKeys', user === null ? {} : { UserName: user }, ['NoSuchEntity']);
  return map(found, (pages) =>
    pages
      ?.flatMap((page) => page.AccessKeyMetadata ?? [])
      .map((key) => ({
        id: key.AccessKeyId ?? '',
        user: user === null ? null : (key.UserName ?? user),
        active: key.Status === 'Active',
        createdAt: key.CreateDate,
      })),
  );
};

export const readUserNames = async (cloud: ReadCloud): Promise<Reading<readonly string[]>> =>
  map(await cloud.readAll('iam:ListUsers', {}), (pages) => pages.flatMap((page) => (page.Users ?? []).map((user) => user.UserName ?? '')));

/** No date means never. AWS gives the time in steps of a quarter of an hour. */
export const readLastUse = async (cloud: ReadCloud, id: string): Promise<LastUse> => {
  const reading = await cloud.read('iam:GetAccessKeyLastUsed', { AccessKeyId: id });
  if (!reading.ok) return 'unknown';
  const { LastUsedDate, ServiceName, Region } = reading.value.AccessKeyLastUsed ?? {};
  return LastUsedDate === undefined ? null : { at: LastUsedDate.toISOString(), service: ServiceName ?? '', region: Region ?? '' };
};

export interface Surroundings {
  readonly held: readonly StoredSecret[];
  /** How the secrets file is called in messages. */
  readonly secretsFile: string | undefined;
}

export const observeKeys = async (cloud: ReadCloud, keys: readonly UserKey[], around: Surroundings): Promise<readonly ObservedKey[]> =>
  Promise.all(keys.map(async (key) => ({ ...key, lastUsed: await readLastUse(cloud, key.id), heldIn: heldPlaces(key.id, around) })));

/** Profiles show in what a destination holds as keys of a user "profile NAME" (`profileMark`). */
const heldPlaces = (id: string, { held, secretsFile }: Surroundings): readonly KeyLocation[] =>
  held
    .filter((mark) => mark.kind === 'access-key' && mark.id === id)
    .map(
      ({ user }): KeyLocation =>
        user.startsWith('profile ')
          ? { kind: 'profile', name: user.slice('profile '.length) }
          : { kind: 'secrets-file', name: secretsFile ?? 'the secrets file' },
    );

const dayMs = 86_400_000;

/** What is shown of a key. Where its secret once went is told by the journal when it is not found any more. */
export const rowOf = (
  key: ObservedKey,
  { now, inUse, journal }: { readonly now: Date; readonly inUse: string; readonly journal: readonly JournalEntry[] },
): KeyRow => {
  const noted = journal.findLast((entry) => entry.kind === 'access-key' && entry.made === key.id && entry.place !== null);
  const remembered: readonly KeyLocation[] = noted?.place ? [{ kind: 'noted', name: noted.place, at: noted.at }] : [];
  return {
    user: key.user,
    accessKeyId: key.id,
    status: key.active ? 'active' : 'inactive',
    createdAt: key.createdAt?.toISOString() ?? null,
    ageDays: key.createdAt === undefined ? null : Math.max(0, Math.floor((now.getTime() - key.createdAt.getTime()) / dayMs)),
    lastUsed: key.lastUsed,
    storedIn: key.heldIn.length > 0 ? key.heldIn : remembered,
    inUse: key.id === inUse,
  };
};
