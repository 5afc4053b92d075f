import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock, Random } from '../core/clock.js';
import type { Journal } from '../core/journal.js';
import type { Destination, SecretSink } from '../core/secret.js';
import type { Environment } from './destination.js';
import { withFallback } from './fallback.js';
import { makeNoSink } from './no-sink.js';
import { makeProfileWriter } from './profile.js';
import { makeFileSink } from './secrets-file.js';
import type { SecretStore, ShowOnce } from './write-only.js';

export interface SecretsOptions {
  /** undefined when none was chosen. A file has an absolute path. */
  readonly destination: Destination | undefined;
  /** The AWS files for access keys; undefined when no key is wanted. */
  readonly profileFiles: { readonly credentials: string; readonly config: string } | undefined;
  /** The profile for a key of this run, if it is known. */
  readonly profile: string | undefined;
  /** Created first, with mode 0700: the practice account's folder for secrets. */
  readonly makeFolder: string | undefined;
  /** The folder for the file of an encrypted destination. */
  readonly encryptedFolder: string;
  /** The folder for an access key that could not be stored in its destination. */
  readonly fallbackFolder: string;
  readonly replaceProfile: boolean;
  /** The only key that may be replaced in a profile without the flag. */
  readonly replacesKey?: string;
  readonly region: () => Promise<string>;
  readonly account: () => Promise<string>;
  readonly environment: Environment;
  readonly cwd: string;
  readonly journal: Pick<Journal, 'entries'>;
  readonly show: ShowOnce;
  readonly clock: Clock;
  readonly random: Random;
}

/** The destination of this run's secrets. Creates nothing yet, except the practice account's folder. */
export const makeSecrets = async (options: SecretsOptions): Promise<SecretSink> => {
  const { destination, profileFiles, profile, clock, random, environment, account, journal } = options;
  if (options.makeFolder !== undefined) await mkdir(options.makeFolder, { recursive: true, mode: 0o700 });
  const profiles =
    profileFiles === undefined
      ? undefined
      : makeProfileWriter({
          credentialsFile: profileFiles.credentials,
          configFile: profileFiles.config,
          region: options.region,
          replace: options.replaceProfile,
          ...(options.replacesKey === undefined ? {} : { replacesKey: options.replacesKey }),
          clock,
          ...(profile === undefined ? {} : { profile }),
        });
  const withProfiles = profiles === undefined ? {} : { profiles };
  const sink = async (): Promise<SecretSink> => {
    if (destination === undefined) return makeNoSink(withProfiles);
    if (destination.kind === 'file') return makeFileSink({ file: destination.file, random, environment, account, ...withProfiles });
    const [{ makeWriteOnlySink }, store] = await Promise.all([import('./write-only.js'), storeFor(destination, options)]);
    return makeWriteOnlySink({ store, journal, account, random, ...withProfiles });
  };
  return withFallback(await sink(), options.fallbackFolder);
};

const storeFor = async (destination: Exclude<Destination, { kind: 'file' }>, options: SecretsOptions): Promise<SecretStore> => {
  const { environment, cwd, encryptedFolder: folder, show } = options;
  switch (destination.kind) {
    case 'command':
      return (await import('./command.js')).makeCommandStore({
        command: destination.command,
        wanted: destination.environment,
        environment,
        cwd,
      });
    case 'age':
      return (await import('./age.js')).makeAgeStore({ recipients: destination.recipients, folder });
    case 'terminal':
      return (await import('./write-only.js')).makeTerminalStore(show);
  }
};

/**
 * Checks a destination before the first request to AWS: whether the file can be created, the program exists, and the recipients are valid.
 * Throws E-SECRETS-DESTINATION (exit 2).
 */
export const checkDestination = async (
  destination: Destination,
  at: { readonly environment: Environment; readonly cwd: string },
): Promise<void> => {
  if (destination.kind === 'file')
    await (await import('./destination.js')).inspectDestination(resolve(at.cwd, destination.file), at.environment);
  if (destination.kind === 'command') (await import('./command.js')).findProgram({ command: destination.command, ...at });
  if (destination.kind === 'age') await (await import('./age.js')).ageEncrypter(destination.recipients);
};
