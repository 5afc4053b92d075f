import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Boundary } from '../aws/boundary.js';
import type { CredentialSource } from '../aws/credentials.js';
import type { Caller } from '../core/account.js';
import type { Clock, Random } from '../core/clock.js';
import type { SigningKey } from '../core/keys.js';
import type { Reading } from '../core/reading.js';

/** The process, as a value: the only thing that knows about it is main.ts, so a test can be a process too. */
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
  /** Takes the place of the network, for tests. */
  readonly requestHandler?: object;
}

/** Flags that every command has, as typed. */
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
}

/** A way to AWS, or to the practice account. */
export interface Connection {
  readonly boundary: Boundary;
  /** One GetCallerIdentity; throws what a person needs to hear. A second for the same connection is not sent. */
  readonly identify: () => Promise<Caller>;
  readonly signedInBy: string;
  /** How the session is ended, in words. */
  readonly signOut: string;
  /** What signs the run. */
  readonly source: CredentialSource;
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  /** URLs that requests of a service go to instead of AWS's own. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Said once the account is known, e.g. which of two identities won. */
  readonly notices: () => readonly string[];
  /** True when a root access key (not a session) signs the run. */
  readonly usesLongTermKey: () => Promise<boolean>;
  /** Id of the key that signs the run: of a session's temporary one too. */
  readonly accessKeyId: () => Promise<string>;
  /** How far AWS's clock is before this computer's, by its answers; undefined when none told. */
  readonly clockAheadMs: () => number | undefined;
  /** The same way, signed by a key of its own: how a new access key is proven, and works on when the old one stops. */
  readonly signer: (key: SigningKey) => Boundary;
  /** Into a member account, by a role there. Asks nothing of AWS until it is entered. */
  readonly member: (accountId: string, roleName: string) => MemberAccess;
}

/** A member account, by a role that is assumed there with the run's own credentials. */
export interface MemberAccess {
  readonly roleArn: () => Promise<string>;
  /**
   * Assumes the role, or says why it cannot: once, however often it is called (and again when it failed). Refused without asking AWS when
   * root calls, who cannot assume roles. The account must have been named by AWS in this run (ListAccounts, DescribeCreateAccountStatus).
   */
  readonly enter: () => Promise<Reading<Caller>>;
  /** As this run's own: same mode, same connections, requests counted together. Credentials are renewed before they expire. */
  readonly boundary: Boundary;
}

/** Where tools keep what is neither config nor cache. https://specifications.freedesktop.org/basedir-spec/latest/ */
export const stateFolder = ({ env, home, platform }: Pick<Host, 'env' | 'home' | 'platform'>): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'aws-account-bootstrap');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'aws-account-bootstrap');
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'aws-account-bootstrap');
};

export const awsFiles = ({ env, home }: Host): { readonly config: string; readonly credentials: string } => ({
  config: env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
  credentials: env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
});

/** Made when it is first asked for, and then kept. */
export const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
