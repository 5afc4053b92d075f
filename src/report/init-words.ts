import { leftForPerson, type RunReport, type StepReport } from '../core/report.js';
import type { Verdict } from './check-words.js';
import { accountName, commandLine, counted, isLacking, listed, otherEndpoint, titleOf, waitWords, type Words } from './words.js';

/** Nothing needed to change: the usual second run. */
export const isUnchanged = (report: RunReport): boolean =>
  !report.error &&
  (report.exit.code === 0 || report.exit.code === 5) &&
  (report.plan ?? []).length === 0 &&
  (report.steps ?? []).every(({ status }) => status === 'unchanged' || status === 'manual' || status === 'skipped');

export const initVerdict = (report: RunReport, words: Words): Verdict => {
  const { exit, error } = report;
  const left = leftForPerson(report.results).length;
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

export const initNext = (report: RunReport, words: Words, left: number): string => {
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
