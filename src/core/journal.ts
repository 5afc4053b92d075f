import type { SecretEntry } from './secret.js';

/**
 * A secret in flight: recorded on disk before the call that creates it, and closed when the secret is stored. A request for a member
 * account is recorded in the same way, because AWS has no idempotency token for it. Entries never contain a secret. An open entry shows
 * the next run what an earlier run was doing when it ended.
 */
export interface JournalEntry {
  readonly id: string;
  readonly accountId: string;
  readonly kind: SecretEntry['kind'] | 'member-account';
  /** For a member account: its email address. */
  readonly user: string;
  /** When it was opened, ISO 8601, by the clock of AWS (to a second) as soon as AWS has answered a request of the run. */
  readonly at: string;
  /** Access keys that the user had before, or earlier requests for an account of that name: anything else was created later. */
  readonly before: readonly string[];
  /** The access key id, serial number or request id; null until AWS has returned it. */
  readonly made: string | null;
  readonly state: 'open' | 'stored' | 'closed';
  /** Where the secret is stored, in words; set with `stored`. */
  readonly place: string | null;
  /** For a rotation: the key that the new key replaces. For a console password that replaces a lost one: its user. */
  readonly replaces: string | null;
}

/** Stored with mode 0600 in the user's state folder (for the practice account: beside its file). A change is on disk when it resolves. */
export interface Journal {
  /** All entries of an account, oldest first. Closed entries show where secrets were stored. */
  readonly entries: (accountId: string) => Promise<readonly JournalEntry[]>;
  readonly open: (entry: Pick<JournalEntry, 'accountId' | 'kind' | 'user' | 'before' | 'replaces'>) => Promise<JournalEntry>;
  readonly note: (id: string, change: Partial<Pick<JournalEntry, 'made' | 'state' | 'place'>>) => Promise<void>;
}
