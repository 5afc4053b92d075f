import type { Caller } from '../core/account.js';
import type { ReadCloud } from '../core/cloud.js';
import { sameCode } from '../core/aws-error.js';
import { BootstrapError } from '../core/error.js';
import { notOffered } from '../core/not-offered.js';
import type { Unread } from '../core/reading.js';
import { callerOf } from './identity.js';

/** What is known of a sign-in before AWS is asked. */
export interface SignedIn {
  readonly signedInBy: string;
  readonly endpoint: string | undefined;
  readonly regionGiven: boolean;
  /** The command that renews it, where it is a certain one: `aws sso login --profile acme`. */
  readonly signIn?: string | undefined;
}

/** Who calls: one GetCallerIdentity. Throws what a person needs to hear when there is no answer. */
export const identify = async (cloud: ReadCloud, session: SignedIn): Promise<Caller> => {
  const reading = await cloud.read('sts:GetCallerIdentity', {});
  if (!reading.ok) throw identityError(reading, session);
  const { Arn, Account } = reading.value;
  if (Arn === undefined || Account === undefined || !/^\d{12}$/.test(Account)) {
    throw new BootstrapError({
      code: 'E-IDENTITY-ANSWER',
      exit: 6,
      message: 'GetCallerIdentity gave no account id and no ARN.',
      next: session.endpoint === undefined ? 'Run the same command again.' : `Look at the endpoint ${session.endpoint}.`,
      retryable: true,
    });
  }
  return callerOf(Arn, Account);
};

const howToSignIn = (command = 'aws login'): string => {
  const about = command.startsWith('aws login') ? ' (AWS CLI 2.32 or newer; works for root and needs no access key)' : '';
  return `Sign in with \`${command}\`${about}, or run in AWS CloudShell, which is signed in already.`;
};

const identityError = (unread: Unread, { signedInBy, endpoint, regionGiven, signIn: command }: SignedIn): BootstrapError => {
  const signIn = howToSignIn(command);
  const code = unread.code ?? '';
  const requestId = unread.evidence[0]?.requestId;
  const aws = { operation: 'sts:GetCallerIdentity', error: code, ...(requestId === undefined ? {} : { requestId }) };
  const is = (...codes: readonly string[]): boolean => codes.some((one) => sameCode(one, code));
  if (unread.cause === 'unsupported') return notOffered(`${unread.message}.`, { aws });
  if (unread.cause === 'unreachable') {
    return new BootstrapError({
      code: 'E-UNREACHABLE',
      exit: 6,
      message: `AWS could not be reached${endpoint === undefined ? '' : ` at ${endpoint}`} (${code}).`,
      next:
        endpoint === undefined
          ? 'Check the connection and run the same command again.'
          : 'Check the endpoint and run the same command again.',
      retryable: true,
    });
  }
  if (is('CredentialsProviderError', 'TokenProviderError', 'MissingAuthenticationToken')) {
    return new BootstrapError({
      code: 'E-NOT-SIGNED-IN',
      exit: 4,
      message: `You are not signed in to AWS: no usable credentials (${signedInBy}).`,
      next: signIn,
    });
  }
  if (is('ExpiredToken', 'RequestExpired', 'TokenRefreshRequired', 'InvalidToken')) {
    return new BootstrapError({
      code: 'E-SESSION-EXPIRED',
      exit: 4,
      message: `Your session has expired (${signedInBy}).`,
      next: `Sign in again. ${signIn}`,
      aws,
    });
  }
  if (unread.cause === 'denied') {
    const region =
      is('InvalidClientTokenId', 'UnrecognizedClient') && !regionGiven ? ' For an account in China or GovCloud, add --region.' : '';
    const clock = is('SignatureDoesNotMatch', 'InvalidSignature') ? ' Check the secret key and the clock of this machine.' : '';
    return new BootstrapError({
      code: 'E-CREDENTIALS-REFUSED',
      exit: 4,
      message: `AWS does not accept these credentials (${signedInBy}): ${code}.`,
      next: `Sign in again, or choose other credentials with --profile.${clock}${region}`,
      aws,
    });
  }
  return new BootstrapError({
    code: 'E-IDENTITY-ANSWER',
    exit: 6,
    message: `GetCallerIdentity failed${endpoint === undefined ? '' : ` at ${endpoint}`}: ${unread.message}.`,
    next: 'Run the same command again.',
    retryable: true,
    aws,
  });
};

/** Promise 3: the account is the one that was named. */
export const guardAccount = (caller: Caller, wanted: string | undefined, from: string | undefined): void => {
  if (wanted === undefined || wanted === caller.accountId) return;
  throw new BootstrapError({
    code: 'E-WRONG-ACCOUNT',
    exit: 4,
    message: `You are signed in to account ${caller.accountId} (${caller.identity.arn}), but ${from ?? 'the config'} names ${wanted}.`,
    next: `Sign in to ${wanted}, or choose its profile with --profile.`,
  });
};

/** Key variables and AWS_PROFILE that stand for two accounts: refused. One account: the key variables win, and that is said. */
export const guardRival = (caller: Caller, rival: { readonly profile: string; readonly accountId: string | null }): string => {
  if (rival.accountId !== null && rival.accountId !== caller.accountId) {
    throw new BootstrapError({
      code: 'E-TWO-IDENTITIES',
      exit: 4,
      message: `This shell stands for two accounts: the key variables for ${caller.accountId}, AWS_PROFILE=${rival.profile} for ${rival.accountId}.`,
      next: 'Unset one of them (AWS_ACCESS_KEY_ID or AWS_PROFILE), or say which with --profile.',
    });
  }
  return `AWS_PROFILE=${rival.profile} is set too; the key variables win, as in the AWS CLI`;
};
