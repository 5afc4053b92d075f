import { guardAccount } from '../../aws/identity.js';
import { isShown, resolveConfig } from '../../config/resolve.js';
import type { Caller } from '../../core/account.js';
import type { Severity } from '../../core/finding.js';
import type { AccountReport } from '../../core/report.js';
import { assessAll, prepare } from '../../engine/assess.js';
import { checkExit, resultsOf, summaryOf } from '../../engine/results.js';
import { applyWaivers } from '../../engine/waive.js';
import type { App } from '../../run/app.js';
import { buildReport, describeAccount, endedReport, type RunStart } from '../../run/end.js';
import { printHeader, printWarnings } from '../../run/header.js';
import { printReport, reserveOutput } from '../../run/output.js';
import { steps } from '../../steps/index.js';

export interface CheckFlags {
  readonly failOn: Severity;
  readonly strict: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** List what is waived, not only how much. */
  readonly showWaived: boolean;
  /** List every check, also those that pass. */
  readonly verbose: boolean;
}

/** `bootstrap check`: look at everything at once, change nothing, say what was seen. */
export const runCheck = async (flags: CheckFlags, app: App): Promise<number> => {
  const { host, globals, terminal } = app;
  const frame: RunStart = { command: 'check', startedAt: host.clock.now(), now: host.clock.now };
  let known = { target: app.sandboxed ? 'sandbox' : 'aws', account: null as AccountReport | null, apiCalls: { total: 0, writes: 0 } };
  // A read that waits for AWS must not hold up a run that has failed.
  const ended = new AbortController();
  try {
    await reserveOutput(app);
    const { config, said } = await app.config();
    const resolved = resolveConfig({
      config,
      flags: { accountId: globals.accountId, only: flags.only, skip: flags.skip },
      steps,
      command: 'check',
      sandbox: app.sandboxed,
      random: app.sandboxed ? await app.practiceRandom() : host.random,
    });
    const notify = (line: string): void => (terminal.quiet ? undefined : terminal.stderr(`${line}\n`));
    for (const warning of resolved.warnings) notify(`Warning: ${warning}`);

    const connection = await app.connect('read', app.progress.notify);
    known = { ...known, target: connection.target };
    const { cloud, counts } = connection.boundary;
    // Everything that does not depend on who calls goes out beside GetCallerIdentity; if it turns out to be another account than
    // the one wanted, what was read is thrown away unseen.
    const caller = connection.identify();
    caller.catch(() => {});
    const secrets = await app.secrets({
      destination: resolved.destination,
      profiles: true,
      profile: undefined,
      replaceProfile: false,
      caller: () => caller,
    });
    const prepared = prepare(
      steps.map((step) => ({ step, ...(resolved.steps[step.id] ?? { slice: undefined, wanted: false, judged: false, intended: false }) })),
      {
        command: 'check',
        unattended: true,
        secrets: 'chosen',
        replaceAlias: false,
        replaceProfile: false,
      },
    );

    const context = {
      cloud,
      caller: () => caller,
      accountId: resolved.accountId === undefined ? async () => (await caller).accountId : async () => resolved.accountId as string,
      clock: host.clock,
      secrets,
      journal: await app.journal(),
      signal: AbortSignal.any([host.signal, ended.signal]),
      notify: app.progress.notify,
    };
    const looking = assessAll(prepared, context);
    looking.catch(() => {});
    const who: Caller = await caller;
    guardAccount(who, resolved.accountId, resolved.accountIdFrom);
    const describing = describeAccount(cloud, who);
    const [account, assessed] = await Promise.all([describing, looking]);
    known = { ...known, account };

    printHeader(app, account, connection, said);
    const { results, warnings } = applyWaivers(
      assessed.flatMap((step) => resultsOf(step, who.accountId, 'check')).filter(({ id }) => isShown(resolved, id)),
      { waivers: resolved.waivers, now: frame.startedAt, looksAt: (id) => isShown(resolved, id), command: 'check' },
    );
    printWarnings(app, warnings);
    const exit = checkExit(results, flags);
    const report = buildReport(frame, {
      ...known,
      apiCalls: counts(),
      summary: summaryOf(results),
      results,
      ...(warnings.length === 0 ? {} : { warnings }),
      exit,
    });
    return await printReport(app, report, { showWaived: flags.showWaived, verbose: flags.verbose });
  } catch (error) {
    return await printReport(app, endedReport(app, error, frame, known, false));
  } finally {
    ended.abort();
  }
};
