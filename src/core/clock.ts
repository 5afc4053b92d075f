/** The source of time. Tests pass their own. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** `length` random characters, uniformly distributed over `alphabet`; from a cryptographic source in production. */
export type Random = (length: number, alphabet: string) => string;
