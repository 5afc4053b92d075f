import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessRole } from '../../support/organization-world.js';
import { first, invited, management, placed, second } from './place.js';

describe('accounts list', () => {
  it('has the management account first, then the others by name, and how each joined', async () => {
    const { accounts, world } = await placed({ members: [[], ['role-missing'], []] });
    for (const [id, name] of Object.entries({ [first]: 'Zoo', [second]: 'Apple', '200000000003': 'Apple' })) {
      const account = world.accounts[id];
      if (account !== undefined) account.name = name;
    }
    const { code, report } = await accounts('list');
    expect([code, report.organizationId]).toEqual([0, 'o-exampleorg1']);
    expect(
      report.accounts.map(({ accountId, name, joined, joinedAt, management: manages }) => [accountId, name, joined, joinedAt, manages]),
    ).toEqual([
      [management, 'Management', 'invited', '2026-11-23T10:00:00.000Z', true],
      [second, 'Apple', 'invited', '2026-11-23T10:00:00.000Z', false],
      ['200000000003', 'Apple', 'created', '2026-11-23T10:00:00.000Z', false],
      [first, 'Zoo', 'created', '2026-11-23T10:00:00.000Z', false],
    ]);
    expect(report.notes).toEqual([]);
  });

  it.each([
    [
      'an account that cannot be entered',
      [[], ['denied']] as const,
      `To find out why ${second} cannot be reached: \`bootstrap explain organization.access-role\``,
    ],
    ['no member', [] as const, 'Create a member account: `bootstrap accounts create --name NAME --email ADDRESS`'],
    ['members that can be entered', [[], []] as const, null],
    ['a member that is closed', [['closed', 'denied']] as const, null],
  ])('prints what to do next, with %s', async (_what, members, next) => {
    const { accounts } = await placed({ members });
    expect((await accounts('list')).report.next).toBe(next);
  });

  it.each([
    ['the flag', ['--role', 'Boss'], 'Boss'],
    ['the config', [], 'Deploy'],
  ])('tries the role that %s names', async (_what, argv, name) => {
    const { accounts, home, sent } = await placed({ members: 1 });
    writeFileSync(
      join(home, 'bootstrap.yaml'),
      'version: 1\norganization: { accounts: [{ name: one, email: AWS+member-1@example.com, role: Deploy }] }\n',
    );
    const { report } = await accounts('list', ...argv);
    const arn = `arn:aws:iam::${first}:role/${name}`;
    expect(sent('AssumeRole').map(({ input }) => input['RoleArn'])).toEqual([arn]);
    expect(report.accounts[1]?.role).toMatchObject({ name, arn, reachable: 'no', checkedAt: '2026-11-23T10:00:00.000Z' });
  });

  it('keeps the last result of a role if AWS does not answer, and does not record that', async () => {
    const { accounts, failing } = await placed({ members: 1 });
    await accounts('list');
    failing({ operation: 'sts:AssumeRole', what: { kind: 'status-before', status: 500 } });
    expect((await accounts('list')).report.accounts[1]?.role).toMatchObject({ name: accessRole, reachable: 'yes', reason: null });
  });

  it('lists the open invitations only', async () => {
    const { accounts, invite } = await placed();
    invite({ id: 'h-exampleinvite0', state: 'CANCELED', endedAt: '2026-11-23T09:00:00.000Z' });
    invite();
    expect((await accounts('list')).report.invitations.map(({ id }) => id)).toEqual([invited]);
  });

  it('lists the accounts without the invitations if it may not read those, and exits with 4', async () => {
    const { accounts, failing } = await placed();
    failing({
      operation: 'organizations:ListHandshakesForOrganization',
      what: { kind: 'error', code: 'AccessDeniedException', status: 400 },
    });
    const { code, report } = await accounts('list');
    expect([code, report.accounts.length, report.invitations, report.notes]).toEqual([
      4,
      3,
      [],
      [expect.stringMatching(/^Invitations are not shown: .*organizations:ListHandshakesForOrganization/)],
    ]);
  });

  it.each([
    ['organizations:ListAccounts', 'E-READ-DENIED'],
    ['organizations:DescribeOrganization', 'E-READ-DENIED'],
  ])('fails if it may not send %s', async (operation, error) => {
    const { accounts, failing } = await placed();
    failing({ operation, what: { kind: 'error', code: 'AccessDeniedException', status: 400 } });
    const { code, report } = await accounts('list');
    expect([code, report.error?.code]).toEqual([4, error]);
  });

  it('shows root the results of earlier runs', async () => {
    const { accounts } = await placed({ as: 'root' });
    expect((await accounts('list')).report.notes).toEqual([
      'Root cannot assume roles: the table shows the last results from this computer.',
    ]);
  });

  it('names the management account to a member', async () => {
    const { accounts, world } = await placed();
    Object.assign(world.organizations[0] ?? {}, { managementAccountId: first });
    const { code, report } = await accounts('list');
    expect([code, report.organizationId, report.accounts, report.next]).toEqual([0, 'o-exampleorg1', [], null]);
    expect(report.notes).toEqual([
      `Account ${management} is a member of organization o-exampleorg1; only its management account ${first} can list the members.`,
    ]);
  });

  it.each([
    ['an open invitation', 'OPEN', 'Check which account sent the invitation, then accept it: `bootstrap accounts accept`', 1],
    ['an invitation that ended', 'CANCELED', null, 0],
  ] as const)('shows an account without an organization %s', async (_what, state, next, count) => {
    const { accounts, world, invite } = await placed();
    invite({ target: { id: management, type: 'ACCOUNT' }, state, ...(state === 'OPEN' ? {} : { endedAt: '2026-11-23T09:00:00.000Z' }) });
    const [organization] = world.organizations;
    if (organization === undefined) throw new Error('there is no organization');
    Object.assign(organization, {
      managementAccountId: first,
      members: organization.members.filter(({ accountId }) => accountId !== management),
    });
    const { code, report } = await accounts('list');
    expect([code, report.organizationId, report.invitations.length, report.next]).toEqual([0, null, count, next]);
    expect(report.notes).toEqual([`Account ${management} is in no organization.`]);
  });
});
