import { describe, expect, it } from 'vitest';
import { readSource } from '../../src/config/source.js';
import type { Path } from '../../src/config/problem.js';

describe('where a value of a config is', () => {
  const anchors = 'x: &x { k: 1 }\ny: &y\n  k: 2\n  l: 3\n';
  it.each<readonly [string, string, Path, 'value' | 'key', number, number]>([
    ['a value', 'a:\n  b: 1\n', ['a', 'b'], 'value', 2, 6],
    ['a key', 'a:\n  b: 1\n', ['a', 'b'], 'key', 2, 3],
    ['an entry of a list', 'a:\n  - 1\n  - 2\n', ['a', 1], 'value', 3, 5],
    ['a key that is a number', '1: 2\n', ['1'], 'value', 1, 4],
    ['the last of two equal keys', 'a: 1\na: 2\n', ['a'], 'value', 2, 4],
    ['an empty value: its key', 'b: 1\na:\n', ['a'], 'value', 2, 1],
    ['null: its key', 'b: 1\na: null\n', ['a'], 'value', 2, 1],
    ['a missing key: the key above', 'b: 1\na: { b: 1 }\n', ['a', 'c'], 'value', 2, 1],
    ['a missing key that is deeper: the key above', 'b: 1\na: { b: { c: 1 } }\n', ['a', 'c'], 'value', 2, 1],
    ['a missing entry of a list: the key above', 'b: 1\na: [1]\n', ['a', 1], 'value', 2, 1],
    ['a key of text: the key above', 'b: 1\na: text\n', ['a', 'c'], 'value', 2, 1],
    ['a missing section: the beginning', '# mine\n\nb: 1\n', ['a'], 'value', 1, 1],
    ['a value of an alias', `${anchors}c: *y\n`, ['c', 'l'], 'value', 4, 6],
    ['a value that is an alias', `${anchors}c: *y\n`, ['c'], 'value', 5, 4],
    ['a merged value', `${anchors}c:\n  <<: *y\n`, ['c', 'l'], 'key', 4, 3],
    ['a value merged from a list', `${anchors}c:\n  <<: [*x, *y]\n`, ['c', 'l'], 'key', 4, 3],
    ['a value that two of a list have', `${anchors}c:\n  <<: [*x, *y]\n`, ['c', 'k'], 'key', 1, 9],
    ['a value that is not in a merged list: the key above', `${anchors}c:\n  <<: [*x, *y]\n`, ['c', 'z'], 'key', 5, 1],
    ['a value before a merged one', `${anchors}c:\n  <<: *y\n  k: 9\n`, ['c', 'k'], 'value', 7, 6],
  ])('%s', (_, text, path, at, line, column) => {
    expect(readSource(text).positionOf(path, at)).toEqual({ line, column });
  });

  it.each<readonly [string, Path, string | undefined]>([
    ['a: 0123\n', ['a'], '0123'],
    ['a: { b: 1 }\n', ['a'], undefined],
    ['a: 1\n', ['b'], undefined],
  ])('the text of %j at %j is %s', (text, path, source) => {
    expect(readSource(text).textOf(path)).toBe(source);
  });
});

describe('a text', () => {
  const deep = `a: ${'['.repeat(101)}${']'.repeat(101)}\n`;
  const aliases = (count: number, size = 1) =>
    `a: &x [${Array.from({ length: size - 1 }, () => 1).join()}]\nb: [${Array.from({ length: count }, () => '*x').join()}]\n`;
  const tooDeep = ['is nested too deeply to be read'];
  const second = ['a second document begins here; a config is one document'];
  it.each<readonly [string, string, readonly string[]]>([
    ['with a byte-order mark', '\uFEFFa: 1\n', []],
    ['that is nested too deeply', deep, tooDeep],
    ['that is nested too deeply, then another one', `${deep}---\na: 1\n`, tooDeep],
    ['that is nested too deeply in the second document', `a: 1\n---\n${deep}`, tooDeep],
    ['with two documents', 'a: 1\n---\nb: 1\n', second],
    ['with three documents', 'a: 1\n---\nb: 1\n---\nc: [\n', second],
    ['with an empty key', ': 1\n', []],
    ['with a list as a key', '? [a]\n: 1\n', ['is a key that is not a plain word']],
    ['with a key twice', 'a: 1\nb: 1\na: 2\n', ['is written twice; keep one']],
    ['with an alias without an anchor', 'a: *x\n', [expect.stringContaining('x')]],
    ['with an anchor that contains itself', 'a: &x [*x]\n', ['has an anchor that contains itself (&x)']],
    ['that merges text', 'a: { <<: b }\n', ['is merged (<<), but is not a section with keys']],
    ['that merges a list of text', 'a: { <<: [b] }\n', ['is merged (<<), but is not a section with keys']],
    ['with as many aliases as are allowed', aliases(1_000), []],
    ['with one alias too many', aliases(1_001), ['has more than 1000 aliases']],
    ['with aliases of as much data as is allowed', aliases(500, 100), []],
    ['with aliases of too much data', aliases(500, 101), ['has aliases that multiply to too much data']],
  ])('%s', (_, text, problems) => {
    expect(readSource(text).problems.map(({ message }) => message)).toEqual(problems);
  });

  it('keeps a mark that is not at its beginning', () => {
    expect(readSource('a: x\uFEFFy\n').value).toEqual({ a: 'x\uFEFFy' });
  });
});
