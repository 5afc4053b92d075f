import type { Change } from '../../core/finding.js';
import { defineUndo } from '../../core/step.js';

/** Nothing is removed: a contact does not show who set it, and the billing switch has no API. */
export const undoBillingAccess = defineUndo<unknown, undefined, Change>({
  observe: async () => undefined,
  plan: () => ({
    changes: [],
    kept: [{ what: 'Alternate contacts, and the access of IAM identities to billing', why: 'nothing shows who set them' }],
  }),
  apply: async () => {},
});
