import type { Globals } from '../../run/host.js';
import { type Declare, offlineAppOf, resultFormats, withOutput } from '../flags.js';

export const declareReport: Declare = (program, { host, ended }) => {
  const report = program.command('report').argument('<file>', 'result written by --output json; - reads it from stdin');
  withOutput(report, resultFormats)
    .description('show a saved result in any format, without calling AWS')
    .option('--config <file>', 'config file that SARIF points into (default: bootstrap.yaml)')
    .option('--show-waived', 'list waived findings instead of only counting them')
    .option('-v, --verbose', 'list every check and account; without it, what is alike shares a line')
    .action((file: string, options: Globals & { readonly showWaived?: boolean; readonly verbose?: boolean }) =>
      ended(
        Promise.all([offlineAppOf(host, options), import('./run.js')]).then(([app, { runReport }]) =>
          runReport(file, { showWaived: options.showWaived === true, verbose: options.verbose === true }, app),
        ),
      ),
    );
};
