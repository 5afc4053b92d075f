import fc from 'fast-check';
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

describe('the words for it', () => {
  it('name the one meant, else a short choice, else nothing', () => {
    expect(didYouMean('budgets', known)).toBe('; did you mean "budget"?');
    expect(didYouMean('xyzzy', ['a', 'b'])).toBe('; known are a, b');
    expect(didYouMean('xyzzy', [])).toBe('');
    expect(
      didYouMean(
        'xyzzy',
        Array.from({ length: 20 }, (_, index) => `k${index}`),
      ),
    ).toBe('');
  });
});
