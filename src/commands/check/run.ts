import { isShown, type Resolved, type SelectionFlags } from '../../config/resolve.js';
import { BootstrapError, type ExitCode, usage } from '../../core/errors.js';
import type { Severity } from '../../core/finding.js';
import type { PackedReport } from '../../core/report.js';
import { listed, plain } from '../../core/text.js';
import { assessAll } from '../../engine/assess.js';
import { checkExit, resultsOf, summaryOf } from '../../engine/results.js';
import { type AppliedWaivers, makeWaivers } from '../../engine/waive.js';
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
  /** With --org: ids of accounts, each value one or several separated by commas. undefined: all accounts. */
  readonly accounts?: readonly string[];
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
  work: (run: CheckRun, flags: CheckFlags) => Promise<PackedReport>,
): Promise<number> =>
  runCommand<'check', PackedReport>(app, {
    name: 'check',
    checkFlags: () => {
      chosenAccounts(flags);
      if (flags.accounts === undefined || work !== checkAccount) return;
      throw new BootstrapError({
        code: 'E-USAGE',
        message: '--accounts chooses accounts of an organization.',
        next: 'Add --org, or leave --accounts out.',
      });
    },
    work: (run) => work(run, flags),
    failed: (failure, run) => failedReport(run.start, failure, run.facts()),
    print: (report) => printReport(app, report, { showWaived: flags.showWaived, verbose: flags.verbose, redact: flags.redact }),
  });

/** The ids of --accounts; undefined without the flag. Throws E-USAGE for what is not an account id. */
export const chosenAccounts = ({ accounts }: CheckFlags): readonly string[] | undefined => {
  const ids = accounts?.flatMap((text) => text.split(',')).map((id) => id.trim());
  const wrong = ids?.find((id) => !/^\d{12}$/.test(id));
  if (wrong === undefined) return ids;
  throw new BootstrapError({
    code: 'E-USAGE',
    message: `--accounts: "${plain(wrong)}" is not an account id.`,
    next: 'Pass ids of 12 digits, separated by commas: --accounts 111122223333,444455556666.',
  });
};

const checkAccount = async (run: CheckRun, flags: CheckFlags): Promise<PackedReport> => {
  const { app, signal } = run;
  const { resolved, note, warnings } = await resolvedFor(run, flags);

  const connection = await connectSignedIn(run, { mode: 'read', attended: false, asks: app.terminal.interactive });
  // The reads that do not depend on the caller are sent together with GetCallerIdentity. If this turns out to be another account than the
  // expected one, their results are not used.
  const caller = connection.identify();
  caller.catch(() => {});
  const { accountId } = resolved;
  const assessing = assessAll(preparedOf('check', steps, resolved), {
    cloud: connection.boundary.cloud,
    caller: () => caller,
    accountId: async () => accountId ?? (await caller).accountId,
    clock: connection.clock,
    ...app.storedForReads({ destination: resolved.destination, profiles: true, caller: () => caller }),
    signal,
    notify: app.progress.notify,
  });
  assessing.catch(() => {});
  const { account } = await run.identify(connection, resolved);
  const assessed = await assessing;
  if (!flags.redact) printHeader(app, account, connection, note);
  const results = assessed.flatMap((step) => resultsOf(step, account.id, 'check')).filter(({ id }) => isShown(resolved, id));
  const waivers = waiversOf(connection.clock.now(), resolved);
  const waived = waivers.apply(results);
  return reportOf(
    run,
    { summary: summaryOf(waived), results: waived, warnings: [...warnings, ...waivers.warnings()], exit: checkExit(waived, flags) },
    flags,
  );
};

/**
 * The config with the flags. Throws E-USAGE if they leave nothing to check: that must not look like an account without findings. `apart`: the
 * id of a check that is made without its step.
 */
export const resolvedFor = async ({ app }: CheckRun, { only, skip, redact }: CheckFlags, apart?: string) => {
  const { config, note, found } = await app.config();
  const resolved = (await resolverOf(app, config, 'check'))({ only, skip });
  if (!redact) printConfigWarnings(app, resolved.warnings);
  const included = Object.entries(resolved.steps).filter(([, { excluded }]) => !excluded);
  const off = included.flatMap(([id, { section }]) => (section === 'false' ? [id] : []));
  if (Object.values(resolved.steps).every(({ judged }) => !judged) && (apart === undefined || !isShown(resolved, apart))) {
    const ids = listed(included.map(([id]) => id));
    const why =
      off.length === 0
        ? `Without a section in a config, ${ids} ${included.length === 1 ? 'is' : 'are'} not checked`
        : `${config?.file ?? 'The config'} leaves out ${listed(off)}`;
    throw usage(
      `Nothing is left to check. ${why}.`,
      `Write \`${included[0]?.[0]}: {}\` in bootstrap.yaml, or pass other steps with --only or --skip.`,
    );
  }
  // A config that was only found may be someone else's.
  const warnings = found && off.length > 0 ? [`The config found in this folder leaves out ${listed(off)}, so that was not checked.`] : [];
  return { config, note, resolved, warnings };
};

export const waiversOf = (now: Date, resolved: Resolved): AppliedWaivers =>
  makeWaivers({ waivers: resolved.waivers, now, covers: (id) => isShown(resolved, id), command: 'check' });

interface Checked extends Pick<PackedReport, 'accounts' | 'summary' | 'results'> {
  readonly warnings: readonly string[];
  readonly exit: ExitCode;
}

export const reportOf = (
  run: CheckRun,
  { accounts, summary, results, warnings, exit }: Checked,
  { redact }: Pick<CheckFlags, 'redact'>,
): PackedReport => {
  if (!redact) printWarnings(run.app, warnings);
  const report = buildReport(run.start, {
    ...run.facts(),
    ...(accounts === undefined ? {} : { accounts: [] }),
    summary,
    results: [],
    ...(warnings.length === 0 ? {} : { warnings }),
    exit,
  });
  return { ...report, ...(accounts === undefined ? {} : { accounts }), results };
};
