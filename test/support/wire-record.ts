import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** One request as it went over the wire: a line of the files that test/emulator/model_check.py reads. */
export interface WireRecord {
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  /** Names in lower case. The signature and the session token are left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly encoding: 'utf8' | 'base64';
}

/** The operation of a request, as far as it can be determined without a service model; otherwise `?`. */
export interface RequestedOperation {
  readonly service: string;
  readonly operation: string;
}

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export function toWireRecord(request: WireRequest): WireRecord {
  // Over the same memory: a copy would ask the SDK's bytes for their valueOf, which is text, and it warns about that.
  const { buffer, byteOffset, byteLength } = request.body;
  const body = Buffer.from(buffer, byteOffset, byteLength);
  const text = body.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(body);
  return {
    method: request.method,
    path: request.path,
    headers: recordedHeaders(request.headers),
    body: isText ? text : body.toString('base64'),
    encoding: isText ? 'utf8' : 'base64',
  };
}

/** Written at once, so that the record is complete even when the test process is killed. */
export function appendWireRecord(file: string, record: WireRecord): void {
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

export function requestedOperation(record: WireRecord): RequestedOperation {
  const service = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\//.exec(record.headers['authorization'] ?? '')?.[1] ?? '?';
  return { service, operation: targetOperation(record) ?? formOperation(record) ?? pathOperation(record) ?? '?' };
}

/** JSON services name the operation in a header. */
const targetOperation = (record: WireRecord): string | undefined => record.headers['x-amz-target']?.split('.').at(-1);

/** Query services name it in the form. */
const formOperation = (record: WireRecord): string | undefined =>
  record.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
    ? (new URLSearchParams(record.body).get('Action') ?? undefined)
    : undefined;

/** REST services by the address; all of Account's are `/camelCaseOperation`. */
const pathOperation = (record: WireRecord): string | undefined => {
  const name = /^\/([a-z]\w+)/.exec(record.path)?.[1];
  return name === undefined ? undefined : name.charAt(0).toUpperCase() + name.slice(1);
};

function recordedHeaders(headers: WireRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.toLowerCase() === 'x-amz-security-token') continue;
    kept[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  const authorization = kept['authorization'];
  if (authorization !== undefined) kept['authorization'] = authorization.replace(/Signature=[0-9a-f]+/, 'Signature=-');
  return kept;
}
