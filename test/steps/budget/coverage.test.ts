import type { Budget, Expression } from '@aws-sdk/client-budgets';
import { describe, expect, it } from 'vitest';
import {
  countsCredits,
  hasExpression,
  healthWords,
  isFiltered,
  leftOutCharges,
  plainAmount,
  shortcomings,
} from '../../../src/steps/budget/coverage.js';
import { now } from '../support/account.js';
import { monthly } from './fixtures.js';

/** Which costs a budget covers, for each form in which AWS returns it. */

const kinds = (...Values: readonly string[]): Expression => ({ Dimensions: { Key: 'RECORD_TYPE', Values: [...Values] } });
const not = (Not: Expression): Expression => ({ Not });
const matching = (...MatchOptions: readonly ('EQUALS' | 'CASE_SENSITIVE' | 'STARTS_WITH')[]): Expression => ({
  Dimensions: { Key: 'RECORD_TYPE', Values: ['Usage'], MatchOptions: [...MatchOptions] },
});
const inRegion: Expression = { Dimensions: { Key: 'REGION', Values: ['us-east-1'] } };
const by = (FilterExpression: Expression, more: Partial<Budget> = {}): Budget => {
  const { CostFilters: _, CostTypes: __, ...budget } = monthly();
  return { ...budget, FilterExpression, ...more };
};

describe('an amount', () => {
  it.each([
    ['10', '10'],
    ['10.0', '10'],
    ['007.50', '7.5'],
    ['.5', '0.5'],
    ['0.00', '0'],
    ['', '0'],
    ['1.0E7', '10000000'],
    ['1e+10', '10000000000'],
    ['2.5E3', '2500'],
    // What is no amount stays as it is.
    ['x1E7', 'x1E7'],
    ['1E7x', '1E7x'],
    ['x10', 'x10'],
  ])('%j is %s', (amount, expected) => expect(plainAmount(amount)).toBe(expected));
});

describe('a filter', () => {
  it.each<[string, Budget, boolean]>([
    ['none', monthly(), false],
    ['an empty one', monthly({ CostFilters: { Region: [] } }), false],
    ['a region', monthly({ CostFilters: { Service: [], Region: ['us-east-1'] } }), true],
    ['the view of the account', monthly({ BillingViewArn: 'arn:aws:billing::111122223333:billingview/primary' }), false],
    ['another view', monthly({ BillingViewArn: 'arn:aws:billing::111122223333:billingview/custom-1' }), true],
    ['kinds of charges with usage', by(kinds('Tax', 'Usage')), false],
    ['kinds of charges without usage', by(kinds('Tax')), true],
    ['all kinds but credits', by(not(kinds('Credit'))), false],
    ['all kinds but usage', by(not(kinds('Usage'))), true],
    ['no kind', by({ Dimensions: { Key: 'RECORD_TYPE', Values: undefined } }), true],
    ['a region in an expression', by(inRegion), true],
    ['not a region', by(not(inRegion)), true],
    ['usage and a region', by({ And: [kinds('Usage'), inRegion] }), true],
    ['usage or a region', by({ Or: [kinds('Usage'), inRegion] }), false],
    ['usage, compared exactly', by(matching('EQUALS')), false],
    ['usage, compared with its case', by(matching('CASE_SENSITIVE')), false],
    ['usage, compared exactly with its case', by(matching('EQUALS', 'CASE_SENSITIVE')), false],
    ['what begins with usage', by(matching('STARTS_WITH')), true],
    ['what begins with usage, with its case', by(matching('CASE_SENSITIVE', 'STARTS_WITH')), true],
  ])('%s: %s', (_, budget, expected) => expect(isFiltered(budget)).toBe(expected));
});

describe('the form of a budget', () => {
  const types = { IncludeCredit: true };
  it.each<[string, Budget, boolean]>([
    ['only filters', monthly(), false],
    ['only an expression', by(kinds('Usage')), true],
    ['both, and the expression filters nothing', by(kinds('Usage'), { CostTypes: types }), false],
    ['both, and only the expression filters', by(inRegion, { CostTypes: types }), true],
    ['both, and both filter', by(inRegion, { CostTypes: types, CostFilters: { Region: ['us-east-1'] } }), false],
    ['an expression and filters, without types', by(kinds('Usage'), { CostFilters: { Region: ['us-east-1'] } }), true],
  ])('%s: it has an expression: %s', (_, budget, expected) => expect(hasExpression(budget)).toBe(expected));
});

describe('charges that are left out', () => {
  it.each<[string, Budget, readonly string[]]>([
    ['none', monthly(), []],
    ['none without types', monthly({ CostTypes: undefined }), []],
    [
      'taxes and fees',
      monthly({ CostTypes: { IncludeTax: false, IncludeUpfront: false, IncludeRecurring: true } }),
      ['taxes', 'upfront fees'],
    ],
    ['credits, which do not count', by(not(kinds('Credit', 'Refund', 'Tax'))), ['Tax']],
    ['all but a list', by(kinds('Usage')), ['most kinds of charges']],
    ['all but a list, and one of it', by({ And: [kinds('Usage', 'Tax'), not(kinds('Tax'))] }), ['Tax']],
    ['a kind that is named twice', by({ And: [not(kinds('Tax')), not(kinds('Tax'))] }), ['Tax']],
    ['a kind in one of two conditions', by({ Or: [kinds('Usage'), not(kinds('Tax'))] }), ['Tax']],
    ['no kind', by({ Dimensions: { Key: 'RECORD_TYPE', Values: undefined } }), ['most kinds of charges']],
    ['none of a region', by(inRegion), []],
  ])('%s', (_, budget, expected) => expect(leftOutCharges(budget)).toEqual(expected));
});

describe('credits and refunds', () => {
  it.each<[string, Budget, readonly boolean[]]>([
    ['counted by default', monthly({ CostTypes: undefined }), [true, false]],
    ['not counted', monthly(), [false, true]],
    ['counted in part', monthly({ CostTypes: { IncludeCredit: false } }), [false, false]],
    ['not counted by an expression', by(not(kinds('Credit', 'Refund'))), [false, true]],
    ['counted in part by an expression', by(not(kinds('Credit'))), [false, false]],
    ['perhaps counted by an expression', by(inRegion), [true, false]],
  ])('%s', (_, budget, expected) => expect([countsCredits(budget, true), countsCredits(budget, false)]).toEqual(expected));
});

describe('shortcomings', () => {
  const second = (offset: number): Date => new Date(now.getTime() + offset * 1_000);
  const period = (Start: Date | undefined, End: Date | undefined): Budget => monthly({ TimePeriod: { Start, End } });
  it.each<[string, Budget, readonly string[]]>([
    ['none', monthly(), []],
    ['none without a period', monthly({ TimePeriod: undefined }), []],
    ['none from the first second to the last', period(now, second(1)), []],
    ['not started', period(second(1), second(2)), ['not started']],
    ['ended', period(undefined, now), ['ended']],
    ['ended when it started', period(now, now), ['ended']],
    ['another period', monthly({ TimeUnit: 'DAILY' }), ['not a monthly cost budget']],
    ['usage', monthly({ BudgetType: 'USAGE' }), ['not a monthly cost budget']],
    ['not healthy', monthly({ HealthStatus: { Status: 'UNHEALTHY', StatusReason: 'FILTER_INVALID' } }), ['not healthy: FILTER_INVALID']],
    ['not healthy, without a status', monthly({ HealthStatus: { StatusReason: 'FILTER_INVALID' } }), ['not healthy: FILTER_INVALID']],
    ['nothing about its health', monthly({ HealthStatus: {} }), []],
    ['credits', monthly({ CostTypes: {} }), ['counts credits or refunds']],
  ])('%s', (_, budget, expected) => expect(shortcomings(budget, now)).toEqual(expected));

  it('has words for a health without a status', () => {
    expect([monthly(), monthly({ HealthStatus: {} }), monthly({ HealthStatus: { Status: 'UNHEALTHY' } })].map(healthWords)).toEqual(
      Array(3).fill('UNHEALTHY'),
    );
  });
});
