import type { Budget } from '@aws-sdk/client-budgets';
import type { Finding } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import { notificationWords, type SubscribersOfAlert, unreadBudget, warns } from './alerts.js';
import { mailAddresses } from './assess.js';
import { budgetWords, couldWatchEverything, shortcomings, watchesEverything } from './form.js';

/** Judging an account whose config says nothing of budgets: is there one that watches everything, and does anybody hear it? */
interface Account {
  readonly budgets: Reading<readonly Budget[]>;
  readonly heard: readonly SubscribersOfAlert[];
  readonly member: boolean;
  readonly now: Date;
  readonly console: string;
}

const command = 'bootstrap init --only budget --email ADDRESS';

export const assessAudit = (account: Account): readonly Finding<never>[] => {
  const { budgets: reading, heard, member, now, console } = account;
  if (!reading.ok) return ['budget.exists', 'budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading));
  const { value: budgets, evidence } = reading;
  const watching = budgets.filter((budget) => watchesEverything(budget, now));
  // A member's costs are on the bill of its management account, where a budget may watch them too.
  const base = { id: 'budget.exists', evidence, ...(member ? ({ severity: 'low' } as const) : {}) };
  if (watching.length === 0) {
    const others = budgets.map((budget) => `${budget.BudgetName} (${shortcomings(budget, now).join(', ')})`);
    const [counting] = budgets.filter((budget) => couldWatchEverything(budget, now));
    const choose = 'Choose who is to hear of rising costs.';
    const remedy =
      counting === undefined
        ? ({ by: 'hand', instructions: choose, command } as const)
        : ({
            by: 'hand',
            instructions: `Edit ${counting.BudgetName} in the console and leave credits and refunds out of it (advanced options); or run this at a terminal, and choose that budget.`,
            command,
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
    ...heard.filter(({ budget }) => watching.some(({ BudgetName }) => BudgetName === budget)).flatMap((one) => audible(one, console)),
  ];
};

/** A budget that nobody hears is no better than none. */
const audible = ({ budget, alerts: reading }: SubscribersOfAlert, console: string): readonly Finding<never>[] => {
  if (!reading.ok) return ['budget.alerts', 'budget.subscribers'].map((id) => unreadBudget(id, reading, budget));
  const { value: all, evidence } = reading;
  const alerts = all.filter(({ notification }) => warns(notification));
  const base = { resource: budget, evidence } as const;
  const addition = `write name: ${JSON.stringify(budget)} under budget in bootstrap.yaml, and run this`;
  if (alerts.length === 0) {
    const remedy = { by: 'hand', instructions: `Add an alert in the console; or ${addition}.`, command, url: console } as const;
    return [
      {
        ...base,
        id: 'budget.alerts',
        status: 'fail',
        reason: `${budget} has no alert${all.length === 0 ? '' : ' that is sent when costs rise'}`,
        remedy,
      },
    ];
  }
  const silent = alerts.flatMap(({ notification, subscribers }): readonly Finding<never>[] => {
    const resource = `${budget}: ${notificationWords(notification)}`;
    if (subscribers === undefined) return [];
    if (!subscribers.ok) return [unreadBudget('budget.subscribers', subscribers, resource)];
    if (mailAddresses(subscribers.value).length > 0) return [];
    const seen = { id: 'budget.subscribers', resource, evidence: subscribers.evidence } as const;
    const topics = subscribers.value.map((one) => one.Address ?? '');
    return topics.length > 0
      ? [
          {
            ...seen,
            status: 'manual',
            reason: `The alert goes to ${topics.join(', ')} only; who listens there cannot be told from here`,
            observed: topics.join(', '),
            remedy: { by: 'hand', instructions: `Look whether somebody is subscribed to the topic, or ${addition}.`, command },
          },
        ]
      : [
          {
            ...seen,
            status: 'fail',
            reason: `Nobody hears the alert at ${notificationWords(notification)}`,
            remedy: { by: 'hand', instructions: `Add an address to the alert in the console; or ${addition}.`, command, url: console },
          },
        ];
  });
  const heardEvidence = alerts.flatMap(({ subscribers }) => subscribers?.evidence ?? []);
  return [
    {
      ...base,
      id: 'budget.alerts',
      status: 'pass',
      reason: `${budget} has ${alerts.length === 1 ? 'an alert' : `${alerts.length} alerts`}`,
    },
    ...(silent.length > 0
      ? silent
      : [
          {
            ...base,
            id: 'budget.subscribers',
            status: 'pass',
            evidence: heardEvidence,
            reason: `Somebody hears every alert of ${budget}`,
          } as const,
        ]),
  ];
};
