import type { Budget, Expression } from '@aws-sdk/client-budgets';

/**
 * Budgets as AWS writes them, and what they are worth. A budget has one of two forms: filters and cost types, or - since
 * 2025 - an expression and a metric; a request with both is refused.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
 */
export interface WantedBudget {
  readonly name: string;
  readonly amount: string;
  readonly unit: string;
  readonly includeCredits: boolean;
}

/** A budget as `UpdateBudget` takes it, in plain data. Without a period it starts with the current month. */
export type PlainBudget = Omit<Budget, 'TimePeriod'> & { readonly TimePeriod?: { readonly Start: string; readonly End?: string } };

/** Decimals, not texts: AWS gives 10 back as 10.0. */
export const sameAmount = (a: string, b: string): boolean => plainAmount(a) === plainAmount(b);

/** `10.0` as people write it: `10`. */
export const plainAmount = (amount: string): string => {
  // 10 million may come back as 1.0E7.
  const decimal = /^[\d.]+E\+?\d+$/i.test(amount) ? String(Number(amount)) : amount;
  const [, whole = '', fraction = ''] = /^0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [undefined, decimal];
  return `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
};

/** `10 USD a month`, as far as the budget says so. */
export const budgetWords = (budget: Budget): string => {
  const { Amount: amount = 'no limit', Unit: unit = '' } = budget.BudgetLimit ?? {};
  const kind = budget.BudgetType === 'COST' ? '' : `, ${budget.BudgetType}`;
  return `${plainAmount(amount)} ${unit} ${periods[budget.TimeUnit ?? ''] ?? budget.TimeUnit}${kind}`;
};
const periods: Readonly<Record<string, string>> = { DAILY: 'a day', MONTHLY: 'a month', QUARTERLY: 'a quarter', ANNUALLY: 'a year' };

export const isMonthlyCost = (budget: Budget): boolean => budget.TimeUnit === 'MONTHLY' && budget.BudgetType === 'COST';

/** Whether the budget counts at this moment: it has begun and has not ended. */
export const isRunning = ({ TimePeriod: period }: Budget, now: Date): boolean =>
  (period?.Start === undefined || period.Start <= now) && (period?.End === undefined || period.End > now);

/** Whether it watches the whole account: a monthly cost budget that runs and leaves no service, region, tag or account out. */
export const watchesEverything = (budget: Budget, now: Date): boolean =>
  isMonthlyCost(budget) && isRunning(budget, now) && !isFiltered(budget);

/** Leaving out sorts of charges (credits, taxes) is no filter: the budget still watches every service. */
export const isFiltered = ({ CostFilters: filters = {}, FilterExpression: expression, BillingViewArn: view }: Budget): boolean =>
  Object.values(filters).some((values) => values.length > 0) ||
  (expression !== undefined && narrows(expression)) ||
  (view !== undefined && !view.endsWith('billingview/primary'));

const narrows = (expression: Expression): boolean =>
  expression.And?.some(narrows) ?? (expression.Not?.Dimensions ?? expression.Dimensions)?.Key !== 'RECORD_TYPE';

/** Both shown, the older form says how costs are counted - unless only the expression knows of a filter, which must not be lost. */
const hasExpression = ({ FilterExpression: expression, CostTypes: types, CostFilters: filters = {} }: Budget): boolean =>
  expression !== undefined && (types === undefined || (narrows(expression) && Object.keys(filters).length === 0));

/** Whether credits and refunds are both counted (`true`) or both left out (`false`), as asked. */
const countsCredits = (budget: Budget, asked: boolean): boolean => {
  const counted = hasExpression(budget)
    ? creditRecords.map((record) => !leavesOut(budget.FilterExpression as Expression, record))
    : [budget.CostTypes?.IncludeCredit !== false, budget.CostTypes?.IncludeRefund !== false];
  return counted.every((one) => one === asked);
};
const creditRecords = ['Credit', 'Refund'];

const leavesOut = ({ And: and, Not: not, Dimensions: only }: Expression, record: string): boolean =>
  (and?.some((one) => leavesOut(one, record)) ?? false) ||
  (not?.Dimensions?.Key === 'RECORD_TYPE' && (not.Dimensions.Values ?? []).includes(record)) ||
  (only?.Key === 'RECORD_TYPE' && !(only.Values ?? []).includes(record));

/** In what a budget of the wanted name differs, in words: what `UpdateBudget` mends, and what is left to a person. */
export const driftOf = (
  budget: Budget,
  wanted: WantedBudget,
  now: Date,
): { readonly mended: readonly string[]; readonly byHand: readonly string[] } => {
  const { Amount: amount = '', Unit: unit = '' } = budget.BudgetLimit ?? {};
  const mended: string[] = [];
  if (budget.BudgetType !== 'COST') mended.push(`it watches ${budget.BudgetType} instead of costs`);
  if (budget.TimeUnit !== 'MONTHLY') mended.push(`its period is ${budget.TimeUnit} instead of MONTHLY`);
  if (!isRunning(budget, now)) mended.push('its time has ended or not begun');
  if (budget.PlannedBudgetLimits !== undefined || budget.AutoAdjustData !== undefined) mended.push('its limit changes by itself');
  else if (!sameAmount(amount, wanted.amount) || unit !== wanted.unit) {
    mended.push(`its limit is ${plainAmount(amount || '0')} ${unit} instead of ${plainAmount(wanted.amount)} ${wanted.unit}`);
  }
  const credits = wanted.includeCredits ? 'it leaves credits or refunds out' : 'it counts credits or refunds, which hide what is spent';
  if (budget.BudgetType !== 'COST' || countsCredits(budget, wanted.includeCredits)) return { mended, byHand: [] };
  // A condition that a person wrote is added to, never taken apart.
  return hasExpression(budget) && wanted.includeCredits ? { mended, byHand: [credits] } : { mended: [...mended, credits], byHand: [] };
};

/**
 * The budget as wanted, with everything else as it was: `UpdateBudget` replaces all but the name and the spend so far.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html
 */
export const mendedBudget = (budget: Budget, wanted: WantedBudget, now: Date): PlainBudget => {
  const { Start: start, End: end } = budget.TimePeriod ?? {};
  const keepsPeriod = budget.TimeUnit === 'MONTHLY' && start !== undefined && isRunning(budget, now);
  return {
    ...newBudget(wanted),
    ...(keepsPeriod ? { TimePeriod: { Start: start.toISOString(), ...(end === undefined ? {} : { End: end.toISOString() }) } } : {}),
    ...(budget.BillingViewArn === undefined ? {} : { BillingViewArn: budget.BillingViewArn }),
    ...(hasExpression(budget) ? withExpression(budget, wanted) : withCostTypes(budget, wanted)),
  };
};

/** A recurring monthly cost budget with a fixed limit over the whole account. */
export const newBudget = ({ name, amount, unit }: WantedBudget): PlainBudget => ({
  BudgetName: name,
  BudgetLimit: { Amount: amount, Unit: unit },
  TimeUnit: 'MONTHLY',
  BudgetType: 'COST',
});

/** What is not named keeps its value, in AWS's defaults: everything is counted. */
export const withCostTypes = (
  { CostFilters: filters = {}, CostTypes: types }: Pick<Budget, 'CostFilters' | 'CostTypes'>,
  { includeCredits }: WantedBudget,
): Pick<Budget, 'CostFilters' | 'CostTypes'> => ({
  ...(Object.keys(filters).length === 0 ? {} : { CostFilters: filters }),
  CostTypes: { ...types, IncludeCredit: includeCredits, IncludeRefund: includeCredits },
});

const withExpression = (budget: Budget, { includeCredits }: WantedBudget): Pick<Budget, 'FilterExpression' | 'Metrics'> => {
  const expression = budget.FilterExpression as Expression;
  const withoutCredits: Expression = { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: creditRecords } } };
  const metrics = budget.BudgetType === 'COST' ? budget.Metrics : undefined;
  return {
    FilterExpression:
      includeCredits || countsCredits(budget, false) ? expression : { And: [...(expression.And ?? [expression]), withoutCredits] },
    Metrics: metrics ?? ['UnblendedCost'],
  };
};

/** The first day of the month, in UTC: where a recurring monthly budget begins. */
export const monthStart = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
