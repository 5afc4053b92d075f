import { type Completable, type CompletableFlag, names, quoted, type Values } from './completable.js';

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
