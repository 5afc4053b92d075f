import type { StepFlag } from '../../core/flags.js';

export const flags = [
  { flag: '--budget', value: 'limit', path: 'limit', text: 'monthly cost limit, e.g. "10 USD"' },
  { flag: '--budget-name', value: 'name', path: 'name', text: 'name of the budget, new or existing' },
  { flag: '--email', value: 'address', path: 'subscribers.0', text: 'email address for budget alerts' },
] as const satisfies readonly StepFlag[];
