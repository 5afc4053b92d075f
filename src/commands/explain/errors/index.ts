import type { Explanation } from '../../../core/explanation.js';
import { accountPages } from './accounts.js';
import { awsPages } from './aws.js';
import { identityPages } from './identity.js';
import { keyPages } from './keys.js';
import { organizationErrorPages } from './organization.js';
import { usagePages } from './usage.js';

/** One page per error code. Titles and exit codes are in `core/error-codes.ts`. */
export const errorPages: Readonly<Record<string, Explanation>> = {
  ...usagePages,
  ...identityPages,
  ...awsPages,
  ...keyPages,
  ...organizationErrorPages,
  ...accountPages,
};
