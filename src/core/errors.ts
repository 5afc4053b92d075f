import { accountErrors } from './errors/accounts.js';
import { changeErrors } from './errors/changes.js';
import { identityErrors } from './errors/identity.js';
import { keyErrors } from './errors/keys.js';
import { organizationErrors } from './errors/organization.js';
import { type ExitCode, exitNames } from './errors/row.js';
import { usageErrors } from './errors/usage.js';

export { type ExitCode, exitNames };

/** The AWS part of an error, as far as AWS reported it. */
export interface AwsErrorInfo {
  readonly operation: string;
  readonly error: string;
  readonly requestId?: string;
}

/** An error, in JSON and as the source of every other format. */
export interface ErrorInfo {
  /** Stable code such as `E-ALIAS-TAKEN`; `bootstrap explain CODE` has a page for it. */
  readonly code: string;
  readonly step: string | null;
  /** What happened and why, in one or two sentences. */
  readonly message: string;
  /** The next step. */
  readonly next: string;
  /** True when running the same command again can help. */
  readonly retryable: boolean;
  /** Whether AWS was changed before the error; null when that is not known. */
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;
}

const precedence: readonly ExitCode[] = [2, 4, 1, 7, 6, 3, 5, 0];

/** The code that wins when several apply. */
export const worstExit = (codes: readonly ExitCode[]): ExitCode => precedence.find((code) => codes.includes(code)) ?? 0;

/** 2 says that nothing was changed. A run that changed something and then failed for the same reason is partly done. */
export const exitAfter = (exit: ExitCode, changed: boolean): ExitCode => (exit === 2 && changed ? 7 : exit);

/** Why a read failed. `unsupported`: the endpoint does not offer the operation. */
export type UnreadCause = 'denied' | 'unreachable' | 'unsupported' | 'failed';

/** The exit code of a run whose required read failed, by the cause. */
export const unreadExit = (cause: UnreadCause | undefined): ExitCode => (cause === 'denied' ? 4 : cause === 'unsupported' ? 1 : 6);

/**
 * Every error code of this tool, with its exit code, title and explanation. Codes never change: scripts rely on them.
 * `bootstrap explain CODE` prints the row.
 */
export const errorCodes = {
  ...usageErrors,
  ...identityErrors,
  ...changeErrors,
  ...keyErrors,
  ...organizationErrors,
  ...accountErrors,
};

export type ErrorCode = keyof typeof errorCodes;

/** An error with what happened and what to do next. Its code decides the exit code. */
export class BootstrapError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly step: string | null;
  readonly next: string;
  readonly retryable: boolean;
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;

  constructor(parts: ErrorParts & { readonly code: Exclude<ErrorCode, 'E-STOPPED'> }) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'BootstrapError';
    this.code = parts.code;
    this.step = parts.step ?? null;
    this.next = parts.next;
    this.retryable = parts.retryable ?? false;
    this.changed = parts.changed === undefined ? false : parts.changed;
    this.exit = exitAfter(errorCodes[parts.code].exit, this.changed === true);
    this.aws = parts.aws ?? null;
  }

  /** The same error with some parts replaced. */
  with(parts: Partial<ErrorParts>): BootstrapError {
    const { code, message, next, step, retryable, changed, aws, cause } = this;
    return new BootstrapError({ code, message, next, step, retryable, changed, aws, cause, ...parts } as ConstructorParameters<
      typeof BootstrapError
    >[0]);
  }

  info(step: string | null = this.step): ErrorInfo {
    const { code, message, next, retryable, changed, aws } = this;
    return { code, step: this.step ?? step, message, next, retryable, changed, aws };
  }
}

/** The parts of an error besides its code. */
export type ErrorParts = Pick<ErrorInfo, 'message' | 'next'> &
  Partial<Pick<ErrorInfo, 'step' | 'retryable' | 'changed' | 'aws'>> & { readonly cause?: unknown };

/** The error of a flag that is invalid, or contradicts the config file or another flag. */
export const usage = (message: string, next: string): BootstrapError => new BootstrapError({ code: 'E-USAGE', message, next });

/** The user goes back to the previous question. Thrown only by questions that allow it. */
export class WentBack extends Error {
  constructor() {
    super('Back to the previous question.');
    this.name = 'WentBack';
  }
}

/** The user pressed Ctrl-C (`interrupt`), the input ended (`end`, also by Ctrl-D), or a signal stopped the run (`stopped`). */
export class PromptAborted extends Error {
  readonly reason: 'interrupt' | 'end' | 'stopped';

  constructor(reason: PromptAborted['reason'], cause?: unknown) {
    super(reason === 'end' ? 'The input ended before the question was answered.' : 'The question was not answered.', {
      cause,
    });
    this.name = 'PromptAborted';
    this.reason = reason;
  }
}
