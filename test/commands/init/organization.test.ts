import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { savedReport } from '../../../src/report/saved.js';
import { inOrganization } from '../../support/organization-shell.js';
import { actingBefore } from '../accounts/place.js';

type Place = Awaited<ReturnType<typeof inOrganization>>;
const init = async (place: Place, ...argv: readonly string[]) => {
  const ran = await place.run(['init', '--org', '--account-id', '111122223333', '--output', 'json', ...argv]);
  return { ...ran, report: savedReport.parse(JSON.parse(ran.stdout)) };
};
const configured = async (
  members: Parameters<typeof inOrganization>[0]['members'],
  more: Partial<Parameters<typeof inOrganization>[0]> = {},
) => {
  const place = await inOrganization({ members, ...more });
  const config = [
    'version: 1',
    'billing-access: { security-contact: { name: Alex, title: Ops, email: ops@example.com, phone: "+1 206 555 0100" } }',
    'admin-user: { name: someone }',
    'alias: { name: acme-management }',
    'organization:',
    '  accounts:',
    '    - { name: member-1, email: aws+member-1@example.com, alias: { name: acme-one } }',
    '    - { name: member-2, email: aws+member-2@example.com, budget: { limit: 20 USD, subscribers: [ops@example.com] } }',
    '',
  ].join('\n');
  writeFileSync(join(place.home, 'bootstrap.yaml'), config);
  const account = (index: number) => {
    const found = place.sandbox.world.accounts[place.members[index] ?? ''];
    if (found === undefined) throw new Error('no such member');
    return found;
  };
  return { ...place, account };
};
const writes = (place: Place): readonly string[] =>
  place.sandbox.calls.filter(({ write }) => write).map(({ account, operation }) => `${account} ${operation}`);

describe('init --org', () => {
  it('applies to each member what the config wants, and nothing else', async () => {
    const place = await configured([['no-alias'], ['no-budget', 'no-contact'], ['no-password-policy', 'no-alias', 'no-budget']]);
    const { code, report } = await init(place, '--yes');
    const [one, two, three] = place.members;
    expect(place.account(0).alias).toBe('acme-one');
    expect(place.account(1).budgets).toHaveLength(1);
    expect(place.account(1).alternateContacts).toEqual({ SECURITY: expect.objectContaining({ EmailAddress: 'ops@example.com' }) });
    expect(place.account(2)).toMatchObject({ alias: null, budgets: [], passwordPolicy: { MinimumPasswordLength: 14 } });
    expect([...writes(place)].sort()).toEqual([
      `${one} CreateAccountAlias`,
      `${two} CreateBudget`,
      `${two} PutAlternateContact`,
      `${three} UpdateAccountPasswordPolicy`,
    ]);
    expect(report.plan?.map(({ accountId, kind }) => `${accountId} ${kind}`)).toEqual([
      `${one} set-alias`,
      `${two} set-contact`,
      `${two} create-budget`,
      `${three} set-password-policy`,
    ]);
    expect(report.steps?.filter(({ status }) => status === 'done').map(({ accountId, id }) => `${accountId} ${id}`)).toEqual([
      `${one} alias`,
      `${two} billing-access`,
      `${two} budget`,
      `${three} admin-user`,
    ]);
    expect([code, report.apiCalls.writes]).toEqual([0, 4]);
  });

  it('writes nothing the second time', async () => {
    const place = await configured([['no-alias'], ['no-budget'], ['no-password-policy']]);
    await init(place, '--yes');
    const { code, report } = await init(place, '--yes');
    expect([code, report.plan, report.apiCalls.writes]).toEqual([0, [], 0]);
  });

  it('changes nothing in a dry run, whose sessions are read-only', async () => {
    const place = await configured([['no-alias']]);
    const { code, report } = await init(place, '--dry-run', '--detailed-exitcode');
    expect([code, report.plan?.length]).toEqual([3, 1]);
    expect(writes(place)).toEqual([]);
    const sessions = Object.values(place.sandbox.world.sessions).filter(({ accountId }) => accountId === place.members[0]);
    for (const { policies } of sessions) expect(policies).toHaveLength(1);
  });

  it('continues with the others if an account cannot be reached, and does not exit with 0', async () => {
    const place = await configured([['no-alias'], ['denied'], ['suspended']]);
    const { code, report } = await init(place, '--yes');
    expect(place.account(0).alias).toBe('acme-one');
    expect(report.accounts?.map(({ unseen }) => unseen !== null)).toEqual([false, true, true]);
    expect(code).toBe(4);
  });

  it('continues with the others if AWS refuses a change in one', async () => {
    const place = await configured([['no-alias'], ['no-budget'], ['no-password-policy']]);
    place.account(2).alias = 'acme-one';
    const { code, report } = await init(place, '--yes');
    const failed = report.steps?.filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ accountId: place.members[0], id: 'alias', error: { code: 'E-ALIAS-TAKEN' } }]);
    expect(place.account(1).budgets).toHaveLength(1);
    expect(code).toBe(7);
  });

  it('stops on a signal, and reports that AWS may have been changed, with all calls', async () => {
    const stop = new AbortController();
    const place = await configured([['no-alias'], []], {
      around: (handler) =>
        actingBefore(handler, 'CreateAccountAlias', () => {
          stop.abort('SIGTERM');
        }),
    });
    const ran = await place.run(['init', '--org', '--account-id', '111122223333', '--yes', '--output', 'json'], { signal: stop.signal });
    const { error, exit, apiCalls } = savedReport.parse(JSON.parse(ran.stdout));
    expect([ran.code, exit, error?.code, error?.changed]).toEqual([143, { code: 143, name: 'interrupted' }, 'E-STOPPED', true]);
    expect(apiCalls).toEqual({ total: place.sandbox.calls.length, writes: 1 });
  });

  it('applies only the steps of --only', async () => {
    const place = await configured([['no-alias'], ['no-budget']]);
    await init(place, '--yes', '--only', 'budget');
    expect(writes(place)).toEqual([`${place.members[1]} CreateBudget`]);
  });

  it('is refused for root, and for an unattended run without approval', async () => {
    const asRoot = await configured([[]], { as: 'root' });
    expect((await init(asRoot, '--yes')).report.error?.code).toBe('E-ORGANIZATION-ROOT');
    const place = await configured([[]]);
    expect(await init(place)).toMatchObject({ code: 2, report: { error: { code: 'E-NO-TERMINAL' } } });
  });

  it.each([['--alias', 'x'], ['--replace-alias'], ['--save-plan', 'plan.json']])(
    'does not take %s, which is about one account',
    async (...flag) => {
      const place = await configured([[]]);
      const { code, report } = await init(place, '--yes', ...flag);
      expect([code, report.error?.code]).toEqual([2, 'E-USAGE']);
      expect(place.calls()).toEqual([]);
    },
  );

  it('prints the plan and the results per account', async () => {
    const place = await configured([['no-alias'], ['no-budget'], []]);
    const { stdout, stderr } = await place.run(['init', '--org', '--account-id', '111122223333', '--yes']);
    const [one, two, three] = place.members;
    expect(stderr).toContain('Plan: 2 changes in 2 member accounts');
    expect(stdout).toMatch(new RegExp(`${one} \\(member-1\\)\\n.*Account alias +done[^]*${two} \\(member-2\\)\\n.*Budget +done`));
    expect(stdout).not.toContain(three);
  });
});
