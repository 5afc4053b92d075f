import type { JournalEntry } from '../../core/journal.js';
import { describeUse, keyError } from './errors.js';
import { type ObservedKey, sameName } from './reads.js';

export interface RotationRequest {
  readonly user: string;
  /** The key that is to be replaced; undefined: the only one, or the only active one. */
  readonly key: string | undefined;
  /** A second key that is switched off may be deleted to make room. */
  readonly deleteInactive: boolean;
}

/** A key that stands in the way and may go. `lost`: an earlier run made it and its secret was never kept; nobody can use it. */
export interface Discard {
  readonly key: ObservedKey;
  readonly why: 'lost' | 'inactive';
}

export type RotationPlan =
  | { readonly kind: 'make'; readonly old: ObservedKey; readonly discard: readonly Discard[] }
  /** An earlier run made and stored the new key. `old` is undefined when it is gone already. */
  | { readonly kind: 'finish'; readonly old: ObservedKey | undefined; readonly fresh: ObservedKey; readonly entry: JournalEntry };

export interface RotationFacts {
  readonly keys: readonly ObservedKey[];
  /** Entries of the journal, of this account. */
  readonly journal: readonly JournalEntry[];
  /** The key that signs the run. */
  readonly inUse: string;
}

/**
 * What a rotation has to do, from what there is. Throws when it cannot be done: AWS allows a user two keys, and one that may be in use
 * is never taken away for a new one. Pure.
 */
export const planRotation = (request: RotationRequest, facts: RotationFacts): RotationPlan => {
  const { user, key } = request;
  const { keys, inUse } = facts;
  const flights = pendingEntries(facts.journal, user);
  if (keys.length === 0) {
    throw keyError('E-KEY-NONE', {
      message: `${user} has no access key, so there is nothing to rotate.`,
      next: 'Nothing needs doing; `bootstrap init` makes a key where the config wants one.',
    });
  }
  if (key !== undefined && !keys.some(({ id }) => id === key)) throw unknownKey(user, key, keys);

  const finish = flights.map((entry) => finishOf(entry, request, keys)).find((plan) => plan !== undefined);
  if (finish !== undefined) return finish;

  const isLost = (one: ObservedKey): boolean =>
    one.id !== inUse &&
    one.heldIn.length === 0 &&
    one.lastUsed === null &&
    flights.some((entry) => entry.state === 'open' && wasMadeBy(entry, one));
  const old = oldKey(
    request,
    keys,
    keys.filter((one) => !isLost(one)),
  );
  if (!old.active) throw inactive(user, old);
  const discard = keys
    .filter(({ id }) => id !== old.id)
    .map((second): Discard => {
      if (isLost(second)) return { key: second, why: 'lost' };
      if (!second.active && request.deleteInactive) return { key: second, why: 'inactive' };
      throw noRoom(user, old, second);
    });
  return { kind: 'make', old, discard };
};

export const pendingEntries = (journal: readonly JournalEntry[], user: string): readonly JournalEntry[] =>
  journal.filter((entry) => entry.kind === 'access-key' && entry.state !== 'closed' && sameName(entry.user, user));

/** This computer's clock and AWS's differ, and a call may take its time; a key made much later is somebody else's. */
const slackMs = 15 * 60_000;

/** Whether the key is the one that the entry was opened for. */
const wasMadeBy = ({ made, before, at }: JournalEntry, { id, createdAt }: ObservedKey): boolean => {
  if (made !== null) return made === id;
  return !before.includes(id) && createdAt !== undefined && Math.abs(createdAt.getTime() - Date.parse(at)) <= slackMs;
};

const finishOf = (entry: JournalEntry, { key }: RotationRequest, keys: readonly ObservedKey[]): RotationPlan | undefined => {
  if (entry.replaces === null || (key !== undefined && key !== entry.replaces)) return undefined;
  const fresh = keys.find((one) => one.active && wasMadeBy(entry, one) && (entry.state === 'stored' || one.heldIn.length > 0));
  if (fresh === undefined) return undefined;
  return { kind: 'finish', old: keys.find(({ id }) => id === entry.replaces), fresh, entry };
};

const oldKey = ({ user, key }: RotationRequest, keys: readonly ObservedKey[], kept: readonly ObservedKey[]): ObservedKey => {
  const named = keys.find(({ id }) => id === key);
  if (named !== undefined) return named;
  const active = kept.filter((one) => one.active);
  const [first, second] = active.length > 0 ? active : kept.length > 0 ? kept : keys;
  if (first !== undefined && (second === undefined || kept.length === 0)) return first;
  throw noRoom(user, first as ObservedKey, second as ObservedKey);
};

const describe = ({ id, active, lastUsed, heldIn }: ObservedKey): string =>
  `${id} (${active ? 'active' : 'inactive'}, ${describeUse(lastUsed)}${heldIn[0]?.kind === 'profile' ? `, in the profile ${heldIn[0].name}` : ''})`;

export const unknownKey = (user: string | null, key: string, keys: readonly Pick<ObservedKey, 'id'>[]) =>
  keyError('E-KEY-UNKNOWN', {
    message: `${user ?? 'Root'} has no access key ${key}.`,
    next: keys.length === 0 ? 'Look with `bootstrap keys list`.' : `Name one that is there: ${keys.map(({ id }) => id).join(' or ')}.`,
  });

const inactive = (user: string, { id }: ObservedKey) =>
  keyError('E-KEY-INACTIVE', {
    message: `The key ${id} of ${user} is switched off, so nothing uses it and there is nothing to rotate.`,
    next: `Delete it (\`bootstrap keys delete --user ${user} --key ${id}\`), or switch it on first (\`bootstrap keys enable --user ${user} --key ${id}\`).`,
  });

/** The limit, which key stands in the way, and the one way out that harms nobody. */
const noRoom = (user: string, old: ObservedKey, second: ObservedKey) => {
  const why = `AWS allows a user two access keys, and ${user} has two: ${describe(old)} and ${describe(second)}. A rotation needs room for a new one.`;
  const remove = `\`bootstrap keys delete --user ${user} --key ${second.id}\``;
  if (!second.active) {
    return keyError('E-KEY-LIMIT', {
      message: why,
      next: `Add --delete-inactive to delete ${second.id} for it, or delete it yourself: ${remove}.`,
    });
  }
  const idle = second.lastUsed === null ? second : old.lastUsed === null ? old : undefined;
  const disable = `\`bootstrap keys disable --user ${user} --key ${idle?.id ?? 'KEY'}\``;
  return keyError('E-KEY-LIMIT', {
    message: why,
    next:
      idle === undefined
        ? `Find out which one can go and switch it off (${disable}); when nothing misses it, run this again with --delete-inactive.`
        : `${idle.id} was never used: switch it off (${disable}); if nothing misses it, run this again with --delete-inactive.`,
  });
};
