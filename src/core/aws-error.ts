import { type AwsErrorInfo, BootstrapError, type ErrorCode, type ErrorParts } from './errors.js';
import { afterRefusal, isNotEnabled, notEnabledError, type Refusal } from './refusal.js';

/** AWS answered with an error. `code` is the code on the wire, where the SDK preserves it (`NoSuchEntity`, `AccessDeniedException`). */
export class AwsError extends Error {
  readonly operation: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** `Reason` of the error shapes that have one (Organizations). */
  readonly reason: string | undefined;
  /** What AWS's message adds to the code; undefined for a missing permission and for errors that are not a denial. */
  readonly refusal: Refusal | undefined;

  constructor(parts: {
    readonly operation: string;
    readonly code: string;
    readonly message: string;
    readonly status?: number | undefined;
    readonly requestId?: string | undefined;
    readonly reason?: string | undefined;
    readonly refusal?: Refusal | undefined;
    readonly cause?: unknown;
  }) {
    super(parts.message, { cause: parts.cause });
    this.name = 'AwsError';
    this.operation = parts.operation;
    this.code = parts.code;
    this.status = parts.status;
    this.requestId = parts.requestId;
    this.reason = parts.reason;
    this.refusal = parts.refusal;
  }
}

/** A code of this tool: AWS created an MFA device, but the response has no usable seed. */
export const malformedSeed = 'MalformedSeed';

/** A write whose response was lost or unreadable: AWS may have carried it out. The account is read before it is sent again. */
export class AmbiguousWriteError extends AwsError {
  constructor(parts: ConstructorParameters<typeof AwsError>[0]) {
    super(parts);
    this.name = 'AmbiguousWriteError';
  }
}

/** Compares codes without the suffix "Exception": the SDK calls IAM's `NoSuchEntity` `NoSuchEntityException`. */
export const sameCode = (a: string, b: string): boolean => a.replace(/Exception$/, '') === b.replace(/Exception$/, '');

export const isAwsError = (error: unknown, ...codes: readonly string[]): error is AwsError =>
  error instanceof AwsError && codes.some((code) => sameCode(error.code, code));

/** The AWS part of an error in reports: operation, code (with its `Reason`, if it has one) and request id. */
export const awsInfo = ({ operation, code, reason, requestId }: AwsError): AwsErrorInfo => ({
  operation,
  error: reason === undefined ? code : `${code}: ${reason}`,
  ...(requestId === undefined ? {} : { requestId }),
});

const deniedCodes = /AccessDenied|Unauthorized|NotAuthorized/;
/** The session ended during the run, its key was deleted, or AWS no longer accepts the signature. */
const signInCodes =
  /^(ExpiredToken|RequestExpired|InvalidToken|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenProviderError|IncompleteSignature|SignatureDoesNotMatch|InvalidSignature|MissingAuthenticationToken|RequestTimeTooSkewed|AuthFailure)/;
/** Refused because of other requests, in spite of all retries. Nothing was changed. */
const busyCodes = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ConcurrentModification|EntityTemporarilyUnmodifiable)/;

/** What an AWS error means for a run, regardless of what was changed. */
export type AwsErrorKind = 'ambiguous' | 'session' | 'busy' | 'denied' | 'refused';

const kindOfAwsError = (error: AwsError): AwsErrorKind => {
  if (error instanceof AmbiguousWriteError) return 'ambiguous';
  if (signInCodes.test(error.code)) return 'session';
  if (busyCodes.test(error.code)) return 'busy';
  return deniedCodes.test(error.code) ? 'denied' : 'refused';
};

const codeOfKind = {
  ambiguous: 'E-AMBIGUOUS',
  session: 'E-SESSION-EXPIRED',
  busy: 'E-AWS-BUSY',
  denied: 'E-WRITE-DENIED',
  refused: 'E-AWS-REFUSED',
} as const satisfies Readonly<Record<AwsErrorKind, ErrorCode>>;

/** The only translation of a failed call. Callers may pass more specific codes, or a better next step. */
export const translateAwsError = (
  error: AwsError,
  codes: Readonly<Record<AwsErrorKind, Exclude<ErrorCode, 'E-STOPPED'>>> = codeOfKind,
  parts: Partial<ErrorParts> = {},
): BootstrapError => {
  const kind = kindOfAwsError(error);
  const aws = awsInfo(error);
  const words = describeKind[kind](error, aws.error);
  const { refusal } = error;
  if (isNotEnabled(refusal))
    return notEnabledError(refusal, { message: describeKind.refused(error, aws.error).message, aws, cause: error, ...parts });
  return new BootstrapError({ code: codes[kind], ...words, aws, cause: error, ...parts });
};

const describeKind: Readonly<Record<AwsErrorKind, (error: AwsError, answer: string) => ErrorParts>> = {
  ambiguous: ({ operation }, answer) => ({
    message: `The answer to ${operation} was lost (${answer}), and the account does not show the change.`,
    next: 'Run the same command again in a few minutes. It continues where this run stopped.',
    retryable: true,
    changed: null,
  }),
  session: ({ operation }, answer) => ({
    message: `AWS no longer accepts the credentials of this run (${answer} at ${operation}).`,
    next: 'Sign in again and run the same command; it continues where this run stopped.',
    retryable: true,
  }),
  busy: ({ operation }, answer) => ({
    message: `AWS refused ${operation} each time it was sent (${answer}): there are too many requests, or another change is in progress.`,
    next: 'Run the same command again in a few minutes. It continues where this run stopped.',
    retryable: true,
  }),
  denied: ({ operation, message, refusal }, answer) => ({
    message: `AWS denied ${operation} (${answer}): ${message}`,
    next: refusal === undefined ? `Run as an identity that is allowed ${operation}.` : afterRefusal(refusal, operation),
  }),
  refused: ({ operation, message }, answer) => ({
    message: `AWS refused ${operation} (${answer}): ${message}`,
    next: 'Fix the cause and run the same command again.',
  }),
};
