import { Help, type Command } from 'commander';

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
  formatItemList: (heading, items, help) => {
    const width = Math.max(40, help.helpWidth ?? 80);
    if (inOrder.includes(heading) && items.length > 0) return groupLines(heading, items, width);
    if (heading !== commonFlags || items.length === 0) return new Help().formatItemList(heading, [...items], help);
    const text = flagNames(items, width - 2);
    return ['Common flags (see `bootstrap explain flags`):', ...text.map((line) => `  ${line}`), ''];
  },
};

const groupLines = (heading: string, items: readonly string[], width: number): string[] => {
  const column = Math.max(...inOrder.map((name) => name.length)) + 2;
  const lines = heading === flagGroups.run ? described(items, width - column) : flagNames(items, width - column);
  const group = lines.map((line, index) => (index === 0 ? heading : '').padEnd(column) + line);
  return heading === common ? [...group, '', '`bootstrap explain flags` describes every flag.', ''] : group;
};

/** Flags by name only. A flag and its value stay on one line. */
const flagNames = (items: readonly string[], width: number): readonly string[] => {
  const lines: string[] = [];
  for (const flag of items.map(shortOf)) {
    const longer = `${lines.at(-1) ?? ''} ${flag}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(flag);
  }
  return lines;
};

const described = (items: readonly string[], width: number): readonly string[] => {
  const flags = items.map((item) => {
    const term = termOf(item);
    return { term, text: item.trim().slice(term.length).trim().replaceAll(/\s+/g, ' ') };
  });
  const column = Math.max(...flags.map(({ term }) => term.length)) + 2;
  return flags.flatMap(({ term, text }) =>
    new Help()
      .boxWrap(text, Math.max(20, width - column))
      .split('\n')
      .map((line, index) => (index === 0 ? term : '').padEnd(column) + line),
  );
};

/** The flag of a help item, with its choices in place of a value name. */
const shortOf = (item: string): string => {
  const term = termOf(item);
  const choices = new Set([...item.matchAll(/"(\w+)"/g)].map(([, choice]) => choice));
  return choices.size === 0 ? term : term.replace(/<.*>/, [...choices].join('|'));
};

const termOf = (item: string): string => /^ *((?:-\w, )?--.*?)(?: {2}|$)/.exec(item)?.[1] ?? item;

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
