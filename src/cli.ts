import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import type { Globals, Host } from './app.js';
import type { Override } from './config/override.js';
import { declareCompletion, declareConfig, declareExplain } from './commands/declare-offline.js';
import { commonFlags, commonLast, ownFlags, rootHelp, withExamples } from './commands/help.js';
import { severities } from './core/finding.js';
import type { KeyVerb } from './core/keys.js';
import { version } from './version.js';

/** The command line: flags to options, options to a command that is loaded when it is called. Returns the exit code. */
export const run = async (host: Host): Promise<number> => {
  let code = 0;
  const program = makeProgram(host, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...host.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return await usageError(host, error);
  }
  return code;
};

/** Every command with its flags, as the help, the parser and the completion scripts know them. */
export const makeProgram = (host: Host, done: (code: number) => void): Command => {
  const program = new Command('bootstrap');
  const rootWidth = (): number => host.stdout.columns ?? (Number(host.env['COLUMNS']) || 100);
  program
    .description('Takes an AWS account from "just signed up" to "safe to work in", and audits that it stays so.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({
      ...commonLast,
      formatHelp: (command, help) =>
        command === program ? rootHelp(program, rootWidth()) : new Help().formatHelp.call(help, command, help),
    })
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the flags)');

  const outcome = async (value: Promise<number>): Promise<void> => {
    done(await value);
  };

  const init = withGlobals(program.command('init'), resultFormats)
    .description('look at the account, plan, ask, apply, and look again')
    .option('-y, --yes', 'approve the plan beforehand (needs --account-id or account.id in the config)')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--detailed-exitcode', 'with --dry-run: exit 3 when something would change')
    .option('--replace-alias', 'replace another alias that the account has; its sign-in URL stops working')
    .option('--replace-profile', 'overwrite an existing profile in the AWS files');
  withExamples(
    withChoices(init),
    'bootstrap init --sandbox',
    'bootstrap init --admin-user alex --alias acme-prod --email ops@example.com --dry-run',
    'bootstrap init --config bootstrap.yaml --account-id 123456789012 --yes --secrets-file ./secrets.json',
  );
  init.action((options: InitOptions) =>
    outcome(
      (async () => {
        const [{ makeApp }, { runInit }] = await Promise.all([import('./app.js'), import('./commands/init.js')]);
        return runInit(
          {
            yes: options.yes === true,
            dryRun: options.dryRun === true,
            detailedExitcode: options.detailedExitcode === true,
            replaceAlias: options.replaceAlias === true,
            replaceProfile: options.replaceProfile === true,
            overrides: overridesOf(options),
            ...(options.only === undefined ? {} : { only: options.only }),
            ...(options.skip === undefined ? {} : { skip: options.skip }),
            ...(options.secretsFile === undefined ? {} : { secretsFile: options.secretsFile }),
            ...(options.secretCommand === undefined ? {} : { secretCommand: options.secretCommand }),
            ...(options.encryptTo === undefined ? {} : { encryptTo: options.encryptTo }),
            ...(options.showSecrets === undefined ? {} : { showSecrets: options.showSecrets }),
          },
          makeApp(host, options),
        );
      })(),
    ),
  );

  const check = withGlobals(program.command('check'), resultFormats);
  withExamples(check, 'bootstrap check', 'bootstrap check --only mfa,alias', 'bootstrap check --output sarif --output-file check.sarif')
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

  const offlineTools = { host, ended: outcome, withGlobals, withOutput, withChoices, overridesOf };
  declareExplain(program, offlineTools);
  declareConfig(program, offlineTools);

  const report = program.command('report').argument('<file>', 'a result that --output json wrote; - reads it from stdin');
  withOutput(report, resultFormats)
    .description('show a saved result again, in any format; asks AWS nothing')
    .option('--config <file>', 'config file that SARIF points into (default: bootstrap.yaml)')
    .action((file: string, options: Globals) =>
      outcome(
        (async () => {
          const [{ makeApp }, { runReport }] = await Promise.all([import('./app.js'), import('./commands/report.js')]);
          return runReport(file, makeApp(host, { ...options, input: false }));
        })(),
      ),
    );

  const keys = program.command('keys').description('access keys: list, rotate, disable, enable, delete');
  const keysAction = async (options: KeysOptions, verb: KeyVerb): Promise<number> => {
    const [{ makeApp }, { runKeys }] = await Promise.all([import('./app.js'), import('./commands/keys.js')]);
    const { user, key, profileToWrite, secretsFile } = options;
    return runKeys(
      {
        verb,
        yes: options.yes === true,
        deleteInactive: options.deleteInactive === true,
        evenIfActive: options.evenIfActive === true,
        root: options.root === true,
        all: options.all === true,
        ...(user === undefined ? {} : { user }),
        ...(key === undefined ? {} : { key }),
        ...(profileToWrite === undefined ? {} : { profileToWrite }),
        ...(secretsFile === undefined ? {} : { secretsFile }),
      },
      makeApp(host, options),
    );
  };
  const keyCommand = (verb: KeyVerb, description: string, change: boolean): Command => {
    const command = withGlobals(keys.command(verb), plainFormats)
      .description(description)
      .option('--user <name>', verb === 'list' ? 'keys of this user only' : 'user whose key it is (default: you, when you are a user)');
    if (change) {
      command.option('--key <id>', 'the access key, by its id');
      command.option('-y, --yes', 'approve it beforehand (needs --account-id or account.id in the config)');
    }
    return command.action((options: KeysOptions) => outcome(keysAction(options, verb)));
  };
  const secretsFileText = 'file for secrets (made readable by you only)';
  keyCommand('list', 'every access key: age, last use, where its secret is', false).option('--secrets-file <file>', secretsFileText);
  keyCommand('rotate', 'make, store and prove a new key, then switch the old one off; run again to go on after a stop', true)
    .option('--profile-to-write <name>', 'profile for the new key, when the old one is in none')
    .option('--secrets-file <file>', secretsFileText)
    .option('--delete-inactive', 'delete a second key that is switched off, to make room');
  keyCommand('disable', 'switch a key off; it can be switched on again', true);
  keyCommand('enable', 'switch a key on', true);
  keyCommand('delete', 'delete a key that is switched off', true)
    .option('--even-if-active', 'delete it although it is active')
    .option('--root', "root's own keys; for root alone")
    .option('--all', 'with --root: all of them');

  const sandbox = program.command('sandbox').description('the practice account: a strict AWS in a file, to try things out');
  const sandboxAction = async (options: SandboxOptions, what: 'serve' | 'show' | 'reset'): Promise<number> => {
    const [{ makeApp }, commands] = await Promise.all([import('./app.js'), import('./commands/sandbox.js')]);
    return commands.runSandbox(what, { port: options.port ?? 0 }, makeApp(host, { ...options, sandbox: true }));
  };
  withGlobals(sandbox.command('serve'), plainFormats)
    .description('answer the AWS CLI, boto3 and other clients on a loopback port, until Ctrl-C')
    .option('--port <port>', 'port to listen on; a free one when absent', portNumber)
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'serve')));
  withGlobals(sandbox.command('show'), plainFormats)
    .description('print what the practice account holds, without its secrets')
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'show')));
  withGlobals(sandbox.command('reset'), plainFormats)
    .description('empty the practice account')
    .action((options: SandboxOptions) => outcome(sandboxAction(options, 'reset')));

  declareCompletion(program, offlineTools);

  quietly(program, host);
  return program;
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
  readonly secretCommand?: string;
  readonly encryptTo?: readonly string[];
  readonly showSecrets?: boolean;
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
type KeysOptions = Globals & {
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
type SandboxOptions = Globals & { readonly port?: number };

/** One flag per question; each sets one place of the config. */
const valueFlags = [
  { flag: '--admin-user', key: 'adminUser', value: 'name', step: 'admin-user', path: 'name', text: 'user name of the administrator' },
  { flag: '--alias', key: 'alias', value: 'name', step: 'alias', path: 'name', text: 'account alias' },
  { flag: '--budget', key: 'budget', value: 'limit', step: 'budget', path: 'limit', text: 'monthly cost limit, e.g. "10 USD"' },
  { flag: '--email', key: 'email', value: 'address', step: 'budget', path: 'subscribers.0', text: 'address that gets the budget alerts' },
] as const;

/** Which steps, with which values, and where secrets go. */
const withChoices = (command: Command): Command => {
  command
    .option('--only <steps>', 'run these steps only (repeat, or separate by commas)', collect)
    .option('--skip <steps>', 'leave these steps out', collect)
    .option('--secrets-file <file>', 'file for what is secret: password, MFA seed (made readable by you only)')
    .option('--secret-command <cmd>', 'program that gets each secret as JSON on its stdin (no shell reads the command)')
    .option('--encrypt-to <recipient>', 'write secrets to a new file, encrypted to this recipient of age (repeatable)', collect)
    .option('--show-secrets', 'show each secret once, at a terminal');
  for (const { flag, value, text } of valueFlags) command.option(`${flag} <${value}>`, text);
  return command;
};

const overridesOf = (options: object): readonly Override[] =>
  valueFlags.flatMap(({ flag, key, step, path }): Override[] => {
    const value: unknown = Reflect.get(options, key);
    return typeof value === 'string' ? [{ step, path, value, flag }] : [];
  });

const resultFormats = ['table', 'json', 'jsonl', 'markdown', 'junit', 'sarif', 'csv'] as const;
const plainFormats = ['table', 'json'] as const;

const withGlobals = (command: Command, formats: readonly string[]): Command =>
  withOutput(command, formats)
    .optionsGroup(commonFlags)
    .option('--profile <name>', 'profile of the AWS files to sign in with')
    .option('--region <region>', 'AWS region; decides the partition')
    .option('--account-id <id>', 'the account this is meant for; any other is refused')
    .option('--config <file>', 'config file (default: bootstrap.yaml of this folder, if there)')
    .option('--no-input', 'never ask anything')
    .option('--debug', 'print every request to AWS (never its secrets)')
    .option('--endpoint-url <url>', 'send requests to this endpoint (https, or loopback)')
    .option('--ca-bundle <file>', 'certificates to trust')
    .option('--timeout <seconds>', 'limit of each request', seconds)
    .option('--sandbox', 'use the practice account')
    .option('--sandbox-file <file>', 'file that keeps the practice account (implies --sandbox)')
    .optionsGroup(ownFlags);

const withOutput = (command: Command, formats: readonly string[]): Command =>
  command
    .optionsGroup(commonFlags)
    .addOption(new Option('--output <format>', 'format of the result').choices(formats).default(formats[0]))
    .option('--output-file <file>', 'write the result to a file instead of stdout')
    .option('--no-color', 'no colours')
    .option('--accessible', 'no spinner and no symbols, for screen readers')
    .option('--quiet', 'only the result and errors')
    .optionsGroup(ownFlags);

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
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // Usage errors are written once, by usageError.
      writeErr: () => {},
      getOutHelpWidth: () => host.stdout.columns ?? (Number(host.env['COLUMNS']) || 100),
      getOutHasColors: () => false,
    });
  for (const child of command.commands) quietly(child, host);
};

/** What commander found wrong, in our shape and with our exit code; as a document when a format for programs was asked for. */
const usageError = async (host: Host, error: CommanderError): Promise<number> => {
  const { BootstrapError } = await import('./core/error.js');
  const help = error.code === 'commander.help';
  const message = help ? 'No command was given.' : error.message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase());
  const told = new BootstrapError({ code: 'E-USAGE', exit: 2, message, next: 'Look at `bootstrap --help`, or at --help after a command.' });
  const { argv } = host;
  const at = argv.findLastIndex((word) => word === '--output' || word.startsWith('--output='));
  const format = argv[at]?.split('=')[1] ?? (at < 0 ? 'table' : (argv[at + 1] ?? 'table'));
  const { rendererOf } = await import('./report/formats.js');
  const render = rendererOf(format);
  if (render) {
    const [{ failedReport }, { steps, titles }] = await Promise.all([import('./commands/frame.js'), import('./steps/index.js')]);
    const frame = { command: argv[0] === 'init' ? 'init' : 'check', startedAt: host.clock.now(), now: host.clock.now } as const;
    const report = failedReport(frame, told, { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } });
    host.stdout.write(render(report, { words: { titles }, catalogue: steps.flatMap((step) => step.findings) }));
  }
  if (!render || format === 'csv') host.stderr.write(`${told.message}\n${told.next}\n`);
  return 2;
};
