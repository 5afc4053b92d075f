import type { Budget, Expression } from '@aws-sdk/client-budgets';
import { describe, expect, it } from 'vitest';
import { driftOf, updateBudget, type WantedBudget } from '../../../src/steps/budget/changes.js';
import { now } from '../support/account.js';
import { monthly, name } from './fixtures.js';

/** `UpdateBudget` replaces a whole budget, so everything that the config does not mention must be in the request. */

const wanted: WantedBudget = { name, amount: '20', unit: 'USD', includeCredits: false };
const withCredits = { ...wanted, includeCredits: true };
const { CostFilters: _, CostTypes: __, ...bare } = monthly();
const by = (FilterExpression: Expression, more: Partial<Budget> = {}): Budget => ({
  ...bare,
  FilterExpression,
  Metrics: ['BlendedCost'],
  ...more,
});
const kinds = (...Values: readonly string[]): Expression => ({ Dimensions: { Key: 'RECORD_TYPE', Values: [...Values] } });
const noTax: Expression = { Not: kinds('Tax') };
const noCredits: Expression = { Not: kinds('Credit', 'Refund') };
const inRegion: Expression = { Dimensions: { Key: 'REGION', Values: ['us-east-1'] } };

describe('an updated budget', () => {
  const period = { Start: '2026-11-01T00:00:00.000Z', End: '2087-06-15T00:00:00.000Z' };
  const whole = {
    BudgetName: name,
    BudgetLimit: { Amount: '20', Unit: 'USD' },
    TimeUnit: 'MONTHLY',
    BudgetType: 'COST',
    TimePeriod: period,
  };
  const { TimePeriod: ___, ...fromNow } = whole;
  const types = { CostTypes: { IncludeTax: true, IncludeCredit: false, IncludeRefund: false } };
  it.each<[string, Budget, WantedBudget, object]>([
    ['keeps its period and cost types', monthly(), wanted, { ...whole, ...types }],
    [
      'counts credits if the config wants them',
      monthly(),
      withCredits,
      { ...whole, CostTypes: { IncludeTax: true, IncludeCredit: true, IncludeRefund: true } },
    ],
    [
      'keeps its filters',
      monthly({ CostFilters: { Region: ['us-east-1'] } }),
      wanted,
      { ...whole, ...types, CostFilters: { Region: ['us-east-1'] } },
    ],
    ['keeps its view', monthly({ BillingViewArn: 'arn:view' }), wanted, { ...whole, ...types, BillingViewArn: 'arn:view' }],
    [
      'keeps a period without an end',
      monthly({ TimePeriod: { Start: now } }),
      wanted,
      { ...whole, ...types, TimePeriod: { Start: now.toISOString() } },
    ],
    ['starts with this month if it has ended', monthly({ TimePeriod: { Start: new Date(0), End: now } }), wanted, { ...fromNow, ...types }],
    ['starts with this month if it has no start', monthly({ TimePeriod: undefined }), wanted, { ...fromNow, ...types }],
    ['starts with this month if it was a daily one', monthly({ TimeUnit: 'DAILY' }), wanted, { ...fromNow, ...types }],
    [
      'keeps an expression, and leaves credits out',
      by(noTax),
      wanted,
      { ...whole, FilterExpression: { And: [noTax, noCredits] }, Metrics: ['BlendedCost'] },
    ],
    [
      'keeps each condition of an expression',
      by({ And: [noTax, inRegion] }),
      wanted,
      { ...whole, FilterExpression: { And: [noTax, inRegion, noCredits] }, Metrics: ['BlendedCost'] },
    ],
    ['keeps an expression without credits', by(noCredits), wanted, { ...whole, FilterExpression: noCredits, Metrics: ['BlendedCost'] }],
    [
      'keeps an expression that counts credits in part',
      by({ Not: kinds('Credit') }),
      wanted,
      { ...whole, FilterExpression: { And: [{ Not: kinds('Credit') }, noCredits] }, Metrics: ['BlendedCost'] },
    ],
    ['keeps an expression if credits are wanted', by(noTax), withCredits, { ...whole, FilterExpression: noTax, Metrics: ['BlendedCost'] }],
    [
      'gets the usual metric',
      by(noCredits, { Metrics: undefined }),
      wanted,
      { ...whole, FilterExpression: noCredits, Metrics: ['UnblendedCost'] },
    ],
    [
      'gets the usual metric in place of one of usage',
      by(noCredits, { BudgetType: 'USAGE', Metrics: ['UsageQuantity'] }),
      wanted,
      { ...whole, FilterExpression: noCredits, Metrics: ['UnblendedCost'] },
    ],
  ])('%s', (_title, budget, want, expected) => expect(updateBudget(budget, want, [], now).budget).toEqual(expected));

  it.each<[string, Partial<Budget>, string]>([
    ['nothing else', {}, 'none'],
    ['usage', { BudgetType: 'USAGE' }, 'hard-to-undo'],
    ['planned limits', { PlannedBudgetLimits: {} }, 'hard-to-undo'],
    ['a limit that changes', { AutoAdjustData: { AutoAdjustType: 'HISTORICAL' } }, 'hard-to-undo'],
  ])('that had %s has the risk of it', (_title, more, risk) => expect(updateBudget(monthly(more), wanted, [], now).risk).toBe(risk));
});

describe('the drift of a budget', () => {
  const limit = 'its limit is 10 USD instead of 20 USD';
  const hides = 'it counts credits or refunds, which hide the actual spend';
  const lacks = 'it does not count credits or refunds';
  it.each<[string, Budget, WantedBudget, readonly string[], readonly string[]]>([
    ['a limit', monthly(), wanted, [limit], []],
    ['no limit', monthly({ BudgetLimit: undefined }), wanted, ['it has no limit'], []],
    ['another currency', monthly({ BudgetLimit: { Amount: '20.0', Unit: 'EUR' } }), wanted, ['its limit is 20 EUR instead of 20 USD'], []],
    ['a limit that changes', monthly({ AutoAdjustData: { AutoAdjustType: 'FORECAST' } }), wanted, ['its limit changes automatically'], []],
    ['credits', monthly({ CostTypes: {} }), wanted, [limit, hides], []],
    ['no credits', monthly(), withCredits, [limit, lacks], []],
    ['credits in an expression', by(noTax), wanted, [limit, hides], []],
    ['no credits in an expression', by(noCredits), withCredits, [limit], [lacks]],
    [
      'usage, which has no credits',
      monthly({ BudgetType: 'USAGE', CostTypes: {} }),
      wanted,
      ['it watches USAGE instead of costs', limit],
      [],
    ],
    ['a day', monthly({ TimeUnit: 'DAILY' }), wanted, ['its period is DAILY instead of MONTHLY', limit], []],
    ['an end', monthly({ TimePeriod: { End: now } }), wanted, ['its period has ended or has not started', limit], []],
  ])('is %s', (_title, budget, want, fixable, manual) => expect(driftOf(budget, want, now)).toEqual({ fixable, manual }));
});
