import type { OptionsOf, StepFlags } from '../core/flags.js';
import { flags as accessKeys } from './access-keys/flags.js';
import { flags as adminUser } from './admin-user/flags.js';
import { flags as alias } from './alias/flags.js';
import { flags as billingAccess } from './billing-access/flags.js';
import { flags as budget } from './budget/flags.js';
import { flags as mfa } from './mfa/flags.js';

/** The flags of the steps that have some, in the order in which help lists them. Loads no step: `--help` must stay fast. */
export const stepFlags = [
  { step: 'admin-user', flags: adminUser },
  { step: 'alias', flags: alias },
  { step: 'budget', flags: budget },
  { step: 'billing-access', flags: billingAccess },
  { step: 'mfa', flags: mfa },
  { step: 'access-keys', flags: accessKeys },
] as const satisfies readonly StepFlags[];

/** The options of `init` that the steps' flags become. */
export type StepOptions = OptionsOf<(typeof stepFlags)[number]['flags'][number]>;
