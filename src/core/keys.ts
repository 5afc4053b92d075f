import type { ErrorInfo, ExitCode } from './errors.js';
import type { AccountReport } from './report.js';
import type { Secret } from './secret.js';

/** An access key with its secret, to sign with. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of a temporary key. */
  readonly sessionToken?: Secret;
}

/** Where a key's secret is, or was put: a profile of the AWS files, the secrets file, or what the journal noted. */
export type KeyLocation =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'secrets-file'; readonly name: string }
  | { readonly kind: 'noted'; readonly name: string; readonly at: string };

/** When and for what a key was last used; null: never, as far as AWS knows; `unknown`: AWS did not tell. */
export type LastUse = { readonly at: string; readonly service: string; readonly region: string } | null | 'unknown';

/** One access key as a person needs to see it. Dates are ISO 8601. */
export interface KeyRow {
  /** The user's name; null for root. */
  readonly user: string | null;
  readonly accessKeyId: string;
  readonly status: 'active' | 'inactive';
  readonly createdAt: string | null;
  readonly ageDays: number | null;
  readonly lastUsed: LastUse;
  readonly storedIn: readonly KeyLocation[];
  /** It signs this run. */
  readonly inUse: boolean;
}

export interface KeyAction {
  readonly action: 'created' | 'stored' | 'proven' | 'disabled' | 'enabled' | 'deleted';
  readonly user: string | null;
  readonly accessKeyId: string;
}

export const keyVerbs = ['list', 'rotate', 'disable', 'enable', 'delete'] as const;
export type KeyVerb = (typeof keyVerbs)[number];

/** Everything a run of `bootstrap keys` has to say; `--output json` is this value. */
export interface KeysReport {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'aws-account-bootstrap'; readonly version: string };
  readonly command: `keys ${KeyVerb}`;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: string;
  readonly account: AccountReport | null;
  readonly keys: readonly KeyRow[];
  /** Number of root's keys; null when it could not be read or was not asked for. */
  readonly rootKeys: number | null;
  /** Users whose keys could not be read, and why. */
  readonly unread: readonly { readonly user: string; readonly reason: string; readonly missingPermission: string | null }[];
  /** What this run did, in order. */
  readonly actions: readonly KeyAction[];
  /** What a person should know, in sentences. */
  readonly notes: readonly string[];
  /** The one thing to do next; null when there is nothing. */
  readonly next: string | null;
  readonly apiCalls: { readonly total: number; readonly writes: number };
  readonly error?: ErrorInfo;
  readonly exit: { readonly code: ExitCode | 130 | 143; readonly name: string; readonly retryAfterSeconds?: number };
}
