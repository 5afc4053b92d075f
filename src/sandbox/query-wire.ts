import type { NormalizedSchema } from '@smithy/core/schema';
import type { Fault } from './fault.js';

/**
 * The server side of the AWS query protocol: form fields in, XML out.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

/** Reads `A.member.1.B=x` fields into the shape of a schema. Absent members stay absent. */
export function readForm(schema: NormalizedSchema, fields: ReadonlyMap<string, string>, prefix = ''): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return value;
  for (const [name, member] of schema.structIterator()) {
    const found = readMember(member, fields, prefix + (member.getMergedTraits().xmlName ?? name));
    if (found !== undefined) value[name] = found;
  }
  return value;
}

function readMember(schema: NormalizedSchema, fields: ReadonlyMap<string, string>, key: string): unknown {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const stem = schema.getMergedTraits().xmlFlattened ? key : `${key}.${item.getMergedTraits().xmlName ?? 'member'}`;
    const items = childNumbers(fields, stem).map((n) => readMember(item, fields, `${stem}.${n}`));
    return items.length > 0 || fields.has(key) ? items : undefined;
  }
  if (schema.isMapSchema()) {
    const stem = schema.getMergedTraits().xmlFlattened ? key : `${key}.entry`;
    const numbers = childNumbers(fields, stem);
    const entry = (n: number) =>
      [fields.get(`${stem}.${n}.key`) ?? '', readMember(schema.getValueSchema(), fields, `${stem}.${n}.value`)] as const;
    return numbers.length > 0 ? Object.fromEntries(numbers.map(entry)) : undefined;
  }
  if (schema.isStructSchema()) {
    const present = [...fields.keys()].some((name) => name.startsWith(`${key}.`));
    return present ? readForm(schema, fields, `${key}.`) : undefined;
  }
  const text = fields.get(key);
  if (text === undefined) return undefined;
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

/** The n of every `stem.n` and `stem.n.…` field, ascending. */
function childNumbers(fields: ReadonlyMap<string, string>, stem: string): readonly number[] {
  const numbers = new Set<number>();
  for (const name of fields.keys()) {
    if (!name.startsWith(`${stem}.`)) continue;
    const n = Number(name.slice(stem.length + 1).split('.')[0]);
    if (Number.isInteger(n)) numbers.add(n);
  }
  return [...numbers].sort((a, b) => a - b);
}

export function answerXml(
  operation: string,
  namespace: string,
  schema: NormalizedSchema,
  output: Readonly<Record<string, unknown>>,
  requestId: string,
): string {
  const result = schema.isUnitSchema() ? '' : element(`${operation}Result`, members(schema, output));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  return `<${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`;
}

export function faultXml(namespace: string, fault: Fault, requestId: string): string {
  const kind = element('Type', fault.status >= 500 ? 'Receiver' : 'Sender');
  const error = element('Error', kind + element('Code', escape(fault.code)) + element('Message', escape(fault.message)));
  return `<ErrorResponse xmlns="${namespace}">${error}${element('RequestId', requestId)}</ErrorResponse>`;
}

const members = (schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): string =>
  [...schema.structIterator()]
    .filter(([name]) => value[name] !== undefined && value[name] !== null)
    .map(([name, member]) => write(member, member.getMergedTraits().xmlName ?? name, value[name]))
    .join('');

function write(schema: NormalizedSchema, name: string, value: unknown): string {
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const flat = Boolean(schema.getMergedTraits().xmlFlattened);
    const itemName = flat ? name : (item.getMergedTraits().xmlName ?? 'member');
    const items = (value as readonly unknown[]).map((one) => write(item, itemName, one)).join('');
    return flat ? items : element(name, items);
  }
  if (schema.isMapSchema()) {
    const entry = ([key, one]: readonly [string, unknown]) =>
      element('entry', element('key', escape(key)) + write(schema.getValueSchema(), 'value', one));
    return element(
      name,
      Object.entries(value as object)
        .map(entry)
        .join(''),
    );
  }
  if (schema.isStructSchema()) return element(name, members(schema, value as Readonly<Record<string, unknown>>));
  if (value instanceof Date) return element(name, value.toISOString().replace(/\.\d{3}Z$/, 'Z'));
  if (value instanceof Uint8Array) return element(name, Buffer.from(value).toString('base64'));
  return element(name, escape(String(value)));
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** Carriage returns are written as references: a parser would read a literal one as a line feed. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\r', '&#xD;');
