import type { OrganizationAccount, Result, RunReport } from '../../src/core/report.js';
import { summaryOf } from '../../src/core/report.js';
import * as fixtures from './fixtures.js';

const { account, report, result } = fixtures;

/** An account on a Free plan whose costs are within the limit while the forecast is above it. */
export const single: RunReport = (() => {
  const results = [
    ...fixtures.checkWithFailures.results,
    result('budget.spend', 'fail', 'The forecast for this month is above the limit: 4.28 of 10 USD (43 %), forecast 12.10 USD', {
      severity: 'medium',
      kind: 'audit',
      title: 'The spend of this month is within the budget',
      resource: 'Monthly $10 Budget',
      expected: 'at most 10 USD a month',
      observed: '4.28 of 10 USD (43 %), forecast 12.10 USD',
      evidence: [{ operation: 'budgets:DescribeBudgets', requestId: '7f2c1a4e-0000-4c8e-9d55-3a4d5e6f7a8b' }],
      remediation: {
        by: 'hand',
        instructions: 'Open Cost Explorer, group by service, and stop what you do not need. Or raise the limit.',
        command: null,
        url: 'https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer',
      },
      spend: { actual: 4.28, forecast: 12.1, limit: 10, unit: 'USD' },
    }),
  ];
  return {
    ...fixtures.checkWithFailures,
    account: {
      ...account,
      plan: {
        type: 'free',
        status: 'active',
        remainingCredits: { amount: 158, unit: 'USD' },
        expiresOn: '2027-01-28T00:00:00.000Z',
      },
    },
    results,
    summary: summaryOf(results),
  };
})();

/** `check --org`: most accounts are fine, some share findings, some have their own, a few could not be read. */
export const organizationOf = (count: number): RunReport => {
  const management = '111122223333';
  const idOf = (at: number): string => (at === 0 ? management : String(200_000_000_000 + at * 7_919));
  const hand = (instructions: string, command: string): Partial<Result> => ({
    remediation: { by: 'hand', instructions, command, url: null },
  });
  const resultsOf = (at: number): readonly Result[] => {
    const accountId = idOf(at);
    const own = (id: string, status: Result['status'], reason: string, more: Partial<Result> = {}): Result =>
      result(id, status, reason, { accountId, resource: `arn:aws:iam::${accountId}:root`, ...more });
    if (at % 97 === 13)
      return [
        own('organization.access-role', 'unknown', 'The access role could not be assumed.', {
          missingPermission: 'sts:AssumeRole',
          cause: 'denied',
        }),
      ];
    return [
      own('billing-access.switch', at === 0 ? 'pass' : 'not-applicable', 'IAM users and roles can see billing.'),
      at % 11 === 5
        ? own('budget.exists', 'fail', 'There is no monthly cost budget.', {
            severity: 'low',
            remediation: { by: 'init', instructions: 'Create a budget', command: 'bootstrap init --org --only budget', url: null },
          })
        : own('budget.exists', 'pass', 'A budget of 10 USD a month watches the account.'),
      own('admin-user.exists', at === 0 ? 'pass' : 'not-applicable', 'An administrator exists.'),
      own('mfa.root', at % 7 === 0 ? 'pass' : 'not-applicable', 'Root has MFA, or no credentials.'),
      at % 5 === 2
        ? own('alias.set', 'fail', 'The account has no alias.', { severity: 'low' })
        : own('alias.set', 'pass', 'The account has an alias.'),
      ...(at % 29 === 7
        ? [
            own('access-keys.root', 'fail', `Root of ${accountId} has an access key.`, {
              severity: 'critical',
              ...hand('Sign in as root, and delete the key.', 'bootstrap keys delete --root --all'),
            }),
          ]
        : [own('access-keys.root', 'pass', 'Root has no access key.')]),
      ...(at % 13 === 4
        ? [
            own(
              'access-keys.age',
              'fail',
              `The key AKIA${String(at).padStart(16, 'X')} of deploy is ${91 + at} days old; the maximum is 90.`,
              {
                resource: `arn:aws:iam::${accountId}:user/deploy`,
                ...hand(
                  'Create a new key, switch to it, and delete the old one.',
                  `bootstrap keys rotate --user deploy --profile lab-${at}`,
                ),
              },
            ),
          ]
        : [own('access-keys.age', 'pass', 'No key is too old.')]),
      own('organization.exists', 'pass', 'The account is part of an organization.'),
    ];
  };
  const results = Array.from({ length: count }, (_, at) => resultsOf(at)).flat();
  const accounts = Array.from({ length: count }, (_, at): OrganizationAccount => {
    const unseen = at % 97 === 13;
    return {
      id: idOf(at),
      name: at === 0 ? 'Acme' : `${['lab', 'shop', 'data', 'sandbox of the course'][at % 4]} ${at}`,
      alias: null,
      partition: 'aws',
      role: at === 0 ? 'management' : 'member',
      state: 'ACTIVE',
      identity: null,
      unseen: unseen ? 'the role OrganizationAccountAccessRole cannot be assumed' : null,
      summary: summaryOf(results.filter(({ accountId }) => accountId === idOf(at))),
    };
  });
  return report({
    command: 'check',
    account: {
      ...account,
      id: management,
      alias: 'acme',
      role: 'management',
      plan: { type: 'paid', status: 'active', remainingCredits: null, expiresOn: null },
    },
    accounts,
    results: results.map((one) =>
      one.accountId === management && one.id === 'budget.exists'
        ? { ...one, spend: { actual: 871.5, forecast: 1_240, limit: 1_500, unit: 'USD' } }
        : one,
    ),
    exit: { code: 3, name: 'differs' },
  });
};
