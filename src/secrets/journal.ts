import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Random } from '../core/clock.js';
import { BootstrapError } from '../core/errors.js';
import type { Journal, JournalEntry } from '../core/journal.js';
import type { SecretSink } from '../core/secret.js';
import { destinationError, errorCode, storeError, whyRefused } from './destination.js';
import { parseFields, readIfExists, replaceFile, serially } from './durable-file.js';
import { holderName, isHolderGone, waitForLock } from './lock.js';

export interface JournalOptions {
  /** Created with mode 0700 when the first entry is opened. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Receives a warning, once for each file, when a file cannot be read. */
  readonly warn?: (text: string) => void;
}

const lockLimitMs = 10_000;
/** An entry whose process cannot be checked (another computer, a removed container) counts as abandoned after this time. */
const abandonedAfterMs = 3_600_000;

/**
 * One file for each account: `FOLDER/ACCOUNT.json`, mode 0600, replaced as a whole and synced before the run continues. `open` throws
 * E-SECRETS-DESTINATION (exit 2) when it cannot be written, so that no secret is created without an entry.
 *
 * `entries` omits what another running process has in flight: a key whose secret it is about to store would look like a lost one.
 */
export const makeJournal = ({ folder, clock, random, warn = () => {} }: JournalOptions): Journal => {
  const inOrder = serially();
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
    const lock = await waitForLock(`${path}.lock`, {
      clock,
      limitMs: lockLimitMs,
      heldMessage: (name, holder) => `Another run holds the journal of secrets in flight (${holder}): ${name}.`,
    });
    try {
      const text = await textOf(path);
      const entries = text === undefined ? [] : parseJournal(text, accountId);
      if (entries === undefined) await moveAside(path);
      await replaceFile({ path, data: Buffer.from(printJournal(edit(entries ?? []), accountId)), mode: 0o600 });
    } finally {
      await lock.release();
    }
  };

  /** Renames a damaged file, so that you can inspect it and the next run can continue. */
  const moveAside = async (path: string): Promise<void> => {
    const aside = `${path}.damaged-${clock.now().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
    await rename(path, aside);
    warnOnce(`The journal of secrets in flight is damaged; it was renamed to ${aside}.`);
  };

  return {
    entries: async (accountId) => {
      const path = pathOf(accountId);
      try {
        const text = await textOf(path);
        if (text === undefined) return [];
        const entries = parseJournal(text, accountId);
        if (entries === undefined) {
          warnOnce(`The journal of secrets in flight is damaged, so nothing is repaired: ${path}`);
          return [];
        }
        return entries.filter((entry) => entry.state === 'closed' || own.has(entry.id) || isAbandoned(entry, clock)).map(withoutHolder);
      } catch (error) {
        warnOnce(`The journal of secrets in flight cannot be read (${whyRefused(error)}), so nothing is repaired: ${path}`);
        return [];
      }
    },

    open: (entry) =>
      inOrder(async () => {
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
            'Fix the cause and run the same command again. Without the journal, a crash could lose a secret.',
            error,
          );
        }
        const created = opened as unknown as JournalRecord;
        own.set(created.id, created.accountId);
        return withoutHolder(created);
      }),

    note: (id, values) =>
      inOrder(async () => {
        const accountId = own.get(id) ?? (await accountOfEntry(folder, id));
        if (accountId === undefined) throw new Error(`there is no entry ${id} in the journal`);
        try {
          await change(accountId, (entries) => entries.map((entry) => (entry.id === id ? { ...entry, ...values } : entry)));
        } catch (error) {
          if (error instanceof BootstrapError) throw error;
          // Not a bug in this tool: the disk became full or read-only.
          throw storeError(
            `The journal of secrets in flight could not be written: ${pathOf(accountId)} (${whyRefused(error)}).`,
            'Fix the cause and run the same command again; it continues where this run stopped.',
            error,
          );
        }
      }),
  };
};

/**
 * Closes entries of access keys that are stored: their run ended after it stored them and before it could close the entry. With an open
 * entry, the key would count as lost as soon as you move it to another place.
 */
export const resolvePendingSecrets = async (
  journal: Pick<Journal, 'entries' | 'note'>,
  accountId: string,
  sink: Pick<SecretSink, 'holds' | 'place'>,
): Promise<void> => {
  const open = (await journal.entries(accountId)).filter(
    ({ kind, state, replaces }) => kind === 'access-key' && state === 'open' && replaces === null,
  );
  if (open.length === 0) return;
  const held = await sink.holds();
  for (const { id, made } of open) {
    const mark = held.find((stored) => stored.kind === 'access-key' && stored.id === made);
    if (mark === undefined) continue;
    const place = mark.user.startsWith('profile ') ? `the ${mark.user}` : sink.place('console-password');
    // If the journal cannot be written now, the next run tries again.
    await journal.note(id, { state: 'closed', place }).catch(() => {});
  }
};

const withoutHolder = ({ holder: _, ...entry }: JournalRecord): JournalEntry => entry;

const isAbandoned = ({ holder, at }: JournalRecord, clock: Clock): boolean =>
  isHolderGone(holder) || Math.abs(clock.now().getTime() - Date.parse(at)) > abandonedAfterMs;

const freeId = (name: string, entries: readonly JournalRecord[]): string => {
  const taken = new Set(entries.map(({ id }) => id));
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return id;
  }
};

/** The account of an entry from an earlier run: the id does not contain it. */
const accountOfEntry = async (folder: string, id: string): Promise<string | undefined> => {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    const accountId = name.slice(0, -'.json'.length);
    const entries = parseJournal((await textOf(join(folder, name))) ?? '', accountId);
    if (entries?.some((entry) => entry.id === id)) return accountId;
  }
  return undefined;
};

const textOf = async (path: string): Promise<string | undefined> => (await readIfExists(path))?.toString('utf8');

/** Creates one level at a time: for several levels, Node retries forever where a file system answers ENOENT, such as /proc. */
export const makeFolders = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (dirname(folder) === folder) throw error;
    await makeFolders(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch((again: unknown) => {
      if (errorCode(again) !== 'EEXIST') throw again;
    });
  }
};

/** An entry in the file, with the process that works on it, so that other processes leave it alone. */
export interface JournalRecord extends JournalEntry {
  /** `4711 hostname`. */
  readonly holder: string;
}

/** The most closed entries in a journal. They show what was created, when, and where it was stored. */
const maxClosed = 100;

/** undefined when the text is not a journal of this account. */
const parseJournal = (text: string, accountId: string): readonly JournalRecord[] | undefined => {
  const { version, account, entries } = parseFields(text);
  if (version !== 1 || account !== accountId || !Array.isArray(entries)) return undefined;
  return entries.every((entry) => isEntry(entry, accountId)) ? entries : undefined;
};

/** Open entries are never removed. */
const printJournal = (entries: readonly JournalRecord[], accountId: string): string => {
  const closed = entries.filter(({ state }) => state === 'closed');
  const old = new Set(closed.slice(0, Math.max(0, closed.length - maxClosed)));
  const kept = entries.filter((entry) => !old.has(entry));
  return `${JSON.stringify({ version: 1, account: accountId, entries: kept }, undefined, 2)}\n`;
};

const kinds: readonly unknown[] = ['console-password', 'mfa-seed', 'access-key', 'member-account'];
const states: readonly unknown[] = ['open', 'stored', 'closed'];
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isEntry = (entry: unknown, accountId: string): entry is JournalRecord => {
  const record = (entry ?? {}) as Record<keyof JournalRecord, unknown>;
  return (
    [record.id, record.user, record.holder].every(isText) &&
    record.accountId === accountId &&
    kinds.includes(record.kind) &&
    states.includes(record.state) &&
    isText(record.at) &&
    !Number.isNaN(Date.parse(record.at)) &&
    Array.isArray(record.before) &&
    record.before.every(isText) &&
    [record.made, record.place, record.replaces].every(isTextOrNull)
  );
};
