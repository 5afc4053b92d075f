import { type AwsErrorInfo, BootstrapError, type ErrorCode, type ErrorParts } from './errors.js';
import { afterRefusal, isNotEnabled, notEnabledError, type Refusal } from './refusal.js';

/** AWS answered with an error. `code` is the code on the wire where the SDK keeps it (`NoSuchEntity`, `AccessDeniedException`). */
export class AwsError extends Error {
  readonly operation: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** `Reason` of the error shapes that have one (Organizations). */
  readonly reason: string | undefined;
  /** What AWS's message adds; undefined for a missing permission and for everything that is no denial. */
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

/** Code of our own: an MFA device was created, but AWS's answer holds no usable seed for it. */
export const malformedSeed = 'MalformedSeed';

/** A write whose answer was lost or unreadable: AWS may have acted or not. It is read back, never sent again blindly. */
export class AmbiguousWriteError extends AwsError {
  constructor(parts: ConstructorParameters<typeof AwsError>[0]) {
    super(parts);
    this.name = 'AmbiguousWriteError';
  }
}

/** Compares codes as people write them: the SDK calls IAM's `NoSuchEntity` `NoSuchEntityException`. */
export const sameCode = (a: string, b: string): boolean => a.replace(/Exception$/, '') === b.replace(/Exception$/, '');

export const isAwsError = (error: unknown, ...codes: readonly string[]): error is AwsError =>
  error instanceof AwsError && codes.some((code) => sameCode(error.code, code));

/** The AWS side of an error, as reports carry it: operation, code (with its `Reason`, where it has one) and request id. */
export const awsInfo = ({ operation, code, reason, requestId }: AwsError): AwsErrorInfo => ({
  operation,
  error: reason === undefined ? code : `${code}: ${reason}`,
  ...(requestId === undefined ? {} : { requestId }),
});

const deniedCodes = /AccessDenied|Unauthorized|NotAuthorized/;
/** The sign-in ended during the run, or its key was deleted. */
const signInCodes =
  /^(ExpiredToken|RequestExpired|InvalidToken|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenProviderError)/;

/** What an AWS error means for a run, whatever was changed. */
export type AwsErrorKind = 'ambiguous' | 'session' | 'denied' | 'refused';

const kindOfAwsError = (error: AwsError): AwsErrorKind => {
  if (error instanceof AmbiguousWriteError) return 'ambiguous';
  if (signInCodes.test(error.code)) return 'session';
  return deniedCodes.test(error.code) ? 'denied' : 'refused';
};

const codeOfKind = {
  ambiguous: 'E-AMBIGUOUS',
  session: 'E-SESSION-EXPIRED',
  denied: 'E-WRITE-DENIED',
  refused: 'E-AWS-REFUSED',
} as const satisfies Readonly<Record<AwsErrorKind, ErrorCode>>;

/** The one translation of a failed call. Callers may have more specific codes, or a better next command. */
export const translateAwsError = (
  error: AwsError,
  codes: Readonly<Record<AwsErrorKind, Exclude<ErrorCode, 'E-STOPPED'>>> = codeOfKind,
  parts: Partial<ErrorParts> = {},
): BootstrapError => {
  const kind = kindOfAwsError(error);
  const aws = awsInfo(error);
  const words = describeKind[kind](error, aws.error);
  const { refusal } = error;
  if (refusal !== undefined && isNotEnabled(refusal))
    return notEnabledError(refusal, { message: describeKind.refused(error, aws.error).message, aws, cause: error, ...parts });
  return new BootstrapError({ code: codes[kind], ...words, aws, cause: error, ...parts });
};

const describeKind: Readonly<Record<AwsErrorKind, (error: AwsError, answer: string) => ErrorParts>> = {
  ambiguous: ({ operation }, answer) => ({
    message: `The answer to ${operation} was lost (${answer}), and the account does not show the change.`,
    next: 'Run the same command again in a few minutes; it continues where this run stopped.',
    retryable: true,
    changed: null,
  }),
  session: ({ operation }, answer) => ({
    message: `AWS no longer accepts the credentials of this run (${answer} at ${operation}).`,
    next: 'Sign in again and run the same command; it continues where this run stopped.',
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
