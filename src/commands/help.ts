import { Help, type Command } from 'commander';

/** Shared flags come last, after the flags of the command itself. */
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
    wrapped('`bootstrap help COMMAND` lists its flags; `bootstrap version` prints the version.'),
    wrapped(
      'Exit codes: 0 success, 1 unexpected error, 2 usage, 3 differs, 4 identity, 5 manual steps remain, 6 not ready (run again), 7 partial.',
    ),
    '',
  ].join('\n');
};

const examples = [
  ['bootstrap init --sandbox', 'try it on a practice account'],
  ['bootstrap init', 'bootstrap the account you are signed in to'],
  ['bootstrap check', 'audit it; changes nothing'],
  ['bootstrap explain mfa.root', 'what a finding means and how to fix it'],
] as const;

/** Adds examples at the top of a command's help. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('before', `${lines.map((line) => `  $ ${line}`).join('\n')}\n`);

/** Shared flags by name only: with descriptions they would push the command's own flags off the screen. */
export const commonShort: Partial<Help> = {
  // commander shows groups in the order in which their first flag was added.
  groupItems: (unsorted, visible, group) => {
    // The help flag is created before there is a group for it.
    const groups = new Help().groupItems(unsorted, visible, (item) => group(item).replace(/^Options:$/, ownFlags));
    const common = groups.get(commonFlags);
    if (common === undefined) return groups;
    groups.delete(commonFlags);
    return groups.set(commonFlags, common);
  },
  formatItemList: (heading, items, help) => {
    if (heading !== commonFlags || items.length === 0) return new Help().formatItemList(heading, [...items], help);
    const width = Math.max(40, help.helpWidth ?? 80) - 2;
    // A flag and its value stay together.
    const text = help.boxWrap(items.map(shortOf).join(' '), width).replaceAll('\u00a0', ' ');
    return ['Common flags (see `bootstrap explain flags`):', ...text.split('\n').map((line) => `  ${line}`), ''];
  },
};

/** The flag of a help item, with its choices in place of a value name. */
const shortOf = (item: string): string => {
  const term = /^ *((?:-\w, )?--.*?)(?: {2}|$)/.exec(item)?.[1] ?? item;
  const choices = new Set([...item.matchAll(/"(\w+)"/g)].map(([, choice]) => choice));
  return (choices.size === 0 ? term : term.replace(/<.*>/, [...choices].join('|'))).replaceAll(' ', '\u00a0');
};

/** The descriptions of the shared flags, formatted as in help. */
export const flagLines = (command: Command, width: number): string => {
  const help = new Help();
  const options = help.visibleOptions(command).filter(({ helpGroupHeading }) => helpGroupHeading === commonFlags);
  const column = Math.max(...options.map((option) => help.optionTerm(option).length)) + 2;
  return options
    .map((option) => {
      const text = help.boxWrap(help.optionDescription(option), Math.max(30, width - column - 2));
      return `  ${help.optionTerm(option).padEnd(column)}${text.replaceAll('\n', `\n${' '.repeat(column + 2)}`)}\n`;
    })
    .join('');
};
