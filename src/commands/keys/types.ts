import type { Caller } from '../../core/account.js';
import { type ExitCode, usage } from '../../core/errors.js';
import type { Journal } from '../../core/journal.js';
import type { KeysReport, KeyVerb } from '../../core/keys.js';
import type { App, Connection } from '../../run/app.js';
import { sameName } from './reads.js';
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

/** What a subcommand works with, once it is known who calls, and where. */
export interface KeysRun {
  readonly app: App;
  readonly flags: KeysFlags;
  readonly connection: Connection;
  readonly caller: Caller;
  /** The key that signs the run. */
  readonly inUse: string;
  readonly journal: Journal;
  /** As the flag or the config names it. */
  readonly secretsFile: string | undefined;
  /** Before a new key goes to the secrets file: throws when only a file that was found names it. */
  readonly guardSecretsFile: () => Promise<void>;
  readonly port: KeyPort;
  /** Counts the calls of a second signer too. */
  readonly signerOf: Connection['signer'];
  /** Asks at a terminal; `lines` say what is about to happen. Throws E-DECLINED. */
  readonly approve: (question: string, lines?: readonly string[]) => Promise<void>;
}

/** What a subcommand comes to. */
export type KeysOutcome = Partial<Pick<KeysReport, 'keys' | 'rootKeys' | 'unread' | 'notes' | 'next'>> & {
  readonly exit?: ExitCode;
};

/** Whether the flags are about root's own keys. */
export const isAboutRoot = ({ root, user }: Pick<KeysFlags, 'root' | 'user'>): boolean =>
  root || (user !== undefined && sameName(user, 'root'));

/** What is wrong with the flags whoever calls: said before AWS is. Throws E-USAGE. */
export const guardFlags = (flags: KeysFlags): void => {
  if (flags.verb === 'list') return;
  if (flags.verb === 'rotate') {
    if (isAboutRoot(flags)) throw usage('Root gets no new access key: it should have none.', deleteThem);
    return;
  }
  if (!isAboutRoot(flags)) {
    if (flags.all) throw usage('--all belongs to --root: keys of users are deleted one by one.', 'Name the key: --key ID.');
    if (flags.key === undefined) throw usage('It is not said which key is meant.', 'Name it: --key ID; `bootstrap keys list` shows them.');
    return;
  }
  if (flags.verb !== 'delete')
    throw usage(`Root's keys are listed and deleted, and not switched ${flags.verb === 'enable' ? 'on' : 'off'}.`, deleteThem);
  if (flags.user !== undefined && !sameName(flags.user, 'root'))
    throw usage('--root and --user name two owners.', 'Leave one of them out.');
  if ((flags.key === undefined) === !flags.all)
    throw usage("Say which of root's keys: --key ID or --all, not both.", '`bootstrap keys list`, as root, shows their ids.');
};

const deleteThem = 'Delete its keys, signed in as root: `bootstrap keys delete --root --all`.';
