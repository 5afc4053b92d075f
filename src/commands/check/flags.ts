import { Option } from 'commander';
import type { SelectionFlags } from '../../config/resolve.js';
import { severities, type Severity } from '../../core/finding.js';
import type { Globals } from '../../run/app.js';
import { appOf, collect, type Declare, given, resultFormats, withGlobals } from '../flags.js';
import { withExamples } from '../../help/layout.js';

type Options = Globals &
  SelectionFlags & {
    readonly failOn: Severity;
    readonly strict?: boolean;
    readonly listChecks?: boolean;
    readonly showWaived?: boolean;
    readonly verbose?: boolean;
    readonly org?: boolean;
    readonly accounts?: readonly string[];
    readonly redact?: boolean;
  };

export const declareCheck: Declare = (program, { host, ended }) => {
  const check = withGlobals(program.command('check'), resultFormats);
  withExamples(
    check,
    'bootstrap check',
    'bootstrap check --only mfa,alias',
    'bootstrap check --output sarif --output-file check.sarif',
    'bootstrap check --org',
  )
    .addOption(new Option('--fail-on <severity>', 'lowest severity that results in exit code 3').choices(severities).default('high'))
    .option('--strict', 'count manual checks as failures')
    .option('--list-checks', 'list the selected checks, without calling AWS')
    .option('--show-waived', 'list waived findings instead of only counting them')
    .option('-v, --verbose', 'list every check and account, also those that are equal')
    .option('--redact', 'replace ids, addresses, keys and names, to share it')
    .option('--org', 'check every account of the organization; not as root')
    .option('--accounts <list>', 'with --org, only these, separated by commas', collect)
    .option('--only <ids>', 'only these steps or checks (repeat, or separate with commas)', collect)
    .option('--skip <ids>', 'skip these steps or checks', collect)
    .action((options: Options) =>
      ended(
        options.listChecks === true
          ? Promise.all([appOf(host, options), import('./list.js')]).then(([app, { runListChecks }]) =>
              runListChecks(given(options, 'only', 'skip'), app),
            )
          : appOf(
              host,
              options,
              [options.only, options.skip, options.accounts].every((flag) => flag === undefined)
                ? { mode: 'read', attended: false }
                : undefined,
            ).then(async (app) => {
              const { failOn, strict = false, showWaived = false, verbose = false, redact = false } = options;
              const flags = { failOn, strict, showWaived, verbose, redact, ...given(options, 'only', 'skip', 'accounts') };
              return options.org === true
                ? (await import('./organization.js')).runCheckOrganization(flags, app)
                : (await import('./run.js')).runCheck(flags, app);
            }),
      ),
    );
};
