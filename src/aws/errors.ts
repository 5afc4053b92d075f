import { AwsError, sameCode } from '../core/aws-error.js';
import { boundedMessage, refusalOf } from './refusal.js';
import type { RequestOutcome } from './retries.js';

/** An error of the SDK, told apart by what happened to the request. */
export interface Failure {
  readonly error: AwsError;
  readonly outcome: RequestOutcome;
  /** Not signed in, expired, or a signature AWS refused: no other call of this run can do better. */
  readonly credentials: boolean;
  readonly denied: boolean;
  /** The endpoint has no such operation (emulators: an HTML page; AWS: an API error). */
  readonly unsupported: boolean;
  /** Refused for this machine's clock, which the SDK has corrected for its next request. */
  readonly clockCorrected: boolean;
}

/** There are no credentials to send a request with: what went wrong (the cause) happened before, to a request of another kind. */
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
/** Errors of Node's sockets before a byte of the request went out. */
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

const oneOf = (codes: readonly string[], code: string): boolean => codes.some((one) => sameCode(one, code));
const text = (of: unknown): string | undefined => (typeof of === 'string' && of !== '' ? of : undefined);

/** Classifies by status and name; the message, which AWS rewords, only adds to a denial. */
export const failureOf = (
  operation: string,
  thrown: unknown,
  answer: { readonly mayHoldSecret: boolean } = { mayHoldSecret: false },
): Failure => {
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
  // Not an answer of AWS's own making: the SDK could not find an error code in it, or could not read it at all.
  const unreadable =
    raw.name === 'SyntaxError' || raw.name === 'Unknown' || raw.name === 'UnknownError' || raw.name === 'Error' || raw.name === 'TypeError';
  const code = unreadable && status !== undefined ? 'UnreadableAnswer' : wireCode(operation, text(raw.name) ?? 'UnknownError');
  // An answer that cannot be read is quoted by the error that says so, and hangs on to it.
  const message = boundedMessage((answer.mayHoldSecret && unreadable ? undefined : text(raw.message)) ?? code);
  const denied = oneOf(deniedCodes, code) || (status === 403 && unreadable);
  const error = new AwsError({
    operation,
    code: status === undefined && socketCode !== undefined ? socketCode : code,
    message,
    status,
    requestId: raw.$metadata?.requestId,
    reason: text(raw.Reason) ?? text(raw.reason),
    refusal: unreadable ? undefined : refusalOf(operation, code, denied, message),
    cause: answer.mayHoldSecret ? undefined : thrown,
  });
  const outcome: RequestOutcome = ((): RequestOutcome => {
    if (throttles.test(code)) return 'throttled';
    if (oneOf(credentialCodes, code)) return 'refused';
    if (socketCode !== undefined && unsentCodes.includes(socketCode)) return 'unsent';
    if (status === undefined) return 'lost';
    if (status >= 500) return 'server';
    if (status < 300) return 'lost';
    return 'refused';
  })();
  return {
    error,
    outcome,
    credentials: oneOf(credentialCodes, code),
    denied,
    unsupported: oneOf(unsupportedCodes, code) || (unreadable && status !== undefined && [404, 405, 500, 501].includes(status)),
    clockCorrected: raw.$metadata?.clockSkewCorrected === true && oneOf(credentialCodes, code),
  };
};

/** IAM and STS name their errors without "Exception" on the wire; the SDK adds it for the modelled ones. */
const wireCode = (operation: string, name: string): string =>
  /^(iam|sts):/.test(operation) ? name.replace(/^(\w+)Exception$/, '$1') : name;
