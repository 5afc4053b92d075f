import type { Argument, Command, Option } from 'commander';
import { steps } from '../../steps/index.js';
import { pageIds } from '../explain/pages.js';
import { bashScript, type Completable, type CompletableFlag, fishScript, type Values, zshScript } from './scripts.js';

/** Pure. A script that completes commands, flags and values of this version. */
export const completionScript = (shell: 'bash' | 'zsh' | 'fish', program: Command): string =>
  ({ bash: bashScript, zsh: zshScript, fish: fishScript })[shell](completables(program, []));

const completables = (command: Command, path: readonly string[]): readonly Completable[] => {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  return [
    {
      path,
      about: command.description(),
      flags: help.visibleOptions(command).map(flagOf),
      argument: argumentOf(command.registeredArguments[0], path),
      commands: below.map((one) => ({ name: one.name(), about: one.description() })),
    },
    ...below.flatMap((one) => completables(one, [...path, one.name()])),
  ];
};

const flagOf = (option: Option): CompletableFlag => ({
  names: [option.long, option.short].filter((name): name is string => name !== undefined),
  about: option.description,
  value: option.required || option.optional ? valuesOf(option) : undefined,
});

const valuesOf = ({ argChoices, flags }: Option): Values => {
  if (argChoices) return words(argChoices);
  const placeholder = /<(\w+)>/.exec(flags)?.[1];
  if (placeholder === 'file') return { kind: 'file' };
  if (placeholder === 'steps') return words(stepIds, true);
  if (placeholder === 'ids') return words([...stepIds, ...findingIds], true);
  return { kind: 'free' };
};

const argumentOf = (argument: Argument | undefined, path: readonly string[]): Values => {
  if (argument === undefined) return { kind: 'free' };
  if (argument.argChoices) return words(argument.argChoices);
  if (path[0] === 'explain') return words(pageIds(steps));
  return argument.name() === 'file' ? { kind: 'file' } : { kind: 'free' };
};

const words = (of: readonly string[], list = false): Values => ({ kind: 'words', words: of, list });
const stepIds = steps.map(({ id }) => id);
const findingIds = steps.flatMap((step) => step.findings.map(({ id }) => id));
