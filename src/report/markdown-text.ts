import { plain } from '../core/text.js';

/**
 * Values inside GitHub-flavoured Markdown: what they say is shown, and nothing of it is obeyed. Three readers come after one
 * another. Markdown's own signs get a backslash, or become entities where a table row would take the backslash for its own; entities
 * never count as signs. Then GitHub and GitLab look through the finished text for mentions, references, formulas and addresses; an
 * element around the sign keeps it apart from its word. Last the browser, for which `<` is no tag.
 * https://github.github.com/gfm/ https://docs.github.com/en/get-started/writing-on-github
 */
export const markdownText = (value: string, limit = 2_000): string => {
  let text = plain(value);
  let escaped = escape(text);
  if (escaped.length <= limit) return escaped;
  // Escaping makes some characters ten times as long, so the cut is sought from the size that came out.
  while (escaped.length > limit) {
    const points = [...text];
    text = points.slice(0, Math.floor(points.length * Math.min(0.95, limit / escaped.length))).join('');
    escaped = escape(text);
  }
  return `${escaped}…`;
};

const escape = (text: string): string =>
  text.replace(signs, (sign, at: number) => {
    if (sign in entities) return /[&]/.test(sign) && startsWord(text, at) ? apart('&amp;') : (entities[sign] as string);
    if (sign === '@' || sign === '#' || sign === '$' || sign === ':' || sign === '.' || sign === '-') return apart(sign);
    if (sign === '!' || sign === '~' || sign === '%' || sign === '^') return startsWord(text, at) ? apart(sign) : `\\${sign}`;
    return `\\${sign}`;
  });

const signs = /[\\`*_[\]<>&|~!#@$%^]|:(?=\/\/)|(?<=\bwww)\.|(?<=\bGH)-/gi;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '\\': '&#92;' };

const startsWord = (text: string, at: number): boolean => /[\w"]/.test(text[at + 1] ?? '');

const apart = (sign: string): string => `<span>${sign}</span>`;

/** A value to copy: as code, in which nothing is looked for. What cannot stand in code inside a table is text. */
export const markdownCode = (value: string, limit = 500): string => {
  const text = plain(value);
  return text.length > limit || text.trim() !== text || text === '' || /[`|\\]/.test(text) ? markdownText(value, limit) : `\`${text}\``;
};

/** A link where it leads to a page of AWS; any other address is shown, and is no link. */
export const markdownLink = (url: string, text: string): string => (awsPage.test(url) ? `[${text}](${url})` : markdownCode(url));

const awsPage =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)(?:\/[\w\-./?#=&%~+]*)?$/;

/** A table with what is in `rows` as Markdown already. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
