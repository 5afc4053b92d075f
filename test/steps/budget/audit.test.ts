import type { Budget } from '@aws-sdk/client-budgets';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../src/core/account.js';
import { value } from '../../../src/core/reading.js';
import { budget as step } from '../../../src/steps/budget/index.js';
import { summaryOf, now } from '../support/account.js';
import { you, name, unread, monthly, alert, topic, to, alertsOf, assess, type World } from './fixtures.js';

describe('an account whose config does not mention budgets', () => {
  const mine = monthly({ BudgetName: 'Mine' });
  const rows: readonly (readonly [title: string, world: World, findings: readonly string[]])[] = [
    ['has no budget', { budgetAlerts: [] }, ['budget.exists fail manual fix']],
    [
      'has one that is filtered',
      { budgets: [monthly({ CostFilters: { Region: ['eu-west-1'] } })], budgetAlerts: [] },
      ['budget.exists fail manual fix'],
    ],
    [
      'has one whose alert has a recipient',
      { budgets: [mine], budgetAlerts: [alertsOf([[alert(90), to('a@example.com')]], 'Mine')] },
      ['budget.exists pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has one without alerts',
      { budgets: [mine], budgetAlerts: [alertsOf([], 'Mine')] },
      ['budget.exists pass', 'budget.alerts fail manual fix'],
    ],
    [
      'has only alerts that come too late',
      {
        budgets: [mine],
        budgetAlerts: [
          alertsOf(
            [
              [alert(201), to('a@example.com')],
              [alert(20.5, 'ACTUAL', { ThresholdType: 'ABSOLUTE_VALUE' }), to('a@example.com')],
            ],
            'Mine',
          ),
        ],
      },
      ['budget.exists pass', 'budget.alerts fail manual fix'],
    ],
    [
      'has an alert at twice the limit, and one that comes too late and has no recipient',
      {
        budgets: [mine],
        budgetAlerts: [
          alertsOf(
            [
              [alert(20, 'ACTUAL', { ThresholdType: 'ABSOLUTE_VALUE' }), to('a@example.com')],
              [alert(500), to()],
            ],
            'Mine',
          ),
        ],
      },
      ['budget.exists pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has an alert without a recipient',
      { budgets: [mine], budgetAlerts: [alertsOf([[alert(90), to()]], 'Mine')] },
      ['budget.exists pass', 'budget.alerts pass', 'budget.subscribers fail manual fix'],
    ],
    [
      'has an alert that only goes to a topic',
      { budgets: [mine], budgetAlerts: [alertsOf([[alert(90), value([topic])]], 'Mine')] },
      ['budget.exists pass', 'budget.alerts pass', 'budget.subscribers manual manual fix'],
    ],
    [
      'has budgets that cannot be read',
      { budgets: unread, budgetAlerts: [] },
      ['budget.exists unknown', 'budget.alerts unknown', 'budget.subscribers unknown'],
    ],
    [
      'has alerts that cannot be read',
      { budgets: [mine], budgetAlerts: [{ budget: 'Mine', alerts: unread }] },
      ['budget.exists pass', 'budget.alerts unknown', 'budget.subscribers unknown'],
    ],
  ];
  for (const [title, world, findings] of rows) it(title, () => expect(summaryOf(assess({}, world, 'check'))).toEqual(findings));

  it.each([
    ['without alerts', alertsOf([], "Alex' costs")],
    ['without a recipient', alertsOf([[alert(90), to()]], "Alex' costs")],
    ['with a topic', alertsOf([[alert(90), value([topic])]], "Alex' costs")],
  ])('has a command that needs no config for a budget %s', (_, budgetAlerts) => {
    const world = { budgets: [monthly({ BudgetName: "Alex' costs" })], budgetAlerts: [budgetAlerts] };
    const fixes = assess({}, world, 'check').flatMap(({ remedy }) => (remedy?.by === 'hand' ? [remedy] : []));
    expect(fixes.map(({ command }) => command)).toEqual([
      String.raw`bootstrap init --only budget --email ADDRESS --budget-name 'Alex'\'' costs'`,
    ]);
    expect(fixes[0]?.instructions).not.toContain('bootstrap.yaml');
  });

  const without = (...values: readonly string[]) => ({ Not: { Dimensions: { Key: 'RECORD_TYPE' as const, Values: [...values] } } });
  const only = (...values: readonly string[]) => ({ Dimensions: { Key: 'RECORD_TYPE' as const, Values: [...values] } });
  const inEc2 = { Dimensions: { Key: 'SERVICE' as const, Values: ['Amazon EC2'] } };
  const newer = (FilterExpression: Budget['FilterExpression']): Budget => {
    const { CostFilters: _filters, CostTypes: _types, ...rest } = monthly({ Metrics: ['UnblendedCost'] });
    return { ...rest, ...(FilterExpression === undefined ? {} : { FilterExpression }) };
  };
  const costTypes = (more: Budget['CostTypes']) => monthly({ CostTypes: { IncludeCredit: false, IncludeRefund: false, ...more } });
  const withHealth = (HealthStatus: Budget['HealthStatus']) => monthly(HealthStatus === undefined ? {} : { HealthStatus });
  const { CostTypes: _none, ...noCostTypes } = monthly();
  const later = new Date(now.getTime() + 1000);
  /** For every field that decides whether a budget warns of all costs: what is wrong with it; null if it watches all costs. */
  const verdicts: readonly (readonly [field: string, budget: Budget, problem: string | null])[] = [
    ['the budget that this tool creates', monthly(), null],
    ['BudgetType', monthly({ BudgetType: 'USAGE' }), 'not a monthly cost budget'],
    ['TimeUnit DAILY', monthly({ TimeUnit: 'DAILY' }), 'not a monthly cost budget'],
    ['TimeUnit QUARTERLY', monthly({ TimeUnit: 'QUARTERLY' }), 'not a monthly cost budget'],
    ['TimeUnit ANNUALLY', monthly({ TimeUnit: 'ANNUALLY' }), 'not a monthly cost budget'],
    ['TimeUnit CUSTOM', monthly({ TimeUnit: 'CUSTOM' }), 'not a monthly cost budget'],
    ['TimePeriod that ended', monthly({ TimePeriod: { Start: new Date(0), End: now } }), 'ended'],
    ['TimePeriod that starts later', monthly({ TimePeriod: { Start: later } }), 'not started'],
    ['TimePeriod without an end', monthly({ TimePeriod: { Start: now } }), null],
    ['HealthStatus HEALTHY', withHealth({ Status: 'HEALTHY', LastUpdatedTime: now }), null],
    ['HealthStatus that reports nothing', withHealth({}), null],
    ['HealthStatus UNHEALTHY', withHealth({ Status: 'UNHEALTHY' }), 'not healthy: UNHEALTHY'],
    ...(['BILLING_VIEW_NO_ACCESS', 'BILLING_VIEW_UNHEALTHY', 'FILTER_INVALID', 'MULTI_YEAR_HISTORICAL_DATA_DISABLED'] as const).map(
      (reason) => [`HealthStatus ${reason}`, withHealth({ Status: 'UNHEALTHY', StatusReason: reason }), `not healthy: ${reason}`] as const,
    ),
    ['HealthStatus with only a reason', withHealth({ StatusReason: 'FILTER_INVALID' }), 'not healthy: FILTER_INVALID'],
    ['HealthStatus of a later version', withHealth({ Status: 'PAUSED' as 'UNHEALTHY' }), 'not healthy: PAUSED'],
    ['CostTypes that are absent, which counts credits', noCostTypes, 'counts credits or refunds'],
    ['CostTypes that are empty, which counts credits', monthly({ CostTypes: {} }), 'counts credits or refunds'],
    ['IncludeCredit', costTypes({ IncludeCredit: true }), 'counts credits or refunds'],
    ['IncludeRefund', costTypes({ IncludeRefund: true }), 'counts credits or refunds'],
    ['IncludeTax', costTypes({ IncludeTax: false }), null],
    ['IncludeSupport', costTypes({ IncludeSupport: false }), null],
    ['IncludeSubscription', costTypes({ IncludeSubscription: false }), null],
    ['IncludeOtherSubscription', costTypes({ IncludeOtherSubscription: false }), null],
    ['IncludeUpfront', costTypes({ IncludeUpfront: false }), null],
    ['IncludeRecurring', costTypes({ IncludeRecurring: false }), null],
    [
      'CostTypes without any fee',
      costTypes({
        IncludeTax: false,
        IncludeSupport: false,
        IncludeSubscription: false,
        IncludeOtherSubscription: false,
        IncludeUpfront: false,
        IncludeRecurring: false,
      }),
      null,
    ],
    ['IncludeTax, with credits counted', costTypes({ IncludeTax: false, IncludeCredit: true }), 'counts credits or refunds'],
    ['IncludeDiscount, without which costs read higher', costTypes({ IncludeDiscount: false }), null],
    ['UseAmortized and UseBlended, other ways to count the same', costTypes({ UseAmortized: true, UseBlended: true }), null],
    ['CostFilters', monthly({ CostFilters: { Region: ['eu-west-1'] } }), 'filtered'],
    ['CostFilters without values', monthly({ CostFilters: { Region: [] } }), null],
    ['BillingViewArn of a custom view', monthly({ BillingViewArn: 'arn:aws:billing::111122223333:billingview/custom-1' }), 'filtered'],
    ['BillingViewArn of the primary view', monthly({ BillingViewArn: 'arn:aws:billing::111122223333:billingview/primary' }), null],
    ['Metrics alone, which count credits', newer(undefined), 'counts credits or refunds'],
    ['FilterExpression without credits', newer(without('Credit', 'Refund')), null],
    ['FilterExpression without credits, in two conditions', newer({ And: [without('Credit'), without('Refund')] }), null],
    ['FilterExpression without credits, as a negated choice', newer({ Not: { Or: [only('Credit'), only('Refund')] } }), null],
    ['FilterExpression without discounts', newer(without('Credit', 'Refund', 'Discount')), null],
    ['FilterExpression with refunds', newer(without('Credit')), 'counts credits or refunds'],
    ['FilterExpression without taxes', newer(without('Credit', 'Refund', 'Tax')), null],
    ['FilterExpression of usage only', newer(only('Usage')), null],
    ['FilterExpression of taxes only', newer(only('Tax')), 'filtered'],
    ['FilterExpression of a service', newer({ And: [inEc2, without('Credit', 'Refund')] }), 'filtered'],
    ['FilterExpression of all but a service', newer({ And: [{ Not: inEc2 }, without('Credit', 'Refund')] }), 'filtered'],
    ['FilterExpression of a tag', newer({ Tags: { Key: 'team', Values: ['x'] } }), 'filtered, counts credits or refunds'],
  ];
  it.each(verdicts)('assesses the field %s', (_, budget, problem) => {
    const world = { budgets: [budget], budgetAlerts: [alertsOf([[alert(90), to('a@example.com')]])] };
    const [finding, ...others] = assess({}, world, 'check');
    const expected = problem === null ? 'All costs are watched by' : `No monthly budget watches all costs: ${name} (${problem})`;
    expect([finding?.status, finding?.reason.slice(0, expected.length)]).toEqual([problem === null ? 'pass' : 'fail', expected]);
    // Recipients are only assessed for a budget that warns.
    expect(others).toHaveLength(problem === null ? 2 : 0);
  });

  it.each(verdicts)('gets no second budget from init if one already watches all costs: %s', (_, budget, problem) => {
    const findings = summaryOf(assess(you, { budgets: [{ ...budget, BudgetName: 'Mine' }] }));
    expect(findings[0]).toBe(problem === null ? 'budget.exists fail manual fix' : 'budget.exists fail create-budget');
  });

  it('has an equivalent budget if the config and the budget both count credits', () => {
    const counting = { ...you, 'include-credits': true };
    const first = (budget: Budget) => summaryOf(assess(counting, { budgets: [{ ...budget, BudgetName: 'Mine' }] }))[0];
    expect(first(noCostTypes)).toBe('budget.exists fail manual fix');
    expect(first(monthly())).toBe('budget.exists fail create-budget');
  });

  it('is not warned by alerts that are not sent when costs rise', () => {
    const falling = [alert(80, 'ACTUAL', { ComparisonOperator: 'LESS_THAN' }), alert(80, 'ACTUAL', { ComparisonOperator: 'EQUAL_TO' })];
    const world = {
      budgets: [mine],
      budgetAlerts: [
        alertsOf(
          falling.map((one) => [one, to('a@example.com')]),
          'Mine',
        ),
      ],
    };
    expect(summaryOf(assess({}, world, 'check'))).toEqual(['budget.exists pass', 'budget.alerts fail manual fix']);
  });

  it('is offered a budget that counts credits in a terminal, but not one that AWS does not update', () => {
    const counting = monthly({ BudgetName: 'Counting', CostTypes: {} });
    const unhealthy = monthly({ BudgetName: 'Unhealthy', HealthStatus: { Status: 'UNHEALTHY' } });
    const observed = { budgets: value([counting, unhealthy]), budgetAlerts: [], partition: partitionOf('aws'), member: false, now };
    const offers = step.questions?.find(({ path }) => path === 'name')?.offers?.(observed, { answers: {} } as never) ?? [];
    expect(offers.map(({ value: offered, reason }) => [offered, reason])).toEqual([
      ['Counting', 'existing budget: 10 USD a month, counts credits or refunds, mail to no one'],
      [name, 'a new budget'],
    ]);
  });

  it('has a lower severity as a member account, whose costs are on the bill of another account', () => {
    expect(assess({}, { member: true }, 'check')[0]?.severity).toBe('low');
    expect(assess({}, { member: false }, 'check')[0]?.severity).toBeUndefined();
  });
});
