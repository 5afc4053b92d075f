import { SignatureV4 } from '@smithy/signature-v4';
import type { SourceData } from '@smithy/types';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answeredAhead, type Handler, identityRequest, stsUrl } from '../../src/aws/identity-request.js';
import { fakeHandler, identityXml, sessionThrough, xml, xmlError } from './fake-aws.js';
import type { SessionOptions } from '../../src/aws/session.js';
import { testClock } from '../support/host.js';
import { makeBoundary } from '../../src/aws/boundary.js';

/** The hash that the SDK's signer asks for. */
class Sha256 {
  readonly #hash;
  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
}

const now = new Date('2026-11-26T10:00:00.123Z');

describe('GetCallerIdentity, sent while the SDK is loaded', () => {
  it.each([
    ['a key', stsUrl, 'us-east-1', { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/+=' }],
    ['a session', stsUrl, 'us-east-1', { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 's', sessionToken: 'token/+==' }],
    ['another endpoint', 'http://127.0.0.1:4566', 'eu-west-1', { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's' }],
  ])('is signed as the SDK signs it: %s', async (_case, url, region, credentials) => {
    const request = identityRequest(url, region, credentials, now);
    const { authorization, 'content-length': _length, 'user-agent': _agent, 'x-amz-date': date, ...headers } = request.headers;
    const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256, applyChecksum: false });
    const { 'x-amz-security-token': _token, ...unsigned } = headers;
    const signed = await signer.sign({ ...request, headers: unsigned }, { signingDate: now });
    expect({ authorization, date }).toEqual({ authorization: signed.headers['authorization'], date: signed.headers['x-amz-date'] });
  });

  const identifying = (handler: object) => {
    let departed = 0;
    const session = sessionThrough(handler, { identifiesAhead: () => (departed += 1) });
    const boundary = makeBoundary({ send: session.send, clock: testClock(), mode: 'read', signal: new AbortController().signal });
    return { identify: () => boundary.cloud.read('sts:GetCallerIdentity', {}), boundary, departed: () => departed };
  };

  it('is sent once, before anything asks for it, and its answer is the answer', async () => {
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const handler = fakeHandler(() => {
      arrive();
      return identityXml('111122223333');
    });
    const { identify, boundary, departed } = identifying(handler);
    await arrived;
    expect(handler.requests.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
    expect(departed()).toBeGreaterThan(0);
    expect(await identify()).toMatchObject({ ok: true, value: { Account: '111122223333' } });
    expect(handler.requests).toHaveLength(1);
    expect(boundary.counts().total).toBe(1);
  });

  it.each([
    ['throttled', () => xmlError('Throttling', 400)],
    ['a failed connection', () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))],
  ])('is repeated by the SDK after %s', async (_case, fail) => {
    const handler = fakeHandler((_request, nth) => (nth === 1 ? fail() : identityXml('111122223333')));
    expect(await identifying(handler).identify()).toMatchObject({ ok: true, value: { Account: '111122223333' } });
    expect(handler.requests).toHaveLength(2);
  });

  it('is refused in the words of AWS', async () => {
    const handler = fakeHandler(() => xmlError('ExpiredToken', 403));
    expect(await identifying(handler).identify()).toMatchObject({ ok: false, code: expect.stringContaining('ExpiredToken') });
  });

  /** Where the first requests go: those that are sent before anything asks, then those of a GetCallerIdentity. */
  const sentBy = async (options: Partial<SessionOptions>) => {
    const handler = fakeHandler(() => identityXml('111122223333'));
    const given: object[] = [];
    const watching = { ...handler, handle: (request: never, more: object) => (given.push(more), handler.handle(request)) };
    let departed = 0;
    const session = sessionThrough(watching, { identifiesAhead: () => (departed += 1), ...options });
    const atOnce = departed;
    await new Promise((resolve) => setImmediate(resolve));
    const hosts = () => handler.requests.map(({ host, scope }) => `${host} ${scope}`);
    const ahead = hosts();
    await session.send('sts:GetCallerIdentity', {}, new AbortController().signal);
    return { given, atOnce, departed, ahead, all: hosts() };
  };

  it.each<readonly [string, Partial<SessionOptions>, string | undefined, string]>([
    ['AWS', { region: 'eu-south-2' }, 'sts.us-east-1.amazonaws.com us-east-1/sts', 'sts.us-east-1.amazonaws.com us-east-1/sts'],
    ['another partition', { region: 'cn-northwest-1' }, undefined, 'sts.cn-north-1.amazonaws.com.cn cn-north-1/sts'],
    [
      'an endpoint in another partition',
      { region: 'cn-northwest-1', endpoints: { sts: 'http://127.0.0.1:4566' } },
      '127.0.0.1:4566 cn-north-1/sts',
      '127.0.0.1:4566 cn-north-1/sts',
    ],
    [
      'endpoints of other services',
      { region: 'cn-northwest-1', endpoints: { iam: 'http://127.0.0.1:4566' } },
      undefined,
      'sts.cn-north-1.amazonaws.com.cn cn-north-1/sts',
    ],
    ['AWS, if it is not wanted', { identifiesAhead: undefined }, undefined, 'sts.us-east-1.amazonaws.com us-east-1/sts'],
  ])('is sent where the endpoint is known without the SDK: %s', async (_, options, before, whole) => {
    const { ahead, all, atOnce, departed } = await sentBy(options);
    expect(ahead).toEqual(before === undefined ? [] : [before]);
    expect(all).toEqual([whole]);
    expect([atOnce, departed]).toEqual('identifiesAhead' in options ? [0, 0] : before === undefined ? [1, 1] : [0, 1]);
  });

  it.each([
    [undefined, 10_000],
    [500, 500],
  ])('has the time limit of a read: %s', async (timeoutMs, requestTimeout) => {
    const { given } = await sentBy({ timeoutMs });
    expect(given).toEqual([{ requestTimeout, abortSignal: expect.any(AbortSignal) }]);
  });

  it('is not sent without credentials, which is noticed', async () => {
    let departed = 0;
    const noticed = new Promise<void>((resolve) => {
      const provide = () => Promise.reject(new Error('no credentials'));
      const identifiesAhead = () => resolve(void (departed += 1));
      sessionThrough(
        fakeHandler(() => expect.fail('sent')),
        { credentials: { from: 'sandbox', how: 'test' }, provide, identifiesAhead },
      );
    });
    await noticed;
    expect(departed).toBe(1);
  });

  it('does not answer requests to other services', async () => {
    const handler = fakeHandler(({ action }) =>
      action === 'GetCallerIdentity' ? identityXml('111122223333') : xml(action, '<AccountAliases/><IsTruncated>false</IsTruncated>'),
    );
    const session = sessionThrough(handler, { identifiesAhead: () => undefined });
    expect(await session.send('iam:ListAccountAliases', {}, new AbortController().signal)).toMatchObject({ AccountAliases: [] });
    expect(await session.send('sts:GetCallerIdentity', {}, new AbortController().signal)).toMatchObject({ Account: '111122223333' });
    expect(handler.requests.map(({ action }) => action).toSorted()).toEqual(['GetCallerIdentity', 'ListAccountAliases']);
  });

  it('is stopped by what stops the request that it answers', async () => {
    const stop = new AbortController();
    const given: (AbortSignal | undefined)[] = [];
    const handle = (_request: object, { abortSignal }: { readonly abortSignal?: AbortSignal }) => {
      given.push(abortSignal);
      return new Promise((_, reject) => abortSignal?.addEventListener('abort', () => reject(abortSignal.reason as Error)));
    };
    const session = sessionThrough({ ...fakeHandler(() => ({})), handle }, { identifiesAhead: () => undefined });
    const ended = session.send('sts:GetCallerIdentity', {}, stop.signal).catch((reason: unknown) => reason);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('stopped'));
    expect(await ended).toBe(stop.signal.reason);
    expect(given.map((signal) => signal?.reason)).toEqual([stop.signal.reason]);
  });
});

describe('a handler with an answer ahead', () => {
  const handler: Handler = { handle: async () => ({ from: 'handler' }) };
  const ignored = () => undefined;

  it.each([
    ['gives it to the first request', Promise.resolve({ from: 'ahead' }), ['ahead', 'handler']],
    ['is the handler without one', undefined, ['handler', 'handler']],
  ])('%s', async (_, sent, expected) => {
    const ahead = answeredAhead(handler, sent, ignored);
    expect([await ahead.handle({}), await ahead.handle({})]).toEqual(expected.map((from) => ({ from })));
  });

  it.each(['before', 'after'])('stops it when the request is stopped %s the handler has it', (when) => {
    const stop = new AbortController();
    const reasons: unknown[] = [];
    const ahead = answeredAhead(handler, new Promise(ignored), (reason) => reasons.push(reason));
    if (when === 'before') stop.abort('SIGINT');
    void ahead.handle({}, { abortSignal: stop.signal });
    expect(reasons).toEqual(when === 'before' ? ['SIGINT'] : []);
    stop.abort('SIGINT');
    expect(reasons).toEqual(['SIGINT']);
  });
});
