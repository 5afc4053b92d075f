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

/** `false` while AWS says that the budget is not updated: its numbers stand still then, and no alert is sent. */
export const isHealthy = ({ HealthStatus: health }: Budget): boolean =>
  health === undefined ||
  health.Status === 'HEALTHY' ||
  // An empty object reports nothing.
  (health.Status === undefined && health.StatusReason === undefined);

/** What AWS gives as the reason for an unhealthy budget: `FILTER_INVALID`. */
export const healthWords = ({ HealthStatus: health }: Budget): string => health?.StatusReason ?? health?.Status ?? 'UNHEALTHY';

/**
 * Why a budget does not warn of all costs of the account, each reason in words. None: it is a monthly cost budget that runs, is healthy,
 * has no filter, and counts credits and refunds as asked. With credits, which AWS counts by default, it reads 0 until they are used up.
 * A budget that leaves out taxes, support, subscriptions or other fees still warns: usage is what makes the costs of an account rise.
 */
export const shortcomings = (budget: Budget, now: Date, includeCredits = false): readonly string[] => [
  ...scopeProblems(budget, now),
  ...(countsCredits(budget, includeCredits) ? [] : [includeCredits ? 'leaves credits or refunds out' : 'counts credits or refunds']),
];

/** What an update by this tool does not change. */
const scopeProblems = (budget: Budget, now: Date): readonly string[] => {
  if (!isMonthlyCost(budget)) return ['not a monthly cost budget'];
  const { Start: start } = budget.TimePeriod ?? {};
  return [
    ...(isRunning(budget, now) ? [] : [start !== undefined && start > now ? 'not begun' : 'ended']),
    ...(isHealthy(budget) ? [] : [`not healthy: ${healthWords(budget)}`]),
    ...(isFiltered(budget) ? ['filtered'] : []),
  ];
};

/** Whether it watches the whole account and counts credits as asked. */
export const watchesEverything = (budget: Budget, now: Date, includeCredits = false): boolean =>
  shortcomings(budget, now, includeCredits).length === 0;

/** The same, but for how it counts credits: an update makes it right, so a second budget beside it is not the only way. */
export const couldWatchEverything = (budget: Budget, now: Date): boolean => scopeProblems(budget, now).length === 0;

/** Leaving out kinds of charges (credits, taxes) is no filter: the budget still watches every service. */
export const isFiltered = ({ CostFilters: filters = {}, FilterExpression: expression, BillingViewArn: view }: Budget): boolean =>
  Object.values(filters).some((values) => values.length > 0) ||
  (expression !== undefined && narrows(expression)) ||
  (view !== undefined && !view.endsWith('billingview/primary'));

/**
 * Whether a condition counts charges of this kind (`RECORD_TYPE`), by three-valued logic; undefined: that depends on the service, region,
 * tag or account of the charge.
 */
const counts = (expression: Expression, kind: string): boolean | undefined => {
  const { And: and, Or: or, Not: not, Dimensions: dimension } = expression;
  if (and !== undefined) return all(and.map((one) => counts(one, kind)));
  if (or !== undefined) return negated(all(or.map((one) => negated(counts(one, kind)))));
  if (not !== undefined) return negated(counts(not, kind));
  // Other ways to compare than "is one of" are not used for kinds of charges; which charges they take is not known then.
  const plain = dimension?.MatchOptions?.every((option) => option === 'EQUALS' || option === 'CASE_SENSITIVE') ?? true;
  return dimension?.Key === 'RECORD_TYPE' && plain ? (dimension.Values ?? []).includes(kind) : undefined;
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

/** Kinds of costs that a budget does not count, in words. What lowers a bill (credits, refunds, discounts) is not among them. */
export const leftOutCharges = (budget: Budget): readonly string[] => {
  if (!hasExpression(budget)) return costKinds.filter(([member]) => budget.CostTypes?.[member] === false).map(([, words]) => words);
  const expression = budget.FilterExpression as Expression;
  const out = [...new Set(kindsIn(expression))].filter(
    (kind) => !/credit|refund|discount|negation/i.test(kind) && counts(expression, kind) === false,
  );
  // A list of the kinds that count leaves out all the others, named or not.
  return out.length === 0 && counts(expression, 'a kind that no condition names') === false ? ['all charges but some kinds'] : out;
};
const costKinds = [
  ['IncludeTax', 'taxes'],
  ['IncludeSupport', 'support fees'],
  ['IncludeSubscription', 'subscriptions'],
  ['IncludeOtherSubscription', 'other subscriptions'],
  ['IncludeUpfront', 'upfront fees'],
  ['IncludeRecurring', 'recurring fees'],
] as const;

/** Both shown, the older form says how costs are counted - unless only the expression knows of a filter, which must not be lost. */
const hasExpression = ({ FilterExpression: expression, CostTypes: types, CostFilters: filters = {} }: Budget): boolean =>
  expression !== undefined && (types === undefined || (narrows(expression) && Object.keys(filters).length === 0));

/** Whether credits and refunds are both counted (`true`) or both left out (`false`), as asked. */
const countsCredits = (budget: Budget, asked: boolean): boolean => {
  const counted = hasExpression(budget)
    ? creditRecords.map((record) => counts(budget.FilterExpression as Expression, record) !== false)
    : [budget.CostTypes?.IncludeCredit !== false, budget.CostTypes?.IncludeRefund !== false];
  return counted.every((one) => one === asked);
};
const creditRecords = ['Credit', 'Refund'];

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
export const correctedBudget = (budget: Budget, wanted: WantedBudget, now: Date): PlainBudget => {
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
