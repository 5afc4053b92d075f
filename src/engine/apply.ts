import { AmbiguousWriteError, AwsError, awsInfo, translateAwsError } from '../core/aws-error.js';
import { BootstrapError, type ErrorInfo, type ExitCode, PromptAborted, unreadExit, worstExit } from '../core/errors.js';
import type { Change, Finding } from '../core/finding.js';
import { isNotEnabled } from '../core/refusal.js';
import type { StepReport, StepStatus } from '../core/report.js';
import type { ApplyContext, ObserveContext } from '../core/step.js';
import { unreadError } from '../core/reading.js';
import { type AssessedStep, assessStep, changesOf, sameChange } from './assess.js';
import { isWanted } from './results.js';

export interface ApplyPort extends ApplyContext {
  /** Writes that AWS carried out so far, or may have. */
  readonly effects: () => number;
  readonly progress: {
    readonly stepStarted: (step: AssessedStep) => void;
    readonly stepEnded: (step: AssessedStep, status: StepStatus, error: ErrorInfo | null) => void;
  };
}

/** What became of a step, and the exit code that it alone would end the run with. */
export interface Outcome {
  readonly report: StepReport;
  readonly exit: ExitCode;
}

export interface AppliedStep extends Outcome {
  readonly assessed: AssessedStep;
  readonly changed: boolean;
}

/** How often a change is made again after its answer was lost and the account, read back, shows that it did not happen. */
const secondChances = 2;
/** How long to look for a change whose answer was lost. A secret made twice leaves an orphan, so there it is as long as for any change. */
const doubtPatienceMs = 10_000;

/** A write whose answer was lost, and the change that it was part of. */
interface Doubt {
  readonly change: Change;
  readonly error: AmbiguousWriteError;
}

/**
 * Step by step, in order: read again, make the approved changes, look until they show. A step behind a failed one that it
 * needs is blocked; the others go on.
 */
export const applyAll = async (steps: readonly AssessedStep[], port: ApplyPort): Promise<readonly AppliedStep[]> => {
  const done: AppliedStep[] = [];
  for (const assessed of steps) {
    const failed = done.filter(
      ({ assessed: { step }, report }) =>
        assessed.step.needs.includes(step.id) && (report.status === 'failed' || report.status === 'blocked'),
    );
    if (assessed.wanted && changesOf(assessed).length > 0) {
      if (failed.length > 0) {
        const report: StepReport = { id: assessed.step.id, status: 'blocked', verified: false, error: null };
        port.progress.stepEnded(assessed, 'blocked', null);
        // It ends as what it waits for: behind something that is not ready yet, the same command goes on later.
        done.push({ assessed, report, exit: worstExit(failed.map(({ exit }) => exit)), changed: false });
        continue;
      }
      done.push(await applyStep(assessed, port));
    } else {
      done.push({ assessed, ...outcomeOf(assessed, false, null), changed: false });
    }
  }
  return done;
};

const applyStep = async (approved: AssessedStep, port: ApplyPort): Promise<AppliedStep> => {
  port.progress.stepStarted(approved);
  const effectsBefore = port.effects();
  let assessed = approved;
  let applied = false;
  let doubts = 0;
  const putOff: Deferred[] = [];
  /** Whether AWS was changed by this step so far; null when the only writes are ones whose answers were lost. */
  const changed = (): boolean | null => {
    const effects = port.effects() - effectsBefore;
    return effects > doubts ? true : doubts > 0 ? null : false;
  };
  const end = (error: BootstrapError | null): AppliedStep => {
    const outcome = outcomeOf(assessed, applied, error, changed());
    port.progress.stepEnded(assessed, outcome.report.status, outcome.report.error);
    return { assessed, ...outcome, changed: applied || changed() !== false };
  };
  try {
    port.forget();
    assessed = await assessStep(approved, port);
    if (!samePlan(changesOf(approved), changesOf(assessed))) {
      // What cannot be seen any more is no other plan: that is what there is to say then.
      return end(outcomeOf(assessed, false, null).report.error === null ? planChanged(approved) : null);
    }
    for (let chance = 0; ; chance += 1) {
      const doubt = await makeChanges(assessed, port, putOff);
      applied = true;
      if (doubt !== undefined) doubts += 1;
      const settled = (now: AssessedStep): boolean => stillOpen(now, putOff).length === 0;
      assessed = await (doubt === undefined ? confirm(approved, port, { enough: settled }) : readBack(approved, doubt, port));
      const open = stillOpen(assessed, putOff);
      if (open.length === 0) return end(deferredError(putOff));
      const mayRepeat = doubt !== undefined && chance < secondChances && open.every((change) => isApproved(change, approved));
      if (!mayRepeat) return end(notConfirmed(assessed, doubt?.error, changed()));
    }
  } catch (error) {
    // Ctrl-C at a question ends the run, not the step.
    if (port.signal.aborted || error instanceof PromptAborted) throw error;
    const told = errorOf(approved, error, changed());
    // What the step looks like now belongs into the report, as far as it can still be read.
    port.forget();
    assessed = await assessStep(approved, port).catch(() => assessed);
    return end(told);
  }
};

/** Makes the changes in order; stops at a write whose outcome is not known, and returns it. */
const makeChanges = async (assessed: AssessedStep, port: ApplyPort, putOff: Deferred[]): Promise<Doubt | undefined> => {
  for (const change of stillOpen(assessed, putOff)) {
    port.signal.throwIfAborted();
    port.notify(change.summary);
    try {
      await assessed.step.apply(port, change);
    } catch (error) {
      if (isDeferred(error)) {
        putOff.push(deferredBy(error, assessed, change));
        continue;
      }
      if (!(error instanceof AmbiguousWriteError)) throw error;
      return { change, error };
    }
  }
  return undefined;
};

/** Looks whether it happened all the same. The changes behind it have not been tried, and are not waited for. */
const readBack = (approved: AssessedStep, { change }: Doubt, port: ApplyPort): Promise<AssessedStep> =>
  confirm(approved, port, {
    ...(change.risk === 'secret' ? {} : { patienceMs: doubtPatienceMs }),
    enough: (assessed) => changesOf(assessed).every(({ kind }) => kind !== change.kind),
  });

/** How long a change may take to show: IAM is eventually consistent. */
const confirmLimitMs = 120_000;
/** How long to wait for a read that fails: a hiccup passes in seconds, and an endpoint that lacks the operation never has it. */
const blurLimitMs = 5_000;

interface ConfirmContext extends ObserveContext {
  readonly forget: () => void;
  readonly notify: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Looks at a step until its gaps are closed (or `enough` is), or the time is up; says why it waits. */
const confirm = async (
  approved: AssessedStep,
  context: ConfirmContext,
  options: { readonly patienceMs?: number; readonly enough?: (assessed: AssessedStep) => boolean } = {},
): Promise<AssessedStep> => {
  const { patienceMs = confirmLimitMs, enough = (assessed) => changesOf(assessed).length === 0 } = options;
  let delay = 500;
  let waited = 0;
  for (;;) {
    context.forget();
    const assessed = await assessStep(approved, context);
    const settled = enough(assessed);
    if ((settled && !isBlurred(approved, assessed)) || waited >= (settled ? Math.min(patienceMs, blurLimitMs) : patienceMs))
      return assessed;
    if (waited >= 2_000) context.notify('waiting until AWS shows the change everywhere (IAM is eventually consistent)');
    await context.clock.sleep(delay, context.signal);
    waited += delay;
    delay = Math.min(delay * 2, 8_000);
  }
};

/** A gap that was to be closed cannot be seen at the moment: not the same as closed. What is denied will not clear up by waiting. */
const isBlurred = (approved: AssessedStep, assessed: AssessedStep): boolean =>
  assessed.findings.some(
    ({ id, status, cause }) =>
      status === 'unknown' &&
      cause !== 'denied' &&
      approved.findings.some((before) => before.id === id && before.status === 'fail' && before.remedy?.by === 'init'),
  );

/** What is left of an approved change may be smaller than it was, but of the same kind, and no more dangerous. */
const isApproved = (change: Change, approved: AssessedStep): boolean =>
  changesOf(approved).some(({ kind, risk }) => kind === change.kind && risk === change.risk);

const samePlan = (approved: readonly Change[], now: readonly Change[]): boolean =>
  approved.length === now.length && approved.every((change, index) => sameChange(change, now[index] as Change));

/** Unknown findings leave a step unverified; one whose reads were denied or got no answer has failed. */
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
  const byHand = wanted.some((finding) => finding.status === 'manual' || (finding.status === 'fail' && finding.remedy?.by === 'hand'));
  const verified = unknown.length === 0;
  const status: StepStatus = byHand ? 'manual' : changed ? 'done' : 'unchanged';
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
    message: `${assessed.step.title}: the account does not look as it did when the plan was made, so nothing was changed here.`,
    next: 'Run the same command again and look at the new plan.',
    retryable: true,
  });

const notConfirmed = (assessed: AssessedStep, doubt: AmbiguousWriteError | undefined, changed: boolean | null): BootstrapError =>
  new BootstrapError({
    code: doubt === undefined ? 'E-NOT-CONFIRMED' : 'E-AMBIGUOUS',
    message:
      doubt === undefined
        ? `${assessed.step.title}: AWS accepted the change, but does not show it yet.`
        : `${assessed.step.title}: the answer to ${doubt.operation} was lost (${doubt.code}), and the account does not show the change.`,
    next: 'Run the same command again in a few minutes; it continues where this run stopped.',
    retryable: true,
    changed,
    aws: doubt === undefined ? null : awsInfo(doubt),
  });

/** An AWS error as an error of this tool; steps translate the ones that they know more about. */
export const errorOf = (assessed: Pick<AssessedStep, 'step'>, error: unknown, changed: boolean | null): BootstrapError => {
  // The step knows its error; the engine knows what came before it.
  if (error instanceof BootstrapError) return error.changed === false && changed !== false ? error.with({ changed }) : error;
  const { title, id } = assessed.step;
  if (error instanceof AwsError) {
    const known = translateAwsError(error);
    const skip = known.code === 'E-WRITE-DENIED' || known.code === 'E-AWS-REFUSED';
    const next = skip ? `${known.next.replace(/\.$/, '')}, or leave the step out: --skip ${id}.` : known.next;
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

/** A change that a person put off while it was made, by the gaps it was to close. The run goes on without it and ends with 5. */
export interface Deferred {
  readonly gaps: readonly Pick<Finding, 'id' | 'resource'>[];
  readonly error: BootstrapError;
}

const isDeferred = (error: unknown): error is BootstrapError => error instanceof BootstrapError && error.exit === 5;

const deferredBy = (error: BootstrapError, assessed: AssessedStep, change: Change): Deferred => ({
  error,
  gaps: assessed.findings.filter(({ remedy }) => remedy?.by === 'init' && sameChange(remedy.change, change)),
});

/** The changes of a step but for those put off. Told by their gaps: the change itself may be a different one by now. */
const stillOpen = (assessed: AssessedStep, putOff: readonly Deferred[]): readonly Change[] => {
  const isOff = (finding: Finding): boolean =>
    putOff.some(({ gaps }) => gaps.some(({ id, resource }) => id === finding.id && resource === finding.resource));
  const off = changesOf({ ...assessed, findings: assessed.findings.filter(isOff) });
  return changesOf(assessed).filter((change) => !off.some((one) => sameChange(one, change)));
};

/** What a step says of all that was put off; null when nothing was. */
const deferredError = (putOff: readonly Deferred[]): BootstrapError | null => {
  const [first] = putOff;
  if (first === undefined) return null;
  const message = putOff.map(({ error }) => error.message).join(' ');
  const next = putOff.map(({ error }) => error.next).join(' And ');
  return first.error.with({ message, next, cause: first.error });
};
