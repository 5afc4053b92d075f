/** Pages of help, before and after wrapping. A file of its own, without the parser, so that help starts fast. */

/**
 * A page of help before wrapping. A line is printed as it is, or has a head and what is wrapped to the right of it: the words after a tab,
 * or flags, each after a vertical tab. A flag and its value stay on one line. A long example is continued after a backslash.
 */
export type HelpPage = string;

/** The narrowest column that text is wrapped to. */
const narrowest = 24;

/** The page as it is printed. */
export const renderHelp = (page: HelpPage, width: number): string =>
  page
    .split('\n')
    .map((line) => {
      if (/^ {2}\$ (?!.* {2})/.test(line) && line.length > width)
        return wrapped('  $ ', line.slice(4).split(/ (?=--)/), width - 6).replaceAll('\n', ' \\\n');
      const [head = '', ...flags] = line.split('\v');
      if (flags.length > 0) return wrapped(head, flags, Math.max(narrowest, width) - head.length);
      const [start = '', text] = line.split('\t');
      if (text === undefined) return line;
      const room = width - start.length;
      return room < narrowest ? start + text : wrapped(start, text.split(' '), room);
    })
    .join('\n');

/** A word that is too long has a line of its own. */
const wrapped = (head: string, words: readonly string[], room: number): string => {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return head + lines.join(`\n${' '.repeat(head.length)}`);
};

interface Stream {
  readonly columns?: number | undefined;
}

/** The width of help, in columns. Behind a pager, only stderr is the terminal. */
export const helpWidth = (
  { stdout, stderr }: { readonly stdout: Stream; readonly stderr?: Stream },
  env: Readonly<Record<string, string | undefined>>,
): number => stdout.columns ?? (Number(env['COLUMNS']) || stderr?.columns || 100);

/** The command whose help the command line asks for, if it does nothing else: `keys rotate` of `help keys rotate`. */
export const helpTopic = (argv: readonly string[]): string | undefined => {
  const [first, ...others] = argv;
  const words = first === 'help' ? others : ['--help', '-h'].includes(argv.at(-1) ?? '') ? argv.slice(0, -1) : [];
  return words.length > 0 && words.every((word) => /^[a-z][a-z-]*$/.test(word)) ? words.join(' ') : undefined;
};
