import { inspect } from 'node:util';
import { BootstrapError } from './errors.js';

/**
 * A value that must not be printed: it shows as `[secret]` in strings, JSON and `util.inspect`.
 * `reveal()` is called in `src/secrets/` and by the one function that sends requests; a test counts the calls.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Where the secrets of a run are stored. Access keys with a profile are stored in that profile instead. */
export type Destination =
  | { readonly kind: 'file'; readonly file: string }
  /** Program and arguments; it receives each entry as JSON on its standard input. `environment`: names of more variables that it needs. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly environment: readonly string[] }
  /** A file encrypted to these age recipients. */
  | { readonly kind: 'age'; readonly recipients: readonly string[] }
  /** Shown once, at the terminal. */
  | { readonly kind: 'terminal' };

/** One secret for the destination. */
export type SecretEntry =
  | { readonly kind: 'console-password'; readonly user: string; readonly password: Secret; readonly signInUrl: string }
  | { readonly kind: 'mfa-seed'; readonly user: string; readonly serial: string; readonly seed: Secret }
  | {
      readonly kind: 'access-key';
      readonly user: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: Secret;
      readonly profile: string;
    };

/** A stored secret without the secret itself, to recognise what this tool created. */
export interface StoredSecret {
  readonly kind: SecretEntry['kind'];
  readonly user: string;
  /** Serial number or access key id; empty for a password. */
  readonly id: string;
  /** Where it is, in words, when only the journal knows. */
  readonly place?: string;
}

/** The part of a `SecretSink` that reads need. */
export interface StoredSecrets {
  /** What is stored for this account, without the secrets. Empty when there is no destination. */
  readonly holds: () => Promise<readonly StoredSecret[]>;
  /** Where secrets of this kind are stored, in words: "./acme-secrets.json". */
  readonly place: (kind: SecretEntry['kind']) => string | Promise<string>;
}

export const nothingStored: StoredSecrets = { holds: async () => [], place: () => 'nowhere' };

export interface SecretSink extends StoredSecrets {
  /** Checks that the destination can be written, before the first secret is created. Throws E-SECRETS-DESTINATION. */
  readonly reserve: (account: string) => Promise<void>;
  /** On disk when it resolves. Throws `NotStoredError` when it could not be stored, E-SECRETS-STORE when it is stored in another place than planned. */
  readonly store: (entry: SecretEntry) => Promise<void>;
  /** A password of at least 32 characters with all four classes, longer when the password policy requires it. */
  readonly newPassword: (minimumLength: number) => Secret;
  readonly place: (kind: SecretEntry['kind']) => string;
  /** Releases the destination for other runs. */
  readonly close: () => Promise<void>;
}

/** A secret that AWS has already created could not be stored. The caller undoes what the secret is for. */
export class NotStoredError extends BootstrapError {
  /** The fallback file that has it now; null when it is stored nowhere. */
  readonly fallback: string | null;
  /** Removes it from the fallback file, once the secret is no longer valid. */
  readonly discard: () => Promise<void>;

  constructor(parts: {
    readonly message: string;
    readonly next: string;
    readonly cause?: unknown;
    readonly fallback?: { readonly place: string; readonly discard: () => Promise<void> };
  }) {
    const { message, next, cause, fallback } = parts;
    super({ code: 'E-SECRETS-STORE', message, next, changed: null, cause });
    this.name = 'NotStoredError';
    this.fallback = fallback?.place ?? null;
    this.discard = fallback?.discard ?? (async () => {});
  }
}
