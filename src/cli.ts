import { Command, CommanderError, Help } from 'commander';
import { declareAccounts } from './commands/accounts/flags.js';
import { declareCheck } from './commands/check/flags.js';
import { addExamples, type Declare } from './commands/flags.js';
import { helpLayout } from './help/layout.js';
import { declareInit } from './commands/init/flags.js';
import { declareKeys } from './commands/keys/flags.js';
import { declareCompletion } from './commands/completion/flags.js';
import { declareConfig } from './commands/config/flags.js';
import { declareExplain } from './commands/explain/flags.js';
import { declareReport } from './commands/report/flags.js';
import { declarePolicy } from './commands/policy/flags.js';
import { declareUndo } from './commands/undo/flags.js';
import { declareSandbox } from './commands/sandbox/flags.js';
import { type HelpPage, helpTopic, helpWidth, renderHelp } from './help/page.js';
import { about, asksForRootHelp, type CommandName, commandTitles, rootHelp } from './help/first-page.js';
import type { Host } from './run/app.js';
import { version } from './version.js';

/** The command line: flags to options, options to a command that is loaded when it is called. Returns the exit code. */
export const run = async (host: Host): Promise<number> => {
  if (asksForRootHelp(host.argv)) {
    host.stdout.write(rendered(rootHelp, host));
    return 0;
  }
  let code = 0;
  const argv = spelledOut(host.argv);
  const program = makeProgram(
    host,
    (result) => {
      code = result;
    },
    argv[0],
  );
  const words = helpTopic(argv)?.split(' ') ?? [];
  const named = commandsNamed(program, words.length > 0 ? words : argv);
  try {
    // The parser would answer `keys rotat --help` with the help of `keys`.
    const isUnknown = words.length > named.length && (named.at(-1) ?? program).commands.length > 0;
    await program.parseAsync([...(isUnknown ? words : argv)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') {
      // A group of commands was named, and none of them.
      host.stderr.write(rendered((named[0] ?? program).helpInformation(), host));
      return 2;
    }
    const { usageError } = await import('./commands/usage-error.js');
    return await usageError(host, error, named);
  }
  return code;
};

/** The commands at the start of a command line, from the outermost: `keys` and `rotate`. */
const commandsNamed = (program: Command, [word, ...rest]: readonly string[]): readonly Command[] => {
  const command = program.commands.find((one) => one.name() === word);
  return command === undefined ? [] : [command, ...commandsNamed(command, rest)];
};

/** `help` and `version` are commands to people, and flags to the parser. */
const spelledOut = (argv: readonly string[]): readonly string[] => {
  const [first, ...rest] = argv;
  if (first === 'help') return isCommand(rest[0]) ? [...rest, '--help'] : rest;
  return first === 'version' ? ['--version', ...rest] : argv;
};

/** Every command with its flags, for help, parser and completion; fewer if the first word shows that the others are not needed. */
export const makeProgram = (host: Host, done: (code: number) => void, first?: string): Command => {
  const program = new Command('bootstrap');
  program
    .description(about)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({
      ...helpLayout,
      formatHelp: (command, help) => (command === program ? rootHelp : new Help().formatHelp.call(help, command, help)),
    })
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the flags)');

  const ended = async (code: Promise<number>): Promise<void> => {
    done(await code);
  };
  // Declaring the flags of the other commands would take most of the time until the first line of help. Completion needs all of them.
  const only = first !== 'completion' && isCommand(first) ? declared[first] : undefined;
  for (const declare of only === undefined ? Object.values(declared) : [only]) declare(program, { host, ended });
  for (const command of program.commands) command.description(commandTitles[command.name() as CommandName]);
  program.hook('preAction', (_, command) => refuseOptions(command));
  addExamples(program);
  quietly(program, host);
  return program;
};

const declared: Readonly<Record<CommandName, Declare>> = {
  init: declareInit,
  check: declareCheck,
  keys: declareKeys,
  accounts: declareAccounts,
  explain: declareExplain,
  config: declareConfig,
  policy: declarePolicy,
  undo: declareUndo,
  report: declareReport,
  sandbox: declareSandbox,
  completion: declareCompletion,
};
const isCommand = (word: string | undefined): word is CommandName => word !== undefined && Object.hasOwn(declared, word);

/** What the parser accepts and no command can use. */
const refuseOptions = (command: Command): void => {
  const isEmpty = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(isEmpty) : typeof value === 'string' && value.trim() === '';
  const empty = command.options.find((option) => isEmpty(command.getOptionValue(option.attributeName())));
  if (empty !== undefined) command.error(`Option '${empty.flags}' is empty.`);
  const output: unknown = command.getOptionValue('output');
  if (command.getOptionValue('json') === true && output !== 'json') command.error(`Use either '--json' or '--output ${String(output)}'.`);
};

/** Keeps commander from writing and exiting by itself: main does both. */
const quietly = (command: Command, host: Host): void => {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => host.stdout.write(rendered(text, host)),
      // Usage errors are written once, by usageError.
      writeErr: () => {},
      getOutHasColors: () => false,
    });
  for (const child of command.commands) quietly(child, host);
};

const rendered = (page: HelpPage, host: Host): string => renderHelp(page, helpWidth(host, host.env));
