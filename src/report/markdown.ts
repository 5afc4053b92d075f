import { leftForPerson, type RunReport } from '../core/report.js';
import { checkNext, countsLines, verdict } from './check-words.js';
import { changedWords, sentence } from './error-block.js';
import type { ReportExtras } from './extras.js';
import { initNext, initVerdict, isUnchanged } from './init-words.js';
import { finePart, leftPart, openPart, planPart, recapPart, stepsPart, unreadPart } from './markdown-parts.js';
import { fittedTable, foldedTable } from './markdown-table.js';
import { markdownCode, markdownProse, markdownText } from './markdown-text.js';
import { accountLine, type Words } from './words.js';

/** GitHub refuses a comment of more than 65,536 characters. */
const most = 65_000;

/**
 * The body of a pull request comment: the verdict, the plan of a dry run, open results with their fixes, and the other results collapsed.
 * If it gets too long, the collapsed results are cut first, then the last rows; the text gives the number left out.
 */
export const renderMarkdown = (report: RunReport, { words }: ReportExtras): string => {
  const head = [heading(report, words), account(report), counts(report, words), error(report)];
  const last = [...(report.warnings ?? []).map((text) => `> **Warning** ${markdownProse(text)}`), next(report, words)];
  const parts =
    report.command === 'check'
      ? [openPart(report)]
      : [
          ...(words.dryRun ? [planPart(report, words)] : isUnchanged(report) ? [] : [stepsPart(report, words)]),
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

const heading = (report: RunReport, words: Words): string => {
  const { paint, word, text } = report.command === 'check' ? verdict(report) : initVerdict(report, words);
  return `## ${marks[paint]} ${word}: ${markdownText(text)}`;
};

const account = (report: RunReport): string => (report.account === null ? '' : markdownText(accountLine(report.account, report.target)));

const counts = (report: RunReport, words: Words): string =>
  report.command === 'check'
    ? countsLines(report, { ...words, showWaived: true })
        .map((text) => markdownText(text))
        .join('. ')
    : '';

/** A quote of one paragraph that starts with our own word: at the start of a line, text can become a list or a heading. */
const error = ({ error: info, command }: RunReport): string => {
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

const next = (report: RunReport, words: Words): string => {
  const text =
    words.next ?? (report.command === 'check' ? checkNext(report, words) : initNext(report, words, leftForPerson(report.results).length));
  return `**Next:** ${markdownProse(sentence(text))}`;
};
