import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest } from './codec.js';
import type { Sandbox } from './sandbox.js';

export interface Served {
  /** For `--endpoint-url` and AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
const maxBody = 1_000_000;

/** Serves the practice account over HTTP, for the AWS CLI and other SDKs. On this machine only. Port 0 uses any free port. */
export async function serveSandbox(
  sandbox: Sandbox,
  { port, host = '127.0.0.1' }: { readonly port: number; readonly host?: string },
): Promise<Served> {
  if (!loopback.has(host)) throw new RangeError(`the practice account can only be served on a loopback address, not on ${host}`);
  const server = createServer((incoming, outgoing) => void respond(sandbox, incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(sandbox: Sandbox, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const closed = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) closed.abort();
  });
  try {
    // A web page in a browser could reach this port under its own host name (DNS rebinding).
    if (!isLoopback(incoming.headers.host)) return void outgoing.writeHead(403).end();
    const request = await read(incoming);
    if (request === undefined) return void outgoing.writeHead(413).end();
    const response = await sandbox.answer(request, { abortSignal: closed.signal });
    outgoing.writeHead(response.statusCode, response.headers).end(response.body);
  } catch (error) {
    if (isLost(error)) incoming.socket.destroy();
    else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`the practice account failed: ${String(error)}\n`);
  }
}

const isLoopback = (host = ''): boolean => loopback.has(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));

const isLost = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET'));

async function read(incoming: IncomingMessage): Promise<WireRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > maxBody) return undefined;
    chunks.push(chunk as Buffer);
  }
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const [only, ...others] = url.searchParams.getAll(name);
    query[name] = others.length > 0 ? [only ?? '', ...others] : (only ?? '');
  }
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')] as const,
  );
  return { method: incoming.method ?? 'GET', path: url.pathname, query, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) };
}
