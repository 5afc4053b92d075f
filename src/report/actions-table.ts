import type { ErrorInfo } from '../core/errors.js';
import type { AccountReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { errorFacts, errorMessage } from './error-text.js';
import { hang, type Layout, padTo, paragraph, widthOf } from './layout.js';
import { type Verdict, verdictLead } from './verdict.js';
import { accountLine } from './words.js';

/** What the tables of `keys` and `accounts` have in common. */

interface Outcome {
  readonly account: AccountReport | null;
  readonly target: string;
  readonly error?: ErrorInfo;
}

/** The first lines: the outcome, the account, the error, and what was done. */
export const outcomeLines = (
  layout: Layout,
  { account, target, error }: Outcome,
  verdict: Verdict,
  done: readonly string[],
): readonly (readonly string[])[] => {
  const { lead, columns } = verdictLead(verdict, layout);
  const tick = layout.symbol('good');
  return [
    [
      ...hang(layout, lead, columns, [{ text: verdict.text, paint: layout.strong }]),
      ...(account === null ? [] : paragraph(layout, 2, { text: accountLine(account, target), paint: layout.dim })),
    ],
    error === undefined ? [] : [...errorMessage(layout, 2, error), ...errorFacts(layout, 2, error)],
    done.flatMap((what) => hang(layout, `  ${layout.good(tick)}`, 2 + widthOf(tick), [{ text: what }])),
  ];
};

/** The verdict of a command that failed or was stopped. */
export const unfinished = (name: string, code: number, { changed }: Pick<ErrorInfo, 'changed'>): Verdict => {
  const stopped = code === 130 || code === 143;
  return {
    symbol: 'bad',
    paint: 'bad',
    word: stopped ? 'STOPPED' : 'FAILED',
    text: stopped && changed === false ? `${name}: nothing was changed` : name,
  };
};

/** A row of cells for each item, below the titles of the columns; undefined if they do not fit side by side. */
export const columnLines = (
  titles: readonly string[],
  items: readonly (readonly string[])[],
  layout: Layout,
): readonly string[] | undefined => {
  const rows = items.map((cells) => cells.map(plain));
  const widths = titles.map((title, at) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at] as string))));
  if (layout.accessible || widths.reduce((sum, width) => sum + width + 2, -2) > layout.width) return undefined;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => padTo(cell, (widths[at] as number) + 2))
      .join('')
      .trimEnd();
  return [layout.dim(line(titles)), ...rows.map(line)];
};
