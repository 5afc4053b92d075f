import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { type RecordingProxyOptions, startRecordingProxy } from './recording-proxy.js';
import { createRounds } from './rounds.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startTarget(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startProxy(options: RecordingProxyOptions): ReturnType<typeof startRecordingProxy> {
  const proxy = await startRecordingProxy(options);
  cleanups.push(() => proxy.close());
  return proxy;
}

async function recordFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proxy-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return path.join(folder, 'requests.jsonl');
}

const callerIdentity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`;

const stsClient = (endpoint: string): STSClient =>
  new STSClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'key', sessionToken: 'session' },
  });

describe('recording proxy', () => {
  it('passes the signed Host header on and the answer back', async () => {
    let host: string | undefined;
    const target = await startTarget((request, response) => {
      host = request.headers.host;
      response.setHeader('content-type', 'text/xml').end(callerIdentity);
    });
    const proxy = await startProxy({ target });
    const answer = await stsClient(proxy.url).send(new GetCallerIdentityCommand({}));
    expect(answer.Account).toBe('123456789012');
    expect(host).toBe(new URL(proxy.url).host);
  });

  it('writes each request as a line, without its signature and session token', async () => {
    const target = await startTarget((_request, response) => void response.end(callerIdentity));
    const file = await recordFile();
    const proxy = await startProxy({ target, file });
    await stsClient(proxy.url).send(new GetCallerIdentityCommand({}));
    const [line, ...rest] = (await readFile(file, 'utf8')).trim().split('\n');
    expect(rest).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      method: 'POST',
      path: '/',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      encoding: 'utf8',
      headers: {
        authorization: expect.stringMatching(/Credential=AKIAEXAMPLE\/\d{8}\/us-east-1\/sts\/aws4_request.*Signature=-$/) as unknown,
      },
    });
    expect(line).not.toContain('"session"');
    expect(proxy.requests).toEqual([{ service: 'sts', operation: 'GetCallerIdentity' }]);
  });

  it('does not record the emulator controls', async () => {
    const target = await startTarget((_request, response) => void response.end('{}'));
    const proxy = await startProxy({ target });
    await fetch(`${proxy.url}/moto-api/reset`, { method: 'POST' });
    expect(proxy.requests).toEqual([]);
  });

  it('drops the connection when the target does', async () => {
    const target = await startTarget((request) => void request.socket.destroy());
    const proxy = await startProxy({ target });
    await expect(fetch(proxy.url)).rejects.toThrow();
  });

  it('drops the connection when the target breaks off in the middle of an answer', async () => {
    const target = await startTarget((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => request.socket.destroy());
    });
    const proxy = await startProxy({ target });
    await expect(fetch(proxy.url).then((answer) => answer.text())).rejects.toThrow();
  });

  it('keeps error statuses and bodies', async () => {
    const target = await startTarget((_request, response) => void response.writeHead(409, { 'x-amzn-requestid': 'r1' }).end('conflict'));
    const proxy = await startProxy({ target });
    const answer = await fetch(proxy.url);
    expect([answer.status, answer.headers.get('x-amzn-requestid'), await answer.text()]).toEqual([409, 'r1', 'conflict']);
  });

  it('lets requests through in rounds', async () => {
    const target = await startTarget((_request, response) => void response.end('{}'));
    const rounds = createRounds();
    const proxy = await startProxy({ target, rounds });
    const call = async (operation: string): Promise<string> =>
      fetch(proxy.url, { method: 'POST', headers: { 'x-amz-target': `Prefix.${operation}` } }).then((answer) => answer.text());
    await Promise.all([call('A1').then(() => call('A2')), call('B')]);
    expect(rounds.log.map((round) => [...round].sort())).toEqual([['?:A1', '?:B'], ['?:A2']]);
  });

  it('holds answers back for the given time', async () => {
    const target = await startTarget((_request, response) => void response.end('{}'));
    const proxy = await startProxy({ target, delayMs: 120 });
    const began = performance.now();
    await fetch(proxy.url);
    expect(performance.now() - began).toBeGreaterThanOrEqual(115);
  });
});
