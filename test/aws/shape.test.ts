import type { StaticListSchema, StaticMapSchema, StaticStructureSchema } from '@smithy/types';
import { describe, expect, it } from 'vitest';
import { hasShape } from '../../src/aws/shape.js';

// Schemas as the SDK has them: traits 0 are none, and the numbers are the simple types of the service model.
const [blob, boolean, text, number, timestamp, document] = [21, 2, 0, 1, 4, 15] as const;
const texts: StaticListSchema = [1, 'test', 'Texts', 0, text];
const numbersByName: StaticMapSchema = [2, 'test', 'NumbersByName', 0, text, number];
const user: StaticStructureSchema = [3, 'test', 'User', 0, ['Name', 'Tags'], [text, () => texts]];
const users: StaticListSchema = [1, 'test', 'Users', 0, () => user];

describe('a value of an answer', () => {
  it.each<readonly [string, unknown, readonly unknown[], readonly unknown[]]>([
    ['a text', text, ['', 'a'], [['a'], 1, true, {}, null, undefined]],
    ['a boolean', boolean, [true, false], ['true', 0, null, []]],
    ['a number', number, [0, -1.5], ['1', Number.NaN, true, null]],
    ['a time', timestamp, [new Date(0)], [new Date(Number.NaN), '2026-11-26T00:00:00Z', 0, { getTime: () => 0 }, null]],
    ['bytes', blob, [new Uint8Array(), Buffer.from('a')], ['a', [1], null]],
    ['a list', texts, [[], ['a', 'b']], [['a', 1], [['a']], 'a', { 0: 'a' }, null]],
    ['a list of structures', users, [[], [{ Name: 'a' }, {}]], [[{ Name: 'a' }, { Name: ['a'] }], [[]], { Name: 'a' }]],
    ['a map', numbersByName, [{}, { a: 1, b: 2 }], [{ a: 1, b: '2' }, [1], 'a', new Date(0), null]],
    [
      'a structure',
      user,
      [{}, { Name: 'a', Tags: ['b'] }, { Name: undefined, Tags: null }, { Another: 1 }],
      [{ Name: ['a', 'b'] }, { Name: 'a', Tags: 'b' }, { Tags: [1] }, [], [{ Name: 'a' }], 'a', 1, new Date(0), null, undefined],
    ],
    ['of no fields', 'unit', [undefined, {}, 'anything'], []],
    ['without a type in the model', document, ['anything', 1, {}, []], []],
  ])('that is %s by the service model', (_, schema, right, wrong) => {
    expect(right.map((value) => hasShape(schema, value))).toEqual(right.map(() => true));
    expect(wrong.map((value) => hasShape(schema, value))).toEqual(wrong.map(() => false));
  });
});
