import { describe, expect, it } from 'vitest';
import {
  callerOf,
  guardAccount,
  guardConflictingProfile,
  identify,
  type OtherAccount,
  otherAccount,
  type SignedIn,
} from '../../src/aws/identity.js';
import type { CredentialSource, SignInMethod } from '../../src/aws/credentials.js';
import { BootstrapError } from '../../src/core/errors.js';
import { type Unread, value } from '../../src/core/reading.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

const session: SignedIn = { signedInBy: 'profile acme (aws login)', endpoint: undefined, region: 'eu-central-1' };
const failWith = async (answer: object, as: Partial<SignedIn> = {}): Promise<BootstrapError> => {
  const error = await identify(boundaryOver([answer]).cloud, { ...session, ...as }).catch((thrown: unknown) => thrown);
  if (!(error instanceof BootstrapError)) throw new Error('there was no error');
  return error;
};

describe('who calls', () => {
  it('is read with one GetCallerIdentity', async () => {
    const { cloud, sent } = boundaryOver([{ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' }]);
    expect(await identify(cloud, session)).toEqual(callerOf('arn:aws:iam::111122223333:root', '111122223333'));
    expect(sent.map(({ operation }) => operation)).toEqual(['sts:GetCallerIdentity']);
  });

  const Arn = 'arn:aws:iam::111122223333:root';
  it.each([
    {},
    { Account: '111122223333' },
    { Arn },
    ...['', '1', '1111222233334', 'x111122223333', '11112222333x'].map((Account) => ({ Account, Arn })),
  ])('is not known from an answer like %j', async (answer) => {
    const error = { code: 'E-IDENTITY-ANSWER', exit: 6, retryable: true };
    expect(await failWith(answer)).toMatchObject({ ...error, next: 'Run the same command again.' });
    expect(await failWith(answer, { endpoint: 'http://127.0.0.1:1' })).toMatchObject({
      ...error,
      next: 'Check the endpoint http://127.0.0.1:1.',
    });
  });

  const aws = (error: string) => ({ operation: 'sts:GetCallerIdentity', error, requestId: 'r-error' });
  const denied = 'User: alex is not authorized to perform: sts:GetCallerIdentity with an explicit deny in a session policy';
  it.each<readonly [string, Error, Partial<SignedIn>, object]>([
    [
      'an error of AWS itself',
      awsError('ServiceUnavailable', 503),
      {},
      {
        code: 'E-IDENTITY-ANSWER',
        exit: 6,
        retryable: true,
        message: 'GetCallerIdentity failed: sts:GetCallerIdentity failed: ServiceUnavailable (AWS: "said ServiceUnavailable").',
        next: 'Run the same command again.',
        aws: aws('ServiceUnavailable'),
      },
    ],
    [
      'an error of an emulator',
      awsError('ServiceUnavailable', 503),
      { endpoint: 'http://127.0.0.1:1' },
      { message: expect.stringMatching(/^GetCallerIdentity failed at http:\/\/127\.0\.0\.1:1: /) },
    ],
    [
      'a region that is not enabled',
      awsError('RegionDisabledException', 403),
      { region: 'eu-south-2' },
      {
        code: 'E-IDENTITY-ANSWER',
        next: expect.stringMatching(/^Run the same command again\. The region eu-south-2 is off in new accounts/),
      },
    ],
    [
      'an error without a request id',
      Object.assign(awsError('ExpiredToken', 403), { $metadata: { httpStatusCode: 403 } }),
      {},
      { code: 'E-SESSION-EXPIRED', aws: { operation: 'sts:GetCallerIdentity', error: 'ExpiredToken' } },
    ],
    ['an endpoint without the operation', awsError('InvalidAction', 400), {}, { code: 'E-NOT-OFFERED', aws: aws('InvalidAction') }],
    [
      'an explicit deny',
      Object.assign(awsError('AccessDenied', 403), { message: denied }),
      {},
      { code: 'E-CREDENTIALS-REFUSED', exit: 4, aws: aws('AccessDenied') },
    ],
    [
      'a failed connection',
      socketError('ENOTFOUND'),
      {},
      { code: 'E-UNREACHABLE', next: 'Check the connection and run the same command again.' },
    ],
  ])('is not known after %s', async (_, answer, as, expected) => {
    const { code, exit, retryable, message, next, aws: ofAws } = await failWith(answer, as);
    expect(ofAws).toStrictEqual('aws' in expected ? expected.aws : ofAws);
    expect({ code, exit, retryable, message, next, aws: ofAws }).toMatchObject(expected);
  });

  const profile = (method: SignInMethod | undefined, base?: SignInMethod): CredentialSource => ({
    from: 'profile',
    profile: 'acme',
    how: 'profile acme',
    ...(method === undefined ? {} : { method }),
    ...(base === undefined ? {} : { base: { profile: 'base', method: base } }),
  });
  const expiredLogin = 'Your session has expired. Please reauthenticate.';
  it.each<readonly [string, CredentialSource | undefined, string, string, string]>([
    ['aws login', profile('aws login'), expiredLogin, 'E-SESSION-EXPIRED', 'Your session has expired (profile acme (aws login)).'],
    [
      'Identity Center',
      profile('IAM Identity Center'),
      expiredLogin,
      'E-SESSION-EXPIRED',
      'Your session has expired (profile acme (aws login)).',
    ],
    [
      'Identity Center behind a role',
      profile('assumed role', 'IAM Identity Center'),
      expiredLogin,
      'E-SESSION-EXPIRED',
      'Your session has expired (profile acme (aws login)).',
    ],
    [
      'aws login, without a session',
      profile('aws login'),
      'no token',
      'E-NOT-SIGNED-IN',
      'You are not signed in to AWS: no usable credentials (profile acme (aws login)).',
    ],
    [
      'an access key',
      profile('access key'),
      expiredLogin,
      'E-NOT-SIGNED-IN',
      'You are not signed in to AWS: no usable credentials (profile acme (aws login)).',
    ],
    [
      'the search of the SDK',
      undefined,
      expiredLogin,
      'E-NOT-SIGNED-IN',
      'You are not signed in to AWS: no usable credentials (profile acme (aws login)).',
    ],
    [
      'a process',
      profile('credential process'),
      'Command failed: give\nvault 1.2 is locked.',
      'E-NOT-SIGNED-IN',
      'You are not signed in to AWS: the credential process of profile acme failed: vault 1.2 is locked.',
    ],
    [
      'a process behind a role',
      profile('assumed role', 'credential process'),
      'no words for it',
      'E-NOT-SIGNED-IN',
      'You are not signed in to AWS: the credential process of profile base failed: it returned no credentials.',
    ],
  ])('is not known without credentials from %s', async (_, source, failure, code, message) => {
    const answer = Object.assign(awsError('CredentialsProviderError'), { $metadata: undefined });
    const as: Partial<SignedIn> = { failure: () => failure, ...(source === undefined ? {} : { source }) };
    expect(await failWith(answer, as)).toMatchObject({ code, exit: 4, message });
  });

  it('is asked to sign in, with `aws login` or in CloudShell, when there are no credentials', async () => {
    for (const name of ['CredentialsProviderError', 'TokenProviderError', 'MissingAuthenticationTokenException']) {
      const error = await failWith(Object.assign(awsError(name), name.endsWith('ProviderError') ? { $metadata: undefined } : {}));
      expect(error).toMatchObject({ code: 'E-NOT-SIGNED-IN', exit: 4, changed: false });
      expect(error.message).toContain('profile acme (aws login)');
      expect(error.next).toMatch(/`aws login`.*CloudShell/);
    }
  });

  it.each([
    ['OptInRequired', 403],
    ['SubscriptionRequiredException', 400],
  ])('asks to wait for the account, and not to sign in again, after %s', async (name, status) => {
    const error = await failWith(awsError(name, status));
    expect(error).toMatchObject({ code: 'E-NOT-ENABLED', exit: 6, retryable: true, aws: { error: name.replace('Exception', '') } });
    expect(error.next).toMatch(/24 hours/);
    expect(error.next).not.toMatch(/Sign in/);
  });

  it.each(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])('is asked to sign in again after %s', async (name) => {
    const error = await failWith(awsError(name, 403));
    expect(error).toMatchObject({ code: 'E-SESSION-EXPIRED', exit: 4, aws: { operation: 'sts:GetCallerIdentity', requestId: 'r-error' } });
    expect(error.next).toContain('aws login');
  });

  it('sees a hint about the region when AWS does not know the key and no region was given', async () => {
    for (const name of ['InvalidClientTokenId', 'UnrecognizedClientException']) {
      expect(await failWith(awsError(name, 403), { region: undefined })).toMatchObject({
        code: 'E-CREDENTIALS-REFUSED',
        exit: 4,
        next: expect.stringContaining('China or GovCloud, add --region'),
      });
      expect((await failWith(awsError(name, 403))).next).not.toContain('--region');
    }
  });

  it.each(['InvalidClientTokenId', 'UnrecognizedClientException'])(
    'names an opt-in region when AWS does not know the key (%s), and no other region',
    async (name) => {
      const hint = async (region: string) => (await failWith(awsError(name, 403), { region })).next;
      expect(await hint('eu-south-2')).toContain('The region eu-south-2 is off in new accounts');
      expect(await hint('eu-south-2')).toContain('add --region us-east-1');
      for (const region of ['eu-central-1', 'ap-northeast-3', 'cn-north-1', 'us-gov-east-1', 'eusc-de-east-1'])
        expect(await hint(region)).not.toContain('--region');
    },
  );

  it('sees a hint about the clock when the signature is refused', async () => {
    for (const name of ['SignatureDoesNotMatch', 'InvalidSignatureException']) {
      expect((await failWith(awsError(name, 403))).next).toContain('the clock of this machine');
    }
  });

  it('sees that AWS cannot be reached, and at which endpoint', async () => {
    expect(await failWith(socketError('ENOTFOUND'))).toMatchObject({
      code: 'E-UNREACHABLE',
      exit: 6,
      retryable: true,
      message: 'AWS could not be reached (ENOTFOUND).',
    });
    expect(await failWith(socketError('ECONNREFUSED'), { endpoint: 'http://127.0.0.1:1' })).toMatchObject({
      exit: 6,
      message: 'AWS could not be reached at http://127.0.0.1:1 (ECONNREFUSED).',
      next: expect.stringContaining('endpoint'),
    });
  });

  it('sees how to trust the certificate of a proxy, not how to ignore it', async () => {
    for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID'])
      expect((await failWith(socketError(code))).next).toContain('--ca-bundle');
    expect((await failWith(socketError('ENOTFOUND'))).next).not.toContain('--ca-bundle');
  });

  it('sees that a proxy variable is not used', async () => {
    const next = 'Check the connection and run the same command again. HTTPS_PROXY is set, but this tool does not use a proxy.';
    expect(await failWith(socketError('ENOTFOUND'), { proxyVariable: 'HTTPS_PROXY' })).toMatchObject({ next });
  });

  it('sees that the endpoint has no identities', async () => {
    expect(await failWith(awsError('Unknown', 404), { endpoint: 'http://127.0.0.1:1' })).toMatchObject({
      code: 'E-NOT-OFFERED',
      exit: 1,
      retryable: false,
      message: expect.stringContaining('does not offer sts:GetCallerIdentity'),
    });
  });
});

const caller = callerOf('arn:aws:iam::111122223333:user/alex', '111122223333');

describe('the account that was named', () => {
  it('is let through when it is the one, and when none was named', () => {
    expect(() => guardAccount(caller, '111122223333', '--account-id')).not.toThrow();
    expect(() => guardAccount(caller, undefined, undefined)).not.toThrow();
  });

  it.each(['111122223334', '', '11112222333', ' 111122223333'])('is refused when it is another: "%s"', (wanted) => {
    expect(() => guardAccount(caller, wanted, '--account-id')).toThrow(
      expect.objectContaining({
        code: 'E-WRONG-ACCOUNT',
        exit: 4,
        message: expect.stringMatching(/111122223333.*alex.*--account-id/),
        next: `Sign in to ${wanted}, or choose its profile with --profile.`,
      }),
    );
    expect(() => guardAccount(caller, wanted, undefined, true)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('but the config names'),
        next: 'The practice account is 111122223333. Use its id, or leave out --sandbox for a real account.',
      }),
    );
  });
});

describe('two identities in one shell', () => {
  it('are refused when they are for two accounts', () => {
    expect(() => guardConflictingProfile(caller, { profile: 'other', account: '222233334444' }, true)).toThrow(
      expect.objectContaining({ code: 'E-TWO-IDENTITIES', exit: 4, message: expect.stringMatching(/111122223333.*222233334444.*other/) }),
    );
  });

  it.each(['111122223333', null])('are noted when they are not: %s', (account) => {
    expect(guardConflictingProfile(caller, { profile: 'other', account }, false)).toBe(
      'AWS_PROFILE=other is set too; the key variables win, as in the AWS CLI',
    );
  });

  it('stop a run that may write and that no one approves when the second cannot be read', () => {
    const rival = { profile: 'other', account: { unread: 'ServiceUnavailable' } };
    expect(() => guardConflictingProfile(caller, rival, false)).toThrow(
      expect.objectContaining({
        code: 'E-IDENTITY-ANSWER',
        exit: 6,
        retryable: true,
        message: expect.stringMatching(/other.*ServiceUnavailable/),
      }),
    );
    expect(guardConflictingProfile(caller, rival, true)).toMatch(/could not be read \(ServiceUnavailable\)/);
  });

  const failed = (cause: Unread['cause'], code: string): Unread => ({ ok: false, cause, code, message: code, evidence: [] });
  it.each<readonly [string, Parameters<typeof otherAccount>[0], OtherAccount]>([
    ['its account', value({ Account: '222233334444' }), '222233334444'],
    ['no account: an expired session', failed('denied', 'ExpiredToken'), null],
    ['no account: a key that AWS refuses', failed('denied', 'InvalidClientTokenId'), null],
    ['no account: a profile without credentials', failed('denied', 'CredentialsProviderError'), null],
    ['nothing: AWS is out of order', failed('failed', 'ServiceUnavailable'), { unread: 'ServiceUnavailable' }],
    ['nothing: no connection', failed('unreachable', 'ECONNRESET'), { unread: 'ECONNRESET' }],
    ['nothing: throttled to the end', failed('failed', 'Throttling'), { unread: 'Throttling' }],
    ['nothing: a 403 of a proxy', failed('denied', 'UnreadableAnswer'), { unread: 'UnreadableAnswer' }],
    ['nothing: an answer without an account', value({}), { unread: 'no account id in the answer' }],
    ...['', '1', '1111222233334', 'x111122223333', '11112222333x'].map(
      (Account) =>
        [`nothing: an account that is none, "${Account}"`, value({ Account }), { unread: 'no account id in the answer' }] as const,
    ),
    [
      'nothing: a failure without a code',
      { ok: false, cause: 'failed', message: 'out of order', evidence: [] },
      { unread: 'out of order' },
    ],
    ['nothing: a failure with a code', { ...failed('failed', 'X'), message: 'out of order' }, { unread: 'X' }],
  ])('of which the second shows %s', (_, reading, expected) => {
    expect(otherAccount(reading)).toEqual(expected);
  });
});
