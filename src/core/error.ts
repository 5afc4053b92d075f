/** The AWS side of an error, as far as AWS told it. */
export interface AwsErrorInfo {
  readonly operation: string;
  readonly error: string;
  readonly requestId?: string;
}

/** The one shape of an error, in JSON and behind the words on a screen. */
export interface ErrorInfo {
  /** Stable code such as `E-ALIAS-TAKEN`; `bootstrap explain CODE` has a page for it. */
  readonly code: string;
  readonly step: string | null;
  /** What happened and why, in one or two sentences. */
  readonly message: string;
  /** The one thing to do next. */
  readonly next: string;
  /** True when the same command can simply be run again. */
  readonly retryable: boolean;
  /** Whether AWS was changed before the error; null when that is not known. */
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;
}

/** Exit codes, in the order of precedence when several hold (a signal comes first of all). */
export const exitNames = {
  2: 'usage',
  4: 'identity',
  1: 'unexpected',
  7: 'partial',
  6: 'not-ready',
  3: 'differs',
  5: 'manual',
  0: 'ok',
} as const;
export type ExitCode = keyof typeof exitNames;

const precedence: readonly ExitCode[] = [2, 4, 1, 7, 6, 3, 5, 0];

/** The code that wins when several hold. */
export const worstExit = (codes: readonly ExitCode[]): ExitCode => precedence.find((code) => codes.includes(code)) ?? 0;

/** What a run ends with that could not read a thing it needs, by what became of the read. */
export const unreadExit = (cause: 'denied' | 'unreachable' | 'unsupported' | 'failed' | undefined): ExitCode =>
  cause === 'denied' ? 4 : cause === 'unsupported' ? 1 : 6;

/** An error with everything a person needs; `exit` is the code that it alone would end a run with. */
export class BootstrapError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly step: string | null;
  readonly next: string;
  readonly retryable: boolean;
  readonly changed: boolean | null;
  readonly aws: AwsErrorInfo | null;

  constructor(
    parts: Pick<ErrorInfo, 'code' | 'message' | 'next'> & Partial<ErrorInfo> & { readonly exit: ExitCode; readonly cause?: unknown },
  ) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'BootstrapError';
    this.code = parts.code;
    this.exit = parts.exit;
    this.step = parts.step ?? null;
    this.next = parts.next;
    this.retryable = parts.retryable ?? false;
    this.changed = parts.changed === undefined ? false : parts.changed;
    this.aws = parts.aws ?? null;
  }

  /** The same error, of a run that had changed something before it. */
  afterChanges(): BootstrapError {
    const { code, message, next, exit, step, retryable, aws, cause } = this;
    return new BootstrapError({ code, message, next, exit, step, retryable, aws, changed: true, cause });
  }

  info(step: string | null = this.step): ErrorInfo {
    const { code, message, next, retryable, changed, aws } = this;
    return { code, step: this.step ?? step, message, next, retryable, changed, aws };
  }
}
