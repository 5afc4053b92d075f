import { open } from 'node:fs/promises';
import type { ProfileSettings } from './credentials.js';

/** Profiles of the AWS config and credentials files, read with the SDK's own parser. */
export interface SharedFiles {
  readonly settingsOf: (profile: string) => ProfileSettings;
  readonly has: (profile: string) => boolean;
  /** Files that begin with a byte-order mark: boto3 and the AWS CLI cannot read those; the SDK here can. */
  readonly marked: readonly string[];
}

export const readSharedFiles = async (paths: { readonly config: string; readonly credentials: string }): Promise<SharedFiles> => {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    configFilepath: paths.config,
    filepath: paths.credentials,
    // The SDK keeps what it read for the life of the process.
    ignoreCache: true,
  });
  const settingsOf = (profile: string): ProfileSettings => {
    const settings = { ...configFile[profile], ...credentialsFile[profile] };
    const services = settings['services'] === undefined ? {} : (configFile[`services.${settings['services']}`] ?? {});
    const endpoints = Object.entries(services).flatMap(([key, url]) => {
      const service = /^(\w+)\.endpoint_url$/.exec(key)?.[1];
      return service === undefined ? [] : [[`services.${service}`, url] as const];
    });
    return { ...settings, ...Object.fromEntries(endpoints) };
  };
  const marked = await Promise.all(Object.values(paths).map(async (path) => ((await hasMark(path)) ? [path] : [])));
  return {
    settingsOf,
    marked: marked.flat(),
    has: (profile) => Object.hasOwn(configFile, profile) || Object.hasOwn(credentialsFile, profile),
  };
};

const hasMark = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3);
    return bytesRead === 3 && buffer.equals(Buffer.from('\uFEFF'));
  } catch {
    return false;
  } finally {
    await file.close();
  }
};
