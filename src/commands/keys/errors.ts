import { AmbiguousWriteError, AwsError, sameCode } from '../../core/aws-error.js';
import { BootstrapError, type ErrorInfo, type ExitCode } from '../../core/errors.js';
import type { LastUse } from '../../core/keys.js';
import { notOffered } from '../../core/not-offered.js';
import type { Unread } from '../../core/reading.js';
import { afterRefusal, isNotEnabled, notEnabledError } from '../../core/refusal.js';

type Parts = Pick<ErrorInfo, 'message' | 'next'> & Partial<Pick<ErrorInfo, 'changed' | 'retryable' | 'aws'>> & { readonly cause?: unknown };

/** Every code of this command, with the exit it ends a run with. */
const exits = {
  'E-KEY-USER': 2,
  'E-KEY-NONE': 2,
  'E-KEY-UNKNOWN': 2,
  'E-KEY-INACTIVE': 2,
  'E-KEY-ACTIVE': 2,
  'E-KEY-IN-USE': 2,
  'E-KEY-NOWHERE': 2,
  'E-KEY-DENIED': 4,
  'E-KEY-ROOT': 4,
  'E-KEY-SESSION': 4,
  'E-KEY-UNPROVEN': 6,
  'E-KEY-UNCERTAIN': 6,
  'E-KEY-UNREAD': 6,
  'E-KEY-LIMIT': 7,
  'E-KEY-OTHER': 7,
  'E-KEY-NOT-STORED': 7,
  'E-KEY-REFUSED': 7,
} as const satisfies Readonly<Record<string, ExitCode>>;
export type KeyErrorCode = keyof typeof exits;

export const keyError = (code: KeyErrorCode, parts: Parts): BootstrapError => new BootstrapError({ ...parts, code, exit: exits[code] });

const deniedCodes = /AccessDenied|Unauthorized|NotAuthorized/;
const sessionCodes =
  /^(ExpiredToken|RequestExpired|InvalidToken|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenProviderError)/;

const again = 'Run the same command again in a few minutes; it continues where this run stopped.';

/** Who may do what somebody else was refused. */
const byAdministrator = (user: string | null): string =>
  user === null
    ? 'Run it as root.'
    : `Run it as the administrator, naming the user: --user ${user}, with --profile for the administrator's sign-in.`;

/** A read without which there is nothing to decide by. */
export const unreadError = (unread: Unread, user: string | null): BootstrapError => {
  const requestId = unread.evidence[0]?.requestId;
  const { operation = '' } = unread.evidence[0] ?? {};
  const aws = unread.code === undefined ? null : { operation, error: unread.code, ...(requestId === undefined ? {} : { requestId }) };
  if (unread.cause === 'unsupported') return notOffered(`${unread.message}.`, { aws });
  const { refusal } = unread;
  if (refusal !== undefined && isNotEnabled(refusal)) return notEnabledError(refusal, { message: `${unread.message}.`, aws });
  if (unread.cause === 'denied') {
    const next = refusal === undefined ? byAdministrator(user) : afterRefusal(refusal);
    return keyError('E-KEY-DENIED', { message: `${unread.message}.`, next, aws });
  }
  return keyError('E-KEY-UNREAD', { message: `${unread.message}.`, next: 'Run the same command again.', retryable: true, aws });
};

/** What AWS said to a write, in our shape; errors that are in it already stay as they are. */
export const writeError = (error: unknown, user: string | null): unknown => {
  if (!(error instanceof AwsError)) return error;
  const { operation, code, requestId } = error;
  const aws = { operation, error: code, ...(requestId === undefined ? {} : { requestId }) };
  const parts = { aws, cause: error };
  if (error instanceof AmbiguousWriteError) {
    return keyError('E-KEY-UNCERTAIN', {
      ...parts,
      message: `The answer to ${operation} was lost (${code}), and the account does not show the change.`,
      next: again,
      retryable: true,
      changed: null,
    });
  }
  const { refusal } = error;
  if (refusal !== undefined && isNotEnabled(refusal))
    return notEnabledError(refusal, { ...parts, message: `AWS refused ${operation} (${code}): ${error.message}` });
  if (deniedCodes.test(code)) {
    const next = refusal === undefined ? byAdministrator(user) : afterRefusal(refusal, operation);
    return keyError('E-KEY-DENIED', { ...parts, message: `AWS denied ${operation}: ${error.message}`, next });
  }
  if (sessionCodes.test(code)) {
    const message = `AWS does not accept the credentials of this run any more (${code} at ${operation}).`;
    return keyError('E-KEY-SESSION', { ...parts, message, next: 'Sign in again and run the same command.', retryable: true });
  }
  if (sameCode(code, 'LimitExceeded')) {
    return keyError('E-KEY-LIMIT', {
      ...parts,
      message: `AWS made no further key${user === null ? '' : ` for ${user}`}: it allows two per user, and there seem to be two already.`,
      next: 'Look with `bootstrap keys list`, and run the same command again in a minute.',
      retryable: true,
    });
  }
  if (sameCode(code, 'NoSuchEntity')) {
    return keyError('E-KEY-UNKNOWN', {
      ...parts,
      message: `AWS does not know the key any more: ${error.message}`,
      next: 'Look with `bootstrap keys list`.',
    });
  }
  return keyError('E-KEY-REFUSED', {
    ...parts,
    message: `AWS refused ${operation} (${code}): ${error.message}`,
    next: 'Mend the cause and run the same command again.',
  });
};

/** AWS took a change and does not show it. */
export const unconfirmed = (what: string): BootstrapError =>
  keyError('E-KEY-UNCERTAIN', {
    message: `AWS accepted it, but does not show yet that ${what}.`,
    next: again,
    retryable: true,
    changed: true,
  });

/** In words, for lists and refusals: "last used 2026-11-20 by s3", "never used". */
export const describeUse = (use: LastUse): string => {
  if (use === 'unknown') return 'whether it is used is not known';
  return use === null ? 'never used' : `last used ${use.at.slice(0, 10)} for ${use.service}`;
};
