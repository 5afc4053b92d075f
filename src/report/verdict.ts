import { severities } from '../core/finding.js';
import { remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import type { SymbolName } from './layout.js';
import {
  accountName,
  commandLine,
  counted,
  exitMeaning,
  isLacking,
  listed,
  otherEndpoint,
  type RenderContext,
  titleOf,
  waitWords,
} from './words.js';

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
export const countsLines = (report: RunReport, words: RenderContext): readonly string[] => {
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

export const checkNext = (report: RunReport, words: RenderContext): string => {
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

/** Nothing needed to change: the usual second run. */
export const isUnchanged = (report: RunReport): boolean =>
  !report.error &&
  (report.exit.code === 0 || report.exit.code === 5) &&
  (report.plan ?? []).length === 0 &&
  (report.steps ?? []).every(({ status }) => status === 'unchanged' || status === 'manual' || status === 'skipped');

export const initVerdict = (report: RunReport, words: RenderContext): Verdict => {
  const { exit, error } = report;
  const left = remainingSteps(report.results).length;
  const changes = (report.plan ?? []).length;
  if (error) return stopped(report.apiCalls.writes === 0 ? 'Nothing was changed.' : 'The run stopped early.');
  if (exit.code === 130 || exit.code === 143) return stopped('The run was interrupted. It is safe to run again.');
  const things = left === 0 ? '' : ` ${counted(left, 'manual step')} ${left === 1 ? 'remains' : 'remain'}.`;
  if (words.dryRun) {
    const text = changes === 0 ? 'No changes needed.' : `${counted(changes, 'change')} would be made; nothing was changed.`;
    return {
      symbol: changes === 0 ? 'good' : 'hand',
      paint: changes === 0 ? 'good' : 'warn',
      word: 'DRY RUN',
      text: `${text}${things}`,
    };
  }
  const failed = (report.steps ?? []).filter(({ status }) => status === 'failed');
  const blocked = (report.steps ?? []).filter(({ status }) => status === 'blocked');
  if (failed.length > 0) {
    const of = (some: typeof failed) => listed([...new Set(some.map(({ id }) => titleOf(words, id)))]);
    const behind = blocked.length === 0 ? '' : `; blocked: ${of(blocked)}`;
    const word = exit.code === 6 ? 'NOT YET' : 'FAILED';
    return {
      symbol: 'bad',
      paint: 'bad',
      word,
      text: `${of(failed)} did not finish${behind}.${things}`,
    };
  }
  if (isLacking(report))
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `The endpoint does not offer everything that is needed to verify.${things}`,
    };
  if (exit.code === 6) return { symbol: 'unknown', paint: 'warn', word: 'NOT YET', text: `AWS has not confirmed everything yet.${things}` };
  if (exit.code === 4)
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `${changes === 0 ? 'Some' : `${counted(changes, 'change')} made; some`} settings could not be read and were not changed.`,
    };
  if (isUnchanged(report)) {
    const name =
      report.accounts !== undefined
        ? 'the member accounts'
        : report.account === null
          ? 'the account'
          : `account ${accountName(report.account)}`;
    return left === 0
      ? { symbol: 'good', paint: 'good', word: 'UNCHANGED', text: `Nothing to change in ${name}: everything is as configured.` }
      : { symbol: 'hand', paint: 'warn', word: 'UNCHANGED', text: `Nothing to change in ${name}.${things}` };
  }
  if (exit.code !== 0 && exit.code !== 5) return stopped('The run stopped early.');
  const later = postponed(report).map(({ id }) => titleOf(words, id));
  if (later.length > 0)
    return { symbol: 'hand', paint: 'warn', word: 'DONE', text: `Everything except what you postponed: ${listed(later)}.${things}` };
  const text = `${counted(changes, 'change')} made and verified.${things}`;
  return { symbol: 'good', paint: 'good', word: 'DONE', text };
};

/** Steps that the user postponed, in whole or in part. */
const postponed = ({ steps = [] }: RunReport): readonly StepReport[] =>
  steps.filter(({ status, error }) => status === 'manual' && error !== null);

const stopped = (text: string): Verdict => ({ symbol: 'bad', paint: 'bad', word: 'STOPPED', text });

export const initNext = (report: RunReport, words: RenderContext, left: number): string => {
  const { error, exit } = report;
  const over = report.accounts === undefined ? '' : ' --org';
  const run = (name: string): string => `\`${commandLine(report, words, `${name}${over}`)}\``;
  if (error) return error.next;
  if (exit.code === 130 || exit.code === 143) return `run ${run('init')} again; it continues where it stopped.`;
  const failed = (report.steps ?? []).find(({ status, error: why }) => status === 'failed' && why);
  if (failed?.error) return failed.error.next;
  const [later] = postponed(report);
  if (later?.error) return later.error.next;
  if (isLacking(report)) return otherEndpoint;
  if (exit.code === 6) return `run ${run('init')} again${waitWords(exit.retryAfterSeconds)}.`;
  if (report.accounts !== undefined && exit.code === 4)
    return `make sure that you can assume the access role in the accounts above, then run ${run('init')} again.`;
  if (report.results.some(({ kind, status, cause }) => kind === 'wanted' && status === 'unknown' && cause === 'denied'))
    return `allow the actions listed above (\`${commandLine(report, { ...words, flags: '' }, 'policy init')}\` prints the full policy), then run ${run('init')} again.`;
  if (words.dryRun && (report.plan ?? []).length > 0) return `run ${run('init')} to make these changes. It asks for approval first.`;
  if (left > 0 && report.target === 'sandbox')
    return `nothing more in the practice account: it has no console, so the remaining steps apply to a real account. To check again: ${run('check')}.`;
  if (left > 0) {
    const things = left === 1 ? 'the remaining manual step' : `the ${left} remaining manual steps`;
    return `do ${things}, then run ${run('check')}.`;
  }
  return `nothing to do. Run ${run('check')} at any time to check the account again.`;
};
