import type { AccountRole, Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError, type ErrorInfo, exitNames } from '../core/errors.js';
import type { AccountReport, RunReport } from '../core/report.js';
import { plainLines } from '../core/text.js';
import { readAlias } from '../steps/shared/account.js';
import { version } from '../version.js';
import type { App } from './app.js';

/** What every report of a run starts from. */
export interface RunStart {
  readonly command: 'init' | 'check';
  readonly startedAt: Date;
  readonly now: () => Date;
}

type Body = Omit<RunReport, 'schemaVersion' | 'tool' | 'command' | 'startedAt' | 'durationMs' | 'exit'> & {
  readonly exit: RunReport['exit']['code'];
  readonly retryAfterSeconds?: number;
};

export const buildReport = (frame: RunStart, { exit, retryAfterSeconds, ...body }: Body): RunReport => ({
  schemaVersion: '1.0',
  tool: { name: 'aws-account-bootstrap', version },
  command: frame.command,
  startedAt: frame.startedAt.toISOString(),
  durationMs: frame.now().getTime() - frame.startedAt.getTime(),
  ...body,
  exit: { code: exit, name: exitName(exit), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
});

export const exitName = (code: RunReport['exit']['code']): string =>
  code === 130 ? 'interrupted' : code === 143 ? 'terminated' : exitNames[code];

const emptySummary = { pass: 0, fail: 0, manual: 0, waived: 0, unknown: 0, notApplicable: 0 } as const;

/** A run that ended before it could look at anything, in the same shape as any other. */
export const failedReport = (
  frame: RunStart,
  error: BootstrapError,
  known: { readonly target: string; readonly account: AccountReport | null; readonly apiCalls: RunReport['apiCalls'] },
): RunReport => buildReport(frame, { ...known, summary: emptySummary, results: [], error: error.info(), exit: error.exit });

/** The account's alias and its place among organizations: reads that the steps share. */
export const describeAccount = async (cloud: ReadCloud, caller: Caller): Promise<AccountReport> => {
  const [alias, organization] = await Promise.all([
    readAlias(cloud),
    cloud.find('organizations:DescribeOrganization', {}, ['AWSOrganizationsNotInUse']),
  ]);
  const role = ((): AccountRole | null => {
    if (!organization.ok) return null;
    if (organization.value === undefined) return 'standalone';
    return organization.value.Organization?.MasterAccountId === caller.accountId ? 'management' : 'member';
  })();
  return {
    id: caller.accountId,
    alias: (alias.ok ? alias.value : undefined) ?? null,
    partition: caller.partition,
    role,
    identity: { kind: caller.identity.kind, arn: caller.identity.arn },
  };
};

/** Any error as one that a person can be shown. */
export const asBootstrapError = (error: unknown, changed: boolean | null): BootstrapError =>
  error instanceof BootstrapError
    ? error
    : new BootstrapError({
        code: 'E-UNEXPECTED',
        message: error instanceof Error ? error.message : String(error),
        next: 'This is a fault of the tool. Run again with --debug and report what it prints.',
        changed,
        cause: error,
      });

/** Titles of the steps whose changes are made, and of the one that was under way. */
export interface AppliedSoFar {
  readonly done: readonly string[];
  readonly during: string | undefined;
}

/** A stop by signal, as the error part of a report. */
export const stoppedError = (changed: boolean | null, came: AppliedSoFar = { done: [], during: undefined }): ErrorInfo => ({
  code: 'E-STOPPED',
  step: null,
  message: [
    'The run was stopped.',
    ...(came.done.length === 0 ? [] : [`Done: ${came.done.join(', ')}.`]),
    ...(came.during === undefined ? [] : [`In the middle of: ${came.during}.`]),
  ].join(' '),
  next: 'Run the same command again; it continues where this run stopped.',
  retryable: true,
  changed,
  aws: null,
});

export const signalExitCode = ({ host }: App): 130 | 143 => (host.signal.reason === 'SIGTERM' ? 143 : 130);

/** The report of a run that did not come to its end: stopped by a signal, or failed. `--debug` adds where. */
export const endedReport = (
  app: App,
  error: unknown,
  frame: RunStart,
  known: Parameters<typeof failedReport>[2],
  changed: boolean,
): RunReport => {
  const report = failedReport(frame, asBootstrapError(error, changed), known);
  if (app.host.signal.aborted) return { ...report, error: stoppedError(changed), exit: { code: signalExitCode(app), name: 'interrupted' } };
  printStack(app, error);
  return report;
};

/** Where an error comes from, and those behind it, which say what went wrong first. */
const stackOf = (error: Error, depth = 0): string => {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error && depth < 5 ? `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}` : own;
};

export const printStack = ({ globals, terminal }: App, error: unknown): void => {
  if (globals.debug === true && error instanceof Error) terminal.stderr(`debug: ${plainLines(stackOf(error))}\n`);
};
