import { severities } from '../core/finding.js';
import { grouped } from '../core/grouped.js';
import { isOpen, type OrganizationAccount, type Result, type RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { cutToWidth } from '../core/wrap.js';
import { byUrgency, foot, head, openLines, textColumn, worstFirst } from './check-lines.js';
import { fill, hang, labelled, type Layout, padTo, pageOf, paragraph, widthOf } from './layout.js';
import { counted, type RenderContext, statusLabels, titleOf } from './words.js';

/**
 * The table of `check --org`: the verdict; a matrix of accounts and steps with the worst status of each, in which accounts that are alike
 * share a row; open results, listed once if they are the same in several accounts, else under their account; the totals.
 */
export const organizationTable = (
  report: RunReport,
  accounts: readonly OrganizationAccount[],
  layout: Layout,
  words: RenderContext,
): string => {
  const { shared, single } = splitShared(
    report.results.filter((result) => isOpen(result) || (result.status === 'waived' && words.showWaived)),
  );
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const named = (id: string): string => (names.has(id) ? `${id} (${names.get(id)})` : id);
  const blocks = [...shared.map(sharedBlock(layout, words)), ...single.map(accountBlock(layout, words, named))].toSorted(
    (a, b) => a.weight - b.weight,
  );
  const rest = blocks.slice(mostBlocks).reduce((sum, { findings }) => sum + findings, 0);
  return pageOf(
    head(report, layout),
    matrix(report.results, accounts, layout, words),
    ...blocks.slice(0, mostBlocks).map(({ lines }) => lines),
    rest === 0 ? [] : paragraph(layout, 0, { text: `${counted(rest, 'more finding')} not shown; --output csv lists every finding.` }),
    (report.warnings ?? []).flatMap((text) => labelled(layout, 0, 'Warning', text, layout.warn)),
    foot(report, layout, words, [accountsLine(accounts, report.results)]),
  );
};

const accountsLine = (accounts: readonly OrganizationAccount[], results: readonly Result[]): string => {
  const unseen = accounts.filter((account) => account.unseen !== null);
  const unread = new Set(results.flatMap(({ accountId, status }) => (status === 'unknown' ? [accountId] : [])));
  const unknown = unseen.filter(({ id }) => unread.has(id)).length;
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
  readonly findings: number;
  readonly lines: readonly string[];
}

const sharedBlock =
  (layout: Layout, words: RenderContext) =>
  ({ result, results, accounts }: Shared): Block => ({
    weight: weightOf([result]),
    findings: results.length,
    lines: [
      layout.strong(
        fill(
          [
            {
              text: `In ${accounts.length} accounts: ${titleOf(words, result.step)}${results.length === accounts.length ? '' : ` (${results.length} findings)`}`,
            },
          ],
          layout.width,
        ).join('\n'),
      ),
      ...openLines(layout, [result], words.verbose ? 'all' : 'usual'),
      ...hang(
        layout,
        `${' '.repeat(layout.accessible ? 2 : textColumn(layout))}${layout.dim('in:')} `,
        (layout.accessible ? 2 : textColumn(layout)) + 4,
        [{ text: words.verbose ? accounts.join(', ') : someOf(accounts) }],
      ),
    ],
  });

const accountBlock =
  (layout: Layout, words: RenderContext, named: (id: string) => string) =>
  (group: readonly Result[]): Block => ({
    weight: weightOf(group),
    findings: group.length,
    lines: [
      layout.strong(fill([{ text: named(group[0]?.accountId ?? '') }], layout.width).join('\n')),
      ...openLines(layout, group, words.verbose ? 'all' : 'usual'),
    ],
  });

export const weightOf = (results: readonly Result[]): number =>
  Math.min(...results.map(({ severity, status }) => -10 * severities.indexOf(severity) + worstFirst.indexOf(status)));

/** More would be too long to read; the machine-readable formats list everything. */
const mostBlocks = 30;
/** A finding in this many accounts is listed once for the organization. */
const manyAccounts = 3;
const mostNames = 12;

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

export interface Shared {
  /** One of the results, without its account id. */
  readonly result: Result;
  readonly results: readonly Result[];
  readonly accounts: readonly string[];
}

/** Results that many accounts have in common, and the others by account. */
export const splitShared = (
  open: readonly Result[],
): { readonly shared: readonly Shared[]; readonly single: readonly (readonly Result[])[] } => {
  const groups = grouped(open, (result) => {
    const { id, status, severity, reason, remediation } = withoutAccount(result);
    return JSON.stringify([id, status, severity, reason, remediation]);
  });
  const accountsOf = (group: readonly Result[]): readonly string[] => [...new Set(group.map(({ accountId }) => accountId))];
  const together = [...groups.values()].filter((group) => accountsOf(group).length >= manyAccounts);
  const joined = new Set(together.flat());
  return {
    shared: together.flatMap((results) => {
      const [first] = results.toSorted(byUrgency);
      return first === undefined ? [] : [{ result: withoutAccount(first), results, accounts: accountsOf(results) }];
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

/** The worst status of a step in an account; undefined if it was not checked. */
export const worstOf = (results: readonly Result[]): Result['status'] | undefined =>
  worstFirst.find((status) => results.some((result) => result.status === status));

/** A row of the matrix: one account, or several that look the same. */
interface MatrixRow {
  readonly accounts: readonly [OrganizationAccount, ...OrganizationAccount[]];
  readonly cells: readonly { readonly step: string; readonly status: Result['status'] | undefined }[];
}

/** As many accounts with equal rows share one. */
const alikeFrom = 4;
/** More rows do not fit on a screen, so accounts without open results are only counted. */
const mostRows = 25;

const matrixRows = (
  results: readonly Result[],
  accounts: readonly OrganizationAccount[],
  steps: readonly string[],
  verbose: boolean,
): readonly MatrixRow[] => {
  const byAccount = grouped(results, ({ accountId }) => accountId);
  const single = accounts.map((account): MatrixRow => {
    const byStep = grouped(byAccount.get(account.id) ?? [], ({ step }) => step);
    return { accounts: [account], cells: steps.map((step) => ({ step, status: worstOf(byStep.get(step) ?? []) })) };
  });
  if (verbose) return single;
  const alike = grouped(single, ({ accounts: [{ unseen, role }], cells }) => JSON.stringify([role === 'management', unseen, cells]));
  return [...alike.values()].flatMap((rows): readonly MatrixRow[] => {
    const [first] = rows;
    if (rows.length < alikeFrom) return rows;
    return [{ accounts: rows.flatMap((row) => row.accounts) as unknown as MatrixRow['accounts'], cells: first.cells }];
  });
};

const matrix = (
  results: readonly Result[],
  accounts: readonly OrganizationAccount[],
  layout: Layout,
  words: RenderContext,
): readonly string[] => {
  const verbose = words.verbose ?? false;
  const steps = Object.keys(words.titles).filter((step) => results.some((result) => result.step === step));
  const all = matrixRows(results, accounts, steps, verbose);
  const isQuiet = ({ cells }: MatrixRow): boolean => cells.every(({ status }) => status === undefined || !isOpen({ status }));
  const shown = all.length > mostRows && !verbose ? all.filter((row) => !isQuiet(row)) : all;
  const hidden = all.filter((row) => !shown.includes(row)).flatMap((row) => row.accounts);
  const below = [
    ...(hidden.length === 0 ? [] : [`No open findings in ${counted(hidden.length, 'other account')}.`]),
    ...(shown.some((row) => row.accounts.length > 1) ? ['--verbose lists every account.'] : []),
  ].flatMap((text) => paragraph(layout, 0, { text, paint: layout.dim }));
  if (layout.accessible) {
    const lineOf = ({ accounts: [account, ...others], cells }: MatrixRow): string => {
      const states = cells.flatMap(({ step, status }) => (status === undefined ? [] : [`${columnOf(step)} ${statusLabels[status].word}`]));
      const name = others.length === 0 ? `Account ${account.id} (${account.name})` : alikeWords(others.length + 1);
      return `${name}: ${account.unseen ?? states.join(', ')}`;
    };
    return [...shown.flatMap((row) => hang(layout, '', 2, [{ text: lineOf(row) }])), ...below];
  }
  const columns = steps.map((step) => ({ step, name: columnOf(step) }));
  const idWidth = Math.max(12, ...shown.map(({ accounts: [{ id }] }) => widthOf(plain(id))));
  const taken = idWidth + columns.reduce((sum, { name }) => sum + name.length + 2, 0);
  const named = shown.flatMap(({ accounts: [{ name }, ...others] }) => (others.length === 0 ? [widthOf(plain(name))] : [7]));
  const room = layout.width - taken - 2;
  const nameWidth = room < 8 ? 0 : Math.min(Math.max(...named, 0), room, 32);
  const nameCell = (name: string): string => (nameWidth === 0 ? '' : `  ${padTo(cutToWidth(plain(name), nameWidth), nameWidth)}`);
  const leadOf = ({ accounts: [account, ...others] }: MatrixRow): string => {
    if (others.length === 0) return `${padTo(plain(account.id), idWidth)}${nameCell(account.name)}`;
    const width = idWidth + (nameWidth === 0 ? 0 : nameWidth + 2);
    const full = alikeWords(others.length + 1);
    return padTo(widthOf(full) <= width ? full : `${others.length + 1} alike`, width);
  };
  const header = `${padTo('account', idWidth)}${nameCell('name')}${columns.map(({ name }) => `  ${name}`).join('')}`;
  return [
    layout.dim(header.trimEnd()),
    ...shown.map((row) => {
      const cells = row.cells.map(({ step, status }) => {
        const width = columnOf(step).length;
        if (status === undefined) return `  ${padTo('', width)}`;
        const { symbol, paint } = statusLabels[status];
        return `  ${layout[paint](layout.symbol(symbol).trim())}${' '.repeat(width - 1)}`;
      });
      return `${leadOf(row)}${cells.join('')}`.trimEnd();
    }),
    ...legend(results, layout),
    ...below,
  ];
};

const alikeWords = (count: number): string => `${count} accounts alike`;

/** The meaning of the symbols that occur. */
const legend = (results: readonly Result[], layout: Layout): readonly string[] => {
  const used = worstFirst.filter((status) => results.some((result) => result.status === status));
  const words = used.map((status) => `${layout.symbol(statusLabels[status].symbol)}${statusLabels[status].word}`);
  return paragraph(layout, 0, { text: words.join(', '), paint: layout.dim });
};
