import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

/** The alias in the sign-in URL; undefined when the account has none. There is at most one. */
export const readAlias = async (cloud: Pick<ReadCloud, 'readAll'>): Promise<Reading<string | undefined>> =>
  map(await cloud.readAll('iam:ListAccountAliases', {}), (pages) => pages.flatMap((page) => page.AccountAliases ?? [])[0]);
