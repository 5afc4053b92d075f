import type { Result, RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { command, hang, labelled, type Layout, paragraph, type Span, widthOf } from './layout.js';
import { verdict } from './verdict.js';
import { accountLine, shortResource, statusLabels, waiverWords } from './words.js';

/** Lines shared by the tables for one account and for an organization. */

/** The verdict, with the account below it. */
export const head = (report: RunReport, sheet: Layout): readonly string[] => {
  const { symbol, paint, word, text } = verdict(report);
  const lead = `${sheet.symbol(symbol)}${word}`;
  const columns = widthOf(lead) + 2;
  return [
    ...hang(sheet, `${sheet[paint](lead)}  `, columns, [{ text, paint: sheet.strong }]),
    ...(report.account === null ? [] : paragraph(sheet, columns, { text: accountLine(report.account, report.target), paint: sheet.dim })),
  ];
};

const weight = { critical: 0, high: 1, medium: 2, low: 3 } as const;
const order = { fail: 0, unknown: 1, manual: 2, waived: 3, pass: 4, 'not-applicable': 5 } as const;

/** Worst first. */
export const bySeverity = (group: readonly Result[]): readonly Result[] =>
  [...group].sort((a, b) => order[a.status] - order[b.status] || weight[a.severity] - weight[b.severity]);

/** The column where text starts, after the longest status word. */
export const textColumn = (sheet: Layout): number => 2 + widthOf(sheet.symbol('good')) + 'unknown'.length + 2;

export const statusLead = (sheet: Layout, status: Result['status']): string => {
  const { word, symbol, paint } = statusLabels[status];
  const lead = `${sheet.symbol(symbol)}${word}`;
  return `  ${sheet[paint](lead)}${' '.repeat(textColumn(sheet) - 2 - widthOf(lead))}`;
};

const severityPaint = (sheet: Layout, { severity }: Result) => (severity === 'critical' || severity === 'high' ? sheet.bad : sheet.warn);

/** The id, plus the resource if several results share the id. Escaped here, because column widths are measured on it. */
export const nameOf = (result: Result, among: readonly Result[]): string =>
  plain(
    among.filter(({ id, accountId }) => id === result.id && accountId === result.accountId).length > 1
      ? `${result.id} ${shortResource(result.resource)}`
      : result.id,
  );

/** One open result: what, why, and its fix. */
export const openLines = (sheet: Layout, result: Result, group: readonly Result[]): readonly string[] => {
  const column = textColumn(sheet);
  const name: Span[] = [{ text: nameOf(result, group), paint: sheet.strong }];
  if (result.status === 'fail') name.push({ text: `(${result.severity})`, paint: severityPaint(sheet, result) });
  return [
    ...hang(sheet, statusLead(sheet, result.status), column, name),
    ...hang(sheet, ' '.repeat(column), column, [{ text: result.reason }]),
    ...fixLines(sheet, column, result),
    ...(result.waiver === null ? [] : labelled(sheet, column, 'waiver', waiverWords(result) ?? '')),
  ];
};

const fixLines = (sheet: Layout, column: number, { remediation, missingPermission, status }: Result): readonly string[] => {
  if (status === 'unknown') return missingPermission === null ? [] : labelled(sheet, column, 'allow', missingPermission);
  if (remediation === null) return [];
  const { instructions, command: run, url } = remediation;
  const label = status === 'manual' ? 'do' : 'fix';
  return [
    ...(instructions === null ? [] : labelled(sheet, column, label, instructions)),
    ...(run === null ? [] : command(sheet, column, instructions === null ? label : 'run', run)),
    ...(url === null ? [] : labelled(sheet, column, 'see', url, sheet.dim, sheet.link(url))),
  ];
};
