import { type Command, InvalidArgumentError } from 'commander';
import type { Globals } from '../../run/app.js';
import { collect, type Declare, given, offlineAppOf, plainFormats, withOutput } from '../flags.js';
import { commonFlags, ownFlags, withExamples } from '../../help/layout.js';
import type { PolicyFlags } from './run.js';

type Options = Globals & PolicyFlags;
type TrustOptions = Options & {
  readonly github: string;
  readonly ref?: string;
  readonly environment?: string;
  readonly role: string;
};

export const declarePolicy: Declare = (program, { host, ended }) => {
  const policy = program.command('policy');
  withExamples(
    policy,
    'bootstrap policy check --account-id 123456789012',
    'bootstrap policy init --config bootstrap.yaml --output json',
    'bootstrap policy trust --github acme/infra --ref refs/heads/main --account-id 123456789012',
  );

  for (const command of ['check', 'init'] as const) {
    const printed = withWhere(policy.command(command)).description(
      command === 'check' ? 'permissions that an identity needs to run check' : 'permissions that an identity needs to run init',
    );
    withExamples(
      printed,
      `bootstrap policy ${command} --account-id 123456789012`,
      `bootstrap policy ${command} --output json --output-file ${command}-policy.json`,
    );
    printed.option('--org', 'for a run with --org: also access to every member of the organization');
    printed.action((options: Options) =>
      ended(
        Promise.all([offlineAppOf(host, options), import('./run.js')]).then(([app, { runPolicy }]) =>
          runPolicy(command, flagsOf(options), app),
        ),
      ),
    );
  }

  const trust = withWhere(policy.command('trust'))
    .description('provider, role and policies that let a GitHub workflow run check without access keys')
    .requiredOption('--github <owner/repo>', 'the repository; OWNER@ID/REPO@ID if its subjects contain ids')
    .option('--ref <ref>', 'the only ref allowed, such as refs/heads/main')
    .option('--environment <name>', 'the only GitHub environment allowed, instead of a ref')
    .option('--role <name>', 'name of the role', roleName, 'bootstrap-check');
  withExamples(
    trust,
    'bootstrap policy trust --github acme/infra --ref refs/heads/main --account-id 123456789012',
    'bootstrap policy trust --github acme@1234/infra@5678 --environment audit --account-id 123456789012',
  );
  trust.action((options: TrustOptions) =>
    ended(
      Promise.all([offlineAppOf(host, options), import('./trust.js')]).then(([app, { runTrust }]) =>
        runTrust({ ...flagsOf(options), github: options.github, role: options.role, ...given(options, 'ref', 'environment') }, app),
      ),
    ),
  );
};

/** The flags for account, partition and steps: all that a policy depends on. */
const withWhere = (command: Command): Command =>
  withOutput(command, plainFormats)
    .optionsGroup(commonFlags)
    .option('--account-id <id>', 'the account (default: a policy for any account)')
    .option('--region <region>', 'AWS region; decides the partition')
    .option('--config <file>', 'config file (default: bootstrap.yaml in this folder, if it exists)')
    .optionsGroup(ownFlags)
    .option('--partition <name>', 'partition: aws, aws-cn, aws-us-gov or aws-eusc (default: that of the region)')
    .option('--only <ids>', 'only for these steps (repeat, or separate with commas)', collect)
    .option('--skip <ids>', 'skip these steps', collect);

const flagsOf = (options: Options): PolicyFlags => given(options, 'partition', 'only', 'skip', 'org');

const roleName = (text: string): string => {
  if (!/^[\w+=,.@-]{1,64}$/.test(text)) throw new InvalidArgumentError('A role name has 1 to 64 letters, digits and + = , . @ _ -');
  return text;
};
