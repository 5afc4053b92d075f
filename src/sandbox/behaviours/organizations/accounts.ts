import type { Behaviours, Scene } from '../../behaviour.js';
import type { AccountWorld, OrganizationWorld } from '../../world.js';
import { constraint, fault, listed, PATTERNS, text } from './faults.js';
import {
  accountIn,
  arn,
  asManagement,
  asMember,
  leave,
  type Member,
  memberOf,
  requireAllFeatures,
  requireOldEnough,
} from './membership.js';
import { pathOf } from './tree.js';

/** The older field has fewer values; AWS is replacing it with State. */
const STATUS: Readonly<Record<AccountWorld['state'], 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE'>> = {
  PENDING_ACTIVATION: 'ACTIVE',
  ACTIVE: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  PENDING_CLOSURE: 'PENDING_CLOSURE',
  CLOSED: 'SUSPENDED',
};

export const accountReads: Behaviours = {
  ListAccounts(input, scene) {
    const organization = asManagement(scene);
    const { items, next } = listed(organization.members, input, scene);
    return { Accounts: items.map((each) => shown(each, organization, scene)), ...next };
  },

  DescribeAccount(input, scene) {
    const organization = asManagement(scene);
    return { Account: shown(memberOf(organization, accountId(input)), organization, scene) };
  },
};

export const accountWrites: Behaviours = {
  /** Closing takes time, as in AWS: the account is PENDING_CLOSURE first. */
  CloseAccount(input, scene) {
    const organization = asManagement(scene);
    requireAllFeatures(organization);
    const member = memberOf(organization, accountId(input));
    if (member.accountId === organization.managementAccountId) {
      throw constraint('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'You cannot close the management account.');
    }
    const account = accountIn(scene.world, member.accountId);
    if (account.state === 'PENDING_CLOSURE') throw fault('ConflictException', 'The account is being closed.');
    if (account.state === 'SUSPENDED' || account.state === 'CLOSED')
      throw fault('AccountAlreadyClosedException', 'The account is closed already.');
    const monthAgo = scene.now.getTime() - 30 * 86_400_000;
    const closed = organization.members.filter((each) => {
      const { closureRequestedAt } = accountIn(scene.world, each.accountId);
      return closureRequestedAt !== undefined && Date.parse(closureRequestedAt) > monthAgo;
    });
    if (closed.length >= Math.min(1_000, Math.max(10, Math.floor(organization.members.length / 10))))
      throw constraint('CLOSE_ACCOUNT_QUOTA_EXCEEDED', 'You have exceeded close account quota for the past 30 days.');
    account.state = 'PENDING_CLOSURE';
    account.closureRequestedAt = scene.now.toISOString();
    return {};
  },

  RemoveAccountFromOrganization(input, scene) {
    const organization = asManagement(scene);
    depart(memberOf(organization, accountId(input)), organization, scene);
    return {};
  },

  LeaveOrganization(_input, scene) {
    const organization = asMember(scene);
    depart(memberOf(organization, scene.account.id), organization, scene);
    return {};
  },
};

function accountId(input: { readonly AccountId?: unknown }): string {
  return text(input.AccountId, 'AccountId', { max: 12, pattern: PATTERNS.account });
}

/** An account must be able to leave: old enough, and with its own card. */
function depart(member: Member, organization: OrganizationWorld, scene: Scene): void {
  if (member.accountId === organization.managementAccountId) {
    throw fault('MasterCannotLeaveOrganizationException', "You can't remove a management account from an organization.");
  }
  const account = accountIn(scene.world, member.accountId);
  requireOldEnough(organization, account, scene);
  if (account.payment !== undefined) {
    throw constraint(
      'MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED',
      'You must first associate a valid payment instrument, such as a credit card, with the account.',
    );
  }
  leave(organization, member.accountId);
}

function shown(member: Member, organization: OrganizationWorld, scene: Scene): Record<string, unknown> {
  const account = accountIn(scene.world, member.accountId);
  const { closureRequestedAt } = account;
  const closedAt = Date.parse(closureRequestedAt ?? '') + (scene.world.knobs.closingMs ?? 30_000);
  if (account.state === 'PENDING_CLOSURE' && closedAt <= scene.now.getTime()) account.state = 'CLOSED';
  const { id, email, name, state } = account;
  return {
    Id: id,
    Arn: arn(organization, scene, 'account', id),
    Email: email,
    Name: name,
    Status: STATUS[state],
    State: state,
    Paths: [pathOf(organization, member.parent, id)],
    JoinedMethod: member.joinedMethod,
    JoinedTimestamp: new Date(member.joinedAt),
  };
}
