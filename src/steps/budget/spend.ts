import type { Budget } from '@aws-sdk/client-budgets';
import type { Evidence, Finding } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { overBudget, type Spend, spendWords } from '../../core/spend.js';
import { unreadBudget } from './alerts.js';
import { healthWords, isHealthy, isMonthlyCost, isRunning } from './coverage.js';

interface Account {
  readonly budgets: Reading<readonly Budget[]>;
  readonly now: Date;
  readonly consoleHost: string;
}

const id = 'budget.spend';

/**
 * The spend of this month and the forecast of AWS, against the limit of the budget: of the one with this name, or of every monthly cost
 * budget. DescribeBudgets returns both, so this needs no request of its own.
 */
export const assessSpend = ({ budgets: reading, now, consoleHost }: Account, name: string | undefined): readonly Finding<never>[] => {
  if (!reading.ok) return [unreadBudget(id, reading, name)];
  const { value: all, evidence } = reading;
  const base = { id, status: 'not-applicable', evidence } as const;
  const running = all.filter((one) => (name === undefined || one.BudgetName === name) && isMonthlyCost(one) && isRunning(one, now));
  if (running.length === 0)
    return [
      {
        ...base,
        ...(name === undefined ? {} : { resource: name }),
        reason: name === undefined ? 'There is no active monthly cost budget' : `There is no active monthly cost budget ${name}`,
      },
    ];
  return running.map((budget) => spendOf(budget, evidence, `https://${consoleHost}/costmanagement/home#/cost-explorer`));
};

const spendOf = (budget: Budget, evidence: readonly Evidence[], url: string): Finding<never> => {
  const resource = budget.BudgetName ?? '';
  const base = { id, resource, evidence } as const;
  const without = (reason: string): Finding<never> => ({ ...base, status: 'not-applicable', reason });
  if (!isHealthy(budget)) return without(`AWS does not update ${resource} (${healthWords(budget)}), so its amounts are old`);
  const { BudgetLimit: limit, CalculatedSpend: spend } = budget;
  if (limit === undefined) return without(`${resource} has no limit`);
  if (spend?.ActualSpend === undefined) return without(`AWS has not calculated the spend of ${resource} yet`);
  const forecast = spend.ForecastedSpend;
  const unit = limit.Unit ?? '';
  const [most, spent, expected] = [limit, spend.ActualSpend, forecast].map((one) => amountOf(one, unit));
  if (most === undefined || spent === undefined || (forecast !== undefined && expected === undefined))
    return {
      ...base,
      status: 'unknown',
      cause: 'failed',
      reason: `AWS returned amounts of ${resource} that cannot be compared with its limit`,
    };
  const amounts: Spend = { actual: spent, forecast: expected ?? null, limit: most, unit };
  const words = spendWords(amounts);
  const compared = { ...base, expected: `at most ${most} ${unit} a month`, observed: words, spend: amounts };
  const above = overBudget(amounts);
  return above === undefined
    ? { ...compared, status: 'pass', reason: words }
    : {
        ...compared,
        status: 'fail',
        reason: `${above === 'spend' ? 'The spend of this month' : 'The forecast for this month'} is above the limit: ${words}`,
        remedy: {
          by: 'hand',
          instructions: 'Open Cost Explorer, group by service, and stop what you do not need. Or raise the limit.',
          url,
        },
      };
};

/** undefined: not a number, or in another currency. */
const amountOf = (spend: Budget['BudgetLimit'], unit: string): number | undefined => {
  const text = spend?.Amount?.trim() ?? '';
  const amount = Number(text);
  return text === '' || !Number.isFinite(amount) || (spend?.Unit ?? '') !== unit ? undefined : amount;
};
