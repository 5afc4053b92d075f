import { isOpen, remainingSteps, type Result, type RunReport, type StepReport } from '../core/report.js';
import { byUrgency } from './check-lines.js';
import { totalsLine } from './counts.js';
import { changedWords, sentence } from './error-text.js';
import { fittedTable, foldedTable, markdownCode, markdownLink, markdownProse, type MarkdownTable, markdownText } from './markdown-text.js';
import { undoNext, undoVerdict } from './undo-table.js';
import { checkNext, initNext, initVerdict, isUnchanged, verdict } from './verdict.js';
import {
  accountLine,
  counted,
  exitMeaning,
  fixParts,
  reasonOf,
  type RenderContext,
  type ReportExtras,
  shortResource,
  statusLabels,
  stepWords,
  titleOf,
} from './words.js';

/** GitHub refuses a comment of more than 65,536 characters. */
const most = 65_000;

/**
 * The body of a pull request comment: the verdict, the plan of a dry run, open results with their fixes, and the other results collapsed.
 * If it gets too long, the collapsed results are cut first, then the last rows; the text gives the number left out.
 */
export const renderMarkdown = (report: RunReport, { words }: ReportExtras): string => {
  const head = [heading(report, words), account(report), counts(report), errorPart(report)];
  const last = [...(report.warnings ?? []).map((text) => `> **Warning** ${markdownProse(text)}`), next(report, words)];
  const parts =
    report.command === 'check'
      ? [openPart(report)]
      : [
          ...(words.dryRun ? [planPart(report, words)] : isUnchanged(report) ? [] : [stepsPart(report, words)]),
          keptPart(report),
          unreadPart(report),
          leftPart(report),
          ...(words.dryRun ? [] : [recapPart(report)]),
        ];
  let room = most - pageOf([...head, ...last]).length - 200;
  const take = (text: string): string => {
    room -= text.length + 2;
    return text;
  };
  const tables = parts.map((part, index) => take(fittedTable(part, room - 200 * (parts.length - index))));
  return pageOf([...head, ...tables, foldedTable(finePart(report), room), ...last]);
};

const pageOf = (blocks: readonly string[]): string =>
  `${blocks
    .map((block) => block.trimEnd())
    .filter((block) => block !== '')
    .join('\n\n')}\n`;

const marks = { good: '✅', bad: '❌', warn: '⚠' } as const;

const heading = (report: RunReport, words: RenderContext): string => {
  const { paint, word, text } =
    report.command === 'check' ? verdict(report) : report.command === 'undo' ? undoVerdict(report, words) : initVerdict(report, words);
  return `## ${marks[paint]} ${word}: ${markdownText(text)}`;
};

const account = (report: RunReport): string => (report.account === null ? '' : markdownText(accountLine(report.account, report.target)));

const counts = (report: RunReport): string =>
  report.command === 'check'
    ? [totalsLine(report), `Exit code ${report.exit.code}: ${exitMeaning(report)}`]
        .flatMap((text) => (text === undefined ? [] : [markdownText(text)]))
        .join('. ')
    : '';

/** A quote of one paragraph that starts with our own word: at the start of a line, text can become a list or a heading. */
const errorPart = ({ error: info, command }: RunReport): string => {
  if (!info) return '';
  const { message, aws, code, changed } = info;
  const request = aws?.requestId === undefined ? '' : `, request id ${markdownCode(aws.requestId)}`;
  const facts = [
    ...(aws === null ? message.split('\n').slice(0, 20) : [message]).map((line) => markdownProse(line)),
    ...(command === 'check' || changed === false ? [] : [markdownText(sentence(changedWords(info, 'the planned changes')))]),
    ...(aws === null ? [] : [`${markdownText(aws.operation)} returned ${markdownText(aws.error)}${request}`]),
  ];
  return `> **Error** ${markdownCode(code)}: ${facts.join('<br>')}`;
};

const nextText = (report: RunReport, words: RenderContext): string => {
  if (words.next !== undefined) return words.next;
  if (report.command === 'undo') return undoNext(report, words);
  return report.command === 'check' ? checkNext(report, words) : initNext(report, words, remainingSteps(report.results).length);
};

const next = (report: RunReport, words: RenderContext): string => `**Next:** ${markdownProse(sentence(nextText(report, words)))}`;

const partMarks: Readonly<Record<Result['status'], string>> = {
  fail: '❌',
  unknown: '❔',
  manual: '✋',
  waived: '➖',
  pass: '✅',
  'not-applicable': '➖',
};

/** Results that need attention, most severe first. */
const openPart = (report: RunReport): MarkdownTable => ({
  title: 'Open',
  header: ['', ...whereHeader(report), 'Check', 'Resource', 'Why', 'What to do'],
  rows: report.results
    .filter(isOpen)
    .toSorted(byUrgency)
    .map((result) => [...whatCells(report, result), fixCell(result)]),
});

/** What `undo` leaves. */
const keptPart = ({ kept = [] }: RunReport): MarkdownTable => ({
  title: 'Left in the account',
  header: ['What', 'Why', 'What to do'],
  rows: kept.map(({ what, why, manual }) => [what, why, manual ?? ''].map((text) => markdownProse(text))),
});

const leftPart = ({ results }: RunReport): MarkdownTable => ({
  title: 'Remaining manual steps',
  header: ['Check', 'Why', 'What to do'],
  rows: remainingSteps(results).map((result) => [markdownCode(result.id), markdownProse(result.reason), fixCell(result)]),
});

/** `init`: items that could not be read are neither done nor remaining, so they get their own table. */
const unreadPart = ({ results }: RunReport): MarkdownTable => ({
  title: 'Could not be read',
  header: ['Check', 'Why', 'What to do'],
  rows: results
    .filter(({ kind, status }) => kind === 'wanted' && status === 'unknown')
    .map((result) => [markdownCode(result.id), markdownProse(result.reason), fixCell(result)]),
});

const finePart = (report: RunReport): MarkdownTable => {
  const fine = report.results.filter(({ status }) => status === 'pass' || status === 'waived' || status === 'not-applicable');
  return {
    title: `No action needed: ${counted(fine.length, 'check')}`,
    header: ['', ...whereHeader(report), 'Check', 'Resource', 'Why'],
    rows: fine.map((result) => whatCells(report, result)),
  };
};

const planPart = ({ plan = [] }: RunReport, words: RenderContext): MarkdownTable => ({
  title: 'Plan',
  header: ['', 'Step', 'Change', 'Note'],
  rows: plan.map(({ accountId, step, summary, risk }, at) => [
    String(at + 1),
    stepCell(accountId, titleOf(words, step)),
    markdownProse(summary),
    risk === 'none' ? '' : `⚠ ${riskWords[risk]}`,
  ]),
});

const riskWords = { secret: 'creates a secret', billing: 'billing', 'hard-to-undo': 'hard to undo', weaker: 'weaker' } as const;

const stepsPart = (report: RunReport, words: RenderContext): MarkdownTable => ({
  title: 'Steps',
  header: ['', 'Step', 'Changes'],
  rows: (report.steps ?? []).map((step) => [
    `${stepMarks[step.status]} ${stepWords(step, report)}`,
    stepCell(step.accountId, titleOf(words, step.id)),
    changesCell(report, step, nextText(report, words)),
  ]),
});

/** For an organization, with the account. */
const stepCell = (accountId: string | undefined, title: string): string =>
  `${accountId === undefined ? '' : `${markdownCode(accountId)} `}${markdownText(title)}`;

const stepMarks: Readonly<Record<StepReport['status'], string>> = {
  done: '✅',
  unchanged: '✅',
  manual: '✋',
  failed: '❌',
  blocked: '❔',
  skipped: '➖',
};

const changesCell = ({ plan = [] }: RunReport, { accountId, id, status, error }: StepReport, lastLine: string): string => {
  const changes = plan
    .filter((change) => change.step === id && change.accountId === accountId)
    .map(({ summary }) => markdownProse(summary));
  if (status === 'unchanged' || status === 'skipped') return '';
  const outcome =
    error !== null
      ? [
          `${markdownProse(error.message)} (${markdownCode(error.code)})`,
          // The last line of the report repeats nothing.
          ...(error.next === lastLine ? [] : [`**Next:** ${markdownProse(error.next)}`]),
        ]
      : status === 'blocked'
        ? ['It depends on a step that failed.']
        : status === 'failed'
          ? ['It did not finish.']
          : [];
  const planned = changes.length > 0 && (status === 'failed' || status === 'blocked') ? ['Planned:'] : [];
  const more = changes.length > 20 ? [`and ${changes.length - 20} more`] : [];
  return [...outcome, ...planned, ...changes.slice(0, 20), ...more].join('<br>');
};

/** Account details at the end of a run; never the secrets themselves. */
const recapPart = ({ recap = [] }: RunReport): MarkdownTable => ({
  title: 'Account details',
  header: ['', ''],
  rows: recap.map(({ label, value }) => [markdownText(label), markdownLink(value)]),
});

/** A column for the account, if there are several. */
const whereHeader = ({ results }: RunReport): readonly string[] =>
  results.some(({ accountId }) => accountId !== results[0]?.accountId) ? ['Account'] : [];

const whatCells = (report: RunReport, result: Result): readonly string[] => {
  const { id, accountId, resource, severity, status } = result;
  return [
    `${partMarks[status]} ${status === 'fail' ? severity : statusLabels[status].word}`,
    ...whereHeader(report).map(() => markdownCode(accountId)),
    markdownCode(id),
    markdownCode(shortResource(resource)),
    markdownProse(reasonOf(result)),
  ];
};

const fixCell = (result: Result): string =>
  fixParts(result)
    .map(({ label, text }) => {
      if (label === 'see') return markdownLink(text, 'open the page');
      if (label === 'allow') return `allow ${markdownCode(text)}`;
      return label === 'run' ? markdownCode(text) : markdownProse(text);
    })
    .join('<br>');
