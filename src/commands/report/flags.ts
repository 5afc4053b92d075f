import type { Globals } from '../../run/host.js';
import { type Declare, offlineAppOf, resultFormats, withOutput } from '../flags.js';

type Options = Globals & { readonly showWaived?: boolean; readonly verbose?: boolean; readonly redact?: boolean };

export const declareReport: Declare = (program, { host, ended }) => {
  const report = program.command('report').argument('<file...>', 'results written by --output json; - reads one from stdin');
  withOutput(report, resultFormats)
    .option('--config <file>', 'config file that SARIF points into (default: bootstrap.yaml)')
    .option('--show-waived', 'list waived findings instead of only counting them')
    .option('--redact', 'replace ids, addresses, keys and names, to share it')
    .option('-v, --verbose', 'list every check and account, also those that are equal')
    .action((files: readonly string[], { showWaived = false, verbose = false, redact = false, ...options }: Options) =>
      ended(
        Promise.all([offlineAppOf(host, options), import('./run.js')]).then(([app, { runReport }]) =>
          runReport(files, { showWaived, verbose, redact }, app),
        ),
      ),
    );
};
