import type { Budget, Expression } from '@aws-sdk/client-budgets';
import type { Change } from '../../core/finding.js';
import { listed } from '../../core/text.js';
import { type Alert, notificationOf, notificationWords } from './alerts.js';
import { countsCredits, creditRecords, hasExpression, isRunning, plainAmount, sameAmount } from './coverage.js';

export interface WantedBudget {
  readonly name: string;
  readonly amount: string;
  readonly unit: string;
  readonly includeCredits: boolean;
}

/** A budget as `UpdateBudget` takes it, in plain data. Without a period it starts with the current month. */
export type PlainBudget = Omit<Budget, 'TimePeriod'> & { readonly TimePeriod?: { readonly Start: string; readonly End?: string } };

interface CreateBudget extends Change {
  readonly kind: 'create-budget';
  readonly budget: WantedBudget;
  readonly alerts: readonly Alert[];
  readonly subscribers: readonly string[];
}
interface UpdateBudget extends Change {
  readonly kind: 'update-budget';
  /** The complete new budget: if someone edits the budget between plan and apply, the plan changes. */
  readonly budget: PlainBudget;
}
interface CreateAlert extends Change {
  readonly kind: 'create-alert';
  readonly name: string;
  readonly alert: Alert;
  readonly subscribers: readonly string[];
}
interface AddSubscriber extends Change {
  readonly kind: 'add-subscriber';
  readonly name: string;
  readonly alert: Alert;
  readonly subscriber: string;
}
export type BudgetChange = CreateBudget | UpdateBudget | CreateAlert | AddSubscriber;

export const alertWords = (alert: Alert): string => notificationWords(notificationOf(alert));

/** `50%, 80% and 100% of actual spend and 100% of forecasted spend`. */
const alertsWords = (alerts: readonly Alert[]): string =>
  (['actual', 'forecasted'] as const)
    .map((of) => ({ of, percents: alerts.filter((alert) => alert.of === of).map((alert) => `${alert.percent}%`) }))
    .filter(({ percents }) => percents.length > 0)
    .map(({ of, percents }) => `${listed(percents)} of ${of} spend`)
    .join(' and ');

export const createBudget = (budget: WantedBudget, alerts: readonly Alert[], subscribers: readonly string[]): CreateBudget => ({
  kind: 'create-budget',
  summary: `Create the budget ${budget.name}: ${plainAmount(budget.amount)} ${budget.unit} a month, mail to ${listed(subscribers)} at ${alertsWords(alerts)}`,
  risk: 'none',
  calls: ['budgets:CreateBudget'],
  budget,
  alerts,
  subscribers,
});

export const updateBudget = (budget: Budget, wanted: WantedBudget, drift: readonly string[], now: Date): UpdateBudget => ({
  kind: 'update-budget',
  summary: `Update the budget ${wanted.name} to ${plainAmount(wanted.amount)} ${wanted.unit} a month ${wanted.includeCredits ? 'with' : 'without'} credits (${listed(drift)})`,
  // This tool cannot restore another type or planned limits.
  risk:
    budget.BudgetType !== 'COST' || budget.PlannedBudgetLimits !== undefined || budget.AutoAdjustData !== undefined
      ? 'hard-to-undo'
      : 'none',
  calls: ['budgets:UpdateBudget'],
  budget: correctedBudget(budget, wanted, now),
});

export const createAlert = (name: string, alert: Alert, subscribers: readonly string[]): CreateAlert => ({
  kind: 'create-alert',
  summary: `Add an alert at ${alertWords(alert)} to the budget ${name}, with mail to ${listed(subscribers)}`,
  risk: 'none',
  calls: ['budgets:CreateNotification'],
  name,
  alert,
  subscribers,
});

export const addSubscriber = (name: string, alert: Alert, subscriber: string): AddSubscriber => ({
  kind: 'add-subscriber',
  summary: `Send the alert at ${alertWords(alert)} of the budget ${name} to ${subscriber} as well`,
  risk: 'none',
  calls: ['budgets:CreateSubscriber'],
  name,
  alert,
  subscriber,
});

/** How an existing budget differs from the wanted one: differences that `UpdateBudget` fixes, and those that need a manual fix. */
export const driftOf = (
  budget: Budget,
  wanted: WantedBudget,
  now: Date,
): { readonly fixable: readonly string[]; readonly manual: readonly string[] } => {
  const { Amount: amount = '', Unit: unit = '' } = budget.BudgetLimit ?? {};
  const fixable: string[] = [];
  if (budget.BudgetType !== 'COST') fixable.push(`it watches ${budget.BudgetType} instead of costs`);
  if (budget.TimeUnit !== 'MONTHLY') fixable.push(`its period is ${budget.TimeUnit} instead of MONTHLY`);
  if (!isRunning(budget, now)) fixable.push('its period has ended or has not started');
  if (budget.PlannedBudgetLimits !== undefined || budget.AutoAdjustData !== undefined) fixable.push('its limit changes automatically');
  else if (!sameAmount(amount, wanted.amount) || unit !== wanted.unit) {
    fixable.push(
      amount === ''
        ? 'it has no limit'
        : `its limit is ${plainAmount(amount)} ${unit} instead of ${plainAmount(wanted.amount)} ${wanted.unit}`,
    );
  }
  const credits = wanted.includeCredits
    ? 'it does not count credits or refunds'
    : 'it counts credits or refunds, which hide the actual spend';
  if (budget.BudgetType !== 'COST' || countsCredits(budget, wanted.includeCredits)) return { fixable, manual: [] };
  // A condition that someone wrote is extended, never split.
  return hasExpression(budget) && wanted.includeCredits ? { fixable, manual: [credits] } : { fixable: [...fixable, credits], manual: [] };
};

/**
 * The budget as wanted, with everything else unchanged: `UpdateBudget` replaces everything except the name and the spend so far.
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html
 */
const correctedBudget = (budget: Budget, wanted: WantedBudget, now: Date): PlainBudget => {
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

/** Cost types that are not set keep their value. By default, AWS counts everything. */
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

/** The first day of the month in UTC, on which a recurring monthly budget starts. */
export const monthStart = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
