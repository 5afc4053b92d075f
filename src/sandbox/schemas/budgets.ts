export {
  CreateBudget$,
  CreateNotification$,
  CreateSubscriber$,
  DeleteBudget$,
  DeleteSubscriber$,
  DescribeBudget$,
  DescribeBudgetNotificationsForAccount$,
  DescribeBudgets$,
  DescribeNotificationsForBudget$,
  DescribeSubscribersForNotification$,
  UpdateBudget$,
} from '@aws-sdk/client-budgets';
