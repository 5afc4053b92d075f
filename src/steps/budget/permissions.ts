import { partitionOf } from '../../core/account.js';
import { hasAccountPlans } from '../../core/account-plan.js';
import type { Grant, PermissionContext, Scope } from '../../core/permissions.js';
import { anything, arn, literal, on, type Place, when } from '../shared/scopes.js';

export const permissions = (section: { readonly name: string }, context: PermissionContext): readonly Grant[] => {
  if (!partitionOf(context.partition).billing) return [];
  return [
    // The tool lists all budgets.
    on(
      budgets(context, undefined),
      'budgets:DescribeBudgets',
      'budgets:DescribeBudgetNotificationsForAccount',
      'budgets:DescribeNotificationsForBudget',
      'budgets:DescribeSubscribersForNotification',
    ),
    ...when(hasAccountPlans(context.partition), on(anything, 'freetier:GetAccountPlanState')),
    ...when(
      context.command === 'init',
      on(
        budgets(context, section.name),
        'budgets:CreateBudget',
        'budgets:UpdateBudget',
        'budgets:CreateNotification',
        'budgets:CreateSubscriber',
      ),
    ),
  ];
};

const budgets = (place: Place, name: string | undefined): Scope => ({
  name: 'Budgets',
  resources: [arn(place, 'budgets', `budget/${name === undefined ? '*' : literal(name)}`)],
});
