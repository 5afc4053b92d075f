import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseWith, pathText } from '../../src/config/problem.js';
import { accountIdProblem, type JsonSchema } from '../../src/config/schema.js';

const problemsOf = (schema: z.ZodMiniType, input: unknown, known: JsonSchema = {}, source?: string): readonly string[] => {
  const parsed = parseWith<unknown>(
    schema,
    input,
    () => known,
    () => source,
  );
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
};

const text = z.string();
const mapping = z.strictObject({ a: text });
const orFalse = z.union([mapping, z.literal(false)]);
const long = 'x'.repeat(61);

describe('what is wrong with a value', () => {
  it.each<readonly [string, z.ZodMiniType, unknown, string | undefined]>([
    ['the right type', text, 'a', undefined],
    ['no value', mapping, {}, 'a: is missing'],
    ['an empty value', mapping, { a: null }, 'a: has no value'],
    ['an empty section that may be false', orFalse, null, 'has no value; write {} for the defaults, or false to leave it out'],
    ['an empty value that may be false', z.union([text, z.literal(false)]), null, 'has no value'],
    ['an empty value that may be a mapping', z.union([mapping, text]), null, 'has no value'],
    ['a number for text', text, 5, 'must be text; put it in quotes'],
    ['true for text', text, true, 'must be text; put it in quotes'],
    ['a mapping for text', text, {}, 'must be text, not a section with keys'],
    ['a list for text', text, ['a'], 'must be text, not a list'],
    ['text for a number', z.number(), 'a', 'must be a number, not "a"'],
    ['60 characters for a number', z.number(), long.slice(1), `must be a number, not "${long.slice(1)}"`],
    ['61 characters for a number', z.number(), long, `must be a number, not "${long.slice(1)}…"`],
    ['a number for true or false', z.boolean(), 5, 'must be true or false, not 5'],
    ['no number for true or false', z.boolean(), Number.NaN, 'must be true or false, not NaN'],
    ['a fraction', z.int(), 1.5, 'must be a whole number, not 1.5'],
    ['text for a mapping', mapping, 'a', 'must be a section with keys, not "a"'],
    ['a list for a record', z.record(text, text), [], 'must be a section with keys, not a list'],
    ['text for a list', z.array(text), 'a', 'must be a list, not "a"'],
    ['text for a type without a name', z.date(), 'a', 'must be date, not "a"'],
    ['another word', z.enum(['a', 'b']), 'c', 'must be a or b, not "c"'],
    ['another word of three', z.enum(['a', 'b', 'c']), 'd', 'must be a, b or c, not "d"'],
    ['another value', z.literal(false), 'a', 'must be false, not "a"'],
    ['text for a list of limited length', z.array(text).check(z.maxLength(1)), 'abc', 'must be a list, not "abc"'],
    [
      'the same in a union',
      z.union([z.array(text).check(z.maxLength(1)), mapping]),
      'abc',
      'must be a list or a section with keys, not "abc"',
    ],
    ['no branch of a union', orFalse, 5, 'must be a section with keys or false, not 5'],
    ['no branch of a union in a union', z.union([orFalse, z.array(text)]), 5, 'must be a section with keys, false or a list, not 5'],
    ['two branches of one type', z.union([mapping, z.strictObject({ b: text })]), 5, 'must be a section with keys, not 5'],
    ['a branch of a union', orFalse, { a: 5 }, 'a: must be text; put it in quotes'],
    ['a later branch of a union', z.union([z.literal(false), mapping]), { a: [] }, 'a: must be text, not a list'],
    ['a short text in a union', z.union([text.check(z.minLength(3)), z.literal(false)]), 'a', 'must have at least 3 characters'],
    ['an empty text', text.check(z.minLength(1)), '', 'must have at least 1 character'],
    ['a long text', text.check(z.maxLength(1)), 'ab', 'must have at most 1 character'],
    ['a longer text', text.check(z.maxLength(2)), 'abc', 'must have at most 2 characters'],
    ['an empty list', z.array(text).check(z.minLength(1)), [], 'must have at least 1 entry'],
    ['a short list', z.array(text).check(z.minLength(2)), [], 'must have at least 2 entries'],
    ['a small number', z.number().check(z.gte(5)), 4, 'must be at least 5'],
    ['the limit itself', z.number().check(z.gt(5)), 5, 'must be more than 5'],
    ['a large number', z.number().check(z.lte(5)), 6, 'must be at most 5'],
    ['the upper limit itself', z.number().check(z.lt(5)), 5, 'must be less than 5'],
    ['another form', text.check(z.regex(/^a/)), 'b"', String.raw`"b\"" does not have the right form`],
    ['a rule of its own', text.check(z.refine(() => false, 'is not good')), 'a', 'is not good'],
    ['a rule of its own about no value', z.optional(text).check(z.refine(() => false, 'is needed')), undefined, 'is needed'],
    ['a key that is not allowed', z.record(text.check(z.regex(/^a/)), text), { b: 'x' }, 'b: "b" does not have the right form'],
  ])('%s', (_, schema, input, problem) => {
    expect(problemsOf(schema, input)).toEqual(problem === undefined ? [] : [problem]);
  });

  it('is one problem for each value', () => {
    const short = text.check(z.maxLength(1));
    expect(
      problemsOf(z.object({ a: z.array(text), b: short, c: z.array(short).check(z.maxLength(1)) }), { a: 1, b: 'bb', c: 'cc' }),
    ).toEqual(['a: must be a list, not 1', 'b: must have at most 1 character', 'c: must be a list, not "cc"']);
  });

  it('says how to write a value that YAML changed', () => {
    expect(problemsOf(text, 83, {}, '0123')).toEqual(['must be in quotes: "0123"']);
    expect(problemsOf(text, {}, {}, '0123')).toEqual(['must be text, not a section with keys']);
  });
});

describe('an unknown key', () => {
  const section = (...keys: readonly string[]): JsonSchema => ({ properties: Object.fromEntries(keys.map((key) => [key, {}])) });
  const known: JsonSchema = { properties: { budget: section('limit', 'budgets'), alias: section('name'), mfa: section('name') } };
  const schema = z.strictObject({ budget: z.optional(z.strictObject({ limit: z.optional(text) })) });
  it.each([
    [{ budgets: 1 }, 'budgets: is not a known key; did you mean "budget"?'],
    [{ limit: 1 }, 'limit: is not a known key here; it belongs under budget'],
    [{ name: 1 }, 'name: is not a known key; known are budget, alias, mfa'],
    [{ zzzzzz: 1 }, 'zzzzzz: is not a known key; known are budget, alias, mfa'],
    [{ budget: { alias: 1 } }, 'budget.alias: is not a known key; known are limit, budgets'],
    [{ budget: { limt: 1 } }, 'budget.limt: is not a known key; did you mean "limit"?'],
  ])('%j', (input, problem) => {
    expect(problemsOf(schema, input, known)).toEqual([problem]);
  });
});

it.each([
  '123456789012',
  '',
  '12345678901',
  '1234567890123',
  'x123456789012',
  '123456789012x',
  ' 123456789012',
  '1234-5678-9012',
  '12345678901٢',
])('only 12 digits are an account id: "%s"', (id) => {
  expect(accountIdProblem(id)).toBe(id === '123456789012' ? undefined : `"${id}" is not an account id; an account id has 12 digits`);
});
