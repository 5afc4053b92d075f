/** Edit distance in which two swapped neighbours count once (optimal string alignment): typos are mostly that. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
};

/** `includeCredits`, `include_credits` and `Include-Credits` are the same word to a person. */
const folded = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

const score = (word: string, candidate: string): number => {
  const [a, b] = [folded(word), folded(candidate)];
  if (a.length >= 3 && (b.startsWith(a) || candidate.split(/[-.]/).includes(word.toLowerCase()))) return 1;
  return distance(a, b);
};

/** The candidate that was probably meant, or undefined when none is close. */
export const closest = (word: string, candidates: readonly string[]): string | undefined => {
  // Nothing that long is a typo of ours, and the distance costs the product of both lengths.
  if (word.length > 60 || folded(word) === '') return undefined;
  const { length } = folded(word);
  const limit = Math.max(1, Math.min(3, Math.floor(length / 3)));
  const [best] = candidates
    // Each letter more or less is an edit; what only begins like the word is longer.
    .filter((candidate) => folded(candidate).length >= length - limit)
    .map((candidate) => ({ candidate, distance: score(word, candidate) }))
    .filter((scored) => scored.distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
};

/** `; did you mean "budget"?`, else the whole choice when it is short enough to read: `; known are a, b`. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const meant = closest(word, candidates);
  if (meant !== undefined) return `; did you mean "${meant}"?`;
  return candidates.length > 0 && candidates.length <= 14 ? `; known are ${candidates.join(', ')}` : '';
};
