import type { Budget, Notification, Subscriber } from '@aws-sdk/client-budgets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/core/account.js';
import type { Finding } from '../../src/core/finding.js';
import { type Reading, value } from '../../src/core/reading.js';
import { plainAmount, sameAmount } from '../../src/steps/budget/coverage.js';
import { budget as step } from '../../src/steps/budget/index.js';
import { accountId, accountOf, type Answers, denied, desiredOf, inShort, now } from './support/account.js';

const you = { subscribers: ['you@example.com'] };
const name = 'Monthly cost budget';
const unread = denied('budgets:ViewBudget');

const monthly = (more: Partial<Budget> = {}): Budget => ({
  BudgetName: name,
  BudgetType: 'COST',
  TimeUnit: 'MONTHLY',
  BudgetLimit: { Amount: '10.0', Unit: 'USD' },
  TimePeriod: { Start: new Date('2026-11-01T00:00:00Z'), End: new Date('2087-06-15T00:00:00Z') },
  CostFilters: {},
  CostTypes: { IncludeTax: true, IncludeCredit: false, IncludeRefund: false },
  CalculatedSpend: { ActualSpend: { Amount: '1.0', Unit: 'USD' } },
  ...more,
});
const alert = (percent: number, of: Notification['NotificationType'] = 'ACTUAL', more: Partial<Notification> = {}): Notification => ({
  NotificationType: of,
  ComparisonOperator: 'GREATER_THAN',
  Threshold: percent,
  ThresholdType: 'PERCENTAGE',
  NotificationState: 'OK',
  ...more,
});
const mail = (Address: string): Subscriber => ({ SubscriptionType: 'EMAIL', Address });
const topic: Subscriber = { SubscriptionType: 'SNS', Address: 'arn:aws:sns:us-east-1:111122223333:costs' };
const usual = [alert(50), alert(80), alert(100), alert(100, 'FORECASTED')];
type ObservedAlerts = readonly (readonly [Notification, Reading<readonly Subscriber[]> | undefined])[];
const to = (...addresses: readonly string[]) => value(addresses.map(mail));
const alertsOf = (alerts: ObservedAlerts, budget = name) => ({
  budget,
  alerts: value(alerts.map(([notification, subscribers]) => ({ notification, subscribers }))),
});
const allAlerts = alertsOf(usual.map((one) => [one, to('you@example.com')]));

interface World {
  readonly budgets?: readonly Budget[] | typeof unread;
  readonly budgetAlerts?: readonly { readonly budget: string; readonly alerts: unknown }[];
  readonly partition?: string;
  readonly member?: boolean;
}
const assess = (section: object, world: World, command: 'init' | 'check' = 'init'): readonly Finding[] => {
  const budgets = world.budgets ?? [];
  return step.assess(desiredOf(step, section, command), {
    budgets: 'ok' in budgets ? budgets : value(budgets),
    budgetAlerts: world.budgetAlerts ?? [alertsOf([])],
    partition: partitionOf(world.partition ?? 'aws'),
    member: world.member ?? false,
    now,
  });
};
const changes = (findings: readonly Finding[]) =>
  findings.flatMap(({ status, remedy }) => (status === 'fail' && remedy?.by === 'init' ? [remedy.change] : []));

describe('the budget that the config names', () => {
  const rows: readonly (readonly [title: string, section: object, world: World, findings: readonly string[]])[] = [
    [
      'is created in one change if there is none',
      you,
      {},
      [
        'budget.exists fail create-budget',
        'budget.limit fail create-budget',
        'budget.alerts fail create-budget',
        'budget.subscribers fail create-budget',
      ],
    ],
    [
      'is not changed if it is as configured, whether 10.0 or 10',
      you,
      { budgets: [monthly()], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'keeps alerts and addresses that someone else added',
      you,
      {
        budgets: [monthly()],
        budgetAlerts: [alertsOf([...usual, alert(120)].map((one) => [one, to('YOU@example.com', 'boss@example.com')]))],
      },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has a different limit',
      { ...you, limit: '12.50 USD' },
      { budgets: [monthly()], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'counts credits',
      you,
      { budgets: [monthly({ CostTypes: { IncludeCredit: true, IncludeRefund: false } })], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'does not set whether credits count, so they do',
      you,
      { budgets: [monthly({ CostTypes: {} })], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'does not count credits, but should',
      { ...you, 'include-credits': true },
      { budgets: [monthly()], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has a different period',
      you,
      { budgets: [monthly({ TimeUnit: 'DAILY' })], budgetAlerts: [allAlerts] },
      ['budget.exists fail update-budget', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'watches usage',
      you,
      { budgets: [monthly({ BudgetType: 'USAGE' })], budgetAlerts: [allAlerts] },
      ['budget.exists fail update-budget', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has ended',
      you,
      { budgets: [monthly({ TimePeriod: { Start: new Date(0), End: now } })], budgetAlerts: [allAlerts] },
      ['budget.exists fail update-budget', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'adjusts itself',
      you,
      { budgets: [monthly({ AutoAdjustData: { AutoAdjustType: 'FORECAST' } })], budgetAlerts: [allAlerts] },
      ['budget.exists pass', 'budget.limit fail update-budget', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has two alerts missing',
      you,
      { budgets: [monthly()], budgetAlerts: [alertsOf(usual.slice(0, 2).map((one) => [one, to('you@example.com')]))] },
      [
        'budget.exists pass',
        'budget.limit pass',
        'budget.alerts fail create-alert',
        'budget.alerts fail create-alert',
        'budget.subscribers pass',
      ],
    ],
    [
      'has no alert at all',
      { ...you, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts fail create-alert', 'budget.subscribers fail create-alert'],
    ],
    [
      'has alerts that are similar, but not the same',
      { ...you, alerts: [{ at: '80%', of: 'actual' }] },
      {
        budgets: [monthly()],
        budgetAlerts: [
          alertsOf(
            [
              alert(80, 'FORECASTED'),
              alert(80, 'ACTUAL', { ThresholdType: 'ABSOLUTE_VALUE' }),
              alert(80, 'ACTUAL', { ComparisonOperator: 'LESS_THAN' }),
            ].map((one) => [one, undefined]),
          ),
        ],
      },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts fail create-alert', 'budget.subscribers fail create-alert'],
    ],
    [
      'has as many alerts as AWS allows',
      { ...you, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf(Array.from({ length: 10 }, (_, index) => [alert(101 + index), undefined]))] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts fail manual fix', 'budget.subscribers fail manual fix'],
    ],
    [
      'has an address missing on two alerts',
      { subscribers: ['you@example.com', 'ops@example.com'] },
      {
        budgets: [monthly()],
        budgetAlerts: [
          alertsOf(usual.map((one, index) => [one, index < 2 ? to('you@example.com') : to('you@example.com', 'ops@example.com')])),
        ],
      },
      [
        'budget.exists pass',
        'budget.limit pass',
        'budget.alerts pass',
        'budget.subscribers fail add-subscriber',
        'budget.subscribers fail add-subscriber',
      ],
    ],
    [
      'has an alert that only goes to a topic',
      { ...you, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), value([topic])]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers fail add-subscriber'],
    ],
    [
      'is one that AWS does not update',
      you,
      { budgets: [monthly({ HealthStatus: { Status: 'UNHEALTHY', StatusReason: 'FILTER_INVALID' } })], budgetAlerts: [allAlerts] },
      ['budget.exists fail manual fix', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    ['is named without an address', { name: 'Team' }, {}, ['budget.exists fail manual fix']],
    [
      'cannot be read',
      you,
      { budgets: unread },
      ['budget.exists unknown', 'budget.limit unknown', 'budget.alerts unknown', 'budget.subscribers unknown'],
    ],
    [
      'has alerts that cannot be read',
      you,
      { budgets: [monthly()], budgetAlerts: [{ budget: name, alerts: unread }] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts unknown', 'budget.subscribers unknown'],
    ],
    [
      'has an alert whose subscribers cannot be read',
      { ...you, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), unread]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers unknown'],
    ],
    [
      'is not offered in GovCloud',
      you,
      { partition: 'aws-us-gov' },
      ['budget.exists not-applicable', 'budget.limit not-applicable', 'budget.alerts not-applicable', 'budget.subscribers not-applicable'],
    ],
  ];
  for (const [title, section, world, findings] of rows) it(title, () => expect(inShort(assess(section, world))).toEqual(findings));

  it('is not created if another budget does the same: the user chooses', () => {
    const [finding, ...others] = assess(you, { budgets: [monthly({ BudgetName: 'My costs' })] });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: 'budget.exists', status: 'fail', expected: name, observed: 'My costs', remedy: { by: 'hand' } });
    expect(finding?.remedy?.by === 'hand' && finding.remedy.instructions).toContain('name: "My costs" under budget in bootstrap.yaml');
  });

  it('is created in addition to budgets that are filtered, watch something else or have ended', () => {
    const others = [
      monthly({ BudgetName: 'a', CostFilters: { Service: ['Amazon EC2'] } }),
      monthly({ BudgetName: 'b', FilterExpression: { Tags: { Key: 'team', Values: ['x'] } }, Metrics: ['UnblendedCost'] }),
      monthly({ BudgetName: 'c', BillingViewArn: 'arn:aws:billing::111122223333:billingview/custom-1' }),
      monthly({ BudgetName: 'd', TimeUnit: 'DAILY' }),
      monthly({ BudgetName: 'e', BudgetType: 'USAGE' }),
      monthly({ BudgetName: 'f', TimePeriod: { End: new Date('2026-10-01T00:00:00Z') } }),
    ];
    expect(inShort(assess(you, { budgets: others }))).toContain('budget.exists fail create-budget');
  });

  it('also recognizes an equivalent budget in the newer form', () => {
    const withoutCredits = { Not: { Dimensions: { Key: 'RECORD_TYPE' as const, Values: ['Credit', 'Refund'] } } };
    const {
      CostFilters: _filters,
      CostTypes: _types,
      ...newer
    } = monthly({ BudgetName: 'Newer', FilterExpression: withoutCredits, Metrics: ['UnblendedCost'] });
    expect(inShort(assess(you, { budgets: [newer] }))).toEqual(['budget.exists fail manual fix']);
  });

  it('is one change in the plan, even if it fixes several findings', () => {
    const all = changes(assess(you, {})).map((change) => JSON.stringify(change));
    expect(new Set(all).size).toBe(1);
    expect(all).toHaveLength(4);
  });

  it('reports each missing alert and address as its own finding', () => {
    const world = { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(50), to('you@example.com')]])] };
    const findings = assess({ subscribers: ['you@example.com', 'ops@example.com'] }, world).filter(({ status }) => status === 'fail');
    expect(findings.map(({ resource }) => resource)).toEqual([
      `${name}: 80% of actual spend`,
      `${name}: 100% of actual spend`,
      `${name}: 100% of forecasted spend`,
      `${name}: 50% of actual spend: ops@example.com`,
    ]);
  });

  it('is updated without changing anything else', () => {
    const existing = monthly({
      CostFilters: { Service: ['Amazon EC2'] },
      BudgetLimit: { Amount: '20.0', Unit: 'USD' },
      CostTypes: { UseAmortized: true, IncludeCredit: true },
    });
    expect(changes(assess(you, { budgets: [existing], budgetAlerts: [allAlerts] }))).toMatchObject([
      {
        kind: 'update-budget',
        risk: 'none',
        budget: {
          BudgetName: name,
          BudgetType: 'COST',
          TimeUnit: 'MONTHLY',
          BudgetLimit: { Amount: '10', Unit: 'USD' },
          TimePeriod: { Start: '2026-11-01T00:00:00.000Z', End: '2087-06-15T00:00:00.000Z' },
          CostFilters: { Service: ['Amazon EC2'] },
          CostTypes: { UseAmortized: true, IncludeCredit: false, IncludeRefund: false },
        },
      },
    ]);
  });

  it('keeps a condition of the newer form, and never sends both forms', () => {
    const ec2 = { Dimensions: { Key: 'SERVICE' as const, Values: ['Amazon EC2'] } };
    const { CostFilters: _filters, CostTypes: _types, ...newer } = monthly({ FilterExpression: ec2, Metrics: ['AmortizedCost'] });
    const [change] = changes(assess(you, { budgets: [newer], budgetAlerts: [allAlerts] })) as unknown as readonly {
      readonly budget: Budget;
    }[];
    expect(change?.budget).toMatchObject({
      FilterExpression: { And: [ec2, { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } }] },
      Metrics: ['AmortizedCost'],
    });
    expect(change?.budget).not.toHaveProperty('CostTypes');
    expect(change?.budget).not.toHaveProperty('CostFilters');
  });

  it('has a condition that only the user can split', () => {
    const withoutCredits = { Not: { Dimensions: { Key: 'RECORD_TYPE' as const, Values: ['Credit', 'Refund'] } } };
    const { CostTypes: _types, ...newer } = monthly({ FilterExpression: withoutCredits, Metrics: ['UnblendedCost'] });
    expect(inShort(assess({ ...you, 'include-credits': true }, { budgets: [newer], budgetAlerts: [allAlerts] }))).toContain(
      'budget.limit fail manual fix',
    );
  });

  it('loses planned limits only in a change that is hard to undo', () => {
    const planned = monthly({ PlannedBudgetLimits: { '1793491200': { Amount: '5', Unit: 'USD' } } });
    const [change] = changes(assess(you, { budgets: [planned], budgetAlerts: [allAlerts] }));
    expect(change).toMatchObject({ kind: 'update-budget', risk: 'hard-to-undo' });
    expect((change as unknown as { readonly budget: Budget }).budget).not.toHaveProperty('PlannedBudgetLimits');
  });

  it('uses the currency of the partition, and each address and alert only once', () => {
    const section = {
      limit: 70,
      subscribers: ['you@example.com', 'a@example.com', 'You@example.com'],
      alerts: [
        { at: 80, of: 'actual' },
        { at: '80%', of: 'actual' },
      ],
    };
    expect(changes(assess(section, { partition: 'aws-eusc' }))[0]).toMatchObject({ budget: { amount: '70', unit: 'EUR' } });
    expect(changes(assess(section, { partition: 'aws-cn' }))[0]).toMatchObject({
      budget: { amount: '70', unit: 'CNY' },
      alerts: [{ percent: 80, of: 'actual' }],
      subscribers: ['you@example.com', 'a@example.com'],
    });
  });
});

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
  for (const [title, world, findings] of rows) it(title, () => expect(inShort(assess({}, world, 'check'))).toEqual(findings));

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
    const findings = inShort(assess(you, { budgets: [{ ...budget, BudgetName: 'Mine' }] }));
    expect(findings[0]).toBe(problem === null ? 'budget.exists fail manual fix' : 'budget.exists fail create-budget');
  });

  it('has an equivalent budget if the config and the budget both count credits', () => {
    const counting = { ...you, 'include-credits': true };
    const first = (budget: Budget) => inShort(assess(counting, { budgets: [{ ...budget, BudgetName: 'Mine' }] }))[0];
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
    expect(inShort(assess({}, world, 'check'))).toEqual(['budget.exists pass', 'budget.alerts fail manual fix']);
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

describe('the section budget', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['a name with a colon', { name: 'a:b' }],
    ['a name of 101 characters', { name: 'a'.repeat(101) }],
    ['an action as a name', { name: 'a/action/b' }],
    ['pounds', { limit: '10 GBP' }],
    ['no alert', { alerts: [] }],
    ['eleven alerts', { alerts: Array.from({ length: 11 }, (_, index) => ({ at: index + 1, of: 'actual' })) }],
    ['eleven addresses', { subscribers: Array.from({ length: 11 }, (_, index) => `a${index}@example.com`) }],
    ['an unknown key', { limits: '10 USD' }],
  ];
  for (const [title, section] of refused) it(`refuses ${title}`, () => expect(step.schema.safeParse(section).success).toBe(false));

  it('accepts a name with a dollar sign', () => expect(step.schema.safeParse({ name: 'Monthly $10 Budget' }).success).toBe(true));
});

describe('amounts', () => {
  it('are compared as decimals', () => {
    for (const [a, b] of [
      ['10', '10.0'],
      ['.5', '0.50'],
      ['010', '10'],
      ['0', '0.0'],
      ['10000000', '1.0E7'],
    ] as const)
      expect(sameAmount(a, b)).toBe(true);
    for (const [a, b] of [
      ['10', '100'],
      ['10', '10.01'],
      ['1.05', '1.5'],
    ] as const)
      expect(sameAmount(a, b)).toBe(false);
  });

  it('keep their value when they are shortened', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^([0-9]{0,6}\.)?[0-9]{1,6}$/), (amount) => {
        expect(Number(plainAmount(amount))).toBe(Number(amount));
      }),
    );
  });
});

const fullAccount: Answers = {
  'budgets:DescribeBudgets': () => ({ Budgets: [monthly({ BudgetName: 'Mine' })] }),
  'budgets:DescribeNotificationsForBudget': () => ({ Notifications: [alert(90)] }),
  'budgets:DescribeSubscribersForNotification': () => ({ Subscribers: [mail('you@example.com')] }),
  'organizations:DescribeOrganization': () => 'AWSOrganizationsNotInUseException',
};

describe('observing the budget', () => {
  it('takes one round if the names are known, and accepts "not found"', async () => {
    const { context, waves, sent } = accountOf({
      ...fullAccount,
      'budgets:DescribeNotificationsForBudget': () => 'NotFoundException',
      'budgets:DescribeSubscribersForNotification': () => 'NotFoundException',
    });
    await step.observe(context, desiredOf(step, you, 'init'));
    expect(waves).toHaveLength(1);
    expect(new Set(sent.map((one) => JSON.stringify(one))).size).toBe(sent.length);
    expect(sent).toHaveLength(6);
  });

  it('takes three rounds if no name is known, and reads filters', async () => {
    const { context, waves, sent } = accountOf(fullAccount);
    await step.observe(context, desiredOf(step, {}, 'check'));
    expect(waves).toEqual([
      ['budgets:DescribeBudgets', 'organizations:DescribeOrganization'],
      ['budgets:DescribeNotificationsForBudget'],
      ['budgets:DescribeSubscribersForNotification'],
    ]);
    expect(sent[0]?.input).toMatchObject({ ShowFilterExpression: true });
    expect(sent.at(-1)?.input).not.toHaveProperty('Notification.NotificationState');
  });

  it('reads every page exactly once', async () => {
    const { context, sent } = accountOf({
      ...fullAccount,
      'budgets:DescribeSubscribersForNotification': ({ NextToken }) =>
        NextToken === undefined ? { Subscribers: [], NextToken: 'two' } : { Subscribers: [mail('you@example.com')] },
    });
    const desired = desiredOf(step, {}, 'check');
    expect(inShort(step.assess(desired, await step.observe(context, desired)))).toContain('budget.subscribers pass');
    expect(sent.filter(({ operation }) => operation === 'budgets:DescribeSubscribersForNotification')).toHaveLength(2);
  });

  it.each([
    ['aws', '5 EUR', '"5 EUR": AWS bills in USD here; write it like 5 USD'],
    ['aws-cn', '$5', '"$5": AWS bills in CNY here; write it like 5 CNY'],
    ['aws-eusc', '5 USD', '"5 USD": AWS bills in EUR here; write it like 5 EUR'],
    ['aws-eusc', '5 EUR', undefined],
    ['aws-eusc', '5', undefined],
  ])('checks at the prompt in %s whether %s is in the currency of the bill', (partition, typed, problem) => {
    const observed = { budgets: value([]), budgetAlerts: [], partition: partitionOf(partition), member: false, now };
    const ask = step.questions.find(({ path }) => path === 'limit');
    expect(ask?.validate(typed, observed)).toBe(problem);
  });

  it('refuses a currency that the partition does not bill in', async () => {
    const sovereign = accountOf(fullAccount, { partition: 'aws-eusc' });
    await expect(step.observe(sovereign.context, desiredOf(step, { ...you, limit: '10 USD' }, 'init'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
      message: expect.stringContaining('billed in EUR'),
    });
    await expect(
      step.observe(accountOf(fullAccount, { partition: 'aws-eusc' }).context, desiredOf(step, { ...you, limit: '10 EUR' }, 'init')),
    ).resolves.toBeDefined();
    const china = accountOf(fullAccount, { partition: 'aws-cn' });
    await expect(step.observe(china.context, desiredOf(step, { ...you, limit: '10 USD' }, 'init'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
      exit: 2,
    });
    const commercial = accountOf(fullAccount);
    await expect(step.observe(commercial.context, desiredOf(step, { ...you, limit: '70 CNY' }, 'check'))).rejects.toMatchObject({
      code: 'E-BUDGET-CURRENCY',
    });
    await expect(
      step.observe(accountOf(fullAccount, { partition: 'aws-cn' }).context, desiredOf(step, you, 'init')),
    ).resolves.toBeDefined();
  });
});

describe('creating the budget', () => {
  const create = () => changes(assess(you, {}))[0] as never;

  it('sends the budget with its alerts and addresses in one call, starting on the first of the month', async () => {
    const { context, sent } = accountOf({ 'budgets:CreateBudget': () => ({}) });
    await step.apply(context, create());
    expect(sent).toHaveLength(1);
    expect(sent[0]?.input).toEqual({
      AccountId: accountId,
      Budget: {
        BudgetName: name,
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        BudgetLimit: { Amount: '10', Unit: 'USD' },
        TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') },
        CostTypes: { IncludeCredit: false, IncludeRefund: false },
      },
      NotificationsWithSubscribers: usual.map(({ NotificationState: _state, ...Notification }) => ({
        Notification,
        Subscribers: [mail('you@example.com')],
      })),
    });
  });

  it('reports that someone else has created it', async () => {
    const { context } = accountOf({ 'budgets:CreateBudget': () => 'DuplicateRecordException' });
    await expect(step.apply(context, create())).rejects.toMatchObject({
      code: 'E-BUDGET-EXISTS',
      exit: 6,
      retryable: true,
      aws: { operation: 'budgets:CreateBudget', requestId: 'r-1' },
    });
  });

  it('rethrows other errors', async () => {
    const { context } = accountOf({ 'budgets:CreateBudget': () => 'AccessDeniedException' });
    await expect(step.apply(context, create())).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

describe('updating the budget', () => {
  it('sends dates as dates, new alerts with all addresses, and new addresses one by one', async () => {
    const answer = () => ({});
    const { context, sent } = accountOf({
      'budgets:UpdateBudget': answer,
      'budgets:CreateNotification': answer,
      'budgets:CreateSubscriber': answer,
    });
    const world = { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(50), to('you@example.com')]])] };
    const section = {
      limit: '20 USD',
      subscribers: ['you@example.com', 'ops@example.com'],
      alerts: [
        { at: 50, of: 'actual' },
        { at: 90, of: 'actual' },
      ],
    };
    const planned = changes(assess(section, world));
    for (const change of planned) await step.apply(context, JSON.parse(JSON.stringify(change)));
    expect(sent.map(({ operation }) => operation)).toEqual(planned.flatMap(({ calls }) => calls));
    expect(sent.map(({ input }) => input)).toMatchObject([
      {
        AccountId: accountId,
        NewBudget: { BudgetLimit: { Amount: '20', Unit: 'USD' }, TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') } },
      },
      { BudgetName: name, Notification: { Threshold: 90 }, Subscribers: [mail('you@example.com'), mail('ops@example.com')] },
      { BudgetName: name, Notification: { Threshold: 50 }, Subscriber: mail('ops@example.com') },
    ]);
  });

  it('restarts a budget that had a different period', async () => {
    const { context, sent } = accountOf({ 'budgets:UpdateBudget': () => ({}) });
    const [change] = changes(assess(you, { budgets: [monthly({ TimeUnit: 'QUARTERLY' })], budgetAlerts: [allAlerts] }));
    await step.apply(context, change as never);
    expect(sent[0]?.input).toMatchObject({ NewBudget: { TimeUnit: 'MONTHLY', TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') } } });
  });
});

describe('the recap at the end of a run', () => {
  const recap = (budgets: readonly Budget[]) =>
    step.recap?.(desiredOf(step, you, 'init'), {
      budgets: value(budgets),
      budgetAlerts: [],
      partition: partitionOf('aws'),
      member: false,
      now,
    });

  it('shows the recipients and the alerts, and that forecasts start later', () => {
    expect(recap([monthly()])).toEqual([
      {
        label: 'Budget alerts',
        value:
          'you@example.com at 50%, 80%, and 100% of actual spend and 100% of forecasted spend (forecasts start after about five weeks of use)',
      },
    ]);
  });

  it('is empty if the budget does not exist', () => expect(recap([])).toEqual([]));
});
