// Builds dist from rolldown.config.ts. The command line would print a line for each of a hundred chunks.
import { build } from 'rolldown';
import { loadConfig } from 'rolldown/config';

process.chdir(`${import.meta.dirname}/..`);
await build({ ...(await loadConfig('rolldown.config.ts')), logLevel: 'warn' });
