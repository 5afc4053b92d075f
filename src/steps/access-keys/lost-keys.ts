import type { Caller } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import type { StoredSecret } from '../../core/secret.js';
import { wasCreatedFor } from '../shared/journal.js';
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

/**
 * The keys that are lost according to the journal: they did not exist before, were not stored anywhere, and were created in the
 * minute after an entry was opened. Each entry is for one key, so if more keys match than there are entries, none is proven.
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
    return entry.made === null ? wasCreatedFor(entry, createdAt) : entry.made === id;
  };
  const withId = open.flatMap((entry) =>
    keys.filter((key) => entry.made !== null && matches(entry, key)).map(({ id }) => ({ id, entry: entry.id })),
  );
  const withoutId = open.filter(({ made }) => made === null);
  const rest = keys.flatMap((key) => {
    const entry = withId.some(({ id }) => id === key.id) ? undefined : withoutId.findLast((one) => matches(one, key));
    return entry === undefined ? [] : [{ id: key.id, entry: entry.id }];
  });
  return rest.length > withoutId.length ? withId : [...withId, ...rest];
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
