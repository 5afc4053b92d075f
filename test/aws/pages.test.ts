import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { makeBoundary } from '../../src/aws/boundary.js';
import { maxPages, operations } from '../../src/aws/operations.js';
import { openSession } from '../../src/aws/session.js';
import type { ListOperation, ReadCloud, ReadOperation } from '../../src/core/cloud.js';
import { run } from '../support/child-process.js';
import { awsError, boundaryOver } from './fake-aws.js';

const rows = Object.entries(operations);
const reads = rows.filter(([, { kind }]) => kind === 'read').map(([name]) => name as ReadOperation);
const lists = rows.filter(([, { pages }]) => pages !== undefined).map(([name]) => name as ListOperation);
const rowOf = (operation: ListOperation) => operations[operation].pages ?? expect.fail(`${operation} has no pages`);

/** A page with one thing on it, and a token for the next one; without a token, the last. */
const page = (operation: ListOperation, token: string | undefined, full = true): object => {
  const row = rowOf(operation);
  return {
    [row.items[0] ?? '']: full ? [{}] : [],
    ...(row.more === undefined ? {} : { [row.more]: token !== undefined }),
    ...(token === undefined ? {} : { [row.token]: token }),
  };
};

const python = inject('pythonBin');

describe.skipIf(python === '')('the operations that answer in pages', () => {
  it('are those that the service models page, by the same fields', async () => {
    const script = path.join(import.meta.dirname, '../emulator/pagination_check.py');
    const ended = await run(python, ['-B', script, ...reads]);
    expect(ended.stderr).toBe('');
    const models = JSON.parse(ended.stdout) as Record<string, { readonly largest: number } | null>;
    const ours = reads.map((operation) => {
      const row = operations[operation].pages;
      if (row === undefined) return [operation, null];
      const { token, more = null, items, required = false } = row;
      return [operation, { token, answerToken: token, more, items, required, largest: models[operation]?.largest }];
    });
    expect(models).toEqual(Object.fromEntries(ours));
    expect(lists.length).toBeGreaterThan(15);
    // A page as large as AWS makes it, and no larger than it can.
    for (const operation of lists)
      expect([operation, rowOf(operation).size <= (models[operation]?.largest ?? 0)]).toEqual([operation, true]);
  });
});

describe('one page of a list', () => {
  it('cannot be read alone, by the types', () => {
    const check = ({ read, find, readAll }: ReadCloud) => [
      // @ts-expect-error a list has pages
      () => read('iam:ListAccountAliases', {}),
      // @ts-expect-error a list has pages
      () => find('iam:ListAccessKeys', { UserName: 'alex' }, ['NoSuchEntity']),
      // @ts-expect-error which page comes next is not the caller's to say
      () => readAll('iam:ListUsers', { Marker: 'm' }),
      // @ts-expect-error not a list
      () => readAll('iam:GetUser', {}),
    ];
    expect(check).toBeTypeOf('function');
  });

  it.each(lists)('%s is refused as a read of one page, before anything is sent', async (operation) => {
    const { cloud, sent } = boundaryOver([{}]);
    await expect(cloud.read(operation as never, {} as never)).rejects.toThrow(`refused ${operation}`);
    await expect(cloud.find(operation as never, {} as never, [])).rejects.toThrow(`refused ${operation}`);
    expect(sent).toEqual([]);
  });
});

describe('all pages', () => {
  it.each(lists)('of %s are read, short and empty ones too', async (operation) => {
    const { token } = rowOf(operation);
    const { cloud, sent } = boundaryOver((_operation, input) => {
      const next = { undefined: 't1', t1: 't2', t2: 't3' }[String(input[token])];
      return page(operation, next, input[token] !== undefined && input[token] !== 't1');
    });
    const reading = await cloud.readAll(operation, { Marked: true });
    expect(reading.ok && reading.value).toHaveLength(4);
    expect(reading.evidence).toHaveLength(4);
    expect(sent.map(({ input }) => input)).toEqual([
      { Marked: true },
      ...['t1', 't2', 't3'].map((value) => ({ Marked: true, [token]: value })),
    ]);
  });

  it('end by IsTruncated, whatever Marker is', async () => {
    const { cloud, sent } = boundaryOver([{ Users: [], IsTruncated: false, Marker: 'left over' }]);
    expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ ok: true });
    expect(sent).toHaveLength(1);
  });

  it.each(lists.filter((operation) => rowOf(operation).required))('of %s are not read when one has no list', async (operation) => {
    const { cloud } = boundaryOver([page(operation, 't'), { IsTruncated: false }]);
    expect(await cloud.readAll(operation, {})).toMatchObject({ ok: false, cause: 'failed', evidence: [{ operation }] });
  });

  it('go on with a Marker if IsTruncated is missing', async () => {
    const { cloud } = boundaryOver([{ Users: [{ UserName: 'a' }], Marker: 'm' }, { Users: [{ UserName: 'b' }] }]);
    const pages = await cloud.readAll('iam:ListUsers', {});
    expect(pages.ok && pages.value.flatMap(({ Users = [] }) => Users.map(({ UserName }) => UserName))).toEqual(['a', 'b']);
  });

  it('are not read at all when one page is not', async () => {
    const { cloud } = boundaryOver([{ NextToken: 't' }, awsError('AccessDeniedException')]);
    expect(await cloud.readAll('organizations:ListAccounts', {})).toMatchObject({ ok: false, cause: 'denied' });
  });

  it.each([
    ['on the first page', [awsError('NoSuchEntityException', 404)]],
    ['on a later one', [{ AccessKeyMetadata: [], IsTruncated: true, Marker: 'm' }, awsError('NoSuchEntityException', 404)]],
  ])('are "none" when their owner is gone %s', async (_where, replies) => {
    const { cloud } = boundaryOver(replies);
    expect(await cloud.findAll('iam:ListAccessKeys', { UserName: 'a' }, ['NoSuchEntity'])).toMatchObject({ ok: true, value: undefined });
    expect(await cloud.findAll('iam:ListAccessKeys', { UserName: 'a' }, ['Other'])).toMatchObject({ ok: false });
  });
});

describe('a list without an end', () => {
  it.each(lists)('%s with a new token each time ends at the limit that its quota sets', async (operation) => {
    const { cloud, sent } = boundaryOver((_operation, _input, nth) => page(operation, `t${nth}`));
    const reading = await cloud.readAll(operation, {});
    expect(reading).toMatchObject({ ok: false, cause: 'failed', code: 'EndlessList' });
    expect(reading).toHaveProperty(
      'message',
      expect.stringMatching(`The answer to ${operation} has no end: more follows after \\d+ pages`),
    );
    expect(sent).toHaveLength(maxPages(rowOf(operation)));
    // As many as the quota needs, even when each page is a quarter full; not so many that it takes hours.
    const { most, size } = rowOf(operation);
    expect(sent.length * size).toBeGreaterThanOrEqual(most * 4);
    expect(sent.length).toBeLessThan(2_200);
  });

  it.each([
    ['a hundred empty pages', (nth: number) => ({ Accounts: [], NextToken: `t${nth}` }), 100, 'has no end: 100 pages in a row are empty'],
    ['the same token again', () => ({ Accounts: [{}], NextToken: 'same' }), 2, 'repeats a token after 2 pages'],
    ['two tokens in turn', (nth: number) => ({ Accounts: [{}], NextToken: `t${nth % 2}` }), 3, 'repeats a token after 3 pages'],
  ])('is recognised by %s', async (_name, answer, requests, message) => {
    const { cloud, sent } = boundaryOver((_operation, _input, nth) => answer(nth));
    expect(await cloud.readAll('organizations:ListAccounts', {})).toMatchObject({
      ok: false,
      cause: 'failed',
      message: expect.stringContaining(`The answer to organizations:ListAccounts ${message}`),
    });
    expect(sent).toHaveLength(requests);
  });

  it('is a failed read when the next page has no token', async () => {
    for (const Marker of [undefined, '']) {
      const { cloud, sent } = boundaryOver([{ Users: [], IsTruncated: true, Marker }]);
      const message = 'The answer to iam:ListUsers has no token for page 2';
      expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ ok: false, cause: 'failed', message });
      expect(sent).toHaveLength(1);
    }
  });
});

describe('the time of a read', () => {
  it('is limited for all pages and their repetitions together', async () => {
    // Every page is throttled five times: eight seconds of waiting each.
    const { cloud, waitedMs } = boundaryOver((_operation, _input, nth) =>
      nth % 6 === 0 ? { Accounts: [{}], NextToken: `t${nth}` } : awsError('TooManyRequestsException', 429),
    );
    expect(await cloud.readAll('organizations:ListAccounts', {})).toMatchObject({
      ok: false,
      cause: 'unreachable',
      message: 'organizations:ListAccounts was not answered in full within 300 s',
    });
    expect(waitedMs()).toBeGreaterThan(280_000);
    expect(waitedMs()).toBeLessThanOrEqual(300_000);
  });

  it.each([
    ['iam:ListUsers', (cloud: ReadCloud) => cloud.readAll('iam:ListUsers', {})],
    ['iam:GetUser', (cloud: ReadCloud) => cloud.read('iam:GetUser', { UserName: 'a' })],
  ])('ends an answer to %s that comes byte by byte and never ends', async (operation, read) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { send } = openSession({
      credentials: { from: 'environment', how: 'a test' },
      staticCredentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' },
      region: 'us-east-1',
      now: () => new Date(),
      endpoints: { iam: endpoint },
      timeoutMs: undefined,
      caBundle: undefined,
    });
    const clock = { now: () => new Date(), sleep: async () => undefined };
    const { cloud } = makeBoundary({ send, clock, mode: 'read', signal: new AbortController().signal, readLimitMs: 100 });
    const reading = await read(cloud);
    expect(reading).toMatchObject({ ok: false, cause: 'unreachable', message: `${operation} was not answered in full within 0.1 s` });
    // Ends only when every connection is closed: otherwise the process could not end.
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not pass while other requests of the run are answered first', async () => {
    const clock = { now: () => new Date(time), sleep: async () => undefined };
    let time = 0;
    const { cloud } = makeBoundary({
      send: async () => {
        time += 60_000;
        return { Users: [] } as object;
      },
      clock,
      mode: 'read',
      signal: new AbortController().signal,
      slots: 1,
    });
    const readings = await Promise.all(
      Array.from({ length: 20 }, (_, index) => cloud.readAll('iam:ListUsers', { PathPrefix: `/${index}/` })),
    );
    expect(readings.every(({ ok }) => ok)).toBe(true);
  });
});
