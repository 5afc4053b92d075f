import { describe, expect, it } from 'vitest';
import { commandWords, resolveDestination } from '../../src/config/destination.js';

describe('a command on the command line', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['pass', ['pass']],
    ['  op  item\tcreate - ', ['op', 'item', 'create', '-']],
    [`prog 'a b' "c d" e'f'"g"`, ['prog', 'a b', 'c d', 'efg']],
    [`prog "a \\"b\\" \\\\ \\n" 'c\\'`, ['prog', 'a "b" \\ \\n', 'c\\']],
    ['C:\\bin\\keep.exe $HOME *.txt | cat; `x`', ['C:\\bin\\keep.exe', '$HOME', '*.txt', '|', 'cat;', '`x`']],
    [`prog '' ""`, ['prog', '', '']],
    [`prog 'open`, undefined],
    ['prog "open', undefined],
    ['', undefined],
    ['  ', undefined],
    ["''", undefined],
  ])('%s', (text, words) => {
    expect(commandWords(text)).toEqual(words);
  });
});

describe('the place for secrets', () => {
  const config = { file: 'deploy/bootstrap.yaml', secrets: { file: './s.json' } };
  it.each([
    [{}, undefined, undefined],
    [{}, config, { kind: 'file', file: 'deploy/s.json' }],
    [{}, { ...config, secrets: { command: ['op', '-'] } }, { kind: 'command', command: ['op', '-'], environment: [] }],
    [{}, { ...config, secrets: { age: 'age1x' } }, { kind: 'age', recipients: ['age1x'] }],
    [{}, { ...config, secrets: { age: ['age1x', 'age1y'] } }, { kind: 'age', recipients: ['age1x', 'age1y'] }],
    [{ secretsFile: 'x.json' }, config, { kind: 'file', file: 'x.json' }],
    [{ secretCommand: 'op -' }, config, { kind: 'command', command: ['op', '-'], environment: [] }],
    [{ encryptTo: ['age1x'] }, config, { kind: 'age', recipients: ['age1x'] }],
    [{ showSecrets: true }, config, { kind: 'terminal' }],
    [{ showSecrets: false }, undefined, undefined],
  ])('%j', (flags, from, expected) => {
    expect(resolveDestination(flags, from)).toEqual(expected);
  });

  it('is one', () => {
    expect(() => resolveDestination({ secretsFile: 'x', showSecrets: true }, config)).toThrow(
      /--secrets-file and --show-secrets name 2 destinations/,
    );
    expect(() => resolveDestination({ secretCommand: 'x', encryptTo: ['age1x'] }, config)).toThrow(/name 2 destinations/);
  });

  it('is no half of a command', () => {
    expect(() => resolveDestination({ secretCommand: '"x' }, undefined)).toThrow(/unclosed quote/);
  });
});
