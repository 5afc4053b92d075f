/** Every combination of one value of each axis: the rows of a decision table. */
export const combinations = <Row extends object>(axes: { readonly [Axis in keyof Row]: readonly Row[Axis][] }): readonly Row[] =>
  Object.entries<readonly unknown[]>(axes).reduce<readonly object[]>(
    (rows, [axis, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [axis]: value }))),
    [{}],
  ) as readonly Row[];
