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
