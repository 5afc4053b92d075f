import type { Globals } from '../../run/host.js';
import { type Declare, plainFormats, offlineAppOf, withOutput } from '../flags.js';
import { withExamples } from '../../help/layout.js';

export const declareExplain: Declare = (program, { host, ended }) => {
  const explain = withOutput(program.command('explain'), plainFormats).argument(
    '[id]',
    'id of a step or check, error code, or exit code (default: list all)',
  );
  withExamples(explain, 'bootstrap explain', 'bootstrap explain mfa.root', 'bootstrap explain E-ALIAS-TAKEN', 'bootstrap explain 3');
  explain.action((id: string | undefined, options: Globals) =>
    ended(
      (async () => {
        const [app, { runExplain }] = await Promise.all([offlineAppOf(host, options), import('./run.js')]);
        return runExplain(id, app);
      })(),
    ),
  );
};
