import type { App, Connection } from '../app.js';
import { guardAccount } from '../aws/identify.js';
import { operations } from '../aws/operations.js';
import type { DestinationFlags } from '../config/destination.js';
import type { Override } from '../config/override.js';
import { type Resolved, resolveConfig } from '../config/resolve.js';
import { BootstrapError, type ExitCode } from '../core/error.js';
import { type AccountReport, leftForPerson, type PlannedChange, type Result, type RunReport } from '../core/report.js';
import type { SecretEntry, SecretSink } from '../core/secret-sink.js';
import type { ApplyContext } from '../core/step.js';
import { type ApplyPort, applyAll, type Outcome, outcomeOf } from '../engine/apply.js';
import { initExit } from '../engine/exit.js';
import { changesOf, look, lookAt, type LookedStep } from '../engine/look.js';
import { prepare } from '../engine/prepare.js';
import { resultsOf, summaryOf } from '../engine/results.js';
import { renderHeader } from '../report/header.js';
import { renderPlan } from '../report/plan.js';
import { steps, titles } from '../steps/index.js';
import { stopCode } from './check.js';
import { approve, declinedError } from './init-approval.js';
import { askForDestination } from './init-destination.js';
import { guardUnattended } from './init-guards.js';
import { askForMissing } from './init-questions.js';
import { guardPlan, savePlan, savedPlanWords, startOfPlan } from './init-plan-file.js';
import { handOver, recapOf, secretPlaces } from './init-recap.js';
import { describeAccount, failedReport, type Frame, reportOf, stoppedError, toldError } from './frame.js';
import { present, reserveOutput } from './present.js';

export interface InitFlags extends DestinationFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly detailedExitcode: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly replaceAlias: boolean;
  readonly replaceProfile: boolean;
  readonly overrides: readonly Override[];
  /** Where the plan goes; nothing is changed then. */
  readonly savePlan?: string;
  readonly fromPlan?: string;
}

/** `bootstrap init`: look, plan, ask, apply, look again. */
export const runInit = async (flags: InitFlags, app: App): Promise<number> => {
  const { host, globals } = app;
  const frame: Frame = { command: 'init', startedAt: host.clock.now(), now: host.clock.now };
  const state: State = {
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

interface State {
  known: { target: string; account: AccountReport | null; apiCalls: RunReport['apiCalls'] };
  connection: Connection | undefined;
}

const initialize = async (given: InitFlags, app: App, frame: Frame, state: State): Promise<RunReport> => {
  const { host, globals, terminal } = app;
  await reserveOutput(app);
  const { saved, flags, config, said, source } = await startOf(app, given);
  const random = app.sandboxed ? await app.practiceRandom() : host.random;
  const resolveWith = (overrides: readonly Override[], place: DestinationFlags): Resolved =>
    resolveConfig({
      config,
      flags: { accountId: globals.accountId ?? saved?.account.id, only: flags.only, skip: flags.skip, overrides, ...place },
      steps,
      command: 'init',
      sandbox: app.sandboxed,
      random,
    });
  const { secretsFile, secretCommand, encryptTo, showSecrets } = flags;
  let place: DestinationFlags = { secretsFile, secretCommand, encryptTo, showSecrets };
  let answered = flags.overrides;
  let resolved = resolveWith(flags.overrides, place);
  const attended = terminal.interactive && !flags.yes;
  guardUnattended(flags, app, attended, resolved);
  await app.tryDestination(resolved.destination);
  for (const warning of resolved.warnings) terminal.stderr(`Warning: ${warning}\n`);

  // Nothing may be written before the plan is approved, and nothing at all in a dry run.
  const connection = await app.connect(flags.dryRun ? 'read' : 'write', app.progress.say);
  state.connection = connection;
  state.known.target = connection.target;
  const { boundary } = connection;
  const who = await connection.identify();
  guardAccount(who, resolved.accountId, saved === undefined || globals.accountId !== undefined ? resolved.accountIdFrom : flags.fromPlan);
  const account = await describeAccount(boundary.cloud, who);
  state.known.account = account;
  const rootKey = who.identity.kind === 'root' && (await connection.usesLongTermKey());
  if (!terminal.quiet) terminal.stderr(`${headerOf(app, account, connection, said, rootKey)}\n`);

  if (attended) {
    answered = [...answered, ...(await askForMissing(app, resolved))];
    resolved = resolveWith(answered, place);
    if (resolved.destination === undefined) {
      place = await askForDestination(app, resolved);
      resolved = resolveWith(answered, place);
    }
    await app.tryDestination(resolved.destination);
  }
  const parts = steps.map((step) => ({
    step,
    ...(resolved.steps[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }),
  }));
  // A profile that nobody asked for must not stand in the way of a password.
  const keys = resolved.steps['access-keys'];
  const makesKey = keys?.wanted === true && (keys.slice as { readonly mode?: string } | undefined)?.mode === 'create';
  const secrets = await app.secrets({
    destination: resolved.destination,
    profiles: makesKey,
    profile: undefined,
    replaceProfile: flags.replaceProfile,
    caller: connection.identify,
  });
  const prepared = prepare(parts, {
    command: 'init',
    unattended: !attended,
    secrets: resolved.destination !== undefined || app.sandboxed ? 'chosen' : 'none',
    replaceAlias: flags.replaceAlias,
    replaceProfile: flags.replaceProfile,
  });
  const context = {
    cloud: boundary.cloud,
    caller: connection.identify,
    accountId: async () => who.accountId,
    clock: host.clock,
    secrets,
    journal: await app.journal(),
  };
  app.progress.stepStarted('Looking at the account');
  const looked = await look(prepared, context);
  app.progress.stop();

  const planOf = (now: readonly LookedStep[]): readonly PlannedChange[] =>
    now.flatMap((step) => changesOf(step).map((change): PlannedChange => planned(step, change)));
  let plan = planOf(looked);
  const resultsNow = (now: readonly LookedStep[]): readonly Result[] => now.flatMap((step) => resultsOf(step, who.accountId, 'init'));
  const finish = (
    now: readonly LookedStep[],
    outcomes: readonly Outcome[],
    changed: boolean,
    stored: readonly SecretEntry[] = [],
  ): RunReport => {
    const results = resultsNow(now);
    const ended = initExit(
      outcomes.map((outcome) => outcome.exit),
      results,
    );
    const exit = flags.dryRun ? dryExit(ended, plan.length > 0, flags.detailedExitcode) : ended;
    return reportOf(frame, {
      ...state.known,
      apiCalls: boundary.counts(),
      summary: summaryOf(results),
      plan,
      results,
      steps: outcomes.map((outcome) => outcome.report),
      recap:
        changed || exit === 0 || exit === 5 ? [...recapOf(now), ...secretPlaces(stored, secrets), ...handOver(now, who, app, rootKey)] : [],
      exit,
      ...(exit === 6 ? { retryAfterSeconds: 60 } : {}),
    });
  };
  const asFound = () => looked.map((step) => outcomeOf(step, false, null));
  if (saved !== undefined) guardPlan(given.fromPlan ?? '', saved, connection.target, looked);
  if (flags.savePlan !== undefined) {
    const { only, skip, replaceAlias, replaceProfile } = flags;
    const inputs = { config: source, overrides: answered, only, skip, replaceAlias, replaceProfile, ...place };
    const { accountId: id, partition } = who;
    await savePlan(app, flags.savePlan, { target: connection.target, account: { id, partition }, unattended: !attended, inputs }, looked);
  }
  if (flags.dryRun || plan.length === 0) return finish(looked, asFound(), false);
  if (!terminal.quiet) terminal.stderr(`${renderPlan(plan, leftForPerson(resultsNow(looked)), terminal.messageLook, { titles })}\n`);
  const approved = attended ? await approve(app, looked, account, boundary.cloud) : looked;
  if (approved === undefined) throw declinedError();
  // What was declined by itself is no longer planned.
  plan = planOf(approved);

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
  const after = await Promise.all(
    applied.map(async (step) =>
      changed && !step.changed && step.report.error === null ? await lookAt(step.looked, context) : step.looked,
    ),
  );
  // A step keeps what its changes came to; the others are judged by how they look now.
  const outcomes = applied.map((step, index) =>
    step.changed || step.report.error !== null || step.report.status === 'blocked'
      ? step
      : outcomeOf(after[index] as LookedStep, false, null),
  );
  return finish(after, outcomes, changed, stored);
};

/** The flags and the config of the run, or those that a saved plan was made with. */
const startOf = async (app: App, flags: InitFlags) => {
  const { fromPlan } = flags;
  if (fromPlan !== undefined) return startOfPlan(app, flags, fromPlan);
  const { config, said, source } = await app.config();
  return { saved: undefined, flags, config, said, source };
};

/** The place is made sure of before the first change of all: one that turns out bad half-way would leave the account half made. */
const applyReserved = async (approved: readonly LookedStep[], port: ApplyPort, accountId: string): ReturnType<typeof applyAll> => {
  try {
    if (approved.some((step) => changesOf(step).some(makesSecret))) await port.secrets.reserve(accountId);
    return await applyAll(approved, port);
  } finally {
    await port.secrets.close();
  }
};

const makesSecret = ({ calls }: { readonly calls: readonly string[] }): boolean =>
  calls.some((call) => operations[call as keyof typeof operations]?.kind === 'secret');

/** A dry run that could look at everything has done its work; the detailed code tells whether there is anything to do. */
const dryExit = (ended: ExitCode, changes: boolean, detailed: boolean): ExitCode => {
  if (ended !== 0 && ended !== 5) return ended;
  if (!detailed) return 0;
  return changes ? 3 : ended;
};

const planned = (step: LookedStep, { kind, summary, risk, calls }: ReturnType<typeof changesOf>[number]): PlannedChange => ({
  step: step.step.id,
  kind,
  summary,
  risk,
  calls,
});

const applyPort = async (
  app: App,
  boundary: Connection['boundary'],
  context: Pick<ApplyContext, 'caller' | 'accountId' | 'clock' | 'journal'>,
  secrets: ApplyContext['secrets'],
) => {
  const { makeUnattendedEnrol } = await import('../secrets/totp.js');
  return {
    ...context,
    cloud: boundary.cloud,
    secrets,
    forget: boundary.forget,
    effects: boundary.effects,
    enrol: makeUnattendedEnrol({ clock: context.clock }),
    random: app.host.random,
    signal: app.host.signal,
    say: app.progress.say,
    progress: {
      stepStarted: (step: LookedStep) => app.progress.stepStarted(step.step.title),
      stepEnded: (step: LookedStep, status: Parameters<App['progress']['stepEnded']>[1], error: { readonly message: string } | null) =>
        app.progress.stepEnded(step.step.title, status, error?.message),
    },
  };
};

const headerOf = (app: App, account: AccountReport, connection: Connection, said: string | undefined, rootKey: boolean): string => {
  const more = [
    ...connection.notices().map((value) => ({ label: 'Note', value })),
    ...(rootKey
      ? [
          {
            label: 'Warning',
            value: 'this run is signed by an access key of root; delete it when you are done (it is said how, at the end)',
          },
        ]
      : []),
    ...(said === undefined ? [] : [{ label: 'Config', value: said }]),
  ];
  return renderHeader(account, connection.target, app.terminal.messageLook, { signedInBy: connection.signedInBy, more });
};

/** The input ended (Ctrl-D). Questions come before anything is changed. */
const isUnanswered = (error: unknown): error is Error => error instanceof Error && error.name === 'PromptAborted';
const unanswered = (cause: Error): BootstrapError =>
  new BootstrapError({
    code: 'E-NO-ANSWER',
    exit: 2,
    message: cause.message,
    next: 'Run the command again and answer, or give the values by flags (see `bootstrap init --help`).',
    cause,
  });

const isAborted = (error: unknown): boolean =>
  error instanceof Error && error.name === 'PromptAborted' && (error as { reason?: string }).reason !== 'end';
