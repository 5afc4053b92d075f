import { plain } from '../core/text.js';

/**
 * Escapes a value for GitHub-flavoured Markdown: it is shown, and never interpreted. Three readers follow each other. Markdown: its
 * special characters get a backslash, or become entities where a table row would consume the backslash; entities never act as markup.
 * GitHub and GitLab: they scan the rendered text for mentions, references, formulas and addresses; an element around the special
 * character separates it from its word. The browser: it does not read an entity as a tag.
 * https://github.github.com/gfm/ https://docs.github.com/en/get-started/writing-on-github
 */
export const markdownText = (value: string, limit = 1_000): string => {
  let text = plain(value);
  let escaped = escape(text);
  if (escaped.length <= limit) return escaped;
  // Escaping makes some characters ten times as long, so the place to cut follows from the escaped length.
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

/** `:`, `.` and `-` only where they form an address or a reference: `://`, `www.`, `GH-`. */
const signs = /[\\`*_[\]<>&|~!#@$%^]|:(?=\/\/)|(?<=(?<![a-z\d])www)\.|(?<=(?<![a-z\d])GH)-/gi;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '~': '&#126;', '\\': '&#92;' };

/** A value to copy, as code, in which nothing is interpreted. A value that code in a table cannot contain becomes text. */
export const markdownCode = (value: string, limit = 300): string => {
  const text = plain(value);
  return canBeCode(text, limit) ? `\`${text}\`` : markdownText(value, limit);
};

const canBeCode = (text: string, limit: number): boolean =>
  text.length <= limit && text.trim() === text && text !== '' && !/[`|\\]/.test(text);

/** A sentence. Commands in backticks stay code. */
export const markdownProse = (value: string, limit = 1_000): string => {
  // A piece that cannot be code is merged with the text around it: escaping depends on the character that follows.
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

/** A link if it leads to an AWS page; any other address is shown as text. `text` is Markdown. Default: the address. */
export const markdownLink = (url: string, text?: string): string => {
  if (!isAwsPage(url)) return markdownProse(url);
  return text === undefined ? `<${url}>` : `[${text}](${url})`;
};

/** Whether a report may link to it. */
export const isAwsPage = (url: string): boolean => url.length <= 1_000 && awsPage.test(url);

const awsPage =
  /^https:\/\/(?:[a-z0-9-]+\.)*(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)(?:\/[\w\-./?#=&%~+]*)?$/;

/** A table with a heading. All text is already Markdown. */
export interface MarkdownTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** The table with as many rows as fit in `room` characters, and the number of rows left out. Empty without rows. */
export const fittedTable = ({ title, header, rows }: MarkdownTable, room: number): string => {
  if (rows.length === 0) return '';
  const top = `### ${title}\n\n`;
  const head = `${line(header)}${line(header.map(() => '---'))}`;
  const { text, shown } = fill(rows, room - top.length - head.length - 100);
  const rest = rows.length - shown;
  return `${top}${shown === 0 ? '' : head}${text}${rest === 0 ? '' : `${shown === 0 ? '' : '\n'}${leftOut(rest)}\n`}`;
};

/** The same, collapsed. Only the title is shown if no row fits. */
export const foldedTable = ({ title, header, rows }: MarkdownTable, room: number): string => {
  if (rows.length === 0) return '';
  const top = `<details><summary>${title}</summary>\n\n${line(header)}${line(header.map(() => '---'))}`;
  const bottom = '\n</details>\n';
  const { text, shown } = fill(rows, room - top.length - bottom.length - 100);
  const rest = rows.length - shown;
  if (shown === 0) return `${title}; ${leftOut(rest)}\n`;
  return `${top}${text}${rest === 0 ? '' : `\n${leftOut(rest)}\n`}${bottom}`;
};

const fill = (rows: MarkdownTable['rows'], room: number): { readonly text: string; readonly shown: number } => {
  let text = '';
  let shown = 0;
  for (const row of rows) {
    const next = line(row);
    if (text.length + next.length > room) break;
    text += next;
    shown += 1;
  }
  return { text, shown };
};

const leftOut = (count: number): string => `${count} not shown, to keep the comment short.`;
