import type { Budget } from '@aws-sdk/client-budgets';
import { describe, expect, it } from 'vitest';
import { assessSpend, monthly, name, unread, type World, you } from './fixtures.js';

const usd = (Amount: string) => ({ Amount, Unit: 'USD' });
const spending = (actual: string, forecast?: string, more: Partial<Budget> = {}): Budget =>
  monthly({
    CalculatedSpend: { ActualSpend: usd(actual), ...(forecast === undefined ? {} : { ForecastedSpend: usd(forecast) }) },
    ...more,
  });
const { CalculatedSpend: _spend, ...uncalculated } = monthly();
const { BudgetLimit: _limit, ...unlimited } = monthly();

describe('the spend of the month', () => {
  const rows: readonly (readonly [title: string, section: object, world: World, findings: readonly string[]])[] = [
    ['is within the limit', you, { budgets: [spending('4.28', '9.1')] }, ['pass 4.28 of 10 USD (43 %), forecast 9.10 USD']],
    ['is not forecast in a new account', you, { budgets: [spending('0.0')] }, ['pass 0.00 of 10 USD (0 %), no forecast yet']],
    ['is exactly the limit', you, { budgets: [spending('10.0', '10')] }, ['pass 10.00 of 10 USD (100 %), forecast 10.00 USD']],
    [
      'is above the limit',
      you,
      { budgets: [spending('10.01', '31.5')] },
      ['fail The spend of this month is above the limit: 10.01 of 10 USD (100 %), forecast 31.50 USD'],
    ],
    [
      'will be above the limit by the forecast',
      you,
      { budgets: [spending('4.28', '1.2E1')] },
      ['fail The forecast for this month is above the limit: 4.28 of 10 USD (43 %), forecast 12.00 USD'],
    ],
    [
      'is negative by a refund',
      { ...you, 'include-credits': true },
      { budgets: [spending('-3.5')] },
      ['pass -3.50 of 10 USD (-35 %), no forecast yet'],
    ],
    ['cannot be read', you, { budgets: unread }, ['unknown AWS denied it']],
    ['has no limit without a budget', you, { budgets: [] }, [`not-applicable There is no active monthly cost budget ${name}`]],
    [
      'is not compared with a budget of another name',
      you,
      { budgets: [spending('99', undefined, { BudgetName: 'Other' })] },
      [`not-applicable There is no active monthly cost budget ${name}`],
    ],
    [
      'is compared with every active monthly cost budget without a config',
      {},
      { budgets: [spending('99', undefined, { BudgetName: 'Other' }), spending('1'), spending('1', undefined, { TimeUnit: 'DAILY' })] },
      [
        'fail The spend of this month is above the limit: 99.00 of 10 USD (990 %), no forecast yet',
        'pass 1.00 of 10 USD (10 %), no forecast yet',
      ],
    ],
    ['has no limit without a config and a budget', {}, { budgets: [] }, ['not-applicable There is no active monthly cost budget']],
    ['is not calculated yet', you, { budgets: [uncalculated] }, [`not-applicable AWS has not calculated the spend of ${name} yet`]],
    ['has no limit in a budget without one', you, { budgets: [unlimited] }, [`not-applicable ${name} has no limit`]],
    [
      'is not updated',
      you,
      { budgets: [spending('99', '99', { HealthStatus: { Status: 'UNHEALTHY', StatusReason: 'FILTER_INVALID' } })] },
      [`not-applicable AWS does not update ${name} (FILTER_INVALID), so its amounts are old`],
    ],
    [
      'is of a zero limit',
      you,
      { budgets: [spending('0.5', undefined, { BudgetLimit: usd('0') })] },
      ['fail The spend of this month is above the limit: 0.50 of 0 USD, no forecast yet'],
    ],
    ...['', 'NaN', 'ten', 'Infinity'].map(
      (amount) =>
        [
          `is not a number: "${amount}"`,
          you,
          { budgets: [spending('1', amount)] },
          [`unknown AWS returned amounts of ${name} that cannot be compared with its limit`],
        ] as const,
    ),
    [
      'is in another currency',
      you,
      { budgets: [monthly({ CalculatedSpend: { ActualSpend: { Amount: '99', Unit: 'EUR' } } })] },
      [`unknown AWS returned amounts of ${name} that cannot be compared with its limit`],
    ],
    [
      'is not a matter of a partition without Budgets',
      you,
      { partition: 'aws-us-gov' },
      ['not-applicable This partition has no AWS Budgets; the linked commercial account pays, so it needs the budget'],
    ],
  ];
  it.each(rows)('%s', (_, section, world, findings) => {
    expect(assessSpend(section, world).map(({ status, reason }) => `${status} ${reason}`)).toEqual(findings);
  });

  it('leads to Cost Explorer when it is too high, and is low in a member whose payer has not enabled Budgets', () => {
    expect(assessSpend(you, { budgets: [spending('11')] })[0]?.remedy).toMatchObject({
      by: 'hand',
      url: 'https://console.aws.amazon.com/costmanagement/home#/cost-explorer',
    });
    const refused = { ...unread, refusal: { kind: 'payer-not-enabled' } } as typeof unread;
    expect(assessSpend(you, { budgets: refused })[0]?.severity).toBe('low');
  });
});

it('gives the amounts as numbers, for pictures', () => {
  const [finding] = assessSpend(you, { budgets: [spending('4.280', '1.2E1')] });
  expect(finding?.spend).toEqual({ actual: 4.28, forecast: 12, limit: 10, unit: 'USD' });
  expect(assessSpend(you, { budgets: [spending('1')] })[0]?.spend?.forecast).toBeNull();
  expect(assessSpend(you, { budgets: [unlimited] })[0]).not.toHaveProperty('spend');
});
