import { select, type SelectionFlags } from '../../config/resolve.js';
import { usage } from '../../core/errors.js';
import type { FindingSpec } from '../../core/finding.js';
import type { TextStyle } from '../../core/text.js';
import { fill, hang, type Layout, layoutOf, padTo, pageOf, widthOf } from '../../report/layout.js';
import { counted } from '../../report/words.js';
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

/** The checks of one step. */
interface ListedStep {
  readonly title: string;
  readonly findings: readonly FindingSpec[];
}

/** The table of `check --list-checks`: every check with its title, severity and references, grouped by step. */
export const renderCheckList = (listed: readonly ListedStep[], style: TextStyle): string => {
  const layout = layoutOf(style);
  const all = listed.flatMap(({ findings }) => findings);
  const column = Math.max(0, ...all.map(({ id }) => widthOf(id))) + 4;
  return pageOf(
    ...listed.map(({ title, findings }) => [layout.strong(title), ...findings.flatMap((spec) => lines(layout, spec, column))]),
    fill([{ text: `${counted(all.length, 'check')}. To read about one: bootstrap explain ID` }], layout.width),
  );
};

const lines = (layout: Layout, { id, severity, kind, title, references }: FindingSpec, column: number): readonly string[] => {
  const of = kind === 'audit' ? `${severity}, check only` : severity;
  const text = [{ text: `${title} (${of})` }];
  const beside = layout.width - column >= 40;
  const first = beside
    ? hang(layout, padTo(`  ${id}`, column), column, text)
    : [`  ${layout.strong(id)}`, ...hang(layout, '    ', 4, text)];
  const indent = beside ? column : 4;
  return [
    ...first,
    ...(references.length === 0 ? [] : hang(layout, ' '.repeat(indent), indent, [{ text: references.join(', '), paint: layout.dim }])),
  ];
};
