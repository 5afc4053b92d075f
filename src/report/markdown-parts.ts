import { leftForPerson, type Result, type RunReport, type StepReport } from '../core/report.js';
import { fixParts } from './fix.js';
import type { MarkdownTable } from './markdown-table.js';
import { markdownCode, markdownLink, markdownProse, markdownText } from './markdown-text.js';
import { counted, reasonOf, shortResource, statusWords, stepWords, titleOf, type Words } from './words.js';

const marks: Readonly<Record<Result['status'], string>> = {
  fail: '❌',
  unknown: '❔',
  manual: '✋',
  waived: '➖',
  pass: '✅',
  'not-applicable': '➖',
};

/** Results that need attention, most severe first. */
export const openPart = (report: RunReport): MarkdownTable => ({
  title: 'Open',
  header: ['', ...whereHeader(report), 'Check', 'Resource', 'Why', 'What to do'],
  rows: report.results
    .filter(({ status }) => status === 'fail' || status === 'unknown' || status === 'manual')
    .toSorted(byUrgency)
    .map((result) => [...whatCells(report, result), fixCell(result)]),
});

export const leftPart = ({ results }: RunReport): MarkdownTable => ({
  title: 'Remaining manual steps',
  header: ['Check', 'Why', 'What to do'],
  rows: leftForPerson(results).map((result) => [markdownCode(result.id), markdownProse(result.reason), fixCell(result)]),
});

/** `init`: items that could not be read are neither done nor remaining, so they get their own table. */
export const unreadPart = ({ results }: RunReport): MarkdownTable => ({
  title: 'Could not be read',
  header: ['Check', 'Why', 'What to do'],
  rows: results
    .filter(({ kind, status }) => kind === 'wanted' && status === 'unknown')
    .map((result) => [markdownCode(result.id), markdownProse(result.reason), fixCell(result)]),
});

export const finePart = (report: RunReport): MarkdownTable => {
  const fine = report.results.filter(({ status }) => status === 'pass' || status === 'waived' || status === 'not-applicable');
  return {
    title: `No action needed: ${counted(fine.length, 'check')}`,
    header: ['', ...whereHeader(report), 'Check', 'Resource', 'Why'],
    rows: fine.map((result) => whatCells(report, result)),
  };
};

export const planPart = ({ plan = [] }: RunReport, words: Words): MarkdownTable => ({
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

export const stepsPart = (report: RunReport, words: Words): MarkdownTable => ({
  title: 'Steps',
  header: ['', 'Step', 'Changes'],
  rows: (report.steps ?? []).map((step) => [
    `${stepMarks[step.status]} ${stepWords[step.status].word}`,
    stepCell(step.accountId, titleOf(words, step.id)),
    changesCell(report, step),
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

const changesCell = ({ plan = [] }: RunReport, { accountId, id, status, error, verified }: StepReport): string => {
  const changes = plan
    .filter((change) => change.step === id && change.accountId === accountId)
    .map(({ summary }) => markdownProse(summary));
  if (status === 'unchanged' || status === 'skipped') return '';
  const outcome =
    error !== null
      ? [`${markdownProse(error.message)} (${markdownCode(error.code)})`, `**Next:** ${markdownProse(error.next)}`]
      : status === 'blocked'
        ? ['It depends on a step that failed.']
        : status === 'failed'
          ? ['It did not finish.']
          : verified || changes.length === 0
            ? []
            : ['Sent, but AWS does not show it yet.'];
  const planned = changes.length > 0 && (status === 'failed' || status === 'blocked') ? ['Planned:'] : [];
  const more = changes.length > 20 ? [`and ${changes.length - 20} more`] : [];
  return [...outcome, ...planned, ...changes.slice(0, 20), ...more].join('<br>');
};

/** Account details at the end of a run; never the secrets themselves. */
export const recapPart = ({ recap = [] }: RunReport): MarkdownTable => ({
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
    `${marks[status]} ${status === 'fail' ? severity : statusWords[status].word}`,
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

const order = { fail: 0, unknown: 1, manual: 2, waived: 3, pass: 4, 'not-applicable': 5 } as const;
const weight = { critical: 0, high: 1, medium: 2, low: 3 } as const;

const byUrgency = (a: Result, b: Result): number => order[a.status] - order[b.status] || weight[a.severity] - weight[b.severity];
