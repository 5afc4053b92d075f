import type { Explanation } from '../core/explanation.js';
import { accessKeysPages } from './findings/access-keys.js';
import { adminUserPages } from './findings/admin-user.js';
import { aliasPages } from './findings/alias.js';
import { billingAccessPages } from './findings/billing-access.js';
import { budgetPages } from './findings/budget.js';
import { mfaPages } from './findings/mfa.js';
import { organizationPages } from './findings/organization.js';

/** One page a finding; severity, kind, title and references are in the catalogue of its step. */
export const findingPages: Readonly<Record<string, Explanation>> = {
  ...billingAccessPages,
  ...budgetPages,
  ...adminUserPages,
  ...mfaPages,
  ...aliasPages,
  ...accessKeysPages,
  ...organizationPages,
};
