import type { ReadCloud } from '../../core/cloud.js';
import type { JournalEntry } from '../../core/journal.js';
import type { KeyLocation, KeyRow, LastUse } from '../../core/keys.js';
import { map, type Reading } from '../../core/reading.js';
import type { StoredSecret } from '../../core/secret.js';
import { listKeys, readKeyUse } from '../../steps/shared/people.js';
import { dayMs } from '../../steps/shared/values.js';

/** An access key as IAM lists it; `user` is null for root. */
export interface UserKey {
  readonly id: string;
  readonly user: string | null;
  readonly active: boolean;
  readonly createdAt: Date | undefined;
}

/** A key with its last use and where its secret is stored. */
export interface ObservedKey extends UserKey {
  readonly lastUsed: LastUse;
  /** Where its secret is stored on this computer. */
  readonly heldIn: readonly KeyLocation[];
}

/** The keys of a user; null: root's keys, which only root can list. undefined: the user does not exist. */
export const readKeys = async (cloud: ReadCloud, user: string | null): Promise<Reading<readonly UserKey[] | undefined>> =>
  map(await listKeys(cloud, user), (keys) => keys?.map((key) => ({ ...key, user })));

export const readUserNames = async (cloud: ReadCloud): Promise<Reading<readonly string[]>> =>
  map(await cloud.readAll('iam:ListUsers', {}), (pages) => pages.flatMap((page) => (page.Users ?? []).map((user) => user.UserName ?? '')));

/** AWS rounds the time to 15 minutes. */
export const readLastUse = async (cloud: ReadCloud, id: string): Promise<LastUse> => {
  const use = await readKeyUse(cloud, id);
  if (!use.ok) return 'unknown';
  return use.value === undefined ? null : { ...use.value, at: use.value.at.toISOString() };
};

/** What is stored on this computer. */
export interface KeyStorage {
  readonly held: readonly StoredSecret[];
  /** Name of the secrets file in messages. */
  readonly secretsFile: string | undefined;
}

export const observeKeys = async (cloud: ReadCloud, keys: readonly UserKey[], storage: KeyStorage): Promise<readonly ObservedKey[]> =>
  Promise.all(keys.map(async (key) => ({ ...key, lastUsed: await readLastUse(cloud, key.id), heldIn: heldPlaces(key.id, storage) })));

/** The key of a profile is listed with the user "profile NAME" (`profileMark`). */
const heldPlaces = (id: string, { held, secretsFile }: KeyStorage): readonly KeyLocation[] =>
  held
    .filter((mark) => mark.kind === 'access-key' && mark.id === id)
    .map(
      ({ user }): KeyLocation =>
        user.startsWith('profile ')
          ? { kind: 'profile', name: user.slice('profile '.length) }
          : { kind: 'secrets-file', name: secretsFile ?? 'the secrets file' },
    );

/** A key as the report shows it. If its secret is no longer found, the journal shows where it was stored. */
export const rowOf = (
  key: ObservedKey,
  { now, inUse, journal }: { readonly now: Date; readonly inUse: string; readonly journal: readonly JournalEntry[] },
): KeyRow => {
  const stored = journal.findLast((entry) => entry.kind === 'access-key' && entry.made === key.id && entry.place !== null);
  const recorded: readonly KeyLocation[] = stored?.place ? [{ kind: 'noted', name: stored.place, at: stored.at }] : [];
  return {
    user: key.user,
    accessKeyId: key.id,
    status: key.active ? 'active' : 'inactive',
    createdAt: key.createdAt?.toISOString() ?? null,
    ageDays: key.createdAt === undefined ? null : Math.max(0, Math.floor((now.getTime() - key.createdAt.getTime()) / dayMs)),
    lastUsed: key.lastUsed,
    storedIn: key.heldIn.length > 0 ? key.heldIn : recorded,
    inUse: key.id === inUse,
  };
};
