import { select, type SelectionFlags } from '../../config/selection.js';
import { usage } from '../../core/errors.js';
import { renderCheckList } from '../../report/check-list.js';
import type { App } from '../../run/app.js';
import { documentOf, json, offline, printText } from '../../run/offline.js';
import { steps } from '../../steps/index.js';

/** `bootstrap check --list-checks`: what there is to check, as `--only` and `--skip` choose it. Calls no AWS API and reads no config. */
export const runListChecks = (flags: SelectionFlags, app: App): Promise<number> =>
  offline(app, 'check --list-checks', async () => {
    const { globals, terminal } = app;
    if (globals.output !== 'table' && globals.output !== 'json')
      throw usage(`--list-checks has no format ${globals.output}.`, 'Choose --output table or --output json.');
    const { includes, findings: single } = select(flags, steps, 'check');
    const listed = steps
      .filter(({ id }) => includes(id))
      .map(({ id, title, findings }) => ({
        id,
        title,
        findings: findings.filter((spec) => single === undefined || single.includes(spec.id)),
      }));
    const checks = listed.flatMap(({ id: step, findings }) =>
      findings.map(({ id, severity, kind, title, references }) => ({ id, step, kind, severity, title, references })),
    );
    const look = globals.outputFile === undefined ? terminal.style : { ...terminal.style, color: false };
    await printText(
      app,
      globals.output === 'json' ? json({ ...documentOf('check --list-checks', 0), checks }) : renderCheckList(listed, look),
    );
    return 0;
  });
