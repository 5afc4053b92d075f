import type { StepFlag } from '../../core/flags.js';

export const flags = [
  { flag: '--admin-user', value: 'name', path: 'name', text: 'user name of the administrator' },
  { flag: '--admin-kind', value: 'kind', path: 'kind', text: 'iam-user or identity-center (no IAM user)' },
] as const satisfies readonly StepFlag[];
