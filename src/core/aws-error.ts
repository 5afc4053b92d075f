import type { Refusal } from './refusal.js';

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
