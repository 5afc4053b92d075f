import * as z from 'zod';
import { aliasName } from './values.js';

/** The section `alias` of bootstrap.yaml; members of the organization have one of their own. */
export const aliasSection = z.strictObject({
  name: aliasName.optional().describe('Alias in the sign-in URL. Unique among all AWS customers of the partition, and public.'),
});
