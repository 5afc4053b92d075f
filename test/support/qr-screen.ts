import { decodeQR } from 'qr/decode.js';

/** How a screen shows a block and a space: which of them is the dark one. */
export type Shown = 'blocks are dark' | 'blocks are light';

/** Pixels a module: a decoder looks at a picture as a camera would. */
const scale = 4;
const halves: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  ' ': [false, false],
  '▀': [true, false],
  '▄': [false, true],
  '█': [true, true],
};

/** The text of a QR code, decoded by another library than the one that drew it, from lines of half blocks on a screen. */
export const decodedFrom = (lines: readonly string[], shown: Shown): string => {
  const columns = Math.max(...lines.map((line) => line.length));
  // Around it is the background of the terminal.
  const margin = 2;
  const isBlock = (row: number, column: number): boolean => halves[lines[row >> 1]?.[column] ?? ' ']?.[row & 1] ?? false;
  const width = (columns + 2 * margin) * scale;
  const height = (lines.length * 2 + 2 * margin) * scale;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const block = isBlock(Math.floor(y / scale) - margin, Math.floor(x / scale) - margin);
      data.fill(block === (shown === 'blocks are dark') ? 0 : 255, (y * width + x) * 3, (y * width + x + 1) * 3);
    }
  }
  return decodeQR({ width, height, data }, { effort: 8, timeLimit: 2_000 });
};

/** The lines of the picture on a screen: everything from the first to the last line that holds half blocks, cut to its columns. */
export const pictureOn = (screen: readonly string[], width: number): readonly string[] => {
  const rows = screen.map((line) => Array.from(line).slice(0, width).join(''));
  const isPicture = (line: string): boolean => /^[ ▀▄█]*[▀▄█]{2}[ ▀▄█]*$/.test(line);
  return rows.slice(rows.findIndex(isPicture), rows.findLastIndex(isPicture) + 1);
};
