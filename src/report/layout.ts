import { Chalk } from 'chalk';
import { type TextStyle, plain } from '../core/text.js';
import { fill, type Paint, type Span, widthOf } from '../core/wrap.js';

export { fill, type Span, widthOf };

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

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

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
