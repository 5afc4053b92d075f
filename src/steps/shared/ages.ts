/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** Whole days; 0 for a date in the future. */
export const daysSince = (then: Date, now: Date): number => Math.max(0, Math.floor((now.getTime() - then.getTime()) / dayMs));

const inDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

/** `today`, `1 day ago`, `21 days ago`. */
export const ago = (days: number): string => (days === 0 ? 'today' : `${inDays(days)} ago`);

/** The later of two dates, of which either may be absent. Something has been unused since it was last used or created. */
export const laterOf = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a >= b ? a : b;
