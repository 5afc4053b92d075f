/** Rows in which every possible combination of values on any `strength` axes occurs: a covering array. */
export type Axes = Readonly<Record<string, readonly string[]>>;
export type Row = Readonly<Record<string, string>>;

/**
 * A greedy array, the same each time: a row starts with the first combination that is missing, and gets the value on each other axis that
 * adds the most. `isPossible` also judges rows in which some axes have no value yet; every possible one must have a possible completion.
 * (covertable 2.5.2 leaves out possible combinations when others are impossible.)
 */
export const coveringArray = (axes: Axes, strength: number, isPossible: (row: Row) => boolean = () => true): readonly Row[] => {
  const names = Object.keys(axes);
  const missing = new Map(combinations(axes, strength, isPossible).map((row) => [keyOf(row), row]));
  const rows: Row[] = [];
  for (let first = firstOf(missing); first !== undefined; first = firstOf(missing)) {
    let row = first;
    for (const name of names) {
      if (row[name] !== undefined) continue;
      const around = choose(
        names.filter((other) => row[other] !== undefined),
        strength - 1,
      );
      const gain = (value: string): number => around.filter((others) => missing.has(keyOf({ ...pick(row, others), [name]: value }))).length;
      const [best] = (axes[name] ?? [])
        .filter((value) => isPossible({ ...row, [name]: value }))
        .map((value) => ({ value, gain: gain(value) }))
        .toSorted((a, b) => b.gain - a.gain);
      if (best === undefined) throw new Error(`no value of ${name} goes with ${JSON.stringify(row)}`);
      row = { ...row, [name]: best.value };
    }
    for (const group of choose(names, strength)) missing.delete(keyOf(pick(row, group)));
    rows.push(row);
  }
  return rows;
};

/** The possible combinations of values on any `strength` axes that no row has. */
export const uncovered = (
  rows: readonly Row[],
  axes: Axes,
  strength: number,
  isPossible: (row: Row) => boolean = () => true,
): readonly Row[] => {
  const groups = choose(Object.keys(axes), strength);
  const covered = new Set(rows.flatMap((row) => groups.map((group) => keyOf(pick(row, group)))));
  return combinations(axes, strength, isPossible).filter((row) => !covered.has(keyOf(row)));
};

/** Every possible row. */
export const everyRow = (axes: Axes, isPossible: (row: Row) => boolean = () => true): readonly Row[] =>
  combinations(axes, Object.keys(axes).length, isPossible);

const combinations = (axes: Axes, strength: number, isPossible: (row: Row) => boolean): readonly Row[] =>
  choose(Object.keys(axes), strength)
    .flatMap((group) =>
      group.reduce<readonly Row[]>(
        (rows, name) => rows.flatMap((row) => (axes[name] ?? []).map((value) => ({ ...row, [name]: value }))),
        [{}],
      ),
    )
    .filter(isPossible);

const firstOf = (missing: ReadonlyMap<string, Row>): Row | undefined => missing.values().next().value;

const pick = (row: Row, names: readonly string[]): Row => Object.fromEntries(names.map((name) => [name, row[name] ?? '']));

const keyOf = (row: Row): string =>
  Object.keys(row)
    .toSorted()
    .map((name) => `${name}=${row[name]}`)
    .join('&');

const choose = <T>(from: readonly T[], count: number): readonly (readonly T[])[] =>
  count === 0 ? [[]] : from.flatMap((one, index) => choose(from.slice(index + 1), count - 1).map((rest) => [one, ...rest]));
