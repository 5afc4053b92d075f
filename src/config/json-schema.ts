import * as z from 'zod/mini';
import type { AnyStep } from '../core/step.js';
import { configSchema, type JsonSchema } from './schema.js';

// The package has what these functions return in its folder `schemas`, and reads it from there (scripts/stored-schemas.js).

/** Of what a user may write, not of what is read from it: transforms have no schema. */
const input = { io: 'input', unrepresentable: 'any' } as const;

/** The JSON Schema of bootstrap.yaml, for editors. */
export const configJsonSchema = (steps: readonly AnyStep[]): JsonSchema => ({
  ...(z.toJSONSchema(configSchema(steps), input) as JsonSchema),
  title: 'bootstrap.yaml',
  description: 'Configuration of aws-account-bootstrap.',
});

/** The JSON Schema of the section of a step, unless it is `false`. */
export const sectionJsonSchema = ({ schema }: AnyStep): JsonSchema => z.toJSONSchema(schema, input) as JsonSchema;
