import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotStoredError, type SecretSink } from '../core/secret.js';
import { destinationError, errorCode, whyRefused } from './destination.js';
import { replaceFile, serially } from './durable-file.js';
import { makeFolders } from './journal.js';
import { parseDocument, plainEntry, printDocument, type SecretsDocument, withEntry } from './secrets-document.js';

/**
 * Puts an access key that its destination would not take after all into a file of last resort, 0600: its secret cannot be had again,
 * and must not go to the terminal. The caller then takes the key back, and `discard` takes it out of the file. A password or a seed
 * that could not be stored opens nothing, since AWS has not been asked to take it.
 */
export const withFallback = (sink: SecretSink, folder: string): SecretSink => {
  const inTurn = serially();
  let account: string | undefined;
  return {
    ...sink,
    reserve: async (accountId) => {
      account = accountId;
      await sink.reserve(accountId);
    },
    store: async (entry) => {
      try {
        await sink.store(entry);
      } catch (error) {
        if (!(error instanceof NotStoredError) || entry.kind !== 'access-key' || account === undefined) throw error;
        const path = join(folder, `rescued-${account}.json`);
        const document = await inTurn(() =>
          rescue(path, account ?? '', (before) => withEntry(before, plainEntry(entry, account ?? '')), folder),
        ).catch(() => undefined);
        if (document === undefined) throw error;
        const without = (before: SecretsDocument): SecretsDocument => ({
          ...before,
          entries: before.entries.filter((other) => other['accessKeyId'] !== entry.accessKeyId),
        });
        const discard = async (): Promise<void> => {
          await inTurn(() => rescue(path, account ?? '', without, folder));
        };
        const { message, next, cause } = error;
        throw new NotStoredError({ message, next, cause, fallback: { place: path, discard } });
      }
    },
  };
};

const rescue = async (
  path: string,
  account: string,
  edit: (document: SecretsDocument) => SecretsDocument,
  folder: string,
): Promise<SecretsDocument> => {
  await makeFolders(folder);
  const edited = edit((await read(path, account)) ?? { version: 1, account, entries: [] });
  if (edited.entries.length === 0) await rm(path, { force: true });
  else await replaceFile({ path, data: Buffer.from(printDocument(edited)), mode: 0o600 });
  return edited;
};

/** One that cannot be understood is not written over: the caller then does without a second place. */
const read = async (path: string, account: string): Promise<SecretsDocument | undefined> => {
  try {
    const document = parseDocument(await readFile(path, 'utf8'));
    if (document?.account === account) return document;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw destinationError(`${path} cannot be read (${whyRefused(error)}).`, 'Look into it.', error);
  }
  throw destinationError(`${path} is not a secrets file of this tool.`, 'Move it away.');
};
