import type { Result, RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { errorFacts, errorMessage, nextLine } from './error-block.js';
import { checkNext, countsLines, verdict } from './check-words.js';
import { command, fill, hang, labelled, padTo, pageOf, paragraph, type Sheet, type Span, widthOf } from './layout.js';
import { accountLine, counted, reasonOf, shortResource, statusWords, titleOf, waiverWords, type Words } from './words.js';

/**
 * `check` for people. The verdict comes first; then what is open, grouped by step in run order, each with its fix; then what is fine,
 * compactly; the counts; and in the last line what to do next.
 */
export const checkTable = (report: RunReport, sheet: Sheet, words: Words): string => {
  const open = report.results.filter(({ status }) => status === 'fail' || status === 'unknown' || status === 'manual');
  const fine = report.results.filter(
    ({ status }) => status === 'pass' || status === 'not-applicable' || (status === 'waived' && words.showWaived),
  );
  const { error } = report;
  return pageOf(
    head(report, sheet),
    error ? [...errorMessage(sheet, 2, error), ...errorFacts(sheet, 2, error)] : [],
    ...groupsOf(report, open).map((group) => [
      sheet.strong(fill([{ text: headingOf(report, group, words) }], sheet.width).join('\n')),
      ...bySeverity(group).flatMap((result) => openLines(sheet, result, group)),
    ]),
    fineLines(report, sheet, fine, open.length > 0),
    (report.warnings ?? []).flatMap((text) => labelled(sheet, 0, 'Warning', text, sheet.warn)),
    [
      ...countsLines(report, words).flatMap((text) => paragraph(sheet, 0, { text })),
      ...nextLine(sheet, words.next ?? checkNext(report, words)),
    ],
  );
};

const head = (report: RunReport, sheet: Sheet): readonly string[] => {
  const { symbol, paint, word, text } = verdict(report);
  const lead = `${sheet.symbol(symbol)}${word}`;
  const columns = widthOf(lead) + 2;
  return [
    ...hang(sheet, `${sheet[paint](lead)}  `, columns, [{ text, paint: sheet.strong }]),
    ...(report.account === null ? [] : paragraph(sheet, columns, { text: accountLine(report.account, report.target), paint: sheet.dim })),
  ];
};

/** Results of one account and step, in the order in which they came: the registry's. */
const groupsOf = (report: RunReport, results: readonly Result[]): readonly (readonly Result[])[] => {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const key = JSON.stringify([result.accountId, result.step]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const accounts = accountsOf(report);
  return [...groups.values()].sort((a, b) => accounts.indexOf(a[0]?.accountId ?? '') - accounts.indexOf(b[0]?.accountId ?? ''));
};

const accountsOf = (report: RunReport): readonly string[] => [...new Set(report.results.map(({ accountId }) => accountId))];

const headingOf = (report: RunReport, group: readonly Result[], words: Words): string => {
  const [first] = group;
  const title = titleOf(words, first?.step ?? '');
  return accountsOf(report).length > 1 ? `${title} in account ${first?.accountId}` : title;
};

const weight = { critical: 0, high: 1, medium: 2, low: 3 } as const;
const order = { fail: 0, unknown: 1, manual: 2, waived: 3, pass: 4, 'not-applicable': 5 } as const;

const bySeverity = (group: readonly Result[]): readonly Result[] =>
  [...group].sort((a, b) => order[a.status] - order[b.status] || weight[a.severity] - weight[b.severity]);

/** Column of the text behind the longest status word. */
const textColumn = (sheet: Sheet): number => 2 + widthOf(sheet.symbol('good')) + 'by hand'.length + 2;

const statusLead = (sheet: Sheet, status: Result['status']): string => {
  const { word, symbol, paint } = statusWords[status];
  const lead = `${sheet.symbol(symbol)}${word}`;
  return `  ${sheet[paint](lead)}${' '.repeat(textColumn(sheet) - 2 - widthOf(lead))}`;
};

const severityPaint = (sheet: Sheet, { severity }: Result) => (severity === 'critical' || severity === 'high' ? sheet.bad : sheet.warn);

/** The id, with the resource where several results share it. Harmless, because columns are measured on it. */
const nameOf = (result: Result, among: readonly Result[]): string =>
  plain(
    among.filter(({ id, accountId }) => id === result.id && accountId === result.accountId).length > 1
      ? `${result.id} ${shortResource(result.resource)}`
      : result.id,
  );

const openLines = (sheet: Sheet, result: Result, group: readonly Result[]): readonly string[] => {
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

const fixLines = (sheet: Sheet, column: number, { remediation, missingPermission, status }: Result): readonly string[] => {
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

/** What is fine, one line each: the id in a column of its own where there is room, else above its reason. */
const fineLines = (report: RunReport, sheet: Sheet, fine: readonly Result[], besideOpen: boolean): readonly string[] => {
  if (fine.length === 0) return [];
  const several = accountsOf(report).length > 1;
  const named = fine.map((result) => ({
    result,
    name: several ? `${plain(result.accountId)} ${nameOf(result, fine)}` : nameOf(result, fine),
  }));
  const column = textColumn(sheet);
  const longest = Math.max(...named.map(({ name }) => widthOf(name)).filter((width) => width <= 40));
  const beside = !sheet.accessible && sheet.width - column - longest >= 34;
  return [
    ...(besideOpen ? [sheet.strong(`Nothing to do here (${counted(fine.length, 'check')})`)] : []),
    ...named.flatMap(({ result, name }) => {
      const lead = statusLead(sheet, result.status);
      if (beside && widthOf(name) <= longest)
        return hang(sheet, `${lead}${padTo(name, longest)}  `, column + longest + 2, [{ text: reasonOf(result), paint: sheet.dim }]);
      return [
        ...hang(sheet, lead, column, [{ text: name }]),
        ...hang(sheet, ' '.repeat(column), column, [{ text: reasonOf(result), paint: sheet.dim }]),
      ];
    }),
  ];
};
