import { BootstrapError } from '../core/errors.js';
import { NotStoredError, type SecretEntry, type StoredSecret } from '../core/secret.js';
import { isStored, storeError, whyRefused } from './destination.js';
import { parseFields } from './durable-file.js';
import type { ProfileWriter } from './profile.js';
import { otpauthAddress } from './totp.js';

/** The content of a secrets file: JSON, so that other programs can read it. Unknown members of an entry are preserved. */
export interface SecretsDocument {
  readonly version: 1;
  /** The account id. A file has the secrets of one account only. */
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
  const parsed = parseFields(text);
  const { version, account, entries } = parsed;
  if (version !== 1 || typeof account !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) return undefined;
  return { ...parsed, version, account, entries };
};

const kinds: readonly unknown[] = Object.keys(identifiers);

const isEntry = (entry: unknown): entry is PlainEntry => {
  const { kind, user } = (entry ?? {}) as Record<string, unknown>;
  return kinds.includes(kind) && typeof user === 'string';
};

export const printDocument = (document: SecretsDocument): string => `${JSON.stringify(document, undefined, 2)}\n`;

export const heldIn = ({ entries }: SecretsDocument): readonly StoredSecret[] =>
  entries.map((entry) => ({ kind: entry.kind, user: entry.user, id: idOf(entry) }));

const idOf = (entry: PlainEntry): string => {
  const id = entry[identifiers[entry.kind] ?? ''];
  return typeof id === 'string' ? id : '';
};

/** The document with the entry added, or replaced if it has one for the same secret. IAM's names ignore case. */
export const withEntry = (document: SecretsDocument, entry: PlainEntry): SecretsDocument => {
  const same = (other: PlainEntry): boolean =>
    other.kind === entry.kind && other.user.toLowerCase() === entry.user.toLowerCase() && idOf(other) === idOf(entry);
  const replaced = document.entries.map((other) => (same(other) ? entry : other));
  return { ...document, entries: document.entries.some(same) ? replaced : [...replaced, entry] };
};

/** One of the two places that unwrap secrets to store them; the other writes the credentials file. */
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

export const secretOf = (entry: SecretEntry): string => {
  switch (entry.kind) {
    case 'console-password':
      return entry.password.reveal();
    case 'mfa-seed':
      return entry.seed.reveal();
    case 'access-key':
      return entry.secretAccessKey.reveal();
  }
};

/** The name of a secret in messages. */
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

/**
 * Stores an entry: an access key with a profile in that profile, everything else in the chosen destination, which also takes a key that its
 * profile refuses. Throws E-SECRETS-STORE (exit 7) when the entry is stored in another place than planned, or `NotStoredError` when it is
 * stored nowhere.
 */
export const storeAt = async (
  entry: SecretEntry,
  to: { readonly store: (entry: SecretEntry) => Promise<void>; readonly place: string; readonly profiles: ProfileWriter | undefined },
): Promise<void> => {
  const { place, profiles } = to;
  const store = async (): Promise<void> => {
    try {
      await to.store(entry);
    } catch (error) {
      const why = error instanceof BootstrapError ? error.message : whyRefused(error);
      throw new NotStoredError({
        message: `The ${nameOf(entry)} could not be stored in ${place}: ${why}`,
        next: 'Fix the cause and run the same command again.',
        cause: error,
      });
    }
  };
  if (entry.kind !== 'access-key' || profiles === undefined || entry.profile === '') return store();
  try {
    await profiles.write(entry);
  } catch (error) {
    if (isStored(error)) throw error;
    // The secret exists only in this process: store it in the chosen destination.
    await store();
    const why = error instanceof Error ? error.message : String(error);
    throw storeError(
      `The access key ${entry.accessKeyId} is in ${place} instead of the profile ${entry.profile}: ${why}`,
      'Copy it into a profile manually.',
      error,
    );
  }
};
