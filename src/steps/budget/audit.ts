import type { Budget } from '@aws-sdk/client-budgets';
import { type AccountPlan, planWords } from '../../core/account-plan.js';
import type { Finding } from '../../core/finding.js';
import { type Reading, unknownFinding } from '../../core/reading.js';
import { type AlertsOfBudget, isTooHigh, unreadBudget, warns } from './alerts.js';
import { commandFor, needsAddress, withoutRecipient } from './assess.js';
import { budgetWords, couldWatchEverything, shortcomings, watchesEverything } from './coverage.js';

interface Account {
  readonly budgets: Reading<readonly Budget[]>;
  readonly budgetAlerts: readonly AlertsOfBudget[];
  readonly member: boolean;
  readonly now: Date;
  readonly console: string;
}

/** Without budgets in the config: does any budget watch all costs, and do its alerts have recipients? */
export const assessAudit = (account: Account): readonly Finding<never>[] => {
  const { budgets: reading, budgetAlerts, member, now, console } = account;
  if (!reading.ok) return ['budget.exists', 'budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading));
  const { value: budgets, evidence } = reading;
  const watching = budgets.filter((budget) => watchesEverything(budget, now));
  // A member's costs are on the bill of its management account, where a budget may watch them too.
  const base = { id: 'budget.exists', evidence, ...(member ? ({ severity: 'low' } as const) : {}) };
  if (watching.length === 0) {
    const others = budgets.map((budget) => `${budget.BudgetName} (${shortcomings(budget, now).join(', ')})`);
    const [editable] = budgets.filter((budget) => couldWatchEverything(budget, now));
    const remedy =
      editable === undefined
        ? needsAddress
        : ({
            by: 'hand',
            instructions: `Edit ${editable.BudgetName} in the console and exclude credits and refunds (advanced options), or run this command in a terminal and choose that budget.`,
            command: needsAddress.command,
            url: console,
          } as const);
    return [
      {
        ...base,
        status: 'fail',
        reason: others.length === 0 ? 'There is no budget' : `No monthly budget watches all costs: ${others.join(', ')}`,
        remedy,
      },
    ];
  }
  const names = watching.map((budget) => `${budget.BudgetName} (${budgetWords(budget)})`);
  return [
    { ...base, status: 'pass', reason: `All costs are watched by ${names.join(', ')}` },
    ...budgetAlerts.flatMap((one) => {
      const budget = watching.find(({ BudgetName }) => BudgetName === one.budget);
      return budget === undefined ? [] : assessAlerts(one, budget.BudgetLimit?.Amount, console);
    }),
  ];
};

const assessAlerts = (
  { budget, alerts: reading }: AlertsOfBudget,
  limit: string | undefined,
  console: string,
): readonly Finding<never>[] => {
  if (!reading.ok) return ['budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading, budget));
  const { value: all, evidence } = reading;
  const rising = all.filter(({ notification }) => warns(notification));
  const alerts = rising.filter(({ notification }) => !isTooHigh(notification, limit));
  const base = { resource: budget, evidence } as const;
  if (alerts.length === 0) {
    const which = all.length === 0 ? '' : rising.length === 0 ? ' that is sent when costs rise' : ' below twice its limit';
    return [
      {
        ...base,
        id: 'budget.alerts',
        status: 'fail',
        reason: `${budget} has no alert${which}`,
        remedy: {
          by: 'hand',
          instructions: 'Add an alert in the console, or run this command.',
          command: commandFor(budget),
          url: console,
        },
      },
    ];
  }
  const withoutMail = alerts.flatMap((alert) => withoutRecipient(budget, alert, console));
  const subscriberEvidence = alerts.flatMap(({ subscribers }) => subscribers?.evidence ?? []);
  return [
    {
      ...base,
      id: 'budget.alerts',
      status: 'pass',
      reason: `${budget} has ${alerts.length === 1 ? 'an alert' : `${alerts.length} alerts`}`,
    },
    ...(withoutMail.length > 0
      ? withoutMail
      : [
          {
            ...base,
            id: 'budget.subscribers',
            status: 'pass',
            evidence: subscriberEvidence,
            reason: `Every alert of ${budget} has a recipient`,
          } as const,
        ]),
  ];
};

const id = 'budget.free-plan';
const day = 86_400_000;
/** Enough time to move data out, or to decide for a Paid plan. */
const noticeDays = 30;

/**
 * When a Free plan ends, AWS closes the account, and deletes what is in it 90 days later.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
 */
export const assessFreePlan = (plan: Reading<AccountPlan> | undefined, now: Date, consoleHost: string): Finding<never> => {
  if (plan === undefined) return { id, status: 'not-applicable', reason: 'This partition has no Free plans', evidence: [] };
  if (!plan.ok) return unknownFinding(id, plan);
  const { value, evidence } = plan;
  const observed = planWords(value);
  const base = { id, evidence, observed } as const;
  if (value.type === 'paid') return { ...base, status: 'not-applicable', reason: 'The account is on a Paid plan' };
  const left = value.expiresOn === null ? undefined : Date.parse(value.expiresOn) - now.getTime();
  const ended = value.status === 'expired' || (left !== undefined && left <= 0);
  if (!ended && (left === undefined || left > noticeDays * day)) return { ...base, status: 'pass', reason: observed };
  const days = Math.ceil((left ?? 0) / day);
  return {
    ...base,
    status: 'fail',
    expected: `more than ${noticeDays} days until the Free plan ends`,
    reason: ended
      ? `The Free plan has ended, and AWS closes the account: ${observed}`
      : `The Free plan ends in ${days} ${days === 1 ? 'day' : 'days'}, and AWS then closes the account: ${observed}`,
    remedy: {
      by: 'hand',
      instructions: 'Upgrade to a Paid plan in the console, or move out what you want to keep before the account is closed.',
      url: `https://${consoleHost}/billing/home#/freetier`,
    },
  };
};
