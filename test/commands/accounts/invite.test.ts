import { describe, expect, it } from 'vitest';
import { sitDown } from '../../screens/sitting.js';
import { actingBefore, first, invited, management, other, placed } from './place.js';

describe('accounts invite', () => {
  it.each([
    ['--id', other, { Id: other, Type: 'ACCOUNT' }],
    ['--email', 'other@example.com', { Id: 'other@example.com', Type: 'EMAIL' }],
  ])('sends one invitation by %s, and prints how to accept it', async (flag, value, target) => {
    const { approved, sent } = await placed();
    const { code, report } = await approved('invite', flag, value, '--notes', 'join us', '--tag', 'team=a', '--tag', 'stage=prod');
    expect(sent('InviteAccountToOrganization').map(({ input }) => input)).toEqual([
      {
        Target: target,
        Notes: 'join us',
        Tags: [
          { Key: 'team', Value: 'a' },
          { Key: 'stage', Value: 'prod' },
        ],
      },
    ]);
    const [invitation] = report.invitations;
    expect([code, report]).toMatchObject([
      0,
      {
        organizationId: 'o-exampleorg1',
        invitations: [{ state: 'OPEN', to: value, managementAccountId: management, notes: 'join us' }],
        actions: [{ action: 'invited', on: invitation?.id }],
        next: `Accept it with credentials of the invited account: bootstrap accounts accept --handshake ${invitation?.id} --management-account-id ${management}`,
      },
    ]);
    expect(report.notes).toEqual([]);
    const again = await approved('invite', flag, value);
    expect([again.code, again.report.invitations, again.report.actions]).toEqual([0, report.invitations, []]);
    expect([again.report.notes, again.report.next]).toEqual([['This invitation is already open; no second one was sent.'], report.next]);
  });

  it('sends neither a message nor tags that are not given', async () => {
    const { approved, sent } = await placed();
    await approved('invite', '--id', other);
    expect(sent('InviteAccountToOrganization').map(({ input }) => input)).toEqual([{ Target: { Id: other, Type: 'ACCOUNT' } }]);
  });

  it('sends a new one after the last one ended, and reports how it ended', async () => {
    const { approved, invite, sent } = await placed();
    invite({ id: 'h-exampleinvite0', state: 'CANCELED', requestedAt: '2026-11-01T10:00:00.000Z', endedAt: '2026-11-02T10:00:00.000Z' });
    invite({ state: 'DECLINED', requestedAt: '2026-11-20T10:00:00.000Z', endedAt: '2026-11-21T10:00:00.000Z' });
    const { code, report } = await approved('invite', '--id', other);
    expect([code, sent('InviteAccountToOrganization').length, report.notes]).toEqual([
      0,
      1,
      [`The invitation ${invited} was declined; this is a new one.`],
    ]);
  });

  it('lists a member instead, with its role', async () => {
    const { approved, writes } = await placed();
    const { code, report } = await approved('invite', '--email', 'AWS+member-1@example.com');
    expect([code, writes(), report.accounts.map(({ accountId, role }) => [accountId, role?.reachable])]).toEqual([0, [], [[first, 'yes']]]);
    expect(report.notes).toEqual(['AWS+member-1@example.com is already a member of the organization.']);
  });

  it.each([
    ['nothing is named', [], 'Pass --id ACCOUNT or --email ADDRESS.'],
    ['two things are named', ['--id', other, '--email', 'other@example.com'], 'Leave one of them out.'],
    ['it is the management account itself', ['--id', management], 'Name the account to invite.'],
    ['a tag has no value', ['--id', other, '--tag', 'team'], 'Write it like --tag team=payments. To set several, repeat the flag.'],
    ['a tag has no key', ['--id', other, '--tag', '=a'], 'Write it like --tag team=payments. To set several, repeat the flag.'],
    [
      'an id has a digit too many',
      ['--id', `${other}7`],
      'An account id has twelve digits. To list the accounts: `bootstrap accounts list`.',
    ],
  ])('sends nothing if %s', async (_what, argv, next) => {
    const { approved, writes } = await placed();
    const { code, report } = await approved('invite', ...argv);
    expect([code, report.error?.code, report.error?.next, writes()]).toEqual([2, 'E-USAGE', next, []]);
  });

  it('names the open invitations if AWS knows one for the account by its address', async () => {
    const { approved, invite } = await placed();
    invite({ target: { id: 'other@example.com', type: 'EMAIL' } });
    const { code, report } = await approved('invite', '--id', other);
    expect([code, report.error?.code]).toEqual([7, 'E-INVITATION-OPEN']);
    expect(report.error?.message).toContain(`Open invitations: ${invited} to other@example.com.`);
  });

  it('reports what it may not read', async () => {
    const { approved, failing, writes } = await placed();
    failing({
      operation: 'organizations:ListHandshakesForOrganization',
      what: { kind: 'error', code: 'AccessDeniedException', status: 400 },
    });
    const { code, report } = await approved('invite', '--id', other);
    expect([code, report.error?.code, writes()]).toEqual([4, 'E-READ-DENIED', []]);
  });

  it.each([
    [other, { Id: other, Type: 'ACCOUNT' }],
    ['other@example.com', { Id: 'other@example.com', Type: 'EMAIL' }],
  ])('asks at a terminal for the account: %s', async (typed, target) => {
    const { home, host, clock, sandbox, sent } = await placed();
    const env = host.env as Record<string, string>;
    const sitting = sitDown({ argv: ['accounts', 'invite'], columns: 100, home, clock, env, handler: sandbox.requestHandler });
    await sitting.until(/Account id, or email address of its root user:/);
    sitting.type('4444\r');
    await sitting.until(/\n> /);
    sitting.type(`${'\u007F'.repeat(4)}${typed}\r`);
    await sitting.until(/This account will pay for what the invited one uses\.[^]*Invite .* into organization o-exampleorg1\?/);
    sitting.type('y\r');
    expect(await sitting.ended).toBe(0);
    expect(sent('InviteAccountToOrganization').map(({ input }) => input['Target'])).toEqual([target]);
  });

  it('uses the open invitation of another run if AWS says that there is one', async () => {
    const place = await placed({
      around: (handler) => actingBefore(handler, 'InviteAccountToOrganization', () => place.invite()),
    });
    place.failing({
      operation: 'organizations:InviteAccountToOrganization',
      what: { kind: 'error', code: 'DuplicateHandshakeException', status: 400 },
    });
    const { code, report } = await place.approved('invite', '--id', other);
    expect([code, report.invitations.map(({ id }) => id), report.actions]).toEqual([0, [invited], []]);
  });

  it.each(['drop-after', 'empty-after'] as const)('finds its invitation if the answer is lost (%s), among others', async (kind) => {
    const { approved, failing, invite, sent } = await placed();
    invite({ target: { id: '555566667777', type: 'ACCOUNT' } });
    failing({ operation: 'organizations:InviteAccountToOrganization', times: 1, what: { kind } });
    const { code, report } = await approved('invite', '--id', other);
    expect([code, sent('InviteAccountToOrganization').length, report.invitations.map(({ to }) => to)]).toEqual([0, 1, [other]]);
  });
});
