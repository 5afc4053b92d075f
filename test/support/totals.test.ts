import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { newFolder } from '../e2e/program.js';
import { recordTotal, type Total } from './totals.js';
import { readTotals, totalsTable } from './totals-table.js';

const total: Total = { suite: 'R3', title: 'pairs of kills', ran: 10, floor: 10, sampled: null, all: 'npm run faults' };

/** `recordTotal` in a run of its own, whose totals are not those of this run. */
const inRun = (part = false) => {
  const file = join(newFolder(), 'totals.jsonl');
  vi.stubEnv('BOOTSTRAP_TOTALS_FILE', file);
  vi.stubEnv('BOOTSTRAP_TOTALS_PART', part ? '1' : undefined);
  return { recordTotal, totals: () => readTotals(file) };
};

describe('a total', () => {
  it('is recorded, in the order of the suites', () => {
    const run = inRun();
    run.recordTotal(total);
    run.recordTotal({ ...total, suite: 'S1' });
    run.recordTotal({ ...total, suite: 'R2', ran: 11 });
    expect(run.totals().map(({ suite, ran }) => [suite, ran])).toEqual([
      ['R2', 11],
      ['R3', 10],
      ['S1', 10],
    ]);
  });

  it.each([
    { what: 'below its floor', change: { ran: 9 }, message: 'R3, pairs of kills: 9 cases ran, and the floor is 10' },
    { what: 'of nothing', change: { ran: 0 }, message: '0 cases ran' },
    { what: 'that is no number', change: { ran: Number.NaN }, message: 'positive whole numbers' },
    { what: 'without a floor', change: { floor: 0 }, message: 'positive whole numbers' },
  ])('$what fails its suite, and is in the table all the same', ({ change, message }) => {
    const run = inRun();
    expect(() => run.recordTotal({ ...total, ...change })).toThrow(message);
    expect(run.totals()).toHaveLength(1);
  });

  it('has no floor in a run of tests that were chosen by name', () => {
    expect(() => inRun(true).recordTotal({ ...total, ran: 1 })).not.toThrow();
  });
});

describe('the table of totals', () => {
  it('shows what was sampled, and which command runs all', () => {
    const sampled: Total = { suite: 'P6', ran: 1200, floor: 600, sampled: 'every sixth state', all: 'npm run proof', detail: '0 differ' };
    expect(totalsTable([total, sampled])).toBe(
      [
        'suite  cases  floor  sample  what',
        'R3        10     10  all     pairs of kills',
        'P6      1200    600  sample  the plan is what is done: 0 differ',
        '                             every sixth state; all: npm run proof',
      ].join('\n'),
    );
  });
});
