import type { Change } from '../../core/finding.js';
import { map, type Reading, value } from '../../core/reading.js';
import type { ReadCloud } from '../../core/cloud.js';
import { defineUndo, type Kept } from '../../core/step.js';
import { isAwsError } from '../../core/aws-error.js';
import { listed } from '../../core/text.js';
import { readMembers, readMembership, readRequests } from './observe.js';
import type { CreationRequest, Desired, Member, Membership } from './state.js';
import { readRoot } from './units.js';
import { readIdentityCenterRoles } from '../shared/sign-ins.js';

interface DeleteOrganization extends Change {
  readonly kind: 'delete-organization';
}
interface Observed {
  readonly membership: Reading<Membership>;
  readonly members: Reading<readonly Member[]>;
  readonly requests: Reading<readonly CreationRequest[]>;
  /** Names of the organizational units below the root. */
  readonly units: Reading<readonly string[]>;
  /** Roles of IAM Identity Center in this account: their users sign in through the organization. */
  readonly signIns: Reading<readonly string[]>;
}

/** AWS cannot show who created an organization, so only an empty one that the config asks for is deleted. */
export const undoOrganization = defineUndo<Desired, Observed, DeleteOrganization>({
  observe: async ({ cloud, accountId }) => {
    const membership = await readMembership(cloud, await accountId());
    if (!membership.ok || membership.value.role !== 'management')
      return { membership, members: value([]), requests: value([]), units: value([]), signIns: value([]) };
    const [members, requests, units, signIns] = await Promise.all([
      readMembers(cloud),
      readRequests(cloud),
      readUnitNames(cloud),
      readIdentityCenterRoles(cloud),
    ]);
    return { membership, members, requests, units, signIns };
  },

  plan: (_, { membership, members, requests, units, signIns }, { named }) => {
    if (!membership.ok) return { changes: [], kept: [], unread: [membership] };
    if (membership.value.role === 'standalone') return { changes: [], kept: [] };
    const { id, managementId } = membership.value;
    const keep = (reason: Omit<Kept, 'what'>) => ({ changes: [], kept: [{ what: `The organization ${id}`, ...reason }] });
    if (membership.value.role === 'member') return keep({ why: 'another account manages it' });
    if (!named) return keep({ why: 'the config asks for no organization' });
    if (!members.ok) return { changes: [], kept: [], unread: [members] };
    if (!requests.ok) return { changes: [], kept: [], unread: [requests] };
    if (!units.ok) return { changes: [], kept: [], unread: [units] };
    if (!signIns.ok) return { changes: [], kept: [], unread: [signIns] };
    const others = members.value.filter((member) => member.id !== managementId);
    if (others.length > 0)
      return keep({
        why: `it has ${others.length === 1 ? 'a member account' : `${others.length} member accounts`}: ${listed(others.map((one) => one.id))}`,
        manual: 'Close the member accounts or remove them from the organization. A closed account is a member for 90 more days.',
      });
    if (requests.value.some(({ state }) => state === 'IN_PROGRESS'))
      return keep({ why: 'AWS is still creating a member account', manual: 'Run `bootstrap undo` again in a few minutes.' });
    if (units.value.length > 0)
      return keep({
        why: `it has organizational units: ${listed(units.value)}`,
        manual: 'Delete the organizational units in the console, and run `bootstrap undo` again.',
      });
    if (signIns.value.length > 0)
      return keep({
        why: `users of IAM Identity Center sign in to this account through it: ${listed(signIns.value)}`,
        manual:
          'Make sure that you can sign in another way. Then delete the assignments and the instance of IAM Identity Center in the console, and run `bootstrap undo` again.',
      });
    const change: DeleteOrganization = {
      kind: 'delete-organization',
      summary: `Delete the organization ${id}, which has no member accounts`,
      risk: 'hard-to-undo',
      calls: ['organizations:DeleteOrganization'],
    };
    return { changes: [change], kept: [] };
  },

  apply: async ({ cloud }) => {
    await cloud.write('organizations:DeleteOrganization', {}).catch((error: unknown) => {
      if (!isAwsError(error, 'AWSOrganizationsNotInUse')) throw error;
    });
  },
});

const readUnitNames = async (cloud: ReadCloud): Promise<Reading<readonly string[]>> => {
  const root = await readRoot(cloud);
  if (!root.ok) return root;
  return map(await cloud.readAll('organizations:ListOrganizationalUnitsForParent', { ParentId: root.value }), (pages) =>
    pages.flatMap((page) => page.OrganizationalUnits ?? []).map(({ Name, Id }) => Name ?? Id ?? ''),
  );
};
