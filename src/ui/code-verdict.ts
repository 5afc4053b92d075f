/** What is known after a code was typed. Windows are thirty seconds each, numbered by AWS's clock. */
export interface TypedCode {
  /** The window that the code belongs to; undefined: it does not appear to be a code of this device. */
  readonly window: number | undefined;
  readonly now: number;
  /** The window in which the seed was first shown: no authenticator had it before. */
  readonly shownAt: number;
  /** The newest window whose code was already sent to AWS. */
  readonly used: number | undefined;
  /** The window of the first code, once it is accepted. */
  readonly first: number | undefined;
  /** How far off the previous code was, if it was refused for its time. A second code with the same offset means that the clock is wrong. */
  readonly suspected: number | undefined;
}

export type CodeVerdict =
  | { readonly kind: 'good'; readonly window: number }
  /** Valid, but the code between it and the first is missing: it counts as the first. */
  | { readonly kind: 'gap'; readonly window: number }
  | { readonly kind: 'foreign' | 'used' | 'same' | 'swapped' | 'late' }
  /** Windows off; negative is behind. */
  | { readonly kind: 'old' | 'behind' | 'ahead'; readonly off: number };

/** How many windows are searched before and after now: one hour each way, to distinguish a wrong clock from a wrong device. */
export const reach = 120;
/** A code of the neighbouring window is accepted: typing takes a moment, and clocks are never exact. */
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
