import { severities } from '../core/finding.js';
import type { OrganizationAccount, Result, RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { bySeverity, head, openLines, textColumn } from './check-lines.js';
import { nextLine } from './error-text.js';
import { fill, hang, labelled, type Layout, padTo, pageOf, paragraph, widthOf } from './layout.js';
import { checkNext, countsLines } from './verdict.js';
import { counted, type RenderContext, statusLabels, titleOf } from './words.js';

/**
 * The table of `check --org`: the verdict; a matrix of accounts and steps with the worst status of each; then open results, listed once if
 * they are the same in several accounts, else under their account.
 */
export const organizationTable = (
  report: RunReport,
  accounts: readonly OrganizationAccount[],
  sheet: Layout,
  words: RenderContext,
): string => {
  const { shared, single } = splitShared(
    report.results.filter(({ status }) => isOpen(status) || (status === 'waived' && words.showWaived)),
  );
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const named = (id: string): string => (names.has(id) ? `${id} (${names.get(id)})` : id);
  const blocks = [...shared.map(sharedBlock(sheet, words)), ...single.map(accountBlock(sheet, named))].toSorted(
    (a, b) => a.weight - b.weight,
  );
  const rest = blocks.length - mostBlocks;
  return pageOf(
    head(report, sheet),
    matrix(report.results, accounts, sheet, words),
    ...blocks.slice(0, mostBlocks).map(({ lines }) => lines),
    rest <= 0 ? [] : paragraph(sheet, 0, { text: `${rest} more not shown; --output csv lists every finding.` }),
    (report.warnings ?? []).flatMap((text) => labelled(sheet, 0, 'Warning', text, sheet.warn)),
    [
      ...[accountsLine(accounts), ...countsLines(report, words)].flatMap((text) => paragraph(sheet, 0, { text })),
      ...nextLine(sheet, words.next ?? checkNext(report, words)),
    ],
  );
};

const accountsLine = (accounts: readonly OrganizationAccount[]): string => {
  const unseen = accounts.filter((account) => account.unseen !== null);
  const unknown = unseen.filter(({ summary }) => summary.unknown > 0).length;
  const parts = [
    [accounts.length - unseen.length, 'checked'],
    [unknown, 'unreachable'],
    [unseen.length - unknown, 'closed'],
  ] as const;
  return `${counted(accounts.length, 'account')}: ${parts
    .filter(([n]) => n > 0)
    .map(([n, words]) => `${n} ${words}`)
    .join(', ')}`;
};

/** Lines that are shown together. The blocks with the worst findings come first. */
interface Block {
  readonly weight: number;
  readonly lines: readonly string[];
}

const sharedBlock =
  (sheet: Layout, words: RenderContext) =>
  ({ result, accounts }: Shared): Block => ({
    weight: weightOf([result]),
    lines: [
      sheet.strong(fill([{ text: `In ${accounts.length} accounts: ${titleOf(words, result.step)}` }], sheet.width).join('\n')),
      ...openLines(sheet, result, [result]),
      ...hang(sheet, `${' '.repeat(textColumn(sheet))}${sheet.dim('in:')} `, textColumn(sheet) + 4, [{ text: someOf(accounts) }]),
    ],
  });

const accountBlock =
  (sheet: Layout, named: (id: string) => string) =>
  (group: readonly Result[]): Block => ({
    weight: weightOf(group),
    lines: [
      sheet.strong(fill([{ text: named(group[0]?.accountId ?? '') }], sheet.width).join('\n')),
      ...bySeverity(group).flatMap((result) => openLines(sheet, result, group)),
    ],
  });

const weightOf = (results: readonly Result[]): number =>
  Math.min(...results.map(({ severity, status }) => -10 * severities.indexOf(severity) + order.indexOf(status)));

/** More would be too long to read; the machine-readable formats list everything. */
const mostBlocks = 30;
/** A finding in this many accounts is listed once for the organization. */
const manyAccounts = 3;
const mostNames = 12;

const isOpen = (status: Result['status']): boolean => status === 'fail' || status === 'unknown' || status === 'manual';

const someOf = (ids: readonly string[]): string =>
  ids.length <= mostNames ? ids.join(', ') : `${ids.slice(0, mostNames).join(', ')} and ${ids.length - mostNames} more`;

/** The result without its account id, to compare results of different accounts. */
const withoutAccount = (result: Result): Result => {
  const of = (text: string | null): string | null => text?.replaceAll(result.accountId, 'ACCOUNT') ?? null;
  const { remediation: fix } = result;
  return {
    ...result,
    reason: of(result.reason) ?? '',
    remediation: fix === null ? null : { by: fix.by, instructions: of(fix.instructions), command: of(fix.command), url: of(fix.url) },
  };
};

/** Node 20 has no Map.groupBy. */
const grouped = <T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

interface Shared {
  readonly result: Result;
  readonly accounts: readonly string[];
}

const splitShared = (open: readonly Result[]): { readonly shared: readonly Shared[]; readonly single: readonly (readonly Result[])[] } => {
  const groups = grouped(open, (result) => {
    const { id, status, severity, reason, remediation } = withoutAccount(result);
    return JSON.stringify([id, status, severity, reason, remediation]);
  });
  const accountsOf = (group: readonly Result[]): readonly string[] => [...new Set(group.map(({ accountId }) => accountId))];
  const together = [...groups.values()].filter((group) => accountsOf(group).length >= manyAccounts);
  const joined = new Set(together.flat());
  return {
    shared: bySeverity(together.flatMap((group) => group.slice(0, 1))).map((first) => {
      const group = together.find((one) => one[0] === first) ?? [];
      return { result: withoutAccount(first), accounts: accountsOf(group) };
    }),
    single: [
      ...grouped(
        open.filter((result) => !joined.has(result)),
        ({ accountId }) => accountId,
      ).values(),
    ],
  };
};

/** Short names for columns, because a row must fit 60 characters. */
const columnNames: Readonly<Record<string, string>> = {
  'billing-access': 'billing',
  'admin-user': 'admin',
  'access-keys': 'keys',
  organization: 'org',
};
const columnOf = (step: string): string => (Object.hasOwn(columnNames, step) ? columnNames[step] : undefined) ?? plain(step);

const order = ['fail', 'unknown', 'manual', 'waived', 'pass', 'not-applicable'] as const;
/** The worst status of a step in an account; undefined if it was not checked. */
const worstOf = (results: readonly Result[]): Result['status'] | undefined =>
  order.find((status) => results.some((result) => result.status === status));

/** All accounts of a small organization; of a large one, the accounts with open results. */
const matrix = (
  results: readonly Result[],
  accounts: readonly OrganizationAccount[],
  sheet: Layout,
  words: RenderContext,
): readonly string[] => {
  const steps = Object.keys(words.titles).filter((step) => results.some((result) => result.step === step));
  const byAccount = grouped(results, ({ accountId }) => accountId);
  const isQuiet = ({ id }: OrganizationAccount): boolean => !(byAccount.get(id) ?? []).some(({ status }) => isOpen(status));
  const quiet = accounts.length > 25 ? accounts.filter(isQuiet) : [];
  const shown = accounts.filter((account) => !quiet.includes(account));
  const cellsOf = ({ id }: OrganizationAccount) => {
    const byStep = grouped(byAccount.get(id) ?? [], ({ step }) => step);
    return steps.map((step) => ({ step, status: worstOf(byStep.get(step) ?? []) }));
  };
  const foot =
    quiet.length === 0
      ? []
      : paragraph(sheet, 0, { text: `No open findings in ${counted(quiet.length, 'other account')}.`, paint: sheet.dim });
  if (sheet.accessible) {
    const lineOf = (account: OrganizationAccount): string => {
      const cells = cellsOf(account).flatMap(({ step, status }) =>
        status === undefined ? [] : [`${columnOf(step)} ${statusLabels[status].word}`],
      );
      return `Account ${account.id} (${account.name}): ${account.unseen ?? cells.join(', ')}`;
    };
    return [...shown.flatMap((account) => hang(sheet, '', 2, [{ text: lineOf(account) }])), ...foot];
  }
  const columns = steps.map((step) => ({ step, name: columnOf(step) }));
  const taken = 12 + columns.reduce((sum, { name }) => sum + name.length + 2, 0);
  const longest = Math.max(...shown.map(({ name }) => widthOf(plain(name))), 0);
  const room = sheet.width - taken - 2;
  const nameWidth = room < 8 ? 0 : Math.min(longest, room, 32);
  const nameCell = (name: string): string => (nameWidth === 0 ? '' : `  ${padTo(cut(plain(name), nameWidth), nameWidth)}`);
  const header = `${padTo('account', 12)}${nameCell('name')}${columns.map(({ name }) => `  ${name}`).join('')}`;
  return [
    sheet.dim(header.trimEnd()),
    ...shown.map((account) => {
      const cells = cellsOf(account).map(({ step, status }) => {
        const width = columnOf(step).length;
        if (status === undefined) return `  ${padTo('', width)}`;
        const { symbol, paint } = statusLabels[status];
        return `  ${sheet[paint](sheet.symbol(symbol).trim())}${' '.repeat(width - 1)}`;
      });
      return `${padTo(plain(account.id), 12)}${nameCell(account.name)}${cells.join('')}`.trimEnd();
    }),
    ...legend(results, sheet),
    ...foot,
  ];
};

/** The meaning of the symbols that occur. */
const legend = (results: readonly Result[], sheet: Layout): readonly string[] => {
  const used = order.filter((status) => results.some((result) => result.status === status));
  const words = used.map((status) => `${sheet.symbol(statusLabels[status].symbol)}${statusLabels[status].word}`);
  return paragraph(sheet, 0, { text: words.join(', '), paint: sheet.dim });
};

const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let shortened = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (widthOf(shortened + segment) > width - 3) break;
    shortened += segment;
  }
  return `${shortened}...`;
};
