import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Rounds } from './rounds.js';
import { appendWireRecord, type RequestedOperation, requestedOperation, toWireRecord } from './wire-record.js';

export interface RecordingProxyOptions {
  /** `http://127.0.0.1:PORT` of the server that answers. */
  readonly target: string;
  /** JSON-lines file the requests are appended to; without it they are only counted. */
  readonly file?: string;
  /** How far the clock of AWS is ahead, in milliseconds: of the `Date` of every answer. */
  readonly dateAheadMs?: number;
  /** Holds every answer back for so long; for benchmarks only. */
  readonly delayMs?: number;
  /**
   * The moto account (12 digits) that requests belong to, so that suites can share a server without meeting each other.
   * Requests with an assumed role's keys stay with the role's account.
   */
  readonly motoAccount?: string;
  /** XML for what the server does not offer: such a request is answered here, and not passed on. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Drops the connection of a request: before it is passed on, or after the server has answered it. */
  readonly drop?: (requested: RequestedOperation) => 'before' | 'after' | undefined;
  /** Called at that moment, while the client still waits. */
  readonly onDrop?: () => void;
  /** Lets requests through in rounds, to count the longest chain of dependent calls. */
  readonly rounds?: Rounds;
}

export interface RecordingProxy {
  readonly url: string;
  /** In order of arrival. */
  readonly requests: readonly RequestedOperation[];
  close(): Promise<void>;
}

/**
 * A loopback server that records each request and passes it on. Headers go through as they came, Host included: it is part
 * of what the client signed. A dropped connection is passed on too, as a dropped connection.
 */
export async function startRecordingProxy(options: RecordingProxyOptions): Promise<RecordingProxy> {
  const requests: RequestedOperation[] = [];
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    answer(request, response, options, agent, requests).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  options: RecordingProxyOptions,
  agent: http.Agent,
  requests: RequestedOperation[],
): Promise<void> {
  const body = await readAll(request);
  const record = toWireRecord({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
  let drop: 'before' | 'after' | undefined;
  // The emulator's own controls are no AWS requests.
  if (!record.path.startsWith('/moto-api/')) {
    const requested = requestedOperation(record);
    requests.push(requested);
    drop = options.drop?.(requested);
    if (drop === 'before') {
      options.onDrop?.();
      throw new Error('dropped');
    }
    if (options.file !== undefined) appendWireRecord(options.file, record);
    if (options.rounds !== undefined) {
      const done = await options.rounds.enter(`${requested.service}:${requested.operation}`);
      response.once('close', done);
    }
    const xml = options.answers?.[`${requested.service}:${requested.operation}`];
    if (xml !== undefined) {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
      return;
    }
  }
  await forward(request, body, response, options, agent, drop === 'after');
}

async function forward(
  request: http.IncomingMessage,
  body: Buffer,
  response: http.ServerResponse,
  options: RecordingProxyOptions,
  agent: http.Agent,
  dropAnswer: boolean,
): Promise<void> {
  const target = new URL(options.target);
  return new Promise((resolve, reject) => {
    const onward = http.request({
      host: target.hostname,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: [...endToEnd(request.rawHeaders), ...accountHeader(request, options)],
      setHost: false,
      agent,
    });
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
      resolve();
    });
    onward.once('error', reject);
    onward.once('response', (incoming) => {
      incoming.once('error', reject);
      if (dropAnswer) {
        incoming.resume().once('end', () => {
          options.onDrop?.();
          reject(new Error('dropped'));
        });
        return;
      }
      const pass = (): void => {
        response.writeHead(incoming.statusCode ?? 502, answerHeaders(incoming.rawHeaders, options));
        incoming.pipe(response);
      };
      if (options.delayMs === undefined) pass();
      else setTimeout(pass, options.delayMs);
    });
    onward.end(body);
  });
}

/** Not part of what the client signed; moto does not check signatures. */
function accountHeader(request: http.IncomingMessage, options: RecordingProxyOptions): string[] {
  const assumedRole = /Credential=ASIA/.test(request.headers.authorization ?? '');
  return options.motoAccount === undefined || assumedRole ? [] : ['x-moto-account-id', options.motoAccount];
}

function answerHeaders(rawHeaders: readonly string[], { dateAheadMs = 0 }: RecordingProxyOptions): string[] {
  const headers = endToEnd(rawHeaders);
  const date = headers.findIndex((text, index) => index % 2 === 0 && /^date$/i.test(text)) + 1;
  if (dateAheadMs !== 0) headers.splice(date, 1, new Date(Date.parse(headers[date] ?? '') + dateAheadMs).toUTCString());
  return headers;
}

/** `Connection` and similar headers are for one connection only, and a proxy has two. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!/^(connection|keep-alive)$/i.test(name)) kept.push(name, rawHeaders[i + 1] ?? '');
  }
  return kept;
}

async function readAll(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
