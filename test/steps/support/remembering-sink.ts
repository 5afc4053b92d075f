import { Secret, type SecretEntry, type SecretSink, type StoredSecret } from '../../../src/core/secret.js';

/** A destination in memory that records the calls. */
export interface RememberingSink extends SecretSink {
  readonly entries: SecretEntry[];
  /** `reserve` and `store kind`, in order. */
  readonly log: string[];
  marks: readonly StoredSecret[];
}

export const rememberingSink = (failing: { readonly reserve?: Error; readonly store?: Error } = {}): RememberingSink => {
  const entries: SecretEntry[] = [];
  const log: string[] = [];
  const idOf = (entry: SecretEntry): string =>
    entry.kind === 'mfa-seed' ? entry.serial : entry.kind === 'access-key' ? entry.accessKeyId : '';
  const sink: RememberingSink = {
    entries,
    log,
    marks: [],
    holds: async () => [...entries.map((entry) => ({ kind: entry.kind, user: entry.user, id: idOf(entry) })), ...sink.marks],
    reserve: async () => {
      log.push('reserve');
      if (failing.reserve) throw failing.reserve;
    },
    store: async (entry) => {
      log.push(`store ${entry.kind}`);
      if (failing.store) throw failing.store;
      entries.push(entry);
    },
    newPassword: () => new Secret('Practice-Password-1'),
    place: () => 'memory',
    close: async () => {},
  };
  return sink;
};
