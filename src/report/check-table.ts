import type { Result, RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { bySeverity, head, nameOf, openLines, statusLead, textColumn } from './check-lines.js';
import { errorFacts, errorMessage, nextLine } from './error-text.js';
import { fill, hang, labelled, type Layout, padTo, pageOf, paragraph, widthOf } from './layout.js';
import { organizationTable } from './organization-table.js';
import { checkNext, countsLines } from './verdict.js';
import { counted, reasonOf, type RenderContext, titleOf } from './words.js';

/**
 * The table of `check`: the verdict; open results grouped by step in run order, each with its fix; results that need no action, one line
 * each; the counts; and last what to do next.
 */
export const checkTable = (report: RunReport, sheet: Layout, words: RenderContext): string => {
  if (report.accounts !== undefined) return organizationTable(report, report.accounts, sheet, words);
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

/** Results grouped by account and step, in registry order. */
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

const headingOf = (report: RunReport, group: readonly Result[], words: RenderContext): string => {
  const [first] = group;
  const title = titleOf(words, first?.step ?? '');
  return accountsOf(report).length > 1 ? `${title} in account ${first?.accountId}` : title;
};

/** Results that need no action, one line each: the id in its own column if it fits, else above its reason. */
const fineLines = (report: RunReport, sheet: Layout, fine: readonly Result[], besideOpen: boolean): readonly string[] => {
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
    ...(besideOpen ? [sheet.strong(`No action needed (${counted(fine.length, 'check')})`)] : []),
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
