import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Random } from '../core/clock.js';
import { BootstrapError } from '../core/errors.js';
import type { Journal, JournalEntry } from '../core/journal.js';
import type { SecretSink } from '../core/secret.js';
import { destinationError, errorCode, storeError, whyRefused } from './destination.js';
import { replaceFile, serially } from './durable-file.js';
import { isHolderGone, type Lock, holderName, tryLock } from './lock.js';

export interface JournalOptions {
  /** Made when the first entry is opened, 0700. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Hears once that a file could not be read, and what became of it. */
  readonly warn?: (text: string) => void;
}

const lockPatienceMs = 10_000;
/** Whose process cannot be looked at (another computer, a container that is gone) is taken for dead after this. */
const longestFlightMs = 3_600_000;

/**
 * One file an account: `FOLDER/ACCOUNT.json`, 0600, replaced as a whole and synced before anything goes on. `open` throws
 * E-SECRETS-DESTINATION (exit 2) when it cannot be written, so that no secret is made without it.
 *
 * What another process has in flight at this moment is not among `entries`: a key whose secret it is about to store would look
 * like one whose secret was lost.
 */
export const makeJournal = ({ folder, clock, random, warn = () => {} }: JournalOptions): Journal => {
  const inTurn = serially();
  /** Entries of this run, by id, with their account. */
  const own = new Map<string, string>();
  const warned = new Set<string>();
  const pathOf = (accountId: string): string => join(folder, `${accountId.replaceAll(/\W/g, '_')}.json`);

  const warnOnce = (text: string): void => {
    if (!warned.has(text)) warn(text);
    warned.add(text);
  };

  const change = async (accountId: string, edit: (entries: readonly JournalRecord[]) => readonly JournalRecord[]): Promise<void> => {
    const path = pathOf(accountId);
    await makeFolders(folder);
    const lock = await waitForLock(`${path}.lock`, clock);
    try {
      const text = await textOf(path);
      const entries = text === undefined ? [] : parseJournal(text, accountId);
      if (entries === undefined) await moveAside(path);
      await replaceFile({ path, data: Buffer.from(printJournal(edit(entries ?? []), accountId)), mode: 0o600 });
    } finally {
      await lock.release();
    }
  };

  /** What cannot be understood is kept for a person, and does not stand in the way of the next run. */
  const moveAside = async (path: string): Promise<void> => {
    const aside = `${path}.damaged-${clock.now().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
    await rename(path, aside);
    warnOnce(`The journal of secrets in flight could not be understood; it is kept as ${aside}.`);
  };

  return {
    entries: async (accountId) => {
      const path = pathOf(accountId);
      try {
        const text = await textOf(path);
        const entries = text === undefined ? [] : parseJournal(text, accountId);
        if (entries === undefined) warnOnce(`The journal of secrets in flight cannot be understood, so nothing is repaired: ${path}`);
        return (entries ?? [])
          .filter((entry) => entry.state === 'closed' || own.has(entry.id) || isAbandoned(entry, clock))
          .map(withoutHolder);
      } catch (error) {
        warnOnce(`The journal of secrets in flight cannot be read (${whyRefused(error)}), so nothing is repaired: ${path}`);
        return [];
      }
    },

    open: (entry) =>
      inTurn(async () => {
        const at = clock.now().toISOString();
        const holder = holderName();
        let opened: JournalRecord | undefined;
        try {
          await change(entry.accountId, (entries) => {
            const name = `${at.replaceAll(/\D/g, '')}-${random(8, 'abcdefghijkmnpqrstuvwxyz23456789')}`;
            const id = freeId(name, entries);
            opened = { ...entry, id, at, made: null, state: 'open', place: null, holder };
            return [...entries, opened];
          });
        } catch (error) {
          if (error instanceof BootstrapError) throw error;
          throw destinationError(
            `The journal of secrets in flight cannot be written: ${pathOf(entry.accountId)} (${whyRefused(error)}).`,
            'Mend that and run the same command again; without it a crash could lose what was under way.',
            error,
          );
        }
        const made = opened as unknown as JournalRecord;
        own.set(made.id, made.accountId);
        return withoutHolder(made);
      }),

    note: (id, noted) =>
      inTurn(async () => {
        const accountId = own.get(id) ?? (await accountOfEntry(folder, id));
        if (accountId === undefined) throw new Error(`there is no entry ${id} in the journal`);
        try {
          await change(accountId, (entries) => entries.map((entry) => (entry.id === id ? { ...entry, ...noted } : entry)));
        } catch (error) {
          if (error instanceof BootstrapError) throw error;
          // Not a fault of the tool: a disk that became full, or read-only.
          throw storeError(
            `The journal of secrets in flight could not be written: ${pathOf(accountId)} (${whyRefused(error)}).`,
            'Mend that and run the same command again; it goes on from here.',
            error,
          );
        }
      }),
  };
};

/**
 * Closes entries of access keys that are where they belong: their run ended after it stored them and before it could say so. Left open,
 * an entry would take the key for a lost one as soon as a person moves it to another place.
 */
export const resolvePendingSecrets = async (
  journal: Pick<Journal, 'entries' | 'note'>,
  accountId: string,
  sink: Pick<SecretSink, 'holds' | 'place'>,
): Promise<void> => {
  const open = (await journal.entries(accountId)).filter(
    ({ kind, state, made, replaces }) => kind === 'access-key' && state === 'open' && made !== null && replaces === null,
  );
  if (open.length === 0) return;
  const held = await sink.holds();
  for (const { id, made } of open) {
    const mark = held.find((one) => one.kind === 'access-key' && one.id === made);
    if (mark === undefined) continue;
    const place = mark.user.startsWith('profile ') ? `the ${mark.user}` : sink.place('console-password');
    // A journal that cannot be written now is no reason to stop: the next run tries again.
    await journal.note(id, { state: 'closed', place }).catch(() => {});
  }
};

const withoutHolder = ({ holder: _, ...entry }: JournalRecord): JournalEntry => entry;

const isAbandoned = ({ holder, at }: JournalRecord, clock: Clock): boolean =>
  isHolderGone(holder) || Math.abs(clock.now().getTime() - Date.parse(at)) > longestFlightMs;

const freeId = (name: string, entries: readonly JournalRecord[]): string => {
  const taken = new Set(entries.map(({ id }) => id));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return id;
  }
};

/** The journal that an entry of an earlier run is in: an id does not name its account. */
const accountOfEntry = async (folder: string, id: string): Promise<string | undefined> => {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    const accountId = name.slice(0, -'.json'.length);
    const entries = parseJournal((await textOf(join(folder, name))) ?? '', accountId) ?? [];
    if (entries.some((entry) => entry.id === id)) return accountId;
  }
  return undefined;
};

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** One level after the other: asked for several, Node tries for ever where a file system answers ENOENT, as /proc does. */
export const makeFolders = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolders(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch((again: unknown) => {
      if (errorCode(again) !== 'EEXIST') throw again;
    });
  }
};

const waitForLock = async (name: string, clock: Clock): Promise<Lock> => {
  for (let waited = 0, delay = 5; ; waited += delay, delay = Math.min(delay * 2, 100)) {
    const taken = await tryLock(name);
    if ('release' in taken) return taken;
    if (waited >= lockPatienceMs) {
      throw destinationError(
        `Another run holds the journal of secrets in flight (${taken.heldBy}): ${name}.`,
        `Wait for it to end; if there is none, delete ${name} and run the same command again.`,
      );
    }
    await clock.sleep(delay);
  }
};

/** An entry as it stands in the file: with the process that is at it, so that another one leaves it alone meanwhile. */
export interface JournalRecord extends JournalEntry {
  /** `4711 hostname`. */
  readonly holder: string;
}

/** Closed entries kept for looking back: who got what, when, and where it went. */
const closedKept = 100;

/** undefined when the text is not a journal of this account. */
const parseJournal = (text: string, accountId: string): readonly JournalRecord[] | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { version, account, entries } = parsed as Record<string, unknown>;
  if (version !== 1 || account !== accountId || !Array.isArray(entries)) return undefined;
  return entries.every((entry) => isEntry(entry, accountId)) ? entries : undefined;
};

/** Entries that are open stay, however many there are. */
const printJournal = (entries: readonly JournalRecord[], accountId: string): string => {
  const closed = entries.filter(({ state }) => state === 'closed');
  const old = new Set(closed.slice(0, Math.max(0, closed.length - closedKept)));
  const kept = entries.filter((entry) => !old.has(entry));
  return `${JSON.stringify({ version: 1, account: accountId, entries: kept }, undefined, 2)}\n`;
};

const kinds: readonly unknown[] = ['console-password', 'mfa-seed', 'access-key', 'member-account'];
const states: readonly unknown[] = ['open', 'stored', 'closed'];
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isEntry = (entry: unknown, accountId: string): entry is JournalRecord => {
  if (typeof entry !== 'object' || entry === null) return false;
  const of = entry as Record<keyof JournalRecord, unknown>;
  return (
    [of.id, of.user, of.holder].every(isText) &&
    of.accountId === accountId &&
    kinds.includes(of.kind) &&
    states.includes(of.state) &&
    isText(of.at) &&
    !Number.isNaN(Date.parse(of.at)) &&
    Array.isArray(of.before) &&
    of.before.every(isText) &&
    [of.made, of.place, of.replaces].every(isTextOrNull)
  );
};
