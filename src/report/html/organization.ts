import { grouped } from '../../core/grouped.js';
import { isOpen, type OrganizationAccount, type Result, type RunReport } from '../../core/report.js';
import { splitShared, weightOf, worstOf } from '../organization-table.js';
import { counted, type RenderContext, statusLabels, titleOf } from '../words.js';
import { type Card, cardOf, cardsOf, kindOf, limited, mostCards, notShown } from './findings.js';
import { cutTo, html, type Markup, nothing, type Section, section } from './markup.js';

/** The parts of a report about an organization: all accounts, what several of them have in common, and the rest by account; the worst first. */
export const organizationSections = (
  report: RunReport,
  accounts: readonly OrganizationAccount[],
  words: RenderContext,
): readonly Section[] => {
  const { shared, single } = splitShared(report.results.filter(({ status }) => status !== 'pass' && status !== 'not-applicable'));
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const common: readonly Card[] = shared
    .map(({ result, results, accounts: ids }) => ({
      results: [result, ...results.slice(1)] as const,
      accounts: ids.map((id) => `${id} (${names.get(id) ?? 'unknown name'})`),
    }))
    .toSorted((a, b) => weightOf([a.results[0]]) - weightOf([b.results[0]]));
  const sorted = single.toSorted((a, b) => weightOf(a) - weightOf(b));
  const anchors = new Map<string, string>();
  let room = mostCards;
  const blocks = sorted.map((results, at) => {
    const cards = cardsOf(results);
    if (cards.length > room) {
      room = 0;
      return nothing;
    }
    room -= cards.length;
    const { accountId: id = '' } = results[0] ?? {};
    anchors.set(id, `account-${at + 1}`);
    return html`<h3 id="account-${at + 1}">Account <code>${id}</code>${names.has(id) ? html` ${cutTo(names.get(id) ?? '', 100)}` : nothing} (${results.length})</h3>${cards.map((card) => cardOf(card, 4, false))}`;
  });
  const left = sorted.filter(([first]) => !anchors.has(first?.accountId ?? '')).reduce((sum, results) => sum + results.length, 0);
  return [
    matrix(report, accounts, words, anchors),
    section(
      'common',
      'Open in several accounts',
      limited(common, (card) => cardOf(card, 3, false)),
    ),
    section('single', 'Open in single accounts', [...blocks, left === 0 ? nothing : notShown(left)]),
  ];
};

/**
 * Accounts and steps with the worst result of each: the management account, then the accounts with the worst findings. Headings stay
 * visible while the table scrolls. Accounts without open findings can be hidden, with CSS alone.
 */
const matrix = (
  { results }: RunReport,
  accounts: readonly OrganizationAccount[],
  words: RenderContext,
  anchors: ReadonlyMap<string, string>,
): Section => {
  const known = Object.keys(words.titles);
  const found = [...new Set(results.map(({ step }) => step))];
  const steps = [...known.filter((step) => found.includes(step)), ...found.filter((step) => !known.includes(step))];
  const byAccount = grouped(results, ({ accountId }) => accountId);
  const rows = accounts
    .map((account) => {
      const own = byAccount.get(account.id) ?? [];
      const open = own.filter(isOpen);
      return { account, own, open, weight: account.role === 'management' ? -1_000 : open.length === 0 ? 1_000 : weightOf(open) };
    })
    .toSorted((a, b) => a.weight - b.weight);
  const quiet = rows.filter(({ open }) => open.length === 0).length;
  return section('accounts', `Accounts (${accounts.length})`, [
    quiet === 0 || quiet === rows.length
      ? nothing
      : html`<label class="only"><input type="checkbox" autocomplete="off">Hide ${counted(quiet, 'account')} without open findings</label>
`,
    html`<div class="scroll tall" tabindex="0" role="region" aria-label="Table of accounts"><table class="matrix"><thead><tr><th scope="col">Account</th>${steps.map((step) => html`<th scope="col">${titleOf(words, step)}</th>`)}</tr></thead><tbody>
${rows.map(({ account, own, open }) => {
  const byStep = grouped(own, ({ step }) => step);
  const { id, name, unseen, role } = account;
  const anchor = anchors.get(id);
  return html`<tr${open.length === 0 ? html` class="quiet"` : nothing}><th scope="row">${anchor === undefined ? id : html`<a href="#${anchor}">${id}</a>`}<span>${cutTo(name, 60)}${role === 'management' ? ' (management)' : ''}</span></th>${
    unseen === null
      ? steps.map((step) => cell(byStep.get(step) ?? []))
      : html`<td class="state unknown" colspan="${Math.max(1, steps.length)}">Not read: ${cutTo(unseen, 300)}</td>`
  }</tr>
`;
})}</tbody></table></div>`,
  ]);
};

const cell = (results: readonly Result[]): Markup => {
  const status = worstOf(results);
  if (status === undefined) return html`<td></td>`;
  const same = results.filter((result) => result.status === status);
  const [worst] = same.toSorted((a, b) => weightOf([a]) - weightOf([b])) as [Result];
  const count = status === 'fail' && same.length > 1 ? ` (${same.length})` : '';
  return html`<td class="state ${kindOf(worst)}">${status === 'fail' ? worst.severity : statusLabels[status].word}${count}</td>`;
};
