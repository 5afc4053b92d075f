import { describe, expect, it } from 'vitest';
import {
  AmbiguousWriteError,
  AwsError,
  type AwsErrorKind,
  awsInfo,
  isAwsError,
  sameCode,
  translateAwsError,
} from '../../src/core/aws-error.js';
import {
  BootstrapError,
  type ErrorCode,
  type ExitCode,
  PromptAborted,
  unreadExit,
  usage,
  WentBack,
  worstExit,
} from '../../src/core/errors.js';
import { all, map, type Reading, unknownFinding, type Unread, unreadError, value } from '../../src/core/reading.js';
import { afterRefusal, isNotEnabled, notOffered, type Refusal, refusalWords } from '../../src/core/refusal.js';

/** What a failed request means for a run: its code, its exit, and what the user has to do. */

const deny = (policy?: string): Refusal => ({ kind: 'explicit-deny', policy });
const payer: Refusal = { kind: 'payer-not-enabled' };
const inactive: Refusal = { kind: 'not-activated' };

describe('the exit code of a run', () => {
  it.each<[ExitCode[], ExitCode]>([
    [[], 0],
    [[0], 0],
    [[0, 5], 5],
    [[5, 3], 3],
    [[3, 6], 6],
    [[6, 7], 7],
    [[7, 1], 1],
    [[1, 4], 4],
    [[4, 2], 2],
    [[0, 5, 3, 6, 7, 1, 4, 2], 2],
  ])('of %j is %i', (codes, worst) => {
    expect(worstExit(codes)).toBe(worst);
    expect(worstExit(codes.toReversed())).toBe(worst);
  });

  it.each<[Parameters<typeof unreadExit>[0], ExitCode]>([
    ['denied', 4],
    ['unsupported', 1],
    ['unreachable', 6],
    ['failed', 6],
    [undefined, 6],
  ])('after a read that was %s is %i', (cause, exit) => expect(unreadExit(cause)).toBe(exit));
});

describe('an error of this tool', () => {
  const parts = { code: 'E-USAGE', message: 'm', next: 'n' } as const;
  const aws = { operation: 'iam:GetUser', error: 'X' };

  it('has no step, no AWS error and changed nothing unless its parts do', () => {
    expect(new BootstrapError(parts).info()).toEqual({ ...parts, step: null, retryable: false, changed: false, aws: null });
    expect(new BootstrapError({ ...parts, step: 's', retryable: true, changed: true, aws }).info()).toEqual({
      ...parts,
      step: 's',
      retryable: true,
      changed: true,
      aws,
    });
    expect(new BootstrapError({ ...parts, changed: null }).changed).toBeNull();
  });

  it('has the step of the run only if it has none of its own', () => {
    expect(new BootstrapError(parts).info('budget').step).toBe('budget');
    expect(new BootstrapError({ ...parts, step: 'alias' }).info('budget').step).toBe('alias');
  });

  it('keeps its cause, and is the same with some parts replaced', () => {
    const cause = new Error('why');
    const error = new BootstrapError({ ...parts, cause, step: 's', retryable: true, changed: null, aws });
    expect(error.cause).toBe(cause);
    expect(Object.hasOwn(new BootstrapError(parts), 'cause')).toBe(false);
    const other = error.with({ next: 'other', changed: true });
    expect(other.info()).toEqual({ ...error.info(), next: 'other', changed: true });
    expect([other.cause, other.exit, other.name]).toEqual([cause, 7, 'BootstrapError']);
  });

  it.each([
    ['E-USAGE', false, 2],
    ['E-USAGE', null, 2],
    ['E-USAGE', true, 7],
    ['E-NOT-SIGNED-IN', true, 4],
    ['E-UNEXPECTED', true, 1],
    ['E-NOT-CONFIRMED', true, 6],
  ] as const)('%s ends a run with changes (%s) with the exit code %i', (code, changed, exit) => {
    expect(new BootstrapError({ ...parts, code, changed }).exit).toBe(exit);
  });

  it.each([
    [usage('m', 'n'), { name: 'BootstrapError', code: 'E-USAGE', exit: 2, message: 'm', next: 'n' }],
    [new WentBack(), { name: 'WentBack', message: 'Back to the previous question.' }],
    [new PromptAborted('end'), { name: 'PromptAborted', reason: 'end', message: 'The input ended before the question was answered.' }],
    [new PromptAborted('interrupt', 'c'), { reason: 'interrupt', message: 'The question was not answered.', cause: 'c' }],
    [new PromptAborted('stopped'), { reason: 'stopped', message: 'The question was not answered.' }],
  ])('%s', (error, expected) => expect(error).toMatchObject(expected));
});

describe('an error of AWS', () => {
  const parts = { operation: 'iam:CreateUser', code: 'X', message: 'no' };

  it.each([
    ['NoSuchEntity', 'NoSuchEntityException', true],
    ['NoSuchEntityException', 'NoSuchEntity', true],
    ['NoSuchEntity', 'NoSuchEntity', true],
    ['NoSuchEntity', 'EntityAlreadyExists', false],
    ['ExceptionNoSuchEntity', 'NoSuchEntity', false],
    ['ExceptionA', 'A', false],
    ['AException1', 'A1', false],
    ['A1', 'AException1', false],
  ])('%s and %s are the same code: %s', (a, b, same) => {
    expect(sameCode(a, b)).toBe(same);
    const error = new AwsError({ ...parts, code: a });
    expect(isAwsError(error, b)).toBe(same);
    expect(isAwsError(error, 'Other', b)).toBe(same);
  });

  it('is no other error, and none without codes', () => {
    expect(isAwsError(Object.assign(new Error('no'), { code: 'X' }), 'X')).toBe(false);
    expect(isAwsError(undefined, 'X')).toBe(false);
    expect(isAwsError(new AwsError(parts))).toBe(false);
  });

  it('is reported with its reason and request id, if it has them', () => {
    expect(awsInfo(new AwsError(parts))).toStrictEqual({ operation: 'iam:CreateUser', error: 'X' });
    expect(awsInfo(new AwsError({ ...parts, reason: 'R', requestId: 'r-1' }))).toEqual({
      operation: 'iam:CreateUser',
      error: 'X: R',
      requestId: 'r-1',
    });
  });

  it('keeps what AWS answered', () => {
    const error = new AmbiguousWriteError({ ...parts, status: 500, requestId: 'r-1', reason: 'R', refusal: payer, cause: 'c' });
    expect(error).toMatchObject({ ...parts, name: 'AmbiguousWriteError', status: 500, requestId: 'r-1', reason: 'R', refusal: payer });
    expect(error.cause).toBe('c');
    expect(new AwsError(parts).name).toBe('AwsError');
  });
});

describe('a failed call means', () => {
  const session = 'Sign in again and run the same command; it continues where this run stopped.';
  const soon = 'Run the same command again in a few minutes. It continues where this run stopped.';
  const allow = 'Run as an identity that is allowed iam:CreateUser.';
  const fix = 'Fix the cause and run the same command again.';
  const rows: readonly (readonly [code: string, expected: ErrorCode, retryable: boolean, next: string])[] = [
    ['AccessDenied', 'E-WRITE-DENIED', false, allow],
    ['AccessDeniedException', 'E-WRITE-DENIED', false, allow],
    ['UnauthorizedOperation', 'E-WRITE-DENIED', false, allow],
    ['NotAuthorized', 'E-WRITE-DENIED', false, allow],
    ['ExpiredTokenException', 'E-SESSION-EXPIRED', true, session],
    ['InvalidClientTokenId', 'E-SESSION-EXPIRED', true, session],
    ['SignatureDoesNotMatch', 'E-SESSION-EXPIRED', true, session],
    ['CredentialsProviderError', 'E-SESSION-EXPIRED', true, session],
    ['RequestTimeTooSkewed', 'E-SESSION-EXPIRED', true, session],
    ['NotExpiredToken', 'E-AWS-REFUSED', false, fix],
    ['Throttling', 'E-AWS-BUSY', true, soon],
    ['ThrottledException', 'E-AWS-BUSY', true, soon],
    ['TooManyRequestsException', 'E-AWS-BUSY', true, soon],
    ['ConcurrentModificationException', 'E-AWS-BUSY', true, soon],
    ['EntityTemporarilyUnmodifiable', 'E-AWS-BUSY', true, soon],
    ['NotThrottled', 'E-AWS-REFUSED', false, fix],
    ['LimitExceeded', 'E-AWS-REFUSED', false, fix],
  ];
  const failed = (code: string, more: { readonly refusal?: Refusal; readonly requestId?: string } = {}) =>
    new AwsError({ operation: 'iam:CreateUser', code, message: 'no', ...more });

  it.each(rows)('%s: %s', (code, expected, retryable, next) => {
    const cause = failed(code, { requestId: 'r-1' });
    const error = translateAwsError(cause);
    expect(error.info()).toEqual({
      code: expected,
      step: null,
      message: expect.stringContaining(code),
      next,
      retryable,
      changed: false,
      aws: { operation: 'iam:CreateUser', error: code, requestId: 'r-1' },
    });
    expect(error.message).toContain('iam:CreateUser');
    expect(error.cause).toBe(cause);
  });

  it('a lost answer: not known whether AWS was changed, whatever the code', () => {
    for (const code of ['AccessDenied', 'ExpiredToken', 'Throttling', 'TimeoutError'])
      expect(translateAwsError(new AmbiguousWriteError({ operation: 'iam:CreateUser', code, message: 'no' }))).toMatchObject({
        code: 'E-AMBIGUOUS',
        message: `The answer to iam:CreateUser was lost (${code}), and the account does not show the change.`,
        next: soon,
        retryable: true,
        changed: null,
      });
  });

  it.each<[Refusal, ErrorCode, boolean, string]>([
    [deny('session policy'), 'E-WRITE-DENIED', false, 'AWS denied iam:CreateUser (AccessDenied): no'],
    [payer, 'E-NOT-ENABLED', true, 'AWS refused iam:CreateUser (AccessDenied): no'],
    [inactive, 'E-NOT-ENABLED', true, 'AWS refused iam:CreateUser (AccessDenied): no'],
  ])('a refusal because of %o', (refusal, code, retryable, message) => {
    const cause = failed('AccessDenied', { refusal });
    const error = translateAwsError(cause, undefined, { step: 'budget', changed: true });
    expect(error).toMatchObject({ code, retryable, message, step: 'budget', changed: true, next: afterRefusal(refusal, 'iam:CreateUser') });
    expect([error.cause, error.aws]).toEqual([cause, awsInfo(cause)]);
  });

  it('what the caller passes for its kind', () => {
    const codes: Readonly<Record<AwsErrorKind, 'E-KEY-DENIED' | 'E-KEY-UNREAD'>> = {
      ambiguous: 'E-KEY-UNREAD',
      session: 'E-KEY-UNREAD',
      busy: 'E-KEY-UNREAD',
      denied: 'E-KEY-DENIED',
      refused: 'E-KEY-UNREAD',
    };
    expect(translateAwsError(failed('AccessDenied'), codes, { next: 'mine' })).toMatchObject({ code: 'E-KEY-DENIED', next: 'mine' });
  });
});

describe('a refusal', () => {
  it.each<[Refusal | undefined, boolean, RegExp, RegExp]>([
    [
      deny(),
      false,
      /^an explicit deny in a policy forbids iam:GetUser$/,
      /have the policy changed so that it does not deny iam:GetUser\.$/,
    ],
    [deny('session policy'), false, /deny in a session policy forbids/, /have the session policy changed/],
    [deny('identity-based policy'), false, /deny in an identity-based policy forbids/, /have the identity-based policy changed/],
    [deny('Organizations policy'), false, /deny in an Organizations policy forbids/, /the Organizations policy/],
    [deny('VPC endpoint policy'), false, /deny in a VPC endpoint policy forbids/, /the VPC endpoint policy/],
    [payer, true, /^Budgets is not enabled for this member account/, /console of the payer \(management\) account/],
    [inactive, true, /^the service is not activated/, /^Finish the sign-up of the account/],
  ])('%o', (refusal, notEnabled, words, next) => {
    expect(isNotEnabled(refusal)).toBe(notEnabled);
    if (refusal === undefined) return;
    expect(refusalWords(refusal, 'iam:GetUser')).toMatch(words);
    expect(afterRefusal(refusal, 'iam:GetUser')).toMatch(next);
  });

  it('need not name an action, and is none when there is none', () => {
    expect(afterRefusal(deny())).toMatch(/does not deny this\.$/);
    expect(isNotEnabled(undefined)).toBe(false);
  });

  it('of an endpoint without the operation cannot be retried', () => {
    expect(notOffered('m').info()).toMatchObject({ code: 'E-NOT-OFFERED', message: 'm', step: null, retryable: false, aws: null });
    expect(notOffered('m', { step: 's', changed: true, cause: 'c' })).toMatchObject({ step: 's', changed: true, cause: 'c' });
  });
});

describe('a reading', () => {
  const unread: Unread = { ok: false, cause: 'denied', message: 'no', evidence: [{ operation: 'iam:GetUser' }] };
  const one: Reading<number> = value(1, [{ operation: 'iam:ListUsers' }]);

  it('is changed only when there is a value', () => {
    expect(map(one, (number) => number + 1)).toEqual({ ...one, value: 2 });
    expect(map(unread as Reading<number>, (number) => number + 1)).toBe(unread);
    expect(value(1)).toEqual({ ok: true, value: 1, evidence: [] });
  });

  it('is all values with all evidence, or the first that failed', () => {
    expect(all(one, value('a', [{ operation: 'iam:GetRole' }]))).toEqual({
      ok: true,
      value: [1, 'a'],
      evidence: [{ operation: 'iam:ListUsers' }, { operation: 'iam:GetRole' }],
    });
    expect(all(one, unread, { ...unread, message: 'later' })).toBe(unread);
  });

  it('that failed is a finding of unknown state', () => {
    expect(unknownFinding('mfa.root', unread)).toStrictEqual({
      id: 'mfa.root',
      status: 'unknown',
      reason: 'no',
      evidence: unread.evidence,
      cause: 'denied',
    });
    expect(unknownFinding('mfa.root', { ...unread, missingPermission: 'iam:GetUser', refusal: payer }, 'alex')).toEqual({
      id: 'mfa.root',
      status: 'unknown',
      resource: 'alex',
      reason: 'no',
      evidence: unread.evidence,
      cause: 'denied',
      missingPermission: 'iam:GetUser',
      refusal: payer,
    });
  });

  type FailedRead = Parameters<typeof unreadError>[0];
  it.each<[string, FailedRead, { code: ErrorCode; exit: ExitCode; retryable: boolean; next: string | RegExp }]>([
    [
      'denied, with the permission',
      { cause: 'denied', missingPermission: 'iam:GetUser' },
      { code: 'E-READ-DENIED', exit: 4, retryable: false, next: 'Run as an identity that is allowed iam:GetUser.' },
    ],
    [
      'denied by a policy',
      { cause: 'denied', refusal: deny() },
      { code: 'E-READ-DENIED', exit: 4, retryable: false, next: afterRefusal(deny()) },
    ],
    [
      'denied, without a reason',
      { cause: 'denied' },
      { code: 'E-READ-DENIED', exit: 4, retryable: false, next: 'Sign in again and run the same command.' },
    ],
    [
      'not enabled',
      { cause: 'denied', missingPermission: 'iam:GetUser', refusal: payer },
      { code: 'E-NOT-ENABLED', exit: 6, retryable: true, next: afterRefusal(payer) },
    ],
    [
      'not offered',
      { cause: 'unsupported', refusal: payer },
      { code: 'E-NOT-OFFERED', exit: 1, retryable: false, next: /offers the operation/ },
    ],
    [
      'unreachable',
      { cause: 'unreachable' },
      { code: 'E-UNREACHABLE', exit: 6, retryable: true, next: 'Check the connection and run the same command again.' },
    ],
    ['failed', { cause: 'failed' }, { code: 'E-UNREACHABLE', exit: 6, retryable: true, next: 'Run the same command again.' }],
    ['not explained', {}, { code: 'E-UNREACHABLE', exit: 6, retryable: true, next: 'Run the same command again.' }],
  ])('that a run needs, and was %s, ends it', (_, failed, { next, ...expected }) => {
    const error = unreadError(failed, { message: 'm', step: 'budget', changed: null });
    expect(error).toMatchObject({ ...expected, message: 'm', step: 'budget', changed: null });
    if (typeof next === 'string') expect(error.next).toBe(next);
    else expect(error.next).toMatch(next);
  });

  it('names who may read it', () => {
    const failed: FailedRead = { cause: 'denied', missingPermission: 'iam:GetUser' };
    expect(unreadError(failed, { message: 'm', who: 'root' }).next).toBe('Run as root that is allowed iam:GetUser.');
  });
});
