import { isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Boundary } from '../aws/boundary.js';
import type { CredentialSource } from '../aws/credentials.js';
import type { Caller } from '../core/account.js';
import type { Clock, Random } from '../core/clock.js';
import type { RootTask } from '../core/cloud.js';
import type { SigningKey } from '../core/keys.js';
import type { Reading } from '../core/reading.js';

/** The process, as a value: only main.ts knows the real one, so a test can pass its own. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly platform: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Replaces the network, for tests. */
  readonly requestHandler?: object;
}

/** The values of the flags that every command has. */
export interface Globals {
  readonly profile?: string;
  readonly region?: string;
  readonly accountId?: string;
  readonly config?: string;
  readonly output: string;
  readonly outputFile?: string;
  readonly input: boolean;
  readonly color: boolean;
  readonly accessible?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
  readonly timeout?: number;
  readonly sandbox?: boolean;
  readonly sandboxFile?: string;
  /** Who is signed in to the practice account. Default: root. */
  readonly sandboxAs?: 'root' | 'admin';
}

/** A session with AWS, or with the practice account. */
export interface Connection {
  readonly boundary: Boundary;
  /** Ends the reads that are still under way: no one waits for them. Writes are never cut off. */
  readonly end: () => void;
  /** Sends one GetCallerIdentity for the connection, however often it is called. Throws an error for the user if it fails. */
  readonly identify: () => Promise<Caller>;
  readonly signedInBy: string;
  /** How to end the session, as text for the user. */
  readonly signOut: string;
  /** The credentials that sign the requests. */
  readonly source: CredentialSource;
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  /** By service, the URLs that replace AWS's own. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Notes to print once the account is known, for example which of two identities is used. */
  readonly notices: () => readonly string[];
  /** True if an access key of a user or of root signs the run, not a session. */
  readonly usesLongTermKey: () => Promise<boolean>;
  /** Id of the key that signs the run, also if it is the temporary key of a session. */
  readonly accessKeyId: () => Promise<string>;
  /** How far AWS's clock is ahead of this computer's, from AWS's answers; undefined if none contained the time. */
  readonly clockAheadMs: () => number | undefined;
  /** The time of AWS if this computer's clock is wrong by minutes, otherwise of this computer. For ages, which AWS's dates are compared with. */
  readonly clock: Clock;
  /** The same connection, signed with another key: to verify a new access key, and to continue with it when the old one stops. */
  readonly signer: (key: SigningKey) => Boundary;
  /** Access to a member account through a role in it. Does not call AWS until it is used. */
  readonly member: (accountId: string, roleName: string) => MemberAccess;
  /** Access to a member account as its root, for one task. A session to audit only reads, also in a run that writes. */
  readonly memberRoot: (accountId: string, task: RootTask) => Omit<MemberAccess, 'roleArn'>;
}

/** A member account, accessed through a role in it, or as its root, that the run's own credentials assume. */
export interface MemberAccess {
  readonly roleArn: () => Promise<string>;
  /**
   * Assumes the role, or returns why it cannot: once, however often it is called (and again after a failure). Refused without calling AWS
   * if the caller is root, which cannot assume roles. AWS must have named the account in this run (ListAccounts,
   * DescribeCreateAccountStatus).
   */
  readonly enter: () => Promise<Reading<Caller>>;
  /** Like the run's own: same mode (except for an audit of root), same connections, requests counted together. Credentials are renewed before they expire. */
  readonly boundary: Boundary;
}

/** Where programs store what is neither config nor cache. https://specifications.freedesktop.org/basedir-spec/latest/ */
export const stateFolder = ({ env, home, platform }: Pick<Host, 'env' | 'home' | 'platform'>): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'aws-account-bootstrap');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'aws-account-bootstrap');
  const state = env['XDG_STATE_HOME'] ?? '';
  // A relative path does not count: in a folder of someone else, it would be their journal.
  return join(isAbsolute(state) ? state : join(home, '.local', 'state'), 'aws-account-bootstrap');
};

export const awsFiles = ({ env, home }: Host): { readonly config: string; readonly credentials: string } => ({
  config: env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
  credentials: env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
});

/** Lets the event loop turn: answers are taken, and requests leave. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
};

/** Calls `make` on first use, and returns the same promise from then on. */
export const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let value: Promise<T> | undefined;
  return () => {
    value ??= make();
    return value;
  };
};
