import { describe, expect, it } from 'vitest';
import { type AccountPlan, canLose, planIn, planWords } from '../../../src/core/account-plan.js';
import { type Reading, value } from '../../../src/core/reading.js';
import { createOrganization } from '../../../src/steps/organization/apply.js';
import { denied } from '../support/account.js';
import { assessFreePlan } from './fixtures.js';

const usd = (amount: number) => ({ amount, unit: 'USD' });
const free: AccountPlan = { type: 'free', status: 'active', remainingCredits: usd(158), expiresOn: '2027-01-28T00:00:00.000Z' };
const paid: AccountPlan = { type: 'paid', status: 'active', remainingCredits: usd(0), expiresOn: null };

describe('the plan of the account', () => {
  // Now is 2026-11-23, 10:00.
  const rows: readonly (readonly [title: string, plan: Reading<AccountPlan> | undefined, finding: string])[] = [
    ['a Free plan', value(free), 'pass Free plan · 158 USD of credits left · ends 2027-01-28'],
    ['a Free plan that ends in 31 days', value({ ...free, expiresOn: '2026-12-24T10:00:00.000Z' }), 'pass Free plan'],
    ['a Free plan that ends in 30 days', value({ ...free, expiresOn: '2026-12-23T10:00:00.000Z' }), 'fail The Free plan ends in 30 days'],
    ['a Free plan that ends tomorrow', value({ ...free, expiresOn: '2026-11-24T09:00:00.000Z' }), 'fail The Free plan ends in 1 day,'],
    ['a Free plan whose day has passed', value({ ...free, expiresOn: '2026-11-23T09:00:00.000Z' }), 'fail The Free plan has ended'],
    ['a Free plan that AWS calls expired', value({ ...free, status: 'expired' }), 'fail The Free plan has ended'],
    ['a Free plan without an end', value({ ...free, expiresOn: null }), 'pass Free plan · 158 USD of credits left'],
    ['a Paid plan', value(paid), 'not-applicable The account is on a Paid plan'],
    ['a plan that AWS does not show', denied('freetier:GetAccountPlanState'), 'unknown AWS denied it'],
    ['a partition without plans', undefined, 'not-applicable This partition has no Free plans'],
  ];
  it.each(rows)('is assessed: %s', (_, plan, expected) => {
    const [finding] = assessFreePlan(plan === undefined ? {} : { plan });
    expect(`${finding?.status} ${finding?.reason}`.slice(0, expected.length)).toBe(expected);
  });

  it.each([
    [free, 'Free plan · 158 USD of credits left · ends 2027-01-28'],
    [{ ...free, remainingCredits: usd(4.289) }, 'Free plan · 4.28 USD of credits left · ends 2027-01-28'],
    [{ ...free, remainingCredits: usd(0.29) }, 'Free plan · 0.29 USD of credits left · ends 2027-01-28'],
    [{ ...free, status: 'expired', remainingCredits: null }, 'Free plan · ended 2027-01-28'],
    [{ ...free, status: 'not-started', expiresOn: null }, 'Free plan · not started · 158 USD of credits left'],
    [paid, 'Paid plan'],
    [{ ...paid, remainingCredits: usd(40) }, 'Paid plan · 40 USD of credits left'],
  ] as readonly (readonly [AccountPlan, string])[])('is shown: %o', (plan, words) => {
    expect(planWords(plan)).toBe(words);
  });

  it.each([
    [
      { accountPlanType: 'FREE', accountPlanStatus: 'ACTIVE' },
      { type: 'free', remainingCredits: null, expiresOn: null },
    ],
    [
      { accountPlanType: 'PAID', accountPlanStatus: 'EXPIRED' },
      { type: 'paid', status: 'expired' },
    ],
    [{ accountPlanType: 'GOLD', accountPlanStatus: 'ACTIVE' }, undefined],
    [{ accountPlanType: 'toString', accountPlanStatus: 'ACTIVE' }, undefined],
    [{ accountPlanType: 'FREE' }, undefined],
  ])('is read from %o', (answer, expected) => {
    const plan = planIn({ ...answer, $metadata: {} });
    if (expected === undefined) expect(plan).toBeUndefined();
    else expect(plan).toMatchObject(expected);
  });

  it.each([
    ['unreadable', undefined, 'This ends your AWS Free plan.', 'an organization ends a Free plan'],
    [
      'a Free plan',
      free,
      'This ends your AWS Free plan and 158 USD of credits.',
      'an organization ends the Free plan and 158 USD of credits',
    ],
    [
      'a Free plan without credits',
      { ...free, remainingCredits: usd(0) },
      'This ends your AWS Free plan.',
      'an organization ends the Free plan',
    ],
    [
      'a Paid plan with credits',
      { ...paid, remainingCredits: usd(40) },
      'This ends your 40 USD of credits.',
      'an organization ends 40 USD of credits',
    ],
    ['a Paid plan', paid, undefined, undefined],
  ] as readonly (readonly [string, AccountPlan | undefined, string | undefined, string | undefined])[])(
    'decides what an organization would end: %s',
    (_, plan, question, consequence) => {
      const change = createOrganization(plan);
      expect(canLose(plan)).toBe(question !== undefined);
      expect(change.acceptance?.replace('Create the organization? ', '')).toBe(question);
      expect(change.consequence).toBe(consequence);
      expect(change.risk).toBe(question === undefined ? 'none' : 'billing');
    },
  );
});
