import { resolveConfig, type Resolved, type SelectionFlags, selectionsOf } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../core/clock.js';
import { nothingStored } from '../core/secret.js';
import { type Finding, severities, type Severity } from '../core/finding.js';
import type { Unread } from '../core/reading.js';
import type { OrganizationAccount, Result } from '../core/report.js';
import type { AnyStep, ObserveContext } from '../core/step.js';
import { assessAll, type AssessedStep, prepare, type PreparedStep } from '../engine/assess.js';
import { resultsOf } from '../engine/results.js';
import type { App } from './app.js';
import { describeAccount } from './end.js';
import type { MemberAccess } from './host.js';
import { closedBecause } from './organization.js';
import { organization, steps } from '../steps/index.js';
import { entryOf, roleOf } from '../steps/organization/section.js';
import type { Member } from '../steps/organization/state.js';

interface MemberTask {
  readonly command: 'init' | 'check';
  readonly member: Member;
  readonly partition: string;
  readonly access: MemberAccess;
  readonly prepared: readonly PreparedStep[];
  readonly shows: (check: string) => boolean;
  readonly clock: Clock;
  readonly journal: ObserveContext['journal'];
  readonly signal: AbortSignal;
}

/** What was observed and assessed in a member account. */
export interface AssessedMember extends MemberTask {
  readonly entry: Omit<OrganizationAccount, 'summary'>;
  readonly context: ObserveContext;
  /** Assessed steps, without the observations. Empty if the account could not be read. */
  readonly steps: readonly AssessedStep[];
  /** Why the account was not read. */
  readonly unreachable?: Unreachable;
}

type Unreachable = Pick<Finding, 'status' | 'reason' | 'evidence' | 'cause'>;

/**
 * A failure in one account affects only the results of that account. An account that cannot be read is `unknown`, with the highest
 * severity that a finding in it could have; a closed account is not applicable.
 */
export const assessMember = async (task: MemberTask): Promise<AssessedMember> => {
  const { member, partition, access, prepared, clock, journal, signal } = task;
  const secrets = nothingStored;
  const { cloud } = access.boundary;
  const withoutSteps = (unreachable: Unreachable): AssessedMember => ({
    ...task,
    entry: {
      id: member.id,
      name: member.name,
      alias: null,
      partition,
      role: 'member',
      plan: null,
      state: member.state,
      identity: null,
      unseen: unreachable.reason,
    },
    context: { cloud, caller: noCaller, accountId: async () => member.id, clock, secrets, journal, signal },
    steps: [],
    unreachable,
  });
  const closed = closedBecause(member);
  if (closed !== undefined) return withoutSteps({ status: 'not-applicable', reason: closed, evidence: [] });
  const entered = await access.enter();
  if (!entered.ok)
    return withoutSteps({
      status: 'unknown',
      reason: await whyUnreachable(access, entered),
      cause: entered.cause,
      evidence: entered.evidence,
    });
  const context = { cloud, caller: async () => entered.value, accountId: async () => member.id, clock, secrets, journal, signal };
  try {
    const [account, assessed] = await Promise.all([describeAccount(cloud, entered.value), assessAll(prepared, context)]);
    const entry = { ...account, partition, role: account.role ?? 'member', name: member.name, state: member.state, unseen: null };
    return { ...task, entry, context, steps: assessed.map((step) => ({ ...step, observed: undefined })) };
  } catch (error) {
    // An error in one account must not lose the results of the others. Stopping the run is not such an error.
    if (signal.aborted) throw error;
    const reason = `The account could not be assessed: ${error instanceof Error ? error.message : String(error)}`;
    return withoutSteps({ status: 'unknown', reason, cause: 'failed', evidence: [] });
  }
};

export const resultsOfMember = (assessed: AssessedMember): readonly Result[] => {
  const { member, command, prepared, shows, unreachable } = assessed;
  if (unreachable === undefined) {
    return assessed.steps
      .flatMap((step) => resultsOf(step, member.id, command))
      .filter(({ id }) => shows(id))
      .map((result) => inMember(result, member.id, prepared));
  }
  const finding: Finding = { ...unreachable, id: 'organization.access-role', resource: member.id, severity: worstOf(prepared, shows) };
  return resultsAbout(finding, member.id, command);
};

/** A finding about an account of the organization that no step has assessed, as a result of the organization step. */
export const resultsAbout = (finding: Finding, accountId: string, command: 'init' | 'check'): readonly Result[] => {
  const step = { step: organization, slice: undefined, desired: undefined, observed: undefined, findings: [finding] };
  return resultsOf({ ...step, wanted: true, judged: true, intended: true }, accountId, command);
};

const noCaller = (): Promise<never> => Promise.reject(new Error('the account was not entered'));

/** AWS does not report which side of the trust refused, so the reason names no missing permission. */
const whyUnreachable = async (access: MemberAccess, { message, missingPermission }: Unread): Promise<string> =>
  missingPermission === undefined
    ? `The account could not be read: ${message}`
    : `The account could not be read: the role ${roleNameIn(await access.roleArn())} does not exist or does not trust you, or you may not assume it`;

const roleNameIn = (arn: string): string => arn.slice(arn.indexOf(':role/') + ':role/'.length);

/** The highest severity of the findings that could not be assessed. */
const worstOf = (prepared: readonly PreparedStep[], shows: (check: string) => boolean): Severity =>
  prepared
    .filter(({ judged }) => judged)
    .flatMap(({ step }) => step.findings.filter(({ id }) => shows(id)).map(({ severity }) => severity))
    .reduce((worst, one) => (severities.indexOf(one) > severities.indexOf(worst) ? one : worst), 'low');

/**
 * A command that fixes a finding names the account and needs its credentials: in the management account, `keys delete --root` would
 * delete other keys. What `init --org` applies is fixed from the management account.
 */
const inMember = (result: Result, accountId: string, prepared: readonly PreparedStep[]): Result => {
  const { remediation } = result;
  if (!remediation?.command || !/^bootstrap (?:init|keys) /.test(remediation.command)) return result;
  const applied = remediation.by === 'init' && prepared.some(({ step }) => step.id === result.step && isAppliedToMembers(step, result.id));
  const command = applied
    ? remediation.command.replace('bootstrap init', 'bootstrap init --org')
    : `${remediation.command.replace(' --profile ROOT', '')} --account-id ${accountId} --profile MEMBER`;
  return { ...result, remediation: { ...remediation, command } };
};

/** The steps as they apply to each member. Members that the config does not name share one result. */
export const memberPreparation = (
  command: 'init' | 'check',
  { only, skip }: SelectionFlags,
  app: App,
  config: Config | undefined,
  registry: readonly AnyStep[] = steps,
): ((member: Member) => readonly PreparedStep[]) => {
  const taken = command === 'check' ? registry : registry.map(onlyForMembers);
  const of = (email: string): readonly PreparedStep[] =>
    preparedOf(
      command,
      taken,
      resolveConfig({
        config: memberConfig(registry, config, email, command),
        flags: { only, skip },
        steps: taken,
        command,
        // The default values of the practice account do not apply to the members of an organization.
        sandbox: false,
        random: app.host.random,
      }),
      true,
    );
  let ofUnnamed: readonly PreparedStep[] | undefined;
  return ({ email }) => {
    // Members that the config does not name are all treated alike.
    if (entryOf(config?.sections[organization.id], email) !== undefined) return of(email);
    ofUnnamed ??= of('');
    return ofUnnamed;
  };
};

export const preparedOf = (
  command: 'init' | 'check',
  taken: readonly AnyStep[],
  resolved: Resolved,
  ofMember = false,
): readonly PreparedStep[] =>
  prepare(selectionsOf(taken, resolved), {
    command,
    unattended: true,
    secrets: command === 'check' ? 'chosen' : 'none',
    switches: [],
    ofMember,
  });

/** The name of the access role in the member, from the config or by default. */
export const memberRole = (config: Config | undefined, email: string): string => roleOf(config?.sections[organization.id], email);

/** Whether `init --org` applies this finding of the step: settings that are the same decision for all accounts. Users, keys and MFA belong to each account. */
export const isAppliedToMembers = ({ member }: AnyStep, check: string): boolean =>
  member !== undefined && (member.applies === 'all' || member.applies.includes(check));

/** The step with only the findings that `init --org` applies to members. */
export const onlyForMembers = (step: AnyStep): AnyStep => ({
  ...step,
  findings: step.findings.filter(({ id }) => isAppliedToMembers(step, id)),
  questions: [],
  assess: (desired, observed) => step.assess(desired, observed).filter(({ id }) => isAppliedToMembers(step, id)),
});

/**
 * The config of one member account: its entry in `organization.accounts`, and the parts of other sections that apply to every account
 * of the organization. Members without an entry all have the same config.
 */
export const memberConfig = (all: readonly AnyStep[], config: Config | undefined, email: string, command: 'init' | 'check'): Config => {
  const { sections = {}, file = 'bootstrap.yaml' } = config ?? {};
  const entry = entryOf(sections[organization.id], email);
  const sectionOf = ({ id, member }: AnyStep): unknown => {
    if (member === undefined) return false;
    const written =
      (member.entry === undefined ? undefined : entry?.[member.entry.key]) ??
      (member.shared === undefined ? undefined : picked(sections[id], member.shared));
    // `check` uses the defaults as well.
    if (written !== undefined || command === 'check') return written;
    return member.byDefault === true ? {} : false;
  };
  const own = all.map((step) => [step.id, sectionOf(step)] as const);
  // Waivers are applied over all accounts together.
  return { file, warnings: [], waivers: [], sections: Object.fromEntries(own.filter(([, section]) => section !== undefined)) };
};

/** `false` leaves the step out for members too; undefined: the section has none of these keys. */
const picked = (section: unknown, keys: readonly string[]): object | false | undefined => {
  if (section === false) return false;
  const mapping = typeof section === 'object' && section !== null && !Array.isArray(section) ? section : {};
  const found = Object.entries(mapping).filter(([key]) => keys.includes(key));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
