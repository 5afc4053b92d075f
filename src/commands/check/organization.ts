import { setMaxListeners } from 'node:events';
import pMap from 'p-map';
import { guardAccount } from '../../aws/identity.js';
import { isShown, resolveConfig, type Resolved } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import type { Caller } from '../../core/account.js';
import type { AccountReport, OrganizationAccount, Result } from '../../core/report.js';
import { assessAll } from '../../engine/assess.js';
import { checkExit, resultsOf, summaryOf } from '../../engine/results.js';
import { applyWaivers } from '../../engine/waive.js';
import type { App, Connection } from '../../run/app.js';
import { buildReport, describeAccount, endedReport, type RunStart } from '../../run/end.js';
import { printHeader, printWarnings } from '../../run/header.js';
import { assessMember, memberPreparation, memberRole, preparedOf, resultsOfMember } from '../../run/members.js';
import { accountsAtOnce, counter, guardNotRoot, membersOf } from '../../run/organization.js';
import { printReport, reserveOutput } from '../../run/output.js';
import { makeNoSink } from '../../secrets/no-sink.js';
import { steps } from '../../steps/index.js';
import type { Member } from '../../steps/organization/state.js';
import type { CheckFlags } from './run.js';

/** `bootstrap check --org`: the management account, and each member by its role; one report over all. */
export const runCheckOrganization = async (flags: CheckFlags, app: App): Promise<number> => {
  const { host, terminal } = app;
  const frame: RunStart = { command: 'check', startedAt: host.clock.now(), now: host.clock.now };
  let known = { target: app.sandboxed ? 'sandbox' : 'aws', account: null as AccountReport | null, apiCalls: { total: 0, writes: 0 } };
  // A read that waits for AWS must not hold up a run that has failed.
  const ended = new AbortController();
  const signal = AbortSignal.any([host.signal, ended.signal]);
  // The accounts that are read at once all listen to it.
  setMaxListeners(0, signal);
  try {
    await reserveOutput(app);
    const { config, said } = await app.config();
    const resolved = resolve(flags, app, config);
    const notify = (line: string): void => (terminal.quiet ? undefined : terminal.stderr(`${line}\n`));
    for (const warning of resolved.warnings) notify(`Warning: ${warning}`);

    const connection = await app.connect('read', app.progress.notify);
    known = { ...known, target: connection.target };
    const { cloud, counts } = connection.boundary;
    const who = await connection.identify();
    guardAccount(who, resolved.accountId, resolved.accountIdFrom);
    guardNotRoot(who, app.sandboxed);
    const account = await describeAccount(cloud, who);
    known = { ...known, account };
    const { own, others } = await membersOf(cloud, who);
    printHeader(app, account, connection, said, [{ label: 'Members', value: String(others.length) }]);

    const checked = await checkAll({ flags, app, config, resolved, connection, who, account, own, others, signal });
    // Over all accounts together: a waiver that names one resource is of use if any account has it.
    const { results, warnings } = applyWaivers(
      checked.flatMap((one) => one.results),
      { waivers: resolved.waivers, now: frame.startedAt, looksAt: (id) => isShown(resolved, id), command: 'check' },
    );
    printWarnings(app, warnings);
    const exit = checkExit(results, flags);
    const report = buildReport(frame, {
      ...known,
      accounts: summarized(checked, results),
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

/** What is known of one account when its turn is over. Nothing else of it is kept. */
interface CheckedAccount {
  readonly account: Omit<OrganizationAccount, 'summary'>;
  readonly results: readonly Result[];
}

interface Whole {
  readonly flags: CheckFlags;
  readonly app: App;
  readonly config: Config | undefined;
  readonly resolved: Resolved;
  readonly connection: Connection;
  readonly who: Caller;
  readonly account: AccountReport;
  readonly own: Member;
  readonly others: readonly Member[];
  readonly signal: AbortSignal;
}

/** Each account beside what counts in it, waivers taken into account. */
const summarized = (checked: readonly CheckedAccount[], results: readonly Result[]): readonly OrganizationAccount[] => {
  const byAccount = new Map<string, Result[]>(checked.map(({ account }) => [account.id, []]));
  for (const result of results) byAccount.get(result.accountId)?.push(result);
  return checked.map(({ account }) => ({ ...account, summary: summaryOf(byAccount.get(account.id) ?? []) }));
};

/** The management account first; of each account nothing is kept but its results. */
const checkAll = async (whole: Whole): Promise<readonly CheckedAccount[]> => {
  const { flags, app, config, resolved, connection, who, others, signal } = whole;
  const preparedFor = memberPreparation('check', flags, app, config);
  const secrets = makeNoSink();
  const journal = await app.journal();
  const accountDone = counter(app, others.length + 1);
  app.progress.stepStarted('Looking at the accounts');
  const ofMember = async (member: Member): Promise<CheckedAccount> => {
    const assessed = await assessMember({
      command: 'check',
      member,
      partition: who.partition,
      access: connection.member(member.id, memberRole(config, member.email)),
      prepared: preparedFor(member),
      shows: (id) => isShown(resolved, id),
      clock: app.host.clock,
      secrets,
      journal,
      signal,
    });
    return { account: assessed.entry, results: resultsOfMember(assessed) };
  };
  const turns = [() => checkOwn(whole), ...others.map((member) => () => ofMember(member))];
  const checked = await pMap(turns, (turn) => turn().finally(accountDone), { concurrency: accountsAtOnce });
  app.progress.stop();
  return checked;
};

const checkOwn = async ({ app, resolved, connection, who, account, own, signal }: Whole): Promise<CheckedAccount> => {
  const caller = async () => who;
  const secrets = await app.secrets({
    destination: resolved.destination,
    profiles: true,
    profile: undefined,
    replaceProfile: false,
    caller,
  });
  const assessed = await assessAll(preparedOf('check', steps, resolved), {
    cloud: connection.boundary.cloud,
    caller,
    accountId: async () => who.accountId,
    clock: app.host.clock,
    secrets,
    journal: await app.journal(),
    signal,
  });
  const results: readonly Result[] = assessed
    .flatMap((step) => resultsOf(step, who.accountId, 'check'))
    .filter(({ id }) => isShown(resolved, id));
  const { name, state } = own;
  return { account: { ...account, name, state, unseen: null }, results };
};

const resolve = (flags: CheckFlags, app: App, config: Config | undefined): Resolved =>
  resolveConfig({
    config,
    flags: { accountId: app.globals.accountId, only: flags.only, skip: flags.skip },
    steps,
    command: 'check',
    // What a practice account wants is not what an organization wants of its members.
    sandbox: false,
    random: app.host.random,
  });
