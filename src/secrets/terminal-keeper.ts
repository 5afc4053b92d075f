import type { SecretEntry } from '../core/secret-sink.js';
import type { Keeper } from './keeper-sink.js';
import { nameOf } from './secrets-document.js';

/** Shows lines to a person until they say that they have them, then takes them off the screen. Rejects when nobody said so. */
export type ShowOnce = (title: string, lines: readonly string[]) => Promise<void>;

/** The destination `--show-secrets`: each secret on the screen once, when it is made. */
export const makeTerminalKeeper = (show: ShowOnce): Keeper => ({
  place: () => 'shown once, at this terminal',
  // Whether there is a terminal was looked into before anything else.
  reserve: async () => {},
  keep: (entry, account) => show(`The ${nameOf(entry)} (account ${account})`, linesOf(entry)),
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
