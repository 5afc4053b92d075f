import type { StepFlag } from '../../core/flags.js';

export const flags = [
  { flag: '--mfa-assign', value: 'how', path: 'assign', text: 'in-person (QR code, at a terminal) or unattended' },
  { flag: '--mfa-users', value: 'names', path: 'users', text: 'other users to enrol for MFA, e.g. alex,sam' },
  { flag: '--keep-mfa-seed', path: 'keep-seed', sets: 'true', text: 'also store the seed of a device enrolled in person' },
] as const satisfies readonly StepFlag[];
