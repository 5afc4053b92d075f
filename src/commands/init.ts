import type { App } from '../app.js';
import type { ExitCode } from '../core/error.js';
import { leftForPerson, type PlannedChange, type Result, type RunReport } from '../core/report.js';
import type { SecretEntry, SecretSink } from '../core/secret-sink.js';
import { type Outcome, outcomeOf } from '../engine/apply.js';
import { initExit } from '../engine/exit.js';
import { changesOf, look, lookAt, type LookedStep } from '../engine/look.js';
import { resultsOf, summaryOf } from '../engine/results.js';
import { renderPlan } from '../report/plan.js';
import { titles } from '../steps/index.js';
import { stopCode } from './check.js';
import { failedReport, type Frame, reportOf, stoppedError, toldError } from './frame.js';
import { applyPort, applyReserved } from './init-apply.js';
import { approve, declinedError } from './init-approval.js';
import type { InitFlags } from './init-flags.js';
import { guardPlan, savePlan, savedPlanWords } from './init-plan-file.js';
import { handOver, recapOf, secretPlaces } from './init-recap.js';
import { type Known, setUp, type Setup } from './init-setup.js';
import { isAborted, isUnanswered, unanswered } from './init-stop.js';
import { present, reserveOutput } from './present.js';

/** `bootstrap init`: look, plan, ask, apply, look again. */
export const runInit = async (flags: InitFlags, app: App): Promise<number> => {
  const { host, globals } = app;
  const frame: Frame = { command: 'init', startedAt: host.clock.now(), now: host.clock.now };
  const state: Known = {
    known: { target: app.sandboxed ? 'sandbox' : 'aws', account: null, apiCalls: { total: 0, writes: 0 } },
    connection: undefined,
  };
  const counts = () => state.connection?.boundary.counts() ?? { total: 0, writes: 0 };
  try {
    const report = await initialize(flags, app, frame, state);
    return await present(app, report, { ...(flags.dryRun ? { dryRun: true } : {}), ...savedPlanWords(app, flags.savePlan, report) });
  } catch (error) {
    const apiCalls = counts();
    const changed = (state.connection?.boundary.effects() ?? 0) > 0;
    const told = toldError(error, changed);
    const known = { ...state.known, apiCalls };
    if (host.signal.aborted || isAborted(error)) {
      const code = host.signal.aborted ? stopCode(app) : 130;
      return await present(app, { ...failedReport(frame, told, known), error: stoppedError(changed), exit: { code, name: 'interrupted' } });
    }
    if (globals.debug === true && error instanceof Error) app.terminal.stderr(`debug: ${error.stack ?? error.message}\n`);
    return await present(app, failedReport(frame, isUnanswered(error) ? unanswered(error) : told, known));
  }
};

/** How far a run came: every step as it looks now, and what became of it. */
interface Ended {
  readonly looked: readonly LookedStep[];
  readonly outcomes: readonly Outcome[];
  readonly plan: readonly PlannedChange[];
  readonly changed: boolean;
  readonly stored: readonly SecretEntry[];
}

const initialize = async (given: InitFlags, app: App, frame: Frame, state: Known): Promise<RunReport> => {
  const { terminal } = app;
  await reserveOutput(app);
  const setup = await setUp(app, given, state);
  const { flags, attended, connection, who, account, saved } = setup;
  app.progress.stepStarted('Looking at the account');
  const looked = await look(setup.prepared, setup.context);
  app.progress.stop();

  const plan = planOf(looked);
  if (saved !== undefined) guardPlan(given.fromPlan ?? '', saved, connection.target, looked);
  if (flags.savePlan !== undefined) await keepPlan(app, flags.savePlan, setup, looked);
  const found: Ended = { looked, outcomes: looked.map((step) => outcomeOf(step, false, null)), plan, changed: false, stored: [] };
  if (flags.dryRun || plan.length === 0) return reportOn(found, setup, app, frame, state);
  if (!terminal.quiet) {
    const left = leftForPerson(looked.flatMap((step) => resultsOf(step, who.accountId, 'init')));
    terminal.stderr(`${renderPlan(plan, left, terminal.messageLook, { titles })}\n`);
  }
  const approved = attended ? await approve(app, looked, account, connection.boundary.cloud) : looked;
  if (approved === undefined) throw declinedError();
  return reportOn(await makeChanges(approved, setup, app), setup, app, frame, state);
};

/** What was declined by itself is not in it. */
const planOf = (looked: readonly LookedStep[]): readonly PlannedChange[] =>
  looked.flatMap((step) =>
    changesOf(step).map(({ kind, summary, risk, calls }): PlannedChange => ({ step: step.step.id, kind, summary, risk, calls })),
  );

const keepPlan = async (app: App, file: string, setup: Setup, looked: readonly LookedStep[]): Promise<void> => {
  const { flags, attended, connection, who, source, decided } = setup;
  const { only, replaceAlias, replaceProfile } = flags;
  const skip = decided.later.length === 0 ? flags.skip : [...(flags.skip ?? []), ...decided.later];
  const inputs = { config: source, overrides: decided.overrides, only, skip, replaceAlias, replaceProfile, ...decided.place };
  const account = { id: who.accountId, partition: who.partition };
  await savePlan(app, file, { target: connection.target, account, unattended: !attended, inputs }, looked);
};

const makeChanges = async (approved: readonly LookedStep[], setup: Setup, app: App): Promise<Ended> => {
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
  const port = await applyPort(app, boundary, context, recorded);
  const applied = await applyReserved(approved, port, who.accountId);
  app.progress.stop();
  const changed = applied.some((step) => step.changed);
  if (changed) boundary.forget();
  // Steps that made no change may look different now, through the others' changes.
  const looked = await Promise.all(
    applied.map(async (step) =>
      changed && !step.changed && step.report.error === null ? await lookAt(step.looked, context) : step.looked,
    ),
  );
  // A step keeps what its changes came to; the others are judged by how they look now.
  const outcomes = applied.map((step, index) =>
    step.changed || step.report.error !== null || step.report.status === 'blocked'
      ? step
      : outcomeOf(looked[index] as LookedStep, false, null),
  );
  return { looked, outcomes, plan: planOf(approved), changed, stored };
};

const reportOn = (ended: Ended, setup: Setup, app: App, frame: Frame, state: Known): RunReport => {
  const { flags, who, secrets, connection, rootKey } = setup;
  const { looked, outcomes, plan, changed, stored } = ended;
  const results: readonly Result[] = looked.flatMap((step) => resultsOf(step, who.accountId, 'init'));
  const worst = initExit(
    outcomes.map((outcome) => outcome.exit),
    results,
  );
  const exit = flags.dryRun ? dryExit(worst, plan.length > 0, flags.detailedExitcode) : worst;
  const recapped = changed || exit === 0 || exit === 5;
  return reportOf(frame, {
    ...state.known,
    apiCalls: connection.boundary.counts(),
    summary: summaryOf(results),
    plan,
    results,
    steps: outcomes.map((outcome) => outcome.report),
    recap: recapped ? [...recapOf(looked), ...secretPlaces(stored, secrets), ...handOver(looked, who, app, rootKey)] : [],
    exit,
    ...(exit === 6 ? { retryAfterSeconds: 60 } : {}),
  });
};

/** A dry run that could look at everything has done its work; the detailed code tells whether there is anything to do. */
const dryExit = (ended: ExitCode, changes: boolean, detailed: boolean): ExitCode => {
  if (ended !== 0 && ended !== 5) return ended;
  if (!detailed) return 0;
  return changes ? 3 : ended;
};
