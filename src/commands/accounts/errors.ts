import { partitionOf } from '../../core/account.js';
import { AmbiguousWriteError, AwsError } from '../../core/aws-error.js';
import { BootstrapError, type ErrorInfo, type ExitCode } from '../../core/errors.js';
import { afterRefusal, isNotEnabled, notEnabledError } from '../../core/refusal.js';
import { refusal } from '../../steps/organization/refusals.js';

type Parts = Pick<ErrorInfo, 'message' | 'next'> & Partial<Pick<ErrorInfo, 'changed' | 'retryable' | 'aws'>> & { readonly cause?: unknown };

/** Every code of this command's own, with the exit it ends a run with. */
const exits = {
  'E-FREE-TIER-LOSS': 2,
  'E-INVITATION-NONE': 2,
  'E-INVITATION-SEVERAL': 2,
  'E-NOT-MANAGEMENT': 4,
  'E-MANAGEMENT-UNCONFIRMED': 4,
  'E-TRANSFER-UNCONFIRMED': 4,
  'E-ROLE-UNPROVEN': 6,
  'E-ACCOUNT-CONFLICT': 7,
  'E-INVITATION-ENDED': 7,
  'E-INVITATION-OPEN': 7,
  'E-INVITATION-ELSEWHERE': 7,
  'E-INVITATION-ODD': 7,
  'E-ROLE-CONFLICT': 7,
} as const satisfies Readonly<Record<string, ExitCode>>;
type AccountErrorCode = keyof typeof exits;

export const accountError = (code: AccountErrorCode, parts: Parts): BootstrapError =>
  new BootstrapError({ ...parts, code, exit: exits[code] });

const sessionCodes =
  /^(ExpiredToken|RequestExpired|InvalidToken|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenProviderError)/;

/** What AWS said to a write, in our shape; errors that are in it already stay as they are. */
export const writeError = (thrown: unknown, partition: string): unknown => {
  const error = refusal(thrown, partitionOf(partition).consoleHost);
  if (!(error instanceof AwsError)) return error;
  const { operation, code, reason, requestId } = error;
  const answer = reason === undefined ? code : `${code}: ${reason}`;
  const aws = { operation, error: answer, ...(requestId === undefined ? {} : { requestId }) };
  const parts = { aws, cause: error };
  if (error instanceof AmbiguousWriteError) {
    return new BootstrapError({
      ...parts,
      code: 'E-AMBIGUOUS',
      message: `The answer to ${operation} was lost (${code}), and AWS does not show the change.`,
      next: 'Run the same command again in a few minutes; it looks first and continues where this run stopped.',
      retryable: true,
      changed: null,
    });
  }
  if (sessionCodes.test(code)) {
    return new BootstrapError({
      ...parts,
      code: 'E-SESSION-EXPIRED',
      message: `AWS does not accept the credentials of this run any more (${code} at ${operation}).`,
      next: 'Sign in again and run the same command; it continues where this run stopped.',
      retryable: true,
    });
  }
  const { refusal: why } = error;
  if (why !== undefined && isNotEnabled(why))
    return notEnabledError(why, { ...parts, message: `AWS refused ${operation} (${answer}): ${error.message}` });
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(code)) {
    return new BootstrapError({
      ...parts,
      code: 'E-WRITE-DENIED',
      message: `AWS denied ${operation}: ${error.message}`,
      next: why === undefined ? `Run as an identity that is allowed ${operation}.` : afterRefusal(why, operation),
    });
  }
  return new BootstrapError({
    ...parts,
    code: 'E-AWS-REFUSED',
    message: `AWS refused ${operation} (${answer}): ${error.message}`,
    next: 'Mend the cause and run the same command again.',
  });
};
