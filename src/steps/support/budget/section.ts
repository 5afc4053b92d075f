import * as z from 'zod';
import { awsText, email, money, percentage } from '../values.js';
import { defaultBudgetName } from './offers.js';

/** The section `budget` of bootstrap.yaml; members of the organization have one of their own. */
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
