import { SignatureV4 } from '@smithy/signature-v4';
import type { SourceData } from '@smithy/types';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityRequest, stsUrl } from '../../src/aws/identity-request.js';
import { fakeHandler, identityXml, sessionThrough, xmlError } from './fake-aws.js';
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
    const handler = fakeHandler(() => identityXml('111122223333'));
    const { identify, boundary, departed } = identifying(handler);
    await expect.poll(() => handler.requests.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
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
});
