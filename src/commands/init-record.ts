import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { App } from '../app.js';
import { answersYaml } from '../config/answers.js';
import { withConfigValue } from '../config/edit.js';
import { defaultConfigFile } from '../config/file.js';
import { type Override, pathOf } from '../config/override.js';
import { BootstrapError } from '../core/error.js';
import type { Destination } from '../core/secret-sink.js';
import { steps } from '../steps/index.js';
import { writeNew } from './new-file.js';

/** Puts what a person saw into the config file that the run went by. Says in words where it is now. */
export const recordAnswer = async (app: App, file: string | undefined, { step, path, value }: Override): Promise<string> => {
  const what = `${step}.${path}: ${value}`;
  if (file === undefined) return `Noted: ${what}.`;
  const name = dirname(file) === app.host.cwd ? basename(file) : file;
  const text = await readFile(file, 'utf8');
  const edited = withConfigValue(text, [step, ...pathOf(path)], value);
  if (edited === undefined) return `Noted, but ${name} is written in a way that cannot be edited here. Write into it: ${what}`;
  const { default: writeFileAtomic } = await import('write-file-atomic');
  await writeFileAtomic(file, edited);
  return `Recorded in ${name}: ${what}.`;
};

export interface Saving {
  /** `--save-config`. */
  readonly wanted: string | undefined;
  /** Whether there is anything to save that no file and no flag says. */
  readonly answered: boolean;
  /** The config file of the run. */
  readonly file: string | undefined;
  readonly attended: boolean;
  readonly accountId: string;
  readonly overrides: readonly Override[];
  readonly destination: Destination | undefined;
}

/** Writes the answers to a new config: where a flag says, or after asking. The name of the file, when it was written. */
export const saveAnswers = async (app: App, saving: Saving): Promise<string | undefined> => {
  const { wanted, answered, file, attended, ...answers } = saving;
  const name = wanted ?? defaultConfigFile;
  if (wanted === undefined) {
    if (!attended || !answered || file !== undefined || app.sandboxed) return undefined;
    const prompter = await app.prompter();
    app.terminal.stderr('\n');
    const yes = await prompter.confirm({
      hint: 'With it, the next run asks nothing of this again. No secret is in it.',
      question: `Save your answers to ${name}?`,
      default: true,
    });
    if (!yes) return undefined;
  }
  const day = app.host.clock.now().toISOString().slice(0, 10);
  await writeNew(resolve(app.host.cwd, name), name, answersYaml(steps, { ...answers, day }));
  return name;
};

/** Before anything else: a file that is there is never written over, and the answers would be lost. */
export const guardSaving = async (app: App, wanted: string | undefined): Promise<void> => {
  if (wanted === undefined) return;
  const there = await stat(resolve(app.host.cwd, wanted)).catch(() => undefined);
  if (there === undefined) return;
  throw new BootstrapError({
    code: 'E-CONFIG-EXISTS',
    exit: 2,
    message: `${wanted} exists already, and is left as it is.`,
    next: 'Name another file with --save-config.',
  });
};
