import {
  BudgetsClient,
  CreateBudgetCommand,
  CreateNotificationCommand,
  CreateSubscriberCommand,
  DeleteBudgetCommand,
  DescribeBudgetNotificationsForAccountCommand,
  DescribeBudgetsCommand,
  DescribeNotificationsForBudgetCommand,
  DescribeSubscribersForNotificationCommand,
  UpdateBudgetCommand,
} from '@aws-sdk/client-budgets';

// Named imports, so that the bundle carries these commands and no others.
export const Client = BudgetsClient;
export const commands = {
  CreateBudget: CreateBudgetCommand,
  CreateNotification: CreateNotificationCommand,
  CreateSubscriber: CreateSubscriberCommand,
  DeleteBudget: DeleteBudgetCommand,
  DescribeBudgetNotificationsForAccount: DescribeBudgetNotificationsForAccountCommand,
  DescribeBudgets: DescribeBudgetsCommand,
  DescribeNotificationsForBudget: DescribeNotificationsForBudgetCommand,
  DescribeSubscribersForNotification: DescribeSubscribersForNotificationCommand,
  UpdateBudget: UpdateBudgetCommand,
};
