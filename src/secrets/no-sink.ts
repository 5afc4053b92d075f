import type { BootstrapError } from '../core/errors.js';
import { NotStoredError, type SecretEntry, type SecretSink } from '../core/secret.js';
import { destinationError, isStored } from './destination.js';
import type { ProfileWriter } from './profile.js';

/**
 * For a run without a destination. Access keys with a profile are stored in the profile. Every other secret is refused before it is
 * created: E-SECRETS-DESTINATION, exit 2.
 */
export const makeNoSink = ({ profiles }: { readonly profiles?: ProfileWriter | undefined } = {}): SecretSink => ({
  holds: async () => (await profiles?.marks()) ?? [],
  reserve: async () => {
    if (profiles === undefined) throw noDestination('secrets');
    await profiles.reserve();
  },
  store: async (entry) => {
    if (entry.kind !== 'access-key' || profiles === undefined || entry.profile === '') throw noDestination(names[entry.kind]);
    try {
      await profiles.write(entry);
    } catch (error) {
      if (isStored(error)) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new NotStoredError({
        message: `The access key ${entry.accessKeyId} of ${entry.user} could not be stored in the profile ${entry.profile}: ${why}`,
        next: 'Fix the cause and run the same command again.',
        cause: error,
      });
    }
  },
  newPassword: () => {
    throw noDestination('a password');
  },
  close: async () => {},
  place: (kind) => (kind === 'access-key' && profiles !== undefined ? profiles.place : 'nowhere'),
});

const names: Readonly<Record<SecretEntry['kind'], string>> = {
  'console-password': 'a password',
  'mfa-seed': 'an MFA seed',
  'access-key': 'an access key',
};

const noDestination = (what: string): BootstrapError =>
  destinationError(
    `There is no destination for ${what}.`,
    'Choose one with --secrets-file FILE, --secret-command CMD, --encrypt-to RECIPIENT or --show-secrets.',
  );
