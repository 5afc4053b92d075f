import type { Budget } from '@aws-sdk/client-budgets';
import * as z from 'zod/mini';
import type { Partition } from '../../core/account.js';
import type { Reading } from '../../core/reading.js';
import type { Offer, QuestionContext } from '../../core/step.js';
import { awsText, email, money, percentage } from '../shared/values.js';
import { type AlertsOfBudget, mailAddresses } from './alerts.js';
import { budgetWords, couldWatchEverything, plainAmount, shortcomings } from './coverage.js';

const defaultBudgetName = 'Monthly cost budget';

interface Observed {
  readonly budgets: Reading<readonly Budget[]>;
  readonly budgetAlerts: readonly AlertsOfBudget[];
  readonly partition: Partition;
  readonly now: Date;
}

/** Budgets that watch the whole account, or would if they did not count credits: `init` updates the chosen one. Or a new budget. */
export const budgetNameOffers = (observed: Observed): readonly Offer[] => {
  const watching = watchingOf(observed);
  if (watching.length === 0) return [];
  return [
    ...watching.map((budget): Offer => {
      const mail = subscribersOf(observed, budget.BudgetName);
      const [problem] = shortcomings(budget, observed.now);
      const credits = problem === undefined ? '' : `, ${problem}`;
      const reason = `existing budget: ${budgetWords(budget)}${credits}, ${mail.length === 0 ? 'mail to no one' : `mail to ${mail.join(', ')}`}`;
      return { value: budget.BudgetName ?? '', reason, sure: watching.length === 1 };
    }),
    ...(watching.some(({ BudgetName }) => BudgetName === defaultBudgetName) ? [] : [{ value: defaultBudgetName, reason: 'a new budget' }]),
  ];
};

/** The limit of the chosen budget; otherwise a first limit that a new account rarely reaches. */
export const limitOffers = (observed: Observed, around: QuestionContext): readonly Offer[] => {
  const { Amount: amount, Unit: unit } = chosen(observed, around)?.BudgetLimit ?? {};
  if (amount !== undefined) return [{ value: `${plainAmount(amount)} ${unit ?? ''}`.trim(), reason: 'the current limit', sure: true }];
  return [{ value: `10 ${observed.partition.currency}`, reason: 'low enough to warn early of unexpected costs' }];
};

export const subscriberOffers = (observed: Observed, around: QuestionContext): readonly Offer[] =>
  subscribersOf(observed, chosen(observed, around)?.BudgetName).map((value, at) => ({
    value,
    reason: 'already receives its alerts',
    // Any of several will do, because none is removed.
    sure: at === 0,
  }));

const chosen = (observed: Observed, { answers }: QuestionContext): Budget | undefined =>
  watchingOf(observed).find(({ BudgetName }) => BudgetName === answers['budget.name']);

const watchingOf = ({ budgets, now }: Observed): readonly Budget[] =>
  budgets.ok ? budgets.value.filter((budget) => couldWatchEverything(budget, now)) : [];

const subscribersOf = ({ budgetAlerts }: Observed, name: string | undefined): readonly string[] => {
  const alerts = budgetAlerts.find(({ budget }) => budget === name)?.alerts;
  const addresses =
    alerts?.ok === true ? alerts.value.flatMap(({ subscribers }) => (subscribers?.ok ? mailAddresses(subscribers.value) : [])) : [];
  return addresses.filter((address, at) => addresses.indexOf(address) === at);
};

/** The section `budget` of bootstrap.yaml. */
const budgetName = awsText(100).check(
  z.refine((name) => !/[:\\]|\/action\/|<script>.*<\/script>/i.test(name), 'must not contain a colon, a backslash, "/action/" or a script'),
  z.meta({ pattern: String.raw`^[^:\\]+$` }),
);
export const budgetNameProblem = (text: string): string | undefined => budgetName.safeParse(text).error?.issues[0]?.message;

const alert = z.strictObject({
  at: percentage.check(z.describe('Percentage of the limit, such as `80%`.')),
  of: z
    .enum(['actual', 'forecasted'])
    .check(z.describe('Which spend is compared: the actual spend, or the forecast of AWS for the month.')),
});

export const budgetSection = z.strictObject({
  name: z
    ._default(budgetName, defaultBudgetName)
    .check(z.describe('Name of the budget. An existing budget with this name is updated to these settings.')),
  limit: z
    .prefault(money, '10')
    .check(
      z.describe(
        'Monthly limit, such as `10 USD`. The default currency is the one that AWS bills in (USD; CNY in China; EUR in aws-eusc).',
      ),
    ),
  'include-credits': z
    ._default(z.boolean(), false)
    .check(z.describe('Whether the budget counts credits and refunds. If it does, it reads 0 until free credits are used up.')),
  alerts: z
    .prefault(z.array(alert).check(z.minLength(1), z.maxLength(10)), [
      { at: '50%', of: 'actual' },
      { at: '80%', of: 'actual' },
      { at: '100%', of: 'actual' },
      { at: '100%', of: 'forecasted' },
    ])
    .check(z.describe('When to send mail. Forecasts start after about five weeks of use.')),
  subscribers: z
    ._default(z.array(email).check(z.maxLength(10)), [])
    .check(z.describe('Email addresses that receive every alert. They need no confirmation.')),
});
