import type { DestinationFlags } from '../../config/destination.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals } from '../../run/app.js';
import type { StepOptions } from '../../steps/flags.js';
import { appOf, type Declare, given, overridesOf, switchesOf, withInit } from '../flags.js';
import { withExamples } from '../help.js';

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
  const init = withInit(program.command('init')).description('read the account, plan, ask for approval, apply, and verify');
  withExamples(
    init,
    'bootstrap init --sandbox',
    'bootstrap init --admin-user alex --alias acme-prod --email ops@example.com --dry-run',
    'bootstrap init --config bootstrap.yaml --account-id 123456789012 --yes --secrets-file ./secrets.json',
  );
  init.action((options: Options) =>
    ended(
      Promise.all([appOf(host, options), options.org === true ? import('./organization.js') : import('./run.js')]).then(
        ([app, command]) => {
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
          return 'runInitOrganization' in command ? command.runInitOrganization(flags, app) : command.runInit(flags, app);
        },
      ),
    ),
  );
};
