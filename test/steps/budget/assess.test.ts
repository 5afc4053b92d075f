import type { Budget } from '@aws-sdk/client-budgets';
import { fc } from '../../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import { plainAmount, sameAmount } from '../../../src/steps/budget/coverage.js';
import { budget as step } from '../../../src/steps/budget/index.js';
import { summaryOf } from '../support/account.js';
import { you, name, monthly, alert, topic, to, alertsOf, allAlerts, assess, changes, unread, type World } from './fixtures.js';

describe('the budget that the config names', () => {
  it.each<[string, object, World, readonly string[]]>([
    [
      'has a filter, and no other budget watches all costs',
      you,
      { budgets: [monthly({ CostFilters: { Service: ['AWS Secrets Manager'] } })], budgetAlerts: [allAlerts] },
      ['budget.exists fail manual fix', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'has a filter, and another budget watches all costs',
      you,
      {
        budgets: [monthly({ CostFilters: { Service: ['AWS Secrets Manager'] } }), monthly({ BudgetName: 'All' })],
        budgetAlerts: [allAlerts],
      },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
    [
      'is named without an address, and its alert only goes to a topic',
      { name, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), value([topic])]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers manual manual fix'],
    ],
    ['is named without an address, and does not exist', { name: 'Costs' }, { budgets: [] }, ['budget.exists fail manual fix']],
    [
      'is named without an address, and its recipients cannot be read',
      { name, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), unread]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers unknown'],
    ],
    [
      'is named without an address, and its alert has no recipient',
      { name, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), to()]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers fail manual fix'],
    ],
    [
      'is named without an address, and its alert has one',
      { name, alerts: [{ at: '80%', of: 'actual' }] },
      { budgets: [monthly()], budgetAlerts: [alertsOf([[alert(80), to('boss@example.com')]])] },
      ['budget.exists pass', 'budget.limit pass', 'budget.alerts pass', 'budget.subscribers pass'],
    ],
  ])('%s', (_, section, world, findings) => expect(summaryOf(assess(section, world))).toEqual(findings));

  it('is not created if another budget does the same: the user chooses', () => {
    const [finding, ...others] = assess(you, { budgets: [monthly({ BudgetName: 'My costs' })] });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: 'budget.exists', status: 'fail', expected: name, observed: 'My costs', remedy: { by: 'hand' } });
    expect(finding?.remedy?.by === 'hand' && finding.remedy.instructions).toContain("--budget-name 'My costs' of init");
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
    expect(summaryOf(assess(you, { budgets: others }))).toContain('budget.exists fail create-budget');
  });

  it('also recognizes an equivalent budget in the newer form', () => {
    const withoutCredits = { Not: { Dimensions: { Key: 'RECORD_TYPE' as const, Values: ['Credit', 'Refund'] } } };
    const {
      CostFilters: _filters,
      CostTypes: _types,
      ...newer
    } = monthly({ BudgetName: 'Newer', FilterExpression: withoutCredits, Metrics: ['UnblendedCost'] });
    expect(summaryOf(assess(you, { budgets: [newer] }))).toEqual(['budget.exists fail manual fix']);
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

  it.each<[string, Partial<Budget>, object]>([
    ['its period', {}, { TimePeriod: { Start: '2026-11-01T00:00:00.000Z', End: '2087-06-15T00:00:00.000Z' } }],
    [
      'a period without an end',
      { TimePeriod: { Start: new Date('2026-11-01T00:00:00Z') } },
      { TimePeriod: { Start: '2026-11-01T00:00:00.000Z' } },
    ],
    [
      'its billing view',
      { BillingViewArn: 'arn:aws:billing::111122223333:billingview/x', TimePeriod: {} },
      { BillingViewArn: 'arn:aws:billing::111122223333:billingview/x' },
    ],
    ['nothing of the period of another unit', { TimeUnit: 'DAILY' }, {}],
    ['nothing of a period that has ended', { TimePeriod: { Start: new Date(0), End: new Date('2026-10-01T00:00:00Z') } }, {}],
  ])('keeps %s when it is updated', (_, over, kept) => {
    const existing = monthly({ BudgetLimit: { Amount: '20', Unit: 'USD' }, CostTypes: {}, ...over });
    const [change] = changes(assess(you, { budgets: [existing], budgetAlerts: [allAlerts] }));
    expect(change).toEqual(
      expect.objectContaining({
        budget: {
          BudgetName: name,
          BudgetType: 'COST',
          TimeUnit: 'MONTHLY',
          BudgetLimit: { Amount: '10', Unit: 'USD' },
          CostTypes: { IncludeCredit: false, IncludeRefund: false },
          ...kept,
        },
      }),
    );
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
    expect(summaryOf(assess({ ...you, 'include-credits': true }, { budgets: [newer], budgetAlerts: [allAlerts] }))).toContain(
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
