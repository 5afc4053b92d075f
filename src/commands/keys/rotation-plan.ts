import type { JournalEntry } from '../../core/journal.js';
import { keysCommand } from '../../core/keys.js';
import { wasCreatedFor } from '../../steps/shared/journal.js';
import { sameName } from '../../steps/shared/people.js';
import { describeUse, keyError } from './errors.js';
import type { ObservedKey } from './reads.js';

export interface RotationRequest {
  readonly user: string;
  /** The key to replace; undefined: the only key, or the only active one. */
  readonly key: string | undefined;
  /** A second, inactive key may be deleted to make room. */
  readonly deleteInactive: boolean;
}

/** A key to delete to make room. `lost`: an earlier run created it and its secret was never stored, so no one can use it. */
export interface Discard {
  readonly key: ObservedKey;
  readonly why: 'lost' | 'inactive';
}

export type RotationPlan =
  | { readonly kind: 'create'; readonly old: ObservedKey; readonly discard: readonly Discard[] }
  /** An earlier run created and stored the new key. `old` is undefined if it is already deleted. */
  | { readonly kind: 'finish'; readonly old: ObservedKey | undefined; readonly newKey: ObservedKey; readonly entry: JournalEntry };

export interface RotationFacts {
  readonly keys: readonly ObservedKey[];
  /** Entries of the journal, of this account. */
  readonly journal: readonly JournalEntry[];
  /** The key that signs the run. */
  readonly inUse: string;
}

/**
 * What a rotation has to do. Throws if it cannot be done: AWS allows two keys per user, and a key that may be in use is never deleted
 * to make room. Pure.
 */
export const planRotation = (request: RotationRequest, facts: RotationFacts): RotationPlan => {
  const { user, key } = request;
  const { keys, inUse } = facts;
  const pending = pendingEntries(facts.journal, user);
  if (keys.length === 0) {
    throw keyError('E-KEY-NONE', {
      message: `${user} has no access key, so there is nothing to rotate.`,
      next: 'Nothing to do. `bootstrap init` creates a key if the config asks for one.',
    });
  }
  if (key !== undefined && !keys.some(({ id }) => id === key)) throw unknownKey(user, key, keys);

  const finish = pending.map((entry) => finishOf(entry, request, keys)).find((plan) => plan !== undefined);
  if (finish !== undefined) return finish;

  const isLost = lostAmong(facts, pending);
  const old = oldKey(
    request,
    keys,
    keys.filter((one) => !isLost(one)),
  );
  if (!old.active) throw inactiveError(user, old);
  const discard = keys
    .filter(({ id }) => id !== old.id)
    .map((second): Discard => {
      if (isLost(second)) return { key: second, why: 'lost' };
      if (!second.active && request.deleteInactive && second.id !== inUse) return { key: second, why: 'inactive' };
      throw limitError(user, old, second);
    });
  return { kind: 'create', old, discard };
};

/**
 * Whether a key was lost: an open entry was for it, it was never used, and its secret is stored nowhere, also not according to another entry.
 * An entry is for one key: if it fits several, none of them is proven.
 */
const lostAmong = ({ keys, journal, inUse }: RotationFacts, pending: readonly JournalEntry[]): ((key: ObservedKey) => boolean) => {
  const isStored = ({ id, heldIn }: ObservedKey): boolean =>
    heldIn.length > 0 || journal.some(({ kind, made, place }) => kind === 'access-key' && made === id && place !== null);
  const candidates = keys.filter((key) => key.id !== inUse && !isStored(key));
  const open = pending.filter(({ state }) => state === 'open');
  const proven = open.map((entry) => candidates.filter((key) => isOfEntry(entry, key))).filter(({ length }) => length === 1);
  return (key) => key.lastUsed === null && proven.flat().includes(key);
};

/** The unfinished journal entries of this user's keys. */
export const pendingEntries = (journal: readonly JournalEntry[], user: string): readonly JournalEntry[] =>
  journal.filter((entry) => entry.kind === 'access-key' && entry.state !== 'closed' && sameName(entry.user, user));

/** Whether the key is the one that the entry was opened for. */
const isOfEntry = (entry: JournalEntry, { id, createdAt }: ObservedKey): boolean =>
  entry.made === null ? !entry.before.includes(id) && wasCreatedFor(entry, createdAt) : entry.made === id;

const finishOf = (entry: JournalEntry, { key }: RotationRequest, keys: readonly ObservedKey[]): RotationPlan | undefined => {
  if (entry.replaces === null || (key !== undefined && key !== entry.replaces)) return undefined;
  const newKey = keys.find((one) => one.active && isOfEntry(entry, one) && (entry.state === 'stored' || one.heldIn.length > 0));
  if (newKey === undefined) return undefined;
  return { kind: 'finish', old: keys.find(({ id }) => id === entry.replaces), newKey, entry };
};

const oldKey = ({ user, key }: RotationRequest, keys: readonly ObservedKey[], usable: readonly ObservedKey[]): ObservedKey => {
  const named = keys.find(({ id }) => id === key);
  if (named !== undefined) return named;
  const active = usable.filter((one) => one.active);
  const [first, second] = active.length > 0 ? active : usable.length > 0 ? usable : keys;
  if (first !== undefined && (second === undefined || usable.length === 0)) return first;
  throw limitError(user, first as ObservedKey, second as ObservedKey);
};

const describe = ({ id, active, lastUsed, heldIn }: ObservedKey): string =>
  `${id} (${active ? 'active' : 'inactive'}, ${describeUse(lastUsed)}${heldIn[0]?.kind === 'profile' ? `, in the profile ${heldIn[0].name}` : ''})`;

export const unknownKey = (user: string | null, key: string, keys: readonly Pick<ObservedKey, 'id'>[]) =>
  keyError('E-KEY-UNKNOWN', {
    message: `${user ?? 'Root'} has no access key ${key}.`,
    next: keys.length === 0 ? '`bootstrap keys list` shows all keys.' : `Pass an existing key: ${keys.map(({ id }) => id).join(' or ')}.`,
  });

const inactiveError = (user: string, { id }: ObservedKey) =>
  keyError('E-KEY-INACTIVE', {
    message: `The key ${id} of ${user} is inactive, so nothing uses it and there is nothing to rotate.`,
    next: `Delete it (\`${keysCommand('delete', user, id)}\`), or enable it first (\`${keysCommand('enable', user, id)}\`).`,
  });

/** Both keys, and a safe next step. */
const limitError = (user: string, old: ObservedKey, second: ObservedKey) => {
  const why = `AWS allows two access keys per user, and ${user} has two: ${describe(old)} and ${describe(second)}. A rotation needs room for a new key.`;
  const remove = `\`${keysCommand('delete', user, second.id)}\``;
  if (!second.active) {
    return keyError('E-KEY-LIMIT', {
      message: why,
      next: `Add --delete-inactive to delete ${second.id}, or delete it yourself: ${remove}.`,
    });
  }
  const neverUsed = second.lastUsed === null ? second : old.lastUsed === null ? old : undefined;
  const disable = `\`${keysCommand('disable', user, neverUsed?.id ?? 'KEY')}\``;
  return keyError('E-KEY-LIMIT', {
    message: why,
    next:
      neverUsed === undefined
        ? `Find out which key is not needed and disable it (${disable}). If nothing needs it, run this again with --delete-inactive.`
        : `${neverUsed.id} was never used: disable it (${disable}). If nothing needs it, run this again with --delete-inactive.`,
  });
};
