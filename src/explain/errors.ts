import type { Explanation } from '../core/explanation.js';
import { accountPages } from './errors/accounts.js';
import { awsPages } from './errors/aws.js';
import { identityPages } from './errors/identity.js';
import { keyPages } from './errors/keys.js';
import { organizationErrorPages } from './errors/organization.js';
import { usagePages } from './errors/usage.js';

/** One page per error code. Titles and exit codes are in `core/error-codes.ts`. */
export const errorPages: Readonly<Record<string, Explanation>> = {
  ...usagePages,
  ...identityPages,
  ...awsPages,
  ...keyPages,
  ...organizationErrorPages,
  ...accountPages,
};
