import type { Budget } from '@aws-sdk/client-budgets';
import * as z from 'zod';
import type { Partition } from '../../core/account.js';
import type { Reading } from '../../core/reading.js';
import type { Offer, QuestionContext } from '../../core/step.js';
import { awsText, email, money, percentage } from '../shared/values.js';
import type { SubscribersOfAlert } from './alerts.js';
import { mailAddresses } from './assess.js';
import { budgetWords, couldWatchEverything, plainAmount, shortcomings } from './form.js';

const defaultBudgetName = 'Monthly cost budget';

interface Seen {
  readonly budgets: Reading<readonly Budget[]>;
  readonly heard: readonly SubscribersOfAlert[];
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
export const limitOffers = (seen: Seen, around: QuestionContext): readonly Offer[] => {
  const { Amount: amount, Unit: unit } = chosen(seen, around)?.BudgetLimit ?? {};
  if (amount !== undefined) return [{ value: `${plainAmount(amount)} ${unit ?? ''}`.trim(), reason: 'as it is now', sure: true }];
  return [{ value: `10 ${seen.partition.currency}`, reason: 'small enough to hear of a surprise early' }];
};

export const subscriberOffers = (seen: Seen, around: QuestionContext): readonly Offer[] =>
  subscribersOf(seen, chosen(seen, around)?.BudgetName).map((value, at) => ({
    value,
    reason: 'hears its alerts already',
    // One of several is as good as any: nobody is taken off.
    sure: at === 0,
  }));

const chosen = (seen: Seen, { answers }: QuestionContext): Budget | undefined =>
  watchingOf(seen).find(({ BudgetName }) => BudgetName === answers['budget.name']);

const watchingOf = ({ budgets, now }: Seen): readonly Budget[] =>
  budgets.ok ? budgets.value.filter((budget) => couldWatchEverything(budget, now)) : [];

const subscribersOf = ({ heard }: Seen, name: string | undefined): readonly string[] => {
  const alerts = heard.find(({ budget }) => budget === name)?.alerts;
  const addresses =
    alerts?.ok === true ? alerts.value.flatMap(({ subscribers }) => (subscribers?.ok ? mailAddresses(subscribers.value) : [])) : [];
  return addresses.filter((address, at) => addresses.indexOf(address) === at);
};

/** The section `budget` of bootstrap.yaml. */
const budgetName = awsText(100)
  .refine((name) => !/[:\\]|\/action\/|<script>.*<\/script>/i.test(name), 'must not hold a colon, a backslash, "/action/" or a script')
  .meta({ pattern: String.raw`^[^:\\]+$` });
export const budgetNameProblem = (text: string): string | undefined => budgetName.safeParse(text).error?.issues[0]?.message;

export const budgetSection = z.strictObject({
  name: budgetName.default(defaultBudgetName).describe('Name of the budget. One of this name that exists is brought to what stands here.'),
  limit: money
    .prefault('10')
    .describe('Limit a month, such as `10 USD`; without a currency in the one that AWS bills in (USD; CNY in China; EUR in aws-eusc).'),
  'include-credits': z
    .boolean()
    .default(false)
    .describe('Whether credits and refunds count. With them, the budget reads 0 until free credits are used up.'),
  alerts: z
    .array(
      z.strictObject({
        at: percentage.describe('Share of the limit, such as `80%`.'),
        of: z.enum(['actual', 'forecasted']).describe('What is compared: what was spent, or what AWS expects for the month.'),
      }),
    )
    .min(1)
    .max(10)
    .prefault([
      { at: '50%', of: 'actual' },
      { at: '80%', of: 'actual' },
      { at: '100%', of: 'actual' },
      { at: '100%', of: 'forecasted' },
    ])
    .describe('When to send mail. Forecasts need about five weeks of use before they begin.'),
  subscribers: z.array(email).max(10).default([]).describe('Mail addresses that hear every alert. No confirmation is needed.'),
});
