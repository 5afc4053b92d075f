import { Chalk } from 'chalk';
import { type TextStyle, plain } from '../core/text.js';
import { fill, type Paint, type Span, widthOf } from '../core/wrap.js';

export { fill, type Span, widthOf };

/** Width, symbols and colours, derived from a `TextStyle`. */
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

export const layoutOf = (style: TextStyle): Layout => {
  const chalk = new Chalk({ level: style.color ? 1 : 0 });
  const accessible = style.accessible ?? false;
  return {
    width: Math.min(120, Math.max(40, style.width)),
    accessible,
    symbol: (name) => (accessible ? '' : `${symbols[name][style.unicode ? 0 : 1]} `),
    bar: (share, columns) => {
      const filled = share > 0 ? Math.min(columns, Math.max(1, Math.round(share * columns))) : 0;
      return style.unicode
        ? `${'█'.repeat(filled)}${'░'.repeat(columns - filled)}`
        : `[${'#'.repeat(filled)}${'.'.repeat(columns - filled)}]`;
    },
    dash: style.unicode && !accessible ? '—' : '-',
    good: chalk.green,
    bad: chalk.bold.red,
    warn: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
    none: (text) => text,
    link: (url) => (text) => (style.links === true ? `\u001b]8;;${plain(url)}\u001b\\${text}\u001b]8;;\u001b\\` : text),
  };
};

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/**
 * A painted lead followed by text; further lines align with the text. `columns` is the lead's display width. A link or path that only fits
 * on a line of its own moves to the left.
 */
export const hang = (layout: Layout, lead: string, columns: number, spans: readonly Span[]): readonly string[] => {
  const [first, ...rest] = fill(spans, layout.width - columns);
  if (first === undefined) return [lead.trimEnd()];
  const indentOf = (line: string): number => {
    const free = layout.width - widthOf(line);
    return free < 0 || free >= columns ? columns : Math.min(4, free);
  };
  const indented = (line: string): string => ' '.repeat(indentOf(line)) + line;
  const start = indentOf(first) === columns ? [lead + first] : [lead.trimEnd(), indented(first)].filter((line) => line !== '');
  return [...start, ...rest.map(indented)];
};

/** A paragraph at an indent. */
export const paragraph = (layout: Layout, indent: number, ...spans: readonly Span[]): readonly string[] =>
  hang(layout, ' '.repeat(indent), indent, spans);

/** `label: text` at an indent; further lines align with the text. */
export const labelled = (
  layout: Layout,
  indent: number,
  label: string,
  text: string,
  paint: Paint = layout.dim,
  textPaint: Paint = layout.none,
): readonly string[] =>
  hang(layout, `${' '.repeat(indent)}${paint(`${label}:`)} `, indent + widthOf(label) + 2, [{ text, paint: textPaint }]);

/** A label padded to a column, painted after it is measured. */
export const labelColumn = (label: string, width: number, paint: Paint): string => {
  const text = plain(label);
  return `${paint(text)}${' '.repeat(Math.max(0, width - widthOf(text)))}`;
};

export interface LabelledRow {
  readonly label: string;
  readonly value: string;
  readonly paint?: Paint;
}

/** Labels and values in two columns; without columns: `label: value`. */
export const labelledRows = (layout: Layout, indent: number, rows: readonly LabelledRow[]): readonly string[] => {
  const column = indent + Math.max(0, ...rows.map(({ label }) => widthOf(plain(label)))) + 2;
  return rows.flatMap(({ label, value, paint = layout.none }) =>
    layout.accessible
      ? hang(layout, `${plain(label)}: `, widthOf(plain(label)) + 2, [{ text: value }])
      : hang(layout, `${' '.repeat(indent)}${labelColumn(label, column - indent, layout.dim)}`, column, [{ text: value, paint }]),
  );
};

/** A command to copy, after its label if it has one: never wrapped, unless it is very long or contains characters that are escaped. */
export const command = (layout: Layout, indent: number, label: string, line: string): readonly string[] =>
  line.length <= 200 && plain(line).trim() === line
    ? [`${' '.repeat(indent)}${label === '' ? '' : `${layout.dim(`${label}:`)} `}${layout.strong(line)}`]
    : label === ''
      ? paragraph(layout, indent, { text: line, paint: layout.strong })
      : labelled(layout, indent, label, line);

/** Blocks of lines separated by empty lines, ending in a newline. Empty blocks are left out. */
export const pageOf = (...blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
