import { select, type SelectionFlags } from '../../config/resolve.js';
import { usage } from '../../core/errors.js';
import { renderCheckList } from '../../report/check-list.js';
import type { App } from '../../run/app.js';
import { documentHead, offline } from '../../run/offline.js';
import { jsonText, printText } from '../../run/output.js';
import { steps } from '../../steps/index.js';

/** `bootstrap check --list-checks`: the checks that `--only` and `--skip` select. Reads neither AWS nor the config. */
export const runListChecks = (flags: SelectionFlags, app: App): Promise<number> =>
  offline(app, 'check --list-checks', async () => {
    const { globals, terminal } = app;
    if (globals.output !== 'table' && globals.output !== 'json')
      throw usage(`--list-checks has no format ${globals.output}.`, 'Choose --output table or --output json.');
    const { includes, findings: selected } = select(flags, steps, 'check');
    const listed = steps
      .filter(({ id }) => includes(id))
      .map(({ id, title, findings }) => ({
        id,
        title,
        findings: findings.filter((spec) => selected === undefined || selected.includes(spec.id)),
      }));
    const checks = listed.flatMap(({ id: step, findings }) =>
      findings.map(({ id, severity, kind, title, references }) => ({ id, step, kind, severity, title, references })),
    );
    const style = globals.outputFile === undefined ? terminal.style : { ...terminal.style, color: false };
    await printText(
      app,
      globals.output === 'json' ? jsonText({ ...documentHead('check --list-checks', 0), checks }) : renderCheckList(listed, style),
    );
    return 0;
  });
