import { severities } from '../core/finding.js';
import type { Result, RunReport } from '../core/report.js';
import { overBudget, spendWords } from '../core/spend.js';
import { plain } from '../core/text.js';
import { totalsLine } from './counts.js';
import { nextLine } from './error-text.js';
import { command, hang, labelled, type Layout, paragraph, type Span, widthOf } from './layout.js';
import { spendOf, spendShareWords } from './spend.js';
import { checkNext, verdict } from './verdict.js';
import { accountLine, counted, exitMeaning, type RenderContext, shortResource, statusLabels, waiverWords } from './words.js';

/** Lines shared by the tables for one account and for an organization. */

/** The verdict, with the account below it. */
export const head = (report: RunReport, sheet: Layout, detail?: Detail): readonly string[] => {
  const { text } = verdict(report);
  const { lead, columns } = verdictLead(report, sheet);
  return [
    ...hang(sheet, lead, columns, [{ text, paint: sheet.strong }]),
    ...(report.account === null
      ? []
      : paragraph(sheet, columns, { text: accountLine(report.account, report.target, detail === 'brief'), paint: sheet.dim })),
    ...(detail === 'brief' ? [] : spendLine(report, sheet, columns)),
  ];
};

/** `Spend ████░░░░░░ 4.28 of 10 USD (43 %), forecast 9.10 USD`, if that fits on one line; the bar ends at the limit. */
const spendLine = (report: RunReport, sheet: Layout, columns: number): readonly string[] => {
  const spend = spendOf(report);
  if (spend === undefined) return [];
  const over = overBudget(spend);
  const paint = over === 'spend' ? sheet.bad : over === 'forecast' ? sheet.warn : sheet.good;
  const bar = sheet.accessible ? '' : sheet.bar(spend.limit > 0 ? spend.actual / spend.limit : spend.actual > 0 ? 1 : 0, 10);
  // The finding about costs that are too high has the amounts.
  const text = plain(over === undefined || spend.limit <= 0 ? spendWords(spend) : spendShareWords(spend));
  const line = `${' '.repeat(columns)}Spend${sheet.accessible ? ':' : ''} ${bar === '' ? '' : `${bar} `}${text}`;
  return widthOf(line) > sheet.width
    ? []
    : [`${' '.repeat(columns)}${sheet.dim(`Spend${sheet.accessible ? ':' : ''}`)} ${bar === '' ? '' : `${paint(bar)} `}${sheet.dim(text)}`];
};

/** The verdict again with the totals, since the first line may have scrolled away; then what to do next. */
export const foot = (report: RunReport, sheet: Layout, words: RenderContext, before: readonly string[] = []): readonly string[] => {
  const totals = totalsLine(report, words.showWaived ? {} : { waived: ' (listed with --show-waived)' });
  const { lead, columns } = verdictLead(report, sheet);
  return [
    ...before.flatMap((text) => paragraph(sheet, 0, { text })),
    ...(totals === undefined
      ? paragraph(sheet, 0, { text: `Exit code ${report.exit.code}: ${exitMeaning(report)}` })
      : hang(sheet, lead, columns, [{ text: `${totals} (exit code ${report.exit.code})` }])),
    ...nextLine(sheet, words.next ?? checkNext(report, words)),
  ];
};

const verdictLead = (report: RunReport, sheet: Layout): { readonly lead: string; readonly columns: number } => {
  const { symbol, paint, word } = verdict(report);
  const lead = `${sheet.symbol(symbol)}${word}`;
  return { lead: `${sheet[paint](lead)}  `, columns: widthOf(lead) + 2 };
};

const statuses = ['fail', 'unknown', 'manual', 'waived', 'pass', 'not-applicable'] as const;

/** Most severe first; of the same severity, failures first. */
export const byUrgency = (a: Result, b: Result): number =>
  severities.indexOf(b.severity) - severities.indexOf(a.severity) || statuses.indexOf(a.status) - statuses.indexOf(b.status);

export const isOpen = ({ status }: Pick<Result, 'status'>): boolean => status === 'fail' || status === 'unknown' || status === 'manual';

/** Node 20 has no Map.groupBy. */
export const grouped = <T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

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
  const rows = [...grouped(sorted, (result) => rowKey(result, listAll)).values()] as unknown as readonly Row[];
  const groups = [...grouped(rows, fixKey).values()] as unknown as readonly Group[];
  return groups.reduce<readonly Group[]>((merged, group) => {
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
export const textColumn = (sheet: Layout): number => widthOf(sheet.symbol('good')) + 'critical'.length + 2;

/** `✗ critical`, `? unknown`, `✓ ok`, padded to the text column; without columns: `FAIL critical: `. */
export const leadOf = (
  sheet: Layout,
  { status, severity }: Pick<Result, 'status' | 'severity'>,
): readonly [lead: string, columns: number] => {
  const { word, symbol, paint } = statusLabels[status];
  if (sheet.accessible) {
    const text = status === 'fail' ? `${word} ${severity}` : word;
    return [`${sheet[paint](text)}: `, widthOf(text) + 2];
  }
  const lead = `${sheet.symbol(symbol)}${status === 'fail' ? severity : word}`;
  const color = status === 'fail' && (severity === 'medium' || severity === 'low') ? 'warn' : paint;
  return [`${sheet[color](lead)}${' '.repeat(textColumn(sheet) - widthOf(lead))}`, textColumn(sheet)];
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
    .map((same) => (same.length > 1 ? `${plain(same[0]?.id ?? '')} (${same.length} resources)` : nameOf(same[0] as Result, among)))
    .join(', ');

/** `brief`: a fix has one line, cut if it is longer. `all`: every result has a line of its own, and changes are described in full. */
export type Detail = 'brief' | 'usual' | 'all';

/** Open results, most severe first: what and why on one line, and each fix once. */
export const openLines = (sheet: Layout, results: readonly Result[], detail: Detail = 'usual'): readonly string[] =>
  groupsOf(results, detail === 'all').flatMap((group) => [
    ...group.flatMap((row) => rowLines(sheet, row, results)),
    ...fixLines(sheet, group, detail),
  ]);

const rowLines = (sheet: Layout, row: Row, among: readonly Result[]): readonly string[] => {
  const [first] = row;
  const [lead, columns] = leadOf(sheet, first);
  const others = new Set(row.map(({ reason }) => reason)).size - 1;
  const name = namesOf(row, among);
  const spans: Span[] = [
    { text: first.status === 'fail' ? `${name}:` : `${name} (${first.severity}):`, paint: sheet.strong },
    { text: others > 0 ? `${first.reason}; and ${others} similar` : first.reason },
  ];
  return [
    ...hang(sheet, lead, columns, spans),
    ...(first.waiver === null ? [] : labelled(sheet, fixColumn(sheet), 'waiver', waiverWords(first) ?? '')),
  ];
};

const fixColumn = (sheet: Layout): number => (sheet.accessible ? 2 : textColumn(sheet));

const fixLines = (sheet: Layout, group: Group, detail: Detail): readonly string[] => {
  const [[{ remediation, missingPermission, status }]] = group;
  const column = fixColumn(sheet);
  if (status === 'unknown') return missingPermission === null ? [] : labelled(sheet, column, 'allow', missingPermission);
  if (remediation === null || status === 'waived') return [];
  const label = status === 'manual' ? 'do' : 'fix';
  const room = sheet.width - column - widthOf(label) - 2;
  const fixes = group.flatMap((row) => {
    const [only, ...others] = instructionsOf(row);
    if (only === undefined) return [];
    if (others.length > 0) return [counted(others.length + 1, 'change')];
    const text = remediation.by === 'init' && detail !== 'all' ? short(only, room) : only;
    return [detail === 'brief' ? cutText(text, room) : text];
  });
  return [
    ...[...new Set(fixes)].flatMap((text) => labelled(sheet, column, label, text)),
    // Alone on their lines, so that you can copy them.
    ...(remediation.command === null ? [] : command(sheet, column, '', remediation.command)),
    ...(remediation.url === null
      ? []
      : paragraph(sheet, column, { text: remediation.url, paint: (text) => sheet.dim(sheet.link(remediation.url ?? '')(text)) })),
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
