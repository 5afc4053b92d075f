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
 * `accounts create` uses the organization step, with the account as the only one in the config. The step observes, assesses and applies, so
 * the two cannot disagree.
 */
export type CreationPlan =
  | { readonly kind: 'exists'; readonly member: Member; readonly reason: string }
  | { readonly kind: 'create'; readonly change: OrganizationChange; readonly reason: string }
  | { readonly kind: 'conflict'; readonly reason: string; readonly next: string };

export const planCreation = async (port: AccountsPort, account: WantedAccount): Promise<CreationPlan> => {
  const desired = { wanted: true, mayCreate: false, centralRoot: false, accounts: [account] };
  const observed = await observe(port, desired);
  const finding = assess(desired, observed).find(({ id }) => id === 'organization.accounts');
  if (finding === undefined) throw new Error('the step has no finding for the account');
  const { status, reason, remedy } = finding;
  if (status === 'unknown') throw unreadError(finding, { message: `${reason}.` });
  const member = observed.members.ok ? observed.members.value.find(({ email }) => sameEmail(email, account.email)) : undefined;
  if (status === 'pass' && member !== undefined) return { kind: 'exists', member, reason };
  if (remedy?.by === 'init') return { kind: 'create', change: remedy.change, reason };
  const instructions =
    remedy === undefined
      ? []
      : [remedy.instructions, ...(remedy.command === undefined ? [] : [remedy.command]), ...(remedy.url === undefined ? [] : [remedy.url])];
  return { kind: 'conflict', reason, next: instructions.join(' ') };
};

export const conflict = ({ reason, next }: Extract<CreationPlan, { kind: 'conflict' }>): BootstrapError =>
  accountError('E-ACCOUNT-CONFLICT', { message: `${reason}.`, next });

/** AWS reports that an account is created a little before it lists it as active and in its unit. */
const confirmMs = 120_000;

/** Makes the planned change, and polls until AWS shows it. */
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
    return last.kind === 'exists' ? last.member : undefined;
  });
  if (member !== undefined) {
    if (change.kind === 'create-account') port.record('created', member.id);
    if (account.unit.length > 0) port.record('placed', member.id);
    return member;
  }
  throw new BootstrapError({
    code: 'E-NOT-CONFIRMED',
    message: `AWS created the account ${account.name}, but does not show it as expected yet${last === undefined ? '' : `: ${last.reason}`}.`,
    next: 'Run the same command again in a few minutes. It continues where this run stopped.',
    retryable: true,
    changed: true,
  });
};

/** The console page that switches to the role. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html */
export const switchRoleLink = (partition: string, accountId: string, role: string, name: string): string =>
  `https://${partitionOf(partition).signInHost}/switchrole?${new URLSearchParams({ account: accountId, roleName: role, displayName: name }).toString().replaceAll('+', '%20')}`;
