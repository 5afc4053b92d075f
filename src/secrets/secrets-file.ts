import { lstat, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Random } from '../core/clock.js';
import { BootstrapError } from '../core/errors.js';
import type { SecretEntry, SecretSink } from '../core/secret.js';
import { destinationError, type Environment, inspectDestination, whyRefused } from './destination.js';
import { checkReplaceable, replaceFile, serially } from './durable-file.js';
import { type Lock, tryLock } from './lock.js';
import { newPassword } from './password.js';
import type { ProfileWriter } from './profile.js';
import { heldIn, parseDocument, plainEntry, printDocument, type SecretsDocument, storeAt, withEntry } from './secrets-document.js';

export interface FileSinkOptions {
  /** As the user wrote it, for messages. */
  readonly file: string;
  /** For access keys with a profile. */
  readonly profiles?: ProfileWriter | undefined;
  readonly random: Random;
  /** For `git check-ignore`. */
  readonly environment?: Environment;
  /** The account of this run: a file of another account does not count. */
  readonly account?: () => Promise<string>;
}

/** `close` releases the lock. After a crash, the next run removes the lock file. */
export type FileSink = SecretSink;

/** More than a run adds to the file. */
const spareBytes = 16_384;

/**
 * The destination `--secrets-file FILE`: one JSON file, mode 0600, for one account. From the first `reserve` to `close` no other run
 * can write it. Throws E-SECRETS-DESTINATION (exit 2) from `reserve`, E-SECRETS-STORE (exit 7) from `store`.
 */
export const makeFileSink = ({ file, profiles, random, environment = {}, account }: FileSinkOptions): FileSink => {
  const path = resolve(file);
  const inOrder = serially();
  let lock: Lock | undefined;
  let reservedFor: string | undefined;

  const write = async (document: SecretsDocument): Promise<void> => {
    await replaceFile({ path, data: Buffer.from(printDocument(document)), mode: 0o600 });
  };

  const reserve = async (accountId: string): Promise<void> => {
    await inspectDestination(path, environment);
    try {
      lock ??= await takeLock(path);
      // Checked again: another run may have changed it before the lock.
      const exists = await inspectDestination(path, environment);
      const text = exists ? await readFile(path, 'utf8') : '';
      if (documentFor(file, text, accountId) === undefined) await write(emptyDocument(accountId));
      await checkReplaceable(path, text.length + spareBytes);
    } catch (error) {
      if (error instanceof BootstrapError) throw error;
      throw destinationError(
        `The secrets file cannot be written: ${file} (${whyRefused(error)}).`,
        'Fix the cause, or pass another --secrets-file.',
        error,
      );
    }
    await profiles?.reserve();
    reservedFor = accountId;
  };

  const store = async (entry: SecretEntry): Promise<void> => {
    if (reservedFor === undefined) throw new Error('a secret was created before its destination was reserved');
    const document = documentFor(file, await readFile(path, 'utf8'), reservedFor) ?? emptyDocument(reservedFor);
    await write(withEntry(document, plainEntry(entry, reservedFor)));
  };

  return {
    holds: async () => {
      const [document, marks] = await Promise.all([readHeld(path), profiles?.marks() ?? []]);
      const foreign = document !== undefined && account !== undefined && document.account !== (await account());
      return [...(document === undefined || foreign ? [] : heldIn(document)), ...marks];
    },
    reserve: (accountId) => inOrder(() => reserve(accountId)),
    store: (entry) => inOrder(() => storeAt(entry, { store, place: file, profiles })),
    newPassword: (minimumLength) => newPassword(minimumLength, random),
    place: (kind) => (kind === 'access-key' && profiles !== undefined ? profiles.place : file),
    close: async () => {
      const held = lock;
      lock = undefined;
      reservedFor = undefined;
      await held?.release();
    },
  };
};

const takeLock = async (path: string): Promise<Lock> => {
  const name = `${path}.lock`;
  const taken = await tryLock(name);
  if ('release' in taken) return taken;
  throw destinationError(
    `Another run writes to ${path} (${taken.heldBy}).`,
    `Wait for it to end; if it no longer runs, delete ${name} and run the same command again.`,
  );
};

const emptyDocument = (account: string): SecretsDocument => ({ version: 1, account, entries: [] });

/** The content of the file; undefined when it is empty. Throws for a file of another account or with other content. */
const documentFor = (file: string, text: string, account: string): SecretsDocument | undefined => {
  if (text.trim() === '') return undefined;
  const document = parseDocument(text);
  if (document === undefined)
    throw destinationError(`${file} is not a secrets file of this tool, so it was not changed.`, 'Pass another --secrets-file.');
  if (document.account === account) return document;
  throw destinationError(
    `${file} has the secrets of account ${document.account}; this run is for account ${account}.`,
    'Pass another --secrets-file: each account needs its own.',
  );
};

/** A file that cannot be read counts as empty; `reserve` reports why. */
const readHeld = async (path: string): Promise<SecretsDocument | undefined> => {
  try {
    return (await lstat(path)).isFile() ? parseDocument(await readFile(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
};
