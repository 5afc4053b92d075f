// Builds dist from rolldown.config.ts. The command line would print a line for each of a hundred chunks.
import { build } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { storedHelp } from './stored-help.js';
import { storedSchemas } from './stored-schemas.js';

process.chdir(`${import.meta.dirname}/..`);
const config = await loadConfig('rolldown.config.ts');
await build({ ...config, plugins: [...config.plugins, await storedHelp(), storedSchemas()], logLevel: 'warn' });
