/** `npm run faults`: nothing is left out, however long it takes. */
export const all = process.env['FAULTS_ALL'] !== undefined;

/** Another number, other samples: FAULTS_SEED. */
export const seed = Number(process.env['FAULTS_SEED'] ?? 1);

/** So many of the items, spread evenly over them, each time the same; every one when all are wanted. */
export const sample = <T>(items: readonly T[], count: number): readonly T[] => {
  if (all || items.length <= count) return items;
  const stride = items.length / count;
  // The golden ratio: shifts that do not meet again soon.
  const shift = (seed * 0.618) % 1;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index + shift) * stride)] as T);
};
