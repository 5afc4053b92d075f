import pMap from 'p-map';
import { isShown, type Resolved } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import type { OrganizationAccount, Result, RunReport } from '../../core/report.js';
import { BootstrapError } from '../../core/errors.js';
import { assessAll, type AssessedStep } from '../../engine/assess.js';
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
import { makePacker, type PackedResults } from './packed-results.js';
import { chosenAccounts, type CheckFlags, reportOf, runCheckWith } from './run.js';

/** `bootstrap check --org`: the management account, and each member through its role; one report for all of them. */
export const runCheckOrganization = (flags: CheckFlags, app: App): Promise<number> => runCheckWith(flags, app, checkOrganization);

const checkOrganization = async (run: Run<'check'>, flags: CheckFlags): Promise<RunReport> => {
  const { app } = run;
  const { config, note } = await app.config();
  const { only, skip } = flags;
  const resolved = (await resolverOf(app, config, 'check'))({ only, skip });
  if (!flags.redact) printConfigWarnings(app, resolved.warnings);

  const connection = await connectSignedIn(run, { mode: 'read', attended: false, asks: app.terminal.interactive });
  const chosen = chosenAccounts(flags);
  const started: { listing?: ReturnType<typeof membersOf>; assessing?: ReturnType<typeof assessOwn> } = {};
  const identified = await run.identify(connection, resolved, (caller) => {
    guardNotRoot(caller, app.sandboxed);
    // Neither waits for what else is read about the account.
    started.listing = membersOf(connection.boundary.cloud, caller);
    if (chosen === undefined) started.assessing = assessOwn(run, resolved, connection);
    for (const reading of Object.values(started)) reading.catch(() => {});
  });
  const { own, others } = await (started.listing ?? membersOf(connection.boundary.cloud, identified.caller));
  guardMembers(chosen ?? [], [own, ...others]);
  const taken = others.filter(({ id }) => chosen?.includes(id) !== false);
  const shown = taken.length === others.length ? '' : `, ${taken.length} of them checked`;
  const members = [{ label: 'Members', value: `${others.length}${shown}` }];
  if (!flags.redact) printHeader(app, identified.account, connection, note, members);

  const ownToo = chosen?.includes(own.id) !== false;
  const checked = await checkAll({
    ...identified,
    flags,
    run,
    config,
    resolved,
    connection,
    own: ownToo ? own : undefined,
    assessed: async () => started.assessing ?? assessOwn(run, resolved, connection),
    others: taken,
  });
  // Waivers apply to all accounts together: one that names a resource is in use if any of the accounts has it.
  const found = checked.flatMap(({ results }) => results.unpack());
  return reportOf(run, flags, resolved, found, (results) => summarized(checked, results));
};

/** A typing error must not look like an account without findings. */
const guardMembers = (chosen: readonly string[], members: readonly Member[]): void => {
  const unknown = chosen.filter((id) => !members.some((member) => member.id === id));
  if (unknown.length === 0) return;
  throw new BootstrapError({
    code: 'E-USAGE',
    message: `--accounts: not in this organization: ${unknown.join(', ')}.`,
    next: '`bootstrap accounts list` lists its accounts.',
  });
};

interface AccountResults {
  readonly account: CheckedAccount['account'];
  readonly results: readonly Result[];
}

/** All that remains in memory of an account after its check. */
interface CheckedAccount {
  readonly account: Omit<OrganizationAccount, 'summary'>;
  readonly results: PackedResults;
}

interface Organization extends Identified {
  readonly flags: CheckFlags;
  readonly run: Run;
  readonly config: Config | undefined;
  readonly resolved: Resolved;
  readonly connection: Connection;
  /** The management account; undefined if it is not checked. */
  readonly own: Member | undefined;
  /** The steps of the management account. */
  readonly assessed: () => Promise<readonly AssessedStep[]>;
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
  const { flags, run, config, resolved, connection, caller, own, others } = organization;
  const { app, signal } = run;
  const preparedFor = memberPreparation('check', flags, app, config);
  const secrets = makeNoSink();
  const journal = await app.journal();
  const countOne = counter(app, others.length + (own === undefined ? 0 : 1));
  const roots = isShown(resolved, memberRootId)
    ? memberRootChecks(connection, { accountId: caller.accountId, members: others, signal })
    : undefined;
  app.progress.busy('Reading the accounts');
  const checkMember = async (member: Member): Promise<AccountResults> => {
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
  const checkManagement = async (management: Member): Promise<AccountResults> => {
    const checked = await checkOwn(organization, management);
    return { ...checked, results: [...checked.results, ...((await roots?.ofOrganization()) ?? [])] };
  };
  const pack = makePacker();
  const ofOwn = own === undefined ? [] : [() => checkManagement(own)];
  const checks = [...ofOwn, ...others.map((member) => () => checkMember(member))];
  const checked = await pMap(
    checks,
    async (check) => {
      const { account, results } = await check().finally(countOne);
      return { account, results: pack(results) };
    },
    { concurrency: accountsAtOnce },
  );
  app.progress.stop();
  return checked;
};

const assessOwn = async ({ app, signal }: Run, resolved: Resolved, connection: Connection): Promise<readonly AssessedStep[]> => {
  const caller = connection.identify;
  const secrets = await app.secrets({
    destination: resolved.destination,
    profiles: true,
    profile: undefined,
    replaceProfile: false,
    caller,
  });
  return assessAll(preparedOf('check', steps, resolved), {
    cloud: connection.boundary.cloud,
    caller,
    accountId: async () => resolved.accountId ?? (await caller()).accountId,
    clock: app.host.clock,
    secrets,
    journal: await app.journal(),
    signal,
  });
};

const checkOwn = async ({ resolved, account, assessed }: Organization, { name, state }: Member): Promise<AccountResults> => {
  const results: readonly Result[] = (await assessed())
    .flatMap((step) => resultsOf(step, account.id, 'check'))
    .filter(({ id }) => isShown(resolved, id));
  return { account: { ...account, name, state, unseen: null }, results };
};
