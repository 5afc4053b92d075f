import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretEntry } from '../core/secret.js';
import { destinationError, whyRefused } from './destination.js';
import { replaceFile, unlessMissing } from './durable-file.js';
import { type Lock, tryLock } from './lock.js';
import { plainEntry, printDocument, type SecretsDocument, withEntry } from './secrets-document.js';
import type { SecretStore } from './write-only.js';

export interface AgeOptions {
  readonly recipients: readonly string[];
  /** The folder of the file: the working folder. */
  readonly folder: string;
}

type Encrypt = (text: string) => Promise<string>;

/** Post-quantum recipients, and those of keys in hardware: the bundle does not have their cryptography. */
const otherKinds = /^age1(?:pq|tag|tagpq)1/i;

/** Throws E-SECRETS-DESTINATION for an invalid age recipient. The error does not repeat it: it may be the secret half of a key pair. */
export const ageEncrypter = async (recipients: readonly string[]): Promise<Encrypt> => {
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const [index, recipient] of recipients.entries()) {
    try {
      if (otherKinds.test(recipient)) throw new Error('a recipient of another kind');
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw notARecipient(recipient, recipients.length > 1 ? `${index + 1}. recipient` : 'recipient', error);
    }
  }
  return async (text) => armor.encode(await encrypter.encrypt(text));
};

const notARecipient = (recipient: string, which: string, error: unknown): Error => {
  if (recipient.toUpperCase().startsWith('AGE-SECRET-KEY-')) {
    return destinationError(
      `The ${which} to encrypt to is an age secret key. Anyone who saw this command line can decrypt files for this key.`,
      'Pass the public key, which begins with age1: age-keygen -y KEYFILE prints it.',
    );
  }
  const why = recipient.startsWith('age1')
    ? 'it has a typing error, or is post-quantum, of a plugin, or of a key in hardware'
    : 'recipients begin with age1';
  return destinationError(
    `The ${which} to encrypt to is not an age recipient: ${why}.`,
    'Pass one that `age-keygen` printed without -pq.',
    error,
  );
};

/**
 * The destination `--encrypt-to`: a new file, encrypted and armoured, with all entries of this run. Every entry rewrites the whole file.
 * This process cannot decrypt it, so it never adds to an existing file.
 */
export const makeAgeStore = ({ recipients, folder }: AgeOptions): SecretStore => {
  let file: { readonly lock: Lock; readonly encrypt: Encrypt; readonly document: SecretsDocument } | undefined;
  let path = join(folder, 'aws-secrets.age');

  const write = async (encrypt: Encrypt, content: SecretsDocument): Promise<void> => {
    await replaceFile({ path, data: Buffer.from(await encrypt(printDocument(content))), mode: 0o600 });
  };

  return {
    place: () => path,
    reserve: async (account) => {
      const encrypt = await ageEncrypter(recipients);
      try {
        const free = await lockFreeName(folder, account);
        path = free.path;
        file = { lock: free.lock, encrypt, document: { version: 1, account, entries: [] } };
        // A first write while nothing can be lost: name, disk and recipients work.
        await write(encrypt, file.document);
      } catch (error) {
        await file?.lock.release();
        file = undefined;
        throw destinationError(
          `The encrypted file cannot be written in ${folder} (${whyRefused(error)}).`,
          'Run the command in a folder that you can write to, or choose another destination.',
          error,
        );
      }
    },
    store: async (entry: SecretEntry, account) => {
      if (file === undefined) throw new Error('a secret was created before its file');
      const document = withEntry(file.document, plainEntry(entry, account));
      await write(file.encrypt, document);
      file = { ...file, document };
    },
    close: async () => {
      const held = file;
      file = undefined;
      if (held?.document.entries.length === 0) await rm(path, { force: true });
      await held?.lock.release();
    },
  };
};

/** The first name that no file and no other run uses, locked. */
const lockFreeName = async (folder: string, account: string): Promise<{ readonly path: string; readonly lock: Lock }> => {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `aws-secrets-${account}${number === 1 ? '' : `-${number}`}.age`);
    const lock = await tryLock(`${path}.lock`);
    if (!('release' in lock)) continue;
    if ((await unlessMissing(lstat(path))) === undefined) return { path, lock };
    await lock.release();
  }
};
