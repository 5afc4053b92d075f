import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { makeAuthenticator } from '../../src/secrets/totp.js';
import { drawQr, fittingQr, type Ink, inkOf } from '../../src/ui/qr.js';
import { decodedFrom } from '../support/qr-screen.js';

const seed = new Secret('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
const { addresses } = makeAuthenticator({ seed, device: 'alex', account: '111122223333' });
const [full = '', , bare = ''] = addresses;
const long = makeAuthenticator({ seed, device: 'a.very-long+name'.repeat(4), account: 'a'.repeat(63) }).addresses[0] ?? '';

describe('a QR code of half blocks', () => {
  it.each<[string, Ink, string, 'blocks are dark' | 'blocks are light']>([
    ['in its own colours', 'colours', full, 'blocks are dark'],
    ['on a light background, without colours', 'dark', full, 'blocks are dark'],
    ['on a dark background, without colours', 'light', full, 'blocks are light'],
    ['of the shortest address', 'light', bare, 'blocks are light'],
    ['of the longest names that AWS allows', 'colours', long, 'blocks are dark'],
  ])('%s decodes to the text that was drawn', (_, ink, text, shown) => {
    const lines = drawQr(text, ink).lines.map((line) => stripVTControlCharacters(line));
    expect(decodedFrom(lines, shown)).toBe(text);
  });

  it('decodes with the narrow margin too', () => {
    expect(decodedFrom(drawQr(bare, 'light', 1).lines, 'blocks are light')).toBe(bare);
  });

  it('sets black and white itself in every line, so that the colours of the terminal do not matter', () => {
    for (const line of drawQr(full, 'colours').lines) expect(line).toMatch(/^\u001b\[38;5;16;48;5;231m[ ▀▄█]+\u001b\[0m$/);
    for (const ink of ['light', 'dark'] as const) expect(drawQr(full, ink).lines.join('')).not.toContain('\u001b');
  });

  it('has the width that it reports', () => {
    const { lines, width } = drawQr(full, 'colours');
    for (const line of lines) expect(stripVTControlCharacters(line)).toHaveLength(width);
  });
});

describe('room', () => {
  it.each([
    ['an ample window', { columns: 100, rows: 40 }, full],
    ['80 columns and 24 lines, one of them for the question', { columns: 80, rows: 23 }, addresses[1]],
    ['few lines', { columns: 80, rows: 21 }, bare],
  ])('%s gets the most complete address that fits', (_, room, expected) => {
    const picture = fittingQr(addresses, 'light', room);
    expect(decodedFrom(picture?.lines ?? [], 'blocks are light')).toBe(expected);
    expect(picture?.lines.length).toBeLessThanOrEqual(room.rows);
  });

  it.each([
    { columns: 80, rows: 19 },
    { columns: 38, rows: 60 },
  ])('%j is too small', (room) => {
    expect(fittingQr(addresses, 'light', room)).toBeUndefined();
  });
});

describe('the ink', () => {
  it.each<[boolean, string | undefined, Ink]>([
    [true, '0;15', 'colours'],
    [false, undefined, 'light'],
    [false, '15;0', 'light'],
    [false, '0;15', 'dark'],
    [false, '0;default;7', 'dark'],
    [false, '12;8', 'light'],
    [false, 'default;default', 'light'],
  ])('with colours %s and COLORFGBG %s is %s', (color, colorFgBg, ink) => {
    expect(inkOf({ color }, colorFgBg)).toBe(ink);
  });
});
