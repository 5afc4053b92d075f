import type { Secret } from './secret.js';

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
export interface Held {
  readonly kind: SecretEntry['kind'];
  readonly user: string;
  /** Serial number or access key id; empty for a password. */
  readonly id: string;
}

export interface SecretSink {
  /** What the destination holds for this account, without the secrets. Empty when there is no destination. */
  readonly holds: () => Promise<readonly Held[]>;
  /** Makes sure that the destination can be written, before the first secret is made. Throws E-SECRETS-DESTINATION. */
  readonly reserve: (account: string) => Promise<void>;
  /** Durable when it resolves. */
  readonly store: (entry: SecretEntry) => Promise<void>;
  /** A password of at least 32 characters with all four classes, longer when the policy wants it. */
  readonly newPassword: (minimumLength: number) => Secret;
  /** Where secrets of this kind go, in words: "./acme-secrets.json". */
  readonly place: (kind: SecretEntry['kind']) => string;
  /** Gives the destination free for other runs. */
  readonly close: () => Promise<void>;
}
