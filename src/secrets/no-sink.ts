import type { BootstrapError } from '../core/errors.js';
import { NotStoredError, type SecretEntry, type SecretSink } from '../core/secret.js';
import { destinationError, isStored } from './destination.js';
import type { ProfileWriter } from './profile.js';

/**
 * No destination was chosen. Access keys still have one when there is a profile for them; every other secret is refused before it
 * is made: E-SECRETS-DESTINATION, exit 2.
 */
export const makeNoSink = ({ profiles }: { readonly profiles?: ProfileWriter } = {}): SecretSink => ({
  holds: async () => (await profiles?.marks()) ?? [],
  reserve: async () => {
    if (profiles === undefined) throw nowhere('secrets');
    await profiles.reserve();
  },
  store: async (entry) => {
    if (entry.kind !== 'access-key' || profiles === undefined || entry.profile === '') throw nowhere(names[entry.kind]);
    try {
      await profiles.write(entry);
    } catch (error) {
      if (isStored(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new NotStoredError({
        message: `The access key ${entry.accessKeyId} of ${entry.user} could not be kept in the profile ${entry.profile}: ${why}`,
        next: 'Mend the cause and run the same command again.',
        cause: error,
      });
    }
  },
  newPassword: () => {
    throw nowhere('a password');
  },
  close: async () => {},
  place: (kind) => (kind === 'access-key' && profiles !== undefined ? profiles.place : 'nowhere'),
});

const names: Readonly<Record<SecretEntry['kind'], string>> = {
  'console-password': 'a password',
  'mfa-seed': 'an MFA seed',
  'access-key': 'an access key',
};

const nowhere = (what: string): BootstrapError =>
  destinationError(
    `There is no place for ${what}: none was chosen.`,
    'Choose one with --secrets-file FILE, --secret-command CMD, --encrypt-to RECIPIENT or --show-secrets.',
  );
