import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withConfigValue } from '../../src/config/answers.js';

const path = ['billing-access', 'confirmed-on'];
const edit = (text: string): string | undefined => withConfigValue(text, path, '2026-11-23');

describe('a value set in a config', () => {
  it.each<[what: string, before: string, after: string]>([
    ['no such section', 'version: 1\n', 'version: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    ['no line end at the end', 'version: 1', 'version: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    ['nothing but a comment', '# mine\n', '# mine\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    [
      'a block, with comments and odd spaces',
      'version:   1   # v\nbilling-access:   # switch\n\n    # who pays\n    contact:  { name: A,   title: B }  # x\nalias: {name:   a-b}\n',
      'version:   1   # v\nbilling-access:   # switch\n\n    confirmed-on: 2026-11-23\n    # who pays\n    contact:  { name: A,   title: B }  # x\nalias: {name:   a-b}\n',
    ],
    [
      'an older day',
      "version: 1\nbilling-access:\n  confirmed-on:   '2025-01-01'   # by alex\n",
      'version: 1\nbilling-access:\n  confirmed-on:   2026-11-23   # by alex\n',
    ],
    ['braces', 'billing-access: { a: 1 }\nversion: 1\n', 'billing-access: { confirmed-on: 2026-11-23, a: 1 }\nversion: 1\n'],
    ['empty braces', 'billing-access: {}\n', 'billing-access: { confirmed-on: 2026-11-23 }\n'],
    ['an empty section', 'billing-access:  # later\nversion: 1\n', 'billing-access:  # later\n  confirmed-on: 2026-11-23\nversion: 1\n'],
    ['an empty value', 'billing-access:\n  confirmed-on:\n', 'billing-access:\n  confirmed-on: 2026-11-23\n'],
    [
      'line ends of Windows',
      'version: 1\r\nbilling-access:\r\n  a: 1\r\n',
      'version: 1\r\nbilling-access:\r\n  confirmed-on: 2026-11-23\r\n  a: 1\r\n',
    ],
    ['a byte order mark', '\uFEFFversion: 1\n', '\uFEFFversion: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
  ])('keeps every other byte: %s', (_what, before, after) => {
    expect(edit(before)).toBe(after);
  });

  it('takes an entry of a list that is not there', () => {
    const edited = withConfigValue('version: 1\nbudget:\n  limit: 5 USD\n', ['budget', 'subscribers', 0], 'ops@example.com');
    expect(parse(edited ?? '')).toEqual({ version: 1, budget: { limit: '5 USD', subscribers: ['ops@example.com'] } });
  });

  it.each([
    ['a section that is another one', 'contacts: &c { a: 1 }\nbilling-access: *c\n'],
    ['a section that is left out', 'billing-access: false\n'],
    ['what is no mapping', '- a\n- b\n'],
    ['a text that is no YAML', 'billing-access: {\n'],
    ['a document that ends', 'version: 1\n...\n'],
  ])('is refused where it cannot be done without a rewrite: %s', (_what, text) => {
    expect(edit(text)).toBeUndefined();
  });
});
