import { inspect } from 'node:util';
import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { optionKey } from '../../src/core/flags.js';
import { type Result, remainingSteps, summaryOf } from '../../src/core/report.js';
import { NotStoredError, Secret } from '../../src/core/secret.js';
import { canonical, guarded, listed, plain, plainJson, plainLines, shellWord } from '../../src/core/text.js';
import { cutToWidth, fill, type Span, widthOf } from '../../src/core/wrap.js';

describe('a text that is safe to print', () => {
  it.each([
    ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['a line break', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['DEL and C1', '\u007f\u009b', '\\u007f\\u009b'],
    ['bidi controls', 'a\u202eb\u2069', 'a\\u202eb\\u2069'],
    ['characters without width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['tag characters', '\u{e0041}', '\\u{e0041}'],
    ['a GitHub command', ' ::error::x', ' \\u003a:error::x'],
    ['an Azure command', 'x ##vso[task]', 'x \\u0023#vso[task]'],
    ['a GitHub command in front', '::error::x', '\\u003a:error::x'],
    ['a longer row of colons', ':::error', '\\u003a::error'],
    ['a row of colons inside a word', 'a:::b', 'a\\u003a::b'],
    ['two colons inside a word', 'a::b', 'a::b'],
    ['a command after a blank', 'x ::error', 'x \\u003a:error'],
    ['a command of another log reader', 'x##[group]', 'x\\u0023#[group]'],
    ['a command in capitals', '##VSO[task]', '\\u0023#VSO[task]'],
    ['a heading', '## title', '## title'],
    ['a lone surrogate', '\ud800', '\\ud800'],
    ['a short code point', '\t', '\\u0009'],
    ['a code point above the first plane', '\u{e0041}', '\\u{e0041}'],
    ['the last code point of the first plane', '\uffa0', '\\uffa0'],
    ['a variation selector', 'a\ufe0f', 'a\\ufe0f'],
  ])('escapes what is unsafe, and nothing else: %s', (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('has line ends only if it may have several lines', () => {
    expect(plain('a\n::b')).toBe('a\\u000a::b');
    expect(plainLines('a\r\n::b')).toBe('a\\u000d\n\\u003a:b');
  });

  it.each(['arn:aws:iam::123456789012:user/alex', 'https://a.example/#/b?c=d', '株式会社 Größe ﷽', 'Monthly $10 Budget'])(
    'leaves %s alone',
    (text) => expect(plain(text)).toBe(text),
  );

  it('leaves nothing unsafe in any text, and is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(plain(plain(text))).toBe(plain(text));
      }),
    );
  });

  const red = '\u001b[31mred\u001b[0m';
  const link = '\u001b]8;;https://a.example\u001b\\a\u001b]8;;\u001b\\';
  it.each<[string, string, boolean, string]>([
    ['colours, if they are allowed', red, true, red],
    ['no colours otherwise', red, false, '\\u001b[31mred\\u001b[0m'],
    ['links, if they are allowed', link, true, link],
    ['line ends and tabs', 'a\n\tb', false, 'a\n\tb'],
    ['line ends of CSV', 'a,b\r\nc', false, 'a,b\r\nc'],
    ['other controls', 'a\rb\u0007', true, 'a\\u000db\\u0007'],
    ['no cursor movement', '\u001b[2Jx', true, '\\u001b[2Jx'],
    ['no hidden text', 'a\u202eb', true, 'a\\u202eb'],
    ['no tag characters', '\u{e0041}', true, '\\u{e0041}'],
  ])('may keep for a terminal: %s', (_, text, styled, expected) => {
    expect(guarded(text, styled)).toBe(expected);
  });

  it('is JSON that parses to the same value', () => {
    expect(plainJson('{\n"a": "\u007f\u{e0041}##[x]## y"}')).toBe('{\n"a": "\\u007f\\udb40\\udc41\\u0023#[x]## y"}');
    expect(plainJson('"##VSO[x]"')).toBe('"\\u0023#VSO[x]"');
  });
});

describe('small texts', () => {
  it.each<[readonly string[], string]>([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('list %j', (items, words) => expect(listed(items)).toBe(words));

  it.each([
    ['a/b-c_1.2:=,+@%~', 'a/b-c_1.2:=,+@%~'],
    ['', "''"],
    ['~/a~b', '~/a~b'],
    ['~root', "'~root'"],
    ['a b', "'a b'"],
    ['$x', "'$x'"],
    ['a$', "'a$'"],
    ["it's", `'it'\\''s'`],
    ["''", `''\\'''\\'''`],
  ])('are one word of a shell: %j', (text, word) => expect(shellWord(text)).toBe(word));

  it('as JSON do not depend on the order of keys, only on that of lists', () => {
    expect(canonical({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
    expect(canonical({ c: 1, a: 2, b: 3 })).toBe(canonical({ b: 3, c: 1, a: 2 }));
  });

  it.each([
    ['--admin-user', 'adminUser'],
    ['--a-b-c', 'aBC'],
    ['--yes', 'yes'],
    ['org', 'org'],
    ['a--b', 'a-B'],
  ])('name the option of %s', (flag, key) => expect(optionKey(flag)).toBe(key));
});

describe('a secret', () => {
  const secret = new Secret('hunter2');
  it('shows itself only when it is revealed', () => {
    expect(secret.reveal()).toBe('hunter2');
    for (const shown of [String(secret), JSON.stringify({ secret }), inspect({ secret }), inspect(secret, { showHidden: true })]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('hunter2');
    }
  });

  it('that could not be stored is in the fallback file, or nowhere', async () => {
    const discarded: string[] = [];
    const discard = async (): Promise<void> => void discarded.push('x');
    const there = new NotStoredError({ message: 'm', next: 'n', cause: 'c', fallback: { place: 'p', discard } });
    expect(there).toMatchObject({ name: 'NotStoredError', code: 'E-SECRETS-STORE', changed: null, cause: 'c', fallback: 'p' });
    await there.discard();
    expect(discarded).toEqual(['x']);
    const nowhere = new NotStoredError({ message: 'm', next: 'n' });
    expect(nowhere.fallback).toBeNull();
    await nowhere.discard();
  });
});

describe('a report', () => {
  const result = (kind: 'wanted' | 'audit', status: Result['status'], by: 'init' | 'hand' | null) =>
    ({ kind, status, remediation: by === null ? null : { by } }) as Result;
  it.each<['wanted' | 'audit', Result['status'], 'init' | 'hand' | null, boolean]>([
    ['wanted', 'manual', 'hand', true],
    ['wanted', 'manual', null, true],
    ['wanted', 'fail', 'hand', true],
    ['wanted', 'fail', 'init', false],
    ['wanted', 'fail', null, false],
    ['wanted', 'pass', 'hand', false],
    ['wanted', 'unknown', 'hand', false],
    ['audit', 'manual', 'hand', false],
    ['audit', 'fail', 'hand', false],
  ])('leaves a step to you, or not: %s, %s, remedy by %s', (kind, status, by, remains) => {
    expect(remainingSteps([result(kind, status, by)])).toHaveLength(remains ? 1 : 0);
  });

  it('counts every status', () => {
    const statuses = ['pass', 'fail', 'manual', 'waived', 'unknown', 'not-applicable'] as const;
    const results = statuses.flatMap((status, index) => Array.from({ length: index + 1 }, () => ({ status })));
    expect(summaryOf(results)).toEqual({ pass: 1, fail: 2, manual: 3, waived: 4, unknown: 5, notApplicable: 6 });
  });
});

describe('text in lines', () => {
  const lines = (text: string, width: number) => fill([{ text }], width);
  const bold = (text: string): string => `<${text}>`;
  const sixteen = 'abcdefghijklmnop';

  it.each<[string, string, number, readonly string[]]>([
    ['nothing', ' ', 20, []],
    ['words up to the width', 'aaaa bbbb cccc dddd eeee', 19, ['aaaa bbbb cccc dddd', 'eeee']],
    ['words up to one less', 'aaaa bbbb cccc dddd', 18, ['aaaa bbbb cccc', 'dddd']],
    ['at least 16 columns', `${sixteen} b`, 3, [sixteen, 'b']],
    ['a word as wide as the line', `a ${sixteen} b`, 16, ['a', sixteen, 'b']],
    ['a longer word in pieces', `${sixteen}qrs t`, 16, [sixteen, 'qrs t']],
    ['a longer word after others', `a ${sixteen}q`, 16, ['a', sixteen, 'q']],
    ['a word cut after a mark', 'abcdefghij/klmnopqrst', 16, ['abcdefghij/', 'klmnopqrst']],
    ['a word cut after the last mark', 'abcdefg:hijk-lmnopqrst', 16, ['abcdefg:hijk-', 'lmnopqrst']],
    ['no piece shorter than half a line', 'abc/defghijklmnopqrst', 16, ['abc/defghijklmno', 'pqrst']],
    ['a piece of half a line', 'abcdefg/ijklmnopqrst', 16, ['abcdefg/', 'ijklmnopqrst']],
    ['no line that starts with colons', 'abcdefghijklmno::pqrst', 16, ['abcdefghijklmn', 'o::pqrst']],
    ['a link in one piece', `see https://a.example/${sixteen}`, 16, ['see', `https://a.example/${sixteen}`]],
    ['a path in one piece', `/home/a/${sixteen}`, 16, [`/home/a/${sixteen}`]],
    ['a path of the home folder in one piece', `~/a/b/c/${sixteen}`, 16, [`~/a/b/c/${sixteen}`]],
    ['a path of Windows in one piece', `C:\\a\\${sixteen}`, 16, [`C:\\a\\${sixteen}`]],
    ['text in backticks together', 'aaaa bbbb `cc dd` e', 16, ['aaaa bbbb', '`cc dd` e']],
    ['text in backticks as wide as the line together', 'a `bbbb cccc dddd`', 16, ['a', '`bbbb cccc dddd`']],
    ['too long text in backticks with two blanks', '`aaaa  bbbb cccc dd`', 16, ['`aaaa bbbb cccc', 'dd`']],
    ['no command after other characters', 'x`bootstrap check --org`', 16, ['x`bootstrap', 'check --org`']],
    ['no command before other characters', '`bootstrap check --org`abc', 16, ['`bootstrap check', '--org`abc']],
    ['a link without encryption in one piece', `http://a.example/${sixteen}`, 16, [`http://a.example/${sixteen}`]],
    ['no link with other characters', 'https://a.example/ü', 16, ['https://a.', 'example/ü']],
    ['marks on their letters', 'e\u0301'.repeat(17), 16, ['e\u0301'.repeat(16), 'e\u0301']],
    ['too long text in backticks by words', 'a `bbbb cccc dddd eeee` f', 16, ['a `bbbb cccc', 'dddd eeee` f']],
    ['a command in one piece', 'run `bootstrap check --org` now', 16, ['run', '`bootstrap check --org`', 'now']],
    ['a command of npx in one piece', 'run `npx aws-account-bootstrap check`.', 16, ['run', '`npx aws-account-bootstrap check`.']],
    ['a command of aws in parentheses', 'a (`aws sts get-caller-identity`)', 16, ['a', '(`aws sts get-caller-identity`)']],
    ['wide characters by columns', '株式会社株式会社 株', 16, ['株式会社株式会社', '株']],
    ['wide characters in pieces', '株式会社株式会社株', 16, ['株式会社株式会社', '株']],
    ['escapes for what is unsafe', 'a\u001bb', 20, ['a\\u001bb']],
  ])('has %s', (_, text, width, expected) => {
    expect(lines(text, width)).toEqual(expected);
  });

  it('breaks a link or a command only when it is very long', () => {
    const url = (length: number) => `https://a.example/${'x'.repeat(length - 18)}`;
    expect(lines(url(200), 40)).toHaveLength(1);
    expect(lines(url(201), 40).length).toBeGreaterThan(1);
    const command = (length: number) => `\`bootstrap ${'x'.repeat(length - 12)}\``;
    expect(lines(command(240), 40)).toHaveLength(1);
    expect(lines(command(241), 40).length).toBeGreaterThan(1);
  });

  it.each<[readonly Span[], number, readonly string[]]>([
    [[{ text: 'a b', paint: bold }, { text: 'c' }], 20, ['<a b> c']],
    [
      [
        { text: 'a', paint: bold },
        { text: 'b', paint: bold },
      ],
      20,
      ['<a b>'],
    ],
    [[{ text: 'aaaa bbbb cccc dddd', paint: bold }], 16, ['<aaaa bbbb cccc>', '<dddd>']],
    [[{ text: `${sixteen}q`, paint: bold }], 16, [`<${sixteen}>`, '<q>']],
    [[], 20, []],
  ])('is painted line by line', (spans, width, expected) => {
    expect(fill(spans, width)).toEqual(expected);
  });

  it('is never wider than the width, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z/:.株]{1,40}$/), { maxLength: 12 }),
        fc.integer({ min: 16, max: 60 }),
        (words, width) => {
          const text = words.filter((word) => !/^(~?\/|https?:)/.test(word)).join(' ');
          const shown = lines(text, width);
          for (const line of shown) expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(shown.join('').replaceAll(' ', '')).toBe(plain(text).replaceAll(' ', ''));
          for (const line of shown.slice(1)) expect(line).not.toMatch(/^::/);
        },
      ),
    );
  });

  it.each([
    ['abc', 3],
    ['', 0],
    ['株', 2],
    ['é', 1],
    ['e\u0301', 1],
  ])('measures %j', (text, width) => expect(widthOf(text)).toBe(width));
});

it.each([
  ['abcdefgh', 8, 'abcdefgh'],
  ['abcdefgh', 9, 'abcdefgh'],
  ['abcdefgh', 7, 'abcd...'],
  ['日本語日本', 10, '日本語日本'],
  ['日本語日本', 9, '日本語...'],
  ['日本語日本', 8, '日本...'],
  ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5, '👩‍👩‍👧‍👦...'],
])('%s is cut to %i columns: %s', (text, columns, cut) => {
  expect(cutToWidth(text, columns)).toBe(cut);
});
