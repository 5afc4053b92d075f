import { declinedError } from '../../run/approval.js';
import pMap from 'p-map';
import { guardAccount } from '../../aws/identity.js';
import { isShown, resolveConfig } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import { type ErrorInfo, type ExitCode, unreadExit, usage } from '../../core/errors.js';
import type { AccountReport, OrganizationAccount, PlannedChange, Result, RunReport, StepReport } from '../../core/report.js';
import { applyAll, outcomeOf } from '../../engine/apply.js';
import { changesOf } from '../../engine/assess.js';
import { initExit, retryAfterSeconds, summaryOf } from '../../engine/results.js';
import { applyWaivers } from '../../engine/waive.js';
import { renderOrganizationPlan } from '../../report/plan.js';
import type { App, Connection } from '../../run/app.js';
import { asBootstrapError, buildReport, describeAccount, endedReport, type RunStart } from '../../run/end.js';
import { printHeader } from '../../run/header.js';
import { type AssessedMember, assessMember, memberPreparation, memberRole, resultsOfMember } from '../../run/members.js';
import { accountsAtOnce, counter, guardNotRoot, membersOf } from '../../run/organization.js';
import { printReport, reserveOutput } from '../../run/output.js';
import { makeNoSink } from '../../secrets/no-sink.js';
import { steps, titles } from '../../steps/index.js';
import { applyPort } from './approval.js';
import { dryExit } from './run.js';
import { guardApproval } from './setup.js';
import type { InitFlags } from './types.js';

/**
 * `bootstrap init --org`: what the config and the defaults want of member accounts, in all of them: one plan, one approval, results an
 * account. The management account is not among them; it has `bootstrap init`.
 */
export const runInitOrganization = async (flags: InitFlags, app: App): Promise<number> => {
  const { clock } = app.host;
  const frame: RunStart = { command: 'init', startedAt: clock.now(), now: clock.now };
  const state: State = { known: { target: app.sandboxed ? 'sandbox' : 'aws', account: null }, connection: undefined, effects: () => 0 };
  try {
    return await printReport(app, await initialize(flags, app, frame, state), flags.dryRun ? { dryRun: true } : {});
  } catch (error) {
    const changed = state.effects() > 0;
    const known = { ...state.known, apiCalls: state.connection?.boundary.counts() ?? { total: 0, writes: 0 } };
    return await printReport(app, endedReport(app, error, frame, known, changed));
  }
};

interface State {
  known: { target: string; account: AccountReport | null };
  connection: Connection | undefined;
  /** Writes that AWS carried out in any account, or may have. */
  effects: () => number;
}

const initialize = async (flags: InitFlags, app: App, frame: RunStart, state: State): Promise<RunReport> => {
  const { host, globals, terminal } = app;
  await reserveOutput(app);
  guardFlags(flags);
  const { config, said } = await app.config();
  const resolved = resolveConfig({
    config,
    flags: { accountId: globals.accountId, only: flags.only, skip: flags.skip },
    steps,
    command: 'init',
    sandbox: false,
    random: host.random,
  });
  const attended = terminal.interactive && !flags.yes;
  if (!attended) guardApproval(flags, app, resolved);
  const connection = await app.connect(flags.dryRun ? 'read' : 'write', app.progress.notify, attended);
  state.connection = connection;
  state.known.target = connection.target;
  const who = await connection.identify();
  guardAccount(who, resolved.accountId, resolved.accountIdFrom);
  guardNotRoot(who, app.sandboxed);
  const { cloud } = connection.boundary;
  const account = await describeAccount(cloud, who);
  state.known.account = account;
  const { others } = await membersOf(cloud, who);
  printHeader(app, account, connection, said, [{ label: 'Members', value: String(others.length) }]);

  const assessed = await lookAtAll({ flags, app, config, connection, partition: who.partition, others });
  state.effects = () => assessed.reduce((sum, { access }) => sum + access.boundary.effects(), 0);
  const plan = assessed.flatMap(planOf);
  const finish = (done: readonly DoneMember[]): RunReport => {
    const { results } = applyWaivers(
      done.flatMap((one) => one.results),
      { waivers: resolved.waivers, now: frame.startedAt, covers: (id) => isShown(resolved, id), command: 'init' },
    );
    const ended = initExit(
      done.flatMap((one) => one.exits),
      results,
    );
    const exit = flags.dryRun ? dryExit(ended, plan.length > 0, flags.detailedExitcode) : ended;
    return buildReport(frame, {
      target: state.known.target,
      account,
      accounts: done.map((one) => one.account),
      apiCalls: connection.boundary.counts(),
      summary: summaryOf(results),
      plan,
      results,
      steps: done.flatMap((one) => one.steps),
      exit,
      ...(exit === 6 ? { retryAfterSeconds: retryAfterSeconds(done.flatMap(({ steps: own }) => own.map(({ error }) => error))) } : {}),
    });
  };
  if (flags.dryRun || plan.length === 0) return finish(assessed.map(asFound));
  if (!terminal.quiet)
    terminal.stderr(
      `${renderOrganizationPlan(
        plan,
        assessed.map(({ member }) => member),
        terminal.messageStyle,
        { titles },
      )}\n`,
    );
  if (attended && !(await approved(app, plan, account))) throw declinedError();
  return finish(await applyEverywhere(app, assessed));
};

/** What would mean something else in every account, or is each account's own. */
const guardFlags = (flags: InitFlags): void => {
  const given = [
    ...flags.overrides.map(({ flag }) => flag),
    ...(flags.replaceAlias ? ['--replace-alias'] : []),
    ...(flags.replaceProfile ? ['--replace-profile'] : []),
    ...(flags.savePlan === undefined ? [] : ['--save-plan']),
    ...(flags.fromPlan === undefined ? [] : ['--from-plan']),
    ...(flags.saveConfig === undefined ? [] : ['--save-config']),
  ];
  if (given.length === 0) return;
  throw usage(
    `--org does not go together with ${given.join(', ')}.`,
    'Write what each account is to have under organization.accounts in bootstrap.yaml, or run the command for one account without --org.',
  );
};

interface Whole {
  readonly flags: InitFlags;
  readonly app: App;
  readonly config: Config | undefined;
  readonly connection: Connection;
  readonly partition: string;
  readonly others: Awaited<ReturnType<typeof membersOf>>['others'];
}

const lookAtAll = async ({ flags, app, config, connection, partition, others }: Whole): Promise<readonly AssessedMember[]> => {
  const preparedFor = memberPreparation('init', flags, app, config);
  const journal = await app.journal();
  const told = counter(app, others.length);
  app.progress.stepStarted('Looking at the accounts');
  const assessed = await pMap(
    others,
    (member) =>
      assessMember({
        command: 'init',
        member,
        partition,
        access: connection.member(member.id, memberRole(config, member.email)),
        prepared: preparedFor(member),
        shows: () => true,
        clock: app.host.clock,
        secrets: makeNoSink(),
        journal,
        signal: app.host.signal,
      }).finally(told),
    { concurrency: accountsAtOnce },
  );
  app.progress.stop();
  return assessed;
};

const planOf = ({ member, steps: assessed }: AssessedMember): readonly PlannedChange[] =>
  assessed.flatMap((step) =>
    changesOf(step).map(
      ({ kind, summary, risk, calls }): PlannedChange => ({ accountId: member.id, step: step.step.id, kind, summary, risk, calls }),
    ),
  );

const approved = async (app: App, plan: readonly PlannedChange[], { id }: AccountReport): Promise<boolean> => {
  const accounts = new Set(plan.map(({ accountId }) => accountId)).size;
  const changes = plan.length === 1 ? 'this change' : `these ${plan.length} changes`;
  return (await app.prompter()).typeToConfirm({
    hint: `To make ${changes} in ${accounts} member ${accounts === 1 ? 'account' : 'accounts'}, type the last four digits of the management account's id.`,
    question: `Last four digits of ${id}:`,
    expected: id.slice(-4),
  });
};

interface DoneMember {
  readonly account: OrganizationAccount;
  readonly results: readonly Result[];
  readonly steps: readonly StepReport[];
  readonly exits: readonly ExitCode[];
}

/** An account out of reach is no step that failed, but the run is not done with it either. */
const asFound = (assessed: AssessedMember): DoneMember => {
  const outcomes = assessed.steps.map((step) => outcomeOf(step, false, null));
  return doneOf(assessed, outcomes);
};

const doneOf = (assessed: AssessedMember, outcomes: readonly { readonly report: StepReport; readonly exit: ExitCode }[]): DoneMember => {
  const results = resultsOfMember(assessed);
  const out: readonly ExitCode[] =
    assessed.unreachable === undefined || assessed.unreachable.status !== 'unknown' ? [] : [unreadExit(assessed.unreachable.cause)];
  return {
    account: { ...assessed.entry, summary: summaryOf(results) },
    results,
    steps: outcomes.filter(({ report }) => report.status !== 'skipped').map(({ report }) => ({ accountId: assessed.member.id, ...report })),
    exits: [...outcomes.map(({ exit }) => exit), ...out],
  };
};

/** Account by account, several at once; inside one as everywhere: read again, change, look until it shows. */
const applyEverywhere = async (app: App, assessed: readonly AssessedMember[]): Promise<readonly DoneMember[]> => {
  const changing = assessed.filter((one) => planOf(one).length > 0);
  const told = counter(app, changing.length);
  app.progress.stepStarted('Changing the accounts');
  const done = await pMap(
    assessed,
    async (one) => {
      if (!changing.includes(one)) return asFound(one);
      try {
        const connection = { boundary: one.access.boundary, clockAheadMs: () => undefined };
        const port = await applyPort(app, connection, one.context, makeNoSink(), { done: [], during: undefined });
        const silent = { stepStarted: () => {}, stepEnded: () => {} };
        const applied = await applyAll(one.steps, { ...port, notify: () => {}, progress: silent });
        return doneOf({ ...one, steps: applied.map((step) => step.assessed) }, applied);
      } catch (error) {
        if (app.host.signal.aborted) throw error;
        return failedMember(one, asBootstrapError(error, one.access.boundary.effects() > 0).info());
      } finally {
        told();
      }
    },
    { concurrency: accountsAtOnce },
  );
  app.progress.stop();
  return done;
};

const failedMember = (assessed: AssessedMember, error: ErrorInfo): DoneMember => {
  const failed = assessed.steps
    .filter((step) => changesOf(step).length > 0)
    .map((step) => ({
      report: { id: step.step.id, status: 'failed', verified: false, error: { ...error, step: step.step.id } } as const,
      exit: 1 as const,
    }));
  return doneOf(assessed, failed);
};
