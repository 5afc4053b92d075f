import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import type { Random } from '../../src/core/clock.js';
import { newPassword } from '../../src/secrets/password.js';

/** A source whose every draw fast-check decides. */
const drawn = (draws: readonly number[]): Random => {
  let next = 0;
  return (length, alphabet) =>
    Array.from({ length }, () => alphabet.charAt((draws[(next += 1) % draws.length] as number) % alphabet.length)).join('');
};
const draws = fc.array(fc.nat(), { minLength: 1, maxLength: 300 });

describe('a new password', () => {
  it('satisfies every password policy, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 128 }), draws, (minimum, numbers) => {
        const text = newPassword(minimum, drawn(numbers)).reveal();
        expect(text.length).toBe(Math.max(32, minimum));
        for (const characters of [/[A-Z]/, /[a-z]/, /[0-9]/, /[!@#$%^&*()_+\-=[\]{}|']/]) expect(text).toMatch(characters);
      }),
    );
  });

  it('has no ambiguous characters, and none with a meaning in a shell, a form or a spreadsheet', () => {
    fc.assert(
      fc.property(draws, (numbers) => {
        expect(newPassword(14, drawn(numbers)).reveal()).toMatch(/^[A-HJ-NP-Za-km-z][A-HJ-NP-Za-km-z2-9!@#*_+=-]{31}$/);
      }),
    );
  });

  it('has no class at a fixed position', () => {
    const places = new Set<number>();
    fc.assert(
      fc.property(draws, (numbers) => {
        const text = newPassword(14, drawn(numbers)).reveal();
        places.add(text.search(/[!@#*_+=-]/));
      }),
      { numRuns: 300 },
    );
    expect(places.size).toBeGreaterThan(10);
  });

  it.each([
    [0, 32],
    [32, 32],
    [33, 33],
    [128, 128],
    [129, 128],
  ])('for at least %i characters has %i', (minimum, length) => expect(newPassword(minimum, drawn([0])).reveal()).toHaveLength(length));

  it('has the characters that were drawn, in the drawn order', () => {
    // One letter, one of each class, and the rest; every later draw is the last place, so the order stays.
    const asDrawn: Random = (length, alphabet) =>
      alphabet.startsWith('\u0100') ? alphabet.slice(-1) : alphabet.slice(0, length).padEnd(length, 'x');
    expect(newPassword(32, asDrawn).reveal()).toBe('AAa2!ABCDEFGHJKLMNPQRSTUVWXYZabc');
    // Every draw is the first place: the first character goes to the end, and each other one place ahead.
    const first: Random = (length, alphabet) => alphabet.slice(0, length).padEnd(length, 'x');
    expect(newPassword(32, first).reveal()).toBe('Aa2!ABCDEFGHJKLMNPQRSTUVWXYZabcA');
  });

  it('draws each character, and each place but the first of the rest once', () => {
    const drawn: number[] = [];
    newPassword(32, (length, alphabet) => {
      if (alphabet.startsWith('\u0100')) drawn.push(alphabet.length);
      return alphabet.slice(0, length).padEnd(length, 'x');
    });
    // Of 31 characters after the first.
    expect(drawn).toEqual(Array.from({ length: 30 }, (_, index) => 31 - index));
  });

  it('prints as a secret', () => {
    expect(String(newPassword(14, drawn([1, 2, 3])))).toBe('[secret]');
  });
});
