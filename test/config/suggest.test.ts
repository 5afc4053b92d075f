import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { closest, didYouMean } from '../../src/config/suggest.js';

const known = ['billing-access', 'budget', 'admin-user', 'mfa', 'alias', 'access-keys', 'organization', 'include-credits', 'of'];

describe('what was probably meant', () => {
  const cases: readonly (readonly [word: string, meant: string | undefined])[] = [
    ['budgets', 'budget'],
    ['bugdet', 'budget'],
    ['Budget', 'budget'],
    ['mfaa', 'mfa'],
    ['alais', 'alias'],
    ['admin', 'admin-user'],
    ['admin_user', 'admin-user'],
    ['adminUser', 'admin-user'],
    ['keys', 'access-keys'],
    ['org', 'organization'],
    ['organisation', 'organization'],
    ['include_credit', 'include-credits'],
    ['off', 'of'],
    ['xyzzy', undefined],
    ['', undefined],
    ['---', undefined],
    ['a'.repeat(100_000), undefined],
  ];
  for (const [word, meant] of cases) {
    it(`of ${JSON.stringify(word.slice(0, 20))} is ${meant ?? 'unknown'}`, () => expect(closest(word, known)).toBe(meant));
  }

  it('is the word itself for a known one', () => {
    for (const word of known) expect(closest(word, known)).toBe(word);
  });

  it('finds a long word again after any one slip', () => {
    const word = 'include-credits';
    fc.assert(
      fc.property(fc.nat(word.length - 1), fc.constantFrom('drop', 'double', 'other'), (at, slip) => {
        const middle = slip === 'drop' ? '' : slip === 'double' ? `${word[at]}${word[at]}` : 'q';
        expect(closest(word.slice(0, at) + middle + word.slice(at + 1), known)).toBe(word);
      }),
    );
  });
});

describe('a typo', () => {
  /** All texts that are one insertion, deletion, replacement or swap of neighbours away. */
  const edits = (word: string): ReadonlySet<string> => {
    const found = new Set([word]);
    for (let at = 0; at <= word.length; at++) {
      const [head, tail] = [word.slice(0, at), word.slice(at)];
      found.add(head + tail.slice(1));
      if (tail.length > 1) found.add(`${head}${tail[1]}${tail[0]}${tail.slice(2)}`);
      for (const letter of 'abc') found.add(head + letter + tail).add(head + letter + tail.slice(1));
    }
    return found;
  };
  const words = (length: number): readonly string[] =>
    length === 0 ? [''] : words(length - 1).flatMap((word) => [...'abc'].map((letter) => word + letter));

  it('in a short word is one edit, or a missing end', () => {
    for (const candidate of ['abca', 'aabb', 'cbab', 'abccb'])
      for (const word of [3, 4, 5].flatMap(words)) {
        const meant = edits(candidate).has(word) || candidate.startsWith(word);
        expect([word, closest(word, [candidate])]).toEqual([word, meant ? candidate : undefined]);
      }
  });

  it.each<[string, string, boolean]>([
    ['xb', 'ab', true],
    ['xy', 'ab', false],
    ['x', 'ab', false],
    ['x', 'abc', false],
    ['xbcde', 'abcde', true],
    ['xycde', 'abcde', false],
    ['xycdef', 'abcdef', true],
    ['xyzdef', 'abcdef', false],
    ['xyzdefghi', 'abcdefghi', true],
    ['wxyzefghi', 'abcdefghi', false],
    ['xyzdefghijklmno', 'abcdefghijklmno', true],
    ['wxyzefghijklmno', 'abcdefghijklmno', false],
    ['bu', 'budget', false],
    ['bud', 'budget', true],
    ['---', 'a', false],
    ['a'.repeat(60), 'a'.repeat(60), true],
    ['a'.repeat(61), 'a'.repeat(61), false],
  ])('%s for %s: %s', (word, candidate, meant) => {
    expect(closest(word, [candidate])).toBe(meant ? candidate : undefined);
  });

  it('is for the most similar word, wherever it is in the list', () => {
    expect(closest('budgex', ['budgets', 'budget'])).toBe('budget');
    expect(closest('budgex', ['budget', 'budgets'])).toBe('budget');
  });
});

describe('the words for it', () => {
  it('name the one meant, else a short choice, else nothing', () => {
    expect(didYouMean('budgets', known)).toBe('; did you mean "budget"?');
    expect(didYouMean('xyzzy', ['a', 'b'])).toBe('; known are a, b');
    expect(didYouMean('xyzzy', [])).toBe('');
    const many = Array.from({ length: 15 }, (_, index) => `k${index}`);
    expect(didYouMean('xyzzy', many.slice(1))).toBe(`; known are ${many.slice(1).join(', ')}`);
    expect(didYouMean('xyzzy', many)).toBe('');
    expect(
      didYouMean(
        'xyzzy',
        Array.from({ length: 20 }, (_, index) => `k${index}`),
      ),
    ).toBe('');
  });
});
