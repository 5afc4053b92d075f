import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotStoredError, type SecretSink } from '../core/secret.js';
import { destinationError, errorCode, whyRefused } from './destination.js';
import { replaceFile, serially } from './durable-file.js';
import { makeFolders } from './journal.js';
import { parseDocument, plainEntry, printDocument, type SecretsDocument, withEntry } from './secrets-document.js';

/**
 * Stores an access key in a fallback file (0600) when its destination fails: AWS does not return the secret again, and it must not be
 * printed. The caller then deletes the key, and `discard` removes it from the file. A password or seed that could not be stored needs no
 * fallback: AWS does not use it yet.
 */
export const withFallback = (sink: SecretSink, folder: string): SecretSink => {
  const inOrder = serially();
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
        const document = await inOrder(() =>
          editFallback(path, account ?? '', (before) => withEntry(before, plainEntry(entry, account ?? '')), folder),
        ).catch(() => undefined);
        if (document === undefined) throw error;
        const without = (before: SecretsDocument): SecretsDocument => ({
          ...before,
          entries: before.entries.filter((other) => other['accessKeyId'] !== entry.accessKeyId),
        });
        const discard = async (): Promise<void> => {
          await inOrder(() => editFallback(path, account ?? '', without, folder));
        };
        const { message, next, cause } = error;
        throw new NotStoredError({ message, next, cause, fallback: { place: path, discard } });
      }
    },
  };
};

const editFallback = async (
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
