import { inspect } from 'node:util';
import { BootstrapError } from './errors.js';

/**
 * A value that must not be printed: it shows as `[secret]` in strings, JSON and `util.inspect`.
 * `reveal()` is called in `src/secrets/` and by the one function that puts requests on the wire; a test counts the places.
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

/** The one place for the secrets of a run. Access keys with a profile go into that profile instead. */
export type Destination =
  | { readonly kind: 'file'; readonly file: string }
  /** Program and arguments; it gets each entry as JSON on its standard input. `environment`: names of variables that it needs besides the usual. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly environment: readonly string[] }
  /** A file encrypted to these age recipients. */
  | { readonly kind: 'age'; readonly recipients: readonly string[] }
  /** Shown once, to a person. */
  | { readonly kind: 'terminal' };

/** One secret as the destination keeps it. */
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

/** Non-secret marks of what the destination holds, to recognise what was made here. */
export interface StoredSecret {
  readonly kind: SecretEntry['kind'];
  readonly user: string;
  /** Serial number or access key id; empty for a password. */
  readonly id: string;
  /** Where it is, in words, when that is known from the journal alone. */
  readonly place?: string;
}

export interface SecretSink {
  /** What the destination holds for this account, without the secrets. Empty when there is no destination. */
  readonly holds: () => Promise<readonly StoredSecret[]>;
  /** Makes sure that the destination can be written, before the first secret is made. Throws E-SECRETS-DESTINATION. */
  readonly reserve: (account: string) => Promise<void>;
  /** Durable when it resolves. Throws `NotStoredError` when no chosen place took it, E-SECRETS-STORE when another one than meant did. */
  readonly store: (entry: SecretEntry) => Promise<void>;
  /** A password of at least 32 characters with all four classes, longer when the policy wants it. */
  readonly newPassword: (minimumLength: number) => Secret;
  /** Where secrets of this kind go, in words: "./acme-secrets.json". */
  readonly place: (kind: SecretEntry['kind']) => string;
  /** Gives the destination free for other runs. */
  readonly close: () => Promise<void>;
}

/** No chosen place took a secret that exists already. Whoever asked for it takes back what the secret is for. */
export class NotStoredError extends BootstrapError {
  /** The place of last resort that has it now, in words; null when it is nowhere. */
  readonly fallback: string | null;
  /** Empties the second place, once the secret opens nothing any more. */
  readonly discard: () => Promise<void>;

  constructor(parts: {
    readonly message: string;
    readonly next: string;
    readonly cause?: unknown;
    readonly second?: { readonly place: string; readonly discard: () => Promise<void> };
  }) {
    const { message, next, cause, second } = parts;
    super({ code: 'E-SECRETS-STORE', message, next, changed: null, cause });
    this.name = 'NotStoredError';
    this.fallback = second?.place ?? null;
    this.discard = second?.discard ?? (async () => {});
  }
}
