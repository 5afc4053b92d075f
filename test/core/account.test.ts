import { describe, expect, it } from 'vitest';
import {
  isOptInRegion,
  isPartition,
  managedPolicyArn,
  partitionOf,
  partitionOfRegion,
  signInUrl,
  stsRegion,
} from '../../src/core/account.js';
import { type AccountPlan, canLose, hasAccountPlans, planIn, planWords } from '../../src/core/account-plan.js';
import { profileMark, profileNameProblem } from '../../src/core/profile-name.js';
import { overBudget, type Spend, spendWords } from '../../src/core/spend.js';

describe('a partition', () => {
  it.each([
    ['aws', 'us-east-1', 'USD', true, 'https://acme.signin.aws.amazon.com/console/'],
    ['aws-cn', 'cn-north-1', 'CNY', true, 'https://acme.signin.amazonaws.cn/console/'],
    ['aws-us-gov', 'us-gov-west-1', 'USD', false, 'https://acme.signin.amazonaws-us-gov.com/console/'],
    ['aws-eusc', 'eusc-de-east-1', 'EUR', true, 'https://acme.signin.amazonaws-eusc.eu/console/'],
  ])('has its own region, currency and sign-in page: %s', (id, region, currency, billing, url) => {
    expect(partitionOf(id)).toMatchObject({ id, defaultRegion: region, currency, billing });
    expect(isPartition(id)).toBe(true);
    expect(stsRegion(id)).toBe(region);
    expect(partitionOfRegion(region)).toBe(id);
    expect(signInUrl(id, 'acme')).toBe(url);
    expect(managedPolicyArn(id, 'ReadOnlyAccess')).toBe(`arn:${id}:iam::aws:policy/ReadOnlyAccess`);
  });

  it('that is not known is treated as aws under its own name', () => {
    expect(partitionOf('aws-iso')).toEqual({ ...partitionOf('aws'), id: 'aws-iso' });
    for (const id of ['aws-iso', '', 'toString']) expect(isPartition(id)).toBe(false);
  });

  it('has plans only if it is aws', () => {
    expect(hasAccountPlans('aws')).toBe(true);
    for (const id of ['aws-cn', 'aws-us-gov', 'aws-eusc']) expect(hasAccountPlans(id)).toBe(false);
  });
});

describe('a region', () => {
  it.each<[string, string, boolean]>([
    ['us-east-1', 'aws', false],
    ['eu-west-3', 'aws', false],
    ['ap-northeast-3', 'aws', false],
    ['eu-south-1', 'aws', true],
    ['me-central-1', 'aws', true],
    ['mars-north-1', 'aws', true],
    ['cn-northwest-1', 'aws-cn', false],
    ['us-gov-east-1', 'aws-us-gov', false],
    ['eusc-de-east-1', 'aws-eusc', false],
    // A prefix counts only at the start.
    ['x-cn-1', 'aws', true],
    ['x-us-gov-1', 'aws', true],
    ['x-eusc-1', 'aws', true],
  ])('%s is in %s; enabled manually: %s', (region, partition, optIn) => {
    expect(partitionOfRegion(region)).toBe(partition);
    expect(isOptInRegion(region)).toBe(optIn);
  });
});

describe('the plan of an account', () => {
  const plan = (more: Partial<AccountPlan> = {}): AccountPlan => ({
    type: 'free',
    status: 'active',
    remainingCredits: null,
    expiresOn: null,
    ...more,
  });
  const credits = (amount: number) => ({ amount, unit: 'USD' });

  it.each<[string, AccountPlan | undefined, boolean]>([
    ['not read', undefined, true],
    ['free, without credits', plan(), true],
    ['paid, credits not reported', plan({ type: 'paid' }), false],
    ['paid, no credits', plan({ type: 'paid', remainingCredits: credits(0) }), false],
    ['paid, with credits', plan({ type: 'paid', remainingCredits: credits(0.01) }), true],
  ])('can be lost or not: %s', (_, given, expected) => {
    expect(canLose(given)).toBe(expected);
  });

  it.each<[AccountPlan, string]>([
    [plan({ remainingCredits: credits(0) }), 'Free plan · 0 USD of credits left'],
    [plan({ type: 'paid', remainingCredits: credits(0) }), 'Paid plan'],
    [plan({ type: 'paid', remainingCredits: credits(99.999) }), 'Paid plan · 99.99 USD of credits left'],
    [plan({ remainingCredits: credits(40) }), 'Free plan · 40 USD of credits left'],
    [plan({ remainingCredits: credits(100.99) }), 'Free plan · 100 USD of credits left'],
    [plan({ remainingCredits: credits(1.1) }), 'Free plan · 1.10 USD of credits left'],
    [plan({ type: 'paid', status: 'not-started', expiresOn: '2027-01-28T00:00:00.000Z' }), 'Paid plan · not started'],
    [plan({ status: 'expired', expiresOn: '2027-01-28T00:00:00.000Z' }), 'Free plan · ended 2027-01-28'],
    [plan({ expiresOn: '2027-01-28T00:00:00.000Z' }), 'Free plan · ends 2027-01-28'],
  ])('is shown: %j', (given, words) => {
    expect(planWords(given)).toBe(words);
  });

  const answer = { accountPlanType: 'FREE', accountPlanStatus: 'NOT_STARTED', $metadata: {} };
  it.each<[string, Parameters<typeof planIn>[0], AccountPlan | undefined]>([
    ['no more than the plan', answer, plan({ status: 'not-started' })],
    ['a status only', { accountPlanStatus: 'ACTIVE', $metadata: {} }, undefined],
    ['an unknown status', { ...answer, accountPlanStatus: 'PAUSED' }, undefined],
    ['a property of every object', { ...answer, accountPlanStatus: 'constructor' }, undefined],
    [
      'credits and an end',
      { ...answer, accountPlanRemainingCredits: { amount: 5, unit: 'EUR' }, accountPlanExpirationDate: new Date(0) },
      plan({ status: 'not-started', remainingCredits: { amount: 5, unit: 'EUR' }, expiresOn: '1970-01-01T00:00:00.000Z' }),
    ],
    [
      'credits without a unit',
      { ...answer, accountPlanRemainingCredits: { amount: 5 } },
      plan({ status: 'not-started', remainingCredits: credits(5) }),
    ],
    ['credits without an amount', { ...answer, accountPlanRemainingCredits: { unit: 'USD' } }, plan({ status: 'not-started' })],
    ['credits that are no number', { ...answer, accountPlanRemainingCredits: { amount: Number.NaN } }, plan({ status: 'not-started' })],
    ['endless credits', { ...answer, accountPlanRemainingCredits: { amount: Number.POSITIVE_INFINITY } }, plan({ status: 'not-started' })],
  ])('is read from an answer with %s', (_, given, expected) => {
    expect(planIn(given)).toEqual(expected);
  });
});

describe('the name of a profile', () => {
  it.each<[string, string | RegExp | undefined]>([
    ['default', undefined],
    ['a', undefined],
    ['Acme_1@x+y.z%:/-', undefined],
    ['a'.repeat(128), undefined],
    ['profile', undefined],
    ['profiles', undefined],
    ['', 'is empty'],
    ['a'.repeat(129), 'is longer than 128 characters'],
    ['profile acme', 'begins with "profile "; write the name alone'],
    ['profile\tacme', 'begins with "profile "; write the name alone'],
    ['my profile acme', /cannot read; use letters/],
    ['a b', /^"a b" has characters that some AWS tools cannot read/],
    ['a]', /cannot read; use letters/],
    ['#a', /cannot read; use letters/],
    ['a\n', /cannot read; use letters/],
    ['größe', /cannot read; use letters/],
    ['toString', /^"toString" is a name that the AWS SDK for JavaScript cannot read/],
    ['__proto__', /^"__proto__" is a name that the AWS SDK/],
  ])('%j', (name, expected) => {
    const problem = profileNameProblem(name);
    if (expected instanceof RegExp) expect(problem).toMatch(expected);
    else expect(problem).toBe(expected);
  });

  it('is part of a mark that is no user name', () => {
    expect(profileMark('acme', 'AKIA1')).toEqual({ kind: 'access-key', user: 'profile acme', id: 'AKIA1' });
  });
});

describe('the costs of a month', () => {
  const spend = (more: Partial<Spend>): Spend => ({ actual: 4.28, forecast: 9.1, limit: 10, unit: 'USD', ...more });
  it.each<[Partial<Spend>, 'spend' | 'forecast' | undefined, string]>([
    [{}, undefined, '4.28 of 10 USD (43 %), forecast 9.10 USD'],
    [{ forecast: null }, undefined, '4.28 of 10 USD (43 %), no forecast yet'],
    [{ limit: 0 }, 'spend', '4.28 of 0 USD, forecast 9.10 USD'],
    [{ actual: 10, forecast: 10 }, undefined, '10.00 of 10 USD (100 %), forecast 10.00 USD'],
    [{ actual: 10.01 }, 'spend', '10.01 of 10 USD (100 %), forecast 9.10 USD'],
    [{ forecast: 10.01 }, 'forecast', '4.28 of 10 USD (43 %), forecast 10.01 USD'],
    [{ actual: 11, forecast: 12 }, 'spend', '11.00 of 10 USD (110 %), forecast 12.00 USD'],
  ])('%j', (more, over, words) => {
    expect(overBudget(spend(more))).toBe(over);
    expect(spendWords(spend(more))).toBe(words);
  });
});
