import { isDeepStrictEqual } from 'node:util';
import type { AnyStep } from '../core/step.js';
import { configJsonSchema } from './json-schema.js';
import type { JsonSchema } from './schema.js';
import { flowYaml } from './source.js';

/** One key of bootstrap.yaml. */
export interface ReferenceRow {
  readonly key: string;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
}

/** Every key in the order of the schema, each section followed by its keys. */
export const referenceRows = (steps: readonly AnyStep[]): readonly ReferenceRow[] => rowsOf(configJsonSchema(steps), '');

/** Markdown tables of every key, one for each section. */
export const configReference = (steps: readonly AnyStep[]): string => {
  const sections = Object.entries(configJsonSchema(steps).properties ?? {});
  const inner = sections.filter(([, schema]) => forms(schema).some((form) => form.properties ?? form.items));
  const top = sections.map(([key, schema]) => row(key, schema));
  return [table(top), ...inner.map(([key, schema]) => `**\`${key}\`**\n\n${table(rowsOf(schema, ''))}`)].join('\n\n');
};

const rowsOf = (schema: JsonSchema, above: string): readonly ReferenceRow[] =>
  forms(schema).flatMap((form) => [
    ...Object.entries(form.properties ?? {}).flatMap(([key, inner]) => [row(above + key, inner), ...rowsOf(inner, `${above}${key}.`)]),
    ...(typeof form.items === 'object' ? rowsOf(form.items, above.replace(/\.$/, '[].')) : []),
  ]);

const row = (key: string, schema: JsonSchema): ReferenceRow => ({
  key,
  type: typeOf(schema),
  default: defaultOf(schema),
  meaning: schema.description ?? '',
});

const forms = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? [schema];

const typeOf = (schema: JsonSchema): string => {
  if (schema.title) return schema.title;
  const words = forms(schema).map((form): string => {
    if (form.title) return form.title;
    if (form.const !== undefined) return `\`${String(form.const)}\``;
    if (form.enum) return form.enum.map((value) => `\`${String(value)}\``).join(' or ');
    if (form.anyOf) return typeOf(form);
    if (form.type === 'array') return `list of ${typeof form.items === 'object' ? plural(typeOf(form.items)) : 'values'}`;
    return names[form.type ?? ''] ?? 'any';
  });
  return [...new Set(words)].join(' or ');
};

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: '`true` or `false`',
  object: 'section',
};

const plural = (type: string): string => {
  if (type === 'text' || type.startsWith('`')) return type;
  return type.endsWith('address') ? `${type}es` : `${type}s`;
};

const defaultOf = (schema: JsonSchema): string => {
  const value = schema.default;
  if (value === undefined || isDeepStrictEqual(value, {})) return '';
  return `\`${flowYaml(value)}\``;
};

const table = (rows: readonly ReferenceRow[]): string =>
  [
    '| Key | Type | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map((one) => `| \`${one.key}\` | ${cell(one.type)} | ${cell(one.default)} | ${cell(one.meaning)} |`),
  ].join('\n');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
