import type { Boundary } from '../../aws/boundary.js';
import { guardAccount } from '../../aws/identity.js';
import { resolveConfig } from '../../config/resolve.js';
import type { AccountAction, AccountsReport, AccountVerb } from '../../core/accounts.js';
import { exitNames } from '../../core/errors.js';
import { renderAccountsTable } from '../../report/accounts-table.js';
import type { App } from '../../run/app.js';
import { approve, describeFailure, guardUnattended, totalCalls } from '../../run/approval.js';
import { printResult } from '../../run/deliver.js';
import { describeAccount } from '../../run/end.js';
import { printHeader } from '../../run/header.js';
import { reserveOutput } from '../../run/output.js';
import { organization, steps } from '../../steps/index.js';
import type { Section } from '../../steps/organization/section.js';
import { version } from '../../version.js';
import type { AccountsFlags, AccountsOutcome, AccountsRun } from './types.js';

const look = 'bootstrap accounts list';

/** `bootstrap accounts list | create | invite | accept | cancel`: the members of the organization, after `init` or without it. */
export const runAccounts = async (flags: AccountsFlags, app: App): Promise<number> => {
  const { host, globals, terminal } = app;
  const startedAt = host.clock.now();
  const actions: AccountAction[] = [];
  const boundaries: Boundary[] = [];
  let known: Pick<AccountsReport, 'target' | 'account'> = { target: app.sandboxed ? 'sandbox' : 'aws', account: null };
  const effects = (): number => boundaries.reduce((sum, boundary) => sum + boundary.effects(), 0);
  const report = (
    parts: Omit<AccountsOutcome, 'exit'> & Pick<AccountsReport, 'exit'> & Partial<Pick<AccountsReport, 'error'>>,
  ): AccountsReport => ({
    schemaVersion: '1.0',
    tool: { name: 'aws-account-bootstrap', version },
    command: `accounts ${flags.verb}`,
    startedAt: startedAt.toISOString(),
    durationMs: host.clock.now().getTime() - startedAt.getTime(),
    ...known,
    organizationId: null,
    accounts: [],
    invitations: [],
    actions,
    recap: [],
    notes: [],
    next: null,
    apiCalls: totalCalls(boundaries),
    ...parts,
  });

  try {
    await reserveOutput(app);
    const { config, said } = await app.config();
    const resolved = resolveConfig({
      config,
      flags: { accountId: globals.accountId },
      steps,
      command: 'check',
      sandbox: app.sandboxed,
      random: app.sandboxed ? await app.practiceRandom() : host.random,
    });
    const attended = terminal.interactive && !flags.yes;
    const reads = flags.verb === 'list';
    if (!reads) guardUnattended({ yes: flags.yes, look }, app, attended, resolved.accountId);

    const connection = await app.connect(reads ? 'read' : 'write', app.progress.notify, attended);
    const { boundary } = connection;
    boundaries.push(boundary);
    known = { ...known, target: connection.target };
    const caller = await connection.identify();
    guardAccount(caller, resolved.accountId, resolved.accountIdFrom);
    const account = await describeAccount(boundary.cloud, caller);
    known = { ...known, account };
    printHeader(app, account, connection, said);
    const run: AccountsRun = {
      app,
      flags,
      connection,
      caller,
      config,
      section: (resolved.steps[organization.id]?.slice ?? organization.schema.parse({})) as Section,
      attended,
      port: {
        cloud: boundary.cloud,
        forget: boundary.forget,
        clock: host.clock,
        signal: host.signal,
        notify: app.progress.notify,
        journal: await app.journal(),
        accountId: async () => caller.accountId,
        caller: async () => caller,
        did: (action, on) => actions.push({ action, on }),
      },
      connectAs: async (profile) => {
        const other = await app.connectAs(profile, 'read', app.progress.notify);
        boundaries.push(other.boundary);
        return other;
      },
      approve: (question, lines, typed) => approve(app, { attended, look, ...(typed === undefined ? {} : { typed }) }, question, lines),
    };
    const { exit = 0, ...outcome } = await (await subcommand(flags.verb))(run);
    return await printResult(app, report({ ...outcome, exit: { code: exit, name: exitNames[exit] } }), renderAccountsTable);
  } catch (error) {
    return await printResult(app, report(describeFailure(app, error, effects() > 0)), renderAccountsTable);
  }
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
  }
};
