import { Argument } from 'commander';
import type { DestinationFlags } from '../config/destination.js';
import type { SelectionFlags } from '../config/selection.js';
import type { App, Globals, Host } from '../run/app.js';
import { appOf as anyAppOf, type Declare, overridesOf, resultFormats, withChoices, withGlobals, withOutput } from './flags.js';
import { withExamples } from './help.js';

type ShowOptions = Globals & SelectionFlags & DestinationFlags;

const documents = ['table', 'json'] as const;
const shells = ['bash', 'zsh', 'fish'] as const;

export const declareExplain: Declare = (program, { host, ended }) => {
  const explain = withOutput(program.command('explain'), documents)
    .description('what a step, check, error or exit code means, and what to do')
    .argument('[id]', 'id of a step or check, error code, or exit code (default: list all)');
  withExamples(explain, 'bootstrap explain', 'bootstrap explain mfa.root', 'bootstrap explain E-ALIAS-TAKEN', 'bootstrap explain 3');
  explain.action((id: string | undefined, options: Globals) =>
    ended(
      (async () => {
        const [app, { runExplain }] = await Promise.all([appOf(host, options), import('./explain/run.js')]);
        return runExplain(id, app);
      })(),
    ),
  );
};

export const declareConfig: Declare = (program, { host, ended }) => {
  const config = program.command('config').description('bootstrap.yaml: create, validate, show effective values');
  withExamples(config, 'bootstrap config new', 'bootstrap config validate', 'bootstrap config show --alias acme-prod');
  const load = (options: Globals) => Promise.all([appOf(host, options), import('./config/run.js')]);

  const fresh = withOutput(config.command('new'), documents).description(
    'write a commented bootstrap.yaml, or --output-file; never overwrites a file',
  );
  withExamples(fresh, 'bootstrap config new', 'bootstrap config new --output-file acme.yaml', 'bootstrap config new --output-file -');
  fresh.action((options: Globals) => ended(load(options).then(([app, { runConfigNew }]) => runConfigNew(app))));

  const validate = withOutput(config.command('validate'), documents)
    .description('validate the file; lists all problems, with line and column')
    .option('--config <file>', 'config file (default: bootstrap.yaml in this folder)');
  withExamples(validate, 'bootstrap config validate', 'bootstrap config validate --config acme.yaml --output json');
  validate.action((options: Globals) => ended(load(options).then(([app, { runConfigValidate }]) => runConfigValidate(app))));

  const schema = withOutput(config.command('schema'), documents)
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

export const declareReport: Declare = (program, { host, ended }) => {
  const report = program.command('report').argument('<file>', 'result written by --output json; - reads it from stdin');
  withOutput(report, resultFormats)
    .description('show a saved result in any format, without calling AWS')
    .option('--config <file>', 'config file that SARIF points into (default: bootstrap.yaml)')
    .option('--show-waived', 'list waived findings instead of only counting them')
    .action((file: string, options: Globals & { readonly showWaived?: boolean }) =>
      ended(
        Promise.all([appOf(host, options), import('./report/run.js')]).then(([app, { runReport }]) =>
          runReport(file, { showWaived: options.showWaived === true }, app),
        ),
      ),
    );
};

export const declareCompletion: Declare = (program, { host, ended }) => {
  const completion = program
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells));
  withExamples(
    completion,
    'source <(bootstrap completion bash)           in ~/.bashrc',
    'source <(bootstrap completion zsh)            in ~/.zshrc, after compinit',
    'bootstrap completion fish > ~/.config/fish/completions/bootstrap.fish',
  );
  completion.action((shell: (typeof shells)[number]) =>
    ended(
      (async () => {
        const { completionScript } = await import('./completion/run.js');
        host.stdout.write(completionScript(shell, program));
        return 0;
      })(),
    ),
  );
};

/** These commands never prompt. */
const appOf = (host: Host, options: Globals): Promise<App> => anyAppOf(host, { ...options, input: false });
