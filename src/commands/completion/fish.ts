import { type Completable, type CompletableFlag, names, quoted, type Values } from './completable.js';

/** One `complete` line for each command, flag and argument. */
export const fishScript = (commands: readonly Completable[]): string => `# fish completion for bootstrap
# Whether the words typed so far name exactly this command.
function __bootstrap_at
    set -l words (commandline -opc)
    set -l found
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${[...new Set(commands.flatMap(({ flags }) => flags.filter(({ value }) => value !== undefined).flatMap((flag) => flag.names)))].join(' ')}
                set skip 1
            case '-*'
            case '*'
                contains -- (string join / $found $word) ${commands
                  .filter(({ path }) => path.length > 0)
                  .map(({ path }) => path.join('/'))
                  .join(' ')}
                and set found $found $word
        end
    end
    set -l at (string join / $found)
    test "$at" = "$argv[1]"
end

${names.flatMap((name) => [`complete -c ${name} -e`, `complete -c ${name} -f`, ...commands.flatMap((command) => linesOf(name, command))]).join('\n')}
`;

const linesOf = (name: string, { path, flags, commands, argument }: Completable): readonly string[] => {
  const lead = `complete -c ${name} -n ${quoted(`__bootstrap_at "${path.join('/')}"`)}`;
  return [
    ...commands.map((one) => `${lead} -a ${one.name} -d ${quoted(one.about)}`),
    ...flags.map((flag) => `${lead} ${flagWords(flag)}`),
    ...(argument.kind === 'free' ? [] : [`${lead} ${valueWords(argument)}`]),
  ];
};

const flagWords = ({ names: called, about, value }: CompletableFlag): string =>
  [
    ...called.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
    ...(value === undefined ? [] : [value.kind === 'file' ? '-r -F' : `-x ${valueWords(value)}`.trim()]),
    `-d ${quoted(about)}`,
  ].join(' ');

const valueWords = (value: Values): string => {
  if (value.kind === 'file') return '-F';
  return value.kind === 'free' ? '' : `-a ${quoted(value.words.join(' '))}`;
};
