import { describe, expect, it } from 'vitest';
import type { BudgetWorld } from '../../src/sandbox/world.js';
import type { RunReport } from '../../src/core/report.js';
import { own, signedIn } from './practice-account.js';

/** A budget of 10 USD a month with mail, changed as given. */
const budget = (changed: object): BudgetWorld => ({
  budget: {
    BudgetName: 'Mine',
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: '10.0', Unit: 'USD' },
    CostFilters: {},
    CostTypes: { IncludeCredit: false, IncludeRefund: false },
    TimePeriod: { Start: '2026-01-01T00:00:00.000Z', End: '2087-06-15T00:00:00.000Z' },
    LastUpdatedTime: '2026-01-01T00:00:00.000Z',
    ...changed,
  },
  notifications: [
    {
      notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold: 80, ThresholdType: 'PERCENTAGE' },
      subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }],
    },
  ],
  tags: {},
});

const init = ['init', '--only', 'budget', '--email', 'ops@example.com', '--yes', '--account-id', own];

describe('an existing budget', () => {
  /** An account without a config, so check assesses all existing budgets. */
  const accountWith = async (changed: object) => {
    const shell = await signedIn({ edit: (account) => void account.budgets.push(budget(changed)) });
    const verdict = async (): Promise<readonly string[]> => {
      const { stdout } = await shell.run(['check', '--only', 'budget', '--output', 'json']);
      const { results } = JSON.parse(stdout) as RunReport;
      return results.filter(({ id }) => id === 'budget.exists').map(({ status, reason }) => `${status}: ${reason}`);
    };
    return { ...shell, verdict };
  };

  it.each<[what: string, changed: object, problem: string]>([
    ['counts credits', { CostTypes: {} }, 'counts credits or refunds'],
    [
      'is not updated by AWS',
      { HealthStatus: { Status: 'UNHEALTHY', StatusReason: 'BILLING_VIEW_UNHEALTHY' } },
      'not healthy: BILLING_VIEW_UNHEALTHY',
    ],
  ])('fails check if it %s, and init creates a second budget that passes', async (_what, changed, problem) => {
    const account = await accountWith(changed);
    expect(await account.verdict()).toEqual([`fail: No monthly budget watches all costs: Mine (${problem})`]);
    const first = await account.run(init);
    expect([first.code, first.writes]).toEqual([0, ['budgets:CreateBudget']]);
    expect(await account.verdict()).toEqual(['pass: All costs are watched by Monthly cost budget (10 USD a month)']);
    const again = await account.run(init);
    expect([again.code, again.writes]).toEqual([0, []]);
  });

  it('can leave out taxes, support and other fees: check passes, and init creates no second budget', async () => {
    const fees = { IncludeTax: false, IncludeSupport: false, IncludeSubscription: false, IncludeRecurring: false };
    const account = await accountWith({ CostTypes: { IncludeCredit: false, IncludeRefund: false, ...fees } });
    expect(await account.verdict()).toEqual(['pass: All costs are watched by Mine (10 USD a month)']);
    const { writes } = await account.run(init);
    expect(writes).toEqual([]);
  });

  it('is updated by init to exclude credits if the config names it, and then passes', async () => {
    const account = await accountWith({ CostTypes: {} });
    const { code, writes } = await account.run([...init, '--budget-name', 'Mine']);
    expect([code, writes[0]]).toEqual([0, 'budgets:UpdateBudget']);
    expect(await account.verdict()).toEqual(['pass: All costs are watched by Mine (10 USD a month)']);
  });
});
