import { type Completable, type CompletableFlag, names, quoted, type Values } from './completable.js';

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
