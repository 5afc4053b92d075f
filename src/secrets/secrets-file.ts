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
  /** As the user wrote it: messages repeat it. */
  readonly file: string;
  /** Where access keys go instead, when they have a profile. */
  readonly profiles?: ProfileWriter;
  readonly random: Random;
  /** For git, which is asked whether it ignores the file. */
  readonly environment?: Environment;
  /** The account of this run: what another account's file holds does not count. */
  readonly account?: () => Promise<string>;
}

/** `close` gives the lock back. A process that dies without it leaves a lock file that the next one removes. */
export type FileSink = SecretSink;

/** More than a run can add to the file. */
const spareBytes = 16_384;

/**
 * The destination `--secrets-file FILE`: one JSON file, mode 0600, for one account. From the first `reserve` to `close` no other run
 * writes it. Throws E-SECRETS-DESTINATION (exit 2) from `reserve`, E-SECRETS-STORE (exit 7) from `store`.
 */
export const makeFileSink = ({ file, profiles, random, environment = {}, account }: FileSinkOptions): FileSink => {
  const path = resolve(file);
  const inTurn = serially();
  let lock: Lock | undefined;
  let reservedFor: string | undefined;

  const write = async (document: SecretsDocument): Promise<void> => {
    await replaceFile({ path, data: Buffer.from(printDocument(document)), mode: 0o600 });
  };

  const reserve = async (accountId: string): Promise<void> => {
    await inspectDestination(path, environment);
    try {
      lock ??= await takeLock(path);
      // Looked at again: somebody may have been quicker before the lock.
      const exists = await inspectDestination(path, environment);
      const document = exists ? documentFor(file, await readFile(path, 'utf8'), accountId) : undefined;
      if (document === undefined) await write({ version: 1, account: accountId, entries: [] });
      await checkReplaceable(path, printDocument(document ?? { version: 1, account: accountId, entries: [] }).length + spareBytes);
    } catch (error) {
      if (error instanceof BootstrapError) throw error;
      throw destinationError(
        `The secrets file cannot be written: ${file} (${whyRefused(error)}).`,
        'Mend that, or pass another --secrets-file.',
        error,
      );
    }
    await profiles?.reserve();
    reservedFor = accountId;
  };

  const keep = async (entry: SecretEntry): Promise<void> => {
    if (reservedFor === undefined) throw new Error('a secret was made before its destination was reserved');
    const document = documentFor(file, await readFile(path, 'utf8'), reservedFor) ?? { version: 1, account: reservedFor, entries: [] };
    await write(withEntry(document, plainEntry(entry, reservedFor)));
  };

  return {
    holds: async () => {
      const [document, marks] = await Promise.all([readHeld(path), profiles?.marks() ?? []]);
      const foreign = document !== undefined && account !== undefined && document.account !== (await account());
      return [...(document === undefined || foreign ? [] : heldIn(document)), ...marks];
    },
    reserve: (accountId) => inTurn(() => reserve(accountId)),
    store: (entry) => inTurn(() => storeAt(entry, { keep, place: file, profiles })),
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
    `Wait for it to end; if there is none, delete ${name} and run the same command again.`,
  );
};

/** What the file holds, undefined when it is still empty. Another account's file, or one that is not ours, is left alone. */
const documentFor = (file: string, text: string, account: string): SecretsDocument | undefined => {
  if (text.trim() === '') return undefined;
  const document = parseDocument(text);
  if (document === undefined)
    throw destinationError(`${file} is not a secrets file of this tool, so it is left as it is.`, 'Pass another --secrets-file.');
  if (document.account === account) return document;
  throw destinationError(
    `${file} holds the secrets of account ${document.account}; this run is about ${account}.`,
    'Pass another --secrets-file: one for each account.',
  );
};

/** For marks: whatever cannot be read holds nothing; `reserve` says why. */
const readHeld = async (path: string): Promise<SecretsDocument | undefined> => {
  try {
    return (await lstat(path)).isFile() ? parseDocument(await readFile(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
};
