import { AwsError, isAwsError, translateAwsError } from '../../core/aws-error.js';
import { BootstrapError, type ErrorCode, type ErrorParts } from '../../core/errors.js';
import type { LastUse } from '../../core/keys.js';
import { afterRefusal, isNotEnabled, notEnabledError, notOffered } from '../../core/refusal.js';
import type { Unread } from '../../core/reading.js';

/** Every error code of this command. */
export type KeyErrorCode = Extract<ErrorCode, `E-KEY-${string}`>;

export const keyError = (code: KeyErrorCode, parts: ErrorParts): BootstrapError => new BootstrapError({ ...parts, code });

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

const writeCodes = {
  ambiguous: 'E-KEY-UNCERTAIN',
  session: 'E-KEY-SESSION',
  denied: 'E-KEY-DENIED',
  refused: 'E-KEY-REFUSED',
} as const;

/** A failed write as an error of this command. Errors that are translated already stay as they are. */
export const writeError = (error: unknown, user: string | null): unknown => {
  if (!(error instanceof AwsError)) return error;
  const known = translateAwsError(error, writeCodes);
  if (known.code === 'E-KEY-DENIED' && error.refusal === undefined) return known.with({ next: byAdministrator(user) });
  if (known.code !== 'E-KEY-REFUSED') return known;
  const { message } = error;
  const parts = { aws: known.aws, cause: error };
  if (isAwsError(error, 'LimitExceeded')) {
    return keyError('E-KEY-LIMIT', {
      ...parts,
      message: `AWS created no access key${user === null ? '' : ` for ${user}`}: it allows two per user, and there seem to be two already.`,
      next: 'List them with `bootstrap keys list`, and run the same command again in a minute.',
      retryable: true,
    });
  }
  if (isAwsError(error, 'NoSuchEntity')) {
    return keyError('E-KEY-UNKNOWN', {
      ...parts,
      message: `AWS does not know the key any more: ${message}`,
      next: 'List the keys with `bootstrap keys list`.',
    });
  }
  return known;
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
