import { mkdir } from 'node:fs/promises';
import type { Clock, Random } from '../core/clock.js';
import type { SecretSink } from '../core/secret-sink.js';
import type { Environment } from './destination.js';
import { makeNoSink } from './no-sink.js';
import { makeProfileWriter } from './profile.js';
import { makeFileSink } from './secrets-file.js';

export interface SecretsOptions {
  /** The secrets file; undefined when none was chosen. */
  readonly file: string | undefined;
  /** AWS files for access keys; undefined when no key is wanted. */
  readonly profileFiles: { readonly credentials: string; readonly config: string } | undefined;
  /** The profile that a key of this run goes to, when that is known. */
  readonly profile: string | undefined;
  /** Made first, with mode 0700: the practice account's folder of secrets. */
  readonly makeFolder: string | undefined;
  readonly replaceProfile: boolean;
  readonly region: () => Promise<string>;
  readonly account: () => Promise<string>;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
}

/** Where secrets go in this run. Looking does not create anything, except for the practice account's own folder. */
export const makeSecrets = async (options: SecretsOptions): Promise<SecretSink> => {
  const { file, profileFiles, profile, clock, random, environment, account } = options;
  if (options.makeFolder !== undefined) await mkdir(options.makeFolder, { recursive: true, mode: 0o700 });
  const profiles =
    profileFiles === undefined
      ? undefined
      : makeProfileWriter({
          credentialsFile: profileFiles.credentials,
          configFile: profileFiles.config,
          region: options.region,
          replace: options.replaceProfile,
          clock,
          ...(profile === undefined ? {} : { profile }),
        });
  const withProfiles = profiles === undefined ? {} : { profiles };
  return file === undefined ? makeNoSink(withProfiles) : makeFileSink({ file, random, environment, account, ...withProfiles });
};
