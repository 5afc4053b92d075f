import { partitionOf } from '../../core/account.js';
import { BootstrapError } from '../../core/errors.js';
import { unreadError } from '../../core/reading.js';
import { apply } from '../../steps/organization/apply.js';
import { assess } from '../../steps/organization/assess.js';
import { observe } from '../../steps/organization/observe.js';
import { sameEmail } from '../../steps/organization/section.js';
import type { Member, OrganizationChange, WantedAccount } from '../../steps/organization/state.js';
import { pollUntil } from '../../steps/organization/waiting.js';
import { accountError, writeError } from './errors.js';
import type { AccountsPort } from './types.js';

/**
 * `accounts create` wants of the organization what its step would want for one account in the config: the step looks, judges and makes
 * the change, so that the two cannot disagree.
 */
export type CreationPlan =
  | { readonly kind: 'there'; readonly member: Member; readonly reason: string }
  | { readonly kind: 'make'; readonly change: OrganizationChange; readonly reason: string }
  | { readonly kind: 'conflict'; readonly reason: string; readonly next: string };

export const planCreation = async (port: AccountsPort, account: WantedAccount): Promise<CreationPlan> => {
  const desired = { wanted: true, mayCreate: false, centralRoot: false, accounts: [account] };
  const observed = await observe(port, desired);
  const finding = assess(desired, observed).find(({ id }) => id === 'organization.accounts');
  if (finding === undefined) throw new Error('the step judged no account');
  const { status, reason, remedy } = finding;
  if (status === 'unknown') throw unreadError(finding, { message: `${reason}.` });
  const member = observed.members.ok ? observed.members.value.find(({ email }) => sameEmail(email, account.email)) : undefined;
  if (status === 'pass' && member !== undefined) return { kind: 'there', member, reason };
  if (remedy?.by === 'init') return { kind: 'make', change: remedy.change, reason };
  const ways =
    remedy === undefined
      ? []
      : [remedy.instructions, ...(remedy.command === undefined ? [] : [remedy.command]), ...(remedy.url === undefined ? [] : [remedy.url])];
  return { kind: 'conflict', reason, next: ways.join(' ') };
};

export const conflict = ({ reason, next }: Extract<CreationPlan, { kind: 'conflict' }>): BootstrapError =>
  accountError('E-ACCOUNT-CONFLICT', { message: `${reason}.`, next });

/** AWS lists a new account, active and in its place, a little later than it says that it made it. */
const confirmMs = 120_000;

/** Makes what the plan says, and looks until it shows. */
export const createMember = async (port: AccountsPort, account: WantedAccount, change: OrganizationChange): Promise<Member> => {
  const { partition } = await port.caller();
  try {
    await apply(port, change);
  } catch (error) {
    throw writeError(error, partition);
  }
  let last: CreationPlan | undefined;
  const member = await pollUntil(port, confirmMs, async () => {
    last = await planCreation(port, account);
    return last.kind === 'there' ? last.member : undefined;
  });
  if (member !== undefined) {
    if (change.kind === 'create-account') port.did('created', member.id);
    if (account.unit.length > 0) port.did('placed', member.id);
    return member;
  }
  throw new BootstrapError({
    code: 'E-NOT-CONFIRMED',
    message: `AWS made the account ${account.name}, but does not show it as it should be yet${last === undefined ? '' : `: ${last.reason}`}.`,
    next: 'Run the same command again in a few minutes; it continues where this run stopped.',
    retryable: true,
    changed: true,
  });
};

/** The console's page that switches to the role. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html */
export const switchRoleLink = (partition: string, accountId: string, role: string, name: string): string =>
  `https://${partitionOf(partition).signInHost}/switchrole?${new URLSearchParams({ account: accountId, roleName: role, displayName: name }).toString().replaceAll('+', '%20')}`;
