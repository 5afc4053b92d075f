import type { Rounds } from './rounds.js';
import { appendWireRecord, type RequestedOperation, requestedOperation, toWireRecord, type WireRecord } from './wire-record.js';

/** The part of an SDK `requestHandler` that matters here. The SDK's handlers take a request class that is not ours to name. */
export interface SendsRequests {
  handle(request: any, options?: any): Promise<any>;
}

/** The same handler, writing each request to a JSON-lines file; for programs whose requests meet no socket. */
export function recordRequests<Handler extends SendsRequests>(
  handler: Handler,
  file: string,
  requests: RequestedOperation[] = [],
): Handler {
  return intercept(handler, async (record, send) => {
    appendWireRecord(file, record);
    requests.push(requestedOperation(record));
    return send();
  });
}

/** The same handler, letting its requests through in rounds. */
export function countRounds<Handler extends SendsRequests>(handler: Handler, rounds: Rounds): Handler {
  return intercept(handler, async (record, send) => {
    const { service, operation } = requestedOperation(record);
    const done = await rounds.enter(`${service}:${operation}`);
    return send().finally(done);
  });
}

/** The same handler, whose requests go through `around`. Everything but `handle` stays its own, private state included. */
export function intercept<Handler extends SendsRequests>(
  handler: Handler,
  around: (record: WireRecord, send: () => Promise<unknown>, signal: AbortSignal | undefined) => Promise<unknown>,
): Handler {
  const handle: SendsRequests['handle'] = async (request: HttpRequest, options: unknown) => {
    const { abortSignal } = (options ?? {}) as { readonly abortSignal?: AbortSignal };
    return around(recordOf(request), async () => handler.handle(request, options) as Promise<unknown>, abortSignal);
  };
  return new Proxy(handler, {
    get(target, name): unknown {
      if (name === 'handle') return handle;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** As much of the SDK's request as a record needs. */
interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function recordOf(request: HttpRequest): WireRecord {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [''])) query.append(name, one);
  }
  const path = query.size === 0 ? request.path : `${request.path}?${query.toString()}`;
  return toWireRecord({ method: request.method, path, headers: request.headers, body: bytes(request.body) });
}

function bytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('a request body is neither text nor bytes');
}
