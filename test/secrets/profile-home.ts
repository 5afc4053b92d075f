import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { makeProfileWriter, type ProfileWriterOptions } from '../../src/secrets/profile.js';
import { canary, folder, realClock } from './scene.js';

export const region = 'eu-central-1';
export const id = 'AKIAIOSFODNN7EXAMPLE';

/** Both files in one folder, with their content; undefined: no file. */
export const home = (credentials?: string | Buffer, config?: string | Buffer, more: Partial<ProfileWriterOptions> = {}) => {
  const where = join(folder(), '.aws');
  const files = { credentialsFile: join(where, 'credentials'), configFile: join(where, 'config') };
  if (credentials !== undefined || config !== undefined) mkdirSync(where, { mode: 0o700 });
  if (credentials !== undefined) writeFileSync(files.credentialsFile, credentials, { mode: 0o600 });
  if (config !== undefined) writeFileSync(files.configFile, config, { mode: 0o600 });
  const writer = makeProfileWriter({ ...files, region: async () => region, replace: false, clock: realClock, ...more });
  return { ...files, where, writer };
};
export type Home = ReturnType<typeof home>;
export const bytes = (path: string): string => readFileSync(path, 'latin1');
/** As the SDK reads them. */
export const oracle = async ({ credentialsFile, configFile }: Pick<Home, 'credentialsFile' | 'configFile'>) =>
  loadSharedConfigFiles({ filepath: credentialsFile, configFilepath: configFile, ignoreCache: true });
export const wanted = { aws_access_key_id: id, aws_secret_access_key: canary };
