import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type ConfigFile, maxConfigBytes, readConfigFile } from '../config/file.js';
import type { Globals, Host } from './host.js';
import { readAtMost } from './read-at-most.js';

/** The config file of a run; undefined when none was named and none is in the working folder. */
export const configFileOf = (globals: Pick<Globals, 'config'>, host: Pick<Host, 'cwd'>): Promise<ConfigFile | undefined> =>
  readConfigFile(globals.config, host.cwd, { stat, readFile: readAtMost(maxConfigBytes) });

/** Lets a signal in that came during work without pauses, such as reading a large file. */
export const heed = async ({ signal }: Pick<Host, 'signal'>): Promise<void> => {
  await setImmediate();
  signal.throwIfAborted();
};
