import { worstExit, exitNames } from '../core/errors.js';
import { grouped } from '../core/grouped.js';
import { isOpen, type OrganizationAccount, type Result, type RunReport, summaryOf } from '../core/report.js';
import { counted } from './words.js';

/** A saved result, and how messages name its file. */
export interface SavedResult {
  readonly file: string;
  readonly report: RunReport;
}

/** Why a result cannot be joined with others; undefined if it can. */
export const notJoinable = ({ command, account, accounts, error }: RunReport): string | undefined => {
  if (error !== undefined || (account === null && accounts === undefined))
    return 'is the result of a run that failed, so it says nothing about an account';
  return command === 'undo' ? 'is the result of undo, which has no checks' : undefined;
};

interface Part {
  readonly file: string;
  readonly report: RunReport;
  readonly account: OrganizationAccount;
  readonly results: readonly Result[];
}

/**
 * Several results as one, in the form of a check of an organization. Of an account with more than one result, the newest is used. All
 * practice accounts have the same id, so two of them with different aliases are two accounts. `tool` and `now` are those of this run.
 */
export const joined = (
  saved: readonly SavedResult[],
  { tool, now }: { readonly tool: RunReport['tool']; readonly now: Date },
): RunReport => {
  const groups = [...grouped(saved.flatMap(partsOf), identityOf).values()].map((parts) =>
    parts.toSorted((a, b) => Date.parse(b.report.startedAt) - Date.parse(a.report.startedAt)),
  );
  const ids = new Map<string, number>();
  const parts = groups.flatMap(([newest]): readonly Part[] => {
    if (newest === undefined) return [];
    const { id } = newest.account;
    const count = (ids.get(id) ?? 0) + 1;
    ids.set(id, count);
    return [count === 1 ? newest : withId(newest, `${id}#${count}`)];
  });
  const results = parts.flatMap((part) => part.results);
  const targets = new Set(parts.map(({ report }) => report.target));
  const [target] = targets;
  const used = [...new Set(parts.map(({ report }) => report))];
  const exits = used.map(({ exit }) => exit.code);
  const code =
    exits.find((exit): exit is 130 | 143 => exit === 130 || exit === 143) ??
    worstExit(exits.filter((exit) => exit !== 130 && exit !== 143));
  const sum = (of: (report: RunReport) => number): number => used.reduce((total, report) => total + of(report), 0);
  const warnings = [
    ...groups.flatMap(olderWords),
    ...saved
      .filter(({ report }) => used.includes(report))
      .flatMap(({ file, report }) => (report.warnings ?? []).map((text) => `${file}: ${text}`)),
  ];
  return {
    schemaVersion: '1.0',
    tool,
    command: 'check',
    startedAt: now.toISOString(),
    durationMs: 0,
    target: targets.size === 1 && target !== undefined ? target : 'several',
    account: null,
    accounts: parts.map(({ account, report }) => ({
      ...account,
      name: `${targets.size > 1 ? placeOf(report.target) : ''}${account.name}`,
    })),
    summary: summaryOf(results),
    results,
    ...(warnings.length === 0 ? {} : { warnings }),
    apiCalls: { total: sum(({ apiCalls }) => apiCalls.total), writes: sum(({ apiCalls }) => apiCalls.writes) },
    exit: { code, name: code === 130 ? 'interrupted' : code === 143 ? 'terminated' : exitNames[code] },
  };
};

/** Text for the last line: what to do next is not a command for all of the accounts. */
export const joinedNext = ({ results }: RunReport): string =>
  results.some(isOpen) ? 'apply the fixes listed above in each account, then check each account again.' : 'nothing to do.';

const partsOf = ({ file, report }: SavedResult): readonly Part[] => {
  const byAccount = grouped(report.results, ({ accountId }) => accountId);
  const accounts: readonly OrganizationAccount[] =
    report.accounts ??
    (report.account === null
      ? []
      : [{ ...report.account, name: report.account.alias ?? file, state: 'ACTIVE', unseen: null, summary: report.summary }]);
  return accounts.map((account) => {
    const results = byAccount.get(account.id) ?? [];
    return { file, report, account: { ...account, summary: summaryOf(results) }, results };
  });
};

const identityOf = ({ report: { target }, account: { id, alias } }: Part): string =>
  JSON.stringify([target, id, target === 'sandbox' ? alias : null]);

const withId = ({ account, results, ...part }: Part, id: string): Part => ({
  ...part,
  account: { ...account, id },
  results: results.map((result) => ({ ...result, accountId: id, resource: result.resource === result.accountId ? id : result.resource })),
});

/** Before the name, because a table cuts the end of a long one. */
export const practicePrefix = '(practice) ';
const placeOf = (target: string): string =>
  target === 'aws' || target === 'several' ? '' : target === 'sandbox' ? practicePrefix : `(at ${target}) `;

/** `b.json is older than a.json (2026-11-20), which has the same account 111122223333; its results of this account are not used`. */
const olderWords = ([newest, ...older]: readonly Part[]): readonly string[] =>
  newest === undefined || older.length === 0
    ? []
    : [
        `Account ${newest.account.id} is in ${counted(older.length + 1, 'file')}: the results of ${newest.file} (${newest.report.startedAt}) are used, not those of ${older.map(({ file }) => file).join(', ')}`,
      ];
