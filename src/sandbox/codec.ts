import { JsonCodec2 } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import { Fault } from './behaviour.js';
import { operationSchema, type ServiceName, services } from './services.js';

/** A request as sent on the wire. Header names are in lower case; the path has no query. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Call {
  readonly operation: string;
  /** In the SDK's types: dates as Date, blobs as Uint8Array. */
  readonly input: Readonly<Record<string, unknown>>;
  /** For a list that is answered in pages: the field that names the page. */
  readonly pages: PageToken | undefined;
}
export type PageToken = 'Marker' | 'NextToken';

/** Operation and input of a request. Throws a Fault, as AWS does, for an unknown operation or a missing required member. */
export async function decode(service: ServiceName, request: WireRequest): Promise<Call> {
  const operation = operationName(service, request);
  const schema = await operationSchema(service, operation);
  if (schema === undefined) throw unknownOperation(service, operation);
  const input = NormalizedSchema.of(schema[4]);
  const value = await readInput(service, input, request);
  requireMembers(service, input, value, '');
  const names = input.isStructSchema() ? (input.getSchema() as StaticStructureSchema)[4] : [];
  return { operation, input: value, pages: (['Marker', 'NextToken'] as const).find((name) => names.includes(name)) };
}

/** The operation that a request names, known or not. */
export function operationName(service: ServiceName, request: WireRequest): string {
  switch (services[service].protocol) {
    case 'query':
      return new URLSearchParams(decodeText(request.body)).get('Action') ?? '';
    case 'json-1.0':
    case 'json-1.1':
      return (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
    case 'rest-json': {
      const name = request.path.replace(/^.*\//, '');
      return name.charAt(0).toUpperCase() + name.slice(1);
    }
  }
}

export async function encode(
  service: ServiceName,
  operation: string,
  output: Readonly<Record<string, unknown>>,
  requestId: string,
): Promise<WireResponse> {
  const schema = (await operationSchema(service, operation)) as StaticOperationSchema;
  const shape = NormalizedSchema.of(schema[5]);
  const { protocol, dialect } = services[service];
  if (protocol === 'query') return reply(200, 'text/xml', answerXml(operation, dialect, shape, output, requestId), requestId);
  if (shape.isUnitSchema()) return reply(200, contentType(service), protocol === 'rest-json' ? '' : '{}', requestId);
  const serializer = jsonCodec(service).createSerializer();
  serializer.write(shape, output);
  // Copied: the serializer's own output warns when used as anything but bytes.
  return reply(200, contentType(service), new Uint8Array(serializer.flush()), requestId);
}

export function encodeFault(service: ServiceName, fault: Fault, requestId: string): WireResponse {
  const { protocol, dialect } = services[service];
  if (protocol === 'query') return reply(fault.status, 'text/xml', faultXml(dialect, fault, requestId), requestId);
  if (protocol === 'rest-json') {
    const body = JSON.stringify({ ...fault.fields, message: fault.message });
    return reply(fault.status, contentType(service), body, requestId, { 'x-amzn-errortype': fault.code });
  }
  // The models of these services use `Message`; generic errors of the front end use `message`.
  const body = JSON.stringify({ __type: fault.code, ...fault.fields, Message: fault.message, message: fault.message });
  return reply(fault.status, contentType(service), body, requestId);
}

async function readInput(service: ServiceName, schema: NormalizedSchema, request: WireRequest): Promise<Record<string, unknown>> {
  if (services[service].protocol === 'query') return readForm(schema, new Map(new URLSearchParams(decodeText(request.body))));
  if (schema.isUnitSchema() || request.body.length === 0) return {};
  try {
    const read: unknown = await jsonCodec(service).createDeserializer().read(schema, decodeText(request.body));
    return (read ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw Object.assign(new Fault('SerializationException', 400, 'The request body could not be read.'), { cause });
  }
}

/**
 * The SDK's schemas list the required members first, with their number. They contain no lengths, patterns or enumerations:
 * the behaviours check those.
 */
function requireMembers(service: ServiceName, schema: NormalizedSchema, value: unknown, path: string): void {
  if (schema.isListSchema() && Array.isArray(value)) {
    const item = schema.getValueSchema();
    value.forEach((one, index) => requireMembers(service, item, one, `${path}.${index + 1}.member`));
  }
  if (!schema.isStructSchema() || typeof value !== 'object' || value === null) return;
  const [, , , , names, , required = 0] = schema.getSchema() as StaticStructureSchema;
  for (const [index, name] of names.entries()) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    const here = `${path === '' ? '' : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    if (member !== undefined && member !== null) requireMembers(service, schema.getMemberSchema(name), member, here);
    else if (index < required) throw missingMember(service, here);
  }
}

function missingMember(service: ServiceName, path: string): Fault {
  const message = `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`;
  const fields =
    service === 'account' ? { reason: 'fieldValidationFailed' } : service === 'organizations' ? { Reason: 'INPUT_REQUIRED' } : {};
  return new Fault(services[service].invalid, 400, message, fields);
}

function unknownOperation(service: ServiceName, operation: string): Fault {
  if (services[service].protocol === 'query') {
    return new Fault(
      'InvalidAction',
      400,
      `Could not find operation ${operation} for version ${services[service].dialect.split('/').at(-2)}`,
    );
  }
  return new Fault('UnknownOperationException', services[service].protocol === 'rest-json' ? 404 : 400, `Unknown operation ${operation}`);
}

const jsonCodec = (service: ServiceName): JsonCodec2 =>
  new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: services[service].protocol === 'rest-json' });

const contentType = (service: ServiceName): string =>
  services[service].protocol === 'rest-json' ? 'application/json' : `application/x-amz-${services[service].protocol}`;

const reply = (
  statusCode: number,
  type: string,
  body: string | Uint8Array,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    statusCode,
    headers: { 'content-type': type, 'content-length': String(bytes.length), 'x-amzn-requestid': requestId, ...headers },
    body: bytes,
  };
};

const decodeText = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

/**
 * The server side of the AWS query protocol: form fields in, XML out.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

/** Reads `A.member.1.B=x` fields into the shape of a schema. Absent members stay absent. */
function readForm(schema: NormalizedSchema, fields: ReadonlyMap<string, string>, prefix = ''): Record<string, unknown> {
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

function answerXml(
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

function faultXml(namespace: string, fault: Fault, requestId: string): string {
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
