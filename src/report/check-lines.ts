import { severities } from '../core/finding.js';
import { grouped } from '../core/grouped.js';
import type { Result, RunReport } from '../core/report.js';
import { overBudget, spendWords } from '../core/spend.js';
import { plain } from '../core/text.js';
import { totalsLine } from './counts.js';
import { nextLine } from './error-text.js';
import { command, hang, labelled, type Layout, paragraph, type Span, widthOf } from './layout.js';
import { spendOf, spendShareWords } from './spend.js';
import { checkNext, verdict, verdictLead } from './verdict.js';
import { accountLine, counted, exitMeaning, type RenderContext, shortResource, statusLabels, waiverWords } from './words.js';

/** Lines shared by the tables for one account and for an organization. */

/** The verdict, with the account below it. */
export const head = (report: RunReport, layout: Layout, detail?: Detail): readonly string[] => {
  const now = verdict(report);
  const { lead, columns } = verdictLead(now, layout);
  return [
    ...hang(layout, lead, columns, [{ text: now.text, paint: layout.strong }]),
    ...(report.account === null
      ? []
      : paragraph(layout, columns, { text: accountLine(report.account, report.target, detail === 'brief'), paint: layout.dim })),
    ...(detail === 'brief' ? [] : spendLine(report, layout, columns)),
  ];
};

/** `Spend ████░░░░░░ 4.28 of 10 USD (43 %), forecast 9.10 USD`, if that fits on one line; the bar ends at the limit. */
const spendLine = (report: RunReport, layout: Layout, columns: number): readonly string[] => {
  const spend = spendOf(report);
  if (spend === undefined) return [];
  const over = overBudget(spend);
  const paint = over === 'spend' ? layout.bad : over === 'forecast' ? layout.warn : layout.good;
  const bar = layout.accessible ? '' : layout.bar(spend.limit > 0 ? spend.actual / spend.limit : spend.actual > 0 ? 1 : 0, 10);
  // The finding about costs that are too high has the amounts.
  const text = plain(over === undefined || spend.limit <= 0 ? spendWords(spend) : spendShareWords(spend));
  const line = `${' '.repeat(columns)}Spend${layout.accessible ? ':' : ''} ${bar === '' ? '' : `${bar} `}${text}`;
  return widthOf(line) > layout.width
    ? []
    : [
        `${' '.repeat(columns)}${layout.dim(`Spend${layout.accessible ? ':' : ''}`)} ${bar === '' ? '' : `${paint(bar)} `}${layout.dim(text)}`,
      ];
};

/** The verdict again with the totals, since the first line may have scrolled away; then what to do next. */
export const foot = (report: RunReport, layout: Layout, words: RenderContext, before: readonly string[] = []): readonly string[] => {
  const totals = totalsLine(report, words.showWaived ? {} : { waived: ' (listed with --show-waived)' });
  const { lead, columns } = verdictLead(verdict(report), layout);
  return [
    ...before.flatMap((text) => paragraph(layout, 0, { text })),
    ...(totals === undefined
      ? paragraph(layout, 0, { text: `Exit code ${report.exit.code}: ${exitMeaning(report)}` })
      : hang(layout, lead, columns, [{ text: `${totals} (exit code ${report.exit.code})` }])),
    ...nextLine(layout, words.next ?? checkNext(report, words)),
  ];
};

/** Statuses, the worst first. */
export const worstFirst = ['fail', 'unknown', 'manual', 'waived', 'pass', 'not-applicable'] as const;

/** Most severe first; of the same severity, failures first. */
export const byUrgency = (a: Result, b: Result): number =>
  severities.indexOf(b.severity) - severities.indexOf(a.severity) || worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status);

/** Results on one line: the same check of several resources, or several checks that one denied read left unknown. */
type Row = readonly [Result, ...Result[]];
/** Rows of one step that share a fix. */
type Group = readonly [Row, ...Row[]];

/** Equal for results that share a row. */
const rowKey = (result: Result, listAll: boolean): unknown => {
  const { accountId, id, step, status, severity, reason, remediation: fix, missingPermission, waiver } = result;
  if (listAll || waiver !== null) return result;
  // The text of what `init` changes differs between resources; one run fixes them all.
  const remedy = fix?.by === 'init' ? [fix.by, fix.command, fix.url] : fix;
  return status === 'unknown'
    ? JSON.stringify([accountId, step, status, severity, reason, missingPermission])
    : JSON.stringify([accountId, id, status, severity, remedy]);
};

const instructionsOf = (row: Row): readonly string[] => [
  ...new Set(
    row.flatMap(({ remediation }) => (remediation === null || remediation.instructions === null ? [] : [remediation.instructions])),
  ),
];

/** Equal for rows that share a fix. */
const fixKey = (row: Row): unknown => {
  const [{ accountId, step, status, remediation: fix, missingPermission, waiver }] = row;
  if (status === 'waived') return row;
  return JSON.stringify(
    status === 'unknown'
      ? [accountId, step, status, missingPermission]
      : [accountId, step, status === 'manual', fix?.by, instructionsOf(row), fix?.command, fix?.url, waiver],
  );
};

/** Results as rows and groups, each sorted by urgency: a group by its most severe row. */
const groupsOf = (results: readonly Result[], listAll: boolean): readonly Group[] => {
  const sorted = results.toSorted(byUrgency);
  const rows: readonly Row[] = [...grouped(sorted, (result) => rowKey(result, listAll)).values()];
  return [...grouped(rows, fixKey).values()].reduce<readonly Group[]>((merged, group) => {
    const before = merged.at(-1);
    return before !== undefined && isOneRun(before, group) ? [...merged.slice(0, -1), [...before, ...group]] : [...merged, group];
  }, []);
};

/** Neighbours that one command of `init` fixes share its line. */
const isOneRun = ([[a]]: Group, [[b]]: Group): boolean =>
  a.status === 'fail' &&
  b.status === 'fail' &&
  a.accountId === b.accountId &&
  a.step === b.step &&
  a.remediation?.by === 'init' &&
  b.remediation?.by === 'init' &&
  a.remediation.command === b.remediation.command;

/** The column where text starts: after the longest severity. */
export const textColumn = (layout: Layout): number => widthOf(layout.symbol('good')) + 'critical'.length + 2;

/** `✗ critical`, `? unknown`, `✓ ok`, padded to the text column; without columns: `FAIL critical: `. */
export const leadOf = (
  layout: Layout,
  { status, severity }: Pick<Result, 'status' | 'severity'>,
): readonly [lead: string, columns: number] => {
  const { word, symbol, paint } = statusLabels[status];
  if (layout.accessible) {
    const text = status === 'fail' ? `${word} ${severity}` : word;
    return [`${layout[paint](text)}: `, widthOf(text) + 2];
  }
  const lead = `${layout.symbol(symbol)}${status === 'fail' ? severity : word}`;
  const color = status === 'fail' && (severity === 'medium' || severity === 'low') ? 'warn' : paint;
  return [`${layout[color](lead)}${' '.repeat(textColumn(layout) - widthOf(lead))}`, textColumn(layout)];
};

/** The id, plus the resource if several results share the id. Escaped here, because column widths are measured on it. */
export const nameOf = (result: Result, among: readonly Result[]): string =>
  plain(
    among.filter(({ id, accountId }) => id === result.id && accountId === result.accountId).length > 1
      ? `${result.id} ${shortResource(result.resource)}`
      : result.id,
  );

/** The names of the checks of a row; for several resources of one check, their number. */
const namesOf = (row: Row, among: readonly Result[]): string =>
  [...grouped(row, ({ id }) => id).values()]
    .map((same) => (same.length > 1 ? `${plain(same[0].id)} (${same.length} resources)` : nameOf(same[0], among)))
    .join(', ');

/** `brief`: a fix has one line, cut if it is longer. `all`: every result has a line of its own, and changes are described in full. */
export type Detail = 'brief' | 'usual' | 'all';

/** Open results, most severe first: what and why on one line, and each fix once. */
export const openLines = (layout: Layout, results: readonly Result[], detail: Detail = 'usual'): readonly string[] =>
  groupsOf(results, detail === 'all').flatMap((group) => [
    ...group.flatMap((row) => rowLines(layout, row, results)),
    ...fixLines(layout, group, detail),
  ]);

const rowLines = (layout: Layout, row: Row, among: readonly Result[]): readonly string[] => {
  const [first] = row;
  const [lead, columns] = leadOf(layout, first);
  const others = new Set(row.map(({ reason }) => reason)).size - 1;
  const name = namesOf(row, among);
  const spans: Span[] = [
    { text: first.status === 'fail' ? `${name}:` : `${name} (${first.severity}):`, paint: layout.strong },
    { text: others > 0 ? `${first.reason}; and ${others} similar` : first.reason },
  ];
  return [
    ...hang(layout, lead, columns, spans),
    ...(first.waiver === null ? [] : labelled(layout, fixColumn(layout), 'waiver', waiverWords(first) ?? '')),
  ];
};

const fixColumn = (layout: Layout): number => (layout.accessible ? 2 : textColumn(layout));

const fixLines = (layout: Layout, group: Group, detail: Detail): readonly string[] => {
  const [[{ remediation, missingPermission, status }]] = group;
  const column = fixColumn(layout);
  if (status === 'unknown') return missingPermission === null ? [] : labelled(layout, column, 'allow', missingPermission);
  if (remediation === null || status === 'waived') return [];
  const label = status === 'manual' ? 'do' : 'fix';
  const room = layout.width - column - widthOf(label) - 2;
  const fixes = group.flatMap((row) => {
    const [only, ...others] = instructionsOf(row);
    if (only === undefined) return [];
    if (others.length > 0) return [counted(others.length + 1, 'change')];
    const text = remediation.by === 'init' && detail !== 'all' ? short(only, room) : only;
    return [detail === 'brief' ? cutText(text, room) : text];
  });
  return [
    ...[...new Set(fixes)].flatMap((text) => labelled(layout, column, label, text)),
    // Alone on their lines, so that you can copy them.
    ...(remediation.command === null ? [] : command(layout, column, '', remediation.command)),
    ...(remediation.url === null
      ? []
      : paragraph(layout, column, { text: remediation.url, paint: (text) => layout.dim(layout.link(remediation.url ?? '')(text)) })),
  ];
};

/** A change that does not fit on the line, up to its details: `init` prints them in its plan. */
const short = (text: string, room: number): string => {
  if (widthOf(plain(text)) <= room) return text;
  const [start = text] = text.split(/: | \(|; /);
  return start.length >= 12 ? start : text;
};

/** As many words as fit, up to the end of a clause if that loses little. */
const cutText = (text: string, room: number): string => {
  const words = plain(text).split(' ');
  if (widthOf(words.join(' ')) <= room) return text;
  while (words.length > 1 && widthOf(`${words.join(' ')} ...`) > room) words.pop();
  const start = words.join(' ');
  const [, clause = ''] = /^(.*[.;:])(?: |$)/.exec(start) ?? [];
  return `${(clause.length >= room * 0.6 ? clause : start).replace(/[;:,.(]+$/, '')} ...`;
};
