import { readFile } from 'node:fs/promises';
import { Secret } from '../core/secret.js';
import { sectionsOf, valueOf } from './aws-file.js';
import { parseDocument } from './secrets-document.js';

export interface StoredKeyPlaces {
  readonly profileFiles: { readonly credentials: string; readonly config: string };
  readonly secretsFile: string | undefined;
}

/**
 * The secret of a key that an earlier run stored, to verify the key: AWS does not return it again. undefined when no readable place has it.
 */
export const readStoredKey = async (accessKeyId: string, { profileFiles, secretsFile }: StoredKeyPlaces): Promise<Secret | undefined> => {
  const credentials = (await textOf(profileFiles.credentials)) ?? '';
  const titles = new Set(sectionsOf(credentials).map(({ title }) => title));
  for (const title of titles) {
    const sections = sectionsOf(credentials).filter((section) => section.title === title);
    const secret = valueOf(sections, 'aws_secret_access_key');
    if (valueOf(sections, 'aws_access_key_id') === accessKeyId && secret !== undefined) return new Secret(secret);
  }
  const document = secretsFile === undefined ? undefined : parseDocument((await textOf(secretsFile)) ?? '');
  const entry = document?.entries.find(({ kind, accessKeyId: id }) => kind === 'access-key' && id === accessKeyId);
  const secret = entry?.['secretAccessKey'];
  return typeof secret === 'string' && secret !== '' ? new Secret(secret) : undefined;
};

const textOf = async (path: string): Promise<string | undefined> => readFile(path, 'latin1').catch(() => undefined);
