import { resolveConfig, type Resolved } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import type { SelectionFlags } from '../config/selection.js';
import type { Clock } from '../core/clock.js';
import { type Finding, severities, type Severity } from '../core/finding.js';
import type { Journal } from '../core/journal.js';
import type { Unread } from '../core/reading.js';
import type { OrganizationAccount, Result } from '../core/report.js';
import type { SecretSink } from '../core/secret.js';
import type { AnyStep, ObserveContext } from '../core/step.js';
import { assessAll, type AssessedStep, prepare, type PreparedStep } from '../engine/assess.js';
import { resultsOf } from '../engine/results.js';
import { steps } from '../steps/index.js';
import { organization } from '../steps/organization/index.js';
import { sameEmail } from '../steps/organization/section.js';
import type { Member } from '../steps/organization/state.js';
import type { App, Connection } from './app.js';
import { describeAccount } from './end.js';
import { closedBecause } from './organization.js';

type MemberAccess = ReturnType<Connection['member']>;

export interface MemberTask {
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

/** What was observed and assessed in a member account. */
export interface AssessedMember extends MemberTask {
  readonly entry: Omit<OrganizationAccount, 'summary'>;
  readonly context: Omit<ObserveContext, 'secrets' | 'journal'> & Pick<MemberTask, 'secrets' | 'journal'>;
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
  const { member, partition, access, prepared, clock, secrets, journal, signal } = task;
  const { cloud } = access.boundary;
  const withoutSteps = (unreachable: Unreachable): AssessedMember => ({
    ...task,
    entry: {
      id: member.id,
      name: member.name,
      alias: null,
      partition,
      role: 'member',
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
      .map((result) => inMember(result, member.id));
  }
  const finding: Finding = { ...unreachable, id: 'organization.access-role', resource: member.id, severity: worstOf(prepared, shows) };
  const step = { step: organization, slice: undefined, desired: undefined, observed: undefined, findings: [finding] };
  return resultsOf({ ...step, wanted: true, judged: true, intended: true }, member.id, command);
};

const noCaller = (): Promise<never> => Promise.reject(new Error('the account was not entered'));

/** AWS does not report which side of the trust refused, so the reason names no missing permission. */
const whyUnreachable = async (access: MemberAccess, { message, missingPermission }: Unread): Promise<string> =>
  missingPermission === undefined
    ? `The account could not be read: ${message}`
    : `The account could not be read: the role ${roleOf(await access.roleArn())} does not exist or does not trust you, or you may not assume it`;

const roleOf = (arn: string): string => arn.slice(arn.indexOf(':role/') + ':role/'.length);

/** The highest severity of the findings that could not be assessed. */
const worstOf = (prepared: readonly PreparedStep[], shows: (check: string) => boolean): Severity =>
  prepared
    .filter(({ judged }) => judged)
    .flatMap(({ step }) => step.findings.filter(({ id }) => shows(id)).map(({ severity }) => severity))
    .reduce((worst, one) => (severities.indexOf(one) > severities.indexOf(worst) ? one : worst), 'low');

/** A command that fixes a finding names the account; what `init --org` applies is fixed from the management account. */
const inMember = (result: Result, accountId: string): Result => {
  const { remediation } = result;
  if (remediation?.command?.startsWith('bootstrap init') !== true) return result;
  const carried = remediation.by === 'init' && carriedByInit(result.id);
  const command = carried
    ? remediation.command.replace('bootstrap init', 'bootstrap init --org')
    : `${remediation.command} --account-id ${accountId}`;
  return { ...result, remediation: { ...remediation, command } };
};

/** What `init --org` applies to members: settings that are the same decision for all accounts. Users, keys and MFA belong to each account. */
const carriedByInit = (check: string): boolean =>
  ['billing-access.contact', 'billing-access.security-contact', 'admin-user.password-policy'].includes(check) ||
  /^(alias|budget)\./.test(check);

/** The steps as they apply to each member. Members that the config does not name share one result. */
export const memberPreparation = (
  command: 'init' | 'check',
  { only, skip }: SelectionFlags,
  app: App,
  config: Config | undefined,
): ((member: Member) => readonly PreparedStep[]) => {
  const taken = command === 'check' ? steps : steps.map(narrowed);
  const of = (email: string): readonly PreparedStep[] =>
    preparedOf(
      command,
      taken,
      resolveConfig({
        config: memberConfig(config, email, command),
        flags: { only, skip },
        steps: taken,
        command,
        // The default values of the practice account do not apply to the members of an organization.
        sandbox: false,
        random: app.host.random,
      }),
    );
  let ofUnnamed: readonly PreparedStep[] | undefined;
  return ({ email }) => {
    if (isNamed(config, email)) return of(email);
    ofUnnamed ??= of('');
    return ofUnnamed;
  };
};

export const preparedOf = (command: 'init' | 'check', taken: readonly AnyStep[], resolved: Resolved): readonly PreparedStep[] =>
  prepare(
    taken.map((step) => ({ step, ...(resolved.steps[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }) })),
    { command, unattended: true, secrets: command === 'check' ? 'chosen' : 'none', replaceAlias: false, replaceProfile: false },
  );

/** The step with only the findings that `init --org` applies to members. */
const narrowed = (step: AnyStep): AnyStep => {
  const findings = step.findings.filter(({ id }) => carriedByInit(id));
  return {
    ...step,
    findings,
    questions: [],
    assess: (desired, observed) => step.assess(desired, observed).filter(({ id }) => carriedByInit(id)),
  };
};

/**
 * The config for one member account: its entry in `organization.accounts`, the contacts and the password policy of all accounts, and
 * defaults for the rest. Steps that are about the management account or its users do not apply. Members without an entry all have the
 * same config.
 */
const memberConfig = (config: Config | undefined, email: string, command: 'init' | 'check'): Config => {
  const { sections = {}, file = 'bootstrap.yaml' } = config ?? {};
  const entry = entryOf(config, email);
  /** `init` applies only what the config contains; `check` uses the defaults as well. */
  const otherwise = command === 'init' ? false : undefined;
  const contacts = picked(sections['billing-access'], 'contact', 'security-contact');
  const policy = picked(sections['admin-user'], 'password-policy');
  const own: Readonly<Record<string, unknown>> = {
    'billing-access': contacts ?? otherwise,
    budget: entry?.['budget'] ?? otherwise,
    'admin-user': policy ?? (command === 'init' ? {} : undefined),
    mfa: otherwise,
    alias: entry?.['alias'] ?? otherwise,
    'access-keys': otherwise,
    organization: false,
  };
  // Waivers are applied over all accounts together.
  return {
    file,
    warnings: [],
    waivers: [],
    sections: Object.fromEntries(Object.entries(own).filter(([, section]) => section !== undefined)),
  };
};

/** The name of the access role in the member, from the config or by default. */
export const memberRole = (config: Config | undefined, email: string): string => {
  const role = entryOf(config, email)?.['role'];
  return typeof role === 'string' ? role : 'OrganizationAccountAccessRole';
};

/** Whether the config has an entry for this member. */
const isNamed = (config: Config | undefined, email: string): boolean => entryOf(config, email) !== undefined;

type Raw = Readonly<Record<string, unknown>>;

const entryOf = (config: Config | undefined, email: string): Raw | undefined => {
  const { accounts } = asRaw(config?.sections['organization']) ?? {};
  if (!Array.isArray(accounts)) return undefined;
  return accounts.map(asRaw).find((entry) => typeof entry?.['email'] === 'string' && sameEmail(entry['email'], email));
};

/** `false` also leaves the step out for members; undefined: the section has none of these keys. */
const picked = (section: unknown, ...names: readonly string[]): Raw | false | undefined => {
  if (section === false) return false;
  const found = Object.entries(asRaw(section) ?? {}).filter(([name]) => names.includes(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

const asRaw = (value: unknown): Raw | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
