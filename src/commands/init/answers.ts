import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { answersYaml, setConfigValue } from '../../config/answers.js';
import type { DestinationFlags } from '../../config/destination.js';
import { defaultConfigFile } from '../../config/file.js';
import { type Override, pathOf } from '../../config/override.js';
import { BootstrapError } from '../../core/errors.js';
import type { Destination } from '../../core/secret.js';
import { quoted } from '../../report/typed.js';
import type { App } from '../../run/app.js';
import { programOf, typedHere, writeNew } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import type { InitFlags } from './types.js';

/** Puts what a person saw into the config file that the run went by. Says in words where it is now. */
export const recordAnswer = async (app: App, file: string | undefined, { step, path, value }: Override): Promise<string> => {
  const what = `${step}.${path}: ${value}`;
  if (file === undefined) return `Noted: ${what}.`;
  const name = dirname(file) === app.host.cwd ? basename(file) : file;
  const text = await readFile(file, 'utf8');
  const edited = setConfigValue(text, [step, ...pathOf(path)], value);
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
    message: `${wanted} exists already, and is left as it is.`,
    next: 'Name another file with --save-config.',
  });
};

/** What a run went by, answers included. */
export interface RunInputs {
  readonly flags: Pick<InitFlags, 'only' | 'replaceAlias' | 'replaceProfile'>;
  readonly accountId: string;
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  readonly skip: readonly string[];
}

/** The command line that asks nothing: every answer as a flag. It holds no secret, since no answer is one. */
export const repeatCommand = (app: App, { flags, accountId, overrides, place, skip }: RunInputs): string => {
  const { globals } = app;
  const list = (values: readonly string[] | undefined): string | undefined =>
    values === undefined || values.length === 0 ? undefined : values.join(',');
  const pairs: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--profile', globals.profile],
    ['--region', globals.region],
    ['--endpoint-url', globals.endpointUrl],
    ['--ca-bundle', globals.caBundle],
    ['--sandbox-file', globals.sandboxFile],
    ['--config', globals.config],
    ['--account-id', app.sandboxed ? globals.accountId : accountId],
    ['--only', list(flags.only)],
    ['--skip', list(skip)],
    ...overrides.map(({ flag, value }) => [flag, value] as const),
    ['--secrets-file', place.secretsFile],
    ['--secret-command', place.secretCommand],
    ...(place.encryptTo ?? []).map((recipient) => ['--encrypt-to', recipient] as const),
  ];
  const switches: readonly (readonly [flag: string, on: boolean])[] = [
    ['--sandbox', globals.sandbox === true && globals.sandboxFile === undefined],
    ['--show-secrets', place.showSecrets === true],
    ['--replace-alias', flags.replaceAlias],
    ['--replace-profile', flags.replaceProfile],
  ];
  return [
    programOf(app),
    'init',
    ...pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quoted(value)])),
    ...switches.flatMap(([flag, on]) => (on ? [flag] : [])),
  ].join(' ');
};

/** The shortest command that goes on in the same account: config and account say the rest. */
export const resumeCommand = ({ host, globals, sandboxed }: App, config: string | undefined): string => {
  const named = config === undefined || config === defaultConfigFile ? undefined : config;
  const { config: _, ...others } = globals;
  return typedHere({ host, sandboxed, globals: named === undefined ? others : { ...others, config: named } }, 'bootstrap init');
};
