import * as z from 'zod';
import type { AnyStep } from '../core/step.js';
import { configSchema } from './schema.js';

/** The part of JSON Schema (2020-12) that zod writes and that is read here. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
}

/** What a person may write: the input side, since transforms have no schema. */
export const inputSchema = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

/** The JSON Schema of bootstrap.yaml, for editors. */
export const configJsonSchema = (steps: readonly AnyStep[]): JsonSchema => ({
  ...inputSchema(configSchema(steps)),
  title: 'bootstrap.yaml',
  description: 'Configuration of aws-account-bootstrap.',
});

const branches = (schema: JsonSchema): readonly JsonSchema[] => {
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return inner ? inner.flatMap(branches) : [schema];
};

const within = (schema: JsonSchema, part: PropertyKey): readonly JsonSchema[] =>
  branches(schema).flatMap((branch) => {
    const named = Object.hasOwn(branch.properties ?? {}, part) ? branch.properties?.[String(part)] : branch.additionalProperties;
    const found = branch.type === 'array' ? branch.items : named;
    return typeof found === 'object' ? branches(found) : [];
  });

/** What may stand at a path: one schema for every form that is allowed there. */
export const formsAt = (schema: JsonSchema, path: readonly PropertyKey[]): readonly JsonSchema[] =>
  path.reduce<readonly JsonSchema[]>((forms, part) => forms.flatMap((form) => within(form, part)), branches(schema));

/** The keys that are known at a path. */
export const keysAt = (schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] =>
  formsAt(schema, path).flatMap((form) => Object.keys(form.properties ?? {}));
