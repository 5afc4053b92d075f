import { severities } from '../core/finding.js';
import { type Result, type RunReport, type Summary, summaryOf } from '../core/report.js';
import { counted, statusLabels } from './words.js';

/** The numbers of a report. They are counted from the listed results, so a saved report with another summary cannot contradict its rows. */
export interface Totals extends Summary {
  readonly checks: number;
}

export const totalsOf = ({ results }: Pick<RunReport, 'results'>): Totals => ({ ...summaryOf(results), checks: results.length });

/** The report with its summaries counted from its results, for the formats that print the summary as data. */
export const withTotals = (report: RunReport): RunReport => ({
  ...report,
  summary: { ...report.summary, ...summaryOf(report.results) },
  ...(report.accounts === undefined
    ? {}
    : {
        accounts: report.accounts.map((account) => ({
          ...account,
          summary: { ...account.summary, ...summaryOf(report.results.filter(({ accountId }) => accountId === account.id)) },
        })),
      }),
});

const keys = {
  pass: 'pass',
  fail: 'fail',
  unknown: 'unknown',
  manual: 'manual',
  waived: 'waived',
  notApplicable: 'not-applicable',
} as const satisfies Readonly<Record<keyof Summary, Result['status']>>;

/** `18 ok, 3 FAIL, 1 manual`: each status that occurs. */
export const statusCounts = (summary: Summary, hint: Partial<Record<keyof Summary, string>> = {}): string =>
  (Object.keys(keys) as (keyof Summary)[])
    .filter((key) => summary[key] > 0)
    .map((key) => `${summary[key]} ${statusLabels[keys[key]].word}${hint[key] ?? ''}`)
    .join(', ');

/** `1 critical, 2 high`: the failed results by severity, most severe first. */
export const severityCounts = (results: readonly Result[]): string =>
  [...severities]
    .reverse()
    .map((severity) => ({ severity, n: results.filter((result) => result.status === 'fail' && result.severity === severity).length }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}`)
    .join(', ');

/** `22 checks: 18 ok, 3 FAIL, 1 manual`; undefined without results. */
export const totalsLine = (report: RunReport, hint?: Partial<Record<keyof Summary, string>>): string | undefined =>
  report.results.length === 0 ? undefined : `${counted(report.results.length, 'check')}: ${statusCounts(totalsOf(report), hint)}`;
