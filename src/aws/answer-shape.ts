import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';

/**
 * Whether what the SDK read is of the shape that the service's model promises. The SDK does not look: of an element that comes twice it
 * makes a list where a text should be, and the first step that splits it would be a fault of ours. Members may be missing; the types
 * say so, and the steps heed it.
 */
export const hasShape = (schema: $SchemaRef, value: unknown): boolean => shaped(NormalizedSchema.of(schema), value);

const shaped = (schema: NormalizedSchema, value: unknown): boolean => {
  if (schema.isUnitSchema()) return true;
  if (schema.isStructSchema()) {
    if (!isMapping(value)) return false;
    for (const [name, member] of schema.structIterator()) {
      const of = value[name];
      if (of !== undefined && of !== null && !shaped(member, of)) return false;
    }
    return true;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return Array.isArray(value) && value.every((of) => shaped(item, of));
  }
  if (schema.isMapSchema()) {
    const inner = schema.getValueSchema();
    return isMapping(value) && Object.values(value).every((of) => shaped(inner, of));
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
