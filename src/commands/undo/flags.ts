import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals } from '../../run/app.js';
import type { StepOptions } from '../../steps/flags.js';
import { appOf, type Declare, given, overridesOf, withUndo } from '../flags.js';
import { withExamples } from '../../help/layout.js';

type Options = Globals &
  SelectionFlags &
  StepOptions & { readonly yes?: boolean; readonly dryRun?: boolean; readonly evenIfUsed?: boolean };

export const declareUndo: Declare = (program, { host, ended }) => {
  const undo = withUndo(program.command('undo'));
  withExamples(
    undo,
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
