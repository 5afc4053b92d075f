import type { Held, SecretEntry } from '../core/secret-sink.js';
import { otpauthAddress } from './totp.js';

/** What the secrets file holds: JSON, so that other programs can read it. Unknown members of an entry are kept. */
export interface SecretsDocument {
  readonly version: 1;
  /** The account, 12 digits; a file never holds the secrets of two. */
  readonly account: string;
  readonly entries: readonly PlainEntry[];
}
export interface PlainEntry extends Readonly<Record<string, unknown>> {
  readonly kind: SecretEntry['kind'];
  readonly user: string;
}

const identifiers = { 'console-password': undefined, 'mfa-seed': 'serial', 'access-key': 'accessKeyId' } as const;

/** undefined when the text is not a secrets file. */
export const parseDocument = (text: string): SecretsDocument | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { version, account, entries } = parsed as Record<string, unknown>;
  if (version !== 1 || typeof account !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) return undefined;
  return { ...parsed, version, account, entries };
};

const isEntry = (entry: unknown): entry is PlainEntry => {
  if (typeof entry !== 'object' || entry === null) return false;
  const { kind, user } = entry as Record<string, unknown>;
  return typeof kind === 'string' && kind in identifiers && typeof user === 'string';
};

export const printDocument = (document: SecretsDocument): string => `${JSON.stringify(document, undefined, 2)}\n`;

export const heldIn = ({ entries }: SecretsDocument): readonly Held[] =>
  entries.map((entry) => ({ kind: entry.kind, user: entry.user, id: idOf(entry) }));

const idOf = (entry: PlainEntry): string => {
  const name = identifiers[entry.kind];
  const id = name === undefined ? '' : entry[name];
  return typeof id === 'string' ? id : '';
};

/** The document with the entry in it, in place of one for the same thing. IAM's names know no case. */
export const withEntry = (document: SecretsDocument, entry: PlainEntry): SecretsDocument => {
  const same = (other: PlainEntry): boolean =>
    other.kind === entry.kind && other.user.toLowerCase() === entry.user.toLowerCase() && idOf(other) === idOf(entry);
  const replaced = document.entries.map((other) => (same(other) ? entry : other));
  return { ...document, entries: document.entries.some(same) ? replaced : [...replaced, entry] };
};

/** One of the two places where secrets leave their wrappers for good; the other is the credentials file. */
export const plainEntry = (entry: SecretEntry, account: string): PlainEntry => {
  switch (entry.kind) {
    case 'console-password':
      return { kind: entry.kind, user: entry.user, password: entry.password.reveal(), signInUrl: entry.signInUrl };
    case 'mfa-seed':
      return {
        kind: entry.kind,
        user: entry.user,
        serial: entry.serial,
        seed: entry.seed.reveal(),
        otpauth: otpauthAddress(entry.seed, entry.user, account),
      };
    case 'access-key':
      return {
        kind: entry.kind,
        user: entry.user,
        accessKeyId: entry.accessKeyId,
        secretAccessKey: entry.secretAccessKey.reveal(),
        profile: entry.profile,
      };
  }
};

/** What a message calls it. */
export const nameOf = (entry: SecretEntry): string => {
  switch (entry.kind) {
    case 'console-password':
      return `console password of ${entry.user}`;
    case 'mfa-seed':
      return `MFA seed of ${entry.user}`;
    case 'access-key':
      return `access key ${entry.accessKeyId} of ${entry.user}`;
  }
};
