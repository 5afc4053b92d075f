import { grouped } from '../core/grouped.js';
import { isOpen, type Result, type RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { type Detail, foot, head, leadOf, nameOf, openLines } from './check-lines.js';
import { statusCounts, totalsOf } from './counts.js';
import { errorFacts, errorMessage } from './error-text.js';
import { hang, labelled, type Layout, padTo, pageOf, widthOf } from './layout.js';
import { organizationTable } from './organization-table.js';
import { counted, reasonOf, type RenderContext, titleOf } from './words.js';

/**
 * The table of `check`: the verdict; open results, most severe first, with one fix for all that share it; one line per step for the rest
 * (`--verbose` lists them); the verdict again with the totals; and last what to do next.
 */
export const checkTable = (report: RunReport, layout: Layout, words: RenderContext): string => {
  if (report.accounts !== undefined) return organizationTable(report, report.accounts, layout, words);
  const verbose = words.verbose ?? false;
  const open = report.results.filter(isOpen);
  const waived = words.showWaived ? report.results.filter(({ status }) => status === 'waived') : [];
  const fine = report.results.filter((result) => !isOpen(result) && !waived.includes(result));
  const { error } = report;
  const steps = verbose ? [] : stepLines(report, layout, fine, words);
  const page = (passed: readonly string[], detail: Detail, ...hint: readonly string[]): string =>
    pageOf(
      head(report, layout, detail),
      error ? [...errorMessage(layout, 2, error), ...errorFacts(layout, 2, error)] : [],
      ...byAccount(report, open).map(({ accountId, results }) => [
        ...(accountId === undefined ? [] : [layout.strong(`Account ${plain(accountId)}`)]),
        ...openLines(layout, results, detail),
      ]),
      [...passed, ...waived.flatMap((result) => fineLine(report, layout, result, waived))],
      (report.warnings ?? []).flatMap((text) => labelled(layout, 0, 'Warning', text, layout.warn)),
      foot(report, layout, words, hint),
    );
  if (verbose) {
    const listed = fine.filter(({ status }) => status !== 'waived');
    return page(fineLines(report, layout, listed, open.length > 0), 'all');
  }
  const lines = steps.map(({ line }) => line);
  const table = page(lines, 'usual');
  if (layout.accessible || linesIn(table) <= screen) return table;
  const columns = twoColumns(steps, layout);
  const denser = page(columns, 'usual');
  if (linesIn(denser) <= screen) return denser;
  const densest = page(columns, 'brief', '--verbose prints each fix in full.');
  return linesIn(densest) <= screen ? densest : denser;
};

/** The rows of a terminal that most people have. */
const screen = 24;
const linesIn = (text: string): number => text.split('\n').length - 1;

const accountsOf = (report: RunReport): readonly string[] => [...new Set(report.results.map(({ accountId }) => accountId))];

interface OfAccount {
  /** undefined if the report is about one account. */
  readonly accountId?: string;
  readonly results: readonly Result[];
}

const byAccount = (report: RunReport, results: readonly Result[]): readonly OfAccount[] => {
  const accounts = accountsOf(report);
  if (results.length === 0) return [];
  if (accounts.length < 2) return [{ results }];
  return accounts
    .map((accountId) => ({ accountId, results: results.filter((result) => result.accountId === accountId) }))
    .filter((one) => one.results.length > 0);
};

interface StepLine {
  /** Painted. */
  readonly line: string;
  readonly width: number;
}

/** `✓ Budget: 4 ok`, for each step in run order. */
const stepLines = (report: RunReport, layout: Layout, fine: readonly Result[], words: RenderContext): readonly StepLine[] => {
  const several = accountsOf(report).length > 1;
  return [...grouped(fine, ({ accountId, step }) => JSON.stringify([accountId, step])).values()].map((results) => {
    const [first] = results;
    const symbol = results.some(({ status }) => status === 'pass') ? 'good' : 'off';
    const lead = layout.symbol(symbol);
    const title = `${several ? `${titleOf(words, first.step)} in account ${first.accountId}` : titleOf(words, first.step)}:`;
    const counts = statusCounts(totalsOf({ results }));
    const lines = hang(layout, symbol === 'good' ? layout.good(lead) : layout.dim(lead), widthOf(lead), [
      { text: title },
      { text: counts, paint: layout.dim },
    ]);
    return { line: lines.join('\n'), width: lines.length > 1 ? layout.width : widthOf(`${lead}${plain(title)} ${counts}`) };
  });
};

/** Two steps on a row, if all fit. */
const twoColumns = (steps: readonly StepLine[], layout: Layout): readonly string[] => {
  const column = Math.floor(layout.width / 2);
  if (steps.some(({ width }) => width > column - 2)) return steps.map(({ line }) => line);
  const rows = Math.ceil(steps.length / 2);
  return steps.slice(0, rows).map(({ line, width }, at) => {
    const beside = steps[at + rows];
    return beside === undefined ? line : `${line}${' '.repeat(column - width)}${beside.line}`;
  });
};

/** `--verbose`: results that need no action, one by one. */
const fineLines = (report: RunReport, layout: Layout, fine: readonly Result[], besideOpen: boolean): readonly string[] =>
  fine.length === 0
    ? []
    : [
        ...(besideOpen ? [layout.strong(`No action needed (${counted(fine.length, 'check')})`)] : []),
        ...fine.flatMap((result) => fineLine(report, layout, result, fine)),
      ];

/** The id in its own column if it fits, else before its reason. */
const fineLine = (report: RunReport, layout: Layout, result: Result, among: readonly Result[]): readonly string[] => {
  const nameFor = (one: Result): string => `${accountsOf(report).length > 1 ? `${plain(one.accountId)} ` : ''}${nameOf(one, among)}`;
  const [lead, column] = leadOf(layout, result);
  const longest = Math.max(0, ...among.map((one) => widthOf(nameFor(one))).filter((width) => width <= 40));
  const name = nameFor(result);
  const reason = { text: reasonOf(result), paint: layout.dim };
  return !layout.accessible && layout.width - column - longest >= 34 && widthOf(name) <= longest
    ? hang(layout, `${lead}${padTo(name, longest)}  `, column + longest + 2, [reason])
    : hang(layout, lead, column, [{ text: `${name}:` }, reason]);
};
