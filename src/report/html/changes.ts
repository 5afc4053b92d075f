import type { KeptThing, PlannedChange, RunReport, StepReport } from '../../core/report.js';
import { sentence } from '../error-text.js';
import { counted, type RenderContext, stepLabels, stepWords, titleOf } from '../words.js';
import { cutTo, html, link, type Markup, nothing, prose, type Section, section } from './markup.js';

/** What `init` and `undo` did, or would do: the plan of a dry run or the outcome of each step, what stays, and account details. */
export const changeSections = (report: RunReport, words: RenderContext): readonly Section[] => {
  const { plan = [], steps = [], kept = [], recap = [] } = report;
  return [
    words.dryRun === true ? planSection(plan, words) : stepsSection(report, steps, words),
    section('kept', 'Left in the account', kept.length === 0 ? [] : [html`<ul>${kept.map(keptItem)}</ul>`]),
    section(
      'details',
      'Account details',
      recap.length === 0 || words.dryRun === true
        ? []
        : [html`<dl>${recap.map(({ label, value }) => html`<dt>${label}</dt><dd>${link(value)}</dd>`)}</dl>`],
    ),
  ];
};

/** More changes are only counted: `init --org` can plan thousands. */
const mostChanges = 1_000;

const planSection = (plan: readonly PlannedChange[], words: RenderContext): Section =>
  section(
    'plan',
    `Plan: ${counted(plan.length, 'change')}`,
    plan.length === 0
      ? []
      : [
          html`<ol>${plan.slice(0, mostChanges).map(
            ({
              accountId,
              step,
              summary,
              risk,
              secretPlace,
              calls,
            }) => html`<li>${inAccount(accountId)}<strong>${titleOf(words, step)}:</strong> ${prose(summary)}${
              risk === 'none' ? nothing : html` <span class="badge medium">${riskWords[risk]}</span>`
            }${secretPlace === undefined ? '' : `, to ${secretPlace}`}<br><span class="soft">${calls.join(', ')}</span></li>
`,
          )}</ol>`,
          plan.length > mostChanges ? html`<p>and ${plan.length - mostChanges} more</p>` : nothing,
        ],
  );

const riskWords = { secret: 'creates a secret', billing: 'billing', 'hard-to-undo': 'hard to undo', weaker: 'weaker' } as const;

const inAccount = (accountId: string | undefined): Markup => (accountId === undefined ? nothing : html`<code>${accountId}</code> `);

const stepsSection = (report: RunReport, all: readonly StepReport[], words: RenderContext): Section => {
  // In an organization, most accounts need no change.
  const steps = report.accounts === undefined ? all : all.filter(({ status }) => status !== 'unchanged');
  const shown = steps.slice(0, mostChanges);
  return section(
    'steps',
    'Steps',
    steps.length === 0
      ? []
      : [
          html`<div class="scroll" tabindex="0" role="region" aria-label="Table of steps"><table><thead><tr><th scope="col">Step</th><th scope="col">Status</th><th scope="col">Changes</th></tr></thead><tbody>
${shown.map(
  (
    step,
  ) => html`<tr><th scope="row">${inAccount(step.accountId)}${titleOf(words, step.id)}</th><td class="state ${stepKinds[stepLabels[step.status].paint]}">${stepWords(step, report)}</td><td>${changes(report, step)}</td></tr>
`,
)}</tbody></table></div>`,
          steps.length > shown.length ? html`<p>and ${steps.length - shown.length} more</p>` : nothing,
        ],
  );
};

const stepKinds = { good: 'pass', bad: 'high', warn: 'medium', dim: 'waived' } as const;

const changes = ({ plan = [] }: RunReport, { accountId, id, status, error }: StepReport): Markup => {
  if (status === 'unchanged' || status === 'skipped') return nothing;
  const planned = plan.filter((change) => change.step === id && change.accountId === accountId);
  const unfinished = status === 'failed' || status === 'blocked';
  const why =
    error !== null
      ? html`<p>${prose(cutTo(error.message))} (<code>${error.code}</code>)</p><p><strong>Next:</strong> ${prose(sentence(error.next))}</p>`
      : status === 'blocked'
        ? html`<p>It depends on a step that failed.</p>`
        : status === 'failed'
          ? html`<p>It did not finish.</p>`
          : nothing;
  const list = planned.slice(0, 50).map(({ summary }) => html`<li>${prose(summary)}</li>`);
  return html`${why}${list.length === 0 ? nothing : html`${unfinished ? html`<p>Planned:</p>` : nothing}<ul>${list}${planned.length > 50 ? html`<li>and ${planned.length - 50} more</li>` : nothing}</ul>`}`;
};

const keptItem = ({ what, why, manual }: KeptThing): Markup =>
  html`<li>${what}: ${prose(sentence(why))}${manual === null ? nothing : html` <strong>To do:</strong> ${prose(sentence(manual))}`}</li>`;
