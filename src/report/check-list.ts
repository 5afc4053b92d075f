import type { FindingSpec } from '../core/finding.js';
import type { TextStyle } from '../core/text.js';
import { fill, hang, padTo, pageOf, type Layout, layoutOf, widthOf } from './layout.js';
import { counted } from './words.js';

/** The checks of one step. */
export interface ListedStep {
  readonly title: string;
  readonly findings: readonly FindingSpec[];
}

/** The table of `check --list-checks`: every check with its title, severity and references, grouped by step. */
export const renderCheckList = (steps: readonly ListedStep[], look: TextStyle): string => {
  const sheet = layoutOf(look);
  const all = steps.flatMap(({ findings }) => findings);
  const column = Math.max(0, ...all.map(({ id }) => widthOf(id))) + 4;
  return pageOf(
    ...steps.map(({ title, findings }) => [sheet.strong(title), ...findings.flatMap((spec) => lines(sheet, spec, column))]),
    fill([{ text: `${counted(all.length, 'check')}. To read about one: bootstrap explain ID` }], sheet.width),
  );
};

const lines = (sheet: Layout, { id, severity, kind, title, references }: FindingSpec, column: number): readonly string[] => {
  const of = kind === 'audit' ? `${severity}, check only` : severity;
  const text = [{ text: `${title} (${of})` }];
  const beside = sheet.width - column >= 40;
  const first = beside ? hang(sheet, padTo(`  ${id}`, column), column, text) : [`  ${sheet.strong(id)}`, ...hang(sheet, '    ', 4, text)];
  const indent = beside ? column : 4;
  return [
    ...first,
    ...(references.length === 0 ? [] : hang(sheet, ' '.repeat(indent), indent, [{ text: references.join(', '), paint: sheet.dim }])),
  ];
};
