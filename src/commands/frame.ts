import type { AccountRole, Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError, type ErrorInfo, exitNames } from '../core/error.js';
import type { AccountReport, RunReport } from '../core/report.js';
import { readAlias } from '../steps/support/account-alias.js';
import { version } from '../version.js';

/** What every report of a run starts from. */
export interface Frame {
  readonly command: 'init' | 'check';
  readonly startedAt: Date;
  readonly now: () => Date;
}

type Body = Omit<RunReport, 'schemaVersion' | 'tool' | 'command' | 'startedAt' | 'durationMs' | 'exit'> & {
  readonly exit: RunReport['exit']['code'];
  readonly retryAfterSeconds?: number;
};

export const reportOf = (frame: Frame, { exit, retryAfterSeconds, ...body }: Body): RunReport => ({
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
  frame: Frame,
  error: BootstrapError,
  known: { readonly target: string; readonly account: AccountReport | null; readonly apiCalls: RunReport['apiCalls'] },
): RunReport => reportOf(frame, { ...known, summary: emptySummary, results: [], error: error.info(), exit: error.exit });

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
export const toldError = (error: unknown, changed: boolean | null): BootstrapError =>
  error instanceof BootstrapError
    ? error
    : new BootstrapError({
        code: 'E-UNEXPECTED',
        exit: 1,
        message: error instanceof Error ? error.message : String(error),
        next: 'This is a fault of the tool. Run again with --debug and report what it prints.',
        changed,
        cause: error,
      });

/** Titles of the steps whose changes are made, and of the one that was under way. */
export interface HowFar {
  readonly done: readonly string[];
  readonly during: string | undefined;
}

/** A stop by signal, as the error part of a report. */
export const stoppedError = (changed: boolean | null, came: HowFar = { done: [], during: undefined }): ErrorInfo => ({
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
