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
import { BootstrapError } from '../../src/core/errors.js';
import { type Unread, value } from '../../src/core/reading.js';
import { awsError, boundaryOver, socketError } from './fake-aws.js';

const session: SignedIn = { signedInBy: 'profile acme (aws login)', endpoint: undefined, region: 'eu-central-1' };
const failWith = async (answer: object, as: Partial<SignedIn> = {}): Promise<BootstrapError> => {
  const error = await identify(boundaryOver([answer]).cloud, { ...session, ...as }).catch((thrown: unknown) => thrown);
  if (!(error instanceof BootstrapError)) throw new Error('no error to tell');
  return error;
};

describe('who calls', () => {
  it('is read with one GetCallerIdentity', async () => {
    const { cloud, sent } = boundaryOver([{ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' }]);
    expect(await identify(cloud, session)).toEqual(callerOf('arn:aws:iam::111122223333:root', '111122223333'));
    expect(sent.map(({ operation }) => operation)).toEqual(['sts:GetCallerIdentity']);
  });

  it.each([{}, { Account: '111122223333' }, { Arn: 'arn:aws:iam::1:root' }, { Account: '1', Arn: 'arn:aws:iam::1:root' }])(
    'is not known from an answer like %j',
    async (answer) => {
      expect(await failWith(answer)).toMatchObject({ code: 'E-IDENTITY-ANSWER', exit: 6, retryable: true });
    },
  );

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
  ])('is told to wait for the account, and not to sign in again, after %s', async (name, status) => {
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
    'is told of an opt-in region when AWS does not know the key (%s), and of no other region',
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
      expect.objectContaining({ code: 'E-WRONG-ACCOUNT', exit: 4, message: expect.stringMatching(/111122223333.*alex.*--account-id/) }),
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
  it.each<[string, Parameters<typeof otherAccount>[0], OtherAccount]>([
    ['its account', value({ Account: '222233334444' }), '222233334444'],
    ['no account: an expired session', failed('denied', 'ExpiredToken'), null],
    ['no account: a key that AWS refuses', failed('denied', 'InvalidClientTokenId'), null],
    ['no account: a profile without credentials', failed('denied', 'CredentialsProviderError'), null],
    ['nothing: AWS is out of order', failed('failed', 'ServiceUnavailable'), { unread: 'ServiceUnavailable' }],
    ['nothing: no connection', failed('unreachable', 'ECONNRESET'), { unread: 'ECONNRESET' }],
    ['nothing: throttled to the end', failed('failed', 'Throttling'), { unread: 'Throttling' }],
    ['nothing: a 403 of a proxy', failed('denied', 'UnreadableAnswer'), { unread: 'UnreadableAnswer' }],
    ['nothing: an answer without an account', value({}), { unread: 'no account id in the answer' }],
    ['nothing: an account that is none', value({ Account: '1' }), { unread: 'no account id in the answer' }],
  ])('of which the second tells %s', (_, reading, expected) => {
    expect(otherAccount(reading)).toEqual(expected);
  });
});
