import { describe, expect, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import { inOrganization } from '../support/organization-shell.js';
import type { OrganizationOptions } from '../support/organization-world.js';

const management = '111122223333';
const placed = async (options: Partial<OrganizationOptions> & { readonly as?: 'root' } = {}) => {
  const place = await inOrganization({ members: [[], []], ...options });
  const member = place.members[0] ?? '';
  const account = place.sandbox.world.accounts[member];
  if (account === undefined) throw new Error('the member is not there');
  const close = async (...argv: readonly string[]) => {
    const ran = await place.run(['accounts', 'close', ...argv, '--output', 'json']);
    return { ...ran, report: JSON.parse(ran.stdout) as AccountsReport };
  };
  const approved = (...argv: readonly string[]) => close(member, '--account-id', management, '--yes', ...argv);
  const failing = (...faults: readonly FaultRule[]) => {
    place.sandbox.world.knobs.faults = [...faults];
  };
  const requests = () => place.sandbox.calls.filter(({ operation }) => operation === 'CloseAccount');
  return { ...place, member, account, close, approved, failing, requests };
};

describe('bootstrap accounts close', () => {
  it('requests the closure once, waits until AWS has closed the account, and has nothing to do in a second run', async () => {
    const { approved, account, member, requests } = await placed();
    const first = await approved();
    expect([first.code, first.report.error]).toEqual([0, undefined]);
    expect(first.report).toMatchObject({
      command: 'accounts close',
      actions: [
        { action: 'closure-requested', on: member },
        { action: 'closed', on: member },
      ],
      accounts: [{ accountId: member, state: 'CLOSED' }],
      closing: { accountId: member, state: 'ACTIVE', spend: { amount: '0.00', unit: 'USD' }, quota: { limit: 10, used: 0 } },
      apiCalls: { writes: 1 },
    });
    expect(account.state).toBe('CLOSED');
    expect(requests().map(({ input }) => input)).toEqual([{ AccountId: member }]);
    const again = await approved();
    expect([again.code, again.report.apiCalls.writes, again.report.actions]).toEqual([0, 0, []]);
    expect(again.report.notes[0]).toBe(`Account ${member} is already closed.`);
  });

  it('shows the member, the spend, the quota and the consequences with --dry-run, and changes nothing', async () => {
    const { run, close, member, account, requests } = await placed();
    const { code, stdout } = await run(['accounts', 'close', member, '--dry-run']);
    expect(code).toBe(0);
    for (const words of [
      /aws\+member-1@example\.com stays in use/,
      /0\.00 USD, by the budget/,
      /0 of at most 10 accounts/,
      /90 days later/,
    ])
      expect(stdout).toMatch(words);
    const { report } = await close(member, '--dry-run');
    expect(report).toMatchObject({ dryRun: true, actions: [], apiCalls: { writes: 0 }, next: expect.stringContaining(member) });
    expect([account.state, requests()]).toEqual(['ACTIVE', []]);
  });

  it.each([
    ['without --yes', [], 2, 'E-NO-TERMINAL'],
    ['without the id of this account', ['--yes'], 4, 'E-NO-ACCOUNT-ID'],
    ['with the id of the member as --account-id', ['--yes', '--account-id', '200000000001'], 4, 'E-WRONG-ACCOUNT'],
  ] as const)('closes nothing without a terminal %s', async (_what, argv, code, error) => {
    const { close, member, requests } = await placed();
    const ended = await close(member, ...argv);
    expect([ended.code, ended.report.error?.code, requests()]).toEqual([code, error, []]);
  });

  it.each([
    ['the management account', management, 'E-USAGE'],
    ['an account of someone else', '999999999999', 'E-MEMBER-NONE'],
    ['something that is no id', 'member-1', 'E-USAGE'],
  ])('refuses %s', async (_what, id, error) => {
    const { close, requests } = await placed();
    const ended = await close(id, '--yes', '--account-id', management);
    expect([ended.code, ended.report.error?.code, requests()]).toEqual([2, error, []]);
  });

  it('works as root of the management account, which cannot read the spend of the member', async () => {
    const { approved } = await placed({ as: 'root' });
    const { code, report } = await approved();
    expect([code, report.closing?.spend, report.accounts[0]?.state]).toEqual([0, null, 'CLOSED']);
  });

  it('finds the spend in a budget of the management account about that member alone', async () => {
    const { approved, member, sandbox } = await placed();
    const own = sandbox.world.accounts[management];
    const [monthly] = own?.budgets ?? [];
    own?.budgets.push(
      ...[[member, '200000000002'], [member]].map((ids, at) => ({
        ...structuredClone(monthly as NonNullable<typeof monthly>),
        budget: {
          ...monthly?.budget,
          BudgetName: `about ${ids.length}`,
          CostFilters: { LinkedAccount: ids },
          CalculatedSpend: { ActualSpend: { Amount: String(7 + at), Unit: 'USD' } },
        },
      })),
    );
    const { report } = await approved();
    expect(report.closing?.spend).toMatchObject({ amount: '8.00', unit: 'USD', budget: 'about 1' });
  });

  it('waits for a closure that was requested before, without another request', async () => {
    const { approved, account, clock, requests } = await placed();
    account.state = 'PENDING_CLOSURE';
    account.closureRequestedAt = clock.now().toISOString();
    const { code, report } = await approved();
    expect([code, report.actions, requests()]).toEqual([0, [{ action: 'closed', on: account.id }], []]);
  });

  it('stops waiting after a while, and continues when it is run again', async () => {
    const { approved, sandbox, requests, clock } = await placed();
    sandbox.world.knobs.closingMs = 3_600_000;
    const first = await approved();
    expect([first.code, first.report.error]).toMatchObject([6, { code: 'E-ACCOUNT-CLOSING', retryable: true, changed: true }]);
    clock.advance(3_600_000);
    const second = await approved();
    expect([second.code, second.report.accounts[0]?.state, requests().length]).toEqual([0, 'CLOSED', 1]);
  });

  it.each(['drop-after', 'hang-after', 'empty-after', 'truncated-after'] as const)(
    'finds the closure when the response is lost (%s), and sends no second request',
    async (kind) => {
      const { approved, failing, requests } = await placed();
      failing({ operation: 'organizations:CloseAccount', times: 1, what: { kind } });
      const { code, report } = await approved(...(kind === 'hang-after' ? ['--timeout', '0.2'] : []));
      expect([code, report.error, report.accounts[0]?.state, requests().length]).toEqual([0, undefined, 'CLOSED', 1]);
    },
  );

  it('does not send the request again when the connection broke before AWS acted; the next run does', async () => {
    const { approved, failing, requests, account } = await placed();
    failing({ operation: 'organizations:CloseAccount', times: 1, what: { kind: 'drop-before' } });
    const first = await approved();
    expect([first.code, first.report.error?.code, account.state, requests().length]).toEqual([6, 'E-AMBIGUOUS', 'ACTIVE', 1]);
    const second = await approved();
    expect([second.code, account.state]).toEqual([0, 'CLOSED']);
  });

  const error = (code: string, fields?: Record<string, unknown>): FaultRule => ({
    operation: 'organizations:CloseAccount',
    what: { kind: 'error', code, status: 400, ...(fields === undefined ? {} : { fields }) },
  });
  it.each([
    ['AccessDeniedException', undefined, 7, 'E-WRITE-DENIED'],
    ['AccountNotFoundException', undefined, 2, 'E-MEMBER-NONE'],
    ['AWSOrganizationsNotInUseException', undefined, 7, 'E-AWS-REFUSED'],
    ['ConcurrentModificationException', undefined, 6, 'E-AWS-BUSY'],
    ['ConflictException', undefined, 7, 'E-ORGANIZATION-REFUSED'],
    ['ConstraintViolationException', 'CLOSE_ACCOUNT_QUOTA_EXCEEDED', 6, 'E-CLOSE-QUOTA'],
    ['ConstraintViolationException', 'CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED', 6, 'E-CLOSE-QUOTA'],
    ['ConstraintViolationException', 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 7, 'E-ORGANIZATION-REFUSED'],
    ['InvalidInputException', 'INVALID_PATTERN', 7, 'E-AWS-REFUSED'],
    ['TooManyRequestsException', undefined, 6, 'E-AWS-BUSY'],
    ['UnsupportedAPIEndpointException', undefined, 7, 'E-ORGANIZATION-REFUSED'],
  ])('explains %s %s', async (code, reason, exit, expected) => {
    const { approved, failing } = await placed();
    failing(error(code, reason === undefined ? undefined : { Reason: reason }));
    const ended = await approved();
    expect([ended.code, ended.report.error?.code]).toEqual([exit, expected]);
    expect(ended.report.error?.next).toBeTruthy();
  });

  it('takes "already closed" as the wanted result', async () => {
    const { approved, failing, account } = await placed();
    failing(error('AccountAlreadyClosedException'));
    account.state = 'ACTIVE';
    const ended = await approved();
    // Here it never closes: the run waits, and says so.
    expect([ended.code, ended.report.error?.code]).toEqual([6, 'E-ACCOUNT-CLOSING']);
  });

  it('counts the closures of the last 30 days, and the practice account refuses one more than AWS would', async () => {
    const place = await placed({ members: Array.from({ length: 12 }, () => []) });
    for (const [at, id] of place.members.slice(0, 10).entries()) {
      const ended = await place.close(id, '--yes', '--account-id', management);
      expect([ended.code, ended.report.closing?.quota.used]).toEqual([0, at]);
    }
    const eleventh = await place.close(place.members[10] ?? '', '--yes', '--account-id', management);
    expect([eleventh.code, eleventh.report.error?.code]).toEqual([6, 'E-CLOSE-QUOTA']);
    place.clock.advance(31 * 86_400_000);
    expect((await place.close(place.members[10] ?? '', '--yes', '--account-id', management)).code).toBe(0);
  });
});
