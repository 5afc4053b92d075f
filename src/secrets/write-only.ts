import type { Random } from '../core/clock.js';
import type { Journal } from '../core/journal.js';
import type { SecretEntry, SecretSink, StoredSecret } from '../core/secret.js';
import { serially } from './durable-file.js';
import { newPassword } from './password.js';
import type { ProfileWriter } from './profile.js';
import { nameOf, secretOf, storeAt } from './secrets-document.js';

/** A destination that stores secrets and cannot return them: a program, an encrypted file, the screen. */
export interface SecretStore {
  /** In words, for messages and the journal. */
  readonly place: () => string;
  /** Throws E-SECRETS-DESTINATION when it cannot be used. */
  readonly reserve: (account: string) => Promise<void>;
  /** The entry is stored when it resolves. */
  readonly store: (entry: SecretEntry, account: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WriteOnlySinkOptions {
  readonly store: SecretStore;
  /** For access keys with a profile. */
  readonly profiles?: ProfileWriter | undefined;
  /** Shows what was stored, because the destination cannot. */
  readonly journal: Pick<Journal, 'entries'>;
  readonly account: () => Promise<string>;
  readonly random: Random;
}

export const makeWriteOnlySink = ({ store: destination, profiles, journal, account, random }: WriteOnlySinkOptions): SecretSink => {
  const inOrder = serially();
  let reservedFor: string | undefined;
  const storeEntry = async (entry: SecretEntry): Promise<void> => {
    if (reservedFor === undefined) throw new Error('a secret was created before its destination was reserved');
    await destination.store(entry, reservedFor);
  };
  return {
    holds: async () => [...(await handedOver(journal, await account())), ...((await profiles?.marks()) ?? [])],
    reserve: (accountId) =>
      inOrder(async () => {
        if (reservedFor !== accountId) await destination.reserve(accountId);
        await profiles?.reserve();
        reservedFor = accountId;
      }),
    store: (entry) => inOrder(() => storeAt(entry, { store: storeEntry, place: destination.place(), profiles })),
    newPassword: (minimumLength) => newPassword(minimumLength, random),
    place: (kind) => (kind === 'access-key' && profiles !== undefined ? profiles.place : destination.place()),
    close: () =>
      inOrder(async () => {
        reservedFor = undefined;
        await destination.close();
      }),
  };
};

/** What was stored in any destination, by the journal. An entry that was closed without a place was not stored. */
const handedOver = async (journal: Pick<Journal, 'entries'>, account: string): Promise<readonly StoredSecret[]> =>
  (await journal.entries(account)).flatMap(({ kind, user, made, state, place }): StoredSecret[] =>
    kind === 'member-account' || state === 'open' || place === null ? [] : [{ kind, user, id: made ?? '', place }],
  );

/** Shows lines with a secret until the user confirms that they are saved, then clears the screen. Rejects without a confirmation. */
export type ShowOnce = (title: string, lines: readonly string[], secret: string) => Promise<void>;

/** The destination `--show-secrets`: shows each secret once, when it is created. */
export const makeTerminalStore = (show: ShowOnce): SecretStore => ({
  place: () => 'shown once, at this terminal',
  // The terminal was checked at the start of the run.
  reserve: async () => {},
  store: (entry, account) => show(`The ${nameOf(entry)} (account ${account})`, linesOf(entry), secretOf(entry)),
  close: async () => {},
});

const linesOf = (entry: SecretEntry): readonly string[] => {
  switch (entry.kind) {
    case 'console-password':
      return [`Sign-in URL  ${entry.signInUrl}`, `User name    ${entry.user}`, `Password     ${entry.password.reveal()}`];
    case 'mfa-seed':
      return [`Device  ${entry.serial}`, `Seed    ${entry.seed.reveal()}`];
    case 'access-key':
      return [`Access key id      ${entry.accessKeyId}`, `Secret access key  ${entry.secretAccessKey.reveal()}`];
  }
};
