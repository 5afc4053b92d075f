import * as z from 'zod';
import * as mini from 'zod/mini';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import type { JsonSchema } from '../../src/config/schema.js';
import { examineConfig } from '../../src/config/load.js';
import { configReference, referenceRows } from '../../src/config/reference.js';
import type { AnyStep } from '../../src/core/step.js';
import { steps } from './three-steps.js';

describe('the JSON Schema', () => {
  const schemaOf = () => configJsonSchema(steps);

  it('is a draft 2020-12 schema of one strict mapping', () => {
    expect(schemaOf()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'bootstrap.yaml',
      type: 'object',
      additionalProperties: false,
      required: ['version'],
    });
    expect(Object.keys(schemaOf().properties ?? {})).toEqual([
      'version',
      'account',
      'budget',
      'alias',
      'organization',
      'secrets',
      'waivers',
    ]);
  });

  it('shows what may be written, not what it becomes', () => {
    expect(schemaOf()).toMatchObject({
      properties: {
        budget: {
          anyOf: [
            {
              properties: {
                limit: {
                  title: 'amount of money',
                  default: '10 USD',
                  anyOf: [{ type: 'string' }, { type: 'number' }],
                  description: 'Limit for a month.',
                },
                subscribers: { items: { type: 'string', format: 'email' } },
              },
            },
            { const: false },
          ],
        },
      },
    });
  });

  const samples: readonly (readonly [valid: boolean, config: unknown])[] = [
    [true, { version: 1 }],
    [true, { version: 1, budget: { limit: '12.50 USD', alerts: [{ at: 50 }, { at: '80%' }] }, alias: false }],
    [true, { version: 1, budget: { policy: false, contact: { phone: '1' } }, account: { id: '012345678901' } }],
    [false, { version: 2 }],
    [false, { version: 1, budgets: {} }],
    [false, { version: 1, account: { id: 123456789012 } }],
    [false, { version: 1, alias: { name: 'Acme' } }],
    [false, { version: 1, alias: { name: 'a--b' } }],
    [false, { version: 1, budget: { limit: 'ten dollars' } }],
    [false, { version: 1, budget: { alerts: [] } }],
    [false, { version: 1, organization: { admin: 'a b' } }],
    [false, { version: 1, secrets: {} }],
  ];
  for (const [valid, config] of samples) {
    it(`agrees with the loader about ${JSON.stringify(config)}`, () => {
      const text = JSON.stringify(config);
      expect('config' in examineConfig({ text, file: 'x', steps })).toBe(valid);
      expect(z.fromJSONSchema(schemaOf() as Parameters<typeof z.fromJSONSchema>[0]).safeParse(config).success).toBe(valid);
    });
  }
});

describe('the reference', () => {
  it('has a row for every key, with type, default and meaning', () => {
    expect(referenceRows(steps)).toEqual(
      expect.arrayContaining([
        { key: 'version', type: '`1`', default: '', meaning: "Version of the file's format: 1." },
        { key: 'account.id', type: 'account id', default: '', meaning: expect.stringContaining('in quotes') },
        { key: 'budget', type: 'section or `false`', default: '', meaning: 'A monthly cost budget. `false` leaves it out.' },
        { key: 'budget.limit', type: 'amount of money', default: '`10 USD`', meaning: 'Limit for a month.' },
        { key: 'budget.include-credits', type: '`true` or `false`', default: '`false`', meaning: 'Count credits as spending.' },
        { key: 'budget.alerts', type: 'list of sections', default: '`[ { at: 80% } ]`', meaning: 'When to write.' },
        { key: 'budget.alerts[].at', type: 'percentage', default: '', meaning: 'Share of the limit.' },
        { key: 'budget.alerts[].of', type: '`actual` or `forecasted`', default: '`actual`', meaning: 'What is compared.' },
        { key: 'budget.subscribers', type: 'list of email addresses', default: '', meaning: 'Who is written to.' },
        { key: 'budget.policy', type: 'section or `false`', default: '', meaning: 'A policy, or none.' },
        { key: 'budget.policy.length', type: 'whole number', default: '`14`', meaning: 'Length.' },
        { key: 'waivers[].expires', type: 'date', default: '', meaning: expect.stringMatching(/^The last day of the waiver/) },
      ]),
    );
  });

  it('is Markdown, one table a section', () => {
    const text = configReference(steps);
    expect(text.split('\n\n').filter((part) => part.startsWith('**'))).toEqual(
      ['account', 'budget', 'alias', 'organization', 'secrets', 'waivers'].map((id) => `**\`${id}\`**`),
    );
    expect(text).toContain('| `contact.title` | text |  | Title \\| role. |');
    expect(text).toContain('| `name` | account alias |  | The alias. |');
    expect(text).toContain('| `check` | text |  | Id of the check');
  });

  const text = mini.string();
  const titled = mini.string().check(mini.meta({ title: 'amount' }));
  it.each<[string, AnyStep['schema'], string, string]>([
    ['text', text, 'text', ''],
    ['a number', mini.number(), 'number', ''],
    ['a whole number', mini.int(), 'whole number', ''],
    ['true or false', mini._default(mini.boolean(), true), '`true` or `false`', '`true`'],
    ['a mapping', mini.strictObject({}), 'section', ''],
    ['a title', titled, 'amount', ''],
    ['a title in a union', mini.union([titled, mini.literal(false)]), 'amount or `false`', ''],
    [
      'a union in a union',
      mini.union([mini.union([titled, mini.strictObject({})]), mini.literal(false)]),
      'amount or section or `false`',
      '',
    ],
    ['two forms of one type', mini.union([text, mini.string().check(mini.minLength(2))]), 'text', ''],
    ['words', mini._default(mini.enum(['a', 'b']), 'a'), '`a` or `b`', '`a`'],
    ['anything', mini.any(), 'any', ''],
    ['a list of text', mini.array(text), 'list of text', ''],
    ['a list of words', mini.array(mini.enum(['a', 'b c'])), 'list of `a` or `b c`', ''],
    ['a list of a title', mini.array(titled), 'list of amounts', ''],
    ['a list of addresses', mini.array(mini.string().check(mini.meta({ title: 'email address' }))), 'list of email addresses', ''],
    ['a list of words and mappings', mini.array(mini.union([mini.literal('a'), mini.strictObject({})])), 'list of `a` or section', ''],
    ['a list of mappings', mini.array(mini.strictObject({})), 'list of sections', ''],
    ['an empty list by default', mini._default(mini.array(text), []), 'list of text', '`[]`'],
    ['an empty mapping by default', mini._default(mini.strictObject({}), {}), 'section', ''],
    ['a mapping by default', mini._default(mini.record(text, text), { a: 'b' }), 'section', '`{ a: b }`'],
  ])('shows the type and the default of %s', (_, schema, type, byDefault) => {
    const step: AnyStep = { ...(steps[0] as AnyStep), id: 'shape', schema: mini.strictObject({ key: schema }) };
    expect(referenceRows([step]).find(({ key }) => key === 'shape.key')).toEqual({
      key: 'shape.key',
      type,
      default: byDefault,
      meaning: '',
    });
  });

  it('leaves no key without a meaning', () => {
    expect(undescribed(configJsonSchema(steps))).toEqual([]);
  });
});

const undescribed = (schema: JsonSchema, above = ''): readonly string[] =>
  [schema, ...(schema.anyOf ?? [])].flatMap((form) => [
    ...Object.entries(form.properties ?? {}).flatMap(([key, inner]) => [
      ...(inner.description === undefined ? [above + key] : []),
      ...undescribed(inner, `${above}${key}.`),
    ]),
    ...(typeof form.items === 'object' ? undescribed(form.items, above) : []),
  ]);
