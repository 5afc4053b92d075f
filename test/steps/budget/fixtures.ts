import type { Budget, Notification, Subscriber } from '@aws-sdk/client-budgets';
import { partitionOf } from '../../../src/core/account.js';
import type { AccountPlan } from '../../../src/core/account-plan.js';
import type { Finding } from '../../../src/core/finding.js';
import { type Reading, value } from '../../../src/core/reading.js';
import { budget as step } from '../../../src/steps/budget/index.js';
import { denied, desiredOf, now } from '../support/account.js';

export const you = { subscribers: ['you@example.com'] };
export const name = 'Monthly cost budget';
export const unread = denied('budgets:ViewBudget');

export const monthly = (more: Partial<Budget> = {}): Budget => ({
  BudgetName: name,
  BudgetType: 'COST',
  TimeUnit: 'MONTHLY',
  BudgetLimit: { Amount: '10.0', Unit: 'USD' },
  TimePeriod: { Start: new Date('2026-11-01T00:00:00Z'), End: new Date('2087-06-15T00:00:00Z') },
  CostFilters: {},
  CostTypes: { IncludeTax: true, IncludeCredit: false, IncludeRefund: false },
  CalculatedSpend: { ActualSpend: { Amount: '1.0', Unit: 'USD' } },
  ...more,
});
export const alert = (
  percent: number,
  of: Notification['NotificationType'] = 'ACTUAL',
  more: Partial<Notification> = {},
): Notification => ({
  NotificationType: of,
  ComparisonOperator: 'GREATER_THAN',
  Threshold: percent,
  ThresholdType: 'PERCENTAGE',
  NotificationState: 'OK',
  ...more,
});
export const mail = (Address: string): Subscriber => ({ SubscriptionType: 'EMAIL', Address });
export const topic: Subscriber = { SubscriptionType: 'SNS', Address: 'arn:aws:sns:us-east-1:111122223333:costs' };
export const usual = [alert(50), alert(80), alert(100), alert(100, 'FORECASTED')];
type ObservedAlerts = readonly (readonly [Notification, Reading<readonly Subscriber[]> | undefined])[];
export const to = (...addresses: readonly string[]) => value(addresses.map(mail));
export const alertsOf = (alerts: ObservedAlerts, budget = name) => ({
  budget,
  alerts: value(alerts.map(([notification, subscribers]) => ({ notification, subscribers }))),
});
export const allAlerts = alertsOf(usual.map((one) => [one, to('you@example.com')]));

export interface World {
  readonly budgets?: readonly Budget[] | typeof unread;
  readonly budgetAlerts?: readonly { readonly budget: string; readonly alerts: unknown }[];
  readonly partition?: string;
  readonly member?: boolean;
  readonly plan?: Reading<AccountPlan>;
}
/** What is found about the budget itself. */
export const assess = (section: object, world: World, command: 'init' | 'check' = 'init'): readonly Finding[] =>
  assessAll(section, world, command).filter(({ id }) => id !== 'budget.spend' && id !== 'budget.free-plan');
export const assessSpend = (section: object, world: World): readonly Finding[] =>
  assessAll(section, world, 'check').filter(({ id }) => id === 'budget.spend');
export const assessFreePlan = (world: World): readonly Finding[] =>
  assessAll({}, world, 'check').filter(({ id }) => id === 'budget.free-plan');
const assessAll = (section: object, world: World, command: 'init' | 'check'): readonly Finding[] => {
  const budgets = world.budgets ?? [];
  return step.assess(desiredOf(step, section, command), {
    budgets: 'ok' in budgets ? budgets : value(budgets),
    budgetAlerts: world.budgetAlerts ?? [alertsOf([])],
    partition: partitionOf(world.partition ?? 'aws'),
    member: world.member ?? false,
    plan: world.plan,
    now,
  });
};
export const changes = (findings: readonly Finding[]) =>
  findings.flatMap(({ status, remedy }) => (status === 'fail' && remedy?.by === 'init' ? [remedy.change] : []));
