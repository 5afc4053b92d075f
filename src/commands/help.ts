import { Help, type Command } from 'commander';

/** Flags that every command has stand last: what a command is about comes first. */
export const commonFlags = 'Common flags:';
export const ownFlags = 'Flags:';

/** The first page: examples, then the commands. Fits a screen of 24 lines at 80 columns. */
export const rootHelp = (program: Command, width: number): string => {
  const column = Math.max(...program.commands.map((command) => command.name().length)) + 4;
  const help = new Help();
  const wrapped = (text: string, indent = 0): string =>
    help.boxWrap(text, Math.max(40, width - indent)).replaceAll('\n', `\n${' '.repeat(indent)}`);
  return [
    ...examples.map(([command, text]) => `  $ ${command.padEnd(30)}${text}`),
    '',
    wrapped(program.description()),
    '',
    ...program.commands.map((command) => `  ${command.name().padEnd(column - 2)}${wrapped(command.description(), column)}`),
    '',
    wrapped('--help after a command lists its flags; --version (-V) prints the version.'),
    wrapped(
      'Exit codes: 0 as wanted, 1 unexpected, 2 usage, 3 differs, 4 identity, 5 something is left to do by hand, 6 not ready (run again), 7 partial.',
    ),
    '',
  ].join('\n');
};

const examples = [
  ['bootstrap init --sandbox', 'try it all on a practice account'],
  ['bootstrap init', 'bootstrap the account you are signed in to'],
  ['bootstrap check', 'audit it; changes nothing'],
  ['bootstrap explain mfa.root', 'what a finding means, and how to mend it'],
] as const;

/** Examples before everything else in the help of a command. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('before', `${lines.map((line) => `  $ ${line}`).join('\n')}\n`);

/** commander shows groups in the order in which their first flag was added. */
export const commonLast: Partial<Help> = {
  groupItems: (unsorted, visible, group) => {
    // The flag for help is made before there is a group to put it into.
    const groups = new Help().groupItems(unsorted, visible, (item) => group(item).replace(/^Options:$/, ownFlags));
    const common = groups.get(commonFlags);
    if (common === undefined) return groups;
    groups.delete(commonFlags);
    return groups.set(commonFlags, common);
  },
};
