import { type Command, Option } from 'commander';
import { type AccountVerb, defaultAccessRole } from '../../core/accounts.js';
import type { Globals } from '../../run/app.js';
import { appOf, collect, type Declare, given, plainFormats, withGlobals } from '../flags.js';
import type { AccountsFlags } from './types.js';

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
  'account',
  'accounts',
  'all',
  'dryRun',
] as const;

export const declareAccounts: Declare = (program, { host, ended }) => {
  const accounts = program.command('accounts');
  const run = async (options: Options, verb: AccountVerb): Promise<number> => {
    const [app, { runAccounts }] = await Promise.all([appOf(host, options), import('./run.js')]);
    return runAccounts({ verb, yes: options.yes === true, ...given(options, ...names) }, app);
  };
  const declare = (verb: AccountVerb, description: string): Command => {
    const command = withGlobals(accounts.command(verb), plainFormats).description(description);
    if (verb !== 'list') command.option('-y, --yes', 'skip the approval prompt; needs --account-id');
    return command.action((...values: readonly unknown[]) => ended(run(optionsOf(command, values), verb)));
  };
  declare('list', 'list the accounts of the organization: state, how each joined, whether its role can be assumed').option(
    '--role <name>',
    `role to try in each account (default: from the config, else ${defaultAccessRole})`,
  );
  declare('create', 'create a member account and verify access to it; run again to continue after a stop')
    .option('--name <name>', 'name of the account; the config may set the rest')
    .option('--email <address>', 'email address of its root user; must be unused')
    .option('--email-from <address>', 'root@example.com gives root+NAME@example.com')
    .option('--ou <path>', 'unit such as Workloads/Prod; created if missing')
    .option('--tag <key=value>', 'tag of the account (repeatable)', collect)
    .option('--role <name>', `role created in it for administrators of this account (default: ${defaultAccessRole})`)
    .addOption(new Option('--billing-access <choice>', 'IAM access to billing').choices(['allow', 'deny']))
    .option('--profile-to-write <name>', 'profile in ~/.aws/config that assumes the role')
    .option('--source-profile <name>', 'source profile (default: that of this run)');
  declare('invite', 'invite an existing account into the organization')
    .option('--id <account>', 'account id')
    .option('--email <address>', 'email address of the root user of the account')
    .option('--notes <text>', 'message to its owner')
    .option('--tag <key=value>', 'tag of the account once it joins (repeatable)', collect);
  declare('accept', 'join an organization; run with credentials of the invited account')
    .option('--handshake <id>', 'invitation id, if there are several')
    .option('--management-account-id <id>', 'id of the inviting account, confirmed with its owner; any other is refused')
    .option('--role <name>', `role created here for its administrators (default: ${defaultAccessRole})`)
    .addOption(new Option('--free-tier-loss <choice>', 'accept that joining ends a Free plan').choices(['accepted']))
    .option('--transfer-from <id>', 'organization (o-...) that a member leaves')
    .option('--management-profile <name>', 'administrator profile there, to verify the role')
    .option('--profile-to-write <name>', 'profile in ~/.aws/config that assumes the role')
    .option('--source-profile <name>', 'source profile (default: --management-profile)');
  declare('cancel', 'cancel an open invitation')
    .option('--handshake <id>', 'invitation id')
    .option('--id <account>', 'id of the invited account')
    .option('--email <address>', 'email address that the invitation was sent to');
  declare('close', 'close a member account; shows first what that means')
    .argument('<account>', 'id of the member account')
    .option('--role <name>', 'role in it to read its spend with')
    .option('--dry-run', 'show the account and the consequences, and change nothing');
  declare('secure-root', "delete root's password, keys and MFA in member accounts")
    .argument('[accounts...]', 'ids of the member accounts')
    .option('--all', 'every active member account, one approval each; not with --yes')
    .option('--dry-run', 'show what root of each account has, and change nothing');
};

/** The options, with the arguments of the command by their names. */
const optionsOf = (command: Command, values: readonly unknown[]): Options => {
  const named = command.registeredArguments.map((argument, at) => [argument.name(), values[at]] as const);
  return { ...(values[named.length] as Options), ...Object.fromEntries(named) };
};
