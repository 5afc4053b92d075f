import { Command, CommanderError, Help } from 'commander';
import { declareAccounts } from './commands/accounts/flags.js';
import { declareCheck } from './commands/check/flags.js';
import { addExamples, type Declare, resultFormats } from './commands/flags.js';
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

/** The commands whose documents are reports of one shape; a command that does not exist may be one of them. */
const reporting: readonly (string | undefined)[] = ['init', 'check', 'undo', 'report', undefined];

/**
 * Prints an error of commander in our shape and with our exit code; as a document if the format is one for programs. The flags are read as far
 * as a command line with an error shows them.
 */
const usageError = async (host: Host, error: CommanderError, commands: readonly Command[]): Promise<number> => {
  const named = commands.map((command) => command.name());
  const [{ BootstrapError }, { plain, shellWord }] = await Promise.all([import('./core/errors.js'), import('./core/text.js')]);
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\n\((Did you mean .+\?)\)$/, '. $1')
    .replace(/^./, (first) => first.toUpperCase())
    .replace(/[^.?]$/, '$&.');
  const flag = error.code === 'commander.excessArguments' ? flagInstead(commands.at(-1), shellWord) : '';
  const usage = new BootstrapError({ code: 'E-USAGE', message, next: `${flag}Run \`${['bootstrap help', ...named].join(' ')}\`.` });
  const [first] = named;
  const words = host.argv.flatMap((word) => /^(-[\w-]+)=(.*)$/s.exec(word)?.slice(1) ?? word);
  const formatAt = words.findLastIndex((word) => ['--output', '-o', '--json'].includes(word));
  const format = words[formatAt] === '--json' ? 'json' : formatAt < 0 ? 'table' : words[formatAt + 1];
  if (format === 'json' && !reporting.includes(first)) {
    const [{ documentHead }, { failureOf }, { jsonText }] = await Promise.all([
      import('./run/offline.js'),
      import('./run/end.js'),
      import('./run/output.js'),
    ]);
    host.stdout.write(jsonText({ ...documentHead(named.join(' '), 2), error: failureOf(usage).error }));
    return 2;
  }
  if (format === undefined || !reporting.includes(first) || !documents.includes(format)) {
    host.stderr.write(`${plain(usage.message)}\n${plain(usage.next)}\n`);
    return 2;
  }
  const [{ failedReport, failureOf }, { makeApp }, { printReport, reserveOutput }] = await Promise.all([
    import('./run/end.js'),
    import('./run/app.js'),
    import('./run/output.js'),
  ]);
  const globals = { output: format, color: !words.includes('--no-color'), input: false };
  const fileAt = first === undefined ? -1 : words.lastIndexOf('--output-file');
  const outputFile = fileAt < 0 ? undefined : words[fileAt + 1];
  const onStdout = makeApp(host, globals);
  const toFile = outputFile === undefined ? onStdout : makeApp(host, { ...globals, outputFile });
  // What else the command line names may be a file that the run reads.
  const app = await reserveOutput(toFile, words.toSpliced(fileAt, 2)).then(
    () => toFile,
    () => onStdout,
  );
  const frame = {
    command: first === 'init' || first === 'undo' ? first : 'check',
    startedAt: host.clock.now(),
    now: host.clock.now,
  } as const;
  return printReport(app, failedReport(frame, failureOf(usage), { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } }));
};

/** The flag that a word without one may belong to, as a question. Empty if the command has no such flag. */
const flagInstead = (command: Command | undefined, shellWord: (word: string) => string): string => {
  const [word] = command?.args ?? [];
  if (command === undefined || word === undefined || command.registeredArguments.length > 0) return '';
  const has = (long: string) => command.options.find((option) => option.long === long);
  if (has(`--${word}`)?.required === false) return `Did you mean \`--${word}\`? `;
  const found = wordFlags.find(([flag, form]) => has(flag) && form.test(word));
  return found === undefined ? '' : `Did you mean \`${found[0]} ${shellWord(word)}\`? `;
};

/** The form of the words that people pass without a flag; the first that fits. */
const wordFlags: readonly (readonly [flag: string, form: RegExp])[] = [
  ['--key', /^A[KS]IA/],
  ['--id', /^\d{12}$/],
  ['--account-id', /^\d{12}$/],
  ['--email', /@/],
  ['--config', /\.ya?ml$/],
  ['--output-file', /\.ya?ml$/],
  ['--only', /^[a-z.-]+$/],
  ['--user', /./],
  ['--name', /./],
];

const documents: readonly string[] = resultFormats.slice(1);
