import { remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import { listed } from '../core/text.js';
import { severityCounts, type Totals, totalsOf } from './counts.js';
import { type Layout, type SymbolName, widthOf } from './layout.js';
import { accountName, commandLine, counted, isNotOffered, otherEndpoint, type RenderContext, titleOf, waitWords } from './words.js';

/** How a command ended: a word, its colour, and a short text. */
export interface Verdict {
  readonly symbol: SymbolName;
  readonly paint: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly text: string;
}

/** The start of a line with a verdict: its symbol and its word, painted, and how wide they are. */
export const verdictLead = ({ symbol, paint, word }: Verdict, layout: Layout): { readonly lead: string; readonly columns: number } => {
  const lead = `${layout.symbol(symbol)}${word}`;
  return { lead: `${layout[paint](lead)}  `, columns: widthOf(lead) + 2 };
};

/** `bootstrap report` has no document of its own, and no check runs if its result cannot be written: the error shows it. */
const textsWithoutCheck = new Map([
  ['E-REPORT-FILE', 'The report could not be shown.'],
  ['E-OUTPUT-FILE', 'The result could not be written.'],
]);

/** The first line of a report. The exit code decides its colour, so the two always agree. */
export const verdict = (report: RunReport): Verdict => {
  const { exit } = report;
  const totals = totalsOf(report);
  const checks = counted(totals.checks, 'check');
  const notOffered = isNotOffered(report);
  if (report.error || (exit.code === 1 && !notOffered) || exit.code === 2)
    return {
      symbol: 'bad',
      paint: 'bad',
      word: 'STOPPED',
      text: textsWithoutCheck.get(report.error?.code ?? '') ?? 'The check did not finish.',
    };
  if (exit.code === 130 || exit.code === 143) return { symbol: 'bad', paint: 'bad', word: 'STOPPED', text: 'The check was interrupted.' };
  if (exit.code === 4 || exit.code === 6 || notOffered) {
    const why = exit.code === 4 ? 'access denied' : notOffered ? 'not offered by the endpoint' : 'no answer from AWS';
    const failed = totals.fail === 0 ? '' : `, and ${counted(totals.fail, 'finding')} below the severity of --fail-on`;
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `${totals.unknown} of ${checks} could not be read (${why})${failed}.`,
    };
  }
  if (exit.code !== 0) {
    const text =
      totals.fail > 0
        ? `${totals.fail} of ${checks} failed: ${severityCounts(report.results)}.`
        : `${totals.manual} of ${checks} must be done or confirmed manually.`;
    return { symbol: 'bad', paint: 'bad', word: 'FAIL', text };
  }
  return { symbol: 'good', paint: 'good', word: 'OK', text: fineText(totals) };
};

/** Exit code 0: there may be open results below the severity of --fail-on, and manual ones. */
const fineText = ({ checks, pass, fail, unknown, manual, waived }: Totals): string => {
  const open = [
    unknown > 0 ? `${unknown} could not be read` : '',
    manual > 0 ? `${manual} to do or confirm manually` : '',
    waived > 0 ? `${waived} waived` : '',
  ].filter((part) => part !== '');
  const lowest = fail > 0 ? `${counted(fail, 'finding')} below the severity of --fail-on` : 'No check failed';
  if (fail > 0 || open.length > 0) return `${[lowest, ...(open.length === 0 ? [] : [listed(open)])].join('; ')}.`;
  if (checks === 0) return 'There was nothing to check.';
  if (pass === 0) return `No check applies to this account.`;
  return pass === checks
    ? checks === 1
      ? 'The check passed.'
      : `All ${checks} checks passed.`
    : `${pass} of ${counted(checks, 'check')} passed; the others do not apply.`;
};

export const checkNext = (report: RunReport, words: RenderContext): string => {
  const { results, exit, error } = report;
  if (error) return error.next;
  const over = report.accounts === undefined ? '' : ' --org';
  const run = (name: string): string => `\`${commandLine(report, words, `${name}${over}`)}\``;
  if (exit.code === 130 || exit.code === 143) return `run ${run('check')} again.`;
  const failed = results.filter(({ status }) => status === 'fail');
  const byInit = failed.filter(isFixedByInit).length;
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
        : `${byInit} of ${failed.length} findings`;
    return rest === 0
      ? `run ${run('init')} to fix ${share}; you approve the plan first.`
      : `run ${run('init')} to fix ${share}; fix the ${rest === 1 ? 'other' : 'others'} as listed.`;
  }
  if (rest > 0 && report.target === 'sandbox') {
    // Commands work in it, the console does not.
    const others = failed.filter(({ remediation }) => remediation?.by !== 'init' && !remediation?.command).length;
    if (others < failed.length) {
      const aside = others === 0 ? '' : ` A practice account has no console for the other ${others === 1 ? 'fix' : 'fixes'}.`;
      return `run the commands listed above, then ${run('check')} again.${aside}`;
    }
    if (report.accounts === undefined)
      return `a practice account has no console. To practice the ${rest === 1 ? 'manual step' : 'manual steps'} at a terminal: ${run('init')}.`;
    const fixes = rest === 1 ? 'the fix listed above applies' : 'the fixes listed above apply';
    return `${fixes} to a real account; a practice account has no console.`;
  }
  if (failed.length > 0) return `apply the ${failed.length === 1 ? 'fix' : 'fixes'} listed above, then run ${run('check')} again.`;
  const unreachable = (report.accounts ?? []).some(({ id, unseen }) => unseen !== null && unread.some(({ accountId }) => accountId === id));
  if (unreachable) return `make sure that you can assume the access role in each unreachable account, then run ${run('check')} again.`;
  if (unread.some(({ cause, missingPermission }) => cause === 'denied' && missingPermission !== null))
    return `allow the actions listed above (\`${commandLine(report, { ...words, flags: '' }, 'policy check')}\` prints the full policy), then run ${run('check')} again.`;
  if (unread.some(({ cause }) => cause === 'denied')) return `see above why AWS refused the request, then run ${run('check')} again.`;
  if (isNotOffered(report)) return otherEndpoint;
  if (unread.length > 0) return `run ${run('check')} again${waitWords(exit.retryAfterSeconds)}.`;
  if (manual > 0) return `do or confirm the checks marked "manual"; nothing else is open.`;
  return 'nothing to do.';
};

/** By a change that is already planned, or by one that needs a value that `init` asks for, such as `--email ADDRESS`. */
const isFixedByInit = ({ remediation: fix }: Result): boolean =>
  fix !== null && (fix.by === 'init' || /^(?:bootstrap|npx aws-account-bootstrap) init .*--[a-z-]+ [A-Z]+(?: |$)/.test(fix.command ?? ''));

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
  const things = left === 0 ? '' : ` ${counted(left, 'manual step')} ${left === 1 ? 'remains' : 'remain'}.`;
  // Without an error, the run was interrupted at a question after all changes.
  if (exit.code === 130 || exit.code === 143)
    return stopped(
      changes === 0 || postponed(report).length > 0
        ? 'The run was interrupted. It is safe to run again.'
        : `${counted(changes, 'change')} made and verified; then the run was interrupted.${things}`,
    );
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
  if (isNotOffered(report))
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
  if (isNotOffered(report)) return otherEndpoint;
  if (exit.code === 6) return `run ${run('init')} again${waitWords(exit.retryAfterSeconds)}.`;
  if (report.accounts !== undefined && exit.code === 4)
    return `make sure that you can assume the access role in the accounts above, then run ${run('init')} again.`;
  if (report.results.some(({ kind, status, cause }) => kind === 'wanted' && status === 'unknown' && cause === 'denied'))
    return `allow the actions listed above (\`${commandLine(report, { ...words, flags: '' }, 'policy init')}\` prints the full policy), then run ${run('init')} again.`;
  if (words.dryRun && (report.plan ?? []).length > 0) return `run ${run('init')} to make these changes. It asks for approval first.`;
  const [first] = remainingSteps(report.results);
  if (first !== undefined && report.target === 'sandbox') {
    const explain = commandLine(report, { ...words, flags: '' }, `explain ${first.id}`);
    return `run \`${explain}\` to read how a step is done, or practice at a terminal: ${run('init')}.`;
  }
  if (left > 0) {
    const things = left === 1 ? 'the remaining manual step' : `the ${left} remaining manual steps`;
    return `do ${things}, then run ${run('check')}.`;
  }
  return `nothing to do. Run ${run('check')} at any time to check the account again.`;
};
