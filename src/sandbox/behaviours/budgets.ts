import { type Behaviour, type Behaviours, Fault, type Scene } from '../behaviour.js';
import { notFound, shown, storedBudget } from './budgets/budget-form.js';
import {
  budgetName,
  duplicate,
  invalid,
  LIMITS,
  notification,
  type NotificationInput,
  type NotificationKept,
  sameNotification,
  sameSubscriber,
  subscriber,
  subscribers,
  tags,
  withSubscriber,
} from './budgets/rules.js';
import { recorded } from './event-history.js';
import { page } from './page.js';
import type { BudgetWorld } from '../world.js';

type Alert = BudgetWorld['notifications'][number];

const reads: Behaviours = {
  DescribeBudgets(input, scene) {
    const { items, next } = paged(scene.account.budgets, input, 100, 1000);
    return {
      ...unlessEmpty(
        'Budgets',
        items.map(({ budget }) => shown(budget, input.ShowFilterExpression === true)),
      ),
      ...next,
    };
  },

  DescribeBudget(input, scene) {
    return { Budget: shown(find(input.BudgetName, scene).budget, input.ShowFilterExpression === true) };
  },

  DescribeBudgetNotificationsForAccount(input, scene) {
    const { items, next } = paged(scene.account.budgets, input, 50, 1000);
    const ofBudgets = items.map(({ budget, notifications }) => ({
      BudgetName: budget['BudgetName'],
      Notifications: notifications.map(shownNotification),
    }));
    return { ...unlessEmpty('BudgetNotificationsForAccount', ofBudgets), ...next };
  },

  DescribeNotificationsForBudget(input, scene) {
    const { items, next } = paged(find(input.BudgetName, scene).notifications, input, 100, 100);
    return { ...unlessEmpty('Notifications', items.map(shownNotification)), ...next };
  },

  DescribeSubscribersForNotification(input, scene) {
    const alert = findAlert(find(input.BudgetName, scene), input.Notification);
    const { items, next } = paged(alert.subscribers, input, 100, 100);
    return { Subscribers: items.map((each) => ({ ...each })), ...next };
  },
};

const writes: Behaviours = {
  /** All or nothing: if an alert is invalid, no budget is created. */
  CreateBudget(input, scene) {
    const { account } = scene;
    const budget = storedBudget(input.Budget, account.partition, scene.now);
    const name = String(budget['BudgetName']);
    const requested: readonly { Notification?: NotificationInput; Subscribers?: never[] }[] = input.NotificationsWithSubscribers ?? [];
    if (requested.length > LIMITS.notifications)
      throw invalid(`A budget can have at most ${LIMITS.notifications} notifications, not ${requested.length}.`);
    const notifications = requested.reduce<Alert[]>((alerts, each) => {
      const wanted = notification(each.Notification, budget['TimeUnit']);
      return withAlert(alerts, { notification: { ...wanted }, subscribers: subscribers(each.Subscribers) });
    }, []);
    const resourceTags = tags(input.ResourceTags);
    if (account.budgets.some((each) => each.budget['BudgetName'] === name))
      throw duplicate(`Error creating budget: ${name} - the budget already exists.`);
    if (account.budgets.length >= LIMITS.budgets)
      throw new Fault('ServiceQuotaExceededException', 400, `An account can have at most ${LIMITS.budgets} budgets.`);
    account.budgets.push({ budget, notifications, tags: resourceTags });
    return {};
  },

  /** Replaces everything but the name, the alerts and the tags; the spend is zero until AWS has calculated it again. */
  UpdateBudget(input, scene) {
    const budget = storedBudget(input.NewBudget, scene.account.partition, scene.now);
    find(budget['BudgetName'], scene).budget = budget;
    return {};
  },

  DeleteBudget(input, scene) {
    const found = find(input.BudgetName, scene);
    scene.account.budgets = scene.account.budgets.filter((each) => each !== found);
    return {};
  },

  CreateNotification(input, scene) {
    const budget = find(input.BudgetName, scene);
    const wanted = notification(input.Notification, budget.budget['TimeUnit']);
    budget.notifications = withAlert(budget.notifications, { notification: { ...wanted }, subscribers: subscribers(input.Subscribers) });
    return {};
  },

  CreateSubscriber(input, scene) {
    const alert = findAlert(find(input.BudgetName, scene), input.Notification);
    alert.subscribers = withSubscriber(alert.subscribers, subscriber(input.Subscriber));
    return {};
  },

  /** Deleting the last subscriber also deletes the notification. */
  DeleteSubscriber(input, scene) {
    const budget = find(input.BudgetName, scene);
    const alert = findAlert(budget, input.Notification);
    const leaving = subscriber(input.Subscriber);
    const others = alert.subscribers.filter((each) => !sameSubscriber(each, leaving));
    if (others.length === alert.subscribers.length)
      throw new Fault('NotFoundException', 400, `Unable to get subscriber ${leaving.Address} - the subscriber doesn't exist.`);
    alert.subscribers = others;
    if (others.length === 0) budget.notifications = budget.notifications.filter((each) => each !== alert);
    return {};
  },
};

const SOURCE = 'budgets.amazonaws.com';

export const budgets: Behaviours = {
  ...ownAccountOnly(reads),
  ...recorded(SOURCE, ownAccountOnly(writes)),
};

/** Each operation names the account, which must be the caller's own. */
function ownAccountOnly(behaviours: Behaviours): Behaviours {
  const guarded =
    (behaviour: Behaviour): Behaviour =>
    (input, scene) => {
      const id: unknown = input.AccountId;
      if (typeof id !== 'string' || !/^\d{12}$/.test(id)) throw invalid(`AccountId must be 12 digits, not '${String(id)}'.`);
      if (id !== scene.account.id)
        throw new Fault('AccessDeniedException', 400, `Account ${scene.account.id} does not have access to the budgets of account ${id}.`);
      return behaviour(input, scene);
    };
  return Object.fromEntries(Object.entries(behaviours).map(([name, behaviour]) => [name, guarded(behaviour)]));
}

function find(name: unknown, scene: Scene): BudgetWorld {
  const wanted = budgetName(name);
  const found = scene.account.budgets.find(({ budget }) => budget['BudgetName'] === wanted);
  if (found === undefined) throw notFound(wanted);
  return found;
}

function findAlert(budget: BudgetWorld, input: NotificationInput | undefined): Alert {
  const wanted = notification(input);
  const found = budget.notifications.find((each) => isAlert(each, wanted));
  if (found === undefined) throw new Fault('NotFoundException', 400, "Unable to get notification - the notification doesn't exist.");
  return found;
}

function isAlert(alert: Alert, wanted: NotificationKept): boolean {
  return sameNotification(alert.notification as unknown as NotificationKept, wanted);
}

function withAlert(alerts: readonly Alert[], added: Alert): Alert[] {
  if (alerts.some((each) => isAlert(each, added.notification as unknown as NotificationKept)))
    throw duplicate('The notification already exists.');
  if (alerts.length >= LIMITS.notifications) {
    throw new Fault('CreationLimitExceededException', 400, `A budget can have at most ${LIMITS.notifications} notifications.`);
  }
  return [...alerts, added];
}

/** No money is spent in a practice account, so no notification is in alarm unless a test sets it. */
function shownNotification(alert: Alert): Record<string, unknown> {
  return { NotificationState: 'OK', ...alert.notification };
}

/** The model allows AWS to omit an empty list, so clients must handle that. */
function unlessEmpty(name: string, items: readonly unknown[]): Record<string, unknown> {
  return items.length === 0 ? {} : { [name]: items };
}

function paged<T>(items: readonly T[], input: { MaxResults?: number; NextToken?: string }, usual: number, most: number) {
  const size = input.MaxResults ?? usual;
  if (!Number.isInteger(size) || size < 1 || size > most) throw invalid(`MaxResults must be from 1 to ${most}, not ${size}.`);
  return page(items, input.NextToken, {
    size,
    badToken: () => new Fault('InvalidNextTokenException', 400, 'The pagination token is invalid.'),
  });
}
