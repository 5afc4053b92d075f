import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import { type Look, plain } from '../core/text.js';

/**
 * Everything that human formats share: words are made harmless, wrapped by display width, and only then coloured, so that no value
 * can break a line and no colour can upset a column.
 */
export type Paint = (text: string) => string;

/** A run of words in one colour. Words of neighbouring spans are parted by one space. */
export interface Span {
  readonly text: string;
  readonly paint?: Paint;
}

/** A look, ready to be written on. */
export interface Sheet {
  readonly width: number;
  readonly accessible: boolean;
  /** Room for a status symbol and the space after it. */
  readonly symbol: (name: SymbolName) => string;
  readonly dash: string;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  readonly none: Paint;
  /** A link that can be followed, where the terminal knows how. */
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

export const sheetOf = (look: Look): Sheet => {
  const chalk = new Chalk({ level: look.color ? 1 : 0 });
  const accessible = look.accessible ?? false;
  return {
    width: Math.min(120, Math.max(40, look.width)),
    accessible,
    symbol: (name) => (accessible ? '' : `${symbols[name][look.unicode ? 0 : 1]} `),
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

/** Columns that the text takes. Nearly all text is ASCII, where measuring is counting. */
export const widthOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text));

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Spans as painted lines of at most `width` columns. A link is never broken: half a link is of no use. */
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
    if (word.goesOn) {
      lines.push(line);
      line = [];
      used = 0;
    }
  }
  if (line.length > 0) lines.push(line);
  return lines.map(paintLine);
};

/** A painted lead with text beside it; further lines start where the text starts. `columns` is the lead's display width. */
export const hang = (sheet: Sheet, lead: string, columns: number, spans: readonly Span[]): readonly string[] => {
  const [first, ...rest] = fill(spans, sheet.width - columns);
  if (first === undefined) return [lead.trimEnd()];
  return [lead + first, ...rest.map((line) => ' '.repeat(columns) + line)];
};

/** A paragraph at an indent. */
export const paragraph = (sheet: Sheet, indent: number, ...spans: readonly Span[]): readonly string[] =>
  hang(sheet, ' '.repeat(indent), indent, spans);

/** `label: text` at an indent, the text hanging behind the label. */
export const labelled = (
  sheet: Sheet,
  indent: number,
  label: string,
  text: string,
  paint: Paint = sheet.dim,
  textPaint: Paint = sheet.none,
): readonly string[] =>
  hang(sheet, `${' '.repeat(indent)}${paint(`${label}:`)} `, indent + widthOf(label) + 2, [{ text, paint: textPaint }]);

/** A label in a column of its own, painted after it was measured. */
export const labelColumn = (label: string, width: number, paint: Paint): string => {
  const text = plain(label);
  return `${paint(text)}${' '.repeat(Math.max(0, width - widthOf(text)))}`;
};

/** A command to copy: on one line whatever its length, unless it holds something that is not meant to be typed. */
export const command = (sheet: Sheet, indent: number, label: string, line: string): readonly string[] =>
  line.length <= 200 && plain(line).trim() === line
    ? [`${' '.repeat(indent)}${sheet.dim(`${label}:`)} ${sheet.strong(line)}`]
    : labelled(sheet, indent, label, line);

/** Blocks of lines parted by empty lines, ending in a newline. Empty blocks vanish. */
export const pageOf = (...blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;

interface Word {
  readonly text: string;
  readonly paint: Paint | undefined;
  /** The next word is the rest of this one and starts a line of its own. */
  readonly goesOn: boolean;
}

const wordsOf = (span: Span, room: number): readonly Word[] =>
  unbroken(plain(span.text), room).flatMap((word) => {
    const pieces = isLink(word) || isCommand(word) || widthOf(word) <= room ? [word] : piecesOf(word, room);
    return pieces.map((text, at) => ({ text, paint: span.paint, goesOn: at < pieces.length - 1 }));
  });

/** Words, with what stands in backticks kept together where it fits on a line, and always where it is a command to type. */
const unbroken = (text: string, room: number): readonly string[] =>
  (text.match(/[^\s`]*`[^`]+`\S*|\S+/g) ?? []).flatMap((run) => (widthOf(run) <= room || isCommand(run) ? [run] : run.split(/\s+/)));

/** As with links, half of it is of no use. */
const isCommand = (word: string): boolean =>
  word.length <= 240 && /^\(?`(bootstrap|npx aws-account-bootstrap|aws) [\x20-\x7e]+`\S{0,2}$/.test(word);

/** What is there to be copied: a link, or the path of a file. */
const isLink = (word: string): boolean => word.length <= 200 && /^(https?:\/\/|~?\/|[A-Za-z]:\\)[\x21-\x7e]+$/.test(word);

/** Made when a word is too long for a line at all: it costs ten milliseconds. */
const segmenter = (): Intl.Segmenter => new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A word too long for a line, cut by display width; behind `/`, `:` and the like where that leaves at least half a line. */
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

/** Neighbouring words of one colour are painted as one, so that no escape sequence stands between them. */
const paintLine = (words: readonly Word[]): string => {
  const runs: { paint: Paint | undefined; text: string }[] = [];
  for (const { text, paint } of words) {
    const last = runs.at(-1);
    if (last && last.paint === paint) last.text += ` ${text}`;
    else runs.push({ paint, text });
  }
  return runs.map(({ paint, text }) => (paint ? paint(text) : text)).join(' ');
};
