import type { Budget, Expression } from '@aws-sdk/client-budgets';

/**
 * Which costs a budget of AWS covers, and whether it can warn of all of them. A budget has one of two forms: filters and cost types, or
 * (since 2025) an expression and a metric. AWS refuses a request with both.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
 */

/** Compares decimals, not texts: AWS returns 10 as 10.0. */
export const sameAmount = (a: string, b: string): boolean => plainAmount(a) === plainAmount(b);

/** `10` for `10.0`. */
export const plainAmount = (amount: string): string => {
  // AWS may return 10 million as 1.0E7.
  const decimal = /^[\d.]+E\+?\d+$/i.test(amount) ? String(Number(amount)) : amount;
  const [, whole = '', fraction = ''] = /^0*(\d*)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [undefined, decimal];
  return `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
};

/** `10 USD a month`. A budget whose limit AWS does not show has none. */
export const budgetWords = ({ BudgetLimit: limit, BudgetType: type, TimeUnit: period }: Budget): string => {
  const kind = type === 'COST' ? '' : `, ${type}`;
  const amount = limit?.Amount === undefined ? 'no limit' : `${plainAmount(limit.Amount)} ${limit.Unit}`;
  return `${amount} ${periods[period ?? ''] ?? period}${kind}`;
};
const periods: Readonly<Record<string, string>> = { DAILY: 'a day', MONTHLY: 'a month', QUARTERLY: 'a quarter', ANNUALLY: 'a year' };

export const isMonthlyCost = (budget: Budget): boolean => budget.TimeUnit === 'MONTHLY' && budget.BudgetType === 'COST';

/** Whether the budget has started and has not ended. */
export const isRunning = ({ TimePeriod: period }: Budget, now: Date): boolean =>
  (period?.Start === undefined || period.Start <= now) && (period?.End === undefined || period.End > now);

/** `false` while AWS reports that it does not update the budget. It then sends no alert. */
export const isHealthy = ({ HealthStatus: health }: Budget): boolean =>
  health === undefined ||
  health.Status === 'HEALTHY' ||
  // An empty object reports nothing.
  (health.Status === undefined && health.StatusReason === undefined);

/** The reason that AWS reports for an unhealthy budget: `FILTER_INVALID`. */
export const healthWords = ({ HealthStatus: health }: Budget): string => health?.StatusReason ?? health?.Status ?? 'UNHEALTHY';

/**
 * The reasons why a budget does not warn of all costs of the account. Empty: it is a monthly cost budget that is active and healthy, has no
 * filter, and counts credits and refunds as configured. With credits, which AWS counts by default, it reads 0 until they are used up.
 * A budget without taxes, support, subscriptions or other fees still warns, because usage is what makes the costs of an account rise.
 */
export const shortcomings = (budget: Budget, now: Date, includeCredits = false): readonly string[] => [
  ...scopeProblems(budget, now),
  ...(countsCredits(budget, includeCredits) ? [] : [includeCredits ? 'does not count credits or refunds' : 'counts credits or refunds']),
];

/** The reasons that an update by this tool does not remove. */
const scopeProblems = (budget: Budget, now: Date): readonly string[] => {
  if (!isMonthlyCost(budget)) return ['not a monthly cost budget'];
  const { Start: start } = budget.TimePeriod ?? {};
  return [
    ...(isRunning(budget, now) ? [] : [start !== undefined && start > now ? 'not started' : 'ended']),
    ...(isHealthy(budget) ? [] : [`not healthy: ${healthWords(budget)}`]),
    ...(isFiltered(budget) ? ['filtered'] : []),
  ];
};

/** Whether it watches the whole account and counts credits as configured. */
export const watchesEverything = (budget: Budget, now: Date, includeCredits = false): boolean =>
  shortcomings(budget, now, includeCredits).length === 0;

/** The same, except for how it counts credits: an update can change that, so the account needs no second budget. */
export const couldWatchEverything = (budget: Budget, now: Date): boolean => scopeProblems(budget, now).length === 0;

/** A budget that does not count some charges (credits, taxes) is not filtered: it still watches every service. */
export const isFiltered = ({ CostFilters: filters = {}, FilterExpression: expression, BillingViewArn: view }: Budget): boolean =>
  Object.values(filters).some((values) => values.length > 0) ||
  (expression !== undefined && narrows(expression)) ||
  (view !== undefined && !view.endsWith('billingview/primary'));

/**
 * Whether a condition counts charges of this kind (`RECORD_TYPE`), in three-valued logic. undefined: it depends on the service, region,
 * tag or account of the charge.
 */
const counts = (expression: Expression, kind: string): boolean | undefined => {
  const { And: and, Or: or, Not: not, Dimensions: dimension } = expression;
  if (and !== undefined) return all(and.map((one) => counts(one, kind)));
  if (or !== undefined) return negated(all(or.map((one) => negated(counts(one, kind)))));
  if (not !== undefined) return negated(counts(not, kind));
  // Kinds of charges are only compared with "is one of". For another comparison, the result is not known.
  const isOneOf = dimension?.MatchOptions?.every((option) => option === 'EQUALS' || option === 'CASE_SENSITIVE') ?? true;
  return dimension?.Key === 'RECORD_TYPE' && isOneOf ? (dimension.Values ?? []).includes(kind) : undefined;
};
const all = (answers: readonly (boolean | undefined)[]): boolean | undefined =>
  answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
const negated = (answer: boolean | undefined): boolean | undefined => (answer === undefined ? undefined : !answer);

const narrows = (expression: Expression): boolean => counts(expression, usage) !== true;
const usage = 'Usage';

/** Every kind of charge that a condition names. */
const kindsIn = ({ And: and = [], Or: or = [], Not: not, Dimensions: dimension }: Expression): readonly string[] => [
  ...[...and, ...or, ...(not === undefined ? [] : [not])].flatMap(kindsIn),
  ...(dimension?.Key === 'RECORD_TYPE' ? (dimension.Values ?? []) : []),
];

/** Names of the charges that a budget does not count. Credits, refunds and discounts, which lower a bill, are not included. */
export const leftOutCharges = (budget: Budget): readonly string[] => {
  if (!hasExpression(budget)) return costKinds.filter(([member]) => budget.CostTypes?.[member] === false).map(([, words]) => words);
  const expression = budget.FilterExpression as Expression;
  const excluded = [...new Set(kindsIn(expression))].filter(
    (kind) => !/credit|refund|discount|negation/i.test(kind) && counts(expression, kind) === false,
  );
  // A list of the kinds that count excludes all others, named or not.
  return excluded.length === 0 && counts(expression, 'a kind that no condition names') === false ? ['most kinds of charges'] : excluded;
};
const costKinds = [
  ['IncludeTax', 'taxes'],
  ['IncludeSupport', 'support fees'],
  ['IncludeSubscription', 'subscriptions'],
  ['IncludeOtherSubscription', 'other subscriptions'],
  ['IncludeUpfront', 'upfront fees'],
  ['IncludeRecurring', 'recurring fees'],
] as const;

/** If AWS returns both forms, the older one decides, unless only the expression has a filter, which must not be lost. */
export const hasExpression = ({ FilterExpression: expression, CostTypes: types, CostFilters: filters = {} }: Budget): boolean =>
  expression !== undefined && (types === undefined || (narrows(expression) && Object.keys(filters).length === 0));

/** Whether credits and refunds are both counted (`wanted` is true), or neither is (`wanted` is false). */
export const countsCredits = (budget: Budget, wanted: boolean): boolean => {
  const counted = hasExpression(budget)
    ? creditRecords.map((record) => counts(budget.FilterExpression as Expression, record) !== false)
    : [budget.CostTypes?.IncludeCredit !== false, budget.CostTypes?.IncludeRefund !== false];
  return counted.every((one) => one === wanted);
};
export const creditRecords = ['Credit', 'Refund'];
