import type { Command } from 'commander';
import type { KeyVerb } from '../../core/keys.js';
import type { Globals } from '../../run/app.js';
import { appOf, type Declare, given, plainFormats, withGlobals } from '../flags.js';

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

const userTexts: Partial<Record<KeyVerb, string>> = {
  list: 'only keys of this user',
  rotate: 'owner of the key (default: you, else the only user with a key)',
};

export const declareKeys: Declare = (program, { host, ended }) => {
  const keys = program.command('keys');
  const run = async (options: Options, verb: KeyVerb): Promise<number> => {
    const [app, { runKeys }] = await Promise.all([appOf(host, options), import('./run.js')]);
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
      .option('--user <name>', userTexts[verb] ?? 'owner of the key (default: found by its id)');
    if (verb !== 'list') {
      command.option('--key <id>', 'access key id');
      command.option('-y, --yes', 'skip the approval prompt; needs --account-id');
    }
    return command.action((options: Options) => ended(run(options, verb)));
  };
  const secretsFileText = 'file for secrets (readable only by you)';
  declare('list', 'list every access key: age, last use, where its secret is stored').option('--secrets-file <file>', secretsFileText);
  declare('rotate', 'create, store and verify a new key, then disable the old one; run again to continue after a stop')
    .option('--profile-to-write <name>', 'profile for the new key, if the old key is in no profile')
    .option('--secrets-file <file>', secretsFileText)
    .option('--delete-inactive', 'delete a second, inactive key to make room');
  declare('disable', 'disable a key; you can enable it again');
  declare('enable', 'enable a key');
  declare('delete', 'delete an inactive key')
    .option('--even-if-active', 'delete the key even if it is active')
    .option('--root', "root's own keys; only as root")
    .option('--all', 'with --root: all keys');
};
