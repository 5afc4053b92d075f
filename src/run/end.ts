import type { Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError, type ErrorInfo, exitNames, PromptAborted } from '../core/errors.js';
import type { AccountReport, RunReport } from '../core/report.js';
import { plainLines } from '../core/text.js';
import { retryAfterSeconds } from '../engine/results.js';
import { readAccountPlan, readAccountRole, readAlias } from '../steps/shared/account.js';
import { version } from '../version.js';
import type { App } from './app.js';

/** Which command runs, and since when. */
export interface RunStart<Name extends string = 'init' | 'check' | 'undo'> {
  readonly command: Name;
  readonly startedAt: Date;
  readonly now: () => Date;
}

/** What is known about a run at any time. Every report contains it, also that of a run that failed. */
export interface RunFacts {
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  readonly account: AccountReport | null;
  readonly apiCalls: RunReport['apiCalls'];
}

/** The first fields of every report. */
export const reportHead = <Name extends string>({ command, startedAt, now }: RunStart<Name>) =>
  ({
    schemaVersion: '1.0',
    tool: { name: 'aws-account-bootstrap', version },
    command,
    startedAt: startedAt.toISOString(),
    durationMs: now().getTime() - startedAt.getTime(),
  }) as const;

type Body = Omit<RunReport, keyof ReturnType<typeof reportHead> | 'exit'> & { readonly exit: RunReport['exit']['code'] };

/** The report of `init`, `check` and `undo`. */
export const buildReport = (start: RunStart, { exit, ...body }: Body): RunReport => ({
  ...reportHead(start),
  ...body,
  exit: {
    code: exit,
    name: exitName(exit),
    ...(exit === 6 && body.steps !== undefined ? { retryAfterSeconds: retryAfterSeconds(body.steps.map(({ error }) => error)) } : {}),
  },
});

export const exitName = (code: RunReport['exit']['code']): string =>
  code === 130 ? 'interrupted' : code === 143 ? 'terminated' : exitNames[code];

const emptySummary = { pass: 0, fail: 0, manual: 0, waived: 0, unknown: 0, notApplicable: 0 } as const;

/** The report of a run of `init` or `check` that failed or was stopped. Its shape is that of any other. */
export const failedReport = (start: RunStart, { error, exit }: Failure, facts: RunFacts): RunReport => ({
  ...buildReport(start, { ...facts, summary: emptySummary, results: [], error, exit: exit.code }),
  // In this report, both signals have the same name.
  exit: exit.name === 'terminated' ? { ...exit, name: 'interrupted' } : exit,
});

/** The account with its alias, its role in an organization and its plan. The steps share these reads. */
export const describeAccount = async (cloud: ReadCloud, caller: Caller): Promise<AccountReport> => {
  const [alias, role, plan] = await Promise.all([
    readAlias(cloud),
    readAccountRole(cloud, async () => caller.accountId),
    readAccountPlan(cloud, caller.partition),
  ]);
  return {
    id: caller.accountId,
    alias: (alias.ok ? alias.value : undefined) ?? null,
    partition: caller.partition,
    role: role.ok ? role.value : null,
    plan: plan?.ok === true ? plan.value : null,
    identity: { kind: caller.identity.kind, arn: caller.identity.arn },
  };
};

/** How a run ends that an error or a signal stopped. */
export interface Failure {
  readonly error: ErrorInfo;
  readonly exit: RunReport['exit'];
}

/** The steps of a run of `init` whose changes are complete, and those that it is changing, by title. */
export interface AppliedSoFar {
  done: readonly string[];
  during: readonly string[];
}

/**
 * What stopped a run, as every report shows it. `changed`: AWS may have been changed before. With `--debug`, prints where the error comes
 * from.
 */
export const describeFailure = (app: App, error: unknown, changed: boolean, applied?: AppliedSoFar): Failure => {
  const { signal } = app.host;
  // A terminal that reads single keys sends no signal at Ctrl-C.
  if (signal.aborted || (error instanceof PromptAborted && error.reason !== 'end')) {
    const code = signal.reason === 'SIGTERM' ? 143 : 130;
    return { error: stoppedError(changed, applied), exit: { code, name: exitName(code) } };
  }
  printStack(app, error);
  const known = asBootstrapError(error, changed);
  return failureOf(changed && known.changed === false ? known.with({ changed: true }) : known);
};

export const failureOf = (error: BootstrapError): Failure => ({
  error: error.info(),
  exit: {
    code: error.exit,
    name: exitNames[error.exit],
    ...(error.exit === 6 ? { retryAfterSeconds: retryAfterSeconds([error]) } : {}),
  },
});

/** Any error as one of this tool: what is not one is a bug, unless the input ended at a question. */
export const asBootstrapError = (error: unknown, changed: boolean | null): BootstrapError => {
  if (error instanceof BootstrapError) return error;
  if (error instanceof PromptAborted)
    return new BootstrapError({
      code: 'E-NO-ANSWER',
      message: error.message,
      next: 'Run the command again and answer, or pass the values as flags (see --help).',
      cause: error,
    });
  return new BootstrapError({
    code: 'E-UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
    next: 'This is a bug in this tool. Run again with --debug and report the output.',
    changed,
    cause: error,
  });
};

const stoppedError = (changed: boolean, { done, during }: AppliedSoFar = { done: [], during: [] }): ErrorInfo => ({
  code: 'E-STOPPED',
  step: null,
  message: [
    'The run was stopped.',
    ...(done.length === 0 ? [] : [`Done: ${done.join(', ')}.`]),
    ...(during.length === 0 ? [] : [`In the middle of: ${during.join(', ')}.`]),
  ].join(' '),
  // A report with steps shows that the next run continues.
  next: `Run the same command again${changed && done.length + during.length === 0 ? '; it continues where this run stopped' : ''}.`,
  retryable: true,
  changed,
  aws: null,
});

/** The stack of an error and of its causes. */
const stackOf = (error: Error, depth = 0): string => {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error && depth < 5 ? `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}` : own;
};

const printStack = ({ globals, terminal }: App, error: unknown): void => {
  if (globals.debug === true && error instanceof Error) terminal.stderr(`debug: ${plainLines(stackOf(error))}\n`);
};
