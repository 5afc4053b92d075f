import type { Command } from 'commander';
import type { Globals } from '../../app.js';
import type { KeyVerb } from '../../core/keys.js';
import { appOf, type Declare } from './declaration.js';
import { given, plainFormats, withGlobals } from './flags.js';

type Options = Globals & {
  readonly user?: string;
  readonly key?: string;
  readonly yes?: boolean;
  readonly deleteInactive?: boolean;
  readonly profileToWrite?: string;
  readonly secretsFile?: string;
  readonly evenIfActive?: boolean;
  readonly root?: boolean;
  readonly all?: boolean;
};

export const declareKeys: Declare = (program, { host, ended }) => {
  const keys = program.command('keys').description('access keys: list, rotate, disable, enable, delete');
  const run = async (options: Options, verb: KeyVerb): Promise<number> => {
    const [app, { runKeys }] = await Promise.all([appOf(host, options), import('../keys.js')]);
    return runKeys(
      {
        verb,
        yes: options.yes === true,
        deleteInactive: options.deleteInactive === true,
        evenIfActive: options.evenIfActive === true,
        root: options.root === true,
        all: options.all === true,
        ...given(options, 'user', 'key', 'profileToWrite', 'secretsFile'),
      },
      app,
    );
  };
  const declare = (verb: KeyVerb, description: string): Command => {
    const command = withGlobals(keys.command(verb), plainFormats)
      .description(description)
      .option('--user <name>', verb === 'list' ? 'keys of this user only' : 'user whose key it is (default: you, when you are a user)');
    if (verb !== 'list') {
      command.option('--key <id>', 'the access key, by its id');
      command.option('-y, --yes', 'approve it beforehand (needs --account-id or account.id in the config)');
    }
    return command.action((options: Options) => ended(run(options, verb)));
  };
  const secretsFileText = 'file for secrets (made readable by you only)';
  declare('list', 'every access key: age, last use, where its secret is').option('--secrets-file <file>', secretsFileText);
  declare('rotate', 'make, store and prove a new key, then switch the old one off; run again to go on after a stop')
    .option('--profile-to-write <name>', 'profile for the new key, when the old one is in none')
    .option('--secrets-file <file>', secretsFileText)
    .option('--delete-inactive', 'delete a second key that is switched off, to make room');
  declare('disable', 'switch a key off; it can be switched on again');
  declare('enable', 'switch a key on');
  declare('delete', 'delete a key that is switched off')
    .option('--even-if-active', 'delete it although it is active')
    .option('--root', "root's own keys; for root alone")
    .option('--all', 'with --root: all of them');
};
