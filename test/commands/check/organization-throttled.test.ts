import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/core/report.js';
import { requestHandler } from '../../../src/sandbox/request-handler.js';
import { inOrganization } from '../../support/organization-shell.js';
import { simulatedClock } from '../../support/simulated-clock.js';
import { documentedLimits, type RateLimits, throttled } from '../../support/throttled.js';

const latencyMs = 50;

/** A check of the organization whose requests are answered after `latencyMs`, on a clock that does not wait. */
const checked = async (members: number, limits: RateLimits) => {
  const clock = simulatedClock();
  const refused = { count: 0 };
  const place = await inOrganization({
    members,
    otherClock: clock,
    around: (_, sandbox) => {
      const { answer, counts } = throttled(sandbox, { limits, now: () => clock.now().getTime() });
      return requestHandler(async (request, options) => {
        await clock.sleep(latencyMs);
        const response = await answer(request, options);
        refused.count = counts.refused;
        return response;
      });
    },
  });
  const startedAt = clock.now().getTime();
  const { stdout } = await place.run(['check', '--org', '--output', 'json']);
  const { results, accounts = [], apiCalls } = JSON.parse(stdout) as RunReport;
  const unknown = results.filter(({ status }) => status === 'unknown');
  return { unknown, accounts, apiCalls, refused: refused.count, seconds: (clock.now().getTime() - startedAt) / 1000 };
};

describe('check --org at the rate limits of AWS', () => {
  it.each<[string, number, RateLimits]>([
    ['as documented', 0, documentedLimits],
    [
      'which are lower than documented',
      500,
      {
        ...documentedLimits,
        'organizations:ListAccounts': { perSecond: 1, burst: 2 },
        'account:GetAlternateContact': { perSecond: 1, burst: 1 },
        budgets: { perSecond: 1, burst: 1 },
        iam: { perSecond: 2, burst: 4 },
        sts: { perSecond: 2, burst: 2 },
      },
    ],
  ])('reads all of 60 members: %s', { timeout: 120_000 }, async (_, least, limits) => {
    const { unknown, accounts, apiCalls, refused, seconds } = await checked(60, limits);
    console.info(`${apiCalls.total} requests, ${refused} of them refused because of the rate, ${seconds.toFixed(0)} s of AWS's time`);
    expect(unknown.map(({ accountId, id, reason }) => `${accountId} ${id}: ${reason}`)).toEqual([]);
    expect(accounts).toHaveLength(61);
    expect(refused).toBeGreaterThanOrEqual(least);
  });
});
