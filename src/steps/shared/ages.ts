/** Ages of things, in whole days, as people say them. */
export const dayMs = 86_400_000;

export const daysSince = (then: Date, now: Date): number => Math.max(0, Math.floor((now.getTime() - then.getTime()) / dayMs));

const inDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

export const ago = (days: number): string => (days === 0 ? 'today' : `${inDays(days)} ago`);

/** The later of two dates, where either may be absent: a thing is unused since it was last used, or since it was created. */
export const laterOf = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a >= b ? a : b;
