import { allEnded } from '../core/all-ended.js';
import { AmbiguousWriteError, AwsError, awsInfo, translateAwsError } from '../core/aws-error.js';
import type { Cloud } from '../core/cloud.js';
import { BootstrapError, type ErrorInfo, type ExitCode, PromptAborted, unreadExit, worstExit } from '../core/errors.js';
import type { Change, Finding } from '../core/finding.js';
import { isNotEnabled } from '../core/refusal.js';
import type { StepReport, StepStatus } from '../core/report.js';
import type { ApplyContext, Notify, ObserveContext } from '../core/step.js';
import { unreadError } from '../core/reading.js';
import { type AssessedStep, assessStep, changesOf, sameChange } from './assess.js';
import { isWanted } from './results.js';

export interface ApplyPort extends ApplyContext {
  /** Steps need not wait for each other: no one is asked anything meanwhile. Otherwise, one step after the other. */
  readonly sideBySide: boolean;
  /** Called when a step begins. */
  readonly progress: (step: AssessedStep) => StepProgress;
}

interface StepProgress extends Pick<ApplyContext, 'notify'> {
  /** Change `at` of `of` begins. */
  readonly changeStarted: (at: number, of: number) => void;
  readonly ended: (status: StepStatus, error: ErrorInfo | null, assessed: AssessedStep) => void;
}

/** The result of a step, and the exit code of a run with only this step. */
export interface Outcome {
  readonly report: StepReport;
  readonly exit: ExitCode;
}

export interface AppliedStep extends Outcome {
  readonly assessed: AssessedStep;
  readonly changed: boolean;
}

/** How often a change is applied again after its response was lost and the account shows that it did not happen. */
const maxRepeats = 2;
/** How long to look for a change whose response was lost. Creating a secret twice leaves an orphan, so secrets get the full time. */
const readBackLimitMs = 10_000;

/** A change with a write whose response was lost. */
interface AmbiguousChange {
  readonly change: Change;
  readonly error: AmbiguousWriteError;
}

/**
 * For each step, in order: reads again, applies the approved changes, and waits until AWS shows them. A step that needs a failed step is
 * blocked; the others continue. The results have the order of the steps.
 *
 * Side by side, independent steps do not wait for their turn, and a step that AWS only has to show is not waited for, unless it is needed.
 */
export const applyAll = async (steps: readonly AssessedStep[], given: ApplyPort): Promise<readonly AppliedStep[]> => {
  let forgotten = 0;
  const port: ApplyPort = {
    ...given,
    forget: () => {
      forgotten += 1;
      given.forget();
    },
  };
  /** Reads a step again while AWS has to show the step that it needs. undefined if that took longer than one reading. */
  const readMeanwhile = async (assessed: AssessedStep, needed: Promise<unknown>): Promise<AssessedStep | undefined> => {
    // A step that was applied before has cleared what the plan was made from.
    if (forgotten === 0) port.forget();
    const before = forgotten;
    const reading = assessStep(assessed, port);
    reading.catch(() => {});
    await needed;
    return before === forgotten ? reading : undefined;
  };
  const begun: { readonly id: string; readonly applied: Promise<AppliedStep> }[] = [];
  let previous: Promise<unknown> = Promise.resolve();
  for (const assessed of steps) {
    const { step } = assessed;
    const neededSteps = begun.filter(({ id }) => step.needs.includes(id)).map((one) => one.applied);
    const needed = (): Promise<readonly AppliedStep[]> => Promise.all(neededSteps);
    const independent = port.sideBySide && step.independent?.(assessed.desired) === true;
    const turn = independent ? undefined : previous;
    let written = (): void => {};
    const nextMayBegin = new Promise<void>((resolve) => {
      if (port.sideBySide) written = resolve;
    });
    const applied = (async () => {
      await turn;
      const reads = port.sideBySide && neededSteps.length > 0 && changesOf(assessed).length > 0;
      const current = reads ? await readMeanwhile(assessed, needed()) : undefined;
      return applyInTurn(assessed, await needed(), port, written, current);
    })();
    if (!independent) {
      previous = Promise.race([nextMayBegin, applied]);
      // Of the last step, no one waits for it.
      previous.catch(() => {});
    }
    begun.push({ id: step.id, applied });
  }
  // A run that was stopped ends when none of its steps sends anything any more.
  return allEnded(begun.map(({ applied }) => applied));
};

const applyInTurn = async (
  assessed: AssessedStep,
  needed: readonly AppliedStep[],
  port: ApplyPort,
  written: () => void,
  current: AssessedStep | undefined,
): Promise<AppliedStep> => {
  if (changesOf(assessed).length === 0) return { assessed, ...outcomeOf(assessed, false, null), changed: false };
  const failed = needed.filter(({ report: { status } }) => status === 'failed' || status === 'blocked');
  if (failed.length === 0) return applyStep(assessed, port, written, current);
  const report: StepReport = { id: assessed.step.id, status: 'blocked', verified: false, error: null };
  port.progress(assessed).ended('blocked', null, assessed);
  // The exit code of the failed steps: when one is not ready yet, running the same command later continues.
  return { assessed, report, exit: worstExit(failed.map(({ exit }) => exit)), changed: false };
};

/** `written`: called when no more writes follow, and only AWS has to show them. `current`: the step as it is now, if that has been read. */
const applyStep = async (
  approved: AssessedStep,
  run: ApplyPort,
  written: () => void,
  current: AssessedStep | undefined,
): Promise<AppliedStep> => {
  /** Writes of this step that AWS carried out so far, or may have. */
  let effects = 0;
  const countEffect = (): void => {
    effects += 1;
  };
  const progress = run.progress(approved);
  const { write } = run.cloud;
  const port = {
    ...run,
    notify: progress.notify,
    cloud: { ...run.cloud, write: ((operation, input) => write(operation, input, countEffect)) satisfies Cloud['write'] },
  };
  let assessed = approved;
  let applied = false;
  let ambiguousWrites = 0;
  const deferred: Deferred[] = [];
  /** Whether this step has changed AWS so far; null when the responses of all its writes were lost. */
  const changed = (): boolean | null => (effects > ambiguousWrites ? true : ambiguousWrites > 0 ? null : false);
  const end = (error: BootstrapError | null): AppliedStep => {
    const outcome = outcomeOf(assessed, applied, error, changed());
    progress.ended(outcome.report.status, outcome.report.error, assessed);
    return { assessed, ...outcome, changed: applied || changed() !== false };
  };
  try {
    if (current === undefined) port.forget();
    assessed = current ?? (await assessStep(approved, port));
    if (!samePlan(changesOf(approved), changesOf(assessed))) {
      // If something can no longer be read, report that instead of a changed plan.
      return end(outcomeOf(assessed, false, null).report.error === null ? planChanged(approved) : null);
    }
    for (let repeats = 0; ; repeats += 1) {
      const ambiguous = await applyChanges(assessed, { ...port, changeStarted: progress.changeStarted }, deferred);
      applied = true;
      if (ambiguous === undefined) written();
      else ambiguousWrites += 1;
      const isClosed = (now: AssessedStep): boolean => openChanges(now, deferred).length === 0;
      assessed = await (ambiguous === undefined ? confirm(approved, port, { enough: isClosed }) : readBack(approved, ambiguous, port));
      const open = openChanges(assessed, deferred);
      if (open.length === 0) return end(deferredError(deferred));
      const mayRepeat = ambiguous !== undefined && repeats < maxRepeats && open.every((change) => isApproved(change, approved));
      if (!mayRepeat) return end(notConfirmed(assessed, ambiguous?.error, changed()));
    }
  } catch (error) {
    // Ctrl-C at a question ends the whole run, not only the step.
    if (port.signal.aborted || error instanceof PromptAborted) throw error;
    const translated = errorOf(approved, error, changed());
    // The report shows the step as it is now, if it can still be read.
    port.forget();
    assessed = await assessStep(approved, port).catch(() => assessed);
    return end(translated);
  }
};

/** Applies the changes in order. Stops at a write whose outcome is not known, and returns it. */
const applyChanges = async (
  assessed: AssessedStep,
  port: ApplyContext & Pick<StepProgress, 'changeStarted'>,
  deferred: Deferred[],
): Promise<AmbiguousChange | undefined> => {
  const changes = openChanges(assessed, deferred);
  for (const [index, change] of changes.entries()) {
    port.signal.throwIfAborted();
    port.changeStarted(index + 1, changes.length);
    try {
      await assessed.step.apply(port, change);
    } catch (error) {
      if (isDeferred(error)) {
        deferred.push(deferredBy(error, assessed, change));
        continue;
      }
      if (!(error instanceof AmbiguousWriteError)) throw error;
      return { change, error };
    }
  }
  return undefined;
};

/** Checks whether the change happened. Later changes have not been sent yet, and are not waited for. */
const readBack = (approved: AssessedStep, { change }: AmbiguousChange, port: ApplyContext): Promise<AssessedStep> =>
  confirm(approved, port, {
    ...(change.risk === 'secret' ? {} : { limitMs: readBackLimitMs }),
    enough: (assessed) => changesOf(assessed).every(({ kind }) => kind !== change.kind),
  });

/** How long a change may take to show: IAM is eventually consistent. */
const confirmLimitMs = 120_000;
/** How long to wait for a failing read: a temporary failure ends in seconds, and an endpoint without the operation never answers. */
const failedReadLimitMs = 5_000;

interface ConfirmContext extends ObserveContext {
  readonly forget: () => void;
  readonly notify: Notify;
  readonly signal: AbortSignal;
}

interface ConfirmOptions {
  readonly limitMs?: number;
  readonly enough: (assessed: AssessedStep) => boolean;
}

/** Reads a step until `enough` is true or the time is up. Prints why it waits. */
const confirm = async (
  approved: AssessedStep,
  context: ConfirmContext,
  { limitMs = confirmLimitMs, enough }: ConfirmOptions,
): Promise<AssessedStep> => {
  let delay = 500;
  let waited = 0;
  for (;;) {
    context.forget();
    const assessed = await assessStep(approved, context);
    const done = enough(assessed);
    if (done && !hasUnreadGap(approved, assessed)) return assessed;
    if (waited >= (done ? Math.min(limitMs, failedReadLimitMs) : limitMs)) return assessed;
    if (waited >= 2_000) context.notify('waiting for AWS to show the change', { waitedMs: waited, limitMs });
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** Whether a gap cannot be read at the moment, which does not mean that it is closed. Waiting does not help when the read is denied. */
const hasUnreadGap = (approved: AssessedStep, assessed: AssessedStep): boolean =>
  assessed.findings.some(
    ({ id, status, cause }) =>
      status === 'unknown' &&
      cause !== 'denied' &&
      approved.findings.some((before) => before.id === id && before.status === 'fail' && before.remedy?.by === 'init'),
  );

/** The rest of an approved change may be smaller, but must have the same kind and risk. */
const isApproved = (change: Change, approved: AssessedStep): boolean =>
  changesOf(approved).some(({ kind, risk }) => kind === change.kind && risk === change.risk);

const samePlan = (approved: readonly Change[], now: readonly Change[]): boolean =>
  approved.length === now.length && approved.every((change, index) => sameChange(change, now[index] as Change));

/** A step with unknown findings is not verified. A step whose reads were denied or got no answer has failed. */
export const outcomeOf = (
  assessed: AssessedStep,
  changed: boolean,
  error: BootstrapError | null,
  touched: boolean | null = changed,
): Outcome => {
  const id = assessed.step.id;
  if (!assessed.wanted) return { report: { id, status: 'skipped', verified: false, error: null }, exit: 0 };
  const wanted = assessed.findings.filter((finding) => isWanted(assessed, finding));
  const unknown = wanted.filter((finding) => finding.status === 'unknown');
  const failure = error ?? unreadable(assessed, unknown, touched);
  if (failure !== null) {
    const status: StepStatus = failure.exit === 5 ? 'manual' : 'failed';
    return { report: { id, status, verified: false, error: failure.info(id) }, exit: failure.exit };
  }
  const manual = wanted.some((finding) => finding.status === 'manual' || (finding.status === 'fail' && finding.remedy?.by === 'hand'));
  const verified = unknown.length === 0;
  const status: StepStatus = manual ? 'manual' : changed ? 'done' : 'unchanged';
  return { report: { id, status, verified, error: null }, exit: worstExit(unknown.map(({ cause }) => unreadExit(cause))) };
};

const unreadable = (assessed: AssessedStep, unknown: readonly Finding[], changed: boolean | null): BootstrapError | null => {
  const worst =
    unknown.find(({ cause }) => cause === 'denied') ??
    unknown.find(({ refusal }) => isNotEnabled(refusal)) ??
    unknown.find(({ cause }) => cause === 'unreachable');
  return worst === undefined ? null : unreadError(worst, { message: `${assessed.step.title}: ${worst.reason}.`, changed });
};

const planChanged = (assessed: AssessedStep): BootstrapError =>
  new BootstrapError({
    code: 'E-PLAN-CHANGED',
    message: `${assessed.step.title}: the account has changed since the plan was made, so this step was not applied.`,
    next: 'Run the same command again and check the new plan.',
    retryable: true,
  });

const notConfirmed = (assessed: AssessedStep, lost: AmbiguousWriteError | undefined, changed: boolean | null): BootstrapError =>
  new BootstrapError({
    code: lost === undefined ? 'E-NOT-CONFIRMED' : 'E-AMBIGUOUS',
    message:
      lost === undefined
        ? `${assessed.step.title}: AWS accepted the change, but does not show it yet.`
        : `${assessed.step.title}: the answer to ${lost.operation} was lost (${lost.code}), and the account does not show the change.`,
    next: 'Run the same command again in a few minutes. It continues where this run stopped.',
    retryable: true,
    changed,
    aws: lost === undefined ? null : awsInfo(lost),
  });

/** An AWS error as an error of this tool. Steps translate the errors that they know more about. */
export const errorOf = (assessed: Pick<AssessedStep, 'step'>, error: unknown, changed: boolean | null): BootstrapError => {
  // The step knows the error; the engine knows whether something was changed before it.
  if (error instanceof BootstrapError) return error.changed === false && changed !== false ? error.with({ changed }) : error;
  const { title, id } = assessed.step;
  if (error instanceof AwsError) {
    const known = translateAwsError(error);
    const skip = known.code === 'E-WRITE-DENIED' || known.code === 'E-AWS-REFUSED';
    const next = skip ? `${known.next.replace(/\.$/, '')}, or skip the step: --skip ${id}.` : known.next;
    return known.with({ message: `${title}: ${known.message}`, next, changed });
  }
  return new BootstrapError({
    code: 'E-UNEXPECTED',
    message: `${title}: ${error instanceof Error ? error.message : String(error)}`,
    next: 'This is a bug in this tool. Run again with --debug and report what it prints.',
    changed,
    cause: error,
  });
};

/** A change that you postponed while it was applied, by the gaps it was to close. The run continues without it and ends with 5. */
export interface Deferred {
  readonly gaps: readonly Pick<Finding, 'id' | 'resource'>[];
  readonly error: BootstrapError;
}

const isDeferred = (error: unknown): error is BootstrapError => error instanceof BootstrapError && error.exit === 5;

const deferredBy = (error: BootstrapError, assessed: AssessedStep, change: Change): Deferred => ({
  error,
  gaps: assessed.findings.filter(({ remedy }) => remedy?.by === 'init' && sameChange(remedy.change, change)),
});

/** The changes of a step without the deferred ones, which are recognised by their gaps: the change itself may differ by now. */
const openChanges = (assessed: AssessedStep, deferred: readonly Deferred[]): readonly Change[] => {
  const isDeferredGap = (finding: Finding): boolean =>
    deferred.some(({ gaps }) => gaps.some(({ id, resource }) => id === finding.id && resource === finding.resource));
  const left = changesOf({ ...assessed, findings: assessed.findings.filter(isDeferredGap) });
  return changesOf(assessed).filter((change) => !left.some((other) => sameChange(other, change)));
};

/** One error for all deferred changes of a step; null when there are none. */
const deferredError = (deferred: readonly Deferred[]): BootstrapError | null => {
  const [first] = deferred;
  if (first === undefined) return null;
  const message = deferred.map(({ error }) => error.message).join(' ');
  const next = deferred.map(({ error }) => error.next).join(' And ');
  return first.error.with({ message, next, cause: first.error });
};
