import pMap from 'p-map';
import { isShown } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import { type ErrorInfo, type ExitCode, unreadExit, usage } from '../../core/errors.js';
import {
  type AccountReport,
  type OrganizationAccount,
  type PlannedChange,
  plannedChange,
  type Result,
  type RunReport,
  type StepReport,
} from '../../core/report.js';
import { applyAll, outcomeOf } from '../../engine/apply.js';
import { changesOf } from '../../engine/assess.js';
import { initExit, summaryOf } from '../../engine/results.js';
import { applyWaivers } from '../../engine/waive.js';
import { planSummary, renderOrganizationPlan } from '../../report/plan.js';
import type { App, Connection } from '../../run/app.js';
import { declinedError, isAttended, lastDigits } from '../../run/approval.js';
import { asBootstrapError, buildReport, failedReport } from '../../run/end.js';
import { type AssessedMember, assessMember, memberPreparation, memberRole, resultsOfMember } from '../../run/members.js';
import { accountsAtOnce, counter, guardNotRoot, membersOf } from '../../run/organization.js';
import { printReport } from '../../run/output.js';
import { printHeader, resolverOf, type Run, runCommand } from '../../run/run.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { makeNoSink } from '../../secrets/no-sink.js';
import { dryRunWords, guardDryRun } from './answers.js';
import { applyPort } from '../../run/apply-port.js';
import { dryExit } from './run.js';
import { guardApproval } from './setup.js';
import type { InitFlags } from './types.js';

/**
 * `bootstrap init --org`: applies the config and the defaults to all member accounts, with one plan, one approval, and results per account.
 * It does not change the management account; `bootstrap init` does.
 */
export const runInitOrganization = (flags: InitFlags, app: App): Promise<number> =>
  runCommand<'init', RunReport>(app, {
    name: 'init',
    checkFlags: () => guardFlags(flags),
    work: (run) => initialize(flags, run),
    failed: (failure, run) => failedReport(run.start, failure, run.facts()),
    print: (report) =>
      printReport(app, report, flags.dryRun && report.error === undefined ? dryRunWords(app, flags, report, { org: true }) : {}),
  });

const initialize = async (flags: InitFlags, run: Run<'init'>): Promise<RunReport> => {
  const { app } = run;
  const { terminal } = app;
  const { config, note } = await app.config();
  const { only, skip } = flags;
  const resolved = (await resolverOf(app, config, 'init'))({ only, skip });
  const attended = isAttended(app, flags);
  if (!attended) guardApproval(flags, app, resolved);
  const connection = await connectSignedIn(run, { mode: flags.dryRun ? 'read' : 'write', attended, asks: attended });
  const { caller, account } = await run.identify(connection, resolved, (who) => guardNotRoot(who, app.sandboxed));
  const { others } = await membersOf(connection.boundary.cloud, caller);
  printHeader(app, account, connection, note, [{ label: 'Members', value: String(others.length) }], attended && !flags.dryRun);

  const assessed = await assessMembers({ flags, app, config, connection, partition: caller.partition, others });
  for (const { access } of assessed) run.include(access.boundary);
  const plan = assessed.flatMap(planOf);
  const finish = (done: readonly DoneMember[]): RunReport => {
    const { results } = applyWaivers(
      done.flatMap((one) => one.results),
      { waivers: resolved.waivers, now: run.start.startedAt, covers: (id) => isShown(resolved, id), command: 'init' },
    );
    const ended = initExit(
      done.flatMap((one) => one.exits),
      results,
      assessed.some(({ access }) => access.boundary.effects() > 0),
    );
    const exit = flags.dryRun ? dryExit(ended, plan.length > 0, flags.detailedExitcode) : ended;
    return buildReport(run.start, {
      ...run.facts(),
      accounts: done.map((one) => one.account),
      summary: summaryOf(results),
      plan,
      results,
      steps: done.flatMap((one) => one.steps),
      exit,
    });
  };
  if (flags.dryRun || plan.length === 0) return finish(assessed.map(unchangedMember));
  if (!terminal.quiet || attended)
    terminal.stderr(
      `${renderOrganizationPlan(
        plan,
        assessed.map(({ member }) => member),
        terminal.messageStyle,
        { summary: !attended },
      )}\n`,
    );
  if (attended) {
    const prompter = await app.prompter();
    if ((await prompter.approve(approvalOf(plan, account))) !== 'yes') throw declinedError();
  }
  return finish(await applyEverywhere(app, assessed));
};

/** Flags whose value would have to differ from account to account. */
const guardFlags = (flags: InitFlags): void => {
  guardDryRun(flags);
  const given = [
    ...flags.overrides.map(({ flag }) => flag),
    ...flags.switches,
    ...(flags.savePlan === undefined ? [] : ['--save-plan']),
    ...(flags.fromPlan === undefined ? [] : ['--from-plan']),
    ...(flags.saveConfig === undefined ? [] : ['--save-config']),
  ];
  if (given.length === 0) return;
  throw usage(
    `--org cannot be used with ${given.join(', ')}.`,
    'Set the values of each account under organization.accounts in bootstrap.yaml, or run the command for one account without --org.',
  );
};

interface OrganizationRun {
  readonly flags: InitFlags;
  readonly app: App;
  readonly config: Config | undefined;
  readonly connection: Connection;
  readonly partition: string;
  readonly others: Awaited<ReturnType<typeof membersOf>>['others'];
}

const assessMembers = async ({
  flags,
  app,
  config,
  connection,
  partition,
  others,
}: OrganizationRun): Promise<readonly AssessedMember[]> => {
  const preparedFor = memberPreparation('init', flags, app, config);
  const journal = await app.journal();
  const countOne = counter(app, others.length);
  app.progress.busy('Reading the accounts');
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
        clock: connection.clock,
        journal,
        signal: app.host.signal,
      }).finally(countOne),
    { concurrency: accountsAtOnce },
  );
  app.progress.stop();
  return assessed;
};

const planOf = ({ member, steps: assessed }: AssessedMember): readonly PlannedChange[] =>
  assessed.flatMap((step) => changesOf(step).map((change) => ({ accountId: member.id, ...plannedChange(step.step.id, change) })));

const approvalOf = (plan: readonly PlannedChange[], { id }: AccountReport) => {
  const accounts = new Set(plan.map(({ accountId }) => accountId)).size;
  const changes = plan.length === 1 ? 'this change' : `these ${plan.length} changes`;
  return {
    hint: `To make ${changes} in ${accounts} member ${accounts === 1 ? 'account' : 'accounts'}, type the last four digits of the management account's id.`,
    ...lastDigits(id),
    summary: planSummary(plan, []),
    mayEdit: false,
  };
};

interface DoneMember {
  readonly account: OrganizationAccount;
  readonly results: readonly Result[];
  readonly steps: readonly StepReport[];
  readonly exits: readonly ExitCode[];
}

/** An account that cannot be reached has no failed step, but the run is not complete either. */
const unchangedMember = (assessed: AssessedMember): DoneMember => {
  const outcomes = assessed.steps.map((step) => outcomeOf(step, false, null));
  return doneMember(assessed, outcomes);
};

const doneMember = (
  assessed: AssessedMember,
  outcomes: readonly { readonly report: StepReport; readonly exit: ExitCode }[],
): DoneMember => {
  const results = resultsOfMember(assessed);
  const unreachable: readonly ExitCode[] =
    assessed.unreachable === undefined || assessed.unreachable.status !== 'unknown' ? [] : [unreadExit(assessed.unreachable.cause)];
  return {
    account: { ...assessed.entry, summary: summaryOf(results) },
    results,
    steps: outcomes.filter(({ report }) => report.status !== 'skipped').map(({ report }) => ({ accountId: assessed.member.id, ...report })),
    exits: [...outcomes.map(({ exit }) => exit), ...unreachable],
  };
};

/** Several accounts at a time. In each account, as usual: read again, change, poll until the change shows. */
const applyEverywhere = async (app: App, assessed: readonly AssessedMember[]): Promise<readonly DoneMember[]> => {
  const changing = assessed.filter((one) => planOf(one).length > 0);
  const countOne = counter(app, changing.length);
  app.progress.busy('Changing the accounts');
  const journal = await app.journal();
  const done = await pMap(
    assessed,
    async (one) => {
      if (!changing.includes(one)) return unchangedMember(one);
      try {
        const connection = { boundary: one.access.boundary, clockAheadMs: () => undefined };
        const port = await applyPort(app, connection, { ...one.context, journal }, makeNoSink(), { done: [], during: [] });
        const silent = { notify: () => {}, changeStarted: () => {}, ended: () => {} };
        const applied = await applyAll(one.steps, {
          ...port,
          notify: silent.notify,
          progress: () => silent,
          sideBySide: true,
        });
        return doneMember({ ...one, steps: applied.map((step) => step.assessed) }, applied);
      } catch (error) {
        if (app.host.signal.aborted) throw error;
        return failedMember(one, asBootstrapError(error, one.access.boundary.effects() > 0).info());
      } finally {
        countOne();
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
  return doneMember(assessed, failed);
};
