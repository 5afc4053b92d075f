import type { WireRequest, WireResponse } from './codec.js';
import { aborted } from './faults.js';

/** The shape that the SDK's clients expect of a `requestHandler`. One object serves all clients. */
export interface SandboxRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  readonly handle: (request: SdkRequest, options?: HandleOptions) => Promise<{ response: WireResponse & { reason?: string } }>;
  readonly destroy: () => void;
  readonly updateHttpClientConfig: (key: string, value: unknown) => void;
  readonly httpHandlerConfigs: () => Record<string, unknown>;
}

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface HandleOptions {
  readonly abortSignal?: unknown;
  /** Milliseconds. */
  readonly requestTimeout?: number;
}

export function requestHandler(
  answer: (request: WireRequest, options: { abortSignal: AbortSignal }) => Promise<WireResponse>,
): SandboxRequestHandler {
  const configs: Record<string, unknown> = {};
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy: () => undefined,
    updateHttpClientConfig: (key, value) => {
      configs[key] = value;
    },
    httpHandlerConfigs: () => configs,
    handle: (request, options = {}) => timed(request, options, configs, answer),
  };
}

/** Applies the caller's abort signal and the time limit of the request or the client. */
async function timed(
  request: SdkRequest,
  options: HandleOptions,
  configs: Readonly<Record<string, unknown>>,
  answer: (request: WireRequest, options: { abortSignal: AbortSignal }) => Promise<WireResponse>,
): Promise<{ response: WireResponse }> {
  const signal = options.abortSignal as AbortSignal | undefined;
  if (signal?.aborted) throw aborted();
  const limit = options.requestTimeout ?? (typeof configs.requestTimeout === 'number' ? configs.requestTimeout : 0);
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal?.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  const timer =
    limit > 0
      ? setTimeout(() => {
          timedOut = true;
          abort();
        }, limit)
      : undefined;
  try {
    return { response: await answer(wireRequest(request), { abortSignal: controller.signal }) };
  } catch (error) {
    if (!timedOut) throw error;
    throw Object.assign(new Error(`Request did not complete within ${limit} ms`, { cause: error }), {
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

const wireRequest = (request: SdkRequest): WireRequest => ({
  method: request.method,
  path: request.path,
  query: Object.fromEntries(Object.entries(request.query ?? {}).map(([name, value]) => [name, value ?? ''])),
  headers: {
    host: request.hostname,
    ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
  },
  body: bytes(request.body),
});

function bytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError('the practice account accepts request bodies as text or bytes, not as streams');
}
