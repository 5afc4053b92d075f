import type { Budget } from '@aws-sdk/client-budgets';
import type { Partition } from '../../../core/account.js';
import type { Reading } from '../../../core/reading.js';
import type { AskedWith, Offer } from '../../../core/step.js';
import type { Heard } from './alerts.js';
import { budgetWords, couldWatchEverything, plainAmount, shortcomings } from './form.js';
import { mailAddresses } from './wanted.js';

export const defaultBudgetName = 'Monthly cost budget';

interface Seen {
  readonly budgets: Reading<readonly Budget[]>;
  readonly heard: readonly Heard[];
  readonly partition: Partition;
  readonly now: Date;
}

/** A budget that watches the whole account, or would without credits, is brought to what is wanted; a second one is the other way. */
export const budgetNameOffers = (seen: Seen): readonly Offer[] => {
  const watching = watchingOf(seen);
  if (watching.length === 0) return [];
  return [
    ...watching.map((budget): Offer => {
      const mail = subscribersOf(seen, budget.BudgetName);
      const [problem] = shortcomings(budget, seen.now);
      const credits = problem === undefined ? '' : `, ${problem}`;
      const reason = `the account has it: ${budgetWords(budget)}${credits}, ${mail.length === 0 ? 'mail to nobody' : `mail to ${mail.join(', ')}`}`;
      return { value: budget.BudgetName ?? '', reason, sure: watching.length === 1 };
    }),
    ...(watching.some(({ BudgetName }) => BudgetName === defaultBudgetName)
      ? []
      : [{ value: defaultBudgetName, reason: 'a new one, beside what is there' }]),
  ];
};

/** As it is in the budget that was chosen; else a first limit that a new account rarely reaches. */
export const limitOffers = (seen: Seen, around: AskedWith): readonly Offer[] => {
  const { Amount: amount, Unit: unit } = chosen(seen, around)?.BudgetLimit ?? {};
  if (amount !== undefined) return [{ value: `${plainAmount(amount)} ${unit ?? ''}`.trim(), reason: 'as it is now', sure: true }];
  return [{ value: `10 ${seen.partition.currency}`, reason: 'small enough to hear of a surprise early' }];
};

export const subscriberOffers = (seen: Seen, around: AskedWith): readonly Offer[] =>
  subscribersOf(seen, chosen(seen, around)?.BudgetName).map((value, at) => ({
    value,
    reason: 'hears its alerts already',
    // One of several is as good as any: nobody is taken off.
    sure: at === 0,
  }));

const chosen = (seen: Seen, { answers }: AskedWith): Budget | undefined =>
  watchingOf(seen).find(({ BudgetName }) => BudgetName === answers['budget.name']);

const watchingOf = ({ budgets, now }: Seen): readonly Budget[] =>
  budgets.ok ? budgets.value.filter((budget) => couldWatchEverything(budget, now)) : [];

const subscribersOf = ({ heard }: Seen, name: string | undefined): readonly string[] => {
  const alerts = heard.find(({ budget }) => budget === name)?.alerts;
  const addresses =
    alerts?.ok === true ? alerts.value.flatMap(({ subscribers }) => (subscribers?.ok ? mailAddresses(subscribers.value) : [])) : [];
  return addresses.filter((address, at) => addresses.indexOf(address) === at);
};
