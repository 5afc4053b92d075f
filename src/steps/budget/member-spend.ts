import type { Budget } from '@aws-sdk/client-budgets';
import { isFiltered, isHealthy, isMonthlyCost, isRunning } from './coverage.js';

/** What an account has spent this month, as a budget shows it. AWS refreshes a budget up to a day late. */
export interface MonthSpend {
  readonly amount: string;
  readonly unit: string;
  /** ISO 8601 */
  readonly asOf: string | null;
  /** The name of the budget. */
  readonly budget: string;
}

/** From the budgets of the account itself: the first one that counts all of its costs. */
export const spendInOwnBudgets = (budgets: readonly Budget[], now: Date): MonthSpend | undefined =>
  spendIn(budgets, now, (budget) => !isFiltered(budget));

/** From the budgets of the account that pays: the first one that counts the costs of this member, all of them and no others. */
export const spendInPayerBudgets = (budgets: readonly Budget[], accountId: string, now: Date): MonthSpend | undefined =>
  spendIn(budgets, now, (budget) => isAbout(budget, accountId));

const spendIn = (budgets: readonly Budget[], now: Date, counts: (budget: Budget) => boolean): MonthSpend | undefined => {
  const found = budgets.find(
    (budget) =>
      isMonthlyCost(budget) &&
      isRunning(budget, now) &&
      isHealthy(budget) &&
      counts(budget) &&
      budget.CalculatedSpend?.ActualSpend?.Amount !== undefined,
  );
  const spend = found?.CalculatedSpend?.ActualSpend;
  if (found === undefined || spend === undefined) return undefined;
  return {
    amount: Number(spend.Amount).toFixed(2),
    unit: spend.Unit ?? '',
    asOf: found.LastUpdatedTime?.toISOString() ?? null,
    budget: found.BudgetName ?? '',
  };
};

const isAbout = ({ CostFilters: filters = {}, FilterExpression: expression }: Budget, accountId: string): boolean => {
  const named = Object.entries(filters).filter(([, values]) => values.length > 0);
  const only = (values: readonly string[] | undefined): boolean => values?.length === 1 && values[0] === accountId;
  if (named.length > 0) return named.every(([name, values]) => name === 'LinkedAccount' && only(values));
  const { Dimensions: dimension, ...others } = expression ?? {};
  return dimension?.Key === 'LINKED_ACCOUNT' && only(dimension.Values) && Object.values(others).every((part) => part === undefined);
};
