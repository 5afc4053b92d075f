import type { ReadCloud } from '../../core/cloud.js';
import type { Journal, JournalEntry } from '../../core/journal.js';
import type { StoredSecret } from '../../core/secret.js';
import { type AccessKey, sameName } from '../shared/people.js';

/**
 * Access keys that a run of this computer made and whose secret it lost: it ended, or the answer did, before the secret was stored.
 * Nobody can use such a key, ever, and it takes one of a user's two places.
 */
export interface LostKey {
  readonly id: string;
  /** The entry of the journal that proves it. */
  readonly entry: string;
}

/** AWS's clock and this computer's may differ by so much. */
const skewMs = 5 * 60_000;
/** A key is made soon after its entry was opened, or not at all: requests are given up after minutes. */
const longestMs = 15 * 60_000;

/**
 * What the journal says could be lost: not there before, not stored anywhere, made in the minutes after the entry was opened. One
 * entry stands for one key, so where more keys fit than entries could have made, none is proven.
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
  const fits = (entry: JournalEntry, { id, createdAt }: AccessKey): boolean => {
    if (stored.has(id) || entry.before.includes(id)) return false;
    if (entry.made !== null) return entry.made === id;
    if (createdAt === undefined) return false;
    const late = createdAt.getTime() - Date.parse(entry.at);
    return late >= -skewMs && late <= longestMs;
  };
  const named = open.flatMap((entry) =>
    keys.filter((key) => entry.made !== null && fits(entry, key)).map(({ id }) => ({ id, entry: entry.id })),
  );
  const unnamed = open.filter(({ made }) => made === null);
  const rest = keys.filter((key) => !named.some(({ id }) => id === key.id) && unnamed.some((entry) => fits(entry, key)));
  if (rest.length > unnamed.length) return named;
  return [...named, ...rest.map(({ id, ...key }) => ({ id, entry: unnamed.findLast((entry) => fits(entry, { id, ...key }))?.id ?? '' }))];
};

/** A user's keys as far as they are there, and those of them that were lost: nobody has ever used these, as far as AWS tells. */
export const readLostKeys = async (
  { cloud, journal }: { readonly cloud: ReadCloud; readonly journal: Pick<Journal, 'entries'> },
  accountId: string,
  user: string,
  listed: readonly AccessKey[],
  held: readonly StoredSecret[],
): Promise<{ readonly keys: readonly AccessKey[]; readonly lost: readonly LostKey[] }> => {
  const entries = await journal.entries(accountId);
  // IAM goes on to list a key for a while that was deleted.
  const deleted = entries.flatMap(({ kind, made, state, place }) =>
    kind === 'access-key' && state === 'closed' && place === null ? [made] : [],
  );
  const keys = listed.filter(({ id }) => !deleted.includes(id));
  const candidates = lostCandidates(entries, user, keys, held);
  const unused = await Promise.all(
    candidates.map(async ({ id }) => {
      const use = await cloud.read('iam:GetAccessKeyLastUsed', { AccessKeyId: id });
      return use.ok && use.value.AccessKeyLastUsed?.LastUsedDate === undefined;
    }),
  );
  return { keys, lost: candidates.filter((_, index) => unused[index]) };
};
