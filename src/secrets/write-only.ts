import type { Random } from '../core/clock.js';
import type { Journal } from '../core/journal.js';
import type { SecretEntry, SecretSink, StoredSecret } from '../core/secret.js';
import { serially } from './durable-file.js';
import { newPassword } from './password.js';
import type { ProfileWriter } from './profile.js';
import { nameOf, storeAt } from './secrets-document.js';

/** A place that takes secrets and does not give them back: a program, an encrypted file, a person's eyes. */
export interface SecretStore {
  /** In words, for messages and the journal. */
  readonly place: () => string;
  /** Throws E-SECRETS-DESTINATION when it will not do. */
  readonly reserve: (account: string) => Promise<void>;
  /** The entry is safe when it resolves. */
  readonly store: (entry: SecretEntry, account: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface WriteOnlySinkOptions {
  readonly store: SecretStore;
  /** Where access keys go instead, when they have a profile. */
  readonly profiles?: ProfileWriter;
  /** Knows what such a place was given: it cannot be asked. */
  readonly journal: Pick<Journal, 'entries'>;
  readonly account: () => Promise<string>;
  readonly random: Random;
}

export const makeWriteOnlySink = ({ store, profiles, journal, account, random }: WriteOnlySinkOptions): SecretSink => {
  const inTurn = serially();
  let reservedFor: string | undefined;
  const keep = async (entry: SecretEntry): Promise<void> => {
    if (reservedFor === undefined) throw new Error('a secret was made before its destination was reserved');
    await store.store(entry, reservedFor);
  };
  return {
    holds: async () => [...(await handedOver(journal, await account())), ...((await profiles?.marks()) ?? [])],
    reserve: (accountId) =>
      inTurn(async () => {
        if (reservedFor !== accountId) await store.reserve(accountId);
        await profiles?.reserve();
        reservedFor = accountId;
      }),
    store: (entry) => inTurn(() => storeAt(entry, { keep, place: store.place(), profiles })),
    newPassword: (minimumLength) => newPassword(minimumLength, random),
    place: (kind) => (kind === 'access-key' && profiles !== undefined ? profiles.place : store.place()),
    close: () =>
      inTurn(async () => {
        reservedFor = undefined;
        await store.close();
      }),
  };
};

/** What the journal says was handed over, to whatever place. An entry closed without a place came to nothing. */
const handedOver = async (journal: Pick<Journal, 'entries'>, account: string): Promise<readonly StoredSecret[]> =>
  (await journal.entries(account)).flatMap(({ kind, user, made, state, place }): StoredSecret[] =>
    kind === 'member-account' || state === 'open' || place === null ? [] : [{ kind, user, id: made ?? '', place }],
  );

/** Shows lines to a person until they say that they have them, then takes them off the screen. Rejects when nobody said so. */
export type ShowOnce = (title: string, lines: readonly string[]) => Promise<void>;

/** The destination `--show-secrets`: each secret on the screen once, when it is made. */
export const makeTerminalStore = (show: ShowOnce): SecretStore => ({
  place: () => 'shown once, at this terminal',
  // Whether there is a terminal was looked into before anything else.
  reserve: async () => {},
  store: (entry, account) => show(`The ${nameOf(entry)} (account ${account})`, linesOf(entry)),
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
