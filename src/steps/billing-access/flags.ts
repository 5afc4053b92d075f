import type { StepFlag } from '../../core/flags.js';

export const flags = [
  {
    flag: '--billing-confirmed',
    value: 'day',
    path: 'confirmed-on',
    text: 'day on which you saw IAM access to billing enabled',
  },
] as const satisfies readonly StepFlag[];
