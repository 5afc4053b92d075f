import { type Caller, type Identity, isOptInRegion, partitionOfRegion, stsRegion } from '../core/account.js';
import { sameCode } from '../core/aws-error.js';
import type { ReadCloud } from '../core/cloud.js';
import { BootstrapError } from '../core/errors.js';
import { isNotEnabled, notEnabledError, notOffered } from '../core/refusal.js';
import type { Reading, Unread } from '../core/reading.js';
import { plain } from '../core/text.js';
import { type CredentialSource, type ProfileCredentials, profileBehind } from './credentials.js';
import { processProblem, remedyOf } from './sign-in.js';

/** What is known about a sign-in before the first request. */
export interface SignedIn {
  readonly signedInBy: string;
  readonly endpoint: string | undefined;
  /** The configured region; undefined when there is none. */
  readonly region: string | undefined;
  /** The variable that names a proxy, which the SDK does not use; undefined when there is none. */
  readonly proxyVariable?: string | undefined;
  /** Where the credentials come from. Default: the SDK's own search. */
  readonly source?: CredentialSource;
  /** Why there were no credentials, in the SDK's words; undefined if there were. */
  readonly failure?: () => string | undefined;
}

/** The caller, by one GetCallerIdentity. Throws an error for the user when that fails. */
export const identify = async (cloud: ReadCloud, session: SignedIn): Promise<Caller> => {
  const reading = await cloud.read('sts:GetCallerIdentity', {});
  if (!reading.ok) throw identityError(reading, session);
  const { Arn } = reading.value;
  const accountId = accountIn(reading.value);
  if (Arn === undefined || accountId === undefined) {
    throw new BootstrapError({
      code: 'E-IDENTITY-ANSWER',
      message: 'GetCallerIdentity returned no account id or no ARN.',
      next: session.endpoint === undefined ? 'Run the same command again.' : `Check the endpoint ${session.endpoint}.`,
      retryable: true,
    });
  }
  return callerOf(Arn, accountId);
};

const accountIn = ({ Account = '' }: { readonly Account?: string | undefined }): string | undefined =>
  /^\d{12}$/.test(Account) ? Account : undefined;

/** Credentials that are valid in one region may be unknown in the region of the request. */
const regionHint = (region: string | undefined): string => {
  if (region === undefined) return ' For an account in China or GovCloud, add --region.';
  return isOptInRegion(region)
    ? ` The region ${region} is off in new accounts: if it is not enabled in this one, add --region ${stsRegion(partitionOfRegion(region))}.`
    : '';
};

const noCredentials = ['CredentialsProviderError', 'TokenProviderError', 'MissingAuthenticationToken'] as const;
const expired = ['ExpiredToken', 'RequestExpired', 'TokenRefreshRequired', 'InvalidToken'] as const;
/** A 403 from a proxy is not among them: it proves nothing about the credentials. */
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
  const is = (...codes: readonly string[]): boolean => codes.some((listed) => sameCode(listed, code));
  if (unread.cause === 'unsupported') return notOffered(`${unread.message}.`, { aws });
  if (isNotEnabled(unread.refusal)) return notEnabledError(unread.refusal, { message: `${unread.message} (${signedInBy}).`, aws });
  if (unread.cause === 'unreachable') {
    return new BootstrapError({
      code: 'E-UNREACHABLE',
      message: `AWS could not be reached${endpoint === undefined ? '' : ` at ${endpoint}`} (${code}).`,
      next: connectionRemedy(code, session),
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

const connectionRemedy = (code: string, { endpoint, proxyVariable }: SignedIn): string => {
  if (/CERT|UNABLE_TO_|ERR_TLS_/.test(code))
    return 'The server has a certificate that this computer does not trust, such as that of a company proxy. Pass its certificate with --ca-bundle FILE or AWS_CA_BUNDLE.';
  if (endpoint !== undefined) return 'Check the endpoint and run the same command again.';
  const proxy = proxyVariable === undefined ? '' : ` ${proxyVariable} is set, but this tool does not use a proxy.`;
  return `Check the connection and run the same command again.${proxy}`;
};

/** The SDK had no credentials to sign with. `failure`: its message about that. */
const noCredentialsError = (source: CredentialSource, signedInBy: string, failure: string): BootstrapError => {
  const { profile = '', method }: Partial<ProfileCredentials> = profileBehind(source) ?? {};
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

/** Throws when the caller's account is not the wanted one. */
export const guardAccount = (caller: Caller, wanted: string | undefined, from: string | undefined, practice = false): void => {
  if (wanted === undefined || wanted === caller.accountId) return;
  throw new BootstrapError({
    code: 'E-WRONG-ACCOUNT',
    message: `You are signed in to account ${caller.accountId} (${caller.identity.arn}), but ${from ?? 'the config'} names ${wanted}.`,
    next: practice
      ? `The practice account is ${caller.accountId}. Use its id, or leave out --sandbox for a real account.`
      : `Sign in to ${wanted}, or choose its profile with --profile.`,
  });
};

/** The account of a second identity: its id, null when it has no usable credentials, or why it could not be read. */
export type OtherAccount = string | null | { readonly unread: string };

/** A profile without usable credentials does not conflict. After any other failure, its account is not known. */
export const otherAccount = (reading: Reading<{ readonly Account?: string | undefined }>): OtherAccount => {
  if (reading.ok) return accountIn(reading.value) ?? { unread: 'no account id in the answer' };
  const { code = '', message } = reading;
  return [...noCredentials, ...expired, ...refused].some((listed) => sameCode(listed, code))
    ? null
    : { unread: code === '' ? message : code };
};

/**
 * Refuses key variables and AWS_PROFILE that belong to two accounts. If they belong to one, the key variables win, and the result is a note
 * about it. If the second account cannot be read, only a run that changes nothing, or that a user approves, may continue.
 */
export const guardConflictingProfile = (
  caller: Caller,
  other: { readonly profile: string; readonly account: OtherAccount },
  mayContinue: boolean,
): string => {
  const { profile, account } = other;
  if (typeof account === 'object' && account !== null) {
    if (mayContinue)
      return `AWS_PROFILE=${profile} is set too, and its account could not be read (${account.unread}); the key variables win`;
    throw new BootstrapError({
      code: 'E-IDENTITY-ANSWER',
      message: `AWS_PROFILE=${profile} is set as well as the key variables, and its account could not be read (${account.unread}), so this shell may be signed in to two accounts.`,
      next: 'Run the same command again, or unset one of them (AWS_ACCESS_KEY_ID or AWS_PROFILE).',
      retryable: true,
    });
  }
  if (account !== null && account !== caller.accountId) {
    throw new BootstrapError({
      code: 'E-TWO-IDENTITIES',
      message: `This shell is signed in to two accounts: ${caller.accountId} with the key variables, and ${account} with AWS_PROFILE=${profile}.`,
      next: 'Unset one of them (AWS_ACCESS_KEY_ID or AWS_PROFILE), or choose one with --profile.',
    });
  }
  return `AWS_PROFILE=${profile} is set too; the key variables win, as in the AWS CLI`;
};

/**
 * The caller, from the ARN of GetCallerIdentity. Shapes: `arn:P:iam::A:root`, `:user/path/NAME`, `:assumed-role/ROLE/SESSION`,
 * `:federated-user/NAME`; any other shape counts as a user.
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
