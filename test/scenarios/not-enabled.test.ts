import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { practiceAccount } from './practice-account.js';
import { config } from './starting-states.js';

/** Errors that look like a missing permission or bad credentials, but are neither. */
const refusing = (operation: string, code: string, message: string, status = 400) => {
  const account = practiceAccount();
  account.turn({ faults: [{ operation, what: { kind: 'error', code, status, message } }] });
  return account;
};
const linked =
  'Account 111122223333 is a linked account. To enable budgets for your account, ask the payer account to enable budgets first.';
const findings = ['budget.exists', 'budget.limit', 'budget.alerts', 'budget.subscribers'];

describe.each([
  ['with a config', true],
  ['without a config', false],
])('a member whose payer has not enabled Budgets, %s', (_, withConfig) => {
  const member = () => {
    const account = refusing('budgets:*', 'AccessDeniedException', linked);
    if (withConfig) writeFileSync(join(account.home, 'bootstrap.yaml'), config());
    return account;
  };

  it('is unknown in check, with low severity, and retryable', async () => {
    const argv = ['check', '--only', 'budget'];
    const { report, code } = await member().report([...argv, '--fail-on', 'low']);
    expect([code, report.exit.name]).toEqual([6, 'not-ready']);
    // The account plan is another service, which answers.
    expect(report.results.find(({ id }) => id === 'budget.free-plan')?.status).toBe('pass');
    const ofBudgets = report.results.filter(({ id }) => id !== 'budget.free-plan');
    const seen = ofBudgets.map(({ id, status, severity, missingPermission }) => ({ id, status, severity, missingPermission }));
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining(findings.filter((id) => withConfig || id !== 'budget.limit')));
    expect(
      seen.filter(({ status, severity, missingPermission }) => `${status} ${severity} ${missingPermission}` !== 'unknown low null'),
    ).toEqual([]);
    expect(ofBudgets[0]?.reason).toContain(linked);
    expect((await member().run(argv)).code).toBe(0);
  });

  it('only fails the budget step of init, with the next step; exit 6', async () => {
    const account = member();
    const { report, code } = await account.report(['init', '--yes', '--only', 'budget,alias']);
    expect([code, report.exit.retryAfterSeconds]).toEqual([6, 3_600]);
    expect(report.steps?.find(({ id }) => id === 'budget')).toMatchObject({
      status: 'failed',
      error: { code: 'E-NOT-ENABLED', retryable: true, changed: false, next: expect.stringMatching(/payer.*24 hours/) },
    });
    expect(report.steps?.find(({ id }) => id === 'alias')).toMatchObject({ status: 'done' });
    expect(account.account().alias).not.toBe(null);
  });
});

describe('an account that is not activated yet', () => {
  it.each([
    ['budgets:*', 'SubscriptionRequiredException', 400, 'budget'],
    ['iam:GetAccountSummary', 'OptInRequired', 403, 'mfa.root'],
  ])('is not asked to sign in again: %s answers %s', async (operation, code, status, only) => {
    const ran = await refusing(operation, code, 'The AWS Access Key Id needs a subscription for the service', status).report([
      'check',
      '--only',
      only,
    ]);
    const unknown = ran.report.results.filter((result) => result.status === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.map(({ reason, cause }) => `${cause} ${/not activated for this account yet/.test(reason)}`)).toEqual(
      unknown.map(() => 'failed true'),
    );
    expect(ran.code).toBe(6);
  });
});

describe('an explicit deny', () => {
  it('is reported with the kind of policy, without a permission to allow', async () => {
    const message =
      'User: arn:aws:iam::111122223333:root is not authorized to perform: iam:GetAccountSummary on resource: * with an explicit deny in a service control policy';
    const account = refusing('iam:GetAccountSummary', 'AccessDenied', message, 403);
    const { report, code } = await account.report(['check', '--only', 'mfa.root']);
    expect([code, report.results.length]).toEqual([4, 1]);
    expect(report.results[0]).toMatchObject({
      status: 'unknown',
      cause: 'denied',
      missingPermission: null,
      reason: expect.stringContaining('an explicit deny in a service control policy forbids iam:GetAccountSummary'),
    });
    const table = await account.run(['check', '--only', 'mfa.root']);
    expect(table.stdout + table.stderr).not.toMatch(/allow what is named|policy check/);
  });
});
