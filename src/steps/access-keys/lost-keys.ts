import type { Caller } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import type { StoredSecret } from '../../core/secret.js';
import { type AccessKey, readLastUse, sameName } from '../shared/people.js';

/**
 * An access key that a run on this computer created and whose secret was lost: the run ended, or the response was lost, before the
 * secret was stored. No one can ever use such a key, and it counts toward the limit of two keys per user.
 */
export interface LostKey {
  readonly id: string;
  /** Id of the journal entry that proves it. */
  readonly entry: string;
}

/** Largest expected difference between AWS's clock and this computer's. */
const maxSkewMs = 5 * 60_000;
/** A key is created within this time after its journal entry was opened: requests time out after minutes. */
const maxDelayMs = 15 * 60_000;

/**
 * The keys that are lost according to the journal: they did not exist before, were not stored anywhere, and were created in the
 * minutes after an entry was opened. Each entry is for one key, so if more keys match than there are entries, none is proven.
 */
export const lostCandidates = (
  entries: readonly JournalEntry[],
  user: string,
  keys: readonly AccessKey[],
  held: readonly StoredSecret[],
): readonly LostKey[] => {
  const open = entries.filter((entry) => entry.state === 'open' && entry.kind === 'access-key' && sameName(entry.user, user));
  const stored = new Set([
    ...held.filter(({ kind }) => kind === 'access-key').map(({ id }) => id),
    ...entries.filter(({ state }) => state !== 'open').map(({ made }) => made),
  ]);
  const matches = (entry: JournalEntry, { id, createdAt }: AccessKey): boolean => {
    if (stored.has(id) || entry.before.includes(id)) return false;
    if (entry.made !== null) return entry.made === id;
    if (createdAt === undefined) return false;
    const delay = createdAt.getTime() - Date.parse(entry.at);
    return delay >= -maxSkewMs && delay <= maxDelayMs;
  };
  const withId = open.flatMap((entry) =>
    keys.filter((key) => entry.made !== null && matches(entry, key)).map(({ id }) => ({ id, entry: entry.id })),
  );
  const withoutId = open.filter(({ made }) => made === null);
  const rest = keys.filter((key) => !withId.some(({ id }) => id === key.id) && withoutId.some((entry) => matches(entry, key)));
  if (rest.length > withoutId.length) return withId;
  return [...withId, ...rest.map((key) => ({ id: key.id, entry: withoutId.findLast((entry) => matches(entry, key))?.id ?? '' }))];
};

/** A user's keys, and which of them were lost: AWS knows of no use of these. It may not know yet of the use by this run. */
export const readLostKeys = async (
  { cloud, journal }: { readonly cloud: ReadCloud; readonly journal: Pick<Journal, 'entries'> },
  { accountId, signingKey }: Pick<Caller, 'accountId' | 'signingKey'>,
  user: string,
  listed: readonly AccessKey[],
  held: readonly StoredSecret[],
): Promise<{ readonly keys: readonly AccessKey[]; readonly lost: readonly LostKey[] }> => {
  const entries = await journal.entries(accountId);
  // IAM may still list a deleted key for a while.
  const deleted = entries.flatMap(({ kind, made, state, place }) =>
    kind === 'access-key' && state === 'closed' && place === null ? [made] : [],
  );
  const keys = listed.filter(({ id }) => !deleted.includes(id));
  const candidates = lostCandidates(entries, user, keys, held).filter(({ id }) => id !== signingKey);
  const unused = await Promise.all(
    candidates.map(async (key) => {
      const use = await readLastUse(cloud, key);
      return use.ok && use.value === undefined;
    }),
  );
  return { keys, lost: candidates.filter((_, index) => unused[index]) };
};
