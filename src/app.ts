import { createHash } from 'node:crypto';
import { stat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Caller } from './core/account.js';
import { partitionOf } from './core/account.js';
import type { Clock, Random } from './core/clock.js';
import { BootstrapError } from './core/error.js';
import type { Journal } from './core/journal.js';
import type { Secret } from './core/secret.js';
import type { Destination, SecretSink } from './core/secret-sink.js';
import type { SigningKey } from './core/keys.js';
import type { Boundary } from './aws/boundary.js';
import type { CredentialSource } from './aws/credentials.js';
import type { Config } from './config/schema.js';
import type { Sandbox } from './sandbox/sandbox.js';
import { steps } from './steps/index.js';
import { makeProgress, type Progress } from './ui/progress.js';
import type { Prompter } from './ui/prompter.js';
import { makeTerminal, type Terminal } from './ui/terminal.js';

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
  /** `aws`, `sandbox`, or the URL of another endpoint. */
  readonly target: string;
  /** Said once the account is known, e.g. which of two identities won. */
  readonly notices: () => readonly string[];
  /** True when a root access key (not a session) signs the run. */
  readonly usesLongTermKey: () => Promise<boolean>;
  /** Id of the key that signs the run: of a session's temporary one too. */
  readonly accessKeyId: () => Promise<string>;
  /** The same way, signed by a key of its own: how a new access key is proven, and works on when the old one stops. */
  readonly signer: (key: SigningKey) => Boundary;
}

export interface App {
  readonly host: Host;
  readonly globals: Globals;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly prompter: () => Promise<Prompter>;
  readonly sandboxed: boolean;
  readonly sandboxFile: string;
  readonly openSandbox: () => Promise<Sandbox>;
  /** Values for the practice account: the same in every run of one practice account. */
  readonly practiceRandom: () => Promise<Random>;
  readonly config: () => Promise<{
    readonly config: Config | undefined;
    readonly file: string | undefined;
    readonly said: string | undefined;
  }>;
  readonly connect: (mode: 'read' | 'write', say: (text: string) => void) => Promise<Connection>;
  readonly secrets: (destination: SecretsDestination) => Promise<SecretSink>;
  /** Refuses a destination that cannot work, before AWS is asked anything. Throws E-SECRETS-DESTINATION or E-USAGE. */
  readonly tryDestination: (destination: Destination | undefined) => Promise<void>;
  /** The secret of an access key that a profile, or the secrets file, holds; undefined when neither does. */
  readonly storedKey: (accessKeyId: string, secretsFile: string | undefined) => Promise<Secret | undefined>;
  /** Secrets in flight, in the user's state folder; the practice account's beside it. */
  readonly journal: () => Promise<Journal>;
}

export interface SecretsDestination {
  readonly destination?: Destination | undefined;
  /** The same as a destination of kind file. */
  readonly file?: string | undefined;
  /** Access keys go to profiles of the AWS files; the name when this run makes one. */
  readonly profiles: boolean;
  readonly profile: string | undefined;
  readonly replaceProfile: boolean;
  /** The one key that may give way in a profile without `replaceProfile`: the one that is being rotated. */
  readonly replacesKey?: string;
  readonly caller: () => Promise<Caller>;
}

/** The composition root: every port is built here, lazily, so that a command loads only what it uses. */
export const makeApp = (host: Host, globals: Globals): App => {
  const { env } = host;
  const sandboxed = globals.sandbox === true || globals.sandboxFile !== undefined;
  const sandboxFile = globals.sandboxFile === undefined ? join(stateFolder(host), 'sandbox.json') : resolve(host.cwd, globals.sandboxFile);
  const terminal = makeTerminal({
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    env,
    platform: host.platform,
    flags: { color: globals.color, input: globals.input, accessible: globals.accessible ?? false, quiet: globals.quiet ?? false },
  });
  const progress = makeProgress(terminal);
  /** Secrets of the practice account stay beside it, profiles included. */
  const folder = `${sandboxFile}.secrets`;
  const profileFiles = sandboxed ? { credentials: join(folder, 'credentials'), config: join(folder, 'config') } : awsFiles(host);
  const fileOfSecrets = (file: string | undefined): string | undefined =>
    file !== undefined ? resolve(host.cwd, file) : sandboxed ? join(folder, 'secrets.json') : undefined;
  const destinationOf = (chosen: Destination | undefined): Destination | undefined => {
    if (chosen !== undefined && chosen.kind !== 'file') return chosen;
    const file = fileOfSecrets(chosen?.file);
    return file === undefined ? undefined : { kind: 'file', file };
  };
  /** A terminal that can take back what it showed, with a person at it. */
  const canShow = terminal.interactive && env['TERM'] !== 'dumb';
  const journal = lazily(async () => {
    const { makeJournal } = await import('./secrets/journal.js');
    const place = sandboxed ? `${sandboxFile}.journal` : join(stateFolder(host), 'journal');
    return makeJournal({ folder: place, clock: host.clock, random: host.random, warn: (text) => terminal.stderr(`Warning: ${text}\n`) });
  });
  const sandbox = lazily(async () => {
    const { openSandbox } = await import('./sandbox/sandbox.js');
    return openSandbox({ file: sandboxFile, now: host.clock.now, random: host.random });
  });

  return {
    host,
    globals,
    terminal,
    progress,
    sandboxed,
    sandboxFile,
    openSandbox: sandbox,
    prompter: lazily(async () => {
      const { makePrompter } = await import('./ui/prompter.js');
      const { stdin: input, stderr: output, signal } = host;
      return makePrompter({ input, output, signal, look: terminal.messageLook, hold: progress.hold });
    }),
    practiceRandom: async () => {
      const { world } = await sandbox();
      return seededRandom(Object.values(world.accounts)[0]?.createdAt ?? '');
    },
    config: async () => {
      const { readConfigFile } = await import('./config/file.js');
      const file = await readConfigFile(globals.config, host.cwd, { stat, readFile });
      if (file === undefined) return { config: undefined, file: undefined, said: undefined };
      const { loadConfig } = await import('./config/load.js');
      const { config } = loadConfig({ text: file.text, file: file.file, steps });
      const said = file.from === 'folder' ? `read ${file.file} of this folder` : undefined;
      return { config, file: file.path, said };
    },
    connect: async (mode, say) => {
      const trace = globals.debug === true ? (line: object) => terminal.stderr(`debug: ${JSON.stringify(line)}\n`) : undefined;
      const { makeBoundary } = await import('./aws/boundary.js');
      const { openSession } = await import('./aws/session.js');
      const { identify, guardRival } = await import('./aws/identify.js');
      const { plainKey } = await import('./secrets/stored-key.js');
      const boundaryOf = (session: ReturnType<typeof openSession>, as: 'read' | 'write'): Boundary =>
        makeBoundary({ send: session.send, clock: host.clock, mode: as, signal: host.signal, say, ...(trace ? { trace } : {}) });
      const timeoutMs = globals.timeout === undefined ? undefined : globals.timeout * 1000;

      if (sandboxed) {
        const { requestHandler, credentials } = await sandbox();
        const source: CredentialSource = { from: 'sandbox', how: 'a practice session' };
        const common = {
          credentials: source,
          region: 'us-east-1',
          now: host.clock.now,
          endpoints: {},
          timeoutMs,
          caBundle: undefined,
          handler: requestHandler,
        };
        const session = openSession({ ...common, staticCredentials: credentials });
        const boundary = boundaryOf(session, mode);
        const who = lazily(() => identify(boundary.cloud, { signedInBy: source.how, endpoint: undefined, regionGiven: true }));
        return {
          boundary,
          identify: who,
          signedInBy: source.how,
          target: 'sandbox',
          notices: () => [],
          usesLongTermKey: async () => false,
          accessKeyId: session.accessKeyId,
          signer: (key) => boundaryOf(openSession({ ...common, staticCredentials: plainKey(key) }), mode),
        };
      }

      const { chooseCredentials } = await import('./aws/credentials.js');
      const { endpointsOf } = await import('./aws/endpoint.js');
      const { readSharedFiles } = await import('./aws/shared-files.js');
      const files = await readSharedFiles(awsFiles(host));
      if (globals.profile !== undefined && !files.has(globals.profile)) {
        throw new BootstrapError({
          code: 'E-NO-PROFILE',
          exit: 4,
          message: `There is no profile "${globals.profile}" in ${awsFiles(host).config} or ${awsFiles(host).credentials}.`,
          next: `Make it with \`aws login --profile ${globals.profile}\`, or name another.`,
        });
      }
      const source = chooseCredentials({ profileFlag: globals.profile, env, settingsOf: files.settingsOf });
      const settings = source.from === 'profile' ? files.settingsOf(source.profile) : files.settingsOf(env['AWS_PROFILE'] ?? 'default');
      const endpoints = endpointsOf({ flag: globals.endpointUrl, env, profile: settings });
      const region = globals.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? settings['region'];
      const common = {
        region: region ?? partitionOf('aws').defaultRegion,
        now: host.clock.now,
        endpoints,
        timeoutMs,
        caBundle: globals.caBundle ?? env['AWS_CA_BUNDLE'],
        ...(host.requestHandler ? { handler: host.requestHandler } : {}),
      };
      const session = openSession({ ...common, credentials: source });
      const boundary = boundaryOf(session, mode);
      const endpoint = endpoints.sts ?? Object.values(endpoints)[0];
      const told = { signedInBy: source.how, endpoint, regionGiven: region !== undefined };
      const notices: string[] = [];
      const who = lazily(async () => {
        const caller = await identify(boundary.cloud, told);
        const rival = source.from === 'environment' ? source.rival : undefined;
        if (rival !== undefined && files.has(rival.profile)) {
          const accountId = rival.accountId ?? (await accountOfRival(rival.profile));
          notices.push(guardRival(caller, { profile: rival.profile, accountId }));
        }
        return caller;
      });
      /** The account a profile signs in to, by asking; null when it does not sign in at all (then it is no rival). */
      const accountOfRival = async (profile: string): Promise<string | null> => {
        const other = boundaryOf(openSession({ ...common, credentials: { from: 'profile', profile, how: `profile ${profile}` } }), 'read');
        const reading = await other.cloud.read('sts:GetCallerIdentity', {});
        return reading.ok ? (reading.value.Account ?? null) : null;
      };
      return {
        boundary,
        identify: who,
        signedInBy: source.how,
        target: endpoint ?? 'aws',
        notices: () => notices,
        usesLongTermKey: async () => (await session.accessKeyId()).startsWith('AKIA'),
        accessKeyId: session.accessKeyId,
        signer: (key) => boundaryOf(openSession({ ...common, credentials: source, staticCredentials: plainKey(key) }), mode),
      };
    },
    journal,
    tryDestination: async (destination) => {
      if (destination === undefined) return;
      if (destination.kind === 'terminal' && !canShow) {
        throw new BootstrapError({
          code: 'E-USAGE',
          exit: 2,
          message: '--show-secrets needs a person at a terminal, not a pipe, a log or a build.',
          next: 'Choose another destination: --secrets-file FILE, --secret-command CMD or --encrypt-to RECIPIENT.',
        });
      }
      const { tryDestination } = await import('./secrets/index.js');
      await tryDestination(destination, { environment: env, cwd: host.cwd });
    },
    secrets: async (destination) => {
      const { makeSecrets } = await import('./secrets/index.js');
      const { makeShowOnce } = await import('./ui/show-once.js');
      const { stdin: input, stderr: output, signal } = host;
      return makeSecrets({
        destination: destinationOf(
          destination.destination ?? (destination.file === undefined ? undefined : { kind: 'file', file: destination.file }),
        ),
        encryptedFolder: sandboxed ? folder : host.cwd,
        secondPlace: sandboxed ? folder : stateFolder(host),
        journal: await journal(),
        show: makeShowOnce({ input, output, signal, clock: host.clock, hold: progress.hold }),
        cwd: host.cwd,
        profileFiles: destination.profiles ? profileFiles : undefined,
        profile: destination.profile,
        makeFolder: sandboxed ? folder : undefined,
        replaceProfile: destination.replaceProfile,
        ...(destination.replacesKey === undefined ? {} : { replacesKey: destination.replacesKey }),
        region: async () =>
          globals.region ??
          env['AWS_REGION'] ??
          env['AWS_DEFAULT_REGION'] ??
          partitionOf((await destination.caller()).partition).defaultRegion,
        account: async () => (await destination.caller()).accountId,
        environment: env,
        random: host.random,
        clock: host.clock,
      });
    },
    storedKey: async (accessKeyId, secretsFile) => {
      const { readStoredKey } = await import('./secrets/stored-key.js');
      return readStoredKey(accessKeyId, { profileFiles, secretsFile: fileOfSecrets(secretsFile) });
    },
  };
};

/** Where tools keep what is neither config nor cache. https://specifications.freedesktop.org/basedir-spec/latest/ */
export const stateFolder = ({ env, home, platform }: Pick<Host, 'env' | 'home' | 'platform'>): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'aws-account-bootstrap');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'aws-account-bootstrap');
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'aws-account-bootstrap');
};

const awsFiles = ({ env, home }: Host): { readonly config: string; readonly credentials: string } => ({
  config: env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
  credentials: env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
});

const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Practice values must be the same at every run: a hash of the practice account's birth, not chance. */
const seededRandom =
  (seed: string): Random =>
  (length, alphabet) =>
    Array.from(createHash('sha256').update(seed).digest())
      .slice(0, length)
      .map((byte) => alphabet[byte % alphabet.length])
      .join('');
