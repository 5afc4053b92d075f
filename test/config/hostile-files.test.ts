import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { examineConfig } from '../../src/config/load.js';
import { readSource } from '../../src/config/source.js';
import { recordTotal } from '../support/totals.js';
import { catchError, file, problemsOf } from './refused.js';
import { steps } from './three-steps.js';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('a very large config', () => {
  it('refuses what would exhaust the parser or the memory', () => {
    for (const open of ['[', '{ a: ', '- ', '? ', '{ ? [', '&a [', '!!seq [', '[ "" , '])
      for (const depth of [1_000, 100_000 / open.length])
        expect(problemsOf(`a:\n  ${open.repeat(depth)}`)).toEqual([expect.stringMatching(/2:\d+ {2}is nested too deeply to be read$/)]);
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `k${level}: &a${level} [${
          level === 0
            ? 'x'
            : Array(9)
                .fill(`*a${level - 1}`)
                .join(',')
        }]`,
    );
    expect(problemsOf(levels.join('\n'))).toEqual(['bootstrap.yaml:1:1  has aliases that multiply to too much data']);
  });

  it.each<[string, string, string]>([
    [
      'one large mapping, merged many times',
      `big: &big\n${numbers(5_000)
        .map((n) => `  k${n}: 1\n`)
        .join('')}all:\n${'  - { <<: *big }\n'.repeat(900)}`,
      '1:1  has aliases that multiply to too much data',
    ],
    ['more aliases than the library can look up', `a: &a 1\nb:\n${'  - *a\n'.repeat(20_000)}`, '1:1  has more than 1000 aliases'],
  ])('is refused: %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([`${file}:${problem}`]);
  });

  it('accepts a thousand accounts that share their values', () => {
    const accounts = numbers(900).map((n) => `    - { name: a${n}, email: aws+${n}@example.com, <<: *all }`);
    const text = `version: 1\norganization:\n  accounts:\n    - &all { role: r, tags: { a: b } }\n${accounts.join('\n')}\n`;
    expect(readSource(text).problems).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      'unknown keys',
      numbers(80_000)
        .map((n) => `${n.toString(36)}x:\n`)
        .join(''),
      /^bootstrap\.yaml has 80001 problems\n/,
    ],
    ['keys that are written twice', `version: 1\nalias:\n${'  name: a\n'.repeat(40_000)}`, /name: is written twice; keep one\n/],
    ['waivers of unknown checks', `version: 1\nwaivers:\n${'  - { check: alias.nmae }\n'.repeat(15_000)}`, /\nand 59950 more$/],
    ['lines that are no YAML', `version: 1\n${'a: @x\n'.repeat(40_000)}`, /is not valid YAML/],
    ['lines that are part of each other', `version: 1\n${'a: b: c\n'.repeat(40_000)}`, /is nested too deeply/],
    ['documents', '---\n'.repeat(100_000), /a second document begins here/],
  ])(
    'describes the first of very many %s, in a time that grows with their number',
    (_, text, message) => {
      const error = catchError(text);
      expect(error.message).toMatch(message);
      expect(error.message.split('\n').length).toBeLessThan(53);
    },
    60_000,
  );
});

describe('any text at all', () => {
  const fragments = fc.constantFrom(
    'version: 1\n',
    'budget:',
    'alias',
    ': ',
    '\n',
    '  ',
    '\t',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: ',
    '|',
    '>',
    '? ',
    '!!binary ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '#',
    '\r\n',
    '\uFEFF',
    '~',
    '.nan',
    '0o7',
    '__proto__',
    'limit',
    'name',
    '12',
    '\0',
    '!x ',
  );
  const yamlLike = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join('')),
  );

  it('loads or is refused with problems that have places inside it', () => {
    let texts = 0;
    fc.assert(
      fc.property(yamlLike, (text) => {
        texts += 1;
        const result = examineConfig({ text, file, steps });
        if ('config' in result) return;
        expect(result.problems.length).toBeGreaterThan(0);
        const lines = text.split('\n');
        for (const { line, column } of result.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
        }
      }),
      { numRuns: 2000 },
    );
    recordTotal({ suite: 'P5', title: 'random texts as configs', ran: texts, floor: 2_000, sampled: 'random texts', all: null });
  });

  it('with any JSON in a section loads or is refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('budget', 'alias', 'organization', 'secrets', 'waivers', 'account'), (value, section) => {
        const text = JSON.stringify({ version: 1, [section]: value }, null, 2);
        // A merge key is YAML, not a key of the section: 'a merge of what is no mapping' is its row.
        fc.pre(!text.includes('"<<"'));
        const result = examineConfig({ text, file, steps });
        if (!('config' in result)) for (const { path } of result.problems) expect(path.startsWith(section)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never prints what could steer a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        for (const line of problemsOf(`version: 1\n${JSON.stringify(key)}: 1\n`)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
