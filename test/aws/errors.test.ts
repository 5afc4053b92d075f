import { describe, expect, it } from 'vitest';
import { failureOf, NoCredentialsError } from '../../src/aws/errors.js';
import { AmbiguousWriteError } from '../../src/core/aws-error.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

/** An error as the SDK throws it: the name of the error, the status of the answer, and the code of Node's socket. */
const thrown = (name: unknown, status?: number, code?: unknown, more: object = {}): object => ({
  name,
  message: 'm',
  ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
  ...(code === undefined ? {} : { code }),
  ...more,
});
const of = (error: unknown, operation = 'iam:GetUser') => failureOf(operation, error);

describe('what happened to a request', () => {
  it.each<readonly [string, unknown, string]>([
    ...[
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'SlowDown',
      'BandwidthLimitExceeded',
      'PriorRequestNotComplete',
    ].map((name) => [name, thrown(name, 400), 'throttled'] as const),
    ['a rate limit with status 503', thrown('SlowDown', 503), 'throttled'],
    ['an error with such a word in it', thrown('NotThrottling', 400), 'refused'],
    ...[
      'ENOTFOUND',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'EPROTO',
    ].map((code) => [code, socketError(code), 'unsent'] as const),
    ['EPROTO of a handshake', Object.assign(socketError('EPROTO'), { syscall: 'write' }), 'unsent'],
    ['no way to the host', Object.assign(socketError('EHOSTUNREACH'), { syscall: 'connect' }), 'unsent'],
    ...['read', 'write'].map(
      (syscall) => [`a network lost during a ${syscall}`, Object.assign(socketError('ENETUNREACH'), { syscall }), 'lost'] as const,
    ),
    ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', ''].map((code) => [`socket error ${code}`, socketError(code), 'lost'] as const),
    ['a time limit', thrown('TimeoutError'), 'lost'],
    ['an answer with status 200 that cannot be read', thrown('SyntaxError', 200), 'lost'],
    ['status 299', thrown('SyntaxError', 299), 'lost'],
    ['status 300', thrown('SyntaxError', 300), 'refused'],
    ['status 499', thrown('LimitExceeded', 499), 'refused'],
    ['status 500', thrown('ServiceFailure', 500), 'server'],
    ['a status that only the answer shows', thrown('ServiceFailure', undefined, undefined, { $response: { statusCode: 500 } }), 'server'],
    ['credentials that expired', thrown('ExpiredToken', 500), 'refused'],
    ['no credentials', thrown('CredentialsProviderError'), 'refused'],
    ['a text', 'text', 'lost'],
    ['nothing', null, 'lost'],
    ['undefined', undefined, 'lost'],
  ])('%s', (_, error, outcome) => {
    expect(of(error).outcome).toBe(outcome);
  });
});

describe('a failure', () => {
  const credentialCodes = [
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidToken',
    'RequestExpired',
    'SignatureDoesNotMatch',
    'RequestTimeTooSkewed',
    'InvalidSignatureException',
    'IncompleteSignature',
    'MissingAuthenticationTokenException',
    'AuthFailure',
    'CredentialsProviderError',
    'TokenProviderError',
  ];
  const deniedCodes = [
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'NotAuthorized',
    'AccessDeniedForDependency',
    'Forbidden',
  ];
  const unsupportedCodes = ['InvalidAction', 'UnknownOperationException', 'UnsupportedOperation', 'NotImplemented'];
  type Meaning = 'credentials' | 'denied' | 'unsupported' | undefined;

  it.each<readonly [string, number | undefined, Meaning]>([
    ...credentialCodes.map((name) => [name, 403, 'credentials'] as const),
    ...deniedCodes.map((name) => [name, 400, 'denied'] as const),
    ...unsupportedCodes.map((name) => [name, 400, 'unsupported'] as const),
    ['NoSuchEntity', 404, undefined],
    ['LimitExceeded', 403, undefined],
    ['ServiceFailure', 500, undefined],
    // A page that is no answer of AWS.
    ...['SyntaxError', 'Unknown', 'UnknownError', 'Error', 'TypeError'].flatMap((name) => [
      [name, 403, 'denied'] as const,
      ...[404, 405, 500, 501].map((status) => [name, status, 'unsupported'] as const),
      ...[200, 400, 502, 503, undefined].map((status) => [name, status, undefined] as const),
    ]),
  ])('%s with status %s is about: %s', (name, status, meaning) => {
    const { credentials, denied, unsupported } = of(thrown(name, status));
    expect({ credentials, denied, unsupported }).toEqual({
      credentials: meaning === 'credentials',
      denied: meaning === 'denied',
      unsupported: meaning === 'unsupported',
    });
  });

  it.each<readonly [string, unknown, string, string]>([
    ['the name on the wire of IAM', thrown('NoSuchEntityException', 404), 'iam:GetUser', 'NoSuchEntity'],
    ['the name on the wire of STS', thrown('ExpiredTokenException', 403), 'sts:GetCallerIdentity', 'ExpiredToken'],
    ['the name elsewhere', thrown('AccessDeniedException', 400), 'budgets:DescribeBudgets', 'AccessDeniedException'],
    ['a name with the word in it', thrown('ExceptionalException', 400), 'iam:GetUser', 'Exceptional'],
    ['a name with the word before its end', thrown('AnExceptionLimit', 400), 'iam:GetUser', 'AnExceptionLimit'],
    ['the word alone', thrown('Exception', 400), 'iam:GetUser', 'Exception'],
    ['the code of the socket', thrown('Error', undefined, 'ECONNRESET'), 'iam:GetUser', 'ECONNRESET'],
    ['a page', thrown('Error', 502, 'ECONNRESET'), 'iam:GetUser', 'UnreadableAnswer'],
    ['an error after the answer arrived', thrown('LimitExceeded', 400, 'ECONNRESET'), 'iam:GetUser', 'LimitExceeded'],
    ['a failure without an answer', thrown('TypeError'), 'iam:GetUser', 'TypeError'],
    ['no name', thrown(''), 'iam:GetUser', 'UnknownError'],
    ['a name that is no text', thrown(5), 'iam:GetUser', 'UnknownError'],
    ['a code that is no text', thrown('TimeoutError', undefined, 5), 'iam:GetUser', 'TimeoutError'],
    ['a text', 'text', 'iam:GetUser', 'UnknownError'],
  ])('has as its code: %s', (_, error, operation, code) => {
    expect(of(error, operation).error).toMatchObject({ operation, code });
  });

  it.each<readonly [string, object, string | undefined]>([
    ['Reason', { Reason: 'A', reason: 'b' }, 'A'],
    ['reason', { reason: 'b' }, 'b'],
    ['an empty Reason', { Reason: '', reason: 'b' }, 'b'],
    ['no text', { Reason: 5 }, undefined],
    ['nothing', {}, undefined],
  ])('has the reason of AWS: %s', (_, more, reason) => {
    expect(of(thrown('ConstraintViolation', 400, undefined, more)).error.reason).toBe(reason);
  });

  it('has the message of AWS, else its code', () => {
    expect(of(awsError('LimitExceeded')).error.message).toBe('said LimitExceeded');
    expect(of(thrown('LimitExceeded', 400, undefined, { message: '' })).error.message).toBe('LimitExceeded');
    expect(of('text').error.message).toBe('text');
  });

  it('has what AWS says about a refusal, and a page says nothing', () => {
    const message = 'with an explicit deny in a session policy';
    expect(of(thrown('AccessDenied', 403, undefined, { message })).error.refusal).toEqual({
      kind: 'explicit-deny',
      policy: 'session policy',
    });
    expect(of(thrown('Error', 403, undefined, { message })).error.refusal).toBeUndefined();
  });

  it('has the request id and the status', () => {
    expect(of(awsError('LimitExceeded', 409)).error).toMatchObject({ requestId: 'r-error', status: 409 });
  });

  it.each<readonly [string, boolean | undefined, boolean]>([
    ['SignatureDoesNotMatch', true, true],
    ['SignatureDoesNotMatch', false, false],
    ['SignatureDoesNotMatch', undefined, false],
    ['LimitExceeded', true, false],
  ])('is about a clock that was corrected: %s, %s', (name, clockSkewCorrected, expected) => {
    const $metadata = { httpStatusCode: 403, clockSkewCorrected };
    expect(of(thrown(name, undefined, undefined, { $metadata })).clockCorrected).toBe(expected);
    expect(of(thrown(name)).clockCorrected).toBe(false);
    expect(of(thrown(name)).error.cause).toBeDefined();
  });
});

describe('an answer that may hold a secret', () => {
  const secret = 'hidden-canary';
  const failure = (name: string, mayHoldSecret: boolean) =>
    failureOf('iam:CreateAccessKey', thrown(name, 200, undefined, { message: `near ${secret}` }), { mayHoldSecret }).error;

  it.each([
    ['SyntaxError', true, 'UnreadableAnswer', false],
    ['SyntaxError', false, `near ${secret}`, true],
    ['LimitExceeded', true, `near ${secret}`, false],
    ['LimitExceeded', false, `near ${secret}`, true],
  ])(
    '%s, %s: the message is that of AWS only if it was readable, and the error of the SDK is never attached',
    (name, may, message, attached) => {
      const { message: shown, cause } = failure(name, may);
      expect(shown).toBe(message);
      expect(cause !== undefined).toBe(attached);
    },
  );
});

describe('a sign-in that failed before the request', () => {
  it.each<readonly [string, unknown, string, boolean]>([
    ['its answer was lost', socketError('ECONNRESET'), 'unsent', false],
    ['AWS had an error', awsError('ServiceFailure', 500), 'unsent', false],
    ['it was not sent', socketError('ENOTFOUND'), 'unsent', false],
    ['it was throttled', awsError('Throttling'), 'throttled', false],
    ['AWS refused the role', awsError('AccessDenied', 403), 'refused', true],
    ['the endpoint has no STS', awsError('Unknown', 404), 'refused', true],
    ['there are no credentials', thrown('CredentialsProviderError'), 'refused', true],
  ])('%s', (_, cause, outcome, credentials) => {
    expect(of(new NoCredentialsError(cause))).toMatchObject({ outcome, credentials, denied: false, unsupported: false });
  });
});

it('a key is not created again after the network was lost while its answer was read', async () => {
  const { cloud, sent } = boundaryOver([Object.assign(socketError('EHOSTUNREACH'), { syscall: 'read' }), {}]);
  await expect(cloud.write('iam:CreateAccessKey', { UserName: 'a' })).rejects.toBeInstanceOf(AmbiguousWriteError);
  expect(sent).toHaveLength(1);
});
