import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import { described } from '../support/described.js';
import { now } from '../support/account.js';
import { alert, alertsOf, allAlerts, assess, mail, monthly, name, to, topic, unread, type World, you } from './fixtures.js';

/** Each row changes one thing about the budget, its alerts or the config, and has everything that the user sees of it. */

const asWanted: World = { budgets: [monthly()], budgetAlerts: [allAlerts] };
const see = (ids: readonly string[], world: World, section: object = {}) =>
  described(assess({ ...you, ...section }, { ...asWanted, ...world }).filter(({ id }) => ids.includes(id)));
const oneAlert = { alerts: [{ at: '80%', of: 'actual' }] };
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);
const noCredits = { Not: { Dimensions: { Key: 'RECORD_TYPE' as const, Values: ['Credit', 'Refund'] } } };
const only = (...values: readonly string[]) => ({ Dimensions: { Key: 'RECORD_TYPE' as const, Values: [...values] } });
const { CostTypes: _types, CostFilters: _filters, ...newForm } = monthly({ FilterExpression: noCredits, Metrics: ['UnblendedCost'] });

describe('the budget of the config', () => {
  it.each<[string, World, object, readonly string[]]>([
    [
      'is as wanted',
      {},
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is as wanted, in the newer form',
      { budgets: [newForm] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is one of several',
      { budgets: [monthly({ BudgetName: 'other' }), monthly()] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'has no period',
      { budgets: [{ ...monthly(), TimePeriod: undefined }] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'starts now',
      { budgets: [monthly({ TimePeriod: { Start: now } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'starts later',
      { budgets: [monthly({ TimePeriod: { Start: after } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: its period has ended or has not started; wanted: Monthly cost budget; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its period has ended or has not started; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
      ],
    ],
    [
      'ends now',
      { budgets: [monthly({ TimePeriod: { End: now } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: its period has ended or has not started; wanted: Monthly cost budget; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its period has ended or has not started; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
      ],
    ],
    [
      'ended',
      { budgets: [monthly({ TimePeriod: { Start: before, End: before } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: its period has ended or has not started; wanted: Monthly cost budget; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its period has ended or has not started; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
      ],
    ],
    [
      'has another limit',
      { budgets: [monthly({ BudgetLimit: { Amount: '10.5', Unit: 'USD' } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10.5 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its limit is 10.5 USD instead of 10 USD; wanted: 10 USD a month, without credits; observed: 10.5 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its limit is 10.5 USD instead of 10 USD)',
      ],
    ],
    [
      'has a limit in another currency',
      { budgets: [monthly({ BudgetLimit: { Amount: '10', Unit: 'CNY' } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 CNY a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its limit is 10 CNY instead of 10 USD; wanted: 10 USD a month, without credits; observed: 10 CNY a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its limit is 10 CNY instead of 10 USD)',
      ],
    ],
    [
      'has no limit',
      { budgets: [{ ...monthly(), BudgetLimit: undefined }] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: no limit a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it has no limit; wanted: 10 USD a month, without credits; observed: no limit a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it has no limit)',
      ],
    ],
    [
      'has a limit that adjusts itself',
      { budgets: [monthly({ AutoAdjustData: { AutoAdjustType: 'FORECAST' } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its limit changes automatically; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its limit changes automatically) (hard-to-undo)',
      ],
    ],
    [
      'has planned limits',
      { budgets: [monthly({ PlannedBudgetLimits: {} })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its limit changes automatically; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its limit changes automatically) (hard-to-undo)',
      ],
    ],
    [
      'counts refunds',
      { budgets: [monthly({ CostTypes: { IncludeCredit: false } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it counts credits or refunds, which hide the actual spend; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it counts credits or refunds, which hide the actual spend)',
      ],
    ],
    [
      'counts credits',
      { budgets: [monthly({ CostTypes: { IncludeRefund: false } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it counts credits or refunds, which hide the actual spend; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it counts credits or refunds, which hide the actual spend)',
      ],
    ],
    [
      'counts neither, but should',
      {},
      { 'include-credits': true },
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it does not count credits or refunds; wanted: 10 USD a month, with credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month with credits (it does not count credits or refunds)',
      ],
    ],
    [
      'counts both, as wanted',
      { budgets: [monthly({ CostTypes: {} })] },
      { 'include-credits': true },
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, with credits; wanted: 10 USD a month, with credits; observed: 10 USD a month',
      ],
    ],
    [
      'counts neither in the newer form, but should',
      { budgets: [newForm] },
      { 'include-credits': true },
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it does not count credits or refunds; wanted: 10 USD a month, with credits; observed: 10 USD a month',
        '  manual: Edit the scope of Monthly cost budget in the console. https://console.aws.amazon.com/costmanagement/home#/budgets',
      ],
    ],
    [
      'counts credits in the newer form',
      { budgets: [{ ...newForm, FilterExpression: { Not: only('Refund') } }] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it counts credits or refunds, which hide the actual spend; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it counts credits or refunds, which hide the actual spend)',
      ],
    ],
    [
      'watches usage',
      { budgets: [monthly({ BudgetType: 'USAGE' })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: it watches USAGE instead of costs; wanted: Monthly cost budget; observed: 10 USD a month, USAGE',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it watches USAGE instead of costs) (hard-to-undo)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it watches USAGE instead of costs; wanted: 10 USD a month, without credits; observed: 10 USD a month, USAGE',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it watches USAGE instead of costs) (hard-to-undo)',
      ],
    ],
    [
      'is for a day',
      { budgets: [monthly({ TimeUnit: 'DAILY' })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: its period is DAILY instead of MONTHLY; wanted: Monthly cost budget; observed: 10 USD a day',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period is DAILY instead of MONTHLY)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its period is DAILY instead of MONTHLY; wanted: 10 USD a month, without credits; observed: 10 USD a day',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period is DAILY instead of MONTHLY)',
      ],
    ],
    [
      'is for a quarter, and for usage, and ended',
      { budgets: [monthly({ TimeUnit: 'QUARTERLY', BudgetType: 'USAGE', TimePeriod: { End: before } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: it watches USAGE instead of costs, its period is QUARTERLY instead of MONTHLY, its period has ended or has not started; wanted: Monthly cost budget; observed: 10 USD a quarter, USAGE',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it watches USAGE instead of costs, its period is QUARTERLY instead of MONTHLY and its period has ended or has not started) (hard-to-undo)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: it watches USAGE instead of costs, its period is QUARTERLY instead of MONTHLY, its period has ended or has not started; wanted: 10 USD a month, without credits; observed: 10 USD a quarter, USAGE',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (it watches USAGE instead of costs, its period is QUARTERLY instead of MONTHLY and its period has ended or has not started) (hard-to-undo)',
      ],
    ],
    [
      'has a filter',
      { budgets: [monthly({ CostFilters: { Service: ['Amazon EC2'] } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: The budget Monthly cost budget has a filter, and no other budget watches all costs; wanted: Monthly cost budget; observed: 10 USD a month',
        '  manual: Remove the filter of Monthly cost budget in the console. Or keep it, and run init with another --budget-name (or budget.name in bootstrap.yaml), which creates a second budget. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'has an empty filter',
      { budgets: [monthly({ CostFilters: { Service: [] } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'does not count taxes and support',
      { budgets: [monthly({ CostTypes: { IncludeTax: false, IncludeSupport: false, IncludeCredit: false, IncludeRefund: false } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; it does not count taxes, support fees; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'does not count taxes in the newer form',
      { budgets: [{ ...newForm, FilterExpression: { Not: only('Credit', 'Refund', 'Tax') } }] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; it does not count Tax; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'counts only usage in the newer form',
      { budgets: [{ ...newForm, FilterExpression: only('Usage') }] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; it does not count most kinds of charges; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is healthy',
      { budgets: [monthly({ HealthStatus: { Status: 'HEALTHY' } })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'has an empty health',
      { budgets: [monthly({ HealthStatus: {} })] },
      {},
      [
        'budget.exists pass Monthly cost budget: The budget Monthly cost budget exists; wanted: Monthly cost budget; observed: 10 USD a month',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is unhealthy',
      { budgets: [monthly({ HealthStatus: { Status: 'UNHEALTHY' } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: AWS does not update Monthly cost budget (UNHEALTHY), so it sends no alert; wanted: Monthly cost budget; observed: 10 USD a month',
        '  manual: Open Monthly cost budget in the console, which shows the cause (the billing view, the filter, or a setting), and fix it. Or delete the budget and run init again. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is unhealthy with a reason',
      { budgets: [monthly({ HealthStatus: { Status: 'UNHEALTHY', StatusReason: 'BILLING_VIEW_UNHEALTHY' } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: AWS does not update Monthly cost budget (BILLING_VIEW_UNHEALTHY), so it sends no alert; wanted: Monthly cost budget; observed: 10 USD a month',
        '  manual: Open Monthly cost budget in the console, which shows the cause (the billing view, the filter, or a setting), and fix it. Or delete the budget and run init again. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'has a reason without a health',
      { budgets: [monthly({ HealthStatus: { StatusReason: 'FILTER_INVALID' } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: AWS does not update Monthly cost budget (FILTER_INVALID), so it sends no alert; wanted: Monthly cost budget; observed: 10 USD a month',
        '  manual: Open Monthly cost budget in the console, which shows the cause (the billing view, the filter, or a setting), and fix it. Or delete the budget and run init again. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.limit pass Monthly cost budget: Monthly cost budget has the configured limit: 10 USD a month, without credits; wanted: 10 USD a month, without credits; observed: 10 USD a month',
      ],
    ],
    [
      'is unhealthy and ended',
      { budgets: [monthly({ HealthStatus: { Status: 'UNHEALTHY' }, TimePeriod: { End: before } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: Monthly cost budget is not an active monthly cost budget: its period has ended or has not started; wanted: Monthly cost budget; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its period has ended or has not started; wanted: 10 USD a month, without credits; observed: 10 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its period has ended or has not started)',
      ],
    ],
    [
      'is unhealthy, and has another limit',
      { budgets: [monthly({ HealthStatus: { Status: 'UNHEALTHY' }, BudgetLimit: { Amount: '11', Unit: 'USD' } })] },
      {},
      [
        'budget.exists fail Monthly cost budget: AWS does not update Monthly cost budget (UNHEALTHY), so it sends no alert; wanted: Monthly cost budget; observed: 11 USD a month',
        '  manual: Open Monthly cost budget in the console, which shows the cause (the billing view, the filter, or a setting), and fix it. Or delete the budget and run init again. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.limit fail Monthly cost budget: Monthly cost budget differs: its limit is 11 USD instead of 10 USD; wanted: 10 USD a month, without credits; observed: 11 USD a month',
        '  budgets:UpdateBudget: Update the budget Monthly cost budget to 10 USD a month without credits (its limit is 11 USD instead of 10 USD)',
      ],
    ],
    [
      'cannot be read',
      { budgets: unread },
      {},
      [
        'budget.exists unknown Monthly cost budget; needs budgets:ViewBudget',
        'budget.limit unknown Monthly cost budget; needs budgets:ViewBudget',
      ],
    ],
  ])('%s', (_, world, section, expected) => expect(see(['budget.exists', 'budget.limit'], world, section)).toEqual(expected));
});

it('is not offered in GovCloud', () => {
  const findings = assess(you, { partition: 'aws-us-gov' });
  expect(findings.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'budget.exists not-applicable',
    'budget.limit not-applicable',
    'budget.alerts not-applicable',
    'budget.subscribers not-applicable',
  ]);
});

describe('a budget that does not exist', () => {
  const all = ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers'];
  it.each<[string, World, object, readonly string[]]>([
    [
      'is created',
      { budgets: [] },
      {},
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 50%, 80% and 100% of actual spend and 100% of forecasted spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 10 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 50%, 80% and 100% of actual spend and 100% of forecasted spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 50% of actual spend, 80% of actual spend, 100% of actual spend, 100% of forecasted spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 50%, 80% and 100% of actual spend and 100% of forecasted spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: you@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 50%, 80% and 100% of actual spend and 100% of forecasted spend',
      ],
    ],
    [
      'is created with one alert',
      { budgets: [] },
      { ...oneAlert, subscribers: ['a@example.com', 'b@example.com'] },
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to a@example.com and b@example.com at 80% of actual spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 10 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to a@example.com and b@example.com at 80% of actual spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 80% of actual spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to a@example.com and b@example.com at 80% of actual spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: a@example.com, b@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to a@example.com and b@example.com at 80% of actual spend',
      ],
    ],
    [
      'is created with its limit, counting credits',
      { budgets: [] },
      { ...oneAlert, limit: '12.50 USD', 'include-credits': true },
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 12.5 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 12.5 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 12.5 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 80% of actual spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 12.5 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: you@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 12.5 USD a month, mail to you@example.com at 80% of actual spend',
      ],
    ],
    [
      'needs an address',
      { budgets: [] },
      { subscribers: [], name },
      [
        'budget.exists fail: There is no budget',
        '  manual: Choose an address that receives mail about rising costs. `bootstrap init --only budget --email ADDRESS`',
      ],
    ],
    [
      'is not created beside one that watches everything',
      { budgets: [monthly({ BudgetName: 'My "costs"' }), monthly({ BudgetName: 'b' })] },
      {},
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget, but My "costs", b already watches the costs of this account; wanted: Monthly cost budget; observed: My "costs", b',
        '  manual: Either use that budget (--budget-name \'My "costs"\' of init, or budget.name in bootstrap.yaml), or delete it in the console and run init again to create Monthly cost budget. https://console.aws.amazon.com/costmanagement/home#/budgets',
      ],
    ],
    [
      'is not created beside one that watches everything, without an address',
      { budgets: [monthly({ BudgetName: 'b' })] },
      { subscribers: [], name },
      ['budget.exists pass: All costs are watched by b (10 USD a month)'],
    ],
    [
      'is created beside one that counts credits',
      { budgets: [monthly({ BudgetName: 'b', CostTypes: {} })] },
      oneAlert,
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 10 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 80% of actual spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: you@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
      ],
    ],
    [
      'is created beside one that is unhealthy',
      { budgets: [monthly({ BudgetName: 'b', HealthStatus: { Status: 'UNHEALTHY' } })] },
      oneAlert,
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 10 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 80% of actual spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: you@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
      ],
    ],
    [
      'is created beside one that counts only usage',
      {
        budgets: [
          { ...newForm, BudgetName: 'b', FilterExpression: { And: [only('Usage'), { Dimensions: { Key: 'SERVICE', Values: ['x'] } }] } },
        ],
      },
      oneAlert,
      [
        'budget.exists fail Monthly cost budget: There is no budget Monthly cost budget; wanted: Monthly cost budget',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.limit fail Monthly cost budget: No budget has a limit; wanted: 10 USD a month',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.alerts fail Monthly cost budget: The account has no budget alert; wanted: 80% of actual spend',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs; wanted: you@example.com',
        '  budgets:CreateBudget: Create the budget Monthly cost budget: 10 USD a month, mail to you@example.com at 80% of actual spend',
      ],
    ],
    [
      'is unknown',
      { budgets: unread },
      {},
      [
        'budget.exists unknown Monthly cost budget; needs budgets:ViewBudget',
        'budget.limit unknown Monthly cost budget; needs budgets:ViewBudget',
        'budget.alerts unknown Monthly cost budget; needs budgets:ViewBudget',
        'budget.subscribers unknown Monthly cost budget; needs budgets:ViewBudget',
      ],
    ],
  ])('%s', (_, world, section, expected) => expect(see(all, world, section)).toEqual(expected));
});

describe('the alerts of the config', () => {
  const ids = ['budget.alerts', 'budget.subscribers'];
  const of = (...alerts: Parameters<typeof alertsOf>[0]): World => ({ budgetAlerts: [alertsOf(alerts)] });
  const full = (count: number) => Array.from({ length: count }, (_, index) => [alert(101 + index), undefined] as const);
  const mails = (count: number) => value(Array.from({ length: count }, (_, index) => mail(`a${index}@example.com`)));
  const two = { ...oneAlert, subscribers: ['you@example.com', 'ops@example.com'] };
  it.each<[string, World, object, readonly string[]]>([
    [
      'exist',
      {},
      {},
      [
        'budget.alerts pass Monthly cost budget: All 4 configured alerts exist',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'are one, which exists',
      of([alert(80), to('you@example.com')]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'exist without the type of their threshold',
      of([alert(80, 'ACTUAL', { ThresholdType: undefined }), to('you@example.com')]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'exist for addresses in capitals',
      of([alert(80), to('YOU@Example.com')]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'do not exist',
      of(),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'exist for another percentage',
      of([alert(81), undefined]),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'exist for forecasted spend',
      of([alert(80, 'FORECASTED'), undefined]),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'exist for an amount',
      of([alert(80, 'ACTUAL', { ThresholdType: 'ABSOLUTE_VALUE' }), undefined]),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'exist for less than the percentage',
      of([alert(80, 'ACTUAL', { ComparisonOperator: 'LESS_THAN' }), undefined]),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'exist in part',
      of([alert(50), to('you@example.com')]),
      {
        alerts: [
          { at: '50%', of: 'actual' },
          { at: '90%', of: 'forecasted' },
        ],
      },
      [
        'budget.alerts fail Monthly cost budget: 90% of forecasted spend: Monthly cost budget has no alert at 90% of forecasted spend; wanted: 90% of forecasted spend',
        '  budgets:CreateNotification: Add an alert at 90% of forecasted spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'do not exist, and there is no address',
      of(),
      { ...oneAlert, subscribers: [], name },
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  manual: Choose an address that receives mail about rising costs. `bootstrap init --only budget --email ADDRESS`',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  manual: Choose an address that receives mail about rising costs. `bootstrap init --only budget --email ADDRESS`',
      ],
    ],
    [
      'fit, as the tenth',
      of(...full(9)),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend; wanted: 80% of actual spend',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 80% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'do not fit',
      of(...full(10)),
      oneAlert,
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend, and AWS allows only 10 alerts; wanted: 80% of actual spend',
        '  manual: Delete an alert of Monthly cost budget that you do not need, or list fewer under budget.alerts. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  manual: Delete an alert of Monthly cost budget that you do not need, or list fewer under budget.alerts. https://console.aws.amazon.com/costmanagement/home#/budgets',
      ],
    ],
    [
      'fit in part',
      of(...full(9)),
      {
        alerts: [
          { at: '50%', of: 'actual' },
          { at: '90%', of: 'actual' },
        ],
      },
      [
        'budget.alerts fail Monthly cost budget: 50% of actual spend: Monthly cost budget has no alert at 50% of actual spend; wanted: 50% of actual spend',
        '  budgets:CreateNotification: Add an alert at 50% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
        'budget.alerts fail Monthly cost budget: 90% of actual spend: Monthly cost budget has no alert at 90% of actual spend, and AWS allows only 10 alerts; wanted: 90% of actual spend',
        '  manual: Delete an alert of Monthly cost budget that you do not need, or list fewer under budget.alerts. https://console.aws.amazon.com/costmanagement/home#/budgets',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  budgets:CreateNotification: Add an alert at 50% of actual spend to the budget Monthly cost budget, with mail to you@example.com',
      ],
    ],
    [
      'do not fit, and there is no address',
      of(...full(10)),
      { ...oneAlert, subscribers: [], name },
      [
        'budget.alerts fail Monthly cost budget: 80% of actual spend: Monthly cost budget has no alert at 80% of actual spend, and AWS allows only 10 alerts; wanted: 80% of actual spend',
        '  manual: Choose an address that receives mail about rising costs. `bootstrap init --only budget --email ADDRESS`',
        'budget.subscribers fail Monthly cost budget: No one receives mail about rising costs',
        '  manual: Choose an address that receives mail about rising costs. `bootstrap init --only budget --email ADDRESS`',
      ],
    ],
    [
      'have one address of two',
      of([alert(80), to('you@example.com')]),
      two,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: ops@example.com: ops@example.com does not receive the alert at 80% of actual spend; wanted: ops@example.com; observed: you@example.com',
        '  budgets:CreateSubscriber: Send the alert at 80% of actual spend of the budget Monthly cost budget to ops@example.com as well',
      ],
    ],
    [
      'have no address',
      of([alert(80), value([])]),
      two,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: you@example.com: you@example.com does not receive the alert at 80% of actual spend; wanted: you@example.com; observed: no subscriber',
        '  budgets:CreateSubscriber: Send the alert at 80% of actual spend of the budget Monthly cost budget to you@example.com as well',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: ops@example.com: ops@example.com does not receive the alert at 80% of actual spend; wanted: ops@example.com; observed: no subscriber',
        '  budgets:CreateSubscriber: Send the alert at 80% of actual spend of the budget Monthly cost budget to ops@example.com as well',
      ],
    ],
    [
      'have only a topic',
      of([alert(80), value([topic])]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: you@example.com: you@example.com does not receive the alert at 80% of actual spend; wanted: you@example.com; observed: arn:aws:sns:us-east-1:111122223333:costs',
        '  budgets:CreateSubscriber: Send the alert at 80% of actual spend of the budget Monthly cost budget to you@example.com as well',
      ],
    ],
    [
      'have nine addresses',
      of([alert(80), mails(9)]),
      two,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: you@example.com: you@example.com does not receive the alert at 80% of actual spend; wanted: you@example.com; observed: a0@example.com, a1@example.com, a2@example.com, a3@example.com, a4@example.com, a5@example.com, a6@example.com, a7@example.com, a8@example.com',
        '  budgets:CreateSubscriber: Send the alert at 80% of actual spend of the budget Monthly cost budget to you@example.com as well',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: ops@example.com: ops@example.com does not receive the alert at 80% of actual spend, and AWS allows only 10 addresses; wanted: ops@example.com; observed: a0@example.com, a1@example.com, a2@example.com, a3@example.com, a4@example.com, a5@example.com, a6@example.com, a7@example.com, a8@example.com',
        '  manual: Remove an address from the alert, or list fewer under budget.subscribers. https://console.aws.amazon.com/costmanagement/home#/budgets',
      ],
    ],
    [
      'have ten addresses',
      of([alert(80), mails(10)]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers fail Monthly cost budget: 80% of actual spend: you@example.com: you@example.com does not receive the alert at 80% of actual spend, and AWS allows only 10 addresses; wanted: you@example.com; observed: a0@example.com, a1@example.com, a2@example.com, a3@example.com, a4@example.com, a5@example.com, a6@example.com, a7@example.com, a8@example.com, a9@example.com',
        '  manual: Remove an address from the alert, or list fewer under budget.subscribers. https://console.aws.amazon.com/costmanagement/home#/budgets',
      ],
    ],
    [
      'have addresses, and the config none',
      of([alert(80), to('you@example.com')]),
      { ...oneAlert, subscribers: [], name },
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers pass Monthly cost budget: The alerts go to their subscribers',
      ],
    ],
    [
      'have addresses that cannot be read',
      of([alert(80), unread]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers unknown Monthly cost budget: 80% of actual spend; needs budgets:ViewBudget',
      ],
    ],
    [
      'have addresses that can be read in part',
      of([alert(50), unread], [alert(80), to('you@example.com')]),
      {
        alerts: [
          { at: '50%', of: 'actual' },
          { at: '80%', of: 'actual' },
        ],
      },
      [
        'budget.alerts pass Monthly cost budget: All 2 configured alerts exist',
        'budget.subscribers unknown Monthly cost budget: 50% of actual spend; needs budgets:ViewBudget',
      ],
    ],
    [
      'exist, with an alert and an address that someone added',
      of([alert(80), to('you@example.com', 'boss@example.com')], [alert(120), undefined]),
      oneAlert,
      [
        'budget.alerts pass Monthly cost budget: The configured alert exists',
        'budget.subscribers pass Monthly cost budget: The alerts go to you@example.com',
      ],
    ],
    [
      'cannot be read',
      { budgetAlerts: [{ budget: name, alerts: unread }] },
      {},
      [
        'budget.alerts unknown Monthly cost budget; needs budgets:ViewBudget',
        'budget.subscribers unknown Monthly cost budget; needs budgets:ViewBudget',
      ],
    ],
  ])('%s', (_, world, section, expected) => expect(see(ids, world, section)).toEqual(expected));
});
