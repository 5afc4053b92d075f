import { usage } from '../../core/errors.js';
import type { AccountAction, AccountsReport, AccountVerb } from '../../core/accounts.js';
import { renderAccountsTable } from '../../report/accounts-table.js';
import type { App } from '../../run/app.js';
import { makeApproval } from '../../run/approval.js';
import { printHeader, resolverOf, type Run, runActions } from '../../run/run.js';
import { organization } from '../../steps/index.js';
import type { Section } from '../../steps/organization/section.js';
import type { AccountsFlags, AccountsOutcome, AccountsRun } from './types.js';

/** `bootstrap accounts list | create | invite | accept | cancel | close | secure-root`: the members of the organization, after `init` or without it. */
export const runAccounts = (flags: AccountsFlags, app: App): Promise<number> => {
  const actions: AccountAction[] = [];
  return runActions<AccountsReport>(app, {
    name: `accounts ${flags.verb}`,
    checkFlags: () => checkIds(flags),
    blank: { organizationId: null, accounts: [], invitations: [], actions, recap: [], notes: [], next: null },
    work: (run) => work(run, flags, actions),
    render: renderAccountsTable,
  });
};

const work = async (run: Run, flags: AccountsFlags, actions: AccountAction[]): Promise<AccountsOutcome> => {
  const { app } = run;
  const { host } = app;
  const { config, note } = await app.config();
  const resolved = (await resolverOf(app, config, 'check'))({});
  const reads = flags.verb === 'list' || flags.dryRun === true;
  const { attended, guard, approve } = makeApproval(app, {
    yes: flags.yes,
    list: 'bootstrap accounts list',
    rehearses: flags.verb === 'close' || flags.verb === 'secure-root',
  });
  const section = (resolved.steps[organization.id]?.slice ?? organization.schema.parse({})) as Section;
  // What is missing is reported before what approves it.
  if (flags.verb === 'create' && !attended) await (await import('./wanted.js')).wantedOf({ app, flags, section, attended }, '');
  if (!reads) guard(resolved.accountId);

  const connection = await run.connect(reads ? 'read' : 'write', attended);
  const { caller, account } = await run.identify(connection, resolved);
  const { boundary } = connection;
  printHeader(app, account, connection, note, [], attended && !reads);
  return (await subcommand(flags.verb))({
    app,
    flags,
    connection,
    caller,
    account,
    config,
    section,
    attended,
    port: {
      cloud: boundary.cloud,
      forget: boundary.forget,
      clock: connection.clock,
      signal: host.signal,
      notify: app.progress.notify,
      journal: await app.journal(),
      accountId: async () => caller.accountId,
      caller: async () => caller,
      record: (action, on) => actions.push({ action, on }),
    },
    include: run.include,
    connectAs: run.connectAs,
    approve: (question, lines, typed) => approve(typed === undefined ? { question } : { hint: question, ...typed }, lines),
  });
};

/** Before AWS is asked. */
const checkIds = ({ account, id: invited, accounts = [] }: AccountsFlags): void => {
  for (const id of [account, invited, ...accounts].filter((one) => one !== undefined))
    if (!/^\d{12}$/.test(id))
      throw usage(
        `${JSON.stringify(id)} is not an account id.`,
        'An account id has twelve digits. To list the accounts: `bootstrap accounts list`.',
      );
};

const subcommand = async (verb: AccountVerb): Promise<(run: AccountsRun) => Promise<AccountsOutcome>> => {
  switch (verb) {
    case 'list':
      return (await import('./list.js')).listAccounts;
    case 'create':
      return (await import('./create.js')).createAccount;
    case 'accept':
      return (await import('./accept.js')).acceptInvitation;
    case 'invite':
      return (await import('./invite.js')).inviteAccount;
    case 'cancel':
      return (await import('./invite.js')).cancelInvitation;
    case 'close':
      return (await import('./close.js')).closeAccount;
    case 'secure-root':
      return (await import('./secure-root.js')).secureRoot;
  }
};
