import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals } from '../../run/app.js';
import type { StepOptions } from '../../steps/flags.js';
import { appOf, collect, type Declare, given, overridesOf, plainFormats, withGlobals, withStepFlags } from '../flags.js';
import { flagGroups, withExamples } from '../help.js';

type Options = Globals &
  SelectionFlags &
  StepOptions & { readonly yes?: boolean; readonly dryRun?: boolean; readonly evenIfUsed?: boolean };

export const declareUndo: Declare = (program, { host, ended }) => {
  const undo = withGlobals(program.command('undo'), plainFormats)
    .description('remove what this tool created in the account')
    .optionsGroup(flagGroups.run)
    .option('-y, --yes', 'skip the approval prompt; needs --account-id')
    .option('--dry-run', 'show the plan and change nothing')
    .option('--even-if-used', 'also delete access keys that were used within the last hour')
    .option('--only <steps>', 'only these steps (repeat, or separate with commas)', collect)
    .option('--skip <steps>', 'skip these steps', collect)
    .optionsGroup(flagGroups.answers);
  withExamples(
    withStepFlags(undo),
    'bootstrap undo --sandbox',
    'bootstrap undo --dry-run',
    'bootstrap undo --config bootstrap.yaml --account-id 123456789012 --yes',
  );
  undo.action((options: Options) =>
    ended(
      Promise.all([appOf(host, options), import('./run.js')]).then(([app, { runUndo }]) =>
        runUndo(
          {
            yes: options.yes === true,
            dryRun: options.dryRun === true,
            evenIfUsed: options.evenIfUsed === true,
            overrides: overridesOf(options),
            ...given(options, 'only', 'skip'),
          },
          app,
        ),
      ),
    ),
  );
};
