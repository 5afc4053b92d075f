import pMap from 'p-map';
import { isShown, type Resolved } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import type { OrganizationAccount, Result, RunReport } from '../../core/report.js';
import { assessAll } from '../../engine/assess.js';
import { resultsOf, summaryOf } from '../../engine/results.js';
import type { App, Connection } from '../../run/app.js';
import { memberRootChecks } from '../../run/member-root.js';
import { assessMember, memberPreparation, memberRole, preparedOf, resultsOfMember } from '../../run/members.js';
import { accountsAtOnce, counter, guardNotRoot, membersOf } from '../../run/organization.js';
import { type Identified, printConfigWarnings, printHeader, resolverOf, type Run } from '../../run/run.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { makeNoSink } from '../../secrets/no-sink.js';
import { steps } from '../../steps/index.js';
import { memberRootId } from '../../steps/organization/member-root.js';
import type { Member } from '../../steps/organization/state.js';
import { type CheckFlags, reportOf, runCheckWith } from './run.js';

/** `bootstrap check --org`: the management account, and each member through its role; one report for all of them. */
export const runCheckOrganization = (flags: CheckFlags, app: App): Promise<number> => runCheckWith(flags, app, checkOrganization);

const checkOrganization = async (run: Run<'check'>, flags: CheckFlags): Promise<RunReport> => {
  const { app } = run;
  const { config, note } = await app.config();
  const { only, skip } = flags;
  const resolved = (await resolverOf(app, config, 'check'))({ only, skip });
  if (!flags.redact) printConfigWarnings(app, resolved.warnings);

  const connection = await connectSignedIn(run, { mode: 'read', attended: false, asks: app.terminal.interactive });
  const identified = await run.identify(connection, resolved, (caller) => guardNotRoot(caller, app.sandboxed));
  const { own, others } = await membersOf(connection.boundary.cloud, identified.caller);
  if (!flags.redact) printHeader(app, identified.account, connection, note, [{ label: 'Members', value: String(others.length) }]);

  const checked = await checkAll({ flags, run, config, resolved, connection, ...identified, own, others });
  // Waivers apply to all accounts together: one that names a resource is in use if any of the accounts has it.
  const found = checked.flatMap(({ results }) => results);
  return reportOf(run, flags, resolved, found, (results) => summarized(checked, results));
};

/** All that remains in memory of an account after its check. */
interface CheckedAccount {
  readonly account: Omit<OrganizationAccount, 'summary'>;
  readonly results: readonly Result[];
}

interface Organization extends Identified {
  readonly flags: CheckFlags;
  readonly run: Run;
  readonly config: Config | undefined;
  readonly resolved: Resolved;
  readonly connection: Connection;
  /** The management account. */
  readonly own: Member;
  readonly others: readonly Member[];
}

/** Each account with the summary of its results, after waivers. */
const summarized = (checked: readonly CheckedAccount[], results: readonly Result[]): readonly OrganizationAccount[] => {
  const byAccount = new Map<string, Result[]>(checked.map(({ account }) => [account.id, []]));
  for (const result of results) byAccount.get(result.accountId)?.push(result);
  return checked.map(({ account }) => ({ ...account, summary: summaryOf(byAccount.get(account.id) ?? []) }));
};

/** The management account first. */
const checkAll = async (organization: Organization): Promise<readonly CheckedAccount[]> => {
  const { flags, run, config, resolved, connection, caller, others } = organization;
  const { app, signal } = run;
  const preparedFor = memberPreparation('check', flags, app, config);
  const secrets = makeNoSink();
  const journal = await app.journal();
  const countOne = counter(app, others.length + 1);
  const roots = isShown(resolved, memberRootId)
    ? memberRootChecks(connection, { accountId: caller.accountId, members: others, signal })
    : undefined;
  app.progress.busy('Reading the accounts');
  const checkMember = async (member: Member): Promise<CheckedAccount> => {
    const assessing = assessMember({
      command: 'check',
      member,
      partition: caller.partition,
      access: connection.member(member.id, memberRole(config, member.email)),
      prepared: preparedFor(member),
      shows: (id) => isShown(resolved, id),
      clock: app.host.clock,
      secrets,
      journal,
      signal,
    });
    const [assessed, root] = await Promise.all([assessing, roots?.ofMember(member) ?? []]);
    return { account: assessed.entry, results: [...resultsOfMember(assessed), ...root] };
  };
  const checkManagement = async (): Promise<CheckedAccount> => {
    const own = await checkOwn(organization);
    return { ...own, results: [...own.results, ...((await roots?.ofOrganization()) ?? [])] };
  };
  const checks = [checkManagement, ...others.map((member) => () => checkMember(member))];
  const checked = await pMap(checks, (check) => check().finally(countOne), { concurrency: accountsAtOnce });
  app.progress.stop();
  return checked;
};

const checkOwn = async ({ run, resolved, connection, caller: known, account, own }: Organization): Promise<CheckedAccount> => {
  const { app, signal } = run;
  const caller = async () => known;
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
    accountId: async () => account.id,
    clock: app.host.clock,
    secrets,
    journal: await app.journal(),
    signal,
  });
  const results: readonly Result[] = assessed
    .flatMap((step) => resultsOf(step, account.id, 'check'))
    .filter(({ id }) => isShown(resolved, id));
  const { name, state } = own;
  return { account: { ...account, name, state, unseen: null }, results };
};
