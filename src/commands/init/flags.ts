import type { DestinationFlags } from '../../config/destination.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals } from '../../run/app.js';
import type { StepOptions } from '../../steps/flags.js';
import { appOf, type Declare, given, overridesOf, resultFormats, switchesOf, withChoices, withGlobals, withSwitches } from '../flags.js';
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
  const init = withGlobals(program.command('init'), resultFormats)
    .description('read the account, plan, ask for approval, apply, and verify')
    .option('-y, --yes', 'skip the approval prompt; needs --account-id')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--detailed-exitcode', 'with --dry-run: exit 3 if something would change')
    .option('--save-plan <file>', 'write the plan to a file and change nothing')
    .option('--from-plan <file>', 'apply a saved plan, if the account has not changed')
    .option('--save-config <file>', 'write the answers to a new config file')
    .option('--no-tour', 'only list the remaining manual steps')
    .option('--org', 'apply the config to member accounts; not as root');
  withExamples(
    withChoices(withSwitches(init)),
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
