import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import { type TextStyle, plain } from '../core/text.js';

/**
 * Layout shared by the text formats: text is escaped, wrapped by display width, and only then coloured, so that no value can break a
 * line and no colour can shift a column.
 */
export type Paint = (text: string) => string;

/** A run of words in one colour. One space separates neighbouring spans. */
export interface Span {
  readonly text: string;
  readonly paint?: Paint;
}

/** Width, symbols and colours, derived from a `Look`. */
export interface Layout {
  readonly width: number;
  readonly accessible: boolean;
  /** A status symbol and the space after it; empty for a screen reader. */
  readonly symbol: (name: SymbolName) => string;
  readonly dash: string;
  /** A bar of so many columns, filled to this share; a share above 0 fills at least one. */
  readonly bar: (share: number, columns: number) => string;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  readonly none: Paint;
  /** Makes the text a clickable link, if the terminal supports it. */
  readonly link: (url: string) => Paint;
}

export type SymbolName = 'good' | 'bad' | 'hand' | 'unknown' | 'off';

const symbols: Readonly<Record<SymbolName, readonly [unicode: string, ascii: string]>> = {
  good: ['✓', '+'],
  bad: ['✗', 'x'],
  hand: ['!', '!'],
  unknown: ['?', '?'],
  off: ['-', '-'],
};

export const layoutOf = (look: TextStyle): Layout => {
  const chalk = new Chalk({ level: look.color ? 1 : 0 });
  const accessible = look.accessible ?? false;
  return {
    width: Math.min(120, Math.max(40, look.width)),
    accessible,
    symbol: (name) => (accessible ? '' : `${symbols[name][look.unicode ? 0 : 1]} `),
    bar: (share, columns) => {
      const filled = share > 0 ? Math.min(columns, Math.max(1, Math.round(share * columns))) : 0;
      return look.unicode
        ? `${'█'.repeat(filled)}${'░'.repeat(columns - filled)}`
        : `[${'#'.repeat(filled)}${'.'.repeat(columns - filled)}]`;
    },
    dash: look.unicode && !accessible ? '—' : '-',
    good: chalk.green,
    bad: chalk.bold.red,
    warn: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
    none: (text) => text,
    link: (url) => (text) => (look.links === true ? `\u001b]8;;${plain(url)}\u001b\\${text}\u001b]8;;\u001b\\` : text),
  };
};

/** Display width in columns. Nearly all text is ASCII, where the width is the length. */
export const widthOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text));

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Spans as painted lines of at most `width` columns. A link is never broken: half a link does not work. */
export const fill = (spans: readonly Span[], width: number): readonly string[] => {
  const room = Math.max(16, width);
  const lines: Word[][] = [];
  let line: Word[] = [];
  let used = 0;
  for (const word of spans.flatMap((span) => wordsOf(span, room))) {
    const size = widthOf(word.text);
    if (used > 0 && used + 1 + size > room) {
      lines.push(line);
      line = [];
      used = 0;
    }
    line.push(word);
    used += size + (used > 0 ? 1 : 0);
    if (word.continues) {
      lines.push(line);
      line = [];
      used = 0;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines.map(paintLine);
};

/** A painted lead followed by text; further lines align with the text. `columns` is the lead's display width. */
export const hang = (sheet: Layout, lead: string, columns: number, spans: readonly Span[]): readonly string[] => {
  const [first, ...rest] = fill(spans, sheet.width - columns);
  if (first === undefined) return [lead.trimEnd()];
  return [lead + first, ...rest.map((line) => ' '.repeat(columns) + line)];
};

/** A paragraph at an indent. */
export const paragraph = (sheet: Layout, indent: number, ...spans: readonly Span[]): readonly string[] =>
  hang(sheet, ' '.repeat(indent), indent, spans);

/** `label: text` at an indent; further lines align with the text. */
export const labelled = (
  sheet: Layout,
  indent: number,
  label: string,
  text: string,
  paint: Paint = sheet.dim,
  textPaint: Paint = sheet.none,
): readonly string[] =>
  hang(sheet, `${' '.repeat(indent)}${paint(`${label}:`)} `, indent + widthOf(label) + 2, [{ text, paint: textPaint }]);

/** A label padded to a column, painted after it is measured. */
export const labelColumn = (label: string, width: number, paint: Paint): string => {
  const text = plain(label);
  return `${paint(text)}${' '.repeat(Math.max(0, width - widthOf(text)))}`;
};

/** A command to copy, after its label if it has one: never wrapped, unless it is very long or contains characters that are escaped. */
export const command = (sheet: Layout, indent: number, label: string, line: string): readonly string[] =>
  line.length <= 200 && plain(line).trim() === line
    ? [`${' '.repeat(indent)}${label === '' ? '' : `${sheet.dim(`${label}:`)} `}${sheet.strong(line)}`]
    : label === ''
      ? paragraph(sheet, indent, { text: line, paint: sheet.strong })
      : labelled(sheet, indent, label, line);

/** Blocks of lines separated by empty lines, ending in a newline. Empty blocks are left out. */
export const pageOf = (...blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;

interface Word {
  readonly text: string;
  readonly paint: Paint | undefined;
  /** The next word is the rest of this one and starts a new line. */
  readonly continues: boolean;
}

const wordsOf = (span: Span, room: number): readonly Word[] =>
  unbroken(plain(span.text), room).flatMap((word) => {
    const pieces = isLink(word) || isCommand(word) || widthOf(word) <= room ? [word] : piecesOf(word, room);
    return pieces.map((text, at) => ({ text, paint: span.paint, continues: at < pieces.length - 1 }));
  });

/** Words. Text in backticks stays together if it fits on a line, and always if it is a command. */
const unbroken = (text: string, room: number): readonly string[] =>
  (text.match(/[^\s`]*`[^`]+`\S*|\S+/g) ?? []).flatMap((run) => (widthOf(run) <= room || isCommand(run) ? [run] : run.split(/\s+/)));

/** Like a link, half a command does not work. */
const isCommand = (word: string): boolean =>
  word.length <= 240 && /^\(?`(bootstrap|npx aws-account-bootstrap|aws) [\x20-\x7e]+`\S{0,2}$/.test(word);

/** Text to copy: a link or a file path. */
const isLink = (word: string): boolean => word.length <= 200 && /^(https?:\/\/|~?\/|[A-Za-z]:\\)[\x21-\x7e]+$/.test(word);

/** Created only when a word is too long for a line: it costs ten milliseconds. */
const segmenter = (): Intl.Segmenter => new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A word too long for a line, cut by display width; after `/`, `:` and similar if that leaves at least half a line. */
const piecesOf = (word: string, room: number): readonly string[] => {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of segmenter().segment(word)) {
    const size = widthOf(segment);
    if (piece !== '' && used + size > room) {
      const seam = Math.max(...['/', ':', ',', '-', '_', '.', '='].map((mark) => piece.lastIndexOf(mark))) + 1;
      let cut = widthOf(piece.slice(0, seam)) >= room / 2 ? seam : piece.length;
      // A line must not start with `::` (see `plain`).
      while (cut > 1 && (piece[cut] ?? segment) === ':') cut -= 1;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
      used = widthOf(piece);
    }
    piece += segment;
    used += size;
  }
  pieces.push(piece);
  return pieces;
};

/** Neighbouring words of one colour are painted together, so that there is no escape sequence between them. */
const paintLine = (words: readonly Word[]): string => {
  const runs: { paint: Paint | undefined; text: string }[] = [];
  for (const { text, paint } of words) {
    const last = runs.at(-1);
    if (last && last.paint === paint) last.text += ` ${text}`;
    else runs.push({ paint, text });
  }
  return runs.map(({ paint, text }) => (paint ? paint(text) : text)).join(' ');
};
