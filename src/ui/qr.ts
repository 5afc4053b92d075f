import { encode } from 'uqr';

/**
 * How modules become characters. `colours`: black on white, whatever the terminal's own colours are. `light` and `dark`: the colour of a
 * block if colours are off, light on a dark background or dark on a light one.
 */
export type Ink = 'colours' | 'light' | 'dark';

export interface QrPicture {
  readonly lines: readonly string[];
  /** In characters; the lines also contain colour codes. */
  readonly width: number;
}

/** Black and white of the palette's fixed part, which no colour scheme changes. */
const blackOnWhite = '\u001b[38;5;16;48;5;231m';
const reset = '\u001b[0m';

/** A QR code, two modules a character. The standard requires a margin of four modules; scanners work with two. */
export const drawQr = (text: string, ink: Ink, margin = 2): QrPicture => {
  // Least redundancy: a screen does not get damaged, and a smaller picture fits more terminals.
  const { data } = encode(text, { ecc: 'L', border: margin });
  const isDark = (row: number, column: number): boolean => data[row]?.[column] ?? false;
  const block = (row: number, column: number): string => {
    const drawn = (dark: boolean): boolean => (ink === 'light' ? !dark : dark);
    const [upper, lower] = [drawn(isDark(row, column)), drawn(isDark(row + 1, column))];
    return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
  };
  const lines: string[] = [];
  for (let row = 0; row < data.length; row += 2) {
    const line = Array.from({ length: data.length }, (_, column) => block(row, column)).join('');
    lines.push(ink === 'colours' ? `${blackOnWhite}${line}${reset}` : line);
  }
  return { lines, width: data.length };
};

/** The picture of the first of the texts that fits; undefined if none does. A margin of one module is the last resort. */
export const fittingQr = (
  texts: readonly string[],
  ink: Ink,
  room: { readonly columns: number; readonly rows: number },
): QrPicture | undefined => {
  const tries = [...texts.map((text) => [text, 2] as const), ...texts.slice(-1).map((text) => [text, 1] as const)];
  return tries
    .map(([text, margin]) => drawQr(text, ink, margin))
    .find((picture) => picture.width <= room.columns && picture.lines.length <= room.rows);
};

/**
 * The colour of a block without colours. Some terminals report their colours in COLORFGBG ("15;0" is white on black); the others are
 * assumed to be dark, as most are.
 */
export const inkOf = (style: { readonly color: boolean }, colorFgBg: string | undefined): Ink => {
  if (style.color) return 'colours';
  const background = Number.parseInt(colorFgBg?.split(';').at(-1) ?? '', 10);
  return background === 7 || (background >= 9 && background <= 15) ? 'dark' : 'light';
};
