import type { Caller } from '../../core/account.js';
import { type ExitCode, usage } from '../../core/errors.js';
import type { Journal } from '../../core/journal.js';
import type { KeysReport, KeyVerb } from '../../core/keys.js';
import type { App, Connection } from '../../run/app.js';
import { sameName } from '../../steps/shared/people.js';
import { iamNameProblem } from '../../steps/shared/values.js';
import type { KeyPort } from './writes.js';

export interface KeysFlags {
  readonly verb: KeyVerb;
  readonly user?: string;
  readonly key?: string;
  readonly yes: boolean;
  /** rotate */
  readonly deleteInactive: boolean;
  readonly profileToWrite?: string;
  readonly secretsFile?: string;
  /** delete */
  readonly evenIfActive: boolean;
  readonly root: boolean;
  readonly all: boolean;
}

/** What a subcommand works with, after the caller and the account are known. */
export interface KeysRun {
  readonly app: App;
  readonly flags: KeysFlags;
  readonly connection: Connection;
  readonly caller: Caller;
  /** The key that signs the run. */
  readonly inUse: string;
  readonly journal: Journal;
  /** From the flag or the config. */
  readonly secretsFile: string | undefined;
  /** To call before a new key is stored in the secrets file: throws if only a config that was found in the folder names it. */
  readonly guardSecretsFile: () => Promise<void>;
  readonly port: KeyPort;
  /** A signer with another key, whose calls are counted too. */
  readonly signerOf: Connection['signer'];
  /** Asks for approval at a terminal; `lines` describe the changes. Throws E-DECLINED. */
  readonly approve: (question: string, lines?: readonly string[]) => Promise<void>;
}

/** The result of a subcommand. */
export type KeysOutcome = Partial<Pick<KeysReport, 'keys' | 'rootKeys' | 'unread' | 'notes' | 'next'>> & {
  readonly exit?: ExitCode;
};

/** Whether the flags are about root's own keys. */
export const isAboutRoot = ({ root, user }: Pick<KeysFlags, 'root' | 'user'>): boolean =>
  root || (user !== undefined && sameName(user, 'root'));

/** Checks the flags before any request to AWS. Throws E-USAGE. */
export const guardFlags = (flags: KeysFlags): void => {
  const wrong = flags.user === undefined ? undefined : iamNameProblem(flags.user);
  if (wrong !== undefined) throw usage(`--user ${wrong}.`, '`bootstrap keys list` shows the users and their keys.');
  if (flags.verb === 'list') return;
  if (flags.verb === 'rotate') {
    if (isAboutRoot(flags)) throw usage('Keys of root cannot be rotated: root should have no access key.', deleteRootKeys);
    return;
  }
  if (!isAboutRoot(flags)) {
    if (flags.all) throw usage('--all needs --root: keys of users are deleted one at a time.', 'Pass --key ID.');
    if (flags.key === undefined) throw usage('Missing key.', 'Pass --key ID; `bootstrap keys list` shows the ids.');
    return;
  }
  if (flags.verb !== 'delete') throw usage(`Keys of root can only be listed and deleted, not ${flags.verb}d.`, deleteRootKeys);
  if (flags.user !== undefined && !sameName(flags.user, 'root'))
    throw usage('--root and --user name two different owners.', 'Pass only one of them.');
  if ((flags.key === undefined) === !flags.all)
    throw usage('Pass either --key ID or --all.', '`bootstrap keys list`, as root, shows the ids.');
};

const deleteRootKeys = 'Sign in as root and delete its keys: `bootstrap keys delete --root --all`.';
