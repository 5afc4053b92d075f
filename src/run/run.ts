import { setMaxListeners } from 'node:events';
import type { Boundary } from '../aws/boundary.js';
import { guardAccount } from '../aws/identity.js';
import { type Flags, resolveConfig, type Resolved } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import { planWords } from '../core/account-plan.js';
import type { Caller } from '../core/account.js';
import type { ExitCode } from '../core/errors.js';
import type { AccountReport, ReportBase } from '../core/report.js';
import type { TextStyle } from '../core/text.js';
import { labelledRows, type LabelledRow, layoutOf } from '../report/layout.js';
import { accountName, who } from '../report/words.js';
import { steps } from '../steps/index.js';
import type { App, Connection } from './app.js';
import {
  type AppliedSoFar,
  describeAccount,
  describeFailure,
  exitName,
  type Failure,
  reportHead,
  type RunFacts,
  type RunStart,
} from './end.js';
import { type ActionsReport, printActions, reserveOutput } from './output.js';

/**
 * What every command that calls AWS runs in: `runCommand` checks the output file, does the work, and prints one report, whether the work
 * succeeds, fails, or is stopped. `Run` has the parts that commands share in between: connect, identify, count the calls.
 */

/** What is special about a command. `Report` is what it prints. */
interface Command<Name extends string, Report> {
  readonly name: Name;
  /** Checks the flags that depend on neither the config nor AWS. */
  readonly checkFlags?: () => void;
  readonly work: (run: Run<Name>) => Promise<Report>;
  /** The report of a run that failed or was stopped. */
  readonly failed: (failure: Failure, run: Run<Name>) => Report;
  /** Returns the exit code. */
  readonly print: (report: Report) => Promise<number>;
}

export interface Run<Name extends string = string> {
  readonly app: App;
  readonly start: RunStart<Name>;
  /** Aborted by Ctrl-C, by SIGTERM, and at the end of the run, so that no read outlives a run that failed. */
  readonly signal: AbortSignal;
  /** What is known so far. */
  readonly facts: () => RunFacts;
  /** Which steps were applied so far; the engine writes it. */
  readonly applied: AppliedSoFar;
  /** The session that the flags, the environment and the AWS files select. `attended`: see `isAttended`. */
  readonly connect: (mode: 'read' | 'write', attended?: boolean, identify?: 'now' | 'later') => Promise<Connection>;
  /** A second session, to read with another profile. */
  readonly connectAs: (profile: string) => Promise<Connection>;
  /** Counts the calls and the changes of another boundary as those of this run. */
  readonly include: (boundary: Boundary) => void;
  /** Who calls, once it is certain that this is the expected account. `guard`: refuses the caller for other reasons. */
  readonly identify: (
    connection: Connection,
    expected: { readonly accountId?: string; readonly accountIdFrom?: string | undefined },
    guard?: (caller: Caller) => void,
  ) => Promise<Identified>;
}

export interface Identified {
  readonly caller: Caller;
  readonly account: AccountReport;
}

/** Runs a command and prints its report. Returns the exit code. */
export const runCommand = async <Name extends string, Report>(app: App, command: Command<Name, Report>): Promise<number> => {
  const ended = new AbortController();
  const boundaries: Boundary[] = [];
  const run = makeRun(app, command.name, boundaries, ended.signal);
  try {
    // First, so that the document of an error replaces no protected file.
    await reserveOutput(app);
    command.checkFlags?.();
    return await command.print(await command.work(run));
  } catch (error) {
    app.separate();
    const changed = boundaries.some((boundary) => boundary.effects() > 0);
    return await command.print(command.failed(describeFailure(app, error, changed, run.applied), run));
  } finally {
    ended.abort();
  }
};

/** What is special about a command without steps. `Report` is what it prints. */
interface ActionsCommand<Report extends ReportBase & ActionsReport>
  extends Pick<Command<Report['command'], Report>, 'name' | 'checkFlags'> {
  /** The fields of the report that other reports do not have, as they are before the work. The work adds its actions itself. */
  readonly blank: Omit<Report, keyof ReportBase>;
  readonly work: (run: Run) => Promise<Partial<Omit<Report, keyof ReportBase>> & { readonly exit?: ExitCode }>;
  readonly render: (report: Report, style: TextStyle) => string;
}

/** `runCommand` for a command without steps (`keys`, `accounts`): a report of what it found and did. */
export const runActions = <Report extends ReportBase & ActionsReport>(
  app: App,
  { blank, work, render, ...command }: ActionsCommand<Report>,
): Promise<number> => {
  const report = (run: Run, parts: object): Report => {
    const { apiCalls, ...where } = run.facts();
    return { ...reportHead(run.start), ...where, ...blank, apiCalls, ...parts } as unknown as Report;
  };
  return runCommand<Report['command'], Report>(app, {
    ...command,
    work: async (run) => {
      const { exit = 0, ...outcome } = await work(run);
      return report(run, { ...outcome, exit: { code: exit, name: exitName(exit) } });
    },
    failed: (failure, run) => report(run, failure),
    print: (result) => printActions(app, result, render),
  });
};

const makeRun = <Name extends string>(app: App, command: Name, boundaries: Boundary[], ended: AbortSignal): Run<Name> => {
  const { host, progress } = app;
  let target = app.sandboxed ? 'sandbox' : 'aws';
  let account: AccountReport | null = null;
  const signal = AbortSignal.any([host.signal, ended]);
  // With `--org`, the reads of all accounts listen to it.
  setMaxListeners(0, signal);
  return {
    app,
    start: { command, startedAt: host.clock.now(), now: host.clock.now },
    signal,
    facts: () => ({ target, account, apiCalls: totalCalls(boundaries) }),
    applied: { done: [], during: [] },
    connect: async (mode, attended = false, identify = 'now') => {
      const connection = await app.connect(mode, progress.notify, attended, identify);
      boundaries.push(connection.boundary);
      ended.addEventListener('abort', connection.end, { once: true });
      ({ target } = connection);
      return connection;
    },
    connectAs: async (profile) => {
      const connection = await app.connectAs(profile, 'read', progress.notify);
      boundaries.push(connection.boundary);
      ended.addEventListener('abort', connection.end, { once: true });
      return connection;
    },
    include: (boundary) => {
      boundaries.push(boundary);
    },
    identify: async (connection, { accountId, accountIdFrom }, guard) => {
      const caller = await connection.identify();
      guardAccount(caller, accountId, accountIdFrom, app.sandboxed);
      guard?.(caller);
      account = await describeAccount(connection.boundary.cloud, caller);
      return { caller, account };
    },
  };
};

/** Boundaries with the same queue count their calls together. */
const totalCalls = (boundaries: readonly Boundary[]): RunFacts['apiCalls'] =>
  [...new Map(boundaries.map((boundary) => [boundary.queue, boundary])).values()]
    .map((boundary) => boundary.counts())
    .reduce((sum, one) => ({ total: sum.total + one.total, writes: sum.writes + one.writes }), { total: 0, writes: 0 });

/**
 * Combines the config with flags, for any flags. `presets`: in the practice account, its values fill in what is missing. Only an unattended
 * `init`, and the `undo` of one, has them: everything else has the rules of a real account.
 */
export const resolverOf = async (
  app: App,
  config: Config | undefined,
  command: 'init' | 'check',
  { presets = false }: { readonly presets?: boolean } = {},
): Promise<(flags: Flags) => Resolved> => {
  const practice = presets && app.sandboxed;
  const random = practice ? await app.practiceRandom() : app.host.random;
  return (flags) =>
    resolveConfig({
      config,
      flags: { accountId: app.globals.accountId, ...flags },
      steps,
      command,
      sandbox: app.sandboxed,
      practice,
      random,
    });
};

/** Shows the account and who is signed in to it, before anything else. `configNote`: where the config comes from. `asks`: the user will approve changes. */
export const printHeader = (
  { terminal }: App,
  account: AccountReport,
  connection: Connection,
  configNote: string | undefined,
  more: readonly HeaderLine[] = [],
  asks = false,
): void => {
  if (terminal.quiet && !asks) return;
  const header = renderHeader(account, connection.target, terminal.messageStyle, {
    signedInBy: connection.signedInBy,
    more: [
      ...connection.notices().map((value) => ({ label: 'Note', value })),
      ...more,
      ...(configNote === undefined ? [] : [{ label: 'Config', value: configNote }]),
    ],
  });
  terminal.stderr(`${header}\n`);
};

/** Prints the warnings of a config. */
export const printConfigWarnings = ({ terminal }: App, warnings: readonly string[]): void => {
  if (!terminal.quiet) for (const warning of warnings) terminal.message(`Warning: ${warning}`);
};

/** Prints the warnings of a report to stderr as well, unless the report is a table on the same screen. */
export const printWarnings = ({ globals, terminal }: App, warnings: readonly string[]): void => {
  if (globals.output === 'table' && globals.outputFile === undefined) return;
  for (const warning of warnings) terminal.message(`Warning: ${warning}`);
};

interface HeaderLine {
  readonly label: string;
  readonly value: string;
}

interface HeaderExtra {
  /** How the caller is signed in, as text: "aws login, profile root". */
  readonly signedInBy?: string;
  /** More labels and values, such as the config file. */
  readonly more?: readonly HeaderLine[];
}

/** The account and the caller, shown before anything else. Pure; for stderr; ends in a newline. */
export const renderHeader = (account: AccountReport, target: string, style: TextStyle, extra: HeaderExtra = {}): string => {
  const layout = layoutOf(style);
  const sandbox = target === 'sandbox';
  const rows: readonly LabelledRow[] = [
    {
      label: 'Account',
      value: sandbox ? `${accountName(account)}, a practice account (sandbox)` : accountName(account),
      paint: layout.strong,
    },
    {
      label: 'Signed in',
      value: `as ${who(account.identity)}${extra.signedInBy === undefined ? '' : `, by ${extra.signedInBy}`}`,
    },
    ...(account.plan ? [{ label: 'Plan', value: planWords(account.plan) }] : []),
    ...(account.partition === 'aws' ? [] : [{ label: 'Partition', value: account.partition }]),
    ...(sandbox || target === 'aws' ? [] : [{ label: 'Endpoint', value: `${target} (not an AWS endpoint)` }]),
    ...(extra.more ?? []),
  ];
  return `${labelledRows(layout, 0, rows).join('\n')}\n`;
};
