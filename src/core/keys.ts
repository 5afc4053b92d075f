import type { ReportBase } from './report.js';
import type { Secret } from './secret.js';
import { shellWord } from './text.js';

/** An access key with its secret, for signing requests. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Only temporary keys have one. */
  readonly sessionToken?: Secret;
}

/** Where a key's secret is stored: a profile of the AWS files, the secrets file, or the place that the journal recorded. */
export type KeyLocation =
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'secrets-file'; readonly name: string }
  | { readonly kind: 'noted'; readonly name: string; readonly at: string };

/** When and for which service a key was last used. null: never, as far as AWS knows. `unknown`: AWS did not report it. */
export type LastUse = { readonly at: string; readonly service: string; readonly region: string } | null | 'unknown';

/** One access key. Dates are ISO 8601. */
export interface KeyRow {
  /** The user's name; null for root. */
  readonly user: string | null;
  readonly accessKeyId: string;
  readonly status: 'active' | 'inactive';
  readonly createdAt: string | null;
  readonly ageDays: number | null;
  readonly lastUsed: LastUse;
  readonly storedIn: readonly KeyLocation[];
  /** Whether it signs the requests of this run. */
  readonly inUse: boolean;
}

export interface KeyAction {
  readonly action: 'created' | 'stored' | 'proven' | 'disabled' | 'enabled' | 'deleted';
  readonly user: string | null;
  readonly accessKeyId: string;
}

export type KeyVerb = 'list' | 'rotate' | 'disable' | 'enable' | 'delete';

/** The result of a run of `bootstrap keys`; `--output json` prints this value. */
export interface KeysReport extends ReportBase {
  readonly command: `keys ${KeyVerb}`;
  readonly keys: readonly KeyRow[];
  /** Number of root's keys; null when it could not be read or was not requested. */
  readonly rootKeys: number | null;
  /** Users whose keys could not be read, and why. */
  readonly unread: readonly { readonly user: string; readonly reason: string; readonly missingPermission: string | null }[];
  /** The actions of this run, in order. */
  readonly actions: readonly KeyAction[];
  /** Notes for the user, in sentences. */
  readonly notes: readonly string[];
  /** The next step; null when there is none. */
  readonly next: string | null;
}

/** A command of `bootstrap keys`, to copy: AWS names the user and the key. */
export const keysCommand = (verb: string, user: string, key?: string): string =>
  `bootstrap keys ${verb} --user ${shellWord(user)}${key === undefined ? '' : ` --key ${shellWord(key)}`}`;
