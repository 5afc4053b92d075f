import { AwsError, isAwsError, translateAwsError } from '../../core/aws-error.js';
import { BootstrapError, type ErrorCode, type ErrorParts } from '../../core/errors.js';
import type { LastUse } from '../../core/keys.js';
import { afterRefusal, isNotEnabled, notEnabledError, notOffered } from '../../core/refusal.js';
import type { Unread } from '../../core/reading.js';

/** Every error code of this command. */
export type KeyErrorCode = Extract<ErrorCode, `E-KEY-${string}`>;

export const keyError = (code: KeyErrorCode, parts: ErrorParts): BootstrapError => new BootstrapError({ ...parts, code });

const runAgain = 'Run the same command again in a few minutes. It continues where this run stopped.';

/** How to run the command with more permissions. */
const asAdministrator = (user: string | null): string =>
  user === null
    ? 'Run the command as root.'
    : `Run the command as the administrator, with --user ${user} and the administrator's --profile.`;

/** The error for a read that the command cannot continue without. */
export const unreadError = (unread: Unread, user: string | null): BootstrapError => {
  const requestId = unread.evidence[0]?.requestId;
  const { operation = '' } = unread.evidence[0] ?? {};
  const aws = unread.code === undefined ? null : { operation, error: unread.code, ...(requestId === undefined ? {} : { requestId }) };
  if (unread.cause === 'unsupported') return notOffered(`${unread.message}.`, { aws });
  const { refusal } = unread;
  if (refusal !== undefined && isNotEnabled(refusal)) return notEnabledError(refusal, { message: `${unread.message}.`, aws });
  if (unread.cause === 'denied') {
    const next = refusal === undefined ? asAdministrator(user) : afterRefusal(refusal);
    return keyError('E-KEY-DENIED', { message: `${unread.message}.`, next, aws });
  }
  return keyError('E-KEY-UNREAD', { message: `${unread.message}.`, next: 'Run the same command again.', retryable: true, aws });
};

const writeCodes = {
  ambiguous: 'E-KEY-UNCERTAIN',
  session: 'E-KEY-SESSION',
  busy: 'E-AWS-BUSY',
  denied: 'E-KEY-DENIED',
  refused: 'E-KEY-REFUSED',
} as const;

/** Translates a failed write into an error of this command. Other errors are returned unchanged. */
export const writeError = (error: unknown, user: string | null): unknown => {
  if (!(error instanceof AwsError)) return error;
  const known = translateAwsError(error, writeCodes);
  if (known.code === 'E-KEY-DENIED' && error.refusal === undefined) return known.with({ next: asAdministrator(user) });
  if (known.code !== 'E-KEY-REFUSED') return known;
  const { message, operation } = error;
  const parts = { aws: known.aws, cause: error };
  if (isAwsError(error, 'LimitExceeded')) {
    return keyError('E-KEY-LIMIT', {
      ...parts,
      message: `AWS created no access key${user === null ? '' : ` for ${user}`}: the limit is two per user, and the user seems to have two.`,
      next: 'List them with `bootstrap keys list`, and run the same command again in a minute.',
      retryable: true,
    });
  }
  if (isAwsError(error, 'NoSuchEntity')) {
    const creates = operation === 'iam:CreateAccessKey';
    return keyError(creates ? 'E-KEY-USER' : 'E-KEY-UNKNOWN', {
      ...parts,
      message: `The ${creates ? `user${user === null ? '' : ` ${user}`}` : 'key'} no longer exists: ${message}`,
      next: 'List the keys with `bootstrap keys list`.',
    });
  }
  return known;
};

/** AWS accepted a change, but does not show it yet. */
export const unconfirmed = (what: string): BootstrapError =>
  keyError('E-KEY-UNCERTAIN', {
    message: `AWS accepted the change, but does not show yet that ${what}.`,
    next: runAgain,
    retryable: true,
    changed: true,
  });

/** For messages: "last used 2026-11-20 for s3", "never used". */
export const describeUse = (use: LastUse): string => {
  if (use === 'unknown') return 'last use unknown';
  return use === null ? 'never used' : `last used ${use.at.slice(0, 10)} for ${use.service}`;
};
