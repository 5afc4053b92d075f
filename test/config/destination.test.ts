import { describe, expect, it } from 'vitest';
import { commandWords, destinationProblem, resolveDestination, secretsSection } from '../../src/config/destination.js';
import type { Destination } from '../../src/core/secret.js';

describe('a command on the command line', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['pass', ['pass']],
    ['  op  item\tcreate - ', ['op', 'item', 'create', '-']],
    [`prog 'a b' "c d" e'f'"g"`, ['prog', 'a b', 'c d', 'efg']],
    [`prog "a \\"b\\" \\\\ \\n" 'c\\'`, ['prog', 'a "b" \\ \\n', 'c\\']],
    ['C:\\bin\\keep.exe $HOME *.txt | cat; `x`', ['C:\\bin\\keep.exe', '$HOME', '*.txt', '|', 'cat;', '`x`']],
    // Outside of "…" a backslash is a character like others.
    [String.raw`prog \"a b"`, ['prog', String.raw`\a b`]],
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

describe('a typed destination', () => {
  it.each<[Parameters<typeof destinationProblem>[0], string, string | undefined]>([
    ['file', 's.json', undefined],
    ['file', ' ', 'is empty; name a file'],
    ['file', '~/s.json', 'begins with "~", which only a shell expands; write the full path'],
    ['file', 'a~', undefined],
    ['command', 'op item create', undefined],
    ['command', '"op', 'is empty or has an unclosed quote'],
    ['command', '', 'is empty or has an unclosed quote'],
    ['age', 'age1qqq', undefined],
    ['age', 'ssh-ed25519 AAAA', 'is not an age recipient; recipients begin with age1'],
    ['age', 'xage1qqq', 'is not an age recipient; recipients begin with age1'],
    ['age', 'age1qqq x', 'is not an age recipient; recipients begin with age1'],
  ])('of the kind %s: %j', (kind, text, problem) => expect(destinationProblem(kind, text)).toBe(problem));

  it.each<[Destination, object | undefined]>([
    [{ kind: 'file', file: 's.json' }, { file: 's.json' }],
    [{ kind: 'command', command: ['op'], environment: [] }, { command: ['op'] }],
    [
      { kind: 'command', command: ['op'], environment: ['T'] },
      { command: ['op'], 'command-env': ['T'] },
    ],
    [{ kind: 'age', recipients: ['age1x'] }, { age: ['age1x'] }],
    [{ kind: 'terminal' }, undefined],
  ])('can be a section of the config: %j', (destination, section) => expect(secretsSection(destination)).toEqual(section));
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
