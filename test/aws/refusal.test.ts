import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/core/aws-error.js';
import { awsError, boundaryOver } from './fake-aws.js';

/** What AWS's message says beside the code of a refusal. The sentences are those of AWS's own documentation and of field reports. */
const answer = (code: string, message: string, status = 400): Error => Object.assign(awsError(code, status), { message });
const readingOf = async (mishap: Error) => boundaryOver([mishap]).cloud.readAll('budgets:DescribeBudgets', { AccountId: '111122223333' });

const who = 'User: arn:aws:iam::111122223333:user/alex is not authorized to perform: budgets:ViewBudget on resource: *';
const linked =
  'Account 111122223333 is a linked account. To enable budgets for your account, ask the payer account to enable budgets first.';

describe('a denied read', () => {
  it.each([
    `${who} because no identity-based policy allows the budgets:ViewBudget action`,
    who,
    // Not by itself a proof of an explicit deny.
    `${who} because no service control policy allows the budgets:ViewBudget action`,
  ])('names the permission that is missing: %s', async (message) => {
    expect(await readingOf(answer('AccessDeniedException', message))).toEqual({
      ok: false,
      cause: 'denied',
      code: 'AccessDeniedException',
      message: 'AWS denied budgets:DescribeBudgets; the caller lacks budgets:ViewBudget',
      missingPermission: 'budgets:ViewBudget',
      evidence: [{ operation: 'budgets:DescribeBudgets', requestId: 'r-error' }],
    });
  });

  it('has the message of AWS when it is not a missing permission', async () => {
    expect(await readingOf(answer('AccessDeniedException', "You don't have permissions to access this resource."))).toMatchObject({
      message: `AWS denied budgets:DescribeBudgets; the caller lacks budgets:ViewBudget (AWS: "You don't have permissions to access this resource.")`,
      missingPermission: 'budgets:ViewBudget',
    });
  });

  it.each([
    ['a service control policy', 'service control policy'],
    ['a service control policy: arn:aws:organizations::999988887777:policy/o-1/service_control_policy/p-1', 'service control policy'],
    ['a resource control policy', 'resource control policy'],
    ['a permissions boundary', 'permissions boundary'],
    ['a session policy', 'session policy'],
    ['an identity-based policy', 'identity-based policy'],
    ['a resource-based policy', 'resource-based policy'],
    ['a VPC endpoint policy', 'VPC endpoint policy'],
    ['something new', undefined],
  ])('names the kind of policy, and no permission, after an explicit deny in %s', async (where, policy) => {
    const reading = await readingOf(answer('AccessDeniedException', `${who} with an explicit deny in ${where}`));
    expect(reading).toMatchObject({ ok: false, cause: 'denied', refusal: { kind: 'explicit-deny', policy } });
    expect(reading).not.toHaveProperty('missingPermission');
    const words = policy === undefined ? 'a policy' : policy.startsWith('identity') ? `an ${policy}` : `a ${policy}`;
    expect(reading).toHaveProperty(
      'message',
      expect.stringMatching(
        new RegExp(`^AWS denied budgets:DescribeBudgets: an explicit deny in ${words} forbids budgets:ViewBudget \\(AWS: "User: `),
      ),
    );
  });

  it('takes no other error for an explicit deny', async () => {
    const reading = await readingOf(answer('ValidationException', `${who} with an explicit deny in a session policy`));
    expect(reading).toMatchObject({ ok: false, cause: 'failed' });
    expect(reading).not.toHaveProperty('refusal');
  });

  it('reports an explicit deny whose policy AWS does not name', async () => {
    expect(await readingOf(answer('AccessDenied', `${who} with an explicit deny`, 403))).toMatchObject({
      message: expect.stringContaining('an explicit deny in a policy forbids budgets:ViewBudget'),
      refusal: { kind: 'explicit-deny', policy: undefined },
    });
  });
});

describe('a service that is not enabled', () => {
  it('is no missing permission: Budgets in a member whose payer has not enabled it', async () => {
    const reading = await readingOf(answer('AccessDeniedException', linked));
    expect(reading).toMatchObject({ ok: false, cause: 'failed', refusal: { kind: 'payer-not-enabled' } });
    expect(reading).toHaveProperty('message', expect.stringContaining('Budgets is not enabled for this member account'));
    expect(reading).toHaveProperty('message', expect.stringContaining(linked));
    expect(reading).not.toHaveProperty('missingPermission');
  });

  it('is recognised only from Budgets', async () => {
    const { cloud } = boundaryOver([answer('AccessDenied', linked, 403)]);
    expect(await cloud.readAll('iam:ListUsers', {})).toMatchObject({ cause: 'denied', missingPermission: 'iam:ListUsers' });
  });

  it.each([
    ['OptInRequired', 403],
    ['SubscriptionRequiredException', 400],
  ])('is not activated yet, or outside the plan, after %s; the credentials are good', async (code, status) => {
    const reading = await readingOf(answer(code, 'The AWS Access Key Id needs a subscription for the service', status));
    expect(reading).toMatchObject({ ok: false, cause: 'failed', code, refusal: { kind: 'not-activated' } });
    expect(reading).toHaveProperty('message', expect.stringMatching(/not activated for this account yet.*outside the plan/));
    expect(reading).toHaveProperty('message', expect.not.stringContaining('credentials'));
  });

  it('is reported for a write, too', async () => {
    const { cloud } = boundaryOver([answer('AccessDeniedException', linked)]);
    const thrown = await cloud.write('budgets:CreateBudget', {} as never).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AwsError);
    expect(thrown).toMatchObject({ refusal: { kind: 'payer-not-enabled' } });
  });
});

describe('the message of AWS', () => {
  it('is printed as one line of visible characters', async () => {
    const hostile = `no\u001b[2J\u202e\n::error::${String.fromCharCode(0x9b)}31m`;
    const { message } = (await readingOf(answer('ValidationException', hostile))) as { message: string };
    expect(message).toMatch(/^budgets:DescribeBudgets failed: ValidationException \(AWS: "no/);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]|(?<!\S)::error/u);
  });

  it('is cut to a bounded length', async () => {
    const { message } = (await readingOf(answer('ValidationException', '😀'.repeat(1_000_000)))) as { message: string };
    expect([...message].length).toBeLessThan(400);
    expect(message).toMatch(/😀…"\)$/u);
  });

  it('does not come from a page that is no answer of AWS', async () => {
    expect(await readingOf(Object.assign(awsError('SyntaxError', 503), { message: '<html> with an explicit deny' }))).toMatchObject({
      message: 'budgets:DescribeBudgets failed: UnreadableAnswer',
    });
  });
});
