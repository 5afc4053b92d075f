import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { first, placed, second } from './place.js';

const reopen = expect.stringMatching(/^For 90 days after its closure, AWS Support can reopen it/);
const denied = { kind: 'error', code: 'AccessDeniedException', status: 400 } as const;

describe('accounts close', () => {
  it('reminds of the account in the config, and of nothing else', async () => {
    const { approved, home } = await placed();
    const config = (email: string): void =>
      writeFileSync(
        join(home, 'bootstrap.yaml'),
        `version: 1\norganization: { accounts: [{ name: a, email: ${email} }, { name: b, email: b@example.com }] }\n`,
      );
    config('AWS+member-1@example.com');
    expect((await approved('close', first)).report.notes).toEqual([
      reopen,
      'The config still has this account. Remove it from organization.accounts.',
    ]);
    config('c@example.com');
    expect((await approved('close', second)).report.notes).toEqual([reopen]);
  });

  it.each([
    ['closed', 'CLOSED', `Account ${first} is already closed.`],
    ['suspended', 'SUSPENDED', `AWS lists account ${first} as suspended: it was closed, or AWS suspended it. Nothing was changed.`],
  ] as const)('has nothing to do for an account that is %s', async (fault, state, note) => {
    const { approved, writes } = await placed({ members: [[fault], []] });
    const { code, report } = await approved('close', first);
    expect([code, writes(), report.accounts.map((one) => one.state), report.notes]).toEqual([0, [], [state], [note, reopen]]);
  });

  it('has nothing to request, in a dry run, for an account that AWS is closing', async () => {
    const { accounts, world, writes } = await placed();
    Object.assign(world.accounts[first] ?? {}, { state: 'PENDING_CLOSURE' });
    const { code, report } = await accounts('close', first, '--dry-run');
    expect([code, writes(), report.dryRun, report.closing]).toEqual([0, [], true, undefined]);
    expect(report.notes).toEqual([`AWS is already closing account ${first}; nothing is left to request.`]);
  });

  it('is refused in an organization with consolidated billing only', async () => {
    const { approved, world, writes } = await placed();
    Object.assign(world.organizations[0] ?? {}, { featureSet: 'CONSOLIDATED_BILLING' });
    const { code, report } = await approved('close', first);
    expect([code, report.error?.code, writes()]).toEqual([7, 'E-ORGANIZATION-REFUSED', []]);
    expect(report.error?.message).toContain('consolidated billing');
  });

  it('has a quota of a tenth of the members that are not closed, and counts those that AWS is closing', async () => {
    const members = [...Array.from({ length: 120 }, () => []), ...Array.from({ length: 30 }, () => ['closed' as const])];
    const { accounts, world } = await placed({ members });
    for (const id of [second, '200000000003']) Object.assign(world.accounts[id] ?? {}, { state: 'PENDING_CLOSURE' });
    const { report } = await accounts('close', first, '--dry-run');
    expect(report.closing?.quota).toEqual({ limit: 12, used: 2 });
  });

  it('shows what it may not read as not known, and closes the account all the same', async () => {
    const { accounts, approved, failing, world } = await placed();
    failing({ operation: 'cloudtrail:LookupEvents', what: denied }, { operation: 'budgets:*', what: denied });
    const { report } = await accounts('close', first, '--dry-run');
    expect(report.closing).toMatchObject({ spend: null, quota: { limit: 10, used: null } });
    expect(report.next).toBe(`Close it: \`bootstrap accounts close ${first}\``);
    expect((await approved('close', first)).code).toBe(0);
    expect(world.accounts[first]?.state).toBe('CLOSED');
  });

  it('does not know the spend of a member that it cannot enter', async () => {
    const { accounts } = await placed({ members: [['denied'], []] });
    expect((await accounts('close', first, '--dry-run')).report.closing?.spend).toBeNull();
  });

  it.each([
    ['may not read the account', denied, 4, 'E-READ-DENIED', 1],
    ['gets no answer about the account', { kind: 'status-before', status: 500 } as const, 6, 'E-UNREACHABLE', 2],
  ])('reports that it %s while it waits, after the request', async (_what, what, code, error, reads) => {
    const { approved, failing, sent } = await placed();
    failing({ operation: 'organizations:DescribeAccount', what });
    const ended = await approved('close', first);
    expect([ended.code, ended.report.error?.code, ended.report.error?.changed]).toEqual([code, error, true]);
    expect([sent('CloseAccount').length, sent('DescribeAccount').length >= reads]).toEqual([1, true]);
    expect(ended.report.actions).toEqual([{ action: 'closure-requested', on: first }]);
  });
});
