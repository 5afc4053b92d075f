import { declinedError } from '../../run/approval.js';
import type { ExitCode } from '../../core/errors.js';
import { type PlannedChange, remainingSteps, type RunReport } from '../../core/report.js';
import type { SecretEntry, SecretSink } from '../../core/secret.js';
import { outcomeOf } from '../../engine/apply.js';
import { assessAll, type AssessedStep, assessStep, changesOf } from '../../engine/assess.js';
import { initExit, retryAfterSeconds, summaryOf } from '../../engine/results.js';
import { renderPlan } from '../../report/plan.js';
import type { App } from '../../run/app.js';
import { asBootstrapError, buildReport, failedReport, printStack, type RunStart, signalExitCode, stoppedError } from '../../run/end.js';
import { printWarnings } from '../../run/header.js';
import { printReport, reserveOutput } from '../../run/output.js';
import { resolvePendingSecrets } from '../../secrets/journal.js';
import { titles } from '../../steps/index.js';
import { applyPort, applyReserved, approve, makesSecret } from './approval.js';
import { type Ended, finish, type Finished, quieted, resultsIn, waivedIn } from './finish.js';
import { isAborted, isUnanswered, unanswered } from './interrupted.js';
import { guardPlan, savedPlanWords, savePlan } from './plan-file.js';
import { type RunState, setUp, type Setup } from './setup.js';
import type { InitFlags } from './types.js';

/** `bootstrap init`: look, plan, ask, apply, look again. */
export const runInit = async (flags: InitFlags, app: App): Promise<number> => {
  const { host } = app;
  const frame: RunStart = { command: 'init', startedAt: host.clock.now(), now: host.clock.now };
  const state: RunState = {
    reportSoFar: { target: app.sandboxed ? 'sandbox' : 'aws', account: null, apiCalls: { total: 0, writes: 0 } },
    connection: undefined,
    progress: { done: [], during: undefined },
    repeat: undefined,
    planFlags: [],
  };
  const counts = () => state.connection?.boundary.counts() ?? { total: 0, writes: 0 };
  try {
    const { report, next } = await initialize(flags, app, frame, state);
    return await printReport(app, report, {
      ...(next === undefined ? {} : { next }),
      ...(flags.dryRun ? { dryRun: true } : {}),
      ...savedPlanWords(app, flags.savePlan, report, state.planFlags),
    });
  } catch (error) {
    const apiCalls = counts();
    const changed = (state.connection?.boundary.effects() ?? 0) > 0;
    const told = asBootstrapError(error, changed);
    const known = { ...state.reportSoFar, apiCalls };
    if (host.signal.aborted || isAborted(error)) {
      const code = host.signal.aborted ? signalExitCode(app) : 130;
      const stopped: RunReport = {
        ...failedReport(frame, told, known),
        error: stoppedError(changed, state.progress),
        exit: { code, name: 'interrupted' },
      };
      const ended = await printReport(app, stopped);
      // On a line of its own, whatever its length, to be copied.
      if (state.repeat !== undefined) app.terminal.stderr(`With your answers:\n  ${state.repeat}\n`);
      return ended;
    }
    printStack(app, error);
    return await printReport(app, failedReport(frame, isUnanswered(error) ? unanswered(error) : told, known));
  }
};

const initialize = async (given: InitFlags, app: App, frame: RunStart, state: RunState): Promise<Told> => {
  const { terminal } = app;
  await reserveOutput(app);
  const setup = await setUp(app, given, state);
  const { flags, attended, connection, account, saved } = setup;
  if (!flags.dryRun) await resolvePendingSecrets(setup.context.journal, account.id, setup.context.secrets);
  app.progress.stepStarted('Looking at the account');
  const assessed = await assessAll(setup.prepared, setup.context);
  app.progress.stop();

  const plan = planOf(assessed, setup);
  if (saved !== undefined) guardPlan(given.fromPlan ?? '', saved, assessed);
  if (flags.savePlan !== undefined) await keepPlan(app, flags.savePlan, setup, assessed);
  const found: Ended = { assessed, outcomes: assessed.map((step) => outcomeOf(step, false, null)), plan, changed: false, stored: [] };
  if (flags.dryRun || plan.length === 0) return reportOn(await finish(found, setup, app), setup, frame, state, app);
  if (!terminal.quiet) {
    const left = remainingSteps(resultsIn(assessed, setup));
    terminal.stderr(`${setup.decided.asked ? '\n' : ''}${renderPlan(plan, left, terminal.messageStyle, { titles })}\n`);
  }
  const approved = attended ? await approve(app, assessed, account, connection.boundary.cloud) : assessed;
  if (approved === undefined) throw declinedError();
  const made = await makeChanges(approved, setup, app, state);
  return reportOn(await finish(made, setup, app), setup, frame, state, app);
};

/** What was declined by itself is not in it. */
const planOf = (assessed: readonly AssessedStep[], { secretPlace }: Setup): readonly PlannedChange[] =>
  assessed.flatMap((step) =>
    changesOf(step).map((change): PlannedChange => {
      const { kind, summary, risk, calls } = change;
      return { step: step.step.id, kind, summary, risk, calls, ...(makesSecret(change) ? { secretPlace: secretPlace(calls) } : {}) };
    }),
  );

const keepPlan = async (app: App, file: string, setup: Setup, assessed: readonly AssessedStep[]): Promise<void> => {
  const { flags, attended, connection, who, source, decided } = setup;
  const { only, replaceAlias, replaceProfile } = flags;
  const skip = decided.later.length === 0 ? flags.skip : [...(flags.skip ?? []), ...decided.later];
  const inputs = { config: source, overrides: decided.overrides, only, skip, replaceAlias, replaceProfile, ...decided.place };
  const account = { id: who.accountId, partition: who.partition };
  await savePlan(
    app,
    file,
    { target: connection.target, endpoints: connection.endpoints, account, unattended: !attended, inputs },
    assessed,
  );
};

const makeChanges = async (approved: readonly AssessedStep[], setup: Setup, app: App, { progress }: RunState): Promise<Ended> => {
  const { secrets, context, who } = setup;
  const { boundary } = setup.connection;
  const stored: SecretEntry[] = [];
  const recorded: SecretSink = {
    ...secrets,
    store: async (entry) => {
      await secrets.store(entry);
      stored.push(entry);
    },
  };
  const port = await applyPort(app, setup.connection, context, recorded, progress);
  const applied = await applyReserved(approved, port, who.accountId);
  app.progress.stop();
  const changed = applied.some((step) => step.changed);
  if (changed) boundary.forget();
  // Steps that made no change may look different now, through the others' changes.
  const assessed = await Promise.all(
    applied.map(async (step) =>
      changed && !step.changed && step.report.error === null ? await assessStep(step.assessed, context) : step.assessed,
    ),
  );
  // A step keeps what its changes came to; the others are judged by how they look now.
  const outcomes = applied.map((step, index) =>
    step.changed || step.report.error !== null || step.report.status === 'blocked'
      ? step
      : outcomeOf(assessed[index] as AssessedStep, false, null),
  );
  return { assessed, outcomes, plan: planOf(approved, setup), changed, stored };
};

/** A report, and its last line where the run knows better. */
interface Told {
  readonly report: RunReport;
  readonly next: string | undefined;
}

const reportOn = (finished: Finished, setup: Setup, frame: RunStart, state: RunState, app: App): Told => {
  const { flags, connection } = setup;
  const { assessed, outcomes, plan, changed, interrupted, recap, next } = finished;
  const { results, warnings } = waivedIn(assessed, setup);
  printWarnings(app, warnings);
  const worst = initExit(
    outcomes.map((outcome) => outcome.exit),
    results,
  );
  const exit = flags.dryRun ? dryExit(worst, plan.length > 0, flags.detailedExitcode) : worst;
  const report = buildReport(frame, {
    ...state.reportSoFar,
    apiCalls: connection.boundary.counts(),
    summary: summaryOf(results),
    plan,
    results,
    steps: outcomes.map((outcome) => quieted(outcome.report, results, flags.dryRun ? [] : plan)),
    ...(warnings.length === 0 ? {} : { warnings }),
    recap: changed || exit === 0 || exit === 5 ? recap : [],
    exit,
    ...(exit === 6 ? { retryAfterSeconds: retryAfterSeconds(outcomes.map(({ report: { error } }) => error)) } : {}),
  });
  return { report: interrupted ? { ...report, exit: { code: 130, name: 'interrupted' } } : report, next };
};

/** A dry run that could look at everything has done its work; the detailed code tells whether there is anything to do. */
export const dryExit = (ended: ExitCode, changes: boolean, detailed: boolean): ExitCode => {
  if (ended !== 0 && ended !== 5) return ended;
  if (!detailed) return 0;
  return changes ? 3 : ended;
};
