import { planWords } from '../../core/account-plan.js';
import { severities } from '../../core/finding.js';
import type { AccountReport, Result, RunReport } from '../../core/report.js';
import { overBudget, type Spend, spendWords } from '../../core/spend.js';
import { severityCounts, totalsLine } from '../counts.js';
import { spendOf, spendShares } from '../spend.js';
import type { Verdict } from '../verdict.js';
import { counted, exitMeaning, who } from '../words.js';
import { html, type Markup, nothing, prose } from './markup.js';

/** The first screen: the verdict, what to do next, the checks as a picture, the costs, and the account. */
export const summary = (report: RunReport, { word, text, paint }: Verdict, next: string): Markup => html`
<div class="verdict ${paintKinds[paint]}"><span class="badge">${word}</span><div><p class="said">${prose(text)}</p>
<p class="next"><strong>Next:</strong> ${prose(next)}</p></div></div>
<div class="panels">${checksPanel(report)}<div class="stack">${[spendPanel(report), planPanel(report)]}</div>${accountPanel(report)}</div>
`;

const paintKinds = { good: 'pass', bad: 'high', warn: 'medium' } as const satisfies Readonly<Record<Verdict['paint'], string>>;

/** `2026-11-23 09:00 UTC` */
const timeOf = (startedAt: string): Markup =>
  html`<time datetime="${startedAt}">${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC</time>`;

/** A part of the picture: failed results by severity, the others by status. */
interface Part {
  readonly kind: string;
  readonly label: string;
  readonly count: number;
}

const others = [
  ['manual', 'manual', 'manual'],
  ['unknown', 'unknown', 'unknown'],
  ['waived', 'waived', 'waived'],
  ['pass', 'pass', 'ok'],
  ['not-applicable', 'none', 'not applicable'],
] as const;

const partsOf = (results: readonly Result[]): readonly Part[] => {
  const count = (matches: (result: Result) => boolean): number => results.filter(matches).length;
  return [
    ...severities.toReversed().map((severity) => ({
      kind: severity,
      label: `failed, ${severity}`,
      count: count((result) => result.status === 'fail' && result.severity === severity),
    })),
    ...others.map(([status, kind, label]) => ({ kind, label, count: count((result) => result.status === status) })),
  ].filter((part) => part.count > 0);
};

const checksPanel = (report: RunReport): Markup => {
  const { results } = report;
  if (results.length === 0) return nothing;
  const failed = severityCounts(results);
  const words = `${totalsLine(report) ?? ''}${failed === '' ? '' : `. Failed: ${failed}`}.`;
  const parts = partsOf(results);
  // Even one of 30,000 checks gets a part that can be seen.
  const least = 8;
  const scale = (1_000 - least * parts.length) / results.length;
  let at = 0;
  const drawn = parts.map(({ kind, count }, index) => {
    const x = at;
    at += least + count * scale;
    return html`<rect class="${kind}" x="${x.toFixed(1)}" width="${(at - x).toFixed(1)}" height="20"/>${index === 0 ? nothing : html`<rect class="gap" x="${(x - 1.5).toFixed(1)}" width="3" height="20"/>`}`;
  });
  return html`<section class="panel wide" aria-labelledby="checks"><h2 id="checks">${counted(results.length, 'check')}${accountsWords(report)}</h2>
<svg class="bar" role="img" aria-label="${words}" viewBox="0 0 1000 20" preserveAspectRatio="none">${drawn}</svg>
<ul class="legend">${parts.map(({ kind, label, count }) => html`<li class="${kind}"><strong>${count}</strong> ${label}</li>`)}</ul></section>
`;
};

const accountsWords = ({ accounts }: RunReport): string => {
  if (accounts === undefined) return '';
  const unseen = accounts.filter((account) => account.unseen !== null).length;
  return ` in ${counted(accounts.length, 'account')}${unseen === 0 ? '' : `, ${unseen} of them not read`}`;
};

const spendPanel = (report: RunReport): Markup => {
  const spend = spendOf(report);
  return spend === undefined
    ? nothing
    : html`<section class="panel" aria-labelledby="spend"><h2 id="spend">Spend of this month${report.accounts === undefined ? '' : ', management account'}</h2>
${spendBar(spend)}
<p class="figure">${spendWords(spend)}</p>
${spendLegend(spend)}
<p class="soft">${overWords[overBudget(spend) ?? 'none']}As of ${timeOf(report.startedAt)}. AWS calculates it up to a day late.</p></section>
`;
};

const overWords = {
  spend: 'The spend is above the limit. ',
  forecast: 'The forecast is above the limit. ',
  none: '',
} as const;

/** Spend in full colour, the forecast pale, and a mark at the limit. */
const spendBar = (spend: Spend): Markup => {
  const { actual, forecast, limit } = spendShares(spend);
  const x = (share: number): string => (share * 1_000).toFixed(1);
  return html`<svg class="bar ${spendKind(spend)}" role="img" aria-label="Spend: ${spendWords(spend)}" viewBox="0 0 1000 20" preserveAspectRatio="none"><rect class="track" width="1000" height="20"/><rect class="forecast" width="${x(forecast)}" height="20"/><rect class="spent" width="${x(actual)}" height="20"/>${limit < 1 ? html`<rect class="limit" x="${(limit * 1_000 - 2).toFixed(1)}" width="4" height="20"/>` : nothing}</svg>`;
};

const spendLegend = ({ forecast, ...spend }: Spend): Markup =>
  html`<ul class="legend ${spendKind({ forecast, ...spend })}"><li>spent</li>${
    forecast === null ? nothing : html`<li class="forecast">forecast</li>`
  }${overBudget({ forecast, ...spend }) === undefined ? nothing : html`<li class="limit">limit</li>`}</ul>`;

const spendKind = (spend: Spend): string => ({ spend: 'high', forecast: 'medium', none: 'pass' })[overBudget(spend) ?? 'none'];

const planPanel = ({ account }: RunReport): Markup => {
  const plan = account?.plan ?? null;
  if (plan === null) return nothing;
  const [name = '', ...facts] = planWords(plan).split(' · ');
  return html`<section class="panel" aria-labelledby="account-plan"><h2 id="account-plan">Account plan</h2><p class="figure">${name}</p>${
    facts.length === 0 ? nothing : html`<p>${facts.join(' · ')}</p>`
  }</section>
`;
};

const accountPanel = (report: RunReport): Markup => {
  const { account, target } = report;
  return html`<section class="panel" aria-labelledby="account"><h2 id="account">${account === null ? 'Run' : 'Account'}</h2>
<dl>${account === null ? nothing : accountFacts(account)}
<dt>Target</dt><dd>${target === 'aws' ? 'AWS' : target === 'sandbox' ? 'practice account (sandbox)' : `${target} (not an AWS endpoint)`}</dd>
<dt>Run</dt><dd><code>bootstrap ${report.command}</code>, ${timeOf(report.startedAt)}</dd>
<dt>Exit code</dt><dd>${report.exit.code}: ${prose(exitMeaning(report))}</dd></dl></section>
`;
};

const accountFacts = ({ id, alias, role, partition, identity }: AccountReport): readonly Markup[] =>
  [
    ['Id', html`<code>${id}</code>`],
    ['Alias', alias ?? 'none'],
    ['Identity', html`${who(identity)}<br><code>${identity.arn}</code>`],
    ...(role === null ? [] : [['Organization', roleWords[role]] as const]),
    ...(partition === 'aws' ? [] : [['Partition', partition] as const]),
  ].map(([label, value]) => html`<dt>${label as string}</dt><dd>${value}</dd>`);

const roleWords = { standalone: 'not in an organization', management: 'management account', member: 'member account' } as const;
