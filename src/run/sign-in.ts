import { readSharedFiles } from '../aws/credentials.js';
import { awsLogin, type SignInCommand, signInCommand } from '../aws/sign-in.js';
import { BootstrapError, PromptAborted } from '../core/errors.js';
import { plain } from '../core/text.js';
import type { App, Connection } from './app.js';
import type { AwsCli } from './aws-cli.js';
import { awsFiles, type Host } from './host.js';
import { programOf } from './output.js';
import type { Run } from './run.js';

/** Signing in from `init`, `check` and `undo`: the AWS CLI does it, at the user's terminal. No secret passes through this tool. */

interface Options {
  readonly mode: 'read' | 'write';
  /** See `isAttended`. */
  readonly attended: boolean;
  /** Whether the user may be asked to sign in. */
  readonly asks: boolean;
  /** See `App.connect`. */
  readonly identify?: 'now' | 'later';
}

/** As `run.connect`; without a valid session at a terminal, offers to sign in first, once. */
export const connectSignedIn = async (run: Run, { mode, attended, asks, identify }: Options): Promise<Connection> => {
  const { app } = run;
  const connect = (): Promise<Connection> => run.connect(mode, attended, identify);
  if (app.sandboxed || !asks) return connect();
  const found = await sessionOf(app, connect);
  if ('connection' in found) return found.connection;
  await offerSignIn(app, found.command, found.error);
  return connect();
};

type Found = { readonly connection: Connection } | { readonly error: BootstrapError; readonly command: SignInCommand };

/** A connection with credentials, or the command that would provide them. Throws what no command can fix. */
const sessionOf = async ({ globals, host }: App, connect: () => Promise<Connection>): Promise<Found> => {
  let connection: Connection;
  try {
    connection = await connect();
  } catch (error) {
    const profile = globals.profile ?? host.env['AWS_PROFILE'];
    if (!(error instanceof BootstrapError) || error.code !== 'E-NO-PROFILE' || profile === undefined) throw error;
    return { error, command: awsLogin(profile) };
  }
  // Only resolves the credentials: AWS is asked who calls later, together with other reads.
  const resolved = await connection.accessKeyId().then(
    () => true,
    () => false,
  );
  if (resolved) return { connection };
  try {
    await connection.identify();
    return { connection };
  } catch (error) {
    const command = signInCommand(connection.source);
    const signsIn = error instanceof BootstrapError && (error.code === 'E-NOT-SIGNED-IN' || error.code === 'E-SESSION-EXPIRED');
    if (!signsIn || command === undefined) throw error;
    return { error, command };
  }
};

/** Asks, then runs the command. Throws `error` if the user is not signed in afterwards. */
const offerSignIn = async (app: App, command: SignInCommand, error: BootstrapError): Promise<void> => {
  const { host, terminal } = app;
  const { findAwsCli, runAtTerminal } = await import('./aws-cli.js');
  const cli = await findAwsCli(host);
  if (!canRun(cli, command)) throw error.with({ next: installRemedy(cli, command, `${programOf(app)} init --sandbox`) });
  const { args, text } = atThisTerminal(command, host);
  terminal.message(error.message);
  const prompter = await app.prompter();
  const hint = args.includes('--remote')
    ? 'It prints a link to open in a browser on another computer. No access key is needed.'
    : 'It opens your browser. No access key is needed.';
  if (!(await prompter.confirm({ question: `Run \`${plain(text)}\` now?`, hint, default: true }))) throw error;
  const ended = await runAtTerminal(cli.file, args, host);
  host.signal.throwIfAborted();
  if (ended === 0) return;
  throw error.with({ message: `\`${plain(text)}\` did not sign you in (${wayOf(ended)}).` });
};

/** How the offer to sign in as another user ended. `stopped`: Ctrl-C or another signal. */
export type HandOverEnd = 'signed-in' | 'declined' | 'stopped';

/** Offers to sign in as the administrator, with a profile of their own. Without a suitable AWS CLI, offers nothing. */
export const offerHandOver = async (app: App, user: { readonly name: string; readonly profile: string }): Promise<HandOverEnd> => {
  const { host, terminal } = app;
  try {
    const command = awsLogin(user.profile);
    const { findAwsCli, runAtTerminal } = await import('./aws-cli.js');
    const cli = await findAwsCli(host);
    if (!canRun(cli, command)) return 'declined';
    const { args, text } = atThisTerminal(command, host);
    const prompter = await app.prompter();
    const name = plain(user.name);
    const question = `Sign in as ${name} and continue?`;
    const hint = `This runs \`${plain(text)}\`. In the browser, sign in as ${name}, not as root. Then \`init\` runs again as ${name}.`;
    if (!(await prompter.confirm({ question, hint, default: true }))) return 'declined';
    const ended = await runAtTerminal(cli.file, args, host);
    if (host.signal.aborted) return 'stopped';
    if (ended !== 0) {
      terminal.message(`\`${text}\` did not sign you in (${wayOf(ended)}).`);
      return 'declined';
    }
    const { login_session: session = '' } = (await readSharedFiles(awsFiles(host))).settingsOf(user.profile);
    if (!session.endsWith(':root')) return 'signed-in';
    terminal.message(`You are signed in as root, not as ${name}. Run \`${text}\` again and choose ${name} in the browser.`);
    return 'declined';
  } catch (error) {
    if (host.signal.aborted) return 'stopped';
    if (error instanceof PromptAborted) return error.reason === 'end' ? 'declined' : 'stopped';
    throw error;
  }
};

const wayOf = (ended: number | string): string => (typeof ended === 'number' ? `exit code ${ended}` : ended);

/** Over SSH there is no browser to open. */
const atThisTerminal = (command: SignInCommand, { env }: Pick<Host, 'env'>): SignInCommand =>
  command.args[0] === 'login' && (env['SSH_CONNECTION'] || env['SSH_TTY'])
    ? { args: [...command.args, '--remote'], text: `${command.text} --remote` }
    : command;

const isLogin = ({ args }: SignInCommand): boolean => args[0] === 'login';

/** `aws login` came with 2.32.0, `aws sso login` with version 2. */
const canRun = (cli: AwsCli, command: SignInCommand): cli is Extract<AwsCli, { state: 'found' }> =>
  cli.state === 'found' && (cli.version.major > 2 || (cli.version.major === 2 && (!isLogin(command) || cli.version.minor >= 32)));

const installPage = 'https://aws.amazon.com/cli/';

/** What to do without a suitable AWS CLI. `practice`: the command for the practice account. */
const installRemedy = (cli: AwsCli, command: SignInCommand, practice: string): string => {
  const words = isLogin(command) ? 'aws login' : 'aws sso login';
  const needed = isLogin(command) ? 'AWS CLI 2.32 or newer' : 'AWS CLI version 2';
  const then = `(${installPage}) and run \`${command.text}\`, or run in AWS CloudShell, which is signed in already. To practice without an account, run \`${practice}\`.`;
  if (cli.state === 'missing') return `Install ${needed} ${then}`;
  if (cli.state === 'unknown') return `The program \`aws\` on your PATH does not report its version. Install ${needed} ${then}`;
  const { major, text } = cli.version;
  return major < 2
    ? `Your AWS CLI is ${text}, and version 1 has no \`${words}\`. Remove it and install ${needed} ${then}`
    : `Your AWS CLI is ${text}, which has no \`${words}\` yet. Update it to ${needed} ${then}`;
};
