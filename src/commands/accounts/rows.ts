import type { Account } from '@aws-sdk/client-organizations';
import type { AccountRow } from '../../core/accounts.js';
import type { ReadCloud } from '../../core/cloud.js';
import { organizationReadError } from '../../steps/organization/refusals.js';

export type RolelessRow = Omit<AccountRow, 'role'>;

/** Every account of the organization, the management account first, then by name. Throws when they cannot be read. */
export const readAccountRows = async (cloud: ReadCloud, managementId: string): Promise<readonly RolelessRow[]> => {
  const pages = await cloud.readAll('organizations:ListAccounts', {});
  if (!pages.ok) throw organizationReadError(pages, false);
  return pages.value
    .flatMap((page) => page.Accounts ?? [])
    .map((account) => rowOf(account, managementId))
    .toSorted(
      (a, b) => Number(b.management) - Number(a.management) || a.name.localeCompare(b.name, 'en') || (a.accountId < b.accountId ? -1 : 1),
    );
};

const rowOf = (
  { Id = '', Name = '', Email = '', State, Status, JoinedMethod, JoinedTimestamp }: Account,
  managementId: string,
): RolelessRow => ({
  accountId: Id,
  name: Name,
  email: Email,
  // AWS replaces Status by State. An endpoint that is older than State still sends Status.
  state: State ?? Status ?? 'unknown',
  joined: JoinedMethod === 'INVITED' ? 'invited' : 'created',
  joinedAt: JoinedTimestamp?.toISOString() ?? null,
  management: Id === managementId,
});
