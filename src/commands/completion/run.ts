import type { Argument, Command, Option } from 'commander';
import { usage } from '../../core/errors.js';
import type { AnyStep } from '../../core/step.js';
import type { App } from '../../run/app.js';
import { offline } from '../../run/offline.js';
import { steps } from '../../steps/index.js';
import { pageIds } from '../explain/pages.js';
import { powershellScript } from './powershell.js';
import { bashScript, type Completable, type CompletableFlag, fishScript, type Values, zshScript } from './scripts.js';
import { type Shell, shells } from './shells.js';

/** `bootstrap completion SHELL`: prints a script that completes commands, flags and values of this version. */
export const runCompletion = (shell: string | undefined, program: Command, app: App): Promise<number> =>
  offline(app, 'completion', async () => {
    const known = shells.find((one) => one === shell);
    if (known === undefined) {
      const choices = `Choose one of: ${shells.join(', ')}.`;
      throw usage(shell === undefined ? 'Missing shell.' : `Unknown shell ${JSON.stringify(shell)}.`, choices);
    }
    app.host.stdout.write(completionScript(known, program));
    return 0;
  });

/** Pure. */
export const completionScript = (shell: Shell, program: Command, registry: readonly AnyStep[] = steps): string =>
  scripts[shell](completables(program, [], registry));

const scripts: Readonly<Record<Shell, (commands: readonly Completable[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

const completables = (command: Command, path: readonly string[], registry: readonly AnyStep[]): readonly Completable[] => {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  return [
    {
      path,
      about: command.description(),
      flags: help.visibleOptions(command).map((option) => flagOf(option, registry)),
      argument: argumentOf(command.registeredArguments[0], path, registry),
      commands: below.map((one) => ({ name: one.name(), about: one.description() })),
    },
    ...below.flatMap((one) => completables(one, [...path, one.name()], registry)),
  ];
};

const flagOf = (option: Option, registry: readonly AnyStep[]): CompletableFlag => ({
  names: [option.long, option.short].filter((name): name is string => name !== undefined),
  about: option.description,
  value: option.required || option.optional ? valuesOf(option, registry) : undefined,
});

const valuesOf = ({ argChoices, flags }: Option, registry: readonly AnyStep[]): Values => {
  if (argChoices) return words(argChoices);
  const placeholder = /<(\w+)>/.exec(flags)?.[1];
  if (placeholder === 'file') return { kind: 'file' };
  if (placeholder === 'steps') return words(stepIdsOf(registry), true);
  if (placeholder === 'ids') return words([...stepIdsOf(registry), ...registry.flatMap((step) => step.findings.map(({ id }) => id))], true);
  return { kind: 'free' };
};

const argumentOf = (argument: Argument | undefined, path: readonly string[], registry: readonly AnyStep[]): Values => {
  if (argument === undefined) return { kind: 'free' };
  if (argument.argChoices) return words(argument.argChoices);
  if (path[0] === 'explain') return words(pageIds(registry));
  return argument.name() === 'file' ? { kind: 'file' } : { kind: 'free' };
};

const words = (of: readonly string[], list = false): Values => ({ kind: 'words', words: of, list });
const stepIdsOf = (registry: readonly AnyStep[]): readonly string[] => registry.map(({ id }) => id);
