import { AwsError, sameCode } from '../core/aws-error.js';
import { boundedMessage, refusalOf } from './refusal.js';
import type { RequestOutcome } from './retries.js';

/** An error of the SDK, classified by what happened to the request. */
export interface Failure {
  readonly error: AwsError;
  readonly outcome: RequestOutcome;
  /** Not signed in, expired, or a signature that AWS refused: every other call of this run would fail too. */
  readonly credentials: boolean;
  readonly denied: boolean;
  /** The endpoint has no such operation (emulators: an HTML page; AWS: an API error). */
  readonly unsupported: boolean;
  /** Refused because of this computer's clock, which the SDK has corrected for its next request. */
  readonly clockCorrected: boolean;
}

/** There are no credentials for the request. The cause is the error of the sign-in, which happened before. */
export class NoCredentialsError extends Error {
  constructor(cause: unknown) {
    super('no credentials', { cause });
    this.name = 'NoCredentialsError';
  }
}

const throttles = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete)/;
const credentialCodes = [
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'ExpiredToken',
  'InvalidToken',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'InvalidSignature',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'AuthFailure',
  'CredentialsProviderError',
  'TokenProviderError',
];
const deniedCodes = ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'AccessDeniedForDependency', 'Forbidden'];
const unsupportedCodes = ['InvalidAction', 'UnknownOperation', 'UnsupportedOperation', 'NotImplemented'];
/** Errors of Node's sockets before a byte of the request was sent. */
const unsentCodes = [
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
];

const includesCode = (codes: readonly string[], code: string): boolean => codes.some((listed) => sameCode(listed, code));
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Classifies by status and name. AWS rewords its messages, so a message is only used for the details of a denial. */
export const failureOf = (operation: string, thrown: unknown, response: { readonly mayHoldSecret?: boolean } = {}): Failure => {
  if (thrown instanceof NoCredentialsError) {
    const failure = failureOf(operation, thrown.cause);
    const unsent = failure.outcome === 'lost' || failure.outcome === 'server';
    return {
      ...failure,
      outcome: unsent ? 'unsent' : failure.outcome,
      credentials: failure.outcome === 'refused',
      denied: false,
      unsupported: false,
    };
  }
  const raw = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly syscall?: unknown;
    readonly message?: unknown;
    readonly Code?: unknown;
    readonly Reason?: unknown;
    readonly reason?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly clockSkewCorrected?: boolean };
    readonly $response?: { readonly statusCode?: number };
    readonly $fault?: unknown;
  };
  const status = raw.$metadata?.httpStatusCode ?? raw.$response?.statusCode;
  const socketCode = text(raw.code);
  // Not an error response of AWS: the SDK found no error code in it, or could not read it.
  const unreadable =
    raw.name === 'SyntaxError' || raw.name === 'Unknown' || raw.name === 'UnknownError' || raw.name === 'Error' || raw.name === 'TypeError';
  const code = unreadable && status !== undefined ? 'UnreadableAnswer' : wireCode(operation, text(raw.name) ?? 'UnknownError');
  // The SDK's error quotes the unreadable response and links to it, and both may contain the secret.
  const message = boundedMessage((response.mayHoldSecret && unreadable ? undefined : text(raw.message)) ?? code);
  const denied = includesCode(deniedCodes, code) || (status === 403 && unreadable);
  const error = new AwsError({
    operation,
    code: status === undefined && socketCode !== undefined ? socketCode : code,
    message,
    status,
    requestId: raw.$metadata?.requestId,
    reason: text(raw.Reason) ?? text(raw.reason),
    refusal: unreadable ? undefined : refusalOf(operation, code, denied, message),
    cause: response.mayHoldSecret ? undefined : thrown,
  });
  const outcome: RequestOutcome = ((): RequestOutcome => {
    if (throttles.test(code)) return 'throttled';
    if (includesCode(credentialCodes, code)) return 'refused';
    // A network that is lost after the connection was made has the same codes: the request may have been sent.
    const connected = raw.syscall === 'read' || (raw.syscall === 'write' && socketCode !== 'EPROTO');
    if (unsentCodes.includes(socketCode ?? '') && !connected) return 'unsent';
    if (status === undefined) return 'lost';
    if (status >= 500) return 'server';
    if (status < 300) return 'lost';
    return 'refused';
  })();
  return {
    error,
    outcome,
    credentials: includesCode(credentialCodes, code),
    denied,
    unsupported: includesCode(unsupportedCodes, code) || (unreadable && [404, 405, 500, 501].includes(status ?? 0)),
    clockCorrected: raw.$metadata?.clockSkewCorrected === true && includesCode(credentialCodes, code),
  };
};

/** On the wire, IAM and STS name their errors without "Exception"; the SDK adds it for the modelled ones. */
const wireCode = (operation: string, name: string): string =>
  operation.startsWith('iam:') || operation.startsWith('sts:') ? name.replace(/(?<=.)Exception$/, '') : name;
