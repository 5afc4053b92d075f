import { Readable } from 'node:stream';
import pMap from 'p-map';
import { isShown, type Resolved } from '../../config/resolve.js';
import type { Config } from '../../config/schema.js';
import type { OrganizationAccount, PackedReport, Result, Summary } from '../../core/report.js';
import { BootstrapError, type ExitCode } from '../../core/errors.js';
import { assessAll, type AssessedStep } from '../../engine/assess.js';
import { checkExit, checkExitOfAll, resultsOf, sumOf, summaryOf } from '../../engine/results.js';
import type { AppliedWaivers } from '../../engine/waive.js';
import type { App, Connection } from '../../run/app.js';
import { memberRootChecks } from '../../run/member-root.js';
import { assessMember, memberPreparation, memberRole, preparedOf, resultsOfMember } from '../../run/members.js';
import { accountsAtOnce, counter, guardNotRoot, membersOf, type OrganizationMembers } from '../../run/organization.js';
import { type Identified, printHeader, type Run } from '../../run/run.js';
import { connectSignedIn } from '../../run/sign-in.js';
import { steps } from '../../steps/index.js';
import { memberRootId } from '../../steps/organization/member-root.js';
import type { Member } from '../../steps/organization/state.js';
import { collectGarbage } from './garbage.js';
import { makePacker, type Packer } from './packed.js';
import { chosenAccounts, type CheckFlags, reportOf, resolvedFor, runCheckWith, waiversOf } from './run.js';

/** `bootstrap check --org`: the management account, and each member through its role; one report for all of them. */
export const runCheckOrganization = (flags: CheckFlags, app: App): Promise<number> => runCheckWith(flags, app, checkOrganization);

const checkOrganization = async (run: Run<'check'>, flags: CheckFlags): Promise<PackedReport> => {
  const { app } = run;
  const { config, resolved, note, warnings } = await resolvedFor(run, flags, memberRootId);

  const connection = await connectSignedIn(run, { mode: 'read', attended: false, asks: app.terminal.interactive });
  const chosen = chosenAccounts(flags);
  const started: { listing?: Promise<OrganizationMembers>; assessing?: ReturnType<typeof assessOwn> } = {};
  const arriving = new Readable({ objectMode: true, read: () => {} });
  const identified = await run.identify(connection, resolved, (caller) => {
    guardNotRoot(caller, app.sandboxed);
    // Neither waits for what else is read about the account.
    started.listing = membersOf(connection.boundary.cloud, caller, (others) => {
      for (const member of others) arriving.push(member);
    });
    if (chosen === undefined) started.assessing = assessOwn(run, resolved, connection);
    for (const reading of Object.values(started)) reading.catch(() => {});
  });
  const listing = started.listing ?? membersOf(connection.boundary.cloud, identified.caller);
  const takenOf = async (): Promise<OrganizationMembers> => {
    const { own, others } = await listing;
    guardMembers(chosen ?? [], [own, ...others]);
    return { own, others: others.filter(({ id }) => chosen?.includes(id) !== false) };
  };
  const taking = takenOf();
  taking.finally(() => arriving.push(null)).catch(() => {});
  // Waivers apply to all accounts together: one that names a resource is in use if any of the accounts has it.
  const waivers = waiversOf(connection.clock.now(), resolved);
  const packer = makePacker<PackedAccount>();
  const checking = checkAll({
    ...identified,
    waivers,
    packer,
    flags,
    run,
    config,
    resolved,
    connection,
    chosen,
    taking,
    assessed: async () => started.assessing ?? assessOwn(run, resolved, connection),
    // A list of thousands of accounts has hundreds of pages, which are read one after the other.
    others: chosen === undefined ? arriving : (await taking).others,
  });
  checking.catch(() => {});
  const [taken, { others }] = await Promise.all([taking, listing]);
  const shown = taken.others.length === others.length ? '' : `, ${taken.others.length} of them checked`;
  const members = [{ label: 'Members', value: `${others.length}${shown}` }];
  if (!flags.redact) printHeader(app, identified.account, connection, note, members);
  app.progress.busy('Reading the accounts');
  const checked = await checking;
  app.progress.stop();
  return reportOf(
    run,
    {
      accounts: {
        *[Symbol.iterator]() {
          for (const { packed } of checked) yield packer.unpack(packed).account;
        },
      },
      summary: sumOf(checked.map(({ summary }) => summary)),
      results: {
        *[Symbol.iterator]() {
          for (const { packed } of checked) yield* packer.unpack(packed).results;
        },
      },
      warnings: [...warnings, ...waivers.warnings()],
      exit: checkExitOfAll(checked.map(({ exit }) => exit)),
    },
    flags,
  );
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
  readonly account: Omit<OrganizationAccount, 'summary'>;
  readonly results: readonly Result[];
}

interface PackedAccount {
  readonly account: OrganizationAccount;
  readonly results: readonly Result[];
}

/** All that remains in memory of an account after its check. */
interface CheckedAccount {
  readonly packed: Uint8Array;
  readonly summary: Summary;
  readonly exit: ExitCode;
}

interface Organization extends Identified {
  readonly flags: CheckFlags;
  readonly run: Run;
  readonly config: Config | undefined;
  readonly resolved: Resolved;
  readonly waivers: AppliedWaivers;
  readonly packer: Packer<PackedAccount>;
  readonly connection: Connection;
  /** The ids of --accounts; undefined: all accounts. */
  readonly chosen: readonly string[] | undefined;
  /** The management account, and the members to check. */
  readonly taking: Promise<OrganizationMembers>;
  /** The steps of the management account. */
  readonly assessed: () => Promise<readonly AssessedStep[]>;
  /** The members to check, as they become known. */
  readonly others: AsyncIterable<Member> | Iterable<Member>;
}

/** The management account first. */
const checkAll = async (organization: Organization): Promise<readonly CheckedAccount[]> => {
  const { flags, run, config, resolved, waivers, packer, connection, caller, chosen, taking, others } = organization;
  const { app, signal } = run;
  const preparedFor = memberPreparation('check', flags, app, config);
  const { journal } = app.storedForReads({ profiles: false, caller: async () => caller });
  const withOwn = chosen?.includes(caller.accountId) !== false;
  // The total is known when the list is complete.
  const counting = taking.then((taken) => counter(app, taken.others.length + (withOwn ? 1 : 0)));
  counting.catch(() => {});
  const roots = isShown(resolved, memberRootId)
    ? memberRootChecks(connection, { accountId: caller.accountId, members: async () => (await taking).others, signal })
    : undefined;
  const checkMember = async (member: Member): Promise<AccountResults> => {
    const assessing = assessMember({
      command: 'check',
      member,
      partition: caller.partition,
      access: connection.member(member.id, memberRole(config, member.email)),
      prepared: preparedFor(member),
      shows: (id) => isShown(resolved, id),
      clock: connection.clock,
      journal,
      signal,
    });
    const [assessed, root] = await Promise.all([assessing, roots?.ofMember(member) ?? []]);
    return { account: assessed.entry, results: [...resultsOfMember(assessed), ...root] };
  };
  const checkManagement = async (): Promise<AccountResults> => {
    const checked = await checkOwn(organization, (await taking).own);
    return { ...checked, results: [...checked.results, ...((await roots?.ofOrganization()) ?? [])] };
  };
  async function* checks() {
    if (withOwn) yield checkManagement;
    for await (const member of others) yield () => checkMember(member);
  }
  let accountsChecked = 0;
  const checkOne = async (check: () => Promise<AccountResults>): Promise<CheckedAccount> => {
    const { account, results: found } = await check();
    accountsChecked += 1;
    if (accountsChecked % 100 === 0) collectGarbage();
    counting.then((countOne) => countOne()).catch(() => {});
    const results = waivers.apply(found);
    const summary = summaryOf(results);
    return { packed: packer.pack({ account: { ...account, summary }, results }), summary, exit: checkExit(results, flags) };
  };
  return pMap(checks(), checkOne, { concurrency: accountsAtOnce });
};

const assessOwn = async ({ app, signal }: Run, resolved: Resolved, connection: Connection): Promise<readonly AssessedStep[]> => {
  const caller = connection.identify;
  return assessAll(preparedOf('check', steps, resolved), {
    cloud: connection.boundary.cloud,
    caller,
    accountId: async () => resolved.accountId ?? (await caller()).accountId,
    clock: connection.clock,
    ...app.storedForReads({ destination: resolved.destination, profiles: true, caller }),
    signal,
  });
};

const checkOwn = async ({ resolved, account, assessed }: Organization, { name, state }: Member): Promise<AccountResults> => {
  const results: readonly Result[] = (await assessed())
    .flatMap((step) => resultsOf(step, account.id, 'check'))
    .filter(({ id }) => isShown(resolved, id));
  return { account: { ...account, name, state, unseen: null }, results };
};
