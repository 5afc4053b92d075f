import { awsLogin } from '../../aws/sign-in.js';
import type { ExitCode } from '../../core/errors.js';
import { type PlannedChange, plannedChange, remainingSteps, type RunReport } from '../../core/report.js';
import type { SecretEntry, SecretSink } from '../../core/secret.js';
import { outcomeOf } from '../../engine/apply.js';
import { assessAll, type AssessedStep, assessStep, changesOf } from '../../engine/assess.js';
import { initExit, summaryOf } from '../../engine/results.js';
import { planSummary, renderPlan } from '../../report/plan.js';
import { type App, makeApp } from '../../run/app.js';
import { applyPort } from '../../run/apply-port.js';
import { declinedError } from '../../run/approval.js';
import { buildReport, failedReport } from '../../run/end.js';
import { printReport, typedAsAdministrator } from '../../run/output.js';
import { printWarnings, type Run, runCommand } from '../../run/run.js';
import { offerHandOver } from '../../run/sign-in.js';
import { resolvePendingSecrets } from '../../secrets/journal.js';
import { readAccountPlan } from '../../steps/shared/account.js';
import { approvePlan, makesSecret, reserveAndApply } from './approval.js';
import { dryRunWords, guardDryRun } from './answers.js';
import { finish, type FinishedInit, type InitResult, resultsOfRun, secretPlaces, waivedResults, withWaivers } from './finish.js';
import { guardPlan, savedPlanWords, savePlan } from './plan-file.js';
import { type RunState, setUp, type Setup } from './setup.js';
import type { FollowingRun, InitFlags } from './types.js';

/** `bootstrap init`: observe, plan, ask, apply, verify. */
export const runInit = async (flags: InitFlags, app: App): Promise<number> => {
  const state = newState();
  const code = await runOnce(flags, app, state);
  const { following } = state;
  return following === undefined || (code !== 0 && code !== 5) ? code : continueAs(app, following, code);
};

/** Offers to sign in as the administrator, then runs `init` again as that user. `code`: how the first run ended. Returns the exit code. */
const continueAs = async (app: App, { user, accountId, flags, config, endRootSession }: FollowingRun, code: number): Promise<number> => {
  const { globals, host, terminal } = app;
  // A second report would make a document for programs invalid.
  if (globals.output !== 'table' || globals.outputFile !== undefined || terminal.quiet) return code;
  if (app.sandboxed) {
    const command = awsLogin(user.profile).text;
    const here = typedAsAdministrator(app, 'bootstrap init');
    terminal.message(
      `In a real account, \`init\` now offers to run \`${command}\` and to continue as ${user.name}. Here, run \`${here}\`.`,
    );
    return code;
  }
  const ended = await offerHandOver(app, user);
  if (ended === 'stopped') return host.signal.reason === 'SIGTERM' ? 143 : 130;
  if (ended === 'declined') return code;
  const named = config ?? globals.config;
  const second = makeApp(host, { ...globals, profile: user.profile, accountId, ...(named === undefined ? {} : { config: named }) });
  const result = await runOnce(flags, second, newState());
  terminal.message(`When you are done as root: ${endRootSession}.`);
  return result;
};

const newState = (): RunState => ({ repeat: undefined, planFlags: [], following: undefined, stored: [] });

const runOnce = (flags: InitFlags, app: App, state: RunState): Promise<number> =>
  runCommand<'init', Ending>(app, {
    name: 'init',
    checkFlags: () => guardDryRun(flags),
    work: (run) => initialize(flags, run, state),
    failed: (failure, run) => {
      const report = failedReport(run.start, failure, run.facts());
      return { report: state.stored.length === 0 ? report : { ...report, recap: state.stored }, next: undefined };
    },
    print: async ({ report, next }) => {
      const failed = report.error !== undefined;
      const code = await printReport(app, report, {
        ...(next === undefined ? {} : { next }),
        ...(flags.dryRun && !failed ? dryRunWords(app, flags, report, state) : {}),
        ...(failed ? {} : savedPlanWords(app, flags.savePlan, report, state.planFlags)),
      });
      // On a line of its own, whatever its length, so that it can be copied.
      if ((report.error?.code === 'E-STOPPED' || report.error?.code === 'E-DECLINED') && state.repeat !== undefined)
        app.terminal.stderr(`With your answers:\n  ${state.repeat}\n`);
      return code;
    },
  });

const initialize = async (given: InitFlags, run: Run<'init'>, state: RunState): Promise<Ending> => {
  const setup = await setUp(run, given, state);
  if (!setup.flags.dryRun) await resolvePendingSecrets(setup.context.journal, setup.account.id, setup.secrets);
  return planAndApply(given, setup, run, state);
};

const planAndApply = async (given: InitFlags, setup: Setup, run: Run<'init'>, state: RunState): Promise<Ending> => {
  const { app } = run;
  const { terminal } = app;
  const { flags, attended, connection, account, saved, edited } = setup;
  app.progress.busy('Reading the account');
  const assessed = await assessAll(setup.prepared, setup.context);
  app.progress.stop();

  const plan = planOf(assessed, setup);
  if (saved !== undefined) guardPlan(given.fromPlan ?? '', saved, assessed);
  if (flags.savePlan !== undefined) await savePlanOf(app, flags.savePlan, setup, assessed);
  const found: InitResult = { assessed, outcomes: assessed.map((step) => outcomeOf(step, false, null)), plan, changed: false, stored: [] };
  if (flags.dryRun || plan.length === 0) return reportOn(await finishRun(found, setup, state, app), setup, run);
  const left = remainingSteps(resultsOfRun(found, setup));
  if (!terminal.quiet || attended)
    terminal.stderr(
      `${setup.decided.asked ? '\n' : ''}${renderPlan(plan, left, terminal.messageStyle, { summary: !attended, home: app.host.home })}\n`,
    );
  const approved = attended
    ? await approvePlan(app, assessed, account, connection.boundary.cloud, {
        summaryOf: (remaining) => planSummary(planOf(remaining, setup), left),
        mayEdit: edited !== undefined,
      })
    : assessed;
  if (approved === 'edit') return planAndApply(given, edited === undefined ? setup : await edited(), run, state);
  if (approved === undefined) throw declinedError();
  const made = await makeChanges(approved, setup, run, state);
  const finished = await finishRun(made, setup, state, app);
  // An organization ends a Free plan.
  const mayEndPlan = connection.boundary.written().some((operation) => operation.startsWith('organizations:'));
  const accountPlan = mayEndPlan ? await readAccountPlan(connection.boundary.cloud, account.partition) : undefined;
  const ending = reportOn(finished, setup, run);
  if (accountPlan === undefined || ending.report.account === null) return ending;
  return {
    ...ending,
    report: { ...ending.report, account: { ...ending.report.account, plan: accountPlan.ok ? accountPlan.value : null } },
  };
};

const finishRun = async (ended: InitResult, setup: Setup, state: RunState, app: App): Promise<FinishedInit> => {
  const all = await finish(ended, setup, app);
  state.following = all.following;
  return all;
};

/** Without the changes that the user declined separately. */
const planOf = (assessed: readonly AssessedStep[], { secretPlace }: Setup): readonly PlannedChange[] =>
  assessed.flatMap((step) =>
    changesOf(step).map((change) => ({
      ...plannedChange(step.step.id, change),
      ...(makesSecret(change) ? { secretPlace: secretPlace(change.calls) } : {}),
    })),
  );

const savePlanOf = async (app: App, file: string, setup: Setup, assessed: readonly AssessedStep[]): Promise<void> => {
  const { flags, attended, connection, who, source, decided } = setup;
  const { only, switches } = flags;
  const skip = decided.skipped.length === 0 ? flags.skip : [...(flags.skip ?? []), ...decided.skipped];
  const inputs = { config: source, overrides: decided.overrides, only, skip, switches, ...decided.place };
  const account = { id: who.accountId, partition: who.partition };
  await savePlan(
    app,
    file,
    { target: connection.target, endpoints: connection.endpoints, account, unattended: !attended, inputs },
    assessed,
  );
};

const makeChanges = async (
  approved: readonly AssessedStep[],
  setup: Setup,
  { app, applied: progress }: Run,
  state: RunState,
): Promise<InitResult> => {
  const { secrets, context, who, attended } = setup;
  const { boundary } = setup.connection;
  const stored: SecretEntry[] = [];
  const recorded: SecretSink = {
    ...secrets,
    store: async (entry) => {
      await secrets.store(entry);
      stored.push(entry);
      state.stored = secretPlaces(stored, secrets, app.host.home);
    },
  };
  const port = await applyPort(app, setup.connection, context, recorded, progress);
  const applied = await reserveAndApply(approved, { ...port, sideBySide: !attended }, who.accountId);
  app.progress.stop();
  const changed = applied.some((step) => step.changed);
  if (changed) boundary.forget();
  // The changes of other steps may affect steps that made no change.
  const assessed = await Promise.all(
    applied.map(async (step) =>
      changed && !step.changed && step.report.error === null ? await assessStep(step.assessed, context) : step.assessed,
    ),
  );
  // The outcome of a step with changes stays; the others are assessed again.
  const outcomes = applied.map((step, index) =>
    step.changed || step.report.error !== null || step.report.status === 'blocked'
      ? step
      : outcomeOf(assessed[index] as AssessedStep, false, null),
  );
  return { assessed, outcomes, plan: planOf(approved, setup), changed, stored };
};

/** A report, and its last line if this run can give a better one than the report. */
interface Ending {
  readonly report: RunReport;
  readonly next: string | undefined;
}

const reportOn = (finished: FinishedInit, setup: Setup, run: Run<'init'>): Ending => {
  const { flags } = setup;
  const { outcomes, plan, changed, interrupted, recap, next } = finished;
  const { results, warnings } = waivedResults(finished, setup);
  printWarnings(run.app, warnings);
  const worst = initExit(
    outcomes.map((outcome) => outcome.exit),
    results,
    changed,
  );
  const exit = flags.dryRun ? dryExit(worst, plan.length > 0, flags.detailedExitcode) : worst;
  const report = buildReport(run.start, {
    ...run.facts(),
    summary: summaryOf(results),
    plan,
    results,
    steps: outcomes.map((outcome) => withWaivers(outcome.report, results, flags.dryRun ? [] : plan)),
    ...(warnings.length === 0 ? {} : { warnings }),
    recap: changed || exit === 0 || exit === 5 ? recap : [],
    exit,
  });
  return { report: interrupted ? { ...report, exit: { code: 130, name: 'interrupted' } } : report, next };
};

/** A dry run that could read everything succeeds. The detailed exit code shows whether there is anything to change. */
export const dryExit = (ended: ExitCode, changes: boolean, detailed: boolean): ExitCode => {
  if (ended !== 0 && ended !== 5) return ended;
  if (!detailed) return 0;
  return changes ? 3 : ended;
};
