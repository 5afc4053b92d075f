import type { Explanation, Fix } from '../explanation.js';

/** Exit codes by precedence: the first one that applies wins (a signal wins over all). */
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

/** Everything about one error code: its exit code, its title, and the text of its page in `bootstrap explain`. */
export interface ErrorRow extends Explanation {
  /** The exit code of a run with only this error; 130 for both signals. */
  readonly exit: ExitCode | 130;
  readonly title: string;
  readonly means: readonly [string, ...string[]];
  readonly fix: Fix;
  readonly differs?: never;
}

/** The errors of one topic, by code. */
export type ErrorRows = Readonly<Record<`E-${string}`, ErrorRow>>;
