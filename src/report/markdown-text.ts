import { plain } from '../core/text.js';

/**
 * Values inside GitHub-flavoured Markdown: what they say is shown, and nothing of it is obeyed. Three readers come after one
 * another. Markdown's own signs get a backslash, or become entities where a table row would take the backslash for its own; entities
 * never count as signs. Then GitHub and GitLab look through the finished text for mentions, references, formulas and addresses; an
 * element around the sign keeps it apart from its word. Last the browser, for which an entity is no tag.
 * https://github.github.com/gfm/ https://docs.github.com/en/get-started/writing-on-github
 */
export const markdownText = (value: string, limit = 1_000): string => {
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
  text.replace(signs, (sign: string, at: number) => {
    const read = /[@#$:.-]/.test(sign) || (/[!~%^&]/.test(sign) && /[\w"]/.test(text[at + 1] ?? ''));
    if (read) return `<span>${entities[sign] ?? sign}</span>`;
    return /[!%^]/.test(sign) ? sign : (entities[sign] ?? `\\${sign}`);
  });

/** Of `:`, `.` and `-` only what makes an address or a reference: `://`, `www.`, `GH-`. */
const signs = /[\\`*_[\]<>&|~!#@$%^]|:(?=\/\/)|(?<=(?<![a-z\d])www)\.|(?<=(?<![a-z\d])GH)-/gi;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '~': '&#126;', '\\': '&#92;' };

/** A value to copy: as code, in which nothing is looked for. What cannot stand in code inside a table is text. */
export const markdownCode = (value: string, limit = 300): string => {
  const text = plain(value);
  return canBeCode(text, limit) ? `\`${text}\`` : markdownText(value, limit);
};

const canBeCode = (text: string, limit: number): boolean =>
  text.length <= limit && text.trim() === text && text !== '' && !/[`|\\]/.test(text);

/** A sentence with commands in backticks, which stay code. */
export const markdownProse = (value: string, limit = 1_000): string => {
  // What cannot be code is text together with what is beside it: a sign is judged by the character that follows.
  const text = value
    .split(/(`[^`]+`)/)
    .map((piece, index) => ({ piece, code: index % 2 === 1 && canBeCode(plain(piece.slice(1, -1)), limit) }))
    .reduce<{ readonly piece: string; readonly code: boolean }[]>((merged, { piece, code }, index) => {
      const own = code || index % 2 === 0 ? piece : piece.slice(1, -1);
      const before = merged.at(-1);
      if (before === undefined || before.code || code) return [...merged, { piece: own, code }];
      return [...merged.slice(0, -1), { piece: before.piece + own, code }];
    }, [])
    .map(({ piece, code }) => (code ? markdownCode(piece.slice(1, -1), limit) : markdownText(piece, limit)))
    .join('');
  return text.length <= limit ? text : markdownText(value, limit);
};

/** A link where it leads to a page of AWS; any other address is shown, and is no link. `text` is Markdown; without it, the address. */
export const markdownLink = (url: string, text?: string): string => {
  if (url.length > 1_000 || !awsPage.test(url)) return markdownProse(url);
  return text === undefined ? `<${url}>` : `[${text}](${url})`;
};

const awsPage =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)(?:\/[\w\-./?#=&%~+]*)?$/;
