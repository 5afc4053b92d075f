import type xterm from '@xterm/headless';

export interface Theme {
  readonly background: string;
  readonly text: string;
  /** The eight colours of a terminal, as they are here: black, red, green, yellow, blue, magenta, cyan, white. */
  readonly colors: readonly string[];
}

export const dark: Theme = {
  background: '#161b22',
  text: '#d0d7de',
  colors: ['#484f58', '#ff7b72', '#57ab5a', '#d29922', '#6cb6ff', '#bc8cff', '#39c5cf', '#f0f6fc'],
};
export const light: Theme = {
  background: '#ffffff',
  text: '#1f2328',
  colors: ['#24292f', '#cf222e', '#116329', '#7d4e00', '#0969da', '#8250df', '#1b7c83', '#6e7781'],
};

const [cell, line, margin] = [8, 18, 14] as const;

/** Rows of a terminal as a picture: the text stays text, and blocks (a QR code) become rectangles that leave no gaps. */
export const svgOf = (
  terminal: InstanceType<typeof xterm.Terminal>,
  rows: { readonly from: number; readonly to: number },
  theme: Theme,
): string => {
  const [width, height] = [terminal.cols * cell + 2 * margin, (rows.to - rows.from) * line + 2 * margin];
  const body = Array.from({ length: rows.to - rows.from }, (_, at) => rowOf(terminal, rows.from + at, margin + at * line, theme)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
<rect width="100%" height="100%" rx="8" fill="${theme.background}"/>
${body}</svg>
`;
};

interface Run {
  text: string;
  readonly column: number;
  readonly style: string;
}

const rowOf = (terminal: InstanceType<typeof xterm.Terminal>, row: number, top: number, theme: Theme): string => {
  const buffered = terminal.buffer.active.getLine(row);
  const boxes: Box[] = [];
  /** Neighbours of one colour are one rectangle: a QR code has a thousand of them otherwise. */
  const box = (column: number, from: number, share: number, fill: string): void => {
    const last = boxes.findLast((one) => one.column + one.columns === column && one.from === from && one.share === share);
    if (last?.fill === fill) last.columns += 1;
    else boxes.push({ column, columns: 1, from, share, fill });
  };
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const at = buffered?.getCell(column);
    const text = at?.getChars() ?? '';
    if (at === undefined || at.getWidth() === 0) continue;
    const plain = colorOf(at.isFgPalette(), at.isFgRGB(), at.getFgColor(), theme) ?? theme.text;
    const behind = colorOf(at.isBgPalette(), at.isBgRGB(), at.getBgColor(), theme);
    const [front, back] = at.isInverse() === 0 ? [plain, behind] : [behind ?? theme.background, plain];
    if (back !== undefined) box(column, 0, 1, back);
    const half = blocks[text];
    if (half !== undefined) box(column, half[0], half[1], front);
    if (half !== undefined || text === '' || text === ' ') continue;
    const style = `fill="${front}"${at.isBold() === 0 ? '' : ' font-weight="bold"'}${at.isDim() === 0 ? '' : ' opacity="0.65"'}`;
    const last = runs.at(-1);
    if (last?.style === style) last.text = last.text.padEnd(column - last.column) + text;
    else runs.push({ text, column, style });
  }
  const words = runs.map(
    (run) =>
      `<text x="${margin + run.column * cell}" y="${top + 13}" textLength="${run.text.length * cell}" xml:space="preserve" ${run.style}>${escaped(run.text)}</text>`,
  );
  return [...boxes.map((one) => rect(one, top)), ...words].map((shape) => `${shape}\n`).join('');
};

/** Where in its cell a block begins, and how much of it it fills. */
const blocks: Readonly<Record<string, readonly [from: number, share: number]>> = { '█': [0, 1], '▀': [0, 0.5], '▄': [0.5, 0.5] };

/** Cells side by side, or halves of them: in columns, and in shares of a line. */
interface Box {
  readonly column: number;
  columns: number;
  readonly from: number;
  readonly share: number;
  readonly fill: string;
}

const rect = ({ column, columns, from, share, fill }: Box, top: number): string =>
  `<rect x="${margin + column * cell}" y="${top + from * line}" width="${columns * cell}" height="${share * line}" fill="${fill}" shape-rendering="crispEdges"/>`;

const colorOf = (palette: boolean, rgb: boolean, color: number, theme: Theme): string | undefined => {
  if (rgb) return `#${color.toString(16).padStart(6, '0')}`;
  if (!palette) return undefined;
  // Black and white as such, as a QR code asks for; beyond sixteen nothing is used.
  if (color === 231) return '#ffffff';
  if (color === 16) return '#000000';
  return theme.colors[color % 8] ?? theme.text;
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
