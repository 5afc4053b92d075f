import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Override } from '../config/override.js';
import { optionKey, type StepFlag, type StepFlags } from '../core/flags.js';
import type { OpenedConnection } from '../run/ahead.js';
import type { App, Globals, Host } from '../run/app.js';
import { stepFlags } from '../steps/flags.js';
import { commonFlags, flagGroups, ownFlags, withExamples } from '../help/layout.js';

/** Flags that several commands share, and how their values are read. */

export const resultFormats = ['table', 'json', 'jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv'] as const;
export const plainFormats = ['table', 'json'] as const;

/** The flags of every command that may call AWS. */
export const withGlobals = (command: Command, formats: readonly string[]): Command =>
  withOutput(command, formats)
    .optionsGroup(commonFlags)
    .option('--no-input', 'never prompt')
    .option('--profile <name>', 'AWS profile to sign in with')
    .option('--region <region>', 'AWS region; decides the partition')
    .option('--account-id <id>', 'the account you expect; any other is refused')
    .option('--config <file>', 'config file (default: bootstrap.yaml in this folder, if it exists)')
    .option('--debug', 'print every request to AWS (without secrets)')
    .option('--endpoint-url <url>', 'send requests to this endpoint (https, or loopback)')
    .option('--ca-bundle <file>', 'file of certificates to trust')
    .option('--timeout <seconds>', 'timeout of each request', seconds)
    .option('--sandbox', 'use the practice account')
    .option('--sandbox-file <file>', 'file that stores the practice account (implies --sandbox)')
    .addOption(new Option('--sandbox-as <who>', 'who uses the practice account (implies --sandbox)').choices(['root', 'admin']))
    .optionsGroup(ownFlags);

/** The flags of every command that has a result. */
export const withOutput = (command: Command, formats: readonly string[]): Command =>
  command
    .optionsGroup(commonFlags)
    .addOption(new Option('-o, --output <format>', 'format of the result').choices(formats).default(formats[0]))
    .addOption(new Option('--json', 'the same as --output json').implies({ output: 'json' }))
    .option('--output-file <file>', 'write the result to a file instead of stdout')
    .option('--no-color', 'turn off colours')
    .option('--accessible', 'no spinner and no symbols, for screen readers')
    .option('-q, --quiet', 'print only the result and errors')
    .optionsGroup(ownFlags);

/** The flags for the steps, their values, and where secrets are stored. */
export const withChoices = (command: Command, registry: readonly StepFlags[] = stepFlags): Command => {
  command
    .optionsGroup(flagGroups.run)
    .option('--only <steps>', 'only these steps (repeat, or separate with commas)', collect)
    .option('--skip <steps>', 'skip these steps', collect)
    .optionsGroup(flagGroups.secrets)
    .option('--secrets-file <file>', 'file for passwords and seeds, readable only by you')
    .option('--secret-command <cmd>', 'program that gets each secret as JSON on its stdin')
    .option('--encrypt-to <recipient>', 'encrypt secrets with age into a new file (repeatable)', collect)
    .option('--show-secrets', 'show each secret once, at a terminal')
    .optionsGroup(flagGroups.answers);
  return withStepFlags(command, registry);
};

/** The flags of the steps that set values of their sections. */
const withStepFlags = (command: Command, registry: readonly StepFlags[] = stepFlags): Command => {
  for (const flag of allOf(registry)) if (flag.path !== undefined) declareFlag(command, flag);
  return command;
};

/** The flags of the steps for choices that the config cannot make. */
export const withSwitches = (command: Command, registry: readonly StepFlags[] = stepFlags): Command => {
  command.optionsGroup(flagGroups.advanced);
  for (const flag of allOf(registry)) if (flag.path === undefined) declareFlag(command, flag);
  return command;
};

/** The flags of `init`. Here, because `explain flags` describes them too. */
export const withInit = (command: Command): Command =>
  withChoices(
    withSwitches(
      withGlobals(command, resultFormats)
        .optionsGroup(flagGroups.run)
        .option('-y, --yes', 'skip the approval prompt; needs --account-id')
        .option('--dry-run', 'show the plan and change nothing')
        .option('--org', 'apply the config to member accounts; not as root')
        .optionsGroup(flagGroups.planFiles)
        .option('--save-plan <file>', 'write the plan to a file and change nothing')
        .option('--from-plan <file>', 'apply a saved plan, if the account has not changed')
        .option('--save-config <file>', 'write the answers to a new config file')
        .optionsGroup(flagGroups.advanced)
        .option('--detailed-exitcode', 'with --dry-run: exit 3 if something would change')
        .option('--no-tour', 'only list the remaining manual steps'),
    ),
  );

/** The flags of `undo`. Here, because `explain flags` describes them too. */
export const withUndo = (command: Command): Command =>
  withStepFlags(
    withGlobals(command, plainFormats)
      .optionsGroup(flagGroups.run)
      .option('-y, --yes', 'skip the approval prompt; needs --account-id')
      .option('--dry-run', 'show the plan and change nothing')
      .option('--even-if-used', 'also delete access keys that were used within the last hour')
      .option('--only <steps>', 'only these steps (repeat, or separate with commas)', collect)
      .option('--skip <steps>', 'skip these steps', collect)
      .optionsGroup(flagGroups.answers),
  );

const allOf = (registry: readonly StepFlags[]): readonly StepFlag[] => registry.flatMap(({ flags }) => flags);

const declareFlag = (command: Command, { flag, value, text }: StepFlag): Command =>
  command.option(value === undefined ? flag : `${flag} <${value}>`, text);

/** What the flags of the steps set in their sections. */
export const overridesOf = (options: object, registry: readonly StepFlags[] = stepFlags): readonly Override[] =>
  registry.flatMap(({ step, flags }) =>
    flags.flatMap(({ flag, path, sets }: StepFlag): Override[] => {
      const given: unknown = Reflect.get(options, optionKey(flag));
      const value = given === true ? sets : given;
      return path !== undefined && typeof value === 'string' ? [{ step, path, value, flag }] : [];
    }),
  );

/** The switches of the steps that were given: `--replace-alias`. */
export const switchesOf = (options: object, registry: readonly StepFlags[] = stepFlags): readonly string[] =>
  allOf(registry).flatMap(({ flag, path }) => (path === undefined && Reflect.get(options, optionKey(flag)) === true ? [flag] : []));

/** Collects the values of a flag that may be repeated. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** The named flags that were given, so that an absent flag stays absent. */
export const given = <Options extends object, Name extends keyof Options>(
  options: Options,
  ...names: readonly Name[]
): { readonly [K in Name]?: Exclude<Options[K], undefined> } =>
  Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))) as never;

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError('Give more than 0 and at most 3600 seconds.');
  return value;
};

/** What a command is declared with: its host, and a function that receives its exit code. */
export interface Declaration {
  readonly host: Host;
  readonly ended: (code: Promise<number>) => Promise<void>;
}

/** Adds a command with its flags to the program. Its code is loaded only when it runs: `--help` must stay fast. */
export type Declare = (program: Command, declaration: Declaration) => void;

/** `ahead`: connects before everything else is loaded, if the flags allow it. */
export const appOf = async (host: Host, options: Globals, ahead?: Pick<OpenedConnection, 'mode' | 'attended'>): Promise<App> => {
  const done = ahead === undefined ? undefined : await (await import('../run/ahead.js')).connectAhead(host, options, ahead);
  return (await import('../run/app.js')).makeApp(host, options, done);
};

/** For commands that ask nothing. */
export const offlineAppOf = (host: Host, options: Globals): Promise<App> => appOf(host, { ...options, input: false });

/** Help starts with examples; a test checks that every command has some. */
const examples: Readonly<Record<string, readonly string[]>> = {
  keys: ['bootstrap keys list', 'bootstrap keys rotate --user ci', 'bootstrap keys delete --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys list': ['bootstrap keys list', 'bootstrap keys list --user ci --output json'],
  'keys rotate': ['bootstrap keys rotate', 'bootstrap keys rotate --user ci --profile-to-write ci'],
  'keys disable': ['bootstrap keys disable --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys enable': ['bootstrap keys enable --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys delete': ['bootstrap keys delete --user ci --key AKIAIOSFODNN7EXAMPLE', 'bootstrap keys delete --root --all'],
  accounts: ['bootstrap accounts list', 'bootstrap accounts create --name lab --email-from aws@example.com', 'bootstrap accounts accept'],
  'accounts list': ['bootstrap accounts list', 'bootstrap accounts list --output json'],
  'accounts create': ['bootstrap accounts create --name lab --email-from aws@example.com --profile-to-write lab'],
  'accounts invite': ['bootstrap accounts invite --id 444455556666', 'bootstrap accounts invite --email root@example.com'],
  'accounts accept': ['bootstrap accounts accept', 'bootstrap accounts accept --management-profile boss'],
  'accounts cancel': ['bootstrap accounts cancel --id 444455556666'],
  'accounts close': ['bootstrap accounts close 444455556666 --dry-run', 'bootstrap accounts close 444455556666'],
  'accounts secure-root': ['bootstrap accounts secure-root --all --dry-run', 'bootstrap accounts secure-root 444455556666'],
  report: [
    'bootstrap report result.json --output markdown',
    'bootstrap report ana.json ben.json --output html --output-file class.html',
    'bootstrap check --output json | bootstrap report - --output csv',
  ],
  sandbox: ['bootstrap init --sandbox', 'bootstrap sandbox serve', 'bootstrap sandbox show'],
  'sandbox serve': ['bootstrap sandbox serve', 'bootstrap sandbox serve --port 4566 --sandbox-file world.json'],
  'sandbox show': ['bootstrap sandbox show', 'bootstrap sandbox show --output json'],
  'sandbox reset': ['bootstrap sandbox reset'],
  'sandbox sign-up': ['bootstrap sandbox sign-up'],
};

export const addExamples = (command: Command, path = ''): void => {
  for (const sub of command.commands) {
    const name = `${path} ${sub.name()}`.trim();
    if (Object.hasOwn(examples, name)) withExamples(sub, ...(examples[name] ?? []));
    addExamples(sub, name);
  }
};
