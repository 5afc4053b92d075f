import type { Budget } from '@aws-sdk/client-budgets';
import type { Change } from '../../core/finding.js';
import { type Alert, notificationOf, notificationWords } from './alerts.js';
import { correctedBudget, plainAmount, type PlainBudget, type WantedBudget } from './form.js';

interface CreateBudget extends Change {
  readonly kind: 'create-budget';
  readonly budget: WantedBudget;
  readonly alerts: readonly Alert[];
  readonly subscribers: readonly string[];
}
interface UpdateBudget extends Change {
  readonly kind: 'update-budget';
  /** The whole budget as it is to be: who edits it between plan and apply changes the plan. */
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

const listed = (texts: readonly string[]): string => new Intl.ListFormat('en').format(texts);

export const alertWords = (alert: Alert): string => notificationWords(notificationOf(alert));

/** `50%, 80% and 100% of actual spend and 100% of forecasted spend`. */
export const alertsWords = (alerts: readonly Alert[]): string =>
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
  summary: `Bring the budget ${wanted.name} to ${plainAmount(wanted.amount)} ${wanted.unit} a month ${wanted.includeCredits ? 'with' : 'without'} credits (${listed(drift)})`,
  // Another type or a plan of limits cannot be had back from what this tool knows.
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
