import type { StepFlag } from '../../core/flags.js';

export const replaceAlias = { flag: '--replace-alias', text: 'replace another alias; its sign-in URL stops working' } as const;

export const flags = [
  { flag: '--alias', value: 'name', path: 'name', text: 'account alias' },
  replaceAlias,
] as const satisfies readonly StepFlag[];
