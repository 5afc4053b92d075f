import { leftForPerson, type Result, type RunReport } from '../core/report.js';
import { plain } from '../core/text.js';
import { checkNext, countsLines, verdict } from './check-words.js';
import { changedWords, sentence } from './error-block.js';
import type { ReportExtras } from './extras.js';
import { fixParts } from './fix.js';
import { initNext, initVerdict } from './init-words.js';
import { markdownCode, markdownLink, markdownTable, markdownText } from './markdown-text.js';
import { riskNote } from './plan.js';
import { accountLine, counted, shortResource, statusWords, stepWords, titleOf, type Words } from './words.js';

/** GitHub refuses a comment of more than 65,536 characters. */
const most = 65_000;

/**
 * What a comment on a pull request wants: the verdict, the plan of a dry run, what is open with its fix, and what is fine folded away.
 * Where it gets too long, what is fine goes first, then the rows at the end; what is left out is said.
 */
export const renderMarkdown = (report: RunReport, { words }: ReportExtras): string => {
  const head = [heading(report, words), account(report), counts(report, words), error(report)];
  const tail = [next(report, words)];
  const tables = report.command === 'check' ? [open(report)] : [steps(report, words), plan(report, words), left(report), unread(report)];
  const fixed = [...head, ...tail].reduce((sum, block) => sum + block.length + 2, 0);
  let room = most - fixed - notes;
  const shown = tables.map((table) => {
    const text = fitted(table, room);
    room -= text.length + 2;
    return text;
  });
  return pageOf(...head, ...shown, fine(report, room), ...tail);
};

/** Room kept for the sentences that say what was left out. */
const notes = 1_000;

interface Table {
  readonly title: string;
  readonly header: readonly string[];
  /** Markdown. */
  readonly rows: readonly (readonly string[])[];
}

const pageOf = (...blocks: readonly string[]): string =>
  `${blocks
    .filter((block) => block !== '')
    .map((block) => block.trimEnd())
    .join('\n\n')}\n`;

/** As many rows as there is room for, and how many more there are. */
const fitted = ({ title, header, rows }: Table, room: number): string => {
  if (rows.length === 0) return '';
  const bare = `### ${title}\n\n${markdownTable(header, [])}`.length;
  let used = bare;
  const shown = rows.filter((row) => {
    used += markdownRowLength(row);
    return used <= room;
  });
  const rest = rows.length - shown.length;
  const more = rest === 0 ? '' : `\n${rest} more ${rest === 1 ? 'is' : 'are'} left out to keep this short enough for a comment.`;
  return shown.length === 0 ? `### ${title}\n${more}` : `### ${title}\n\n${markdownTable(header, shown)}${more}`;
};

const markdownRowLength = (row: readonly string[]): number => markdownTable(row, []).split('\n', 1)[0]?.length ?? 0;

const marks = { good: '✅', bad: '❌', warn: '⚠️' } as const;

const heading = (report: RunReport, words: Words): string => {
  const { paint, word, text } = report.command === 'check' ? verdict(report) : initVerdict(report, words);
  return `## ${marks[paint]} ${word}: ${markdownText(text)}`;
};

const account = (report: RunReport): string =>
  report.account === null ? '' : markdownText(accountLine(report.account, report.target), 500);

const counts = (report: RunReport, words: Words): string =>
  report.command === 'check' ? markdownText(countsLines(report, { ...words, showWaived: true }).join('. ')) : '';

const error = ({ error: told, command }: RunReport): string => {
  if (!told) return '';
  const facts = told.aws === null ? [] : [markdownText(`${told.aws.operation} answered ${told.aws.error}`), ...(told.aws.requestId === undefined ? [] : [`request id ${markdownCode(told.aws.requestId)}`])];
  const messages = (told.aws === null ? told.message.split('\n') : [told.message]).slice(0, 20);
  return [
    ...messages.map((line) => `> ${markdownText(line)}`),
    ...(command === 'check' || told.changed === false ? [] : [`> ${markdownText(sentence(changedWords(told, 'the planned changes')))}`]),
    `> ${[markdownCode(told.code), ...facts].join(', ')}`,
  ].join('\n>\n');
};
