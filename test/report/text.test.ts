import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.js';
import { checkWithFailures, hostile, report, result } from './fixtures.js';

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

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
