import type { App, Connection } from '../app.js';
import type { Caller } from '../core/account.js';
import type { ExitCode } from '../core/error.js';
import type { Journal } from '../core/journal.js';
import type { KeysReport, KeyVerb } from '../core/keys.js';
import type { KeyPort } from '../keys/key-writes.js';

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
