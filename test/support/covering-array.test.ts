import { describe, expect, it } from 'vitest';
import { coveringArray, everyRow, type Row, uncovered } from './covering-array.js';

const axes = { a: ['1', '2', '3'], b: ['1', '2', '3'], c: ['1', '2'], d: ['1', '2', '3', '4'] };
const isPossible = ({ a, b, c }: Row): boolean => !(a === '1' && b === '2') && !(b === '3' && c === '1');

describe('a covering array', () => {
  it.each([2, 3, 4])('has every possible combination of %i values, and no impossible row', (strength) => {
    const rows = coveringArray(axes, strength, isPossible);
    expect(uncovered(rows, axes, strength, isPossible)).toEqual([]);
    expect(rows.filter((row) => !isPossible(row) || Object.keys(row).length < 4)).toEqual([]);
  });

  it('is much smaller than all rows, and the same each time', () => {
    const rows = coveringArray(axes, 2);
    expect(everyRow(axes)).toHaveLength(72);
    expect(rows.length).toBeLessThan(18);
    expect(coveringArray(axes, 2)).toEqual(rows);
  });

  it('lacks a combination when a row is left out', () => {
    const rows = coveringArray(axes, 2, isPossible);
    expect(uncovered(rows.slice(1), axes, 2, isPossible)).not.toEqual([]);
    expect(uncovered([], axes, 1, isPossible)).toHaveLength(12);
  });
});
