import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { collect, given, overridesOf, switchesOf, withGlobals } from '../../src/commands/flags.js';

const flags = [
  {
    step: 'mfa',
    flags: [
      { flag: '--device', path: 'device', value: 'name', text: 'a value' },
      { flag: '--keep-seed', path: 'keep-seed', sets: 'true', text: 'a value that it sets' },
      { flag: '--replace-device', text: 'a switch' },
    ],
  },
] as const;

describe('the flags of the steps', () => {
  it.each<readonly [options: object, overrides: readonly (readonly [path: string, value: string])[], switches: readonly string[]]>([
    [{}, [], []],
    [{ device: 'phone' }, [['device', 'phone']], []],
    [{ device: '' }, [['device', '']], []],
    [{ keepSeed: true }, [['keep-seed', 'true']], []],
    [{ replaceDevice: true }, [], ['--replace-device']],
    [{ replaceDevice: false, keepSeed: false }, [], []],
    [
      { device: 'phone', keepSeed: true, replaceDevice: true },
      [
        ['device', 'phone'],
        ['keep-seed', 'true'],
      ],
      ['--replace-device'],
    ],
  ])('set values, or are switches: %j', (options, overrides, switches) => {
    expect(overridesOf(options, flags).map(({ path, value }) => [path, value])).toEqual(overrides);
    expect(switchesOf(options, flags)).toEqual(switches);
  });

  it('that were given keep their values, also false', () => {
    expect(given({ a: 1, b: undefined, c: false }, 'a', 'b', 'c')).toEqual({ a: 1, c: false });
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
  });
});

describe('--timeout', () => {
  it.each([
    ['0', undefined],
    ['0.5', 0.5],
    ['3600', 3600],
    ['3600.1', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('%s is %s seconds', (text, seconds) => {
    const command = withGlobals(new Command(), ['table', 'json'])
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    const parse = () => command.parse(['node', 'x', '--timeout', text]).opts();
    if (seconds === undefined) expect(parse).toThrow('Give more than 0 and at most 3600 seconds.');
    else expect(parse()).toMatchObject({ timeout: seconds, output: 'table', input: true });
  });
});
