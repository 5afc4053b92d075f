import { describe, expect, it } from 'vitest';
import { applyOverrides, hasValue, type Override, overridesOf, pathOf, valueAt, withValue } from '../../src/config/override.js';
import { budget } from './three-steps.js';

/** Which value wins when a flag and the config name the same place. */

describe('a path', () => {
  it.each<[string, readonly PropertyKey[]]>([
    ['', []],
    ['name', ['name']],
    ['subscribers.0', ['subscribers', 0]],
    ['accounts.12.name', ['accounts', 12, 'name']],
    ['ipv4', ['ipv4']],
    ['4th', ['4th']],
    ['a1b', ['a1b']],
  ])('%j has the parts %j', (text, parts) => expect(pathOf(text)).toEqual(parts));
});

describe('a value at a path', () => {
  const root = { a: { b: 0 }, list: ['x', { y: false }], none: null, empty: '', text: 'abc' };
  it.each<[string, unknown, boolean]>([
    ['a.b', 0, true],
    ['list.0', 'x', true],
    ['list.1.y', false, true],
    ['list.2', undefined, false],
    ['none', null, false],
    ['none.a', undefined, false],
    ['empty', '', false],
    ['text.length', undefined, false],
    ['missing.a', undefined, false],
    ['toString', undefined, false],
    ['a.constructor', undefined, false],
  ])('%s is %j; counts as a value: %s', (path, expected, counts) => {
    expect(valueAt(root, pathOf(path))).toBe(expected);
    expect(hasValue(root, pathOf(path))).toBe(counts);
  });

  it.each<[string, unknown, string, unknown]>([
    ['a key of nothing', undefined, 'a.b', { a: { b: 1 } }],
    ['a key of null', null, 'a', { a: 1 }],
    ['a key beside others', { a: 0, c: 2 }, 'a', { a: 1, c: 2 }],
    ['a key inside', { a: { b: 0, c: 2 } }, 'a.b', { a: { b: 1, c: 2 } }],
    ['a key of a text', { a: 'text' }, 'a.b', { a: { b: 1 } }],
    ['a key of a list', { a: ['x'] }, 'a.b', { a: { b: 1 } }],
    ['the first of no list', {}, 'a.0', { a: [1] }],
    ['an entry of no list', {}, 'a.1', { a: [1] }],
    ['the first of a text', { a: 'text' }, 'a.0', { a: [1] }],
    ['an entry that exists', { a: ['x', 'y'] }, 'a.0', { a: [1, 'y'] }],
    ['the next entry', { a: ['x'] }, 'a.1', { a: ['x', 1] }],
    ['an entry beyond the next', { a: ['x'] }, 'a.7', { a: ['x', 1] }],
    ['a key of an entry', { a: [{ b: 0, c: 2 }] }, 'a.0.b', { a: [{ b: 1, c: 2 }] }],
    ['all of it', { a: 0 }, '', 1],
  ])('can be set: %s', (_, root, path, expected) => {
    const before = structuredClone(root);
    expect(withValue(root, pathOf(path), 1)).toEqual(expected);
    expect(root).toEqual(before);
  });

  it('sets a key of the data, never the prototype', () => {
    const set = withValue({}, ['__proto__', 'polluted'], true);
    expect(Object.getPrototypeOf(set)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });
});

const flag = (path: string, value: string, step = 'budget'): Override => ({ step, path, value, flag: '--x' });

describe('the flags of one step', () => {
  it('number the entries of each list in the order of the command line', () => {
    const given = [
      flag('a.0', '1'),
      flag('b.0', '2'),
      flag('a.0', '3', 'alias'),
      flag('name', '4'),
      flag('a.0', '5'),
      flag('b.0', '6'),
      flag('c.10', '7'),
    ];
    expect(overridesOf('budget', given).map(({ path, value }) => `${path}=${value}`)).toEqual([
      'a.0=1',
      'b.0=2',
      'name=4',
      'a.1=5',
      'b.1=6',
      'c.0=7',
    ]);
    expect(overridesOf('alias', given).map(({ value }) => value)).toEqual(['3']);
  });

  it('number no entry inside of an entry', () => {
    expect(overridesOf('budget', [flag('alerts.0.at', '1'), flag('alerts.0.at', '2')]).map(({ path }) => path)).toEqual([
      'alerts.0.at',
      'alerts.0.at',
    ]);
  });
});

describe('a section with flags', () => {
  const apply = (section: unknown, ...overrides: readonly Override[]): unknown => applyOverrides(budget, section, overrides);

  it.each<[string, unknown, readonly Override[], unknown]>([
    ['no flag', { name: 'a' }, [], { name: 'a' }],
    ['no section and no flag', undefined, [], {}],
    ['only the section as such', { name: 'a' }, [flag('', 'true')], { name: 'a' }],
    ['a value of the file', { name: 'a', limit: '5 USD' }, [flag('name', 'b')], { name: 'b', limit: '5 USD' }],
    ['a flag twice', {}, [flag('name', 'a'), flag('name', 'b')], { name: 'b' }],
    ['a list of the file', { name: 'a', subscribers: ['x', 'y'] }, [flag('subscribers.0', 'z')], { name: 'a', subscribers: ['z'] }],
    [
      'two entries',
      { subscribers: ['x', 'y', 'z'] },
      [flag('subscribers.0', '1'), flag('subscribers.1', '2')],
      { subscribers: ['1', '2'] },
    ],
  ])('has the value of the flag: %s', (_, section, overrides, expected) => {
    expect(apply(section, ...overrides)).toEqual(expected);
  });

  it.each<[string, string, unknown]>([
    // Text stays text, also where a number is accepted too.
    ['limit', '10', '10'],
    ['name', 'true', 'true'],
    ['include-credits', 'true', true],
    ['include-credits', 'false', false],
    ['include-credits', 'yes', 'yes'],
    ['include-credits', '1', '1'],
    ['include-credits', 'a,b', 'a,b'],
    ['policy', 'false', false],
    ['policy', 'true', true],
    ['policy.length', '20', 20],
    ['policy.length', '-20', -20],
    ['policy.length', '14.25', 14.25],
    ['policy.length', '20x', '20x'],
    ['policy.length', 'x20', 'x20'],
    ['policy.length', '14.x', '14.x'],
    ['policy.length', '14.', '14.'],
    ['policy.length', 'true', 'true'],
    ['subscribers', ' a, b ', ['a', 'b']],
    ['subscribers', 'a', ['a']],
    ['subscribers', '7', ['7']],
    // A key that the schema does not have: the schema refuses it, with the text as typed.
    ['missing', '7', '7'],
  ])('has %s=%s as the type that the schema has there', (path, value, expected) => {
    expect(valueAt(apply({}, flag(path, value)), pathOf(path))).toEqual(expected);
  });
});
