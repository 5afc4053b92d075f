import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Globals, Host } from './app.js';
import type { Override } from './config/override.js';
import { severities } from './core/finding.js';
import { version } from './version.js';

/** The command line: flags to options, options to a command that is loaded when it is called. Returns the exit code. */
export const run = async (host: Host): Promise<number> => {
  let code = 0;
  const program = new Command('bootstrap');
  program
    .description('Takes an AWS account from "just signed up" to "safe to work in", and audits that it stays so.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('beforeAll', '')
    .addHelpText('after', examples)
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the flags)');

  const outcome = (value: Promise<number>): Promise<void> =>
    value.then((result) => {
      code = result;
    });

  const init = withGlobals(program.command('init'), 'table')
    .description('look at the account, plan, ask, apply, and look again')
    .option('-y, --yes', 'approve the plan beforehand (needs --account-id or account.id in the config)')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--detailed-exitcode', 'with --dry-run: exit 3 when something would change')
    .option('--only <steps>', 'run these steps only (repeat, or separate by commas)', collect)
    .option('--skip <steps>', 'leave these steps out', collect)
    .option('--replace-alias', 'replace another alias that the account has; its sign-in URL stops working')
    .option('--replace-profile', 'overwrite an existing profile in the AWS files')
    .option('--secrets-file <file>', 'file for what is secret: password, MFA seed (made readable by you only)');
  for (const { flag, value, text } of valueFlags) init.option(`${flag} <${value}>`, text);
  init.action((options: InitOptions) =>
    outcome(
      (async () => {
        const [{ makeApp }, { runInit }] = await Promise.all([import('./app.js'), import('./commands/init.js')]);
        const overrides = valueFlags.flatMap(({ flag, key, step, path }): Override[] => {
          const value = options[key];
          return typeof value === 'string' ? [{ step, path, value, flag }] : [];
        });
        return runInit(
          {
            yes: options.yes === true,
            dryRun: options.dryRun === true,
            detailedExitcode: options.detailedExitcode === true,
            replaceAlias: options.replaceAlias === true,
            replaceProfile: options.replaceProfile === true,
            overrides,
            ...(options.only === undefined ? {} : { only: options.only }),
            ...(options.skip === undefined ? {} : { skip: options.skip }),
            ...(options.secretsFile === undefined ? {} : { secretsFile: options.secretsFile }),
          },
          makeApp(host, options),
        );
      })(),
    ),
  );

  withGlobals(program.command('check'), 'table')
    .description('audit the account; changes nothing')
    .addOption(new Option('--fail-on <severity>', 'lowest severity that makes the exit code 3').choices(severities).default('high'))
    .option('--strict', 'count what only a person can tell as a failure')
    .option('--only <ids>', 'judge these steps or checks only (repeat, or separate by commas)', collect)
    .option('--skip <ids>', 'leave these steps or checks out', collect)
    .action((options: CheckOptions) =>
      outcome(
        (async () => {
          const [{ makeApp }, { runCheck }] = await Promise.all([import('./app.js'), import('./commands/check.js')]);
          return runCheck(
            {
              failOn: options.failOn,
              strict: options.strict === true,
              ...(options.only === undefined ? {} : { only: options.only }),
              ...(options.skip === undefined ? {} : { skip: options.skip }),
            },
            makeApp(host, options),
          );
        })(),
      ),
    );

  const sandbox = program.command('sandbox').description('the practice account: a strict AWS for trying things out, kept in a file');
  const sandboxAction = async (options: SandboxOptions, what: 'serve' | 'show' | 'reset'): Promise<number> => {
    const [{ makeApp }, commands] = await Promise.all([import('./app.js'), import('./commands/sandbox.js')]);
    return commands.runSandbox(what, { port: options.port ?? 0 }, makeApp(host, { ...options, sandbox: true }));
  };
  withGlobals(sandbox.command('serve'), 'table')
    .description('answer the AWS CLI, boto3 and other clients on a loopback port, until Ctrl-C')
    .option('--port <port>', 'port to listen on; a free one when absent', portNumber)
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'serve')));
  withGlobals(sandbox.command('show'), 'table')
    .description('print what the practice account holds, without its secrets')
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'show')));
  withGlobals(sandbox.command('reset'), 'table')
    .description('empty the practice account')
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'reset')));

  quietly(program, host);
  try {
    await program.parseAsync([...host.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return await usageError(host, error);
  }
  return code;
};

type InitOptions = Globals & {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly detailedExitcode?: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly replaceAlias?: boolean;
  readonly replaceProfile?: boolean;
  readonly secretsFile?: string;
  readonly adminUser?: string;
  readonly alias?: string;
  readonly budget?: string;
  readonly email?: string;
};
type CheckOptions = Globals & {
  readonly failOn: (typeof severities)[number];
  readonly strict?: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
};
type SandboxOptions = Globals & { readonly port?: number };

/** One flag per question; each sets one place of the config. */
const valueFlags = [
  { flag: '--admin-user', key: 'adminUser', value: 'name', step: 'admin-user', path: 'name', text: 'user name of the administrator' },
  { flag: '--alias', key: 'alias', value: 'name', step: 'alias', path: 'name', text: 'account alias' },
  { flag: '--budget', key: 'budget', value: 'limit', step: 'budget', path: 'limit', text: 'monthly cost limit, e.g. "10 USD"' },
  { flag: '--email', key: 'email', value: 'address', step: 'budget', path: 'subscribers.0', text: 'address that gets the budget alerts' },
] as const;

const examples = `
Examples:
  $ bootstrap init --sandbox                      try it all on a practice account
  $ bootstrap init                                bootstrap the account you are signed in to
  $ bootstrap init --config bootstrap.yaml --account-id 123456789012 --yes
  $ bootstrap check --output json                 audit, for a script

Exit codes: 0 as wanted, 1 unexpected, 2 usage, 3 differs, 4 identity, 5 something is left to do by hand,
6 not ready (run again), 7 partial.
`;

const withGlobals = (command: Command, output: string): Command =>
  command
    .option('--profile <name>', 'profile of the AWS files to sign in with')
    .option('--region <region>', 'AWS region; decides the partition')
    .option('--account-id <id>', 'the account this is meant for; any other is refused')
    .option('--config <file>', 'config file (default: bootstrap.yaml of this folder, if there)')
    .addOption(new Option('--output <format>', 'format of the result').choices(['table', 'json']).default(output))
    .option('--output-file <file>', 'write the result to a file instead of stdout')
    .option('--no-input', 'never ask anything')
    .option('--no-color', 'no colours')
    .option('--accessible', 'no spinner and no symbols, for screen readers')
    .option('--quiet', 'only the result and errors')
    .option('--debug', 'print every request to AWS (never its secrets)')
    .option('--endpoint-url <url>', 'send requests to this endpoint (https, or loopback)')
    .option('--ca-bundle <file>', 'certificates to trust')
    .option('--timeout <seconds>', 'limit of each request', seconds)
    .option('--sandbox', 'use the practice account')
    .option('--sandbox-file <file>', 'file that keeps the practice account (implies --sandbox)');

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError('Give a number of seconds between 0 and 3600.');
  return value;
};

const portNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('Give a port between 0 and 65535.');
  return value;
};

/** commander would write and exit by itself; both are main's to do. */
const quietly = (command: Command, host: Host): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => host.stdout.write(text),
    // Usage errors are written once, by usageError.
    writeErr: () => {},
    getOutHelpWidth: () => host.stdout.columns ?? (Number(host.env['COLUMNS']) || 100),
    getOutHasColors: () => false,
  });
  for (const child of command.commands) quietly(child, host);
};

/** What commander found wrong, in our shape and with our exit code; as a document when `--output json` was asked for. */
const usageError = async (host: Host, error: CommanderError): Promise<number> => {
  const { BootstrapError } = await import('./core/error.js');
  const help = error.code === 'commander.help';
  const message = help ? 'No command was given.' : error.message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase());
  const told = new BootstrapError({ code: 'E-USAGE', exit: 2, message, next: 'Look at `bootstrap --help`, or at --help after a command.' });
  const { argv } = host;
  const json = argv.includes('--output=json') || argv[argv.indexOf('--output') + 1] === 'json';
  if (json && argv.includes('--output') || argv.includes('--output=json')) {
    const [{ failedReport }, { renderJson }] = await Promise.all([import('./commands/frame.js'), import('./report/json.js')]);
    const frame = { command: argv[0] === 'init' ? 'init' : 'check', startedAt: host.clock.now(), now: host.clock.now } as const;
    host.stdout.write(renderJson(failedReport(frame, told, { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } })));
  } else {
    host.stderr.write(`${told.message}\n${told.next}\n`);
  }
  return 2;
};
