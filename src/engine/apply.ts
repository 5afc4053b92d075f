import { AmbiguousWriteError, AwsError } from '../core/aws-error.js';
import { BootstrapError, type ErrorInfo } from '../core/error.js';
import type { Change } from '../core/finding.js';
import type { StepReport, StepStatus } from '../core/report.js';
import type { ApplyContext } from '../core/step.js';
import { confirm } from './confirm.js';
import { changesOf, type LookedStep, lookAt, sameChange } from './look.js';

export interface ApplyPort extends ApplyContext {
  readonly forget: () => void;
  readonly progress: {
    readonly stepStarted: (step: LookedStep) => void;
    readonly stepEnded: (step: LookedStep, status: StepStatus, error: ErrorInfo | null) => void;
  };
}

export interface AppliedStep {
  readonly looked: LookedStep;
  readonly report: StepReport;
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
        done.push({ looked, report, changed: false });
        continue;
      }
      done.push(await applyStep(looked, port));
    } else {
      done.push({ looked, report: reportOf(looked, false, null), changed: false });
    }
  }
  return done;
};

const applyStep = async (approved: LookedStep, port: ApplyPort): Promise<AppliedStep> => {
  port.progress.stepStarted(approved);
  let looked = approved;
  let changed = false;
  const end = (error: ErrorInfo | null): AppliedStep => {
    const report = reportOf(looked, changed, error);
    port.progress.stepEnded(looked, report.status, error);
    return { looked, report, changed };
  };
  try {
    port.forget();
    looked = await lookAt(approved, port);
    if (!samePlan(changesOf(approved), changesOf(looked))) return end(planChanged(approved).info(approved.step.id));
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
      if (!mayRepeat) return end(notConfirmed(looked, doubt).info(approved.step.id));
    }
  } catch (error) {
    if (port.signal.aborted) throw error;
    const told = errorOf(approved, error, changed);
    // What the step looks like now belongs into the report, as far as it can still be read.
    port.forget();
    looked = await lookAt(approved, port).catch(() => looked);
    return end(told.info(approved.step.id));
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

/** What became of a step. Unknown findings leave it unverified; a denied read fails it. */
export const reportOf = (looked: LookedStep, changed: boolean, error: ErrorInfo | null): StepReport => {
  const id = looked.step.id;
  if (error !== null) return { id, status: 'failed', verified: false, error };
  if (!looked.wanted) return { id, status: 'skipped', verified: false, error: null };
  const wanted = looked.findings.filter((finding) => looked.step.findings.some((spec) => spec.id === finding.id && spec.kind === 'wanted'));
  const unknown = wanted.filter((finding) => finding.status === 'unknown');
  const denied = unknown.find((finding) => finding.cause === 'denied');
  if (denied) {
    const told = new BootstrapError({
      code: 'E-READ-DENIED',
      exit: 4,
      message: `${looked.step.title}: ${denied.reason}.`,
      next: denied.missingPermission
        ? `Run as an identity that is allowed ${denied.missingPermission}.`
        : 'Sign in again and run the same command.',
      changed,
      retryable: false,
    });
    return { id, status: 'failed', verified: false, error: told.info(id) };
  }
  const unreachable = unknown.find((finding) => finding.cause === 'unreachable');
  if (unreachable) {
    const told = new BootstrapError({
      code: 'E-UNREACHABLE',
      exit: 6,
      message: `${looked.step.title}: ${unreachable.reason}.`,
      next: 'Check the connection and run the same command again.',
      changed,
      retryable: true,
    });
    return { id, status: 'failed', verified: false, error: told.info(id) };
  }
  const byHand = wanted.some((finding) => finding.status === 'manual' || (finding.status === 'fail' && finding.remedy?.by === 'hand'));
  return { id, status: byHand ? 'manual' : changed ? 'done' : 'unchanged', verified: unknown.length === 0, error: null };
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
  if (error instanceof BootstrapError) return error;
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
