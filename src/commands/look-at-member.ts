import type { Connection } from '../app.js';
import type { Clock } from '../core/clock.js';
import { type Finding, type Severity, severities } from '../core/finding.js';
import type { Journal } from '../core/journal.js';
import type { Unread } from '../core/reading.js';
import type { OrganizationAccount, Result } from '../core/report.js';
import type { SecretSink } from '../core/secret-sink.js';
import type { LookContext } from '../core/step.js';
import { look, type LookedStep } from '../engine/look.js';
import type { PreparedStep } from '../engine/prepare.js';
import { resultsOf } from '../engine/results.js';
import { organization } from '../steps/organization.js';
import type { Member } from '../steps/support/organization/state.js';
import { describeAccount } from './frame.js';
import { carriedByInit } from './member-preparation.js';
import { closedBecause } from './organization.js';

type MemberAccess = ReturnType<Connection['member']>;

export interface MemberLook {
  readonly command: 'init' | 'check';
  readonly member: Member;
  readonly partition: string;
  readonly access: MemberAccess;
  readonly prepared: readonly PreparedStep[];
  readonly shows: (check: string) => boolean;
  readonly clock: Clock;
  readonly secrets: SecretSink;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/** One member account as it was found, by its role. */
export interface LookedMember extends MemberLook {
  readonly entry: Omit<OrganizationAccount, 'summary'>;
  readonly context: Omit<LookContext, 'secrets' | 'journal'> & Pick<MemberLook, 'secrets' | 'journal'>;
  /** Without what was read: it is judged already. Empty when nobody could look. */
  readonly steps: readonly LookedStep[];
  /** Why nobody could look. */
  readonly out?: Out;
}

type Out = Pick<Finding, 'status' | 'reason' | 'evidence' | 'cause'>;

/**
 * What goes wrong with an account is said of it and of nobody else: one that nobody can look into is `unknown`, as severe as the worst
 * that cannot be seen there; one that is closed has nothing to look at.
 */
export const lookAtMember = async (asked: MemberLook): Promise<LookedMember> => {
  const { member, partition, access, prepared, clock, secrets, journal, signal } = asked;
  const { cloud } = access.boundary;
  const out = (how: Out): LookedMember => ({
    ...asked,
    entry: {
      id: member.id,
      name: member.name,
      alias: null,
      partition,
      role: 'member',
      state: member.state,
      identity: null,
      unseen: how.reason,
    },
    context: { cloud, caller: nobody, accountId: async () => member.id, clock, secrets, journal, signal },
    steps: [],
    out: how,
  });
  const closed = closedBecause(member);
  if (closed !== undefined) return out({ status: 'not-applicable', reason: closed, evidence: [] });
  const entered = await access.enter();
  if (!entered.ok)
    return out({ status: 'unknown', reason: await whyOut(access, entered), cause: entered.cause, evidence: entered.evidence });
  const context = { cloud, caller: async () => entered.value, accountId: async () => member.id, clock, secrets, journal, signal };
  try {
    const [account, looked] = await Promise.all([describeAccount(cloud, entered.value), look(prepared, context)]);
    const entry = { ...account, partition, role: account.role ?? 'member', name: member.name, state: member.state, unseen: null };
    return { ...asked, entry, context, steps: looked.map((step) => ({ ...step, observed: undefined })) };
  } catch (error) {
    // A fault in one account must not cost the others their results; a stop of the run is none.
    if (signal.aborted) throw error;
    const reason = `The account could not be judged: ${error instanceof Error ? error.message : String(error)}`;
    return out({ status: 'unknown', reason, cause: 'failed', evidence: [] });
  }
};

export const resultsOfMember = (looked: LookedMember): readonly Result[] => {
  const { member, command, prepared, shows, out } = looked;
  if (out === undefined) {
    return looked.steps
      .flatMap((step) => resultsOf(step, member.id, command))
      .filter(({ id }) => shows(id))
      .map((result) => inMember(result, member.id));
  }
  const finding: Finding = { ...out, id: 'organization.access-role', resource: member.id, severity: worstOf(prepared, shows) };
  const step = { step: organization, slice: undefined, desired: undefined, observed: undefined, findings: [finding] };
  return resultsOf({ ...step, wanted: true, judged: true, intended: true }, member.id, command);
};

const nobody = (): Promise<never> => Promise.reject(new Error('nobody is in this account'));

/** A refusal does not tell whose fault it is, so no permission is named as the missing one. */
const whyOut = async (access: MemberAccess, { message, missingPermission }: Unread): Promise<string> =>
  missingPermission === undefined
    ? `The account could not be looked at: ${message}`
    : `The account could not be looked at: the role ${roleOf(await access.roleArn())} is not there, does not trust you, or you may not assume it`;

const roleOf = (arn: string): string => arn.slice(arn.indexOf(':role/') + ':role/'.length);

/** The worst that could be there unseen. */
const worstOf = (prepared: readonly PreparedStep[], shows: (check: string) => boolean): Severity =>
  prepared
    .filter(({ judged }) => judged)
    .flatMap(({ step }) => step.findings.filter(({ id }) => shows(id)).map(({ severity }) => severity))
    .reduce((worst, one) => (severities.indexOf(one) > severities.indexOf(worst) ? one : worst), 'low');

/** A command that mends something names the account; what `init --org` brings about is mended from here. */
const inMember = (result: Result, accountId: string): Result => {
  const { remediation } = result;
  if (remediation?.command?.startsWith('bootstrap init') !== true) return result;
  const carried = remediation.by === 'init' && carriedByInit(result.id);
  const command = carried
    ? remediation.command.replace('bootstrap init', 'bootstrap init --org')
    : `${remediation.command} --account-id ${accountId}`;
  return { ...result, remediation: { ...remediation, command } };
};
