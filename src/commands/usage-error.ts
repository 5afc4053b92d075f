import type { Command, CommanderError } from 'commander';
import { BootstrapError } from '../core/errors.js';
import { plain, shellWord } from '../core/text.js';
import type { App, Host } from '../run/app.js';
import { resultFormats } from './flags.js';

/** The commands whose documents are reports of one shape; a command that does not exist may be one of them. */
const reporting: readonly (string | undefined)[] = ['init', 'check', 'undo', 'report', undefined];
const documents: readonly string[] = resultFormats.slice(1);

/** Prints an error of commander in our shape and with our exit code; as a document if the format is one for programs. */
export const usageError = async (host: Host, error: CommanderError, commands: readonly Command[]): Promise<number> => {
  const names = commands.map((command) => command.name());
  const [first] = names;
  const usage = usageOf(error, commands);
  const line = partsOf(host.argv);
  const reports = reporting.includes(first);
  if (line.output === 'json' && !reports) {
    const [{ documentHead }, { failureOf }, { jsonText }] = await Promise.all([
      import('../run/offline.js'),
      import('../run/end.js'),
      import('../run/output.js'),
    ]);
    host.stdout.write(jsonText({ ...documentHead(names.join(' '), 2), error: failureOf(usage).error }));
    return 2;
  }
  if (!reports || !documents.includes(line.output)) {
    host.stderr.write(`${plain(usage.message)}\n${plain(usage.next)}\n`);
    return 2;
  }
  const [{ failedReport, failureOf }, { printReport }] = await Promise.all([import('../run/end.js'), import('../run/output.js')]);
  const command = first === 'init' || first === 'undo' ? first : 'check';
  const frame = { command, startedAt: host.clock.now(), now: host.clock.now } as const;
  const report = failedReport(frame, failureOf(usage), { target: 'aws', account: null, apiCalls: { total: 0, writes: 0 } });
  return printReport(await appOf(host, first === undefined ? { ...line, outputFile: undefined } : line), report);
};

const usageOf = (error: CommanderError, commands: readonly Command[]): BootstrapError => {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\n\((Did you mean .+\?)\)$/, '. $1')
    .replace(/^./, (first) => first.toUpperCase())
    .replace(/[^.?]$/, '$&.');
  const flag = error.code === 'commander.excessArguments' ? flagInstead(commands.at(-1)) : '';
  const help = ['bootstrap help', ...commands.map((command) => command.name())].join(' ');
  return new BootstrapError({ code: 'E-USAGE', message, next: `${flag}Run \`${help}\`.` });
};

/** How to print, as far as a command line with an error shows it. */
interface CommandLine {
  readonly output: string;
  readonly color: boolean;
  readonly outputFile: string | undefined;
  /** The other words. */
  readonly words: readonly string[];
}

const partsOf = (argv: readonly string[]): CommandLine => {
  const words = argv.flatMap((word) => /^(-[\w-]+)=(.*)$/s.exec(word)?.slice(1) ?? word);
  const formatAt = words.findLastIndex((word) => ['--output', '-o', '--json'].includes(word));
  const output = words[formatAt] === '--json' ? 'json' : (words[formatAt < 0 ? words.length : formatAt + 1] ?? 'table');
  const color = !words.includes('--no-color');
  const fileAt = words.lastIndexOf('--output-file');
  if (fileAt < 0) return { output, color, outputFile: undefined, words };
  return { output, color, outputFile: words[fileAt + 1], words: words.toSpliced(fileAt, 2) };
};

/** Prints to the file if it can be written. The other words of the command line may name a file that the run reads. */
const appOf = async (host: Host, { output, color, outputFile, words }: CommandLine): Promise<App> => {
  const [{ makeApp }, { reserveOutput }] = await Promise.all([import('../run/app.js'), import('../run/output.js')]);
  const globals = { output, color, input: false };
  const onStdout = makeApp(host, globals);
  if (outputFile === undefined) return onStdout;
  const toFile = makeApp(host, { ...globals, outputFile });
  return reserveOutput(toFile, words).then(
    () => toFile,
    () => onStdout,
  );
};

/** The flag that a word without one may belong to, as a question. Empty if the command has no such flag. */
const flagInstead = (command: Command | undefined): string => {
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
