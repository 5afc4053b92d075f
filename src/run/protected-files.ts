import { readFile, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { defaultConfigFile } from '../config/file.js';
import type { App } from './app.js';
import { awsFiles, stateFolder } from './host.js';

/**
 * Whether a file exists that a result must not replace: the tool or the AWS CLI reads it, or it has stored secrets. `inputs`: files that this
 * run reads.
 */
export const isProtected = async (
  { globals, host, sandboxFile }: Pick<App, 'globals' | 'host' | 'sandboxFile'>,
  file: string,
  inputs: readonly string[],
): Promise<boolean> => {
  const actual = async (path: string): Promise<string> => {
    const full = resolve(host.cwd, path);
    return realpath(full).catch(() => full);
  };
  const path = await actual(file);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size === 0) return false;
  const { config, credentials } = awsFiles(host);
  const read = [config, credentials, sandboxFile, globals.config ?? defaultConfigFile, ...inputs];
  if ((await Promise.all(read.map(actual))).includes(path)) return true;
  const folders = await Promise.all([stateFolder(host), `${sandboxFile}.secrets`, `${sandboxFile}.journal`].map(actual));
  if (folders.some((folder) => path.startsWith(`${folder}${sep}`))) return true;
  if (found.size > maxSecretsBytes) return false;
  const { parseDocument } = await import('../secrets/secrets-document.js');
  return parseDocument(await readFile(path, 'utf8').catch(() => '')) !== undefined;
};

/** A secrets file has a few entries. */
const maxSecretsBytes = 1_000_000;
