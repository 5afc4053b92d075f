import { BootstrapError, type ErrorInfo } from './errors.js';
import { notOffered } from './not-offered.js';
import type { Unread } from './reading.js';
import { afterRefusal, isNotEnabled, notEnabledError } from './refusal.js';

/** A reading that brought nothing, or the finding that was made of it. */
type Cause = Partial<Pick<Unread, 'cause' | 'missingPermission' | 'refusal'>>;

/** The error of a run that cannot do without a read: denied (exit 4), not enabled or not answered (exit 6), not offered by the endpoint (exit 1). */
export const unreadError = (
  unread: Cause,
  parts: Pick<ErrorInfo, 'message'> & Partial<Pick<ErrorInfo, 'step' | 'changed'>> & { readonly who?: string },
): BootstrapError => {
  const { who = 'an identity', ...rest } = parts;
  const { cause, missingPermission, refusal } = unread;
  if (cause === 'unsupported') return notOffered(rest.message, rest);
  if (refusal !== undefined && isNotEnabled(refusal)) return notEnabledError(refusal, rest);
  if (cause === 'denied') {
    const next =
      missingPermission !== undefined
        ? `Run as ${who} that is allowed ${missingPermission}.`
        : refusal !== undefined
          ? afterRefusal(refusal)
          : 'Sign in again and run the same command.';
    return new BootstrapError({ ...rest, code: 'E-READ-DENIED', next });
  }
  return new BootstrapError({
    ...rest,
    code: 'E-UNREACHABLE',
    next: cause === 'unreachable' ? 'Check the connection and run the same command again.' : 'Run the same command again.',
    retryable: true,
  });
};
