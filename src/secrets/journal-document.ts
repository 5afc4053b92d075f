import type { JournalEntry } from '../core/journal.js';

/** An entry as it stands in the file: with the process that is at it, so that another one leaves it alone meanwhile. */
export interface KeptEntry extends JournalEntry {
  /** `4711 hostname`. */
  readonly holder: string;
}

/** Closed entries kept for looking back: who got what, when, and where it went. */
const closedKept = 100;

/** undefined when the text is not a journal of this account. */
export const parseJournal = (text: string, accountId: string): readonly KeptEntry[] | undefined => {
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
export const printJournal = (entries: readonly KeptEntry[], accountId: string): string => {
  const closed = entries.filter(({ state }) => state === 'closed');
  const old = new Set(closed.slice(0, Math.max(0, closed.length - closedKept)));
  const kept = entries.filter((entry) => !old.has(entry));
  return `${JSON.stringify({ version: 1, account: accountId, entries: kept }, undefined, 2)}\n`;
};

const kinds: readonly unknown[] = ['console-password', 'mfa-seed', 'access-key', 'member-account'];
const states: readonly unknown[] = ['open', 'stored', 'closed'];
const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const isEntry = (entry: unknown, accountId: string): entry is KeptEntry => {
  if (typeof entry !== 'object' || entry === null) return false;
  const of = entry as Record<keyof KeptEntry, unknown>;
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
