import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Caller, partitionOf } from '../core/account.js';
import type { Random } from '../core/clock.js';
import type { ObserveContext } from '../core/step.js';
import type { Enrol } from '../core/enrol.js';
import { BootstrapError } from '../core/errors.js';
import type { Journal } from '../core/journal.js';
import type { Destination, Secret, SecretSink } from '../core/secret.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { RoleProfileWriter } from '../secrets/role-profile.js';
import { makeProgress, type Progress } from '../ui/progress.js';
import type { Prompter } from '../ui/prompter.js';
import { makeTerminal, type Terminal } from '../ui/terminal.js';
import type { Ahead } from './ahead.js';
import type { RunConfig } from './config.js';
import { awsFiles, type Connection, type Globals, type Host, lazily, stateFolder, turns } from './host.js';
import type { RoleChecks } from './role-checks.js';

export type { Connection, Globals, Host } from './host.js';

export interface App {
  readonly host: Host;
  readonly globals: Globals;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly prompter: () => Promise<Prompter>;
  /** Opens a link in the browser, because the user pressed a key. Returns a message. */
  readonly openLink: (url: string) => Promise<string>;
  /** Sends text to the clipboard, because the user pressed a key. Returns a message. Undefined if the terminal has no escape sequences. */
  readonly copyText: ((text: string) => Promise<string>) | undefined;
  readonly sandboxed: boolean;
  readonly sandboxFile: string;
  readonly openSandbox: () => Promise<Sandbox>;
  /** Prints a blank line between the last question and what follows; nothing if no question was asked. */
  readonly separate: () => void;
  /** Does in the practice account what the user would do in the console. */
  readonly doInConsole: (accountId: string, finding: string) => Promise<void>;
  /** Values for the practice account: the same in every run of one practice account. */
  readonly practiceRandom: () => Promise<Random>;
  readonly config: () => Promise<RunConfig>;
  /** `attended`: see `isAttended`. */
  readonly connect: (
    mode: 'read' | 'write',
    notify: (text: string) => void,
    attended?: boolean,
    /** `later`: nothing is sent before the run asks who calls, because it may refuse the endpoint. */
    identify?: 'now' | 'later',
  ) => Promise<Connection>;
  /** As `connect`, signed in with another profile of the AWS files. */
  readonly connectAs: (profile: string, mode: 'read' | 'write', notify: (text: string) => void) => Promise<Connection>;
  readonly secrets: (destination: SecretsDestination) => Promise<SecretSink>;
  /** For a run that only reads. It is loaded, as the journal is, once the caller is known: until then the reads of AWS are sent. */
  readonly storedForReads: (destination: SecretsDestination) => Pick<ObserveContext, 'secrets' | 'journal'>;
  /** Gets the codes of MFA devices: from the user, or computed from the seed. */
  readonly enrol: (connection: Pick<Connection, 'clockAheadMs'>) => Promise<Enrol>;
  /** Refuses a destination that cannot work, before AWS is called. Throws E-SECRETS-DESTINATION or E-USAGE. */
  readonly tryDestination: (destination: Destination | undefined) => Promise<void>;
  /** The name of a profile for `aws login` to this account: a new one, or one that holds only such a login. */
  readonly loginProfile: (name: string, accountId: string) => Promise<string>;
  /** The secret of an access key, from a profile or the secrets file; undefined if neither has it. */
  readonly storedKey: (accessKeyId: string, secretsFile: string | undefined) => Promise<Secret | undefined>;
  /** Secrets in flight, in the user's state folder; those of the practice account are next to its file. */
  readonly journal: () => Promise<Journal>;
  /** Profiles of the AWS config file that assume a role; those of the practice account are next to its file. */
  readonly roleProfiles: () => Promise<RoleProfileWriter>;
  readonly roleChecks: () => Promise<RoleChecks>;
}

export interface SecretsDestination {
  readonly destination?: Destination | undefined;
  /** Short for a destination of kind `file`. */
  readonly file?: string | undefined;
  /** Access keys go to profiles of the AWS files. */
  readonly profiles: boolean;
  /** The profile for a new key, if this run creates one. */
  readonly profile?: string | undefined;
  readonly replaceProfile?: boolean;
  /** The one key that may be replaced in a profile without `replaceProfile`: the key that is being rotated. */
  readonly replacesKey?: string;
  readonly caller: () => Promise<Caller>;
}

/** Builds every port when it is first used, so that a command loads only what it needs. `ahead`: for the first call of `connect`. */
export const makeApp = (host: Host, globals: Globals, ahead?: Ahead): App => {
  const { env } = host;
  let unused = ahead?.opened;
  const sandboxed = globals.sandbox === true || globals.sandboxFile !== undefined || globals.sandboxAs !== undefined;
  const sandboxFile = globals.sandboxFile === undefined ? join(stateFolder(host), 'sandbox.json') : resolve(host.cwd, globals.sandboxFile);
  const terminal = makeTerminal({
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    env,
    platform: host.platform,
    flags: { color: globals.color, input: globals.input, accessible: globals.accessible ?? false, quiet: globals.quiet ?? false },
  });
  const progress = makeProgress(terminal, host.clock);
  /** Secrets of the practice account, including profiles, are stored next to its file. */
  const folder = `${sandboxFile}.secrets`;
  const profileFiles = sandboxed ? { credentials: join(folder, 'credentials'), config: join(folder, 'config') } : awsFiles(host);
  const fileOfSecrets = (file: string | undefined): string | undefined =>
    file !== undefined ? resolve(host.cwd, file) : sandboxed ? join(folder, 'secrets.json') : undefined;
  const destinationOf = (chosen: Destination | undefined): Destination | undefined => {
    if (chosen !== undefined && chosen.kind !== 'file') return chosen;
    const file = fileOfSecrets(chosen?.file);
    return file === undefined ? undefined : { kind: 'file', file };
  };
  /** A terminal with a user, that can clear what it showed. */
  const canShow = terminal.interactive && env['TERM'] !== 'dumb';
  /** By the last connection of this run. AWS's dates are compared with those of the journal. */
  let aheadMs: Connection['clockAheadMs'] = () => undefined;
  const journal = lazily(async () => {
    const { makeJournal } = await import('../secrets/journal.js');
    const journalFolder = sandboxed ? `${sandboxFile}.journal` : join(stateFolder(host), 'journal');
    return makeJournal({
      folder: journalFolder,
      clock: { ...host.clock, now: () => new Date(host.clock.now().getTime() + (aheadMs() ?? 0)) },
      random: host.random,
      warn: (text) => terminal.message(`Warning: ${text}`),
    });
  });
  const sandbox = lazily(async () => {
    const { openSandbox } = await import('../sandbox/sandbox.js');
    return openSandbox({ file: sandboxFile, own: globals.sandboxFile === undefined, now: host.clock.now, random: host.random });
  });

  const copyText = async (text: string): Promise<string> => {
    const { copied, makeCopy } = await import('../ui/links.js');
    makeCopy(host.stderr)(text);
    return copied;
  };

  /** Whether the last thing on the screen may be a question. */
  let asked = false;
  const prompter = lazily(async () => {
    const { makePrompter } = await import('../ui/prompter.js');
    const { stdin: input, stderr: output, signal, clock } = host;
    const redraws = env['TERM'] !== 'dumb';
    const hold: Progress['hold'] = (ask) => {
      asked = true;
      return progress.hold(ask);
    };
    return makePrompter({ input, output, signal, clock, redraws, style: terminal.messageStyle, hold });
  });

  const secrets: App['secrets'] = async (destination) => {
    const { makeSecrets } = await import('../secrets/index.js');
    return makeSecrets({
      destination: destinationOf(
        destination.destination ?? (destination.file === undefined ? undefined : { kind: 'file', file: destination.file }),
      ),
      encryptedFolder: sandboxed ? folder : host.cwd,
      fallbackFolder: sandboxed ? folder : stateFolder(host),
      journal: await journal(),
      show: async () => {
        const [{ makeShowOnce }, { makeCopy }] = await Promise.all([import('../ui/show-once.js'), import('../ui/links.js')]);
        const { stdin: input, stderr: output, signal, clock } = host;
        return makeShowOnce({ input, output, signal, clock, hold: progress.hold, copy: makeCopy(output) });
      },
      cwd: host.cwd,
      profileFiles: destination.profiles ? profileFiles : undefined,
      profile: destination.profile,
      makeFolder: sandboxed ? folder : undefined,
      replaceProfile: destination.replaceProfile ?? false,
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
  };

  return {
    host,
    globals,
    terminal,
    progress,
    sandboxed,
    sandboxFile,
    openLink: async (url) => (await import('../ui/links.js')).openLink(url, host),
    copyText: canShow && terminal.messageStyle.accessible !== true ? copyText : undefined,
    openSandbox: sandbox,
    prompter,
    separate: () => {
      if (asked) terminal.stderr('\n');
      asked = false;
    },
    doInConsole: async (accountId, finding) => {
      const [{ world }, { actInConsole }] = await Promise.all([sandbox(), import('../sandbox/new-world.js')]);
      actInConsole(world, accountId, finding, { now: host.clock.now(), random: host.random });
    },
    practiceRandom: async () => {
      const { world } = await sandbox();
      return seededRandom(Object.values(world.accounts)[0]?.createdAt ?? '');
    },
    config: async () => ahead?.config ?? (await import('./config.js')).readConfig(globals, host),
    connect: async (mode, notify, attended = false, identify = 'now') => {
      const opened = unused;
      unused = undefined;
      const connecting = async (): Promise<Connection> => {
        if (opened?.mode === mode && opened.attended === attended) {
          opened.notifies(notify);
          return opened.connection;
        }
        const parts = { host, globals, sandbox: sandboxed ? sandbox : undefined, terminal };
        if (sandboxed || identify === 'later') return (await import('./connect.js')).connect(parts, mode, notify, attended);
        return (await (await import('./ahead.js')).connectIdentifying(parts, mode, notify, attended)).connection;
      };
      const connection = await connecting();
      aheadMs = connection.clockAheadMs;
      return connection;
    },
    connectAs: async (profile, mode, notify) => {
      const { connect } = await import('./connect.js');
      return connect({ host, globals: { ...globals, profile }, sandbox: sandboxed ? sandbox : undefined, terminal }, mode, notify, false);
    },
    journal,
    roleProfiles: lazily(async () => {
      const { makeRoleProfileWriter } = await import('../secrets/role-profile.js');
      return makeRoleProfileWriter({ ...profileFiles, clock: host.clock });
    }),
    roleChecks: lazily(async () => {
      const { makeRoleChecks } = await import('./role-checks.js');
      return makeRoleChecks(join(sandboxed ? `${sandboxFile}.journal` : stateFolder(host), 'role-checks.json'));
    }),
    tryDestination: async (destination) => {
      if (destination === undefined) return;
      if (destination.kind === 'terminal' && !canShow) {
        throw new BootstrapError({
          code: 'E-USAGE',
          message: '--show-secrets needs a terminal with a user, not a pipe, a log or a build.',
          next: 'Choose another destination: --secrets-file FILE, --secret-command CMD or --encrypt-to RECIPIENT.',
        });
      }
      const { checkDestination } = await import('../secrets/index.js');
      await checkDestination(destination, { environment: env, cwd: host.cwd });
    },
    secrets,
    storedForReads: (destination) => {
      // Loading them blocks the process, so the reads that waited for the caller go first.
      const readsSent = lazily(async () => {
        await destination.caller();
        await turns(10);
      });
      const sink = lazily(() => readsSent().then(() => secrets(destination)));
      const entries = lazily(() => readsSent().then(journal));
      return {
        secrets: { holds: async () => (await sink()).holds(), place: async (kind) => (await sink()).place(kind) },
        journal: { entries: async (account) => (await entries()).entries(account) },
      };
    },
    loginProfile: async (name, accountId) => {
      const { readSharedFiles, accountIdOf } = await import('../aws/credentials.js');
      const files = await readSharedFiles(profileFiles);
      const free = [name, `${name}-login`, `${name}-${accountId}`].find((profile) => {
        const settings = files.settingsOf(profile);
        return !files.has(profile) || (settings['login_session'] !== undefined && accountIdOf(settings) === accountId);
      });
      return free ?? `${name}-${accountId}-login`;
    },
    enrol: async ({ clockAheadMs }) => {
      const { makeEnrol } = await import('./enrol.js');
      return makeEnrol({ host, terminal, hold: progress.hold, prompter }, clockAheadMs);
    },
    storedKey: async (accessKeyId, secretsFile) => {
      const { readStoredKey } = await import('../secrets/stored-key.js');
      return readStoredKey(accessKeyId, { profileFiles, secretsFile: fileOfSecrets(secretsFile) });
    },
  };
};

/** Practice values must be the same in every run, so they derive from the creation time of the practice account. */
const seededRandom =
  (seed: string): Random =>
  (length, alphabet) =>
    Array.from(createHash('sha256').update(seed).digest())
      .slice(0, length)
      .map((byte) => alphabet[byte % alphabet.length])
      .join('');
