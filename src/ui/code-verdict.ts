/** What is known when a code has been typed. Windows are numbered by AWS's clock, thirty seconds each. */
export interface TypedCode {
  /** The window that the code belongs to; undefined: it is no code of this device, as far as one can tell. */
  readonly window: number | undefined;
  readonly now: number;
  /** The window in which the seed was first shown: no authenticator had it before. */
  readonly shownAt: number;
  /** The newest window whose code AWS has been sent already. */
  readonly used: number | undefined;
  /** The window of the first code, once it is taken. */
  readonly first: number | undefined;
  /** How far off the code before was, when it was refused for its time. A second one that is as far off shows a clock that is. */
  readonly suspected: number | undefined;
}

export type CodeVerdict =
  | { readonly kind: 'good'; readonly window: number }
  /** Fits, but the one that should be between it and the first is missing: it counts as the first. */
  | { readonly kind: 'gap'; readonly window: number }
  | { readonly kind: 'foreign' | 'used' | 'same' | 'swapped' | 'late' }
  /** Windows off; negative is behind. */
  | { readonly kind: 'old' | 'behind' | 'ahead'; readonly off: number };

/** How many windows are searched around now: one hour either way, so that a wrong clock is told from a wrong device. */
export const reach = 120;
/** A code of the neighbouring window is taken: people take a moment to type, and clocks are never quite right. */
const tolerance = 1;

export const judgeCode = ({ window, now, shownAt, used, first, suspected }: TypedCode): CodeVerdict => {
  if (window === undefined) return { kind: 'foreign' };
  if (used !== undefined && window <= used) return { kind: 'used' };
  if (window === first) return { kind: 'same' };
  if (first !== undefined && window < first) return { kind: 'swapped' };
  const off = window - now;
  const known = suspected !== undefined && Math.abs(off - suspected) <= tolerance;
  if (Math.abs(off) > tolerance && !known) {
    if (off > 0) return { kind: 'ahead', off };
    if (window < shownAt - tolerance) return { kind: 'behind', off };
    return first === undefined ? { kind: 'old', off } : { kind: 'late' };
  }
  if (first === undefined || window === first + 1) return { kind: 'good', window };
  return { kind: 'gap', window };
};
