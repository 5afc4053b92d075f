import { Help, type Command } from 'commander';
import type { HelpPage } from './page.js';

/** Shared flags come last, after the flags of the command itself. */
export const commonFlags = 'Common flags:';
export const ownFlags = 'Flags:';

/** Groups of a command with many flags, in the order in which help lists them. */
export const flagGroups = {
  run: 'Run',
  answers: 'Answers',
  secrets: 'Secrets',
  planFiles: 'Plan files',
  advanced: 'Advanced',
} as const;
const common = 'Common';
const inOrder: readonly string[] = [...Object.values(flagGroups), common];

/** Adds examples at the top of a command's help. */
export const withExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('before', `${lines.map((line) => `  $ ${line}`).join('\n')}\n`);

/**
 * Shared flags by name only: with descriptions they would push the command's own flags off the screen. In a command with groups, the
 * flags are to the right of the group's name, and only those of the first group have descriptions.
 */
export const helpLayout: Partial<Help> = {
  subcommandTerm: (command) => command.name(),
  // commander shows groups in the order in which their first flag was added.
  groupItems: (unsorted, visible, group) => {
    const named = new Help().groupItems(unsorted, visible, group);
    // The help flag is created before there is a group for it.
    const helpFlag = named.get('Options:') ?? [];
    named.delete('Options:');
    const shared = named.get(commonFlags);
    if (shared === undefined) return helpFlag.length === 0 ? named : named.set(ownFlags, [...(named.get(ownFlags) ?? []), ...helpFlag]);
    named.delete(commonFlags);
    const last = [...shared, ...helpFlag];
    if (!inOrder.some((heading) => named.has(heading))) return named.set(commonFlags, last);
    named.set(common, last);
    const others = [...named.keys()].filter((heading) => !inOrder.includes(heading));
    return new Map([...others, ...inOrder].flatMap((heading) => (named.has(heading) ? [[heading, named.get(heading) ?? []]] : [])));
  },
  boxWrap: (text) => `\t${text}`,
  formatItem: (term, termWidth, description) => (description === '' ? `  ${term}` : `  ${term.padEnd(termWidth)}  \t${description}`),
  formatItemList: (heading, items, help) => {
    if (inOrder.includes(heading) && items.length > 0) return groupLines(heading, items);
    if (heading !== commonFlags || items.length === 0) return new Help().formatItemList(heading, [...items], help);
    return ['Common flags (see `bootstrap explain flags`):', ['  ', ...items.map(shortOf)].join('\v'), ''];
  },
};

const groupLines = (heading: string, items: readonly string[]): string[] => {
  const column = Math.max(...inOrder.map((name) => name.length)) + 2;
  const start = heading.padEnd(column);
  if (heading === flagGroups.run) return described(items).map((line, index) => (index === 0 ? start : ' '.repeat(column)) + line);
  const line = [start, ...items.map(shortOf)].join('\v');
  return heading === common ? [line, '', '`bootstrap explain flags` describes every flag.', ''] : [line];
};

const described = (items: readonly string[]): readonly string[] => {
  const column = Math.max(...items.map((item) => termOf(item).length)) + 2;
  return items.map((item) => `${termOf(item).padEnd(column)}\t${item.split('\t')[1] ?? ''}`);
};

/** The flag of a help item, with its choices in place of a value name. */
const shortOf = (item: string): string => {
  const term = termOf(item);
  const choices = new Set([...item.matchAll(/"(\w+)"/g)].map(([, choice]) => choice));
  return choices.size === 0 ? term : term.replace(/<.*>/, [...choices].join('|'));
};

const termOf = (item: string): string => (item.split('\t')[0] ?? '').trim();

/**
 * The page of help of every command, by the words of the command. The build stores them, so that help need not load the parser.
 * Afterwards the program prints no help.
 */
export const helpPagesOf = (command: Command, path: readonly string[] = []): Readonly<Record<string, HelpPage>> =>
  Object.assign(
    {},
    ...command.commands.map((sub) => {
      const words = [...path, sub.name()];
      let page = '';
      sub.configureOutput({ writeOut: (text) => (page += text) });
      sub.outputHelp();
      return { [words.join(' ')]: page, ...helpPagesOf(sub, words) };
    }),
  ) as Readonly<Record<string, HelpPage>>;

/** The descriptions of the flags in some groups, formatted as in help. */
export const flagLines = (command: Command, width: number, groups: readonly string[] = [commonFlags]): string => {
  const help = new Help();
  const options = help.visibleOptions(command).filter(({ helpGroupHeading: heading }) => groups.includes(heading ?? commonFlags));
  const column = Math.max(...options.map((option) => help.optionTerm(option).length)) + 2;
  return options
    .map((option) => {
      const text = help.boxWrap(help.optionDescription(option), Math.max(30, width - column - 2));
      return `  ${help.optionTerm(option).padEnd(column)}${text.replaceAll('\n', `\n${' '.repeat(column + 2)}`)}\n`;
    })
    .join('');
};
