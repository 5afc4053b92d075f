import type { StepFlag } from '../../../src/core/flags.js';

export const flags = [
  { flag: '--lamp-colour', value: 'colour', path: 'colour', text: 'colour of the lamp' },
  { flag: '--replace-lamp', text: 'replace a lamp that is there' },
] as const satisfies readonly StepFlag[];
