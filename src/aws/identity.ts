import { type Caller, type Identity, isOptInRegion, partitionOfRegion, stsRegion } from '../core/account.js';
import { sameCode } from '../core/aws-error.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import { notOffered } from '../core/not-offered.js';
import type { Reading, Unread } from '../core/reading.js';
import { isNotEnabled, notEnabledError } from '../core/refusal.js';
import { plain } from '../core/text.js';
import type { CredentialSource } from './credentials.js';
import { processProblem, remedyOf } from './sign-in.js';

/** What is known of a sign-in before AWS is asked. */
export interface SignedIn {
  readonly signedInBy: string;
  readonly endpoint: string | undefined;
  /** The region that is configured; undefined when none is. */
  readonly region: string | undefined;
  /** Where the credentials come from. Default: the SDK's own search. */
  readonly source?: CredentialSource;
  /** Why there were no credentials, as the SDK says it; undefined if there were. */
  readonly failure?: () => string | undefined;
}

/** Who calls: one GetCallerIdentity. Throws what a person needs to hear when there is no answer. */
export const identify = async (cloud: ReadCloud, session: SignedIn): Promise<Caller> => {
  const reading = await cloud.read('sts:GetCallerIdentity', {});
  if (!reading.ok) throw identityError(reading, session);
  const { Arn, Account } = reading.value;
  if (Arn === undefined || Account === undefined || !/^\d{12}$/.test(Account)) {
    throw new BootstrapError({
      code: 'E-IDENTITY-ANSWER',
      message: 'GetCallerIdentity gave no account id and no ARN.',
      next: session.endpoint === undefined ? 'Run the same command again.' : `Look at the endpoint ${session.endpoint}.`,
      retryable: true,
    });
  }
  return callerOf(Arn, Account);
};

/** Credentials that are good in another region may be unknown in the one that is asked. */
const regionHint = (region: string | undefined): string => {
  if (region === undefined) return ' For an account in China or GovCloud, add --region.';
  return isOptInRegion(region)
    ? ` The region ${region} is off in new accounts: if it is not enabled in this one, add --region ${stsRegion(partitionOfRegion(region))}.`
    : '';
};

const noCredentials = ['CredentialsProviderError', 'TokenProviderError', 'MissingAuthenticationToken'] as const;
const expired = ['ExpiredToken', 'RequestExpired', 'TokenRefreshRequired', 'InvalidToken'] as const;
/** A 403 of a proxy is not among them: it shows nothing about the credentials. */
const refused = [
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'SignatureDoesNotMatch',
  'InvalidSignature',
  'IncompleteSignature',
  'AuthFailure',
] as const;

const identityError = (unread: Unread, session: SignedIn): BootstrapError => {
  const { signedInBy, endpoint, region, source = { from: 'chain', how: signedInBy } } = session;
  const code = unread.code ?? '';
  const requestId = unread.evidence[0]?.requestId;
  const aws = { operation: 'sts:GetCallerIdentity', error: code, ...(requestId === undefined ? {} : { requestId }) };
  const is = (...codes: readonly string[]): boolean => codes.some((one) => sameCode(one, code));
  if (unread.cause === 'unsupported') return notOffered(`${unread.message}.`, { aws });
  if (unread.refusal !== undefined && isNotEnabled(unread.refusal))
    return notEnabledError(unread.refusal, { message: `${unread.message} (${signedInBy}).`, aws });
  if (unread.cause === 'unreachable') {
    return new BootstrapError({
      code: 'E-UNREACHABLE',
      message: `AWS could not be reached${endpoint === undefined ? '' : ` at ${endpoint}`} (${code}).`,
      next:
        endpoint === undefined
          ? 'Check the connection and run the same command again.'
          : 'Check the endpoint and run the same command again.',
      retryable: true,
    });
  }
  if (is(...noCredentials)) return noCredentialsError(source, signedInBy, session.failure?.() ?? '');
  if (is(...expired)) {
    return new BootstrapError({
      code: 'E-SESSION-EXPIRED',
      message: `Your session has expired (${signedInBy}).`,
      next: remedyOf(source, 'expired'),
      aws,
    });
  }
  if (unread.cause === 'denied') {
    const where = is('InvalidClientTokenId', 'UnrecognizedClient') ? regionHint(region) : '';
    const clock = is('SignatureDoesNotMatch', 'InvalidSignature') ? ' Check the secret key and the clock of this machine.' : '';
    return new BootstrapError({
      code: 'E-CREDENTIALS-REFUSED',
      message: `AWS does not accept these credentials (${signedInBy}): ${code}.`,
      next: `${remedyOf(source, sameCode('AccessDenied', code) ? 'role-denied' : 'refused')}${clock}${where}`,
      aws,
    });
  }
  return new BootstrapError({
    code: 'E-IDENTITY-ANSWER',
    message: `GetCallerIdentity failed${endpoint === undefined ? '' : ` at ${endpoint}`}: ${unread.message}.`,
    next: `Run the same command again.${is('RegionDisabled') ? regionHint(region) : ''}`,
    retryable: true,
    aws,
  });
};

/** The SDK had no credentials to sign with. `failure`: what it says about that. */
const noCredentialsError = (source: CredentialSource, signedInBy: string, failure: string): BootstrapError => {
  const { profile, method } = source.from === 'profile' ? (source.base ?? source) : { profile: '', method: undefined };
  if (method === 'credential process') {
    const problem = processProblem(failure) ?? 'it returned no credentials';
    return new BootstrapError({
      code: 'E-NOT-SIGNED-IN',
      message: `You are not signed in to AWS: the credential process of profile ${plain(profile)} failed: ${problem.replace(/\.$/, '')}.`,
      next: remedyOf(source, 'missing'),
    });
  }
  if ((method === 'aws login' || method === 'IAM Identity Center') && /expired/i.test(failure)) {
    return new BootstrapError({
      code: 'E-SESSION-EXPIRED',
      message: `Your session has expired (${signedInBy}).`,
      next: remedyOf(source, 'expired'),
    });
  }
  return new BootstrapError({
    code: 'E-NOT-SIGNED-IN',
    message: `You are not signed in to AWS: no usable credentials (${signedInBy}).`,
    next: remedyOf(source, 'missing'),
  });
};

/** Promise 3: the account is the one that was named. */
export const guardAccount = (caller: Caller, wanted: string | undefined, from: string | undefined): void => {
  if (wanted === undefined || wanted === caller.accountId) return;
  throw new BootstrapError({
    code: 'E-WRONG-ACCOUNT',
    message: `You are signed in to account ${caller.accountId} (${caller.identity.arn}), but ${from ?? 'the config'} names ${wanted}.`,
    next: `Sign in to ${wanted}, or choose its profile with --profile.`,
  });
};

/** What is known of the account of a second identity: its id, that it signs in to none, or nothing, and why. */
export type RivalAccount = string | null | { readonly unread: string };

/** A profile without usable credentials is no rival. Any other failure leaves open which account it is for. */
export const rivalAccount = (reading: Reading<{ readonly Account?: string | undefined }>): RivalAccount => {
  if (reading.ok)
    return /^\d{12}$/.test(reading.value.Account ?? '') ? (reading.value.Account ?? null) : { unread: 'no account id in the answer' };
  const { code = '', message } = reading;
  return [...noCredentials, ...expired, ...refused].some((one) => sameCode(one, code)) ? null : { unread: code === '' ? message : code };
};

/**
 * Key variables and AWS_PROFILE that are for two accounts: refused. For one account: the key variables win, and the result is a note about
 * it. When the second account cannot be read, only a run that changes nothing, or that a user approves, may go on.
 */
export const guardConflictingProfile = (
  caller: Caller,
  rival: { readonly profile: string; readonly account: RivalAccount },
  mayGoOn: boolean,
): string => {
  const { profile, account } = rival;
  if (typeof account === 'object' && account !== null) {
    if (mayGoOn) return `AWS_PROFILE=${profile} is set too, and its account could not be read (${account.unread}); the key variables win`;
    throw new BootstrapError({
      code: 'E-IDENTITY-ANSWER',
      message: `AWS_PROFILE=${profile} is set beside the key variables, and its account could not be read (${account.unread}), so this shell may be signed in to two accounts.`,
      next: 'Run the same command again, or unset one of them (AWS_ACCESS_KEY_ID or AWS_PROFILE).',
      retryable: true,
    });
  }
  if (account !== null && account !== caller.accountId) {
    throw new BootstrapError({
      code: 'E-TWO-IDENTITIES',
      message: `This shell stands for two accounts: the key variables for ${caller.accountId}, AWS_PROFILE=${profile} for ${account}.`,
      next: 'Unset one of them (AWS_ACCESS_KEY_ID or AWS_PROFILE), or say which with --profile.',
    });
  }
  return `AWS_PROFILE=${profile} is set too; the key variables win, as in the AWS CLI`;
};

/**
 * The caller out of GetCallerIdentity's ARN. Shapes: `arn:P:iam::A:root`, `:user/path/NAME`, `:assumed-role/ROLE/SESSION`,
 * `:federated-user/NAME`; an unknown shape that ends in `:user/NAME` counts as a user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export const callerOf = (arn: string, accountId: string): Caller => {
  const [, partition = 'aws', , , , ...rest] = arn.split(':');
  const resource = rest.join(':');
  return { accountId, partition, identity: identityOf(arn, resource) };
};

const identityOf = (arn: string, resource: string): Identity => {
  if (resource === 'root') return { kind: 'root', arn, name: 'root' };
  const [kind, ...path] = resource.split('/');
  if (kind === 'assumed-role') return { kind: 'role', arn, name: path[0] ?? resource };
  if (kind === 'federated-user') return { kind: 'federated', arn, name: path.join('/') };
  return { kind: 'user', arn, name: path.at(-1) ?? resource };
};
