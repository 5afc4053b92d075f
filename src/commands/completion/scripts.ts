/** What a shell needs to complete a command. The scripts contain all of it: completion starts no process. */
export interface Completable {
  /** Empty for the program itself; `['config', 'new']`. */
  readonly path: readonly string[];
  readonly about: string;
  readonly flags: readonly CompletableFlag[];
  readonly argument: Values;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
}
export interface CompletableFlag {
  /** `--output`, and a short form such as `-y` if there is one. */
  readonly names: readonly string[];
  readonly about: string;
  /** undefined: takes no value. */
  readonly value: Values | undefined;
}
/** Possible values: one of some words (or several, separated by commas), a file, or free text. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly list: boolean }
  | { readonly kind: 'file' }
  | { readonly kind: 'free' };

/** The names under which the tool is installed. */
export const names = ['bootstrap', 'aws-account-bootstrap'] as const;

/** Text for a script: one line, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * For bash 3.2 (macOS) and newer, with or without the package bash-completion. Bash splits words at `=`, so `--output=json`
 * arrives as three words.
 */
export const bashScript = (commands: readonly Completable[]): string => `# bash completion for bootstrap
_bootstrap() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' at='' i=1 words='' list='' file=''
  COMPREPLY=()
  (( COMP_CWORD > 0 )) && prev=\${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  while (( i < COMP_CWORD )); do
    case \${COMP_WORDS[i]} in
      ${flagsWithValue(commands).join('|')})
        [[ \${COMP_WORDS[i+1]} == '=' ]] && (( i++ ))
        (( i++ )) ;;
      -*) ;;
      *) case "$at/\${COMP_WORDS[i]}" in
          ${paths(commands).join('|')}) at="$at/\${COMP_WORDS[i]}" ;;
        esac ;;
    esac
    (( i++ ))
  done
  case "$at $prev" in
${commands.flatMap(({ path, flags }) => flags.flatMap((flag) => valueCase(path, flag))).join('\n')}
    *) case "$at" in
${commands.map(wordsCase).join('\n')}
      esac ;;
  esac
  if [[ -n $file ]]; then
    # The shell's own completion of files handles quotes and folders; available since bash 4.
    compopt -o default 2>/dev/null || COMPREPLY=( $(compgen -f -- "$cur") )
    return
  fi
  if [[ -n $list && $cur == *,* ]]; then
    local done=\${cur%,*},
    COMPREPLY=( $(compgen -P "$done" -W "$words" -- "\${cur##*,}") )
  else
    COMPREPLY=( $(compgen -W "$words" -- "$cur") )
  fi
}
complete -F _bootstrap ${names.join(' ')}
`;

const flagsWithValue = (commands: readonly Completable[]): readonly string[] => [
  ...new Set(commands.flatMap(({ flags }) => flags.filter(({ value }) => value !== undefined).flatMap((flag) => flag.names))),
];

const paths = (commands: readonly Completable[]): readonly string[] =>
  commands.filter(({ path }) => path.length > 0).map(({ path }) => `/${path.join('/')}`);

const pattern = (path: readonly string[], name: string): string => quoted(`${path.map((part) => `/${part}`).join('')} ${name}`);

const valueCase = (path: readonly string[], { names: called, value }: CompletableFlag): readonly string[] =>
  value === undefined ? [] : [`    ${called.map((name) => pattern(path, name)).join('|')}) ${settings(value)} ;;`];

const settings = (value: Values): string => {
  if (value.kind === 'words') return `words=${quoted(value.words.join(' '))}${value.list ? ' list=1' : ''}`;
  return value.kind === 'file' ? 'file=1' : ':';
};

/** Candidates where no flag expects a value: flags after a `-`, else commands or the argument. */
const wordsCase = ({ path, flags, commands, argument }: Completable): string => {
  const flagWords = flags.flatMap((flag) => flag.names).join(' ');
  const rest = commands.length > 0 ? `words=${quoted(commands.map(({ name }) => name).join(' '))}` : settings(argument);
  return `      ${quoted(path.map((part) => `/${part}`).join(''))}) if [[ $cur == -* ]]; then words=${quoted(flagWords)}; else ${rest}; fi ;;`;
};

/** One function per command, each with _arguments. Works when sourced after compinit, and as a file in fpath. */
export const zshScript = (commands: readonly Completable[]): string => `#compdef ${names.join(' ')}
# zsh completion for bootstrap

${commands.map(functionOf).join('\n')}
if [[ $funcstack[1] == _bootstrap ]]; then
  _bootstrap "$@"
else
  compdef _bootstrap ${names.join(' ')}
fi
`;

const nameOf = (path: readonly string[]): string => ['_bootstrap', ...path].join('_');

const functionOf = (command: Completable): string => (command.commands.length > 0 ? groupFunction(command) : leafFunction(command));

const groupFunction = ({ path, flags, commands }: Completable): string => `${nameOf(path)}() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n')}
  )
  _arguments -C${flags
    .map(flagSpecs)
    .flat()
    .map((spec) => ` \\\n    ${spec}`)
    .join('')} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${commands.map(({ name }) => `        ${name}) ${nameOf([...path, name])} ;;`).join('\n')}
      esac ;;
  esac
}
`;

const leafFunction = ({ path, flags, argument }: Completable): string => `${nameOf(path)}() {
  _arguments${flags
    .map(flagSpecs)
    .flat()
    .map((spec) => ` \\\n    ${spec}`)
    .join('')}${argument.kind === 'free' ? '' : ` \\\n    ${quoted(`1:${argument.kind === 'file' ? 'file' : 'what'}:${action(argument)}`)}`}
}
`;

const flagSpecs = ({ names: called, about, value }: CompletableFlag): readonly string[] =>
  called.map((name) => {
    const repeats = value?.kind === 'words' && value.list ? '*' : '';
    const takes = value === undefined ? '' : `:value:${action(value)}`;
    return quoted(`${repeats}${name}${value !== undefined && name.startsWith('--') ? '=' : ''}[${escaped(about)}]${takes}`);
  });

const action = (value: Values): string => {
  if (value.kind === 'file') return '_files';
  if (value.kind === 'free') return ' ';
  return value.list ? `_values -s , value ${value.words.join(' ')}` : `(${value.words.join(' ')})`;
};

/** Brackets and colons are special to _arguments. */
const escaped = (text: string): string => text.replaceAll(/[[\]:\\]/g, (mark) => `\\${mark}`);

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
            case ${flagsWithValue(commands).join(' ')}
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
