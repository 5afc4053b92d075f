import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { identityXml, xml } from '../aws/fake-aws.js';
import { bundle, newFolder, start } from './program.js';

/** Programs against an endpoint that answers as no AWS does. */

const account = '111122223333';

interface Answer {
  readonly status?: number;
  readonly body?: string;
  /** Held back for so many milliseconds. */
  readonly afterMs?: number;
}

const serve = async (answer: (action: string, nth: number) => Answer): Promise<{ readonly url: string; readonly asked: string[] }> => {
  const asked: string[] = [];
  const read = async (request: IncomingMessage): Promise<string> => Buffer.concat(await request.toArray()).toString();
  const server = createServer((request, response) => void respond(request, response));
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(request);
    const target = request.headers['x-amz-target'];
    const action =
      /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? (typeof target === 'string' ? target.split('.')[1] : undefined) ?? request.url ?? '';
    asked.push(action);
    const {
      status = 200,
      body: text = '',
      afterMs = 0,
    } = action === 'GetCallerIdentity' ? { body: identityXml(account).body ?? '' } : answer(action, asked.length);
    const send = (): void => void response.writeHead(status, { 'content-type': 'text/html' }).end(text);
    if (afterMs === 0) send();
    else setTimeout(send, afterMs);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const program = (url: string, argv: readonly string[], yaml = 'version: 1\nalias: { name: acme-prod }\n') => {
  const home = newFolder();
  writeFileSync(path.join(home, 'bootstrap.yaml'), yaml);
  const env = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'unused', AWS_REGION: 'us-east-1' };
  return start(bundle, argv, { home, env });
};

const aliases = (token: number, found = ''): string =>
  xml('ListAccountAliases', `<AccountAliases>${found}</AccountAliases><IsTruncated>true</IsTruncated><Marker>token-${token}</Marker>`)
    .body ?? '';

describe('an endpoint with endless lists', () => {
  it('fails the check of that list with a reason, after a limited number of requests', async () => {
    const { url, asked } = await serve((action, nth) => (action === 'ListAccountAliases' ? { body: aliases(nth) } : { status: 501 }));
    const exit = await program(url, ['check', '--fail-on', 'low', '--only', 'alias', '--output', 'json']).ended;
    const report = JSON.parse(exit.stdout) as RunReport;
    expect(report.results.find(({ id }) => id === 'alias.name')).toMatchObject({
      status: 'unknown',
      cause: 'failed',
      reason: 'The answer to iam:ListAccountAliases has no end: 100 pages in a row are empty, and more follow',
    });
    expect(asked.filter((action) => action === 'ListAccountAliases')).toHaveLength(100);
    expect(report.account?.alias).toBeNull();
    expect(exit.code).toBe(6);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is stopped by %s in less than two seconds', async (signal) => {
    const { url, asked } = await serve((action, nth) =>
      action === 'ListAccountAliases' ? { body: aliases(nth), afterMs: 300 } : { status: 501 },
    );
    const running = program(url, ['check', '--fail-on', 'low', '--only', 'alias']);
    await expect.poll(() => asked.filter((action) => action === 'ListAccountAliases').length, { timeout: 20_000 }).toBeGreaterThan(2);
    const exit = await running.stop(signal);
    expect([exit.code, exit.signal]).toEqual([signal === 'SIGINT' ? 130 : 143, null]);
    expect(exit.afterMs).toBeLessThan(2_000);
  });
});

describe('an endpoint that does not offer an operation', () => {
  const none = `${xml('ListAccountAliases', '<AccountAliases></AccountAliases><IsTruncated>false</IsTruncated>').body}`;

  it.each([
    [501, '<html>Not Implemented</html>', false],
    [500, '<html>Internal Server Error</html>', null],
    [501, '<ErrorResponse><Error><Code>NotImplemented</Code><Message>no</Message></Error></ErrorResponse>', false],
  ])('%i with %s to a write: it is named, not asked again, and the run ends with 1', async (status, body, changed) => {
    const { url, asked } = await serve((action) => (action === 'ListAccountAliases' ? { body: none } : { status, body }));
    const began = performance.now();
    const exit = await program(url, ['init', '--only', 'alias', '--yes', '--account-id', account, '--output', 'json']).ended;
    const report = JSON.parse(exit.stdout) as RunReport;
    expect(report.steps?.find(({ id }) => id === 'alias')?.error).toMatchObject({
      code: 'E-NOT-OFFERED',
      message: `${url} does not offer iam:CreateAccountAlias (HTTP ${status}).`,
      retryable: false,
      changed,
    });
    expect(asked.filter((action) => action === 'CreateAccountAlias')).toHaveLength(1);
    expect(report.exit).toEqual({ code: 1, name: 'unexpected' });
    expect(exit.code).toBe(1);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('for a read: the finding names it, and the run exits with 1', async () => {
    const { url, asked } = await serve(() => ({ status: 500, body: '<html></html>' }));
    const exit = await program(url, ['check', '--fail-on', 'low', '--only', 'alias', '--output', 'json']).ended;
    const report = JSON.parse(exit.stdout) as RunReport;
    expect(report.results.find(({ id }) => id === 'alias.name')).toMatchObject({
      status: 'unknown',
      cause: 'unsupported',
      reason: `${url} does not offer iam:ListAccountAliases (HTTP 500)`,
    });
    expect(asked.filter((action) => action === 'ListAccountAliases')).toHaveLength(1);
    expect(exit.code).toBe(1);
    const table = await program(url, ['check', '--fail-on', 'low', '--only', 'alias']).ended;
    expect(table.stdout).toContain('not offered by the endpoint');
    expect(table.stdout).not.toContain('again');
  });
});

describe('an uncaught error', () => {
  it.each(['', '--debug'])('is printed in visible characters %s', async (flag) => {
    const home = newFolder();
    const preload = path.join(home, 'preload.cjs');
    const hostile = String.raw`A\u009b2J\u202eB\u001b]0;x\u0007`;
    writeFileSync(preload, `process.emitWarning("${hostile}");\nsetImmediate(() => { throw new Error("${hostile}"); });\n`);
    const argv = ['check', '--sandbox-file', 'world.json', ...(flag === '' ? [] : [flag])];
    const exit = await start(bundle, argv, { home, env: { NODE_OPTIONS: `--require ${preload}` } }).ended;
    expect(exit.stderr).toContain(`Unexpected: ${hostile}`);
    expect(exit.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(exit.stderr.includes(`debug: Warning: ${hostile}`)).toBe(flag !== '');
    expect(exit.code).toBe(1);
  });
});
