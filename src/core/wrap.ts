import stringWidth from 'fast-string-width';
import { plain } from './text.js';

/**
 * Text is escaped, wrapped by display width, and only then coloured, so that no value can break a line and no colour can shift a column.
 */
export type Paint = (text: string) => string;

/** A run of words in one colour. One space separates neighbouring spans. */
export interface Span {
  readonly text: string;
  readonly paint?: Paint;
}

/** Display width in columns. Nearly all text is ASCII, where the width is the length. */
export const widthOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text));

/** The text, cut so that it fits on one line of that many columns. */
export const cutToWidth = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  for (const { segment } of segmenter().segment(text)) {
    if (widthOf(cut + segment) > columns - 3) break;
    cut += segment;
  }
  return `${cut}...`;
};

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
  }
  if (line.length > 0) lines.push(line);
  return lines.map(paintLine);
};

interface Word {
  readonly text: string;
  readonly paint: Paint | undefined;
}

const wordsOf = (span: Span, room: number): readonly Word[] =>
  unbroken(plain(span.text), room).flatMap((word) => {
    const pieces = isLink(word) || isCommand(word) || widthOf(word) <= room ? [word] : piecesOf(word, room);
    return pieces.map((text) => ({ text, paint: span.paint }));
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
const segmenter = (): Intl.Segmenter => new Intl.Segmenter('en');

/**
 * A word too long for a line, cut by display width; after `/`, `:` and similar if that leaves at least half a line. So two neighbouring
 * pieces never fit on one line.
 */
const piecesOf = (word: string, room: number): readonly string[] => {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of segmenter().segment(word)) {
    const size = widthOf(segment);
    if (used + size > room) {
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
