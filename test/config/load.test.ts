import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { examineConfig, loadConfig } from '../../src/config/load.js';
import { readSource } from '../../src/config/source.js';
import { BootstrapError } from '../../src/core/errors.js';
import { recordTotal } from '../support/totals.js';
import { steps } from './three-steps.js';

const file = 'bootstrap.yaml';

const problemsOf = (text: string): readonly string[] => {
  try {
    loadConfig({ text, file, steps });
    return [];
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    return error.message.split('\n').slice(1);
  }
};

/** `npm run mutants`. */
const seeded = process.env['MUTANTS_TESTS'] !== undefined;

describe('what is wrong with a file', () => {
  const v = 'version: 1\n';
  const cases: readonly (readonly [name: string, text: string, ...problems: string[]])[] = [
    ['no version', 'alias: {}\n', '1:1  version: is missing; add `version: 1`'],
    ['an empty file', '', '1:1  version: is missing; add `version: 1`'],
    ['only comments', '# later\n', '1:1  version: is missing; add `version: 1`'],
    ['another version', 'version: 2\n', '1:10  version: is 2; this version of bootstrap reads `version: 1`'],
    ['a version in quotes', 'version: "1"\n', '1:10  version: is "1"; this version of bootstrap reads `version: 1`'],
    ['a list as the file', '- 1\n', '1:1  must be a mapping, not a list'],
    ['an account id as a number', `${v}account:\n  id: 123456789012\n`, '3:7  account.id: must be in quotes: "123456789012"'],
    ['an account id with a leading zero', `${v}account: { id: 012345678901 }\n`, '2:16  account.id: must be in quotes: "012345678901"'],
    [
      'an account id that YAML reads as octal',
      `${v}account: { id: 0o1234567012 }\n`,
      '2:16  account.id: must be in quotes: "0o1234567012"',
    ],
    ['a short account id', `${v}account: { id: "1234" }\n`, '2:16  account.id: "1234" is not an account id; an account id has 12 digits'],
    ['an account without id', `${v}account: {}\n`, '2:1  account.id: is missing'],
    ['an unknown section', `${v}budgets: {}\n`, '2:1  budgets: is not a known key; did you mean "budget"?'],
    ['a section by its short name', `${v}org: {}\n`, '2:1  org: is not a known key; did you mean "organization"?'],
    [
      'an unknown section like no other',
      `${v}xyzzy: {}\n`,
      '2:1  xyzzy: is not a known key; known are version, account, budget, alias, organization, secrets, waivers',
    ],
    ['a key at the wrong level', `${v}limit: 10 USD\n`, '2:1  limit: is not a known key here; it belongs under budget'],
    ['an unknown key', `${v}budget:\n  limits: 10 USD\n`, '3:3  budget.limits: is not a known key; did you mean "limit"?'],
    [
      'camel case',
      `${v}budget: { includeCredits: true }\n`,
      '2:11  budget.includeCredits: is not a known key; did you mean "include-credits"?',
    ],
    [
      'an unknown key in a list',
      `${v}budget:\n  alerts:\n    - at: 50%\n      off: actual\n`,
      '5:7  budget.alerts[0].off: is not a known key; did you mean "of"?',
    ],
    [
      'an unknown key that is no word',
      `${v}budget: { "a b": 1 }\n`,
      '2:11  budget."a b": is not a known key; known are name, limit, include-credits, alerts, subscribers, contact, policy',
    ],
    [
      'the key __proto__',
      `${v}__proto__: { a: 1 }\n`,
      '2:1  __proto__: is not a known key; known are version, account, budget, alias, organization, secrets, waivers',
    ],
    ['an empty section', `${v}budget:\n`, '2:1  budget: has no value; write {} for the defaults, or false to leave it out'],
    ['an empty value', `${v}budget:\n  name:\n`, '3:3  budget.name: has no value'],
    ['true as a section', `${v}alias: true\n`, '2:8  alias: must be a mapping or false, not true'],
    ['no as a section', `${v}alias: no\n`, '2:8  alias: must be a mapping or false, not "no"'],
    [
      'a name that YAML reads as a number',
      `${v}budget: { contact: { phone: +49301234 } }\n`,
      '2:29  budget.contact.phone: must be in quotes: "+49301234"',
    ],
    ['a name that YAML reads as true', `${v}budget: { name: true }\n`, '2:17  budget.name: must be in quotes: "true"'],
    ['a missing key of a mapping', `${v}budget:\n  contact: { title: x }\n`, '3:3  budget.contact.phone: is missing'],
    ['a missing key of an entry', `${v}budget:\n  alerts: [ { of: actual } ]\n`, '3:13  budget.alerts[0].at: is missing'],
    [
      'a word instead of money',
      `${v}budget:\n  limit: ten dollars\n`,
      '3:10  budget.limit: "ten dollars" is not an amount of money; write it like 10 USD or 12.50 USD',
    ],
    [
      'money as a list',
      `${v}budget: { limit: [] }\n`,
      '2:18  budget.limit: "[]" is not an amount of money; write it like 10 USD or 12.50 USD',
    ],
    [
      'a choice that does not exist',
      `${v}budget:\n  alerts: [ { at: 50%, of: both } ]\n`,
      '3:28  budget.alerts[0].of: must be actual or forecasted, not "both"',
    ],
    ['an empty list', `${v}budget: { alerts: [] }\n`, '2:19  budget.alerts: must have at least 1 entry'],
    ['text for a switch', `${v}budget: { include-credits: yes }\n`, '2:28  budget.include-credits: must be true or false, not "yes"'],
    ['a number that is too small', `${v}budget: { policy: { length: 8 } }\n`, '2:29  budget.policy.length: must be at least 14'],
    ['a number that is too large', `${v}budget: { policy: { length: 200 } }\n`, '2:29  budget.policy.length: must be at most 128'],
    ['a broken number', `${v}budget: { policy: { length: 14.5 } }\n`, '2:29  budget.policy.length: must be a whole number, not 14.5'],
    ['true where a mapping or false stands', `${v}budget: { policy: true }\n`, '2:19  budget.policy: must be a mapping or false, not true'],
    ['a tag with a number', `${v}organization: { tags: { cost: 7 } }\n`, '2:31  organization.tags.cost: must be in quotes: "7"'],
    ['an alias with capitals', `${v}alias: { name: Acme }\n`, '2:16  alias.name: "Acme" has capital letters; write "acme"'],
    [
      'a path with a tilde',
      `${v}secrets: { file: ~/x.json }\n`,
      '2:18  secrets.file: begins with "~", which only a shell expands; write the full path',
    ],
    [
      'a destination of another kind',
      `${v}secrets: { vault: a }\n`,
      '2:10  secrets: has no destination; write one of file, command and age',
      '2:12  secrets.vault: is not a known key; known are file, command, command-env, age',
    ],
    ['no destination', `${v}secrets: {}\n`, '2:10  secrets: has no destination; write one of file, command and age'],
    ['two destinations', `${v}secrets: { file: a, command: [b] }\n`, '2:10  secrets: has 2 destinations (file, command); keep one'],
    ['a command of nothing', `${v}secrets: { command: [] }\n`, '2:21  secrets.command: is empty; name a program'],
    [
      'a recipient of another tool',
      `${v}secrets: { age: ssh-ed25519 AAAA }\n`,
      '2:17  secrets.age: is not an age recipient; recipients begin with age1',
    ],
    [
      'a waiver for no check',
      `${v}waivers:\n  - { check: alias.nam, reason: r, owner: o, expires: 2027-02-30 }\n`,
      '3:14  waivers[0].check: there is no check "alias.nam"; did you mean "alias.name"?',
      '3:55  waivers[0].expires: "2027-02-30" is not a date; write it like 2027-01-31',
    ],
    ['a section twice', `${v}alias: {}\nalias: {}\n`, '3:1  alias: is written twice; keep one'],
    [
      'a key twice in a list',
      `${v}budget:\n  alerts:\n    - at: 1%\n    - at: 2%\n      at: 3%\n`,
      '6:7  budget.alerts[1].at: is written twice; keep one',
    ],
    ['a tab', `${v}alias:\n\tname: acme\n`, '3:1  is indented with a tab; YAML needs spaces'],
    ['two documents', `${v}---\nalias: {}\n`, '2:1  a second document begins here; a config is one document'],
    ['an open quote', `${v}alias: { name: "acme\n`, '3:1  is not valid YAML: Missing closing "quote'],
    ['an alias without anchor', `${v}alias: *nothing\n`, '2:8  there is no anchor &nothing above'],
    ['an anchor inside itself', `${v}alias: &a { name: *a }\n`, '2:19  has an anchor that contains itself (&a)'],
    ['a key that is a list', `${v}? [a]\n: 1\n`, '2:3  is a key that is not a plain word'],
    ['a tag of its own', `${v}alias: !mine {}\n`, '2:8  is not valid YAML: Unresolved tag: !mine'],
    [
      'a wrong value behind an anchor',
      `${v}budget: &b { limit: x }\nalias: *b\n`,
      '2:21  budget.limit: "x" is not an amount of money; write it like 10 USD or 12.50 USD',
      '2:14  alias.limit: is not a known key; known are name',
    ],
    [
      'a wrong value by a merge key',
      `${v}budget:\n  contact: &c { title: 7 }\n  policy: { <<: *c }\n`,
      '3:3  budget.contact.phone: is missing',
      '3:24  budget.contact.title: must be in quotes: "7"',
      '3:17  budget.policy.title: is not a known key; known are length',
    ],
    [
      'control characters',
      `${v}"\\e[31m\\u202e": 1\n`,
      '2:1  "\\u001b[31m\\u202e": is not a known key; known are version, account, budget, alias, organization, secrets, waivers',
    ],
  ];
  for (const [name, text, ...problems] of cases) {
    it(name, () => {
      expect(problemsOf(text)).toEqual(problems.map((problem) => `${file}:${problem}`).toSorted(byPlace));
    });
  }
});

/** The table lists problems by topic; the message lists them by place. */
const byPlace = (a: string, b: string): number => {
  const [aLine = 0, aColumn = 0] = a.split(':').slice(1).map(Number.parseFloat);
  const [bLine = 0, bColumn = 0] = b.split(':').slice(1).map(Number.parseFloat);
  return aLine - bLine || aColumn - bColumn;
};

describe('loading', () => {
  it('reports all problems at once, in the order of the file', () => {
    const text = 'version: 1\naccount:\n  id: 012345678901\nbudget:\n  limit: ten dollars\n  limits: 5 USD\nalias:\n  name: Acme\n';
    const error = catchError(text);
    expect(error).toMatchObject({ code: 'E-CONFIG', exit: 2, changed: false, next: expect.stringContaining('config validate') });
    expect(error.message).toBe(
      [
        'bootstrap.yaml has 4 problems',
        'bootstrap.yaml:3:7  account.id: must be in quotes: "012345678901"',
        'bootstrap.yaml:5:10  budget.limit: "ten dollars" is not an amount of money; write it like 10 USD or 12.50 USD',
        'bootstrap.yaml:6:3  budget.limits: is not a known key; did you mean "limit"?',
        'bootstrap.yaml:8:9  alias.name: "Acme" has capital letters; write "acme"',
      ].join('\n'),
    );
  });

  it('counts one problem in the singular', () => {
    expect(catchError('version: 1\nx: 1\n').message).toMatch(/^bootstrap.yaml has 1 problem\n/);
  });

  it('reports one problem for a line that is not YAML, and at most ten lines', () => {
    expect(problemsOf('a: @x @y\n'.repeat(30))).toHaveLength(10);
  });

  it('keeps sections as they were written, and false', () => {
    const { config } = loadConfig({ text: 'version: 1\nbudget: { limit: 5 USD }\nalias: false\n', file, steps });
    expect(config).toEqual({ file, sections: { budget: { limit: '5 USD' }, alias: false }, waivers: [], warnings: [] });
  });

  it('reads account and secrets', () => {
    const { config } = loadConfig({ text: 'version: 1\naccount: { id: "012345678901" }\nsecrets: { file: ./s.json }\n', file, steps });
    expect(config).toMatchObject({ account: { id: '012345678901' }, secrets: { file: './s.json' } });
  });

  it('reads anchors and merge keys', () => {
    const text = 'version: 1\nbudget:\n  alerts: [ &a { at: 50% }, { <<: *a, of: forecasted } ]\n';
    expect(loadConfig({ text, file, steps }).config.sections['budget']).toEqual({
      alerts: [{ at: '50%' }, { at: '50%', of: 'forecasted' }],
    });
  });

  it('returns the waivers unchanged', () => {
    const text = 'version: 1\nwaivers: [ { check: alias.set, reason: r, owner: o, expires: 2027-01-15 } ]\n';
    const { config } = loadConfig({ text, file, steps });
    expect(config.waivers).toEqual([{ check: 'alias.set', reason: 'r', owner: 'o', expires: '2027-01-15' }]);
    expect(config.warnings).toEqual([]);
  });

  it('reads CRLF and a byte order mark, with the same positions', () => {
    const text = 'version: 1\nbudget:\n  limit: x\nalias:\n  nam: y\n';
    const crlf = text.replaceAll('\n', '\r\n');
    expect(problemsOf(`\uFEFF${crlf}`)).toEqual(problemsOf(text));
    expect(problemsOf('\uFEFFversion: 2\n')).toEqual(problemsOf('version: 2\n'));
    expect(problemsOf('\uFEFFversion: 1\r\nbudget: {}\r\n')).toEqual([]);
  });

  // Sources with seeded bugs need a deeper stack.
  it.skipIf(seeded)('refuses what would exhaust the parser or the memory', () => {
    for (const depth of [5_000, 100_000]) expect(problemsOf(`a: ${'['.repeat(depth)}`).length).toBeLessThan(3);
    const nested = (depth: number): readonly string[] => problemsOf(`version: 1\nbudget: ${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(nested(50)).toEqual(['bootstrap.yaml:2:9  budget: must be a mapping or false, not a list']);
    expect(nested(5000)).toEqual([expect.stringContaining('is nested too deeply to be read')]);
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

  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  const multiplied = ['1:1  has aliases that multiply to too much data'];
  it.each<[string, string, readonly string[]]>([
    [
      'merge keys that double what they merge',
      ['k0: &k0 { a: 1 }', ...numbers(64).map((n) => `k${n + 1}: &k${n + 1} { <<: [*k${n}, *k${n}] }`)].join('\n'),
      multiplied,
    ],
    [
      'one large mapping, merged many times',
      `big: &big\n${numbers(5_000)
        .map((n) => `  k${n}: 1\n`)
        .join('')}all:\n${'  - { <<: *big }\n'.repeat(900)}`,
      multiplied,
    ],
    ['more aliases than the library can look up', `a: &a 1\nb:\n${'  - *a\n'.repeat(20_000)}`, ['1:1  has more than 1000 aliases']],
    ['a merge key that is a key of a mapping', '? <<:\n', ['1:5  is a key that is not a plain word']],
    [
      'two documents after broken YAML',
      '>: ...\nversion: 1\n---\n',
      [
        '1:2  is not valid YAML: Block scalar header includes extra characters: >:',
        '2:1  is not valid YAML: Unexpected scalar token in YAML stream: "version: 1\\n"',
        '3:1  a second document begins here; a config is one document',
      ],
    ],
    ['a merge of what is no mapping', 'version: 1\nbudget: { <<: 1 }\n', ['2:15  is merged (<<), but is not a mapping']],
    ['a mapping that merges itself', 'version: 1\nbudget: &b { <<: *b }\n', ['2:18  has an anchor that contains itself (&b)']],
  ])('refuses %s, at once', (_, text, problems) => {
    const from = performance.now();
    expect(problemsOf(text)).toEqual(problems.map((problem) => `${file}:${problem}`));
    expect(performance.now() - from).toBeLessThan(10_000);
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
    ['lines that are no YAML', `version: 1\n${'a: b: c\n'.repeat(40_000)}`, /is not valid YAML/],
    ['documents', '---\n'.repeat(100_000), /a second document begins here/],
  ])(
    'describes the first of very many %s, in a time that grows with their number',
    (_, text, message) => {
      const from = performance.now();
      const error = catchError(text);
      expect(performance.now() - from).toBeLessThan(20_000);
      expect(error.message).toMatch(message);
      expect(error.message.split('\n').length).toBeLessThan(53);
    },
    60_000,
  );
});

const catchError = (text: string): BootstrapError => {
  try {
    loadConfig({ text, file, steps });
  } catch (error) {
    if (error instanceof BootstrapError) return error;
    throw error;
  }
  throw new Error('loaded');
};

// Thousands of texts for each seeded bug.
describe.skipIf(seeded)('any text at all', () => {
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
