import { plain } from '../../core/text.js';
import { isAwsPage } from '../markdown-text.js';

/** Markup that is safe to insert. Only the functions of this file create it. */
export interface Markup {
  readonly markup: string;
}

type Content = Markup | string | number | readonly Content[];

/**
 * Markup from a template. Every value in it is untrusted text and is escaped, unless it is markup itself; lists are joined. Values are
 * only valid in text and in quoted attributes.
 */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: parts.map((part, at) => part + (at < values.length ? markupOf(values[at] as Content) : '')).join(''),
});

const markupOf = (content: Content): string => {
  if (typeof content === 'string') return escape(plain(content));
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(markupOf).join('');
};

/** Characters that HTML does not allow are shown by their number. */
const escape = (text: string): string =>
  text
    .replace(/\p{Noncharacter_Code_Point}/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const nothing: Markup = { markup: '' };

/** Style sheet of the document: our own text, so it is not escaped. */
export const styleElement = (css: string): Markup => ({ markup: `<style>${css}</style>` });

/** A value, shortened: a page must stay readable, whatever a policy or a message from AWS contains. */
export const cutTo = (value: string, most = 2_000): string => {
  const points = [...value];
  return points.length <= most ? value : `${points.slice(0, most).join('')}…`;
};

/** Text in which no line ends within a flag such as `--fail-on`. */
export const withFlags = (text: string): Markup =>
  html`${text.split(/(--[a-z]+-[a-z-]{1,30})/).map((piece, at) => (at % 2 === 1 ? html`<span class="flag">${piece}</span>` : piece))}`;

/** A sentence. What is in backticks becomes code. */
export const prose = (value: string): Markup =>
  html`${cutTo(value)
    .split(/(`[^`]+`)/)
    .map((piece, at) => (at % 2 === 1 ? html`<code>${withFlags(piece.slice(1, -1))}</code>` : withFlags(piece)))}`;

/** A message: a line for each of its lines. */
export const lines = (value: string): Markup =>
  html`${value
    .split('\n')
    .slice(0, 40)
    .map((line, at) => (at === 0 ? prose(line) : html`<br>${prose(line)}`))}`;

/** A link if it leads to an AWS page; any other address is shown as text, since a saved report may have been edited. */
export const link = (url: string, text?: string): Markup =>
  isAwsPage(url) ? html`<a href="${url}" rel="noopener noreferrer">${text ?? url}</a>` : prose(url);

/** A part of the page with its own heading. */
export interface Section extends Markup {
  readonly id: string;
  readonly title: string;
}

/** Empty without content. `id` is our own word. */
export const section = (id: string, title: string, content: readonly Markup[]): Section => ({
  id,
  title,
  markup: content.every(({ markup }) => markup === '')
    ? ''
    : html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>
`.markup,
});
