import { CreateAccountFailureReason } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { AmbiguousWriteError } from '../../../src/core/aws-error.js';
import type { JournalEntry } from '../../../src/core/journal.js';
import { createAccount } from '../../../src/steps/organization/apply.js';
import { organization } from '../../../src/steps/index.js';
import { explainFailure, failureReasons } from '../../../src/steps/organization/refusals.js';
import { self, child, wanted, member, request } from './fixtures.js';
import { fakeContext, refusal, lost, creating, create, refusalOf } from './fake-organization.js';

describe('failure reasons', () => {
  it('exist for every reason in the SDK, and no other', () => {
    expect(Object.keys(failureReasons).toSorted()).toEqual(Object.values(CreateAccountFailureReason).toSorted());
  });
  it.each(Object.entries(failureReasons))('%s has a reason and a next step', (_reason, { why, next }) => {
    expect(why).toMatch(/^(AWS|[a-z]).*[^.]$/);
    expect(next).toMatch(/^[A-Z].*\.$/);
  });
  it('have a fallback for unknown reasons', () => {
    expect(explainFailure('NEW_REASON').next).toContain('CreateAccountStatus');
    expect(explainFailure(undefined).why).toBe('AWS gave no reason');
  });
});

describe('creating an account', () => {
  it('sends the request once and polls until the account exists', async () => {
    const { answers } = creating({ looks: 4 });
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(fake.sleeps).toEqual([2_000, 3_000, 4_500, 6_750]);
    expect(fake.said).toEqual([]);
  });

  it('reports the wait after ten seconds', async () => {
    const { answers } = creating({ looks: 6 });
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect([...new Set(fake.said)]).toEqual(['waiting for AWS to create the account sandbox, which usually takes a minute or two']);
  });

  it('sends what the config asks for', async () => {
    const { answers } = creating();
    let input: unknown;
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (given: never, clock) => {
        input = given;
        return answers['organizations:CreateAccount']?.(given, clock);
      },
    });
    await organization.apply(fake.context, createAccount(wanted({ billingAccess: 'DENY', role: 'Admin', tags: { team: 'a' } }), null, 0));
    expect(input).toEqual({
      AccountName: 'sandbox',
      Email: 'aws+sandbox@example.com',
      RoleName: 'Admin',
      IamUserAccessToBilling: 'DENY',
      Tags: [{ Key: 'team', Value: 'a' }],
    });
  });

  it('sends nothing if the account already exists', async () => {
    const { answers, members } = creating();
    members.push(member({ email: 'AWS+SANDBOX@example.com' }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
  });

  it.each([
    ['named in the plan', createAccount(wanted(), 'car-1', 0)],
    ['found just before', create],
  ])('polls a request in progress, %s, instead of sending one', async (_name, change) => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, change);
    expect(fake.writes()).toEqual([]);
  });

  it('sends no second request if the first is done and the list of accounts is not up to date', async () => {
    const { answers, requests } = creating();
    requests.push(request({ id: 'car-1', state: 'SUCCEEDED', accountId: child, requestedAt: new Date('2026-11-24T08:58:00Z') }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
  });

  it('ignores an earlier request that failed', async () => {
    const { answers, requests } = creating();
    requests.push(request({ state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' }));
    const fake = fakeContext(answers);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
  });

  it('finds the request if its response is lost', async () => {
    const { answers, take, requests } = creating();
    // An older failure under the same name must not be taken for it.
    requests.push(request({ id: 'car-0', state: 'FAILED', requestedAt: new Date('2026-11-24T08:59:50Z') }));
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (_input, clock) => {
        take('sandbox', clock());
        throw lost('organizations:CreateAccount');
      },
    });
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(requests[0]?.state).toBe('SUCCEEDED');
  });

  const note = (over: Partial<JournalEntry> = {}): JournalEntry => ({
    id: 'n-1',
    accountId: self,
    kind: 'member-account',
    user: 'aws+sandbox@example.com',
    at: '2026-11-24T08:59:00Z',
    before: [],
    made: null,
    state: 'open',
    place: null,
    replaces: null,
    ...over,
  });

  it('records the request before it is sent, and closes the entry at the end', async () => {
    const { answers } = creating();
    let seen: readonly JournalEntry[] = [];
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (input: never, clock) => {
        seen = fake.journal.list.map((entry) => ({ ...entry }));
        return answers['organizations:CreateAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(seen).toMatchObject([{ kind: 'member-account', user: 'aws+sandbox@example.com', made: null, state: 'open' }]);
    expect(fake.journal.list).toMatchObject([{ made: 'car-1', state: 'closed' }]);
  });

  it('continues with the request that an earlier run recorded, if the list is not up to date', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext({ ...answers, 'organizations:ListCreateAccountStatus': () => ({ CreateAccountStatuses: [] }) }, [
      note({ made: 'car-1' }),
    ]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
    expect(fake.journal.list).toMatchObject([{ state: 'closed' }]);
  });

  it('searches for a request whose id the earlier run did not receive before it sends another', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    let looks = 0;
    const fake = fakeContext(
      {
        ...answers,
        'organizations:ListCreateAccountStatus': (input: never, clock) => {
          looks += 1;
          return looks > 3 ? answers['organizations:ListCreateAccountStatus']?.(input, clock) : { CreateAccountStatuses: [] };
        },
      },
      [note()],
    );
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual([]);
    expect(fake.journal.list).toMatchObject([{ made: 'car-1', state: 'closed' }]);
  });

  it('sends the request when the earlier one never reached AWS', async () => {
    const fake = fakeContext(creating().answers, [note()]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
    expect(fake.journal.list.map(({ state }) => state)).toEqual(['closed', 'closed']);
  });

  it('does not use a request of the same name for another address', async () => {
    const { answers, take } = creating();
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const fake = fakeContext(answers, [note({ user: 'other@example.com', made: 'car-1' })]);
    await organization.apply(fake.context, create);
    expect(fake.writes()).toEqual(['organizations:CreateAccount']);
  });

  it('waits for an organization that is being set up, and reports why', async () => {
    const { answers } = creating();
    let refused = 0;
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': (input: never, clock) => {
        refused += 1;
        if (refused < 4) throw refusal('organizations:CreateAccount', 'FinalizingOrganizationException');
        return answers['organizations:CreateAccount']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(fake.said[0]).toContain('still setting up the new organization');
  });

  it('stops waiting for the organization after a limit, and can be run again', async () => {
    const fake = fakeContext({
      ...creating().answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', 'FinalizingOrganizationException');
      },
    });
    expect(await refusalOf(fake.context, create)).toMatchObject({ code: 'E-ORGANIZATION-FINALIZING', exit: 6, retryable: true });
    expect(fake.sleeps.reduce((a, b) => a + b)).toBeLessThan(600_000);
    expect(fake.journal.list).toMatchObject([{ state: 'closed' }]);
  });

  it('throws the ambiguous error if the request does not show within half a minute', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw lost('organizations:CreateAccount');
      },
    });
    await expect(organization.apply(fake.context, create)).rejects.toBeInstanceOf(AmbiguousWriteError);
    expect(fake.sleeps.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(30_000);
    expect(fake.writes()).toHaveLength(1);
  });

  it('stops after ten minutes, and can be run again', async () => {
    const { answers } = creating({ looks: 1_000 });
    const fake = fakeContext(answers);
    const error = await refusalOf(fake.context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-PENDING', exit: 6, retryable: true, changed: true });
    const waited = fake.sleeps.reduce((a, b) => a + b);
    expect(waited).toBeGreaterThanOrEqual(600_000);
    expect(waited).toBeLessThan(620_000);
    expect(fake.said.length).toBeGreaterThan(5);
  });

  it.each(Object.values(CreateAccountFailureReason))('explains %s', async (reason) => {
    const fake = fakeContext(creating({ ends: { state: 'FAILED', failureReason: reason } }).answers);
    const error = await refusalOf(fake.context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-FAILED', exit: 7, next: failureReasons[reason].next });
    expect(error.message).toContain(reason);
    expect(error.message).toContain('car-1');
  });

  it('continues to poll if a read fails or AWS does not know the request yet', async () => {
    const { answers } = creating({ looks: 0 });
    let looks = 0;
    const fake = fakeContext({
      ...answers,
      'organizations:DescribeCreateAccountStatus': (input: never, clock) => {
        looks += 1;
        if (looks === 1) throw refusal('organizations:DescribeCreateAccountStatus', 'CreateAccountStatusNotFoundException');
        if (looks === 2) throw refusal('organizations:DescribeCreateAccountStatus', 'ServiceException');
        return answers['organizations:DescribeCreateAccountStatus']?.(input, clock);
      },
    });
    await organization.apply(fake.context, create);
    expect(looks).toBe(3);
  });

  it('reports a denied read', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:DescribeCreateAccountStatus': () => {
        throw refusal('organizations:DescribeCreateAccountStatus', 'AccessDeniedException');
      },
    });
    expect(await refusalOf(fake.context, create)).toMatchObject({ code: 'E-READ-DENIED', exit: 4 });
  });

  it('detects that a request in progress was for another address', async () => {
    const { answers, take } = creating({ email: 'typo@example.com' });
    take('sandbox', new Date('2026-11-24T08:59:00Z'));
    const error = await refusalOf(fakeContext(answers).context, create);
    expect(error).toMatchObject({ code: 'E-ACCOUNT-MISMATCH', exit: 7 });
    expect(error.message).toContain('typo@example.com');
  });

  it.each([
    ['FinalizingOrganizationException', undefined, 'E-ORGANIZATION-FINALIZING', 6],
    ['ConstraintViolationException', 'ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'E-ACCOUNT-LIMIT', 7],
    ['ConstraintViolationException', 'ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED', 'E-ACCOUNT-RATE', 6],
    ['ConstraintViolationException', 'ACCOUNT_CREATION_NOT_COMPLETE', 'E-ORGANIZATION-NOT-READY', 6],
    ['ConstraintViolationException', 'MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED', 'E-ORGANIZATION-REFUSED', 7],
  ])('explains %s %s', async (code, reason, ours, exit) => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', code, reason);
      },
    });
    expect(await refusalOf(fake.context, create)).toMatchObject({ code: ours, exit, step: 'organization' });
  });

  it('rethrows an error without an explanation', async () => {
    const { answers } = creating();
    const fake = fakeContext({
      ...answers,
      'organizations:CreateAccount': () => {
        throw refusal('organizations:CreateAccount', 'ConstraintViolationException', 'SOMETHING_NEW');
      },
    });
    await expect(organization.apply(fake.context, create)).rejects.toMatchObject({ name: 'AwsError', reason: 'SOMETHING_NEW' });
  });
});
