import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Override } from '../config/override.js';
import type { App, Globals, Host } from '../run/app.js';
import { commonFlags, ownFlags, withExamples } from './help.js';

/** Flags that several commands share, and how their values are read. */

export const resultFormats = ['table', 'json', 'jsonl', 'markdown', 'junit', 'sarif', 'csv'] as const;
export const plainFormats = ['table', 'json'] as const;

/** The flags of every command that may call AWS. */
export const withGlobals = (command: Command, formats: readonly string[]): Command =>
  withOutput(command, formats)
    .optionsGroup(commonFlags)
    .option('--profile <name>', 'AWS profile to sign in with')
    .option('--region <region>', 'AWS region; decides the partition')
    .option('--account-id <id>', 'the account you expect; any other is refused')
    .option('--config <file>', 'config file (default: bootstrap.yaml in this folder, if it exists)')
    .option('--no-input', 'never prompt')
    .option('--debug', 'print every request to AWS (without secrets)')
    .option('--endpoint-url <url>', 'send requests to this endpoint (https, or loopback)')
    .option('--ca-bundle <file>', 'file of certificates to trust')
    .option('--timeout <seconds>', 'timeout of each request', seconds)
    .option('--sandbox', 'use the practice account')
    .option('--sandbox-file <file>', 'file that stores the practice account (implies --sandbox)')
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

/** One flag per question; each sets one place of the config. */
const valueFlags = [
  { flag: '--admin-user', key: 'adminUser', value: 'name', step: 'admin-user', path: 'name', text: 'user name of the administrator' },
  {
    flag: '--admin-kind',
    key: 'adminKind',
    value: 'kind',
    step: 'admin-user',
    path: 'kind',
    text: 'iam-user or identity-center (no IAM user)',
  },
  { flag: '--alias', key: 'alias', value: 'name', step: 'alias', path: 'name', text: 'account alias' },
  { flag: '--budget', key: 'budget', value: 'limit', step: 'budget', path: 'limit', text: 'monthly cost limit, e.g. "10 USD"' },
  {
    flag: '--budget-name',
    key: 'budgetName',
    value: 'name',
    step: 'budget',
    path: 'name',
    text: 'name of the budget, new or existing',
  },
  { flag: '--email', key: 'email', value: 'address', step: 'budget', path: 'subscribers.0', text: 'email address for budget alerts' },
  {
    flag: '--billing-confirmed',
    key: 'billingConfirmed',
    value: 'day',
    step: 'billing-access',
    path: 'confirmed-on',
    text: 'day on which you saw IAM access to billing enabled',
  },
  {
    flag: '--mfa-assign',
    key: 'mfaAssign',
    value: 'how',
    step: 'mfa',
    path: 'assign',
    text: 'in-person (QR code, at a terminal) or unattended',
  },
  { flag: '--mfa-users', key: 'mfaUsers', value: 'names', step: 'mfa', path: 'users', text: 'other users to enrol for MFA, e.g. alex,sam' },
] as const;

/** The flags for the steps, their values, and where secrets are stored. */
export const withChoices = (command: Command): Command => {
  command
    .option('--only <steps>', 'only these steps (repeat, or separate with commas)', collect)
    .option('--skip <steps>', 'skip these steps', collect)
    .option('--secrets-file <file>', 'file for passwords and seeds, readable only by you')
    .option('--secret-command <cmd>', 'program that gets each secret as JSON on its stdin')
    .option('--encrypt-to <recipient>', 'encrypt secrets with age into a new file (repeatable)', collect)
    .option('--show-secrets', 'show each secret once, at a terminal');
  for (const { flag, value, text } of valueFlags) command.option(`${flag} <${value}>`, text);
  return command.option('--keep-mfa-seed', 'also store the seed of a device enrolled in person');
};

export const overridesOf = (options: object): readonly Override[] => [
  ...valueFlags.flatMap(({ flag, key, step, path }): Override[] => {
    const value: unknown = Reflect.get(options, key);
    return typeof value === 'string' ? [{ step, path, value, flag }] : [];
  }),
  ...(Reflect.get(options, 'keepMfaSeed') === true ? [{ step: 'mfa', path: 'keep-seed', value: 'true', flag: '--keep-mfa-seed' }] : []),
];

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
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError('Give a number of seconds between 0 and 3600.');
  return value;
};

/** What a command is declared with: its host, and a function that receives its exit code. */
export interface Declaration {
  readonly host: Host;
  readonly ended: (code: Promise<number>) => Promise<void>;
}

/** Adds a command with its flags to the program. Its code is loaded only when it runs: `--help` must stay fast. */
export type Declare = (program: Command, declaration: Declaration) => void;

export const appOf = async (host: Host, options: Globals): Promise<App> => (await import('../run/app.js')).makeApp(host, options);

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
  report: ['bootstrap report result.json --output markdown', 'bootstrap check --output json | bootstrap report - --output csv'],
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
