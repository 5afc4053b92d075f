import type { App } from '../app.js';
import type { ExitCode } from '../core/error.js';
import { leftForPerson, type PlannedChange, type RunReport } from '../core/report.js';
import type { SecretEntry, SecretSink } from '../core/secret-sink.js';
import { outcomeOf } from '../engine/apply.js';
import { initExit, retryAfterSeconds } from '../engine/exit.js';
import { changesOf, look, lookAt, type LookedStep } from '../engine/look.js';
import { summaryOf } from '../engine/results.js';
import { renderPlan } from '../report/plan.js';
import { settleFlights } from '../secrets/settled-flights.js';
import { titles } from '../steps/index.js';
import { sayWhere, stopCode } from './run-end.js';
import { failedReport, type Frame, reportOf, stoppedError, toldError } from './frame.js';
import { applyPort, applyReserved, makesSecret } from './init-apply.js';
import { approve, declinedError } from './init-approval.js';
import { type Ended, finish, type Finished, quieted, resultsIn, waivedIn } from './init-finish.js';
import type { InitFlags } from './init-flags.js';
import { guardPlan, savePlan, savedPlanWords } from './init-plan-file.js';
import { type Known, setUp, type Setup } from './init-setup.js';
import { isAborted, isUnanswered, unanswered } from './init-stop.js';
import { present, reserveOutput } from './present.js';
import { sayWarnings } from './warnings.js';

/** `bootstrap init`: look, plan, ask, apply, look again. */
export const runInit = async (flags: InitFlags, app: App): Promise<number> => {
  const { host } = app;
  const frame: Frame = { command: 'init', startedAt: host.clock.now(), now: host.clock.now };
  const state: Known = {
    known: { target: app.sandboxed ? 'sandbox' : 'aws', account: null, apiCalls: { total: 0, writes: 0 } },
    connection: undefined,
    came: { done: [], during: undefined },
    again: undefined,
    planFlags: [],
  };
  const counts = () => state.connection?.boundary.counts() ?? { total: 0, writes: 0 };
  try {
    const { report, next } = await initialize(flags, app, frame, state);
    return await present(app, report, {
      ...(next === undefined ? {} : { next }),
      ...(flags.dryRun ? { dryRun: true } : {}),
      ...savedPlanWords(app, flags.savePlan, report, state.planFlags),
    });
  } catch (error) {
    const apiCalls = counts();
    const changed = (state.connection?.boundary.effects() ?? 0) > 0;
    const told = toldError(error, changed);
    const known = { ...state.known, apiCalls };
    if (host.signal.aborted || isAborted(error)) {
      const code = host.signal.aborted ? stopCode(app) : 130;
      const stopped: RunReport = {
        ...failedReport(frame, told, known),
        error: stoppedError(changed, state.came),
        exit: { code, name: 'interrupted' },
      };
      const ended = await present(app, stopped);
      // On a line of its own, whatever its length, to be copied.
      if (state.again !== undefined) app.terminal.stderr(`With your answers:\n  ${state.again}\n`);
      return ended;
    }
    sayWhere(app, error);
    return await present(app, failedReport(frame, isUnanswered(error) ? unanswered(error) : told, known));
  }
};

const initialize = async (given: InitFlags, app: App, frame: Frame, state: Known): Promise<Told> => {
  const { terminal } = app;
  await reserveOutput(app);
  const setup = await setUp(app, given, state);
  const { flags, attended, connection, account, saved } = setup;
  if (!flags.dryRun) await settleFlights(setup.context.journal, account.id, setup.context.secrets);
  app.progress.stepStarted('Looking at the account');
  const looked = await look(setup.prepared, setup.context);
  app.progress.stop();

  const plan = planOf(looked, setup);
  if (saved !== undefined) guardPlan(given.fromPlan ?? '', saved, looked);
  if (flags.savePlan !== undefined) await keepPlan(app, flags.savePlan, setup, looked);
  const found: Ended = { looked, outcomes: looked.map((step) => outcomeOf(step, false, null)), plan, changed: false, stored: [] };
  if (flags.dryRun || plan.length === 0) return reportOn(await finish(found, setup, app), setup, frame, state, app);
  if (!terminal.quiet) {
    const left = leftForPerson(resultsIn(looked, setup));
    terminal.stderr(`${setup.decided.asked ? '\n' : ''}${renderPlan(plan, left, terminal.messageLook, { titles })}\n`);
  }
  const approved = attended ? await approve(app, looked, account, connection.boundary.cloud) : looked;
  if (approved === undefined) throw declinedError();
  const made = await makeChanges(approved, setup, app, state);
  return reportOn(await finish(made, setup, app), setup, frame, state, app);
};

/** What was declined by itself is not in it. */
const planOf = (looked: readonly LookedStep[], { secretPlace }: Setup): readonly PlannedChange[] =>
  looked.flatMap((step) =>
    changesOf(step).map((change): PlannedChange => {
      const { kind, summary, risk, calls } = change;
      return { step: step.step.id, kind, summary, risk, calls, ...(makesSecret(change) ? { secretPlace: secretPlace(calls) } : {}) };
    }),
  );

const keepPlan = async (app: App, file: string, setup: Setup, looked: readonly LookedStep[]): Promise<void> => {
  const { flags, attended, connection, who, source, decided } = setup;
  const { only, replaceAlias, replaceProfile } = flags;
  const skip = decided.later.length === 0 ? flags.skip : [...(flags.skip ?? []), ...decided.later];
  const inputs = { config: source, overrides: decided.overrides, only, skip, replaceAlias, replaceProfile, ...decided.place };
  const account = { id: who.accountId, partition: who.partition };
  await savePlan(app, file, { target: connection.target, endpoints: connection.endpoints, account, unattended: !attended, inputs }, looked);
};

const makeChanges = async (approved: readonly LookedStep[], setup: Setup, app: App, { came }: Known): Promise<Ended> => {
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
  const port = await applyPort(app, setup.connection, context, recorded, came);
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
  return { looked, outcomes, plan: planOf(approved, setup), changed, stored };
};

/** A report, and its last line where the run knows better. */
interface Told {
  readonly report: RunReport;
  readonly next: string | undefined;
}

const reportOn = (finished: Finished, setup: Setup, frame: Frame, state: Known, app: App): Told => {
  const { flags, connection } = setup;
  const { looked, outcomes, plan, changed, interrupted, recap, next } = finished;
  const { results, warnings } = waivedIn(looked, setup);
  sayWarnings(app, warnings);
  const worst = initExit(
    outcomes.map((outcome) => outcome.exit),
    results,
  );
  const exit = flags.dryRun ? dryExit(worst, plan.length > 0, flags.detailedExitcode) : worst;
  const report = reportOf(frame, {
    ...state.known,
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
