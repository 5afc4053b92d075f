import type { DestinationFlags } from '../../config/destination.js';
import type { SelectionFlags } from '../../config/resolve.js';
import type { Globals } from '../../run/host.js';
import type { StepOptions } from '../../steps/flags.js';
import { type Declare, plainFormats, offlineAppOf, overridesOf, withChoices, withGlobals, withOutput } from '../flags.js';
import { withExamples } from '../../help/layout.js';

type ShowOptions = Globals & SelectionFlags & DestinationFlags & StepOptions;

export const declareConfig: Declare = (program, { host, ended }) => {
  const config = program.command('config');
  withExamples(config, 'bootstrap config new', 'bootstrap config validate', 'bootstrap config show --alias acme-prod');
  const load = (options: Globals) => Promise.all([offlineAppOf(host, options), import('./run.js')]);

  const fresh = withOutput(config.command('new'), plainFormats).description(
    'write a commented bootstrap.yaml, or --output-file; never overwrites a file',
  );
  withExamples(fresh, 'bootstrap config new', 'bootstrap config new --output-file acme.yaml', 'bootstrap config new --output-file -');
  fresh.action((options: Globals) => ended(load(options).then(([app, { runConfigNew }]) => runConfigNew(app))));

  const validate = withOutput(config.command('validate'), plainFormats)
    .description('validate the file; lists all problems, with line and column')
    .option('--config <file>', 'config file (default: bootstrap.yaml in this folder)');
  withExamples(validate, 'bootstrap config validate', 'bootstrap config validate --config acme.yaml --output json');
  validate.action((options: Globals) => ended(load(options).then(([app, { runConfigValidate }]) => runConfigValidate(app))));

  const schema = withOutput(config.command('schema'), plainFormats)
    .description('JSON Schema of the config, for editors')
    .option('--result', 'JSON Schema of the result of --output json instead');
  withExamples(schema, 'bootstrap config schema --output-file bootstrap.schema.json', 'bootstrap config schema --result');
  schema.action((options: Globals & { readonly result?: boolean }) =>
    ended(load(options).then(([app, { runConfigSchema }]) => runConfigSchema(options.result === true, app))),
  );

  const show = withChoices(withGlobals(config.command('show'), ['yaml', 'json'])).description(
    'show the values that init would use, and whether each comes from file, flag or default',
  );
  withExamples(show, 'bootstrap config show', 'bootstrap config show --config acme.yaml --only budget --budget "20 USD"');
  show.action((options: ShowOptions) => {
    const { only, skip, secretsFile, secretCommand, encryptTo, showSecrets } = options;
    return ended(
      load(options).then(([app, { runConfigShow }]) =>
        runConfigShow({ only, skip, secretsFile, secretCommand, encryptTo, showSecrets, overrides: overridesOf(options) }, app),
      ),
    );
  });
};
