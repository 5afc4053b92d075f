import { AmbiguousWriteError, AwsError } from '../core/aws-error.js';
import { BootstrapError, type ErrorInfo, type ExitCode } from '../core/error.js';
import type { Change, Finding } from '../core/finding.js';
import type { StepReport, StepStatus } from '../core/report.js';
import type { ApplyContext } from '../core/step.js';
import { confirm } from './confirm.js';
import { changesOf, type LookedStep, lookAt, sameChange } from './look.js';

export interface ApplyPort extends ApplyContext {
  /** Writes that AWS carried out so far, or may have. */
  readonly effects: () => number;
  readonly progress: {
    readonly stepStarted: (step: LookedStep) => void;
    readonly stepEnded: (step: LookedStep, status: StepStatus, error: ErrorInfo | null) => void;
  };
}

/** What became of a step, and the exit code that it alone would end the run with. */
export interface Outcome {
  readonly report: StepReport;
  readonly exit: ExitCode;
}

export interface AppliedStep extends Outcome {
  readonly looked: LookedStep;
  readonly changed: boolean;
}

/** How often a change is made again after its answer was lost and the account, read back, shows that it did not happen. */
const secondChances = 2;

/**
 * Step by step, in order: read again, make the approved changes, look until they show. A step behind a failed one that it
 * needs is blocked; the others go on.
 */
export const applyAll = async (steps: readonly LookedStep[], port: ApplyPort): Promise<readonly AppliedStep[]> => {
  const done: AppliedStep[] = [];
  for (const looked of steps) {
    const failed = looked.step.needs.filter((id) =>
      done.some(({ looked: { step }, report }) => step.id === id && (report.status === 'failed' || report.status === 'blocked')),
    );
    if (looked.wanted && changesOf(looked).length > 0) {
      if (failed.length > 0) {
        const report: StepReport = { id: looked.step.id, status: 'blocked', verified: false, error: null };
        port.progress.stepEnded(looked, 'blocked', null);
        done.push({ looked, report, exit: 7, changed: false });
        continue;
      }
      done.push(await applyStep(looked, port));
    } else {
      done.push({ looked, ...outcomeOf(looked, false, null), changed: false });
    }
  }
  return done;
};

const applyStep = async (approved: LookedStep, port: ApplyPort): Promise<AppliedStep> => {
  port.progress.stepStarted(approved);
  const effectsBefore = port.effects();
  let looked = approved;
  let changed = false;
  const end = (error: BootstrapError | null): AppliedStep => {
    const outcome = outcomeOf(looked, changed, error);
    port.progress.stepEnded(looked, outcome.report.status, outcome.report.error);
    return { looked, ...outcome, changed };
  };
  try {
    port.forget();
    looked = await lookAt(approved, port);
    if (!samePlan(changesOf(approved), changesOf(looked))) return end(planChanged(approved));
    for (let chance = 0; ; chance += 1) {
      const doubt = await makeChanges(looked, port, () => {
        changed = true;
      });
      // After a lost answer, seconds decide whether it happened; after an answer, IAM may take its time.
      looked = await confirm(approved, port, doubt === undefined ? undefined : 10_000);
      const open = changesOf(looked);
      if (open.length === 0) return end(null);
      const approvedKinds = changesOf(approved).map((change) => change.kind);
      const mayRepeat = doubt !== undefined && chance < secondChances && open.every((change) => approvedKinds.includes(change.kind));
      if (!mayRepeat) return end(notConfirmed(looked, doubt));
    }
  } catch (error) {
    if (port.signal.aborted) throw error;
    const told = errorOf(approved, error, changed || port.effects() > effectsBefore);
    // What the step looks like now belongs into the report, as far as it can still be read.
    port.forget();
    looked = await lookAt(approved, port).catch(() => looked);
    return end(told);
  }
};

/** Makes the changes in order; stops at a write whose outcome is not known, and returns it. */
const makeChanges = async (looked: LookedStep, port: ApplyPort, note: () => void): Promise<AmbiguousWriteError | undefined> => {
  for (const change of changesOf(looked)) {
    port.signal.throwIfAborted();
    port.say(change.summary);
    try {
      await looked.step.apply(port, change);
      note();
    } catch (error) {
      if (!(error instanceof AmbiguousWriteError)) throw error;
      note();
      return error;
    }
  }
  return undefined;
};

const samePlan = (approved: readonly Change[], now: readonly Change[]): boolean =>
  approved.length === now.length && approved.every((change, index) => sameChange(change, now[index] as Change));

/** Unknown findings leave a step unverified; one whose reads were denied or got no answer has failed. */
export const outcomeOf = (looked: LookedStep, changed: boolean, error: BootstrapError | null): Outcome => {
  const id = looked.step.id;
  if (!looked.wanted) return { report: { id, status: 'skipped', verified: false, error: null }, exit: 0 };
  const wanted = looked.findings.filter((finding) => looked.step.findings.some((spec) => spec.id === finding.id && spec.kind === 'wanted'));
  const unknown = wanted.filter((finding) => finding.status === 'unknown');
  const failure = error ?? unreadable(looked, unknown, changed);
  if (failure !== null) return { report: { id, status: 'failed', verified: false, error: failure.info(id) }, exit: failure.exit };
  const byHand = wanted.some((finding) => finding.status === 'manual' || (finding.status === 'fail' && finding.remedy?.by === 'hand'));
  const verified = unknown.length === 0;
  const status: StepStatus = byHand ? 'manual' : changed ? 'done' : 'unchanged';
  return { report: { id, status, verified, error: null }, exit: verified ? 0 : 6 };
};

const unreadable = (looked: LookedStep, unknown: readonly Finding[], changed: boolean): BootstrapError | null => {
  const denied = unknown.find((finding) => finding.cause === 'denied');
  if (denied) {
    return new BootstrapError({
      code: 'E-READ-DENIED',
      exit: 4,
      message: `${looked.step.title}: ${denied.reason}.`,
      next: denied.missingPermission
        ? `Run as an identity that is allowed ${denied.missingPermission}.`
        : 'Sign in again and run the same command.',
      changed,
    });
  }
  const unreachable = unknown.find((finding) => finding.cause === 'unreachable');
  if (!unreachable) return null;
  return new BootstrapError({
    code: 'E-UNREACHABLE',
    exit: 6,
    message: `${looked.step.title}: ${unreachable.reason}.`,
    next: 'Check the connection and run the same command again.',
    changed,
    retryable: true,
  });
};

const planChanged = (looked: LookedStep): BootstrapError =>
  new BootstrapError({
    code: 'E-PLAN-CHANGED',
    exit: 6,
    message: `${looked.step.title}: the account is no longer as it was when the plan was made, so nothing was changed here.`,
    next: 'Run the same command again and look at the new plan.',
    retryable: true,
  });

const notConfirmed = (looked: LookedStep, doubt: AmbiguousWriteError | undefined): BootstrapError =>
  new BootstrapError({
    code: doubt === undefined ? 'E-NOT-CONFIRMED' : 'E-AMBIGUOUS',
    exit: 6,
    message:
      doubt === undefined
        ? `${looked.step.title}: AWS accepted the change, but does not show it yet.`
        : `${looked.step.title}: the answer to ${doubt.operation} was lost (${doubt.code}), and the account does not show the change.`,
    next: 'Run the same command again in a few minutes; it continues where this run stopped.',
    retryable: true,
    changed: doubt === undefined ? true : null,
    aws: doubt === undefined ? null : awsInfo(doubt),
  });

/** An error of AWS in our shape; steps translate the ones that they can say more about. */
export const errorOf = (looked: Pick<LookedStep, 'step'>, error: unknown, changed: boolean): BootstrapError => {
  // The step knows its error; the engine knows what came before it.
  if (error instanceof BootstrapError) return changed && error.changed === false ? error.afterChanges() : error;
  if (error instanceof AwsError) {
    const denied = /AccessDenied|Unauthorized|NotAuthorized/.test(error.code);
    return new BootstrapError({
      code: denied ? 'E-WRITE-DENIED' : 'E-AWS-REFUSED',
      exit: 7,
      message: `${looked.step.title}: AWS refused ${error.operation} (${error.code}): ${error.message}`,
      next: denied
        ? `Run as an identity that is allowed ${error.operation}, or leave the step out: --skip ${looked.step.id}.`
        : `Mend the cause and run the same command again, or leave the step out: --skip ${looked.step.id}.`,
      changed,
      aws: awsInfo(error),
      cause: error,
    });
  }
  return new BootstrapError({
    code: 'E-UNEXPECTED',
    exit: 1,
    message: `${looked.step.title}: ${error instanceof Error ? error.message : String(error)}`,
    next: 'This is a fault of the tool. Run again with --debug and report what it prints.',
    changed,
    cause: error,
  });
};

const awsInfo = (error: AwsError) => ({
  operation: error.operation,
  error: error.code,
  ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
});
