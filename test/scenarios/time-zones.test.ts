import { describe, expect, it, vi } from 'vitest';
import { practiceAccount } from './practice-account.js';

/** Last and first moments of months, in UTC and in the zones below: AWS counts a month in UTC. */
const moments = [
  '2026-01-31T23:59:59.000Z',
  '2026-02-01T00:00:00.000Z',
  '2026-02-28T11:30:00.000Z',
  '2026-02-28T18:45:00.000Z',
  '2026-12-31T23:30:00.000Z',
  '2027-01-01T07:30:00.000Z',
];
const zones = [
  ['Pacific/Auckland', -13 * 60],
  ['Asia/Kolkata', -330],
  ['America/Los_Angeles', 8 * 60],
] as const;

/** The budget after init, and what init and check report. */
const budgetIn = async (zone: string, offset: number, start: string) => {
  vi.stubEnv('TZ', zone);
  expect(new Date('2027-01-15T12:00:00Z').getTimezoneOffset()).toBe(offset);
  const practiced = practiceAccount({ start });
  const init = await practiced.report(['init', '--yes', '--only', 'budget']);
  const check = await practiced.report(['check', '--only', 'budget']);
  const again = await practiced.report(['init', '--yes', '--only', 'budget']);
  expect([init.code, again.writes]).toEqual([0, []]);
  const [budget] = practiced.account().budgets;
  return { budget, start: budget?.budget['TimePeriod'] as { Start: unknown }, results: check.report.results, code: check.code };
};

describe('the month of a budget', () => {
  it.each(moments)('is that of UTC in every time zone: %s', async (start) => {
    const expected = await budgetIn('UTC', 0, start);
    expect(expected.start.Start).toBe(`${start.slice(0, 7)}-01T00:00:00.000Z`);
    for (const [zone, offset] of zones) expect(await budgetIn(zone, offset, start)).toEqual(expected);
  });
});
