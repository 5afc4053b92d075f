import type { ReportExtras } from '../report/extras.js';
import type { App } from './app.js';

/**
 * Where in the config stands what a check expects, for formats that point into files: `budget.limit` at its key, `budget.exists`, which
 * has no key, at the section. A config that is absent or broken has no places,
 * and what is wrong with it was said before.
 */
export const configPlaces = async ({ host, globals }: App): Promise<Pick<ReportExtras, 'configFile' | 'lineOf'>> => {
  const [{ configFileOf }, { readSource }] = await Promise.all([import('../config/file.js'), import('../config/source.js')]);
  try {
    const file = await configFileOf(globals, host);
    if (file === undefined) return {};
    const source = readSource(file.text);
    return { configFile: file.file, lineOf: (check) => source.positionOf(check.split('.'), 'key').line };
  } catch {
    return globals.config === undefined ? {} : { configFile: globals.config };
  }
};
