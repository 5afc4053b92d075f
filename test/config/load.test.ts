import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { readSource } from '../../src/config/source.js';
import { catchError, file, problemsOf } from './refused.js';
import { steps } from './three-steps.js';

describe('what is wrong with a file', () => {
  const v = 'version: 1\n';
  const cases: readonly (readonly [name: string, text: string, ...problems: string[]])[] = [
    ['no version', 'alias: {}\n', '1:1  version: is missing; add `version: 1`'],
    ['an empty file', '', '1:1  version: is missing; add `version: 1`'],
    ['only comments', '# later\n', '1:1  version: is missing; add `version: 1`'],
    ['another version', 'version: 2\n', '1:10  version: is 2; this version of bootstrap reads `version: 1`'],
    ['a version in quotes', 'version: "1"\n', '1:10  version: is "1"; this version of bootstrap reads `version: 1`'],
    ['a list as the file', '- 1\n', '1:1  must be a section with keys, not a list'],
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
    ['true as a section', `${v}alias: true\n`, '2:8  alias: must be a section with keys or false, not true'],
    ['no as a section', `${v}alias: no\n`, '2:8  alias: must be a section with keys or false, not "no"'],
    ['no as a section of YAML 1.1', `%YAML 1.1\n---\n${v}alias: no\n`, '4:8  alias: must be a section with keys or false, not "no"'],
    ['a type that is not plain', `${v}alias: !!set { a }\n`, '2:8  is not valid YAML: Unresolved tag: tag:yaml.org,2002:set'],
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
    [
      'true where a mapping or false stands',
      `${v}budget: { policy: true }\n`,
      '2:19  budget.policy: must be a section with keys or false, not true',
    ],
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
    ['an empty path', `${v}secrets: { file: "" }\n`, '2:18  secrets.file: is empty; name a file'],
    ['a blank path', `${v}secrets: { file: " " }\n`, '2:18  secrets.file: is empty; name a file'],
    [
      'a command without a program',
      `${v}secrets: { command: ["", a] }\n`,
      '2:21  secrets.command: begins with an empty word; name a program',
    ],
    ...['1A', 'A B', 'A-B', ''].map((name): readonly [string, string, string] => [
      `the environment variable "${name}"`,
      `${v}secrets: { command: [p], command-env: ["${name}"] }\n`,
      `2:40  secrets.command-env[0]: "${name}" is not the name of an environment variable`,
    ]),
    // A program that the config names never gets the credentials of the run.
    ...['AWS_SECRET_ACCESS_KEY', 'aws_session_token', 'AWS_'].map((name): readonly [string, string, string] => [
      `the environment variable ${name}`,
      `${v}secrets: { command: [p], command-env: [OK, ${name}] }\n`,
      `2:44  secrets.command-env[1]: "${name}" may contain AWS credentials; the program never receives such variables`,
    ]),
    [
      'environment variables without a command',
      `${v}secrets: { file: a, command-env: [OK] }\n`,
      '2:34  secrets.command-env: is only for `command`, which is missing',
    ],
    [
      'only environment variables',
      `${v}secrets: { command-env: [OK] }\n`,
      '2:10  secrets: has no destination; write one of file, command and age',
      '2:25  secrets.command-env: is only for `command`, which is missing',
    ],
    [
      'three destinations',
      `${v}secrets: { file: a, command: [b], age: age1x }\n`,
      '2:10  secrets: has 3 destinations (file, command, age); keep one',
    ],
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

  it.each<[string, number]>([
    ['secrets: { file: s.json }\n', 2],
    ['secrets:\n\n  file: s.json\n', 4],
    ['secrets:\n  command-env: [A, MY_AWS_X, _b1]\n  command: [p]\n', 4],
    ['secrets:\n  # mine\n  age: age1x\n', 4],
  ])('knows the line of the destination: %j', (text, line) => {
    expect(loadConfig({ text: `version: 1\n${text}`, file, steps }).config.secretsLine).toBe(line);
  });

  it('has nothing that the file does not have', () => {
    expect(loadConfig({ text: 'version: 1\nalias: {}\n', file, steps }).config).toStrictEqual({
      file,
      sections: { alias: {} },
      waivers: [],
      warnings: [],
    });
  });

  it('describes the first 50 problems and counts the others', () => {
    const of = (count: number) =>
      catchError(`version: 1\n${Array.from({ length: count }, (_, n) => `x${n}: 1\n`).join('')}`).message.split('\n');
    expect(of(50)).toHaveLength(51);
    expect(of(50)[0]).toBe('bootstrap.yaml has 50 problems');
    expect([of(53)[0], of(53).at(-1), of(53).length]).toEqual(['bootstrap.yaml has 53 problems', 'and 3 more', 52]);
  });

  it('reports at most ten duplicates, and ten values that cannot be part of a config', () => {
    expect(problemsOf(`version: 1\nalias:\n${'  name: a\n'.repeat(30)}`).filter((line) => line.includes('written twice'))).toHaveLength(10);
    expect(problemsOf(`version: 1\nalias: { ${'[a]: 1, '.repeat(30)} }\n`)).toHaveLength(10);
  });

  it('accepts up to 1000 aliases', () => {
    const aliases = (count: number) => problemsOf(`version: 1\nbudget: &a { }\nalias: [ ${'*a, '.repeat(count)} ]\n`);
    expect(aliases(1_000)).toEqual([expect.stringContaining('must be a section with keys or false, not a list')]);
    expect(aliases(1_001)).toEqual(['bootstrap.yaml:1:1  has more than 1000 aliases']);
  });

  it.each([
    ['a mapping', '{ <<: { a: 1 } }', []],
    ['a list of mappings', '{ <<: [ { a: 1 }, *b ] }', []],
    ['an empty list', '{ <<: [] }', []],
    ['a list with a text', '{ <<: [ { a: 1 }, x ] }', ['3:16  is merged (<<), but is not a section with keys']],
    ['a list with a list', '{ <<: [ [] ] }', ['3:16  is merged (<<), but is not a section with keys']],
    ['nothing', '{ <<: }', ['3:16  is merged (<<), but is not a section with keys']],
    ['what is not there', '{ <<: *none }', ['3:16  there is no anchor &none above']],
    ['a list of what is not there', '{ <<: [ *none ] }', ['3:18  there is no anchor &none above']],
  ])('merges %s or refuses it', (_, value, problems) => {
    expect(
      readSource(`version: 1\nbudget: &b { b: 1 }\nalias:   ${value}\n`).problems.map(
        ({ line, column, message }) => `${line}:${column}  ${message}`,
      ),
    ).toEqual(problems);
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

  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  const multiplied = ['1:1  has aliases that multiply to too much data'];
  it.each<[string, string, readonly string[]]>([
    [
      'merge keys that double what they merge',
      ['k0: &k0 { a: 1 }', ...numbers(16).map((n) => `k${n + 1}: &k${n + 1} { <<: [*k${n}, *k${n}] }`)].join('\n'),
      multiplied,
    ],
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
    [
      'a value that is nested too deeply',
      `version: 1\nbudget: ${'['.repeat(101)}${']'.repeat(101)}\n`,
      ['2:109  is nested too deeply to be read'],
    ],
    [
      'a deep value of the wrong type',
      `version: 1\nbudget: ${'['.repeat(100)}${']'.repeat(100)}\n`,
      ['2:9  budget: must be a section with keys or false, not a list'],
    ],
    ['a deep value behind broken YAML', `a: b: c\n---\n${'- '.repeat(200)}`, ['3:201  is nested too deeply to be read']],
    ['a merge of what is no mapping', 'version: 1\nbudget: { <<: 1 }\n', ['2:15  is merged (<<), but is not a section with keys']],
    ['a mapping that merges itself', 'version: 1\nbudget: &b { <<: *b }\n', ['2:18  has an anchor that contains itself (&b)']],
  ])('refuses %s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems.map((problem) => `${file}:${problem}`));
  });
});
