import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { answersYaml, setConfigValue } from '../../config/answers.js';
import type { DestinationFlags } from '../../config/destination.js';
import { defaultConfigFile } from '../../config/file.js';
import { type Override, pathOf } from '../../config/override.js';
import { BootstrapError, usage } from '../../core/errors.js';
import type { RunReport } from '../../core/report.js';
import type { Destination } from '../../core/secret.js';
import { shellWord } from '../../core/text.js';
import type { App } from '../../run/app.js';
import { isAttended } from '../../run/approval.js';
import { programOf, typedHere, writeNew } from '../../run/output.js';
import { steps } from '../../steps/index.js';
import { schemaUrl } from '../../version.js';
import type { InitFlags } from './types.js';

/** Writes what the user confirmed into the config file of the run. Returns a message that names the file. */
export const recordAnswer = async (app: App, file: string | undefined, { step, path, value, flag }: Override): Promise<string> => {
  const what = `${step}.${path}: ${value}`;
  if (file === undefined)
    return `Recorded for this run: ${what}.${app.sandboxed ? ` The next run asks again, unless you pass ${flag} ${value}.` : ''}`;
  const name = dirname(file) === app.host.cwd ? basename(file) : file;
  const text = await readFile(file, 'utf8');
  const edited = setConfigValue(text, [step, ...pathOf(path)], value);
  if (edited === undefined) return `The tool cannot edit ${name} in its current form. Add this line yourself: ${what}`;
  const { default: writeFileAtomic } = await import('write-file-atomic');
  await writeFileAtomic(file, edited);
  return `Recorded in ${name}: ${what}.`;
};

export interface Saving {
  /** `--save-config`. */
  readonly wanted: string | undefined;
  /** Whether there are answers that are in no file and no flag. */
  readonly answered: boolean;
  /** The config file of the run. */
  readonly file: string | undefined;
  readonly attended: boolean;
  readonly accountId: string;
  readonly overrides: readonly Override[];
  readonly destination: Destination | undefined;
}

/** Writes the answers to a new config file, named by the flag or after a prompt. Returns the name of the file if it was written. */
export const saveAnswers = async (app: App, saving: Saving): Promise<string | undefined> => {
  const { wanted, answered, file, attended, ...answers } = saving;
  const name = wanted ?? defaultConfigFile;
  if (wanted === undefined) {
    if (!attended || !answered || file !== undefined || app.sandboxed) return undefined;
    const prompter = await app.prompter();
    app.terminal.stderr('\n');
    const yes = await prompter.confirm({
      hint: 'The next run will not ask these questions again. The file contains no secrets.',
      question: `Save your answers to ${name}?`,
      default: true,
    });
    if (!yes) return undefined;
  }
  const day = app.host.clock.now().toISOString().slice(0, 10);
  await writeNew(resolve(app.host.cwd, name), name, answersYaml(steps, { ...answers, day, schema: schemaUrl() }));
  return name;
};

/** Runs before anything else: an existing file is never overwritten, and the answers would be lost. */
export const guardSaving = async (app: App, wanted: string | undefined): Promise<void> => {
  if (wanted === undefined) return;
  const existing = await stat(resolve(app.host.cwd, wanted)).catch(() => undefined);
  if (existing === undefined) return;
  throw new BootstrapError({
    code: 'E-CONFIG-EXISTS',
    message: `${wanted} already exists. It was not changed.`,
    next: 'Pass another file name with --save-config.',
  });
};

/** The inputs of a run, including answers. */
export interface RunInputs {
  readonly flags: Pick<InitFlags, 'only' | 'switches'> & Partial<Pick<InitFlags, 'yes' | 'tour' | 'saveConfig' | 'fromPlan'>>;
  /** undefined: the command names no account. */
  readonly accountId: string | undefined;
  readonly overrides: readonly Override[];
  readonly place: DestinationFlags;
  readonly skip: readonly string[];
  readonly org?: boolean;
}

/** The next step of a dry run: the same command with the flags given, and with the answers if there are any (`repeat`). */
export const dryRunWords = (
  app: App,
  flags: InitFlags,
  { plan = [] }: Pick<RunReport, 'plan'>,
  { repeat, org = false }: { readonly repeat?: string | undefined; readonly org?: boolean },
): { readonly dryRun: true; readonly next?: string } => {
  if (plan.length === 0) return { dryRun: true };
  // Practice values fill gaps only without a terminal, so at a terminal the plan would be another one.
  const yes = flags.yes || (app.sandboxed && !isAttended(app, flags));
  const { overrides, skip = [] } = flags;
  const command =
    repeat ?? repeatCommand(app, { flags: { ...flags, yes }, accountId: app.globals.accountId, overrides, place: flags, skip, org });
  return { dryRun: true, next: `run \`${command}\` to make these changes.${yes ? '' : ' It asks for approval first.'}` };
};

/** A command line for the same run, with every answer as a flag. It contains no secret, because no answer is one. */
export const repeatCommand = (app: App, { flags, accountId, overrides, place, skip, org = false }: RunInputs): string => {
  const { globals } = app;
  const list = (values: readonly string[] | undefined): string | undefined =>
    values === undefined || values.length === 0 ? undefined : values.join(',');
  const pairs: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--profile', globals.profile],
    ['--region', globals.region],
    ['--endpoint-url', globals.endpointUrl],
    ['--ca-bundle', globals.caBundle],
    ['--sandbox-file', globals.sandboxFile],
    ['--sandbox-as', globals.sandboxAs],
    ['--config', globals.config],
    ['--account-id', app.sandboxed ? globals.accountId : accountId],
    ['--only', list(flags.only)],
    ['--skip', list(skip)],
    ...overrides.map(({ flag, value }) => [flag, value] as const),
    ['--secrets-file', place.secretsFile],
    ['--secret-command', place.secretCommand],
    ...(place.encryptTo ?? []).map((recipient) => ['--encrypt-to', recipient] as const),
    ['--from-plan', flags.fromPlan],
    ['--save-config', flags.saveConfig],
  ];
  const switches: readonly (readonly [flag: string, on: boolean])[] = [
    ['--sandbox', app.sandboxed && globals.sandboxFile === undefined],
    ['--show-secrets', place.showSecrets === true],
    ...flags.switches.map((flag) => [flag, true] as const),
    ['--org', org],
    ['--no-tour', flags.tour === false],
    ['--yes', flags.yes === true],
  ];
  return [
    programOf(app),
    'init',
    ...pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, shellWord(value)])),
    ...switches.flatMap(([flag, on]) => (on ? [flag] : [])),
  ].join(' ');
};

/** The shortest command that continues in the same account: the config and the account provide the rest. */
export const resumeCommand = ({ host, globals, sandboxed }: App, config: string | undefined): string => {
  const named = config === undefined || config === defaultConfigFile ? undefined : config;
  const { config: _, ...others } = globals;
  return typedHere({ host, sandboxed, globals: named === undefined ? others : { ...others, config: named } }, 'bootstrap init');
};

/** Throws E-USAGE: without --dry-run, the flag does not keep the run from changing the account. */
export const guardDryRun = ({ dryRun, detailedExitcode }: InitFlags): void => {
  if (detailedExitcode && !dryRun)
    throw usage('--detailed-exitcode needs --dry-run.', 'Add --dry-run, or leave --detailed-exitcode out to make the changes.');
};
