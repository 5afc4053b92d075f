import type { MemberAccess } from '../app/host.js';
import type { Clock } from '../core/clock.js';
import { type Finding, type Severity, severities } from '../core/finding.js';
import type { Journal } from '../core/journal.js';
import type { OrganizationAccount, Result } from '../core/report.js';
import type { Unread } from '../core/reading.js';
import type { SecretSink } from '../core/secret-sink.js';
import { look } from '../engine/look.js';
import type { PreparedStep } from '../engine/prepare.js';
import { resultsOf, summaryOf } from '../engine/results.js';
import { organization } from '../steps/organization.js';
import type { Member } from '../steps/support/organization/state.js';
import { describeAccount } from './frame.js';
import { closedBecause, entryOfUnseen } from './organization.js';

/** What is known of one account when its turn is over. Nothing else of it is kept. */
export interface CheckedAccount {
  readonly account: OrganizationAccount;
  readonly results: readonly Result[];
}

export interface MemberCheck {
  readonly member: Member;
  readonly partition: string;
  readonly access: MemberAccess;
  readonly prepared: readonly PreparedStep[];
  readonly shows: (check: string) => boolean;
  readonly clock: Clock;
  readonly secrets: Pick<SecretSink, 'holds' | 'place'>;
  readonly journal: Pick<Journal, 'entries'>;
}

/**
 * One member account, looked at by its role. What goes wrong with it is said of it and of nobody else: an account that nobody can look
 * into is `unknown`, as severe as the worst that cannot be seen there; one that is closed has nothing to look at.
 */
export const checkMember = async (check: MemberCheck): Promise<CheckedAccount> => {
  const { member, partition, access, prepared, shows } = check;
  const closed = closedBecause(member);
  if (closed !== undefined) return unseen(check, closed, { status: 'not-applicable', evidence: [] });
  const entered = await access.enter();
  if (!entered.ok) {
    return unseen(check, await whyOut(access, entered), { status: 'unknown', cause: entered.cause, evidence: entered.evidence });
  }
  const caller = async () => entered.value;
  const { cloud } = access.boundary;
  const context = { cloud, caller, accountId: async () => member.id, clock: check.clock, secrets: check.secrets, journal: check.journal };
  try {
    const [account, looked] = await Promise.all([describeAccount(cloud, entered.value), look(prepared, context)]);
    const results = looked
      .flatMap((step) => resultsOf(step, member.id, 'check'))
      .filter(({ id }) => shows(id))
      .map((result) => inMember(result, member.id));
    const { name, state } = member;
    return {
      account: { ...account, role: account.role ?? 'member', partition, name, state, unseen: null, summary: summaryOf(results) },
      results,
    };
  } catch (error) {
    // A fault of ours in one account must not cost the others their results; a stop of the run is none.
    if (error instanceof Error && error.name === 'AbortError') throw error;
    const reason = `The account could not be judged: ${error instanceof Error ? error.message : String(error)}`;
    return unseen(check, reason, { status: 'unknown', cause: 'failed', evidence: [] });
  }
};

/** A refusal does not tell whose fault it is, so no permission is named as the missing one. */
const whyOut = async (access: MemberAccess, { message, missingPermission }: Unread): Promise<string> =>
  missingPermission === undefined
    ? `The account could not be looked at: ${message}`
    : `The account could not be looked at: the role ${roleOf(await access.roleArn())} is not there, does not trust you, or you may not assume it`;

const roleOf = (arn: string): string => arn.slice(arn.indexOf(':role/') + ':role/'.length);

type Unseen = Pick<Finding, 'status' | 'evidence' | 'cause'>;

const unseen = ({ member, partition, prepared, shows }: MemberCheck, reason: string, how: Unseen): CheckedAccount => {
  const finding: Finding = { id: 'organization.access-role', resource: member.id, reason, severity: worstOf(prepared, shows), ...how };
  const looked = { step: organization, slice: undefined, desired: undefined, observed: undefined, findings: [finding] };
  const results = resultsOf({ ...looked, wanted: true, judged: true, intended: true }, member.id, 'check');
  return { account: { ...entryOfUnseen(member, partition, reason), summary: summaryOf(results) }, results };
};

/** The worst that could be there unseen. */
const worstOf = (prepared: readonly PreparedStep[], shows: (check: string) => boolean): Severity =>
  prepared
    .filter(({ judged }) => judged)
    .flatMap(({ step }) => step.findings.filter(({ id }) => shows(id)).map(({ severity }) => severity))
    .reduce((worst, one) => (severities.indexOf(one) > severities.indexOf(worst) ? one : worst), 'low');

/** Steps that `init --org` takes to members; the others are run in the member itself. */
export const memberSteps: readonly string[] = ['billing-access', 'budget', 'admin-user.password-policy', 'alias'];

const inMember = (result: Result, accountId: string): Result => {
  const { remediation } = result;
  if (remediation?.command?.startsWith('bootstrap init') !== true) return result;
  const carried = remediation.by === 'init' && memberSteps.some((one) => one === result.step || one === result.id);
  const command = carried
    ? remediation.command.replace('bootstrap init', 'bootstrap init --org')
    : `${remediation.command} --account-id ${accountId}`;
  return { ...result, remediation: { ...remediation, command } };
};
