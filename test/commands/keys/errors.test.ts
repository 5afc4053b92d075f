import { describe, expect, it } from 'vitest';
import { describeUse, unreadError, writeError } from '../../../src/commands/keys/errors.js';
import { AmbiguousWriteError, AwsError } from '../../../src/core/aws-error.js';
import type { BootstrapError } from '../../../src/core/errors.js';
import type { Unread } from '../../../src/core/reading.js';
import type { Refusal } from '../../../src/core/refusal.js';

/** What `bootstrap keys` reports for a failed request, by what AWS answered. */

const denyingPolicy: Refusal = { kind: 'explicit-deny', policy: undefined };
const notActivated: Refusal = { kind: 'not-activated' };
const asAdministrator = "Run the command as the administrator, with --user ci and the administrator's --profile.";

describe('a read that failed', () => {
  const unread = (more: Partial<Unread>): Unread => ({
    ok: false,
    cause: 'failed',
    message: 'The keys cannot be read',
    evidence: [],
    ...more,
  });
  it.each<[string, Partial<Unread>, string | null, { code: string; next: string | RegExp; retryable: boolean }]>([
    ['denied, for a user', { cause: 'denied' }, 'ci', { code: 'E-KEY-DENIED', next: asAdministrator, retryable: false }],
    ['denied, for root', { cause: 'denied' }, null, { code: 'E-KEY-DENIED', next: 'Run the command as root.', retryable: false }],
    [
      'denied by a policy',
      { cause: 'denied', refusal: denyingPolicy },
      'ci',
      { code: 'E-KEY-DENIED', next: /the policy does not apply to/, retryable: false },
    ],
    [
      'not activated yet',
      { cause: 'denied', refusal: notActivated },
      'ci',
      { code: 'E-NOT-ENABLED', next: /wait up to 24 hours/, retryable: true },
    ],
    [
      'not offered by the endpoint',
      { cause: 'unsupported' },
      'ci',
      { code: 'E-NOT-OFFERED', next: /an endpoint that offers/, retryable: false },
    ],
    ['not answered', { cause: 'unreachable' }, 'ci', { code: 'E-KEY-UNREAD', next: 'Run the same command again.', retryable: true }],
    ['answered with nonsense', {}, 'ci', { code: 'E-KEY-UNREAD', next: 'Run the same command again.', retryable: true }],
  ])('because it was %s', (_, more, user, expected) => {
    const error = unreadError(unread(more), user);
    expect(error).toMatchObject({
      ...expected,
      message: 'The keys cannot be read.',
      next: typeof expected.next === 'string' ? expected.next : expect.stringMatching(expected.next),
    });
    expect(error.aws).toBeNull();
  });

  const evidence = [{ operation: 'iam:ListAccessKeys', requestId: 'r-1' }];
  it.each<[string, Partial<Unread>, object | null]>([
    ['operation, code and request id', { code: 'X', evidence }, { operation: 'iam:ListAccessKeys', error: 'X', requestId: 'r-1' }],
    ['operation and code', { code: 'X', evidence: [{ operation: 'iam:ListAccessKeys' }] }, { operation: 'iam:ListAccessKeys', error: 'X' }],
    ['the code', { code: 'X' }, { operation: '', error: 'X' }],
    ['nothing, without a code', { evidence }, null],
  ])('has of AWS: %s', (_, more, expected) => {
    for (const kind of [
      {},
      { cause: 'denied' },
      { cause: 'unsupported' },
      { cause: 'denied', refusal: notActivated },
    ] satisfies Partial<Unread>[])
      expect(unreadError(unread({ ...more, ...kind }), 'ci').aws).toEqual(expected);
  });
});

describe('a write that failed', () => {
  const awsError = (code: string, operation = 'iam:UpdateAccessKey', refusal?: Refusal): AwsError =>
    new AwsError({ operation, code, message: 'no', requestId: 'r-1', refusal });
  const create = 'iam:CreateAccessKey';

  it.each<[string, AwsError, string | null, { code: string; message?: RegExp; next?: string | RegExp; retryable?: boolean }]>([
    ['denied', awsError('AccessDenied'), 'ci', { code: 'E-KEY-DENIED', next: asAdministrator }],
    ['denied, for root', awsError('AccessDenied'), null, { code: 'E-KEY-DENIED', next: 'Run the command as root.' }],
    [
      'denied by a policy',
      awsError('AccessDenied', create, denyingPolicy),
      'ci',
      { code: 'E-KEY-DENIED', next: /the policy does not apply to/ },
    ],
    ['not accepted', awsError('ExpiredToken'), 'ci', { code: 'E-KEY-SESSION', retryable: true }],
    ['busy', awsError('Throttling'), 'ci', { code: 'E-AWS-BUSY', retryable: true }],
    ['refused', awsError('ServiceFailure'), 'ci', { code: 'E-KEY-REFUSED', next: 'Fix the cause and run the same command again.' }],
    [
      'over the limit',
      awsError('LimitExceeded', create),
      'ci',
      { code: 'E-KEY-LIMIT', message: /^AWS created no access key for ci: the limit is two/, retryable: true },
    ],
    [
      'over the limit, for root',
      awsError('LimitExceeded', create),
      null,
      { code: 'E-KEY-LIMIT', message: /^AWS created no access key: /, retryable: true },
    ],
    [
      'for a user that no longer exists',
      awsError('NoSuchEntity', create),
      'ci',
      { code: 'E-KEY-USER', message: /^The user ci no longer exists: no$/ },
    ],
    [
      'for an owner that no longer exists',
      awsError('NoSuchEntity', create),
      null,
      { code: 'E-KEY-USER', message: /^The user no longer exists/ },
    ],
    [
      'for a key that no longer exists',
      awsError('NoSuchEntity'),
      'ci',
      { code: 'E-KEY-UNKNOWN', message: /^The key no longer exists: no$/ },
    ],
  ])('because it was %s', (_, thrown, user, { code, message, next, retryable = false }) => {
    const error = writeError(thrown, user) as BootstrapError;
    expect([error.code, error.retryable, error.cause]).toEqual([code, retryable, thrown]);
    expect(error.aws).toEqual({ operation: thrown.operation, error: thrown.code, requestId: 'r-1' });
    if (message !== undefined) expect(error.message).toMatch(message);
    if (typeof next === 'string') expect(error.next).toBe(next);
    else if (next !== undefined) expect(error.next).toMatch(next);
  });

  it('is uncertain if its answer was lost', () => {
    const error = writeError(new AmbiguousWriteError({ operation: create, code: 'ECONNRESET', message: 'lost' }), 'ci');
    expect(error).toMatchObject({ code: 'E-KEY-UNCERTAIN', retryable: true, changed: null });
  });

  it('is returned unchanged if it is not of AWS', () => {
    for (const error of [new Error('broken'), 'text', undefined]) expect(writeError(error, 'ci')).toBe(error);
  });
});

describe('the last use of a key', () => {
  it.each([
    ['unknown' as const, 'last use unknown'],
    [null, 'never used'],
    [{ at: '2026-11-20T10:00:00Z', service: 's3', region: 'us-east-1' }, 'last used 2026-11-20 for s3'],
  ])('%j is described as %s', (use, text) => expect(describeUse(use)).toBe(text));
});
