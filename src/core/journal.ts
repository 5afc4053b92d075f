import type { SecretEntry } from './secret.js';

/**
 * A secret in flight: written down, durably, before the call that yields it, and closed when the secret is where it belongs. So is a
 * request for a member account, which AWS has no token to recognise by. Never holds a secret. A run that finds an open entry knows
 * what an earlier run was doing when it ended.
 */
export interface JournalEntry {
  readonly id: string;
  readonly accountId: string;
  readonly kind: SecretEntry['kind'] | 'member-account';
  /** For a member account: its e-mail address. */
  readonly user: string;
  /** When it was opened, ISO 8601, by this machine's clock. */
  readonly at: string;
  /** Access keys that the user had before, or requests for an account of that name: what is not among them was made after. */
  readonly before: readonly string[];
  /** The access key id, serial number or request id, once AWS has told it. */
  readonly made: string | null;
  readonly state: 'open' | 'stored' | 'closed';
  /** Where the secret went, in words; set with `stored`. */
  readonly place: string | null;
  /** For a rotation: the key that the new one takes the place of. */
  readonly replaces: string | null;
}

/** Kept 0600 in the user's state folder (the practice account's: beside it). Every change is on the disk when it resolves. */
export interface Journal {
  /** All entries of an account, oldest first; closed ones tell where secrets went. */
  readonly entries: (accountId: string) => Promise<readonly JournalEntry[]>;
  readonly open: (entry: Pick<JournalEntry, 'accountId' | 'kind' | 'user' | 'before' | 'replaces'>) => Promise<JournalEntry>;
  readonly note: (id: string, change: Partial<Pick<JournalEntry, 'made' | 'state' | 'place'>>) => Promise<void>;
}
