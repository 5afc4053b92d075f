import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';

/**
 * Whether a response has the types of the service model. The SDK does not check all of them: it returns a number where the model has a text,
 * or a mapping where it has a list, and a step that uses it would crash. Members may be missing, as in the SDK's types.
 */
export const hasShape = (schema: unknown, value: unknown): boolean => fits(NormalizedSchema.of(schema as $SchemaRef), value);

/** Whether the operation answers with no fields. */
export const isUnit = (schema: unknown): boolean => NormalizedSchema.of(schema as $SchemaRef).isUnitSchema();

const fits = (schema: NormalizedSchema, value: unknown): boolean => {
  if (schema.isUnitSchema()) return true;
  if (schema.isStructSchema()) {
    if (!isMapping(value)) return false;
    for (const [name, member] of schema.structIterator()) {
      const field = value[name];
      if (field !== undefined && field !== null && !fits(member, field)) return false;
    }
    return true;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Array.isArray(value) && value.every((entry) => fits(item, entry));
  }
  if (schema.isMapSchema()) {
    const inner = schema.getValueSchema();
    return isMapping(value) && Object.values(value).every((entry) => fits(inner, entry));
  }
  if (schema.isStringSchema()) return typeof value === 'string';
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isNumericSchema()) return typeof value === 'number' && !Number.isNaN(value);
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime());
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  return true;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
