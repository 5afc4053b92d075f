import type { StepFlag } from '../../core/flags.js';

export const replaceProfile = { flag: '--replace-profile', text: 'overwrite an existing profile in the AWS files' } as const;

export const flags = [replaceProfile] as const satisfies readonly StepFlag[];
