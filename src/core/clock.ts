/** Time comes in through this port, so that tests decide it. */
export interface Clock {
  readonly now: () => Date;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason when aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** `length` characters drawn evenly from `alphabet`, from a cryptographic source in production. */
export type Random = (length: number, alphabet: string) => string;
