import type { Command } from 'commander';
import type { DestinationFlags } from '../../config/destination.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals, Host } from '../../run/app.js';
import type { StepOptions } from '../../steps/flags.js';
import { appOf, type Declare, given, overridesOf, switchesOf, withInit } from '../flags.js';
import { withExamples } from '../../help/layout.js';

type Options = Globals &
  SelectionFlags &
  DestinationFlags &
  StepOptions & {
    readonly yes?: boolean;
    readonly dryRun?: boolean;
    readonly detailedExitcode?: boolean;
    readonly tour?: boolean;
    readonly saveConfig?: string;
    readonly savePlan?: string;
    readonly fromPlan?: string;
    readonly org?: boolean;
  };

export const declareInit: Declare = (program, { host, ended }) => {
  const init = withInit(program.command('init'));
  withExamples(
    init,
    'bootstrap init --sandbox',
    'bootstrap init --dry-run --admin-user alex --alias acme-prod --email ops@example.com',
    'bootstrap init --config bootstrap.yaml --account-id 123456789012 --yes',
  );
  init.action((options: Options) =>
    ended(
      appOf(host, options, isPlain(options, init) && isAtTerminal(host, options) ? { mode: 'write', attended: true } : undefined).then(
        async (app) => {
          const flags = {
            yes: options.yes === true,
            dryRun: options.dryRun === true || options.savePlan !== undefined,
            detailedExitcode: options.detailedExitcode === true,
            switches: switchesOf(options),
            overrides: overridesOf(options),
            ...given(
              options,
              'only',
              'skip',
              'secretsFile',
              'secretCommand',
              'encryptTo',
              'showSecrets',
              'savePlan',
              'fromPlan',
              'saveConfig',
            ),
            tour: options.tour !== false,
          };
          return options.org === true
            ? (await import('./organization.js')).runInitOrganization(flags, app)
            : (await import('./run.js')).runInit(flags, app);
        },
      ),
    ),
  );
};

/** Only common flags: nothing that `init` checks before it calls AWS, such as an answer or a destination of secrets. */
const isPlain = (options: Options, init: Command): boolean =>
  Object.keys(options).every(
    (name) => init.getOptionValueSource(name) !== 'cli' || ['profile', 'region', 'accountId', 'color'].includes(name),
  );

/** As the terminal decides it (`interactive`), which is not loaded yet. */
const isAtTerminal = ({ stdin, stderr, env }: Host, { input }: Globals): boolean =>
  stdin.isTTY === true && stderr.isTTY === true && input && (env['CI'] ?? '') === '';
