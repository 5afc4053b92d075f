import { severities, type Severity } from '../../core/finding.js';
import { grouped } from '../../core/grouped.js';
import type { Result, RunReport } from '../../core/report.js';
import { byUrgency } from '../check-lines.js';
import { counted, fixParts, shortResource, statusLabels, waiverWords } from '../words.js';
import { cutTo, html, link, type Markup, nothing, prose, type Section, section, withFlags } from './markup.js';

/** More would make the page slow; a page of CSV lists everything. */
export const mostCards = 400;

/** A result, or several that share cause and fix. */
export interface Card {
  readonly results: readonly [Result, ...Result[]];
  /** `--org`: the accounts that have it, if there are several. */
  readonly accounts?: readonly string[];
}

/** Results that need attention: failed ones by severity, manual ones, those that could not be read, and waived ones. */
export const openSections = (report: RunReport): readonly Section[] => {
  const { results } = report;
  const of = (status: Result['status']): readonly Result[] => results.filter((result) => result.status === status);
  const several = results.some(({ accountId }) => accountId !== results[0]?.accountId);
  const cards = (some: readonly Result[], level: 3 | 4): readonly Markup[] =>
    limited(cardsOf(some), (card) => cardOf(card, level, several));
  const failed = of('fail');
  const bySeverity = severities.toReversed().map((severity: Severity) => {
    const some = failed.filter((result) => result.severity === severity);
    return some.length === 0 ? nothing : html`<h3>${capital(severity)} (${some.length})</h3>${cards(some, 4)}`;
  });
  const titled = (title: string, some: readonly Result[]): string => `${title} (${some.length})`;
  return [
    section('failed', titled('Open findings', failed), bySeverity),
    section('manual', titled('To do or confirm manually', of('manual')), cards(of('manual'), 3)),
    section('unknown', titled('Could not be read', of('unknown')), cards(of('unknown'), 3)),
    section('waived', titled('Waived', of('waived')), cards(of('waived'), 3)),
  ];
};

export const notShown = (count: number): Markup =>
  html`<p><strong>${counted(count, 'more finding')} not shown</strong>; the formats <code>csv</code> and <code>json</code> list all of them.</p>`;

/** Cards for as many as a page can show, and the number of those left out. */
export const limited = (cards: readonly Card[], render: (card: Card) => Markup): readonly Markup[] => {
  const left = cards.slice(mostCards).reduce((sum, { results }) => sum + results.length, 0);
  return [...cards.slice(0, mostCards).map(render), left === 0 ? nothing : notShown(left)];
};

/** Results of one account that share check and fix, or a missing permission, are one card. */
export const cardsOf = (results: readonly Result[]): readonly Card[] =>
  [
    ...grouped(results.toSorted(byUrgency), ({ accountId, id, step, status, severity, reason, remediation, missingPermission, waiver }) =>
      JSON.stringify(
        status === 'unknown'
          ? [accountId, step, status, severity, reason, missingPermission]
          : [accountId, id, status, severity, remediation, waiver],
      ),
    ).values(),
  ].map((group) => ({ results: group }));

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The class that colours a result. */
export const kindOf = ({ status, severity }: Pick<Result, 'status' | 'severity'>): string =>
  status === 'fail' ? severity : status === 'not-applicable' ? 'none' : status;

export const cardOf = ({ results, accounts }: Card, level: 3 | 4, several: boolean): Markup => {
  const [first] = results;
  const { accountId, status, severity, reason } = first;
  const reasons = new Set(results.map((result) => result.reason)).size;
  const title = html`${prose(reason)}${reasons > 1 && accounts === undefined ? `; and ${results.length - 1} similar` : ''}`;
  const ids = [...new Set(results.map(({ id }) => id))];
  const badge = status === 'fail' ? severity : `${statusLabels[status].word}, ${severity}`;
  return html`<article class="finding ${kindOf(first)}"><div class="title"><span class="badge">${badge}</span>${level === 3 ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`}</div>
<p class="about">${ids.map((id, at) => html`${at === 0 ? '' : ', '}<code>${id}</code>`)}${several ? html` in account <code>${accountId}</code>` : nothing}${first.waiver === null ? nothing : html`. ${capital(waiverWords(first) ?? '')}`}</p>
${fix(first)}${accounts === undefined ? nothing : html`<details><summary>In ${counted(accounts.length, 'account')}${results.length > accounts.length ? ` (${counted(results.length, 'finding')})` : ''}</summary><p>${accounts.join(', ')}</p></details>`}${details(results, accounts !== undefined)}</article>
`;
};

const labels = { allow: 'Allow', do: 'Do', fix: 'Fix', run: 'Run', see: 'See' } as const;

const fix = (result: Result): Markup => {
  const parts = fixParts(result).map(({ label, text }) => {
    if (label === 'see') return html`<p>${link(text, `Open the AWS page for ${result.id}`)}</p>`;
    if (label === 'run') return html`<pre><code>${withFlags(cutTo(text))}</code></pre>`;
    return html`<p><strong>${labels[label]}:</strong> ${label === 'allow' ? html`<code>${text}</code>` : prose(text)}</p>`;
  });
  return parts.length === 0 ? nothing : html`<div class="fix">${parts}</div>`;
};

const mostListed = 50;

/** Folded: the resources, what was expected and observed, and the requests to AWS that AWS Support asks for. */
const details = (results: Card['results'], common: boolean): Markup => {
  const [{ id, title, expected, observed, references }] = results;
  const requests = [
    ...new Set(
      results.flatMap(({ evidence }) =>
        evidence.map(({ operation, requestId }) => `${operation}${requestId === undefined ? '' : ` ${requestId}`}`),
      ),
    ),
  ];
  const rows: readonly (readonly [string, Markup | string | null])[] = [
    ['Passes if', title],
    ...(common
      ? []
      : [
          [
            'Resource',
            listOf(results.map(({ resource, reason }) => (results.length > 1 ? `${shortResource(resource)}: ${reason}` : resource))),
          ] as const,
        ]),
    ...(results.length > 1 ? [] : [['Expected', expected] as const, ['Observed', observed] as const]),
    ['References', references.length === 0 ? null : references.join(', ')],
    ['Requests', requests.length === 0 || common ? null : listOf(requests)],
    ['More', html`<code>bootstrap explain ${id}</code>`],
  ];
  return html`<details><summary>Details of <code>${id}</code></summary><dl>${rows.map(([label, value]) => (value === null ? nothing : html`<dt>${label}</dt><dd>${value}</dd>`))}</dl></details>`;
};

const listOf = (values: readonly string[]): Markup => {
  const shown = values.slice(0, mostListed).map((value, at) => html`${at === 0 ? nothing : html`<br>`}${cutTo(value)}`);
  return html`${shown}${values.length > mostListed ? html`<br>and ${values.length - mostListed} more` : nothing}`;
};

/** What passes and what does not apply, folded. For an organization, one row per check. */
export const fineSection = ({ results, accounts }: RunReport): Section => {
  const fine = results.filter(({ status }) => status === 'pass' || status === 'not-applicable');
  const state = (result: Result): Markup => html`<td class="state ${kindOf(result)}">${statusLabels[result.status].word}</td>`;
  const several = results.some(({ accountId }) => accountId !== results[0]?.accountId);
  const rows =
    accounts === undefined
      ? fine.map(
          (
            result,
          ) => html`<tr>${state(result)}<th scope="row"><code>${result.id}</code></th><td>${several ? html`<code>${result.accountId}</code>: ` : nothing}${prose(result.reason)}</td></tr>
`,
        )
      : [...grouped(fine, ({ id, status }) => JSON.stringify([id, status])).values()].map((group) => {
          const [first] = group;
          const count = new Set(group.map(({ accountId }) => accountId)).size;
          return html`<tr>${state(first)}<th scope="row"><code>${first.id}</code></th><td>${prose(first.title)}: in ${counted(count, 'account')}</td></tr>
`;
        });
  const title = `No action needed: ${counted(fine.length, 'check')}`;
  return section(
    'fine',
    'No action needed',
    fine.length === 0
      ? []
      : [
          html`<details class="fold"><summary>${title}</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr><th scope="col">Status</th><th scope="col">Check</th><th scope="col">${accounts === undefined ? 'Why' : 'Where'}</th></tr></thead><tbody>
${rows}</tbody></table></div></details>`,
        ],
  );
};
