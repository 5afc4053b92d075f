import type { Budget } from '@aws-sdk/client-budgets';
import type { AccountPlan } from '../../core/account-plan.js';
import { type Partition, partitionOf } from '../../core/account.js';
import { type AwsError, awsInfo, isAwsError } from '../../core/aws-error.js';
import { BootstrapError } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { defineStep, type ObserveContext } from '../../core/step.js';
import { type Alert, type AlertsOfBudget, notificationOf, readAlertSubscribers, readAllAlerts, readBudgets } from './alerts.js';
import { assessWanted } from './assess.js';
import { assessAudit, assessFreePlan } from './audit.js';
import { type BudgetChange, monthStart, newBudget, type PlainBudget, withCostTypes } from './changes.js';
import { couldWatchEverything } from './coverage.js';
import { permissions } from './permissions.js';
import { budgetNameOffers, budgetNameProblem, budgetSection, limitOffers, subscriberOffers } from './section.js';
import { assessSpend } from './spend.js';
import { undoBudget } from './undo.js';
import { readAccountPlan, readAccountRole } from '../shared/account.js';
import { emailProblem, type Money, moneyProblem } from '../shared/values.js';
import type * as z from 'zod/mini';

type Slice = z.infer<typeof budgetSection>;

interface Desired {
  readonly name: string;
  readonly limit: Money;
  readonly includeCredits: boolean;
  readonly alerts: readonly Alert[];
  readonly subscribers: readonly string[];
  /** The config does not configure a budget: any budget that watches all costs is enough. */
  readonly audit: boolean;
  /** One list of all alerts, with the budgets. Most members of an organization have no budget: there it would be a request too many. */
  readonly listsAlerts: boolean;
}
interface Observed {
  readonly partition: Partition;
  readonly budgets: Reading<readonly Budget[]>;
  readonly budgetAlerts: readonly AlertsOfBudget[];
  readonly member: boolean;
  /** undefined: the partition has no account plans. */
  readonly plan: Reading<AccountPlan> | undefined;
  readonly now: Date;
}

/**
 * A monthly cost budget whose alerts have a recipient. It does not count credits and refunds: otherwise, a budget of 10 USD reads 0
 * until the free credits are used up, and the first alert arrives with the first bill.
 * https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
 */
export const budget = defineStep<Slice, Desired, Observed, BudgetChange>({
  id: 'budget',
  title: 'Budget',
  about: 'Sends mail when costs rise.',
  needs: [],
  independent: () => true,
  findings: [
    { id: 'budget.exists', severity: 'high', kind: 'wanted', title: 'A monthly cost budget watches the account', references: [] },
    { id: 'budget.limit', severity: 'medium', kind: 'wanted', title: 'The budget has the configured limit', references: [] },
    { id: 'budget.alerts', severity: 'high', kind: 'wanted', title: 'The budget has alerts', references: [] },
    { id: 'budget.subscribers', severity: 'high', kind: 'wanted', title: 'The alerts of the budget have a recipient', references: [] },
    { id: 'budget.spend', severity: 'medium', kind: 'audit', title: 'The spend of this month is within the budget', references: [] },
    { id: 'budget.free-plan', severity: 'medium', kind: 'audit', title: 'The Free plan does not end soon', references: [] },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema: budgetSection,
  member: {
    entry: { key: 'budget', about: 'Budget in the member account, for `--org`: the keys of the section budget' },
    applies: ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers'],
  },
  whenAbsent: 'wanted',
  examples: { subscribers: ['ops@example.com'] },
  practice: () => ({ limit: '10 USD', subscribers: ['you@example.com'] }),
  questions: [
    {
      path: 'name',
      flag: '--budget-name',
      question: 'Which budget',
      validate: budgetNameProblem,
      offers: budgetNameOffers,
      onlyWithOffers: true,
    },
    {
      path: 'limit',
      flag: '--budget',
      question: 'Monthly budget',
      hint: 'AWS sends an email at 50, 80 and 100 percent of your budget, and when the forecast exceeds it; a budget does not stop anything',
      validate: (text, observed) => moneyProblem(text, observed?.partition.currency),
      offers: limitOffers,
    },
    {
      path: 'subscribers.0',
      flag: '--email',
      question: 'Email address for budget alerts',
      validate: emailProblem,
      offers: subscriberOffers,
    },
  ],
  permissions,
  desire: (slice, { ofMember }) => ({
    name: slice.name,
    limit: slice.limit,
    includeCredits: slice['include-credits'],
    alerts: unique(
      slice.alerts.map(({ at, of }) => ({ percent: at, of })),
      (alert) => `${alert.percent} ${alert.of}`,
    ),
    subscribers: unique(slice.subscribers, (address) => address.toLowerCase()),
    audit: JSON.stringify(slice) === JSON.stringify(budgetSection.parse({})),
    listsAlerts: ofMember !== true,
  }),
  intent: () => ({}),

  observe: async (context, desired) => {
    const { cloud, accountId: idOf, clock } = context;
    const accountId = await idOf();
    const [partition, budgets, alerts, wanted, role, plan] = await Promise.all([
      partitionFor(context, desired),
      readBudgets(cloud, accountId),
      desired.audit && desired.listsAlerts ? readAllAlerts(cloud, accountId) : undefined,
      desired.audit ? undefined : readAlertSubscribers(cloud, accountId, desired.name, desired.alerts),
      desired.audit ? readAccountRole(cloud, idOf) : undefined,
      context.caller().then((caller) => readAccountPlan(cloud, caller.partition)),
    ]);
    const now = clock.now();
    const watching = desired.audit && partition.billing && budgets.ok ? budgets.value.filter((one) => couldWatchEverything(one, now)) : [];
    const others = await Promise.all(
      watching.map(({ BudgetName: name = '' }) => {
        // A budget that is not in the list is read alone: it must not seem to have no alert.
        const ofBudget = alerts?.ok === true ? alerts.value.get(name) : undefined;
        const known = alerts?.ok === true && ofBudget !== undefined ? { ...alerts, value: ofBudget } : undefined;
        return readAlertSubscribers(cloud, accountId, name, 'all', known);
      }),
    );
    return {
      partition,
      budgets,
      budgetAlerts: wanted ? [wanted] : others,
      member: role?.ok === true && role.value === 'member',
      plan,
      now,
    };
  },

  assess: (desired, { partition, budgets, budgetAlerts, member, plan, now }): readonly Finding<BudgetChange>[] => {
    const freePlan = assessFreePlan(plan, now, partition.consoleHost);
    if (!partition.billing) {
      const reason = 'This partition has no AWS Budgets; the linked commercial account pays, so it needs the budget';
      const ids = ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers', 'budget.spend'];
      return [...ids.map((id): Finding<never> => ({ id, status: 'not-applicable', reason, evidence: [] })), freePlan];
    }
    const { consoleHost } = partition;
    const console = `https://${consoleHost}/costmanagement/home#/budgets`;
    const spend = assessSpend({ budgets, now, consoleHost }, desired.audit ? undefined : desired.name);
    if (desired.audit) return [...assessAudit({ budgets, budgetAlerts, member, now, console }), ...spend, freePlan];
    const { name, limit, includeCredits, alerts, subscribers } = desired;
    const wanted = { name, amount: limit.amount, unit: limit.unit ?? partition.currency, includeCredits };
    return [
      ...assessWanted({ budget: wanted, alerts, subscribers }, { budgets, alerts: budgetAlerts[0], now, console }),
      ...spend,
      freePlan,
    ];
  },

  apply: async ({ cloud, accountId, clock }, change) => {
    const AccountId = await accountId();
    const fromNow = (plain: PlainBudget): Budget => ({
      ...plain,
      TimePeriod: {
        Start: plain.TimePeriod === undefined ? monthStart(clock.now()) : new Date(plain.TimePeriod.Start),
        ...(plain.TimePeriod?.End === undefined ? {} : { End: new Date(plain.TimePeriod.End) }),
      },
    });
    if (change.kind === 'update-budget') {
      await cloud.write('budgets:UpdateBudget', { AccountId, NewBudget: fromNow(change.budget) });
    } else if (change.kind === 'create-alert') {
      const { name: BudgetName, alert, subscribers } = change;
      await cloud.write('budgets:CreateNotification', {
        AccountId,
        BudgetName,
        Notification: notificationOf(alert),
        Subscribers: subscribers.map(byMail),
      });
    } else if (change.kind === 'add-subscriber') {
      const { name: BudgetName, alert, subscriber } = change;
      await cloud.write('budgets:CreateSubscriber', {
        AccountId,
        BudgetName,
        Notification: notificationOf(alert),
        Subscriber: byMail(subscriber),
      });
    } else {
      const { budget: wanted, alerts, subscribers } = change;
      const Budget = fromNow({ ...newBudget(wanted), ...withCostTypes({}, wanted) });
      const NotificationsWithSubscribers = alerts.map((alert) => ({
        Notification: notificationOf(alert),
        Subscribers: subscribers.map(byMail),
      }));
      await cloud.write('budgets:CreateBudget', { AccountId, Budget, NotificationsWithSubscribers }).catch((error: unknown) => {
        throw isAwsError(error, 'DuplicateRecordException') ? budgetExists(wanted.name, error) : error;
      });
    }
  },

  undo: undoBudget,
});

const unique = <T>(items: readonly T[], key: (item: T) => string): readonly T[] =>
  items.filter((item, index) => items.findIndex((other) => key(other) === key(item)) === index);

const byMail = (address: string) => ({ SubscriptionType: 'EMAIL', Address: address }) as const;

/** AWS bills a partition in one currency, and refuses a budget in another. */
const partitionFor = async ({ caller }: ObserveContext, { limit }: Desired): Promise<Partition> => {
  const partition = partitionOf((await caller()).partition);
  if (!partition.billing || limit.unit === undefined || limit.unit === partition.currency) return partition;
  throw new BootstrapError({
    code: 'E-BUDGET-CURRENCY',
    step: 'budget',
    message: `The limit of the budget is in ${limit.unit}, but accounts in the partition ${partition.id} are billed in ${partition.currency}.`,
    next: `Set the limit in ${partition.currency} (budget.limit in the config, or --budget), for example ${limit.amount} ${partition.currency}.`,
  });
};

/** Someone else created the budget after the plan was shown, so a new plan must compare it with the config. */
const budgetExists = (name: string, error: AwsError): BootstrapError =>
  new BootstrapError({
    code: 'E-BUDGET-EXISTS',
    step: 'budget',
    message: `Someone else created the budget "${name}" after the plan was shown, so it was not changed.`,
    next: 'Run the same command again and check the new plan.',
    retryable: true,
    aws: awsInfo(error),
    cause: error,
  });
