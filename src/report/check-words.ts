import { severities } from '../core/finding.js';
import type { Result, RunReport } from '../core/report.js';
import type { SymbolName } from './layout.js';
import { commandLine, counted, exitMeaning, isLacking, listed, otherEndpoint, waitWords, type Words } from './words.js';

export interface Verdict {
  readonly symbol: SymbolName;
  readonly paint: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly text: string;
}

const total = ({ summary: s }: RunReport): number => s.pass + s.fail + s.manual + s.waived + s.unknown + s.notApplicable;

/** The first line of a report. The exit code decides its colour, so the two always agree. */
export const verdict = (report: RunReport): Verdict => {
  const { summary, exit } = report;
  const judged = total(report) - summary.notApplicable;
  const lacking = isLacking(report);
  if (report.error || (exit.code === 1 && !lacking) || exit.code === 2)
    return { symbol: 'bad', paint: 'bad', word: 'STOPPED', text: 'The check did not finish.' };
  if (exit.code === 130 || exit.code === 143) return { symbol: 'bad', paint: 'bad', word: 'STOPPED', text: 'The check was interrupted.' };
  if (exit.code === 4 || exit.code === 6 || lacking) {
    const why = exit.code === 4 ? 'access denied' : lacking ? 'not offered by the endpoint' : 'no answer from AWS';
    const failed = summary.fail === 0 ? '' : `, and ${counted(summary.fail, 'finding')} below the chosen severity`;
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `${summary.unknown} of ${counted(judged, 'check')} could not be read (${why})${failed}.`,
    };
  }
  if (exit.code !== 0) {
    const text =
      summary.fail > 0
        ? `${summary.fail} of ${counted(judged, 'check')} failed: ${severityCounts(report.results)}.`
        : `${counted(summary.manual, 'check')} must be done or confirmed manually.`;
    return { symbol: 'bad', paint: 'bad', word: 'FAIL', text };
  }
  const open = [
    summary.fail > 0 ? `${counted(summary.fail, 'finding')} below the chosen severity` : '',
    summary.unknown > 0 ? `${summary.unknown} unknown` : '',
    summary.manual > 0 ? `${summary.manual} to do or confirm manually` : '',
    summary.waived > 0 ? `${summary.waived} waived` : '',
  ].filter((part) => part !== '');
  const text =
    open.length === 0
      ? `All ${counted(judged, 'check')} passed.`
      : `${summary.pass} of ${counted(judged, 'check')} passed; ${listed(open)}.`;
  return { symbol: 'good', paint: 'good', word: 'OK', text };
};

const severityCounts = (results: readonly Result[]): string =>
  [...severities]
    .reverse()
    .map((severity) => ({
      severity,
      n: results.filter((result) => result.status === 'fail' && result.severity === severity).length,
    }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}`)
    .join(', ');

/** `25 checks: 18 ok, 3 FAIL, 1 manual`, and what the exit code means. */
export const countsLines = (report: RunReport, words: Words): readonly string[] => {
  const { summary: s, exit } = report;
  const counts = [
    [s.pass, 'ok'],
    [s.fail, 'FAIL'],
    [s.unknown, 'unknown'],
    [s.manual, 'manual'],
    [s.waived, 'waived'],
    [s.notApplicable, 'n/a'],
  ] as const;
  const shown = counts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return [
    ...(shown.length === 0 ? [] : [`${counted(total(report), 'check')}: ${shown.join(', ')}`]),
    ...(s.waived > 0 && !words.showWaived ? ['--show-waived lists waived findings'] : []),
    `Exit code ${exit.code}: ${exitMeaning(report)}`,
  ];
};

export const checkNext = (report: RunReport, words: Words): string => {
  const { results, exit, error } = report;
  if (error) return error.next;
  const over = report.accounts === undefined ? '' : ' --org';
  const run = (name: string): string => `\`${commandLine(report, words, `${name}${over}`)}\``;
  if (exit.code === 130 || exit.code === 143) return `run ${run('check')} again.`;
  const failed = results.filter(({ status }) => status === 'fail');
  const byInit = failed.filter(({ remediation }) => remediation?.by === 'init').length;
  const rest = failed.length - byInit;
  const manual = results.filter(({ status }) => status === 'manual').length;
  const unread = results.filter(({ status }) => status === 'unknown');
  // In an organization the commands differ from account to account.
  if (byInit > 0 && report.accounts === undefined) {
    const share =
      rest === 0
        ? byInit === 1
          ? 'the finding'
          : byInit === 2
            ? 'both findings'
            : `all ${byInit} findings`
        : `${byInit} of the ${failed.length} findings`;
    const yours =
      rest === 0
        ? ''
        : rest === 1
          ? ' Fix the other one manually; its fix is listed above.'
          : ` Fix the other ${rest} manually; their fixes are listed above.`;
    return `run ${run('init')}. It shows its plan, asks for approval, and fixes ${share}.${yours}`;
  }
  if (rest > 0 && report.target === 'sandbox') {
    const fixes = rest === 1 ? 'the fix listed above applies' : 'the fixes listed above apply';
    return `${fixes} to a real account; a practice account has no console.`;
  }
  if (failed.length > 0) return `apply the ${failed.length === 1 ? 'fix' : 'fixes'} listed above, then run ${run('check')} again.`;
  const unreachable = (report.accounts ?? []).some(({ unseen, summary }) => unseen !== null && summary.unknown > 0);
  if (unreachable) return `make sure that you can assume the access role in each unreachable account, then run ${run('check')} again.`;
  if (unread.some(({ cause, missingPermission }) => cause === 'denied' && missingPermission !== null))
    return `allow the actions listed above (\`${commandLine(report, { ...words, flags: '' }, 'policy check')}\` prints the full policy), then run ${run('check')} again.`;
  if (unread.some(({ cause }) => cause === 'denied')) return `see above why AWS refused the request, then run ${run('check')} again.`;
  if (isLacking(report)) return otherEndpoint;
  if (unread.length > 0) return `run ${run('check')} again${waitWords(exit.retryAfterSeconds)}.`;
  if (manual > 0) return `do or confirm the checks marked "manual"; nothing else is open.`;
  return 'nothing to do.';
};
