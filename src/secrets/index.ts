import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock, Random } from '../core/clock.js';
import type { Journal } from '../core/journal.js';
import { type Destination, NotStoredError, type SecretSink } from '../core/secret.js';
import { destinationError, type Environment, errorCode, whyRefused } from './destination.js';
import { replaceFile, serially } from './durable-file.js';
import { makeFolders } from './journal.js';
import { makeNoSink } from './no-sink.js';
import { makeProfileWriter } from './profile.js';
import { parseDocument, plainEntry, printDocument, type SecretsDocument, withEntry } from './secrets-document.js';
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
  /** Loaded for the terminal alone, and before there is a secret. */
  readonly show: () => Promise<ShowOnce>;
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
          replacesKey: options.replacesKey,
          clock,
          profile,
        });
  const sink = async (): Promise<SecretSink> => {
    if (destination === undefined) return makeNoSink({ profiles });
    if (destination.kind === 'file') return makeFileSink({ file: destination.file, random, environment, account, profiles });
    const [{ makeWriteOnlySink }, store] = await Promise.all([import('./write-only.js'), storeFor(destination, options)]);
    return makeWriteOnlySink({ store, journal, account, random, profiles });
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
      return (await import('./write-only.js')).makeTerminalStore(await show());
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

/**
 * Stores an access key in a fallback file (0600) when its destination fails: AWS does not return the secret again, and it must not be
 * printed. The caller then deletes the key, and `discard` removes it from the file. A password or seed that could not be stored needs no
 * fallback: AWS does not use it yet.
 */
export const withFallback = (sink: SecretSink, folder: string): SecretSink => {
  const inOrder = serially();
  let reservedFor: string | undefined;
  return {
    ...sink,
    reserve: async (accountId) => {
      reservedFor = accountId;
      await sink.reserve(accountId);
    },
    store: async (entry) => {
      try {
        await sink.store(entry);
      } catch (error) {
        const account = reservedFor;
        if (!(error instanceof NotStoredError) || entry.kind !== 'access-key' || account === undefined) throw error;
        const path = join(folder, `rescued-${account}.json`);
        const edit = (change: (before: SecretsDocument) => SecretsDocument): Promise<void> =>
          inOrder(() => editFallback(path, account, change, folder));
        try {
          await edit((before) => withEntry(before, plainEntry(entry, account)));
        } catch {
          throw error;
        }
        const without = (before: SecretsDocument): SecretsDocument => ({
          ...before,
          entries: before.entries.filter((other) => other['accessKeyId'] !== entry.accessKeyId),
        });
        const { message, next, cause } = error;
        throw new NotStoredError({ message, next, cause, fallback: { place: path, discard: () => edit(without) } });
      }
    },
  };
};

const editFallback = async (
  path: string,
  account: string,
  edit: (document: SecretsDocument) => SecretsDocument,
  folder: string,
): Promise<void> => {
  await makeFolders(folder);
  const edited = edit((await read(path, account)) ?? { version: 1, account, entries: [] });
  if (edited.entries.length === 0) await rm(path, { force: true });
  else await replaceFile({ path, data: Buffer.from(printDocument(edited)), mode: 0o600 });
};

/** A file with other content is not overwritten: then there is no fallback. */
const read = async (path: string, account: string): Promise<SecretsDocument | undefined> => {
  try {
    const document = parseDocument(await readFile(path, 'utf8'));
    if (document?.account === account) return document;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw destinationError(`${path} cannot be read (${whyRefused(error)}).`, 'Check the file.', error);
  }
  throw destinationError(`${path} is not a secrets file of this tool.`, 'Move it away.');
};
