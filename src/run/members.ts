import { resolveConfig, type Resolved, type SelectionFlags } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
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

/** One member account as it was found, by its role. */
export interface AssessedMember extends MemberTask {
  readonly entry: Omit<OrganizationAccount, 'summary'>;
  readonly context: Omit<ObserveContext, 'secrets' | 'journal'> & Pick<MemberTask, 'secrets' | 'journal'>;
  /** Without what was read: it is judged already. Empty when nobody could look. */
  readonly steps: readonly AssessedStep[];
  /** Why nobody could look. */
  readonly unreachable?: Out;
}

type Out = Pick<Finding, 'status' | 'reason' | 'evidence' | 'cause'>;

/**
 * What goes wrong with an account is said of it and of nobody else: one that nobody can look into is `unknown`, as severe as the worst
 * that cannot be seen there; one that is closed has nothing to look at.
 */
export const assessMember = async (asked: MemberTask): Promise<AssessedMember> => {
  const { member, partition, access, prepared, clock, secrets, journal, signal } = asked;
  const { cloud } = access.boundary;
  const out = (how: Out): AssessedMember => ({
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
    unreachable: how,
  });
  const closed = closedBecause(member);
  if (closed !== undefined) return out({ status: 'not-applicable', reason: closed, evidence: [] });
  const entered = await access.enter();
  if (!entered.ok)
    return out({ status: 'unknown', reason: await whyOut(access, entered), cause: entered.cause, evidence: entered.evidence });
  const context = { cloud, caller: async () => entered.value, accountId: async () => member.id, clock, secrets, journal, signal };
  try {
    const [account, assessed] = await Promise.all([describeAccount(cloud, entered.value), assessAll(prepared, context)]);
    const entry = { ...account, partition, role: account.role ?? 'member', name: member.name, state: member.state, unseen: null };
    return { ...asked, entry, context, steps: assessed.map((step) => ({ ...step, observed: undefined })) };
  } catch (error) {
    // A fault in one account must not cost the others their results; a stop of the run is none.
    if (signal.aborted) throw error;
    const reason = `The account could not be judged: ${error instanceof Error ? error.message : String(error)}`;
    return out({ status: 'unknown', reason, cause: 'failed', evidence: [] });
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

/** What `init --org` brings about in members: what is decided for all of them in one place. People, keys and MFA are each account's own. */
const carriedByInit = (check: string): boolean =>
  ['billing-access.contact', 'billing-access.security-contact', 'admin-user.password-policy'].includes(check) ||
  /^(alias|budget)\./.test(check);

/** What is wanted of each member; of those that the config does not name the same, worked out once. */
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
        // What a practice account wants is not what an organization wants of its members.
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

/** A step that speaks of less, and so changes less. */
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
 * The config as it holds in one member account: what `organization.accounts` says of it, the contacts and the password policy of all
 * accounts, and defaults for the rest. Steps that are about the management account, or about its people, are not the member's.
 * Without an entry in the config the e-mail address matches none, and every such member has the same.
 */
const memberConfig = (config: Config | undefined, email: string, command: 'init' | 'check'): Config => {
  const { sections = {}, file = 'bootstrap.yaml' } = config ?? {};
  const entry = entryOf(config, email);
  /** `init` brings about what is written down and nothing else; `check` judges by the defaults too. */
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

/** The role that leads into the member, by the config or by default. */
export const memberRole = (config: Config | undefined, email: string): string => {
  const role = entryOf(config, email)?.['role'];
  return typeof role === 'string' ? role : 'OrganizationAccountAccessRole';
};

/** Whether the config says something of this member: those of which it does not are all treated alike. */
const isNamed = (config: Config | undefined, email: string): boolean => entryOf(config, email) !== undefined;

type Raw = Readonly<Record<string, unknown>>;

const entryOf = (config: Config | undefined, email: string): Raw | undefined => {
  const { accounts } = asRaw(config?.sections['organization']) ?? {};
  if (!Array.isArray(accounts)) return undefined;
  return accounts.map(asRaw).find((entry) => typeof entry?.['email'] === 'string' && sameEmail(entry['email'], email));
};

/** `false` leaves the step out for members too; undefined: the section says nothing of these. */
const picked = (section: unknown, ...names: readonly string[]): Raw | false | undefined => {
  if (section === false) return false;
  const found = Object.entries(asRaw(section) ?? {}).filter(([name]) => names.includes(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

const asRaw = (value: unknown): Raw | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
