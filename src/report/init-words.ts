import { leftForPerson, type RunReport, type StepReport } from '../core/report.js';
import type { Verdict } from './check-words.js';
import { accountName, commandLine, counted, isLacking, listed, otherEndpoint, titleOf, waitWords, type Words } from './words.js';

/** Nothing was changed because nothing had to be: the usual second run. */
export const isUnchanged = (report: RunReport): boolean =>
  !report.error &&
  (report.exit.code === 0 || report.exit.code === 5) &&
  (report.plan ?? []).length === 0 &&
  (report.steps ?? []).every(({ status }) => status === 'unchanged' || status === 'manual' || status === 'skipped');

export const initVerdict = (report: RunReport, words: Words): Verdict => {
  const { exit, error } = report;
  const left = leftForPerson(report.results).length;
  const changes = (report.plan ?? []).length;
  if (error) return stopped(report.apiCalls.writes === 0 ? 'Nothing was changed.' : 'The run ended early.');
  if (exit.code === 130 || exit.code === 143) return stopped('The run was interrupted. It is safe to run again.');
  const things = left === 0 ? '' : ` ${counted(left, 'thing')} ${left === 1 ? 'is' : 'are'} left for you.`;
  if (words.dryRun) {
    const text = changes === 0 ? 'Nothing would be changed.' : `${counted(changes, 'change')} would be made; nothing was done.`;
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
    const behind = blocked.length === 0 ? '' : `; ${of(blocked)} had to wait`;
    const word = exit.code === 6 ? 'NOT YET' : 'FAILED';
    return {
      symbol: 'bad',
      paint: 'bad',
      word,
      text: `${of(failed)} could not be finished${behind}.${things}`,
    };
  }
  if (isLacking(report))
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `The endpoint does not offer everything that is needed to verify.${things}`,
    };
  if (exit.code === 6) return { symbol: 'unknown', paint: 'warn', word: 'NOT YET', text: `AWS does not confirm everything yet.${things}` };
  if (exit.code === 4)
    return {
      symbol: 'unknown',
      paint: 'warn',
      word: 'UNKNOWN',
      text: `${changes === 0 ? 'Some' : `${counted(changes, 'change')} made; some`} things could not be read, so they were left alone.`,
    };
  if (isUnchanged(report)) {
    const name =
      report.accounts !== undefined
        ? 'the member accounts'
        : report.account === null
          ? 'the account'
          : `account ${accountName(report.account)}`;
    return left === 0
      ? { symbol: 'good', paint: 'good', word: 'UNCHANGED', text: `Nothing to change in ${name}: all is as wanted.` }
      : { symbol: 'hand', paint: 'warn', word: 'UNCHANGED', text: `Nothing to change in ${name}.${things}` };
  }
  if (exit.code !== 0 && exit.code !== 5) return stopped('The run ended early.');
  const later = putOff(report).map(({ id }) => titleOf(words, id));
  if (later.length > 0)
    return { symbol: 'hand', paint: 'warn', word: 'DONE', text: `All but what you left for later: ${listed(later)}.${things}` };
  const text = `${counted(changes, 'change')} made and read back.${things}`;
  return { symbol: 'good', paint: 'good', word: 'DONE', text };
};

/** Steps of which a person left something for later. */
const putOff = ({ steps = [] }: RunReport): readonly StepReport[] =>
  steps.filter(({ status, error }) => status === 'manual' && error !== null);

const stopped = (text: string): Verdict => ({ symbol: 'bad', paint: 'bad', word: 'STOPPED', text });

export const initNext = (report: RunReport, words: Words, left: number): string => {
  const { error, exit } = report;
  const over = report.accounts === undefined ? '' : ' --org';
  const run = (name: string): string => `\`${commandLine(report, words, `${name}${over}`)}\``;
  if (error) return error.next;
  if (exit.code === 130 || exit.code === 143) return `run ${run('init')} again; it goes on where it stopped.`;
  const failed = (report.steps ?? []).find(({ status, error: why }) => status === 'failed' && why);
  if (failed?.error) return failed.error.next;
  const [later] = putOff(report);
  if (later?.error) return later.error.next;
  if (isLacking(report)) return otherEndpoint;
  if (exit.code === 6) return `run ${run('init')} again${waitWords(exit.retryAfterSeconds)}.`;
  if (report.accounts !== undefined && exit.code === 4)
    return `see that the access role of the accounts above lets you in, then run ${run('init')} again.`;
  if (report.results.some(({ kind, status, cause }) => kind === 'wanted' && status === 'unknown' && cause === 'denied'))
    return `allow what is named above (\`${commandLine(report, { ...words, flags: '' }, 'policy init')}\` prints the whole policy), then run ${run('init')} again.`;
  if (words.dryRun && (report.plan ?? []).length > 0) return `run ${run('init')} to make these changes. It asks before it starts.`;
  if (left > 0 && report.target === 'sandbox')
    return `nothing more in practice, which has no console: what is left for you is for a real account. ${run('check')} looks again.`;
  if (left > 0) {
    const things = left === 1 ? 'the one thing left for you' : `the ${left} things left for you`;
    return `do ${things}, then run ${run('check')}.`;
  }
  return `nothing to do. ${run('check')} tells at any time whether it stays so.`;
};
