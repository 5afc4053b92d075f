import type { AccountRole } from '../../core/account.js';
import type { ReadCloud } from '../../core/cloud.js';
import { map, type Reading } from '../../core/reading.js';

/**
 * The account's place among organizations. Any account may ask; "not in use" is the answer of a standalone one.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
export const readAccountRole = async (cloud: ReadCloud, accountId: () => Promise<string>): Promise<Reading<AccountRole>> => {
  const [reading, id] = await Promise.all([
    cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUseException']),
    accountId(),
  ]);
  return map(reading, (output) => {
    if (output === undefined) return 'standalone';
    return output.Organization?.MasterAccountId === id ? 'management' : 'member';
  });
};
