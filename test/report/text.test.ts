import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../src/core/text.js';
import { renderJson } from '../../src/report/json.js';
import { checkWithFailures, hostile, report, result } from './fixtures.js';

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('plain', () => {
  it.each([
    ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['a line break', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['DEL and C1', '\u007f\u009b', '\\u007f\\u009b'],
    ['bidi controls', 'a\u202eb\u2069', 'a\\u202eb\\u2069'],
    ['characters without width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['tag characters', '\u{e0041}', '\\u{e0041}'],
    ['a GitHub command', ' ::error::x', ' \\u003a:error::x'],
    ['an Azure command', 'x ##vso[task]', 'x \\u0023#vso[task]'],
  ])('shows %s', (_, text, wanted) => expect(plain(text)).toBe(wanted));

  it.each(['arn:aws:iam::123456789012:user/alex', 'https://a.example/#/b?c=d', '株式会社 Größe ﷽', 'Monthly $10 Budget'])(
    'leaves %s alone',
    (text) => expect(plain(text)).toBe(text),
  );

  it('leaves nothing unsafe in any text, and is idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(unsafe);
        expect(plain(plain(text))).toBe(plain(text));
      }),
    );
  });
});

describe('JSON', () => {
  it('is one document, indented by two, ending in a newline', () => {
    const text = renderJson(checkWithFailures);
    expect(text.startsWith('{\n  "schemaVersion": "1.0",\n')).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual(checkWithFailures);
  });

  it('contains nothing that controls a terminal or a build, and parses to the same values', () => {
    for (const value of hostile) {
      const full = report({ command: 'check', results: [result('mfa.root', 'fail', value, { resource: value })] });
      const text = renderJson(full);
      expect(text.replaceAll('\n', '')).not.toMatch(unsafe);
      expect(text).not.toMatch(/##\w*\[/);
      expect(JSON.parse(text)).toEqual(full);
    }
  });

  it('parses to the same value whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const full = report({ command: 'check', results: [result('mfa.root', 'pass', text)] });
        expect(JSON.parse(renderJson(full))).toEqual(full);
      }),
    );
  });
});
