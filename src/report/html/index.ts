import { createHash } from 'node:crypto';
import { remainingSteps, type RunReport } from '../../core/report.js';
import { changedWords, sentence } from '../error-text.js';
import { undoNext, undoVerdict } from '../undo-table.js';
import { checkNext, initNext, initVerdict, type Verdict, verdict } from '../verdict.js';
import { accountName, counted, type RenderContext, type ReportExtras } from '../words.js';
import { changeSections } from './changes.js';
import { fineSection, openSections } from './findings.js';
import { html, lines, type Markup, nothing, prose, type Section, section, styleElement } from './markup.js';
import { organizationSections } from './organization.js';
import { style } from './style.js';
import { summary } from './summary.js';

/**
 * One page to share: no script, nothing to load, and a policy that allows neither. Every value is escaped by `html`, and only links to AWS
 * can be followed. Without scripts, what is folded uses `<details>`.
 */
export const renderHtml = (report: RunReport, { words }: ReportExtras): string => {
  const ending = endingOf(report, words);
  const name = report.account === null ? 'an AWS account' : `account ${accountName(report.account)}`;
  const of =
    report.accounts === undefined
      ? name
      : report.account === null
        ? counted(report.accounts.length, 'account')
        : `the organization of ${name}`;
  const heading = `${commandNames[report.command]} of ${of}`;
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const parts = sectionsOf(report, words);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${ending.word}: ${heading}</title>
${styleElement(style)}
</head>
<body>
<header>
<p class="kicker">${report.tool.name}${report.target === 'sandbox' ? ', practice account' : ''}</p>
<h1>${heading}</h1>
</header>
<main>
${summary(report, ending, sentence(words.next ?? nextOf(report, words)))}${contents(parts)}${errorPart(report)}${warnings(report)}${parts}</main>
<footer><p>${report.tool.name} ${report.tool.version}, ${report.apiCalls.total} requests to AWS, ${report.apiCalls.writes} of them writes. This page contains account ids, user names and key ids: share it accordingly.</p></footer>
</body>
</html>
`.markup;
};

const commandNames = { check: 'Check', init: 'Setup', undo: 'Undo' } as const satisfies Readonly<Record<RunReport['command'], string>>;

const endingOf = (report: RunReport, words: RenderContext): Verdict =>
  report.command === 'check' ? verdict(report) : report.command === 'undo' ? undoVerdict(report, words) : initVerdict(report, words);

/** The other formats end with it, so their text refers to what is above. */
const nextOf = (report: RunReport, words: RenderContext): string => {
  if (report.error !== undefined) return report.error.next;
  if (report.command === 'undo') return undoNext(report, words);
  const text = report.command === 'check' ? checkNext(report, words) : initNext(report, words, remainingSteps(report.results).length);
  return text.replace(/\babove\b/g, 'below');
};

const sectionsOf = (report: RunReport, words: RenderContext): readonly Section[] => [
  ...changeSections(report, words),
  ...(report.accounts === undefined
    ? openSections(report)
    : report.results.length === 0
      ? []
      : organizationSections(report, report.accounts, words)),
  fineSection(report),
];

/** Links to the parts of the page. */
const contents = (parts: readonly Section[]): Markup => {
  const shown = parts.filter(({ markup }) => markup !== '');
  return shown.length < 2
    ? nothing
    : html`<nav aria-label="Contents"><ul>${shown.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
`;
};

const errorPart = ({ error, command }: RunReport): Markup => {
  if (error === undefined) return nothing;
  const { code, message, aws, changed } = error;
  return section('error', 'Error', [
    html`<div class="note high"><p>${aws === null ? lines(message) : prose(message)}</p>`,
    command === 'check' || changed === false ? nothing : html`<p>${sentence(changedWords(error, 'the planned changes'))}</p>`,
    html`<p><code>${code}</code>${aws === null ? nothing : html`: ${aws.operation} returned ${aws.error}${aws.requestId === undefined ? '' : `, request id ${aws.requestId}`}`}. <code>bootstrap explain ${code}</code> describes it.</p></div>`,
  ]);
};

const warnings = ({ warnings: texts = [] }: RunReport): readonly Markup[] =>
  texts.map(
    (text) => html`<p class="note medium"><strong>Warning:</strong> ${prose(text)}</p>
`,
  );
