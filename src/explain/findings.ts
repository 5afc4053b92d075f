import type { Explanation } from '../core/explanation.js';
import { accessKeysPages } from './findings/access-keys.js';
import { adminUserPages } from './findings/admin-user.js';
import { aliasPages } from './findings/alias.js';
import { billingAccessPages } from './findings/billing-access.js';
import { budgetPages } from './findings/budget.js';
import { mfaPages } from './findings/mfa.js';
import { organizationPages } from './findings/organization.js';

/** One page per finding. Its step declares severity, kind, title and references. */
export const findingPages: Readonly<Record<string, Explanation>> = {
  ...billingAccessPages,
  ...budgetPages,
  ...adminUserPages,
  ...mfaPages,
  ...aliasPages,
  ...accessKeysPages,
  ...organizationPages,
};
