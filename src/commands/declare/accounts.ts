import { type Command, Option } from 'commander';
import type { Globals } from '../../app.js';
import type { AccountVerb } from '../../core/accounts.js';
import type { AccountsFlags } from '../accounts-run.js';
import { appOf, type Declare } from './declaration.js';
import { collect, given, plainFormats, withGlobals } from './flags.js';

type Options = Globals & Omit<AccountsFlags, 'verb' | 'yes'> & { readonly yes?: boolean };
const names = [
  'name',
  'email',
  'emailFrom',
  'ou',
  'tag',
  'role',
  'billingAccess',
  'profileToWrite',
  'sourceProfile',
  'id',
  'notes',
  'handshake',
  'managementAccountId',
  'managementProfile',
  'freeTierLoss',
  'transferFrom',
] as const;

export const declareAccounts: Declare = (program, { host, ended }) => {
  const accounts = program.command('accounts').description('member accounts: list, create, invite, accept, cancel');
  const run = async (options: Options, verb: AccountVerb): Promise<number> => {
    const [app, { runAccounts }] = await Promise.all([appOf(host, options), import('../accounts.js')]);
    return runAccounts({ verb, yes: options.yes === true, ...given(options, ...names) }, app);
  };
  const declare = (verb: AccountVerb, description: string): Command => {
    const command = withGlobals(accounts.command(verb), plainFormats).description(description);
    if (verb !== 'list') command.option('-y, --yes', 'approve it beforehand (needs --account-id or account.id in the config)');
    return command.action((options: Options) => ended(run(options, verb)));
  };
  declare('list', 'every account of the organization: state, how it joined, whether its role lets you in').option(
    '--role <name>',
    'role to try in each (default: as in the config, else OrganizationAccountAccessRole)',
  );
  declare('create', 'make a member account and prove the way into it; run again to go on after a stop')
    .option('--name <name>', 'name of the account; one of the config takes the rest from there')
    .option('--email <address>', 'address of its root user, which no other account may have')
    .option('--email-from <address>', 'make the address from this one: root@example.com gives root+NAME@example.com')
    .option('--ou <path>', 'organizational unit, such as Workloads/Prod; made when absent')
    .option('--tag <key=value>', 'tag of the account (repeatable)', collect)
    .option('--role <name>', 'role made in it for administrators here (default: OrganizationAccountAccessRole)')
    .addOption(new Option('--billing-access <choice>', 'whether its IAM users may see its bills').choices(['allow', 'deny']))
    .option('--profile-to-write <name>', 'profile of ~/.aws/config that assumes the role; it holds no secret')
    .option('--source-profile <name>', 'profile that it signs in with (default: the one of this run)');
  declare('invite', 'invite an account that exists into the organization')
    .option('--id <account>', 'the account, by its id')
    .option('--email <address>', 'the account, by the address of its root user')
    .option('--notes <text>', 'a word to its owner')
    .option('--tag <key=value>', 'tag of the account once it joins (repeatable)', collect);
  declare('accept', 'join an organization: run with the credentials of the account that was invited')
    .option('--handshake <id>', 'the invitation, when there are several')
    .option('--management-account-id <id>', 'the account that invites, as its owner told you; any other is refused')
    .option('--role <name>', 'role made here for its administrators (default: OrganizationAccountAccessRole)')
    .addOption(new Option('--free-tier-loss <choice>', 'joining ends a Free plan').choices(['accepted']))
    .option('--transfer-from <id>', 'for a member: the organization (o-...) that the account leaves by accepting')
    .option('--management-profile <name>', 'profile of an administrator there, to prove the role')
    .option('--profile-to-write <name>', 'profile of ~/.aws/config that assumes the role from there; it holds no secret')
    .option('--source-profile <name>', 'profile that it signs in with (default: --management-profile)');
  declare('cancel', 'take an open invitation back')
    .option('--handshake <id>', 'the invitation, by its id')
    .option('--id <account>', 'the invited account, by its id')
    .option('--email <address>', 'the invited account, by the address it was invited by');
};
