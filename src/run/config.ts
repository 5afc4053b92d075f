import { configFileOf, interruptible } from '../config/file.js';
import type { Config } from '../config/schema.js';
import type { Globals, Host } from './host.js';

/** The config of a run, and where it comes from. */
export interface RunConfig {
  readonly config: Config | undefined;
  /** Where the config comes from, for the header, if no flag named it. */
  readonly note: string | undefined;
  /** No flag named the file: it was in the working folder. */
  readonly found: boolean;
  /** The file and its text, for a saved plan. */
  readonly source: { readonly file: string; readonly text: string } | null;
}

/** The parser and the steps, whose sections it has, are only loaded if there is a file. */
export const readConfig = async (globals: Globals, host: Host): Promise<RunConfig> => {
  const file = await configFileOf(globals, host);
  if (file === undefined) return { config: undefined, note: undefined, found: false, source: null };
  const [{ loadConfig }, { steps }] = await Promise.all([import('../config/load.js'), import('../steps/index.js')]);
  const found = file.from === 'folder';
  const { config } = await interruptible(host, () => loadConfig({ text: file.text, file: file.file, steps }));
  const note = found ? `read ${file.file} of this folder` : undefined;
  return { config, note, found, source: { file: file.path, text: file.text } };
};
