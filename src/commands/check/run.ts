import { isShown, type Resolved, type SelectionFlags } from '../../config/resolve.js';
import type { Severity } from '../../core/finding.js';
import type { OrganizationAccount, Result, RunReport } from '../../core/report.js';
import { assessAll } from '../../engine/assess.js';
import { checkExit, resultsOf, summaryOf } from '../../engine/results.js';
import { applyWaivers } from '../../engine/waive.js';
import type { App } from '../../run/app.js';
import { buildReport, failedReport } from '../../run/end.js';
import { preparedOf } from '../../run/members.js';
import { printReport } from '../../run/output.js';
import { printConfigWarnings, printHeader, printWarnings, resolverOf, type Run, runCommand } from '../../run/run.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { steps } from '../../steps/index.js';

export interface CheckFlags extends SelectionFlags {
  readonly failOn: Severity;
  readonly strict: boolean;
  /** List waived findings, instead of only counting them. */
  readonly showWaived: boolean;
  /** List every check, also those that pass. */
  readonly verbose: boolean;
  /** Placeholders instead of ids and names, in the result and in the messages. */
  readonly redact: boolean;
}

type CheckRun = Run<'check'>;

/** `bootstrap check`: reads everything at once, changes nothing, and reports what it found. */
export const runCheck = (flags: CheckFlags, app: App): Promise<number> => runCheckWith(flags, app, checkAccount);

/** The frame of `check` and of `check --org`. */
export const runCheckWith = (
  flags: CheckFlags,
  app: App,
  work: (run: CheckRun, flags: CheckFlags) => Promise<RunReport>,
): Promise<number> =>
  runCommand<'check', RunReport>(app, {
    name: 'check',
    work: (run) => work(run, flags),
    failed: (failure, run) => failedReport(run.start, failure, run.facts()),
    print: (report) => printReport(app, report, { showWaived: flags.showWaived, verbose: flags.verbose, redact: flags.redact }),
  });

const checkAccount = async (run: CheckRun, flags: CheckFlags): Promise<RunReport> => {
  const { app, signal } = run;
  const { host } = app;
  const { config, note } = await app.config();
  const { only, skip } = flags;
  const resolved = (await resolverOf(app, config, 'check'))({ only, skip });
  if (!flags.redact) printConfigWarnings(app, resolved.warnings);

  const connection = await connectSignedIn(run, { mode: 'read', attended: false, asks: app.terminal.interactive });
  // The reads that do not depend on the caller are sent together with GetCallerIdentity. If this turns out to be another account than the
  // expected one, their results are not used.
  const caller = connection.identify();
  caller.catch(() => {});
  const secrets = await app.secrets({
    destination: resolved.destination,
    profiles: true,
    profile: undefined,
    replaceProfile: false,
    caller: () => caller,
  });
  const { accountId } = resolved;
  const assessing = assessAll(preparedOf('check', steps, resolved), {
    cloud: connection.boundary.cloud,
    caller: () => caller,
    accountId: async () => accountId ?? (await caller).accountId,
    clock: host.clock,
    secrets,
    journal: await app.journal(),
    signal,
    notify: app.progress.notify,
  });
  assessing.catch(() => {});
  const { account } = await run.identify(connection, resolved);
  const assessed = await assessing;
  if (!flags.redact) printHeader(app, account, connection, note);
  const results = assessed.flatMap((step) => resultsOf(step, account.id, 'check')).filter(({ id }) => isShown(resolved, id));
  return reportOf(run, flags, resolved, results);
};

/** `accounts`: those of the organization, by the results after waivers. */
export const reportOf = (
  run: CheckRun,
  flags: CheckFlags,
  resolved: Resolved,
  found: readonly Result[],
  accounts?: (results: readonly Result[]) => readonly OrganizationAccount[],
): RunReport => {
  const { results, warnings } = applyWaivers(found, {
    waivers: resolved.waivers,
    now: run.start.startedAt,
    covers: (id) => isShown(resolved, id),
    command: 'check',
  });
  if (!flags.redact) printWarnings(run.app, warnings);
  return buildReport(run.start, {
    ...run.facts(),
    ...(accounts === undefined ? {} : { accounts: accounts(results) }),
    summary: summaryOf(results),
    results,
    ...(warnings.length === 0 ? {} : { warnings }),
    exit: checkExit(results, flags),
  });
};
