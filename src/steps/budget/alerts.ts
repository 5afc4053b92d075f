import type { Budget, Notification, Subscriber } from '@aws-sdk/client-budgets';
import type { ReadCloud } from '../../core/cloud.js';
import type { Finding } from '../../core/finding.js';
import { map, type Reading, unknownFinding, type Unread } from '../../core/reading.js';

/** A configured alert: `percent` of the limit, of actual or forecasted spend. */
export interface Alert {
  readonly percent: number;
  readonly of: 'actual' | 'forecasted';
}

export interface ObservedAlert {
  readonly notification: Notification;
  /** undefined: not read. */
  readonly subscribers: Reading<readonly Subscriber[]> | undefined;
}

/** The alerts of one budget; none if the budget does not exist. */
export interface AlertsOfBudget {
  readonly budget: string;
  readonly alerts: Reading<readonly ObservedAlert[]>;
}

/** An alert has no id: these four values identify it. */
export const notificationOf = ({ of, percent }: Alert): Notification => ({
  NotificationType: of === 'actual' ? 'ACTUAL' : 'FORECASTED',
  ComparisonOperator: 'GREATER_THAN',
  Threshold: percent,
  ThresholdType: 'PERCENTAGE',
});

export const sameNotification = (a: Notification, b: Notification): boolean =>
  a.NotificationType === b.NotificationType &&
  a.ComparisonOperator === b.ComparisonOperator &&
  a.Threshold === b.Threshold &&
  (a.ThresholdType ?? 'PERCENTAGE') === (b.ThresholdType ?? 'PERCENTAGE');

/** Whether it is sent when costs rise: not "less than", and not "equal to", which an amount of money hardly ever is. */
export const warns = ({ ComparisonOperator: operator }: Notification): boolean => operator === undefined || operator === 'GREATER_THAN';

/** Whether it is sent only when the spend is more than twice the limit. A budget of 10 USD can have an alert at 1000000%. */
export const isTooHigh = ({ Threshold: threshold = 0, ThresholdType: type }: Notification, limit: string | undefined): boolean =>
  threshold > 2 * (type === 'ABSOLUTE_VALUE' ? Number(limit ?? Number.NaN) : 100);

/** `80% of actual spend`. */
export const notificationWords = ({ NotificationType, Threshold, ThresholdType, ComparisonOperator }: Notification): string => {
  const below = ComparisonOperator === 'LESS_THAN' ? 'less than ' : '';
  return `${below}${Threshold}${ThresholdType === 'ABSOLUTE_VALUE' ? '' : '%'} of ${NotificationType === 'FORECASTED' ? 'forecasted' : 'actual'} spend`;
};

/** Every budget of the account, with its conditions: without them, a filtered budget looks like one without a filter. */
export const readBudgets = async (cloud: ReadCloud, accountId: string): Promise<Reading<readonly Budget[]>> =>
  map(await cloud.readAll('budgets:DescribeBudgets', { AccountId: accountId, MaxResults: 1000, ShowFilterExpression: true }), (pages) =>
    pages.flatMap((page) => page.Budgets ?? []),
  );

/** The alerts of every budget that has some, by name, from one list. Fails where the endpoint has no such list. */
export const readAllAlerts = async (cloud: ReadCloud, accountId: string): Promise<Reading<ReadonlyMap<string, readonly Notification[]>>> =>
  map(
    await cloud.readAll('budgets:DescribeBudgetNotificationsForAccount', { AccountId: accountId, MaxResults: 50 }),
    (pages) =>
      new Map(
        pages
          .flatMap((page) => page.BudgetNotificationsForAccount ?? [])
          .flatMap(({ BudgetName, Notifications: alerts = [] }) =>
            BudgetName === undefined || alerts.length === 0 ? [] : [[BudgetName, alerts] as const],
          ),
      ),
  );

/**
 * The alerts of a budget, and the subscribers of the expected ones. Both are read at the same time, because the expected alerts are known.
 * With `all`, the alerts are read first, then the subscribers of each. `known`: the alerts, from another list.
 */
export const readAlertSubscribers = async (
  cloud: ReadCloud,
  accountId: string,
  budget: string,
  expected: readonly Alert[] | 'all',
  known?: Reading<readonly Notification[]>,
): Promise<AlertsOfBudget> => {
  const listed = known ?? readAlerts(cloud, accountId, budget);
  const subscribersOf = (notification: Notification) => readSubscribers(cloud, accountId, budget, notification);
  const early =
    expected === 'all'
      ? []
      : expected.map(notificationOf).map((notification) => ({ notification, subscribers: subscribersOf(notification) }));
  const [reading] = await Promise.all([listed, ...early.map(({ subscribers }) => subscribers)]);
  if (!reading.ok) return { budget, alerts: reading };
  const alerts = await Promise.all(
    reading.value.map(
      async (notification): Promise<ObservedAlert> => ({
        notification,
        subscribers: await (expected === 'all'
          ? subscribersOf(notification)
          : early.find((one) => sameNotification(one.notification, notification))?.subscribers),
      }),
    ),
  );
  return { budget, alerts: { ...reading, value: alerts } };
};

const readAlerts = async (cloud: ReadCloud, accountId: string, budget: string): Promise<Reading<readonly Notification[]>> => {
  const input = { AccountId: accountId, BudgetName: budget, MaxResults: 100 };
  return map(await cloud.findAll('budgets:DescribeNotificationsForBudget', input, notFoundErrors), (pages) =>
    (pages ?? []).flatMap((page) => page.Notifications ?? []),
  );
};

/** A member's costs are on the bill of its payer account, so it is less severe there if the payer has not enabled Budgets. */
export const unreadBudget = (id: string, unread: Unread, resource?: string): Finding<never> => ({
  ...unknownFinding(id, unread, resource),
  ...(unread.refusal?.kind === 'payer-not-enabled' ? { severity: 'low' } : {}),
});

const notFoundErrors = ['NotFoundException'];

const readSubscribers = async (
  cloud: ReadCloud,
  accountId: string,
  budget: string,
  { NotificationType, ComparisonOperator, Threshold, ThresholdType }: Notification,
): Promise<Reading<readonly Subscriber[]>> => {
  // The state of an alert does not identify it.
  const Notification: Notification = {
    NotificationType,
    ComparisonOperator,
    Threshold,
    ...(ThresholdType === undefined ? {} : { ThresholdType }),
  };
  const input = { AccountId: accountId, BudgetName: budget, Notification, MaxResults: 100 };
  return map(await cloud.findAll('budgets:DescribeSubscribersForNotification', input, notFoundErrors), (pages) =>
    (pages ?? []).flatMap((page) => page.Subscribers ?? []),
  );
};

/** In lower case: mail hosts ignore case, and AWS may change it. */
export const mailAddresses = (subscribers: readonly Subscriber[]): readonly string[] =>
  subscribers.filter((one) => one.SubscriptionType === 'EMAIL').map((one) => (one.Address ?? '').toLowerCase());
