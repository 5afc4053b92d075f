import { isDeepStrictEqual } from 'node:util';
import type { Override } from '../../config/override.js';
import { type SelectionFlags, selectionsOf } from '../../config/resolve.js';
import { BootstrapError, type ExitCode, worstExit } from '../../core/errors.js';
import { unreadError } from '../../core/reading.js';
import { type PlannedChange, plannedChange, type RunReport } from '../../core/report.js';
import { applyAll, type Outcome, outcomeOf } from '../../engine/apply.js';
import { assessAll, type AssessedStep, changesOf, prepare, type PreparedStep } from '../../engine/assess.js';
import { summaryOf } from '../../engine/results.js';
import { keptBy, undoing } from '../../engine/undo.js';
import { planSummary, renderPlan } from '../../report/plan.js';
import { keptText } from '../../report/undo-table.js';
import type { App } from '../../run/app.js';
import { applyPort } from '../../run/apply-port.js';
import { askApproval, declinedError, guardUnattended, isAttended, lastDigits } from '../../run/approval.js';
import { buildReport, failedReport } from '../../run/end.js';
import { printReport, typedTextHere } from '../../run/output.js';
import { printHeader, resolverOf, type Run, runCommand } from '../../run/run.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { steps } from '../../steps/index.js';

/** The flags of `bootstrap undo`. */
interface UndoFlags extends SelectionFlags {
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Also delete access keys that were used within the last hour. */
  readonly evenIfUsed: boolean;
  readonly overrides: readonly Override[];
}

/** `bootstrap undo`: observe, plan, ask, remove in reverse run order, verify, and list what stays. */
export const runUndo = (flags: UndoFlags, app: App): Promise<number> => {
  const { globals, host } = app;
  const shown: Shown = { kept: [] };
  const onOneScreen = host.stdout.isTTY && host.stderr.isTTY && globals.outputFile === undefined;
  return runCommand<'undo', RunReport>(app, {
    name: 'undo',
    work: (run) => undo(flags, run, shown),
    failed: (failure, run) => failedReport(run.start, failure, run.facts()),
    print: (report) =>
      printReport(app, report, {
        ...(flags.dryRun && report.error === undefined ? { dryRun: true } : {}),
        ...(onOneScreen && isDeepStrictEqual(shown.kept, report.kept) ? { keptShown: true } : {}),
      }),
  });
};

/** What the plan listed on stderr: on the same terminal, the report does not repeat it. */
interface Shown {
  kept: NonNullable<RunReport['kept']>;
}

const undo = async (flags: UndoFlags, run: Run<'undo'>, shown: Shown): Promise<RunReport> => {
  const { app } = run;
  const { terminal } = app;
  const { config, note } = await app.config();
  const { only, skip, overrides } = flags;
  const attended = isAttended(app, flags);
  // What an unattended `init` created in the practice account has its values; an attended one had the user's answers.
  const presets = app.sandboxed && !attended;
  const resolved = (await resolverOf(app, config, 'init', { presets }))({ only, skip, overrides });
  if (!attended && !flags.dryRun)
    guardUnattended(app, {
      yes: flags.yes,
      accountId: resolved.accountId,
      approves: 'plan',
      preview: 'print only the plan with --dry-run',
    });

  const connection = await connectSignedIn(run, { mode: flags.dryRun ? 'read' : 'write', attended, asks: attended });
  const { caller, account } = await run.identify(connection, resolved);
  printHeader(app, account, connection, note, [], attended && !flags.dryRun);
  const { boundary, identify } = connection;
  const secrets = await app.secrets({
    profiles: true,
    caller: identify,
  });
  const context = {
    cloud: boundary.cloud,
    caller: identify,
    accountId: async () => caller.accountId,
    clock: connection.clock,
    secrets,
    journal: await app.journal(),
    signal: app.host.signal,
  };

  const parts = selectionsOf(steps, resolved).map((part) => {
    const included = resolved.steps[part.step.id]?.excluded !== true && resolved.steps[part.step.id]?.section !== 'false';
    return { ...part, wanted: included, judged: included };
  });
  const running = (id: string): boolean => parts.some(({ step, wanted }) => step.id === id && wanted);
  const named = (id: string): boolean => presets || resolved.steps[id]?.section === 'given';
  const prepared = prepare(parts, { command: 'init', unattended: !attended, secrets: 'none', switches: [] })
    .map((step): PreparedStep => undoing(step, { caller, evenIfUsed: flags.evenIfUsed, running, named: named(step.step.id) }))
    .toReversed();
  app.progress.busy('Reading the account');
  const assessed = await assessAll(prepared, context);
  app.progress.stop();

  const plan = planOf(assessed);
  const found = assessed.map((step) => outcomeOf(step, false, unreadIn(step)));
  if (flags.dryRun || plan.length === 0) return reportOn(run, { assessed, outcomes: found, plan, dryRun: flags.dryRun });
  if (!terminal.quiet || attended) {
    shown.kept = keptOf(assessed);
    const typed = shown.kept.map((one) => (one.manual === null ? one : { ...one, manual: typedTextHere(app, one.manual) }));
    const kept = keptText(typed, terminal.messageStyle);
    terminal.stderr(`${renderPlan(plan, [], terminal.messageStyle, { summary: !attended })}\n${kept === '' ? '' : `${kept}\n`}`);
  }
  if (attended && !(await approve(app, account.id, plan)))
    throw declinedError(undefined, 'To see only the plan, run `bootstrap undo --dry-run`.');
  const port = await applyPort(app, connection, context, secrets, run.applied);
  const applied = await applyAll(assessed, { ...port, sideBySide: false });
  app.progress.stop();
  // A blank line between the progress and the report.
  if (!terminal.quiet) terminal.stderr('\n');
  // An interrupted or ambiguous write of one step can leave something to another step, for example an unassigned MFA device.
  boundary.forget();
  const now = await assessAll(prepared, context);
  const outcomes = applied.map((step, index): Outcome => {
    const { report } = step;
    if (report.error !== null) return step;
    const left = now[index] as AssessedStep;
    return outcomeOf(left, step.changed, changesOf(left).length === 0 ? unreadIn(left) : stillThere(left));
  });
  return reportOn(run, { assessed: now, outcomes, plan, dryRun: false });
};

const approve = (app: App, accountId: string, plan: readonly PlannedChange[]): Promise<boolean> =>
  askApproval(app, {
    summary: planSummary(plan, []),
    hint: `To make ${plan.length === 1 ? 'this change' : `these ${plan.length} changes`}, type the last four digits of the account's id.`,
    ...lastDigits(accountId),
  });

/** The report of an undo has no results that could show what was not read. */
const unreadIn = ({ step, findings }: AssessedStep): BootstrapError | null => {
  const unread = findings.filter(({ status }) => status === 'unknown');
  const worst = unread.find(({ cause }) => cause === 'denied') ?? unread[0];
  return worst === undefined ? null : unreadError(worst, { message: `${step.title}: ${worst.reason}.` });
};

const stillThere = ({ step }: AssessedStep): BootstrapError =>
  new BootstrapError({
    code: 'E-NOT-CONFIRMED',
    step: step.id,
    message: `${step.title}: the account still has something to remove.`,
    next: 'Run the same command again; it continues where this run stopped.',
    retryable: true,
    changed: true,
  });

const planOf = (assessed: readonly AssessedStep[]): readonly PlannedChange[] =>
  assessed.flatMap((step) => changesOf(step).map((change) => plannedChange(step.step.id, change)));

const keptOf = (assessed: readonly AssessedStep[]): NonNullable<RunReport['kept']> =>
  assessed.flatMap((step) => keptBy(step).map(({ what, why, manual = null }) => ({ step: step.step.id, what, why, manual })));

interface Undone {
  readonly assessed: readonly AssessedStep[];
  readonly outcomes: readonly Outcome[];
  readonly plan: readonly PlannedChange[];
  readonly dryRun: boolean;
}

const reportOn = (run: Run<'undo'>, { assessed, outcomes, plan, dryRun }: Undone): RunReport => {
  const kept = keptOf(assessed);
  const worst = worstExit([...outcomes.map(({ exit }) => exit), kept.some(({ manual }) => manual !== null) ? 5 : 0]);
  const exit: ExitCode = dryRun && worst === 5 ? 0 : worst;
  return buildReport(run.start, {
    ...run.facts(),
    summary: summaryOf([]),
    plan,
    results: [],
    steps: outcomes.map(({ report }) => report),
    kept,
    exit,
  });
};
