/** Edit distance that counts two swapped neighbours once (optimal string alignment), because most typos are swaps. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  let before = row;
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The same for `includeCredits`, `include_credits` and `Include-Credits`. */
const normalized = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

const score = (word: string, candidate: string): number => {
  const [a, b] = [normalized(word), normalized(candidate)];
  if (a.length >= 3 && (b.startsWith(a) || candidate.split(/[-.]/).includes(word.toLowerCase()))) return 1;
  return distance(a, b);
};

/** The most similar candidate, or undefined when none is similar. */
export const closest = (word: string, candidates: readonly string[]): string | undefined => {
  // No key is that long, and the work grows with the product of both lengths.
  if (word.length > 60 || normalized(word) === '') return undefined;
  const { length } = normalized(word);
  const limit = Math.max(1, Math.min(3, Math.floor(length / 3)));
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: score(word, candidate) }))
    .filter((scored) => scored.distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
};

/** `; did you mean "budget"?`, else the list of candidates if it is short: `; known are a, b`. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const match = closest(word, candidates);
  if (match !== undefined) return `; did you mean "${match}"?`;
  return candidates.length > 0 && candidates.length <= 14 ? `; known are ${candidates.join(', ')}` : '';
};
