import type { Handshake } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { invitationOf } from '../../../src/commands/accounts/invitations.js';
import { planCancel, planInvite } from '../../../src/commands/accounts/invite.js';
import { planAccept } from '../../../src/commands/accounts/joining.js';
import type { InvitationRow } from '../../../src/core/accounts.js';
import { BootstrapError } from '../../../src/core/errors.js';
import type { Member, Membership } from '../../../src/steps/organization/state.js';

const management = '111122223333';
const account = '444455556666';
const invitation = (over: Partial<InvitationRow> = {}): InvitationRow => ({
  id: 'h-exampleinvite1',
  state: 'OPEN',
  to: account,
  organizationId: 'o-exampleorg1',
  managementAccountId: management,
  managementName: 'Main',
  managementEmail: 'root@example.com',
  expiresAt: '2026-12-10T00:00:00.000Z',
  notes: null,
  ...over,
});
const code = (plan: () => unknown): string => {
  try {
    return JSON.stringify(plan());
  } catch (error) {
    if (error instanceof BootstrapError) return error.code;
    throw error;
  }
};
const facts = { id: 'o-exampleorg1', managementId: management, managementEmail: 'root@example.com', allFeatures: true };
const standalone: Membership = { role: 'standalone' };
const member: Membership = { role: 'member', ...facts };
const elsewhere: Membership = { role: 'member', ...facts, id: 'o-anotherorg1', managementId: '999999999999' };

describe('an invitation from AWS', () => {
  const handshake: Handshake = {
    Id: 'h-exampleinvite1',
    Arn: `arn:aws:organizations::${management}:handshake/o-exampleorg1/invite/h-exampleinvite1`,
    Action: 'INVITE',
    State: 'OPEN',
    Parties: [
      { Id: 'o-exampleorg1', Type: 'ORGANIZATION' },
      { Id: account, Type: 'ACCOUNT' },
    ],
    ExpirationTimestamp: new Date('2026-12-10T00:00:00Z'),
    Resources: [
      {
        Type: 'ORGANIZATION',
        Value: 'o-exampleorg1',
        Resources: [
          { Type: 'MASTER_EMAIL', Value: 'root@example.com' },
          { Type: 'MASTER_NAME', Value: 'Main' },
        ],
      },
    ],
  };

  it('has the account from its ARN', () => {
    expect(invitationOf(handshake)).toEqual(invitation());
  });

  it.each([
    ['no ARN', { Arn: '' }],
    ['the ARN of another handshake', { Arn: `arn:aws:organizations::${management}:handshake/o-exampleorg1/invite/h-anotherinvite` }],
    [
      'an ARN of another kind',
      { Arn: `arn:aws:organizations::${management}:handshake/o-exampleorg1/enable_all_features/h-exampleinvite1` },
    ],
    ['another organization than its party', { Parties: [{ Id: 'o-strangerorg1', Type: 'ORGANIZATION' as const }] }],
  ])('is not trusted with %s', (_, over) => {
    expect(code(() => invitationOf({ ...handshake, ...over }))).toBe('E-INVITATION-ODD');
  });
});

describe('accepting', () => {
  const table: readonly (readonly [string, Membership, readonly InvitationRow[], string | undefined, string])[] = [
    ['accepts the only open invitation', standalone, [invitation({ id: 'h-old', state: 'EXPIRED' }), invitation()], undefined, 'invited'],
    ['accepts the chosen one of several', standalone, [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })], 'h-b', 'h-b'],
    [
      'nothing of several that are open',
      standalone,
      [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })],
      undefined,
      'E-INVITATION-SEVERAL',
    ],
    ['fails without an invitation', standalone, [], undefined, 'E-INVITATION-NONE'],
    ['fails for an unknown invitation', standalone, [invitation()], 'h-other', 'E-INVITATION-NONE'],
    ['fails for an expired invitation', standalone, [invitation({ state: 'EXPIRED' })], undefined, 'E-INVITATION-ENDED'],
    ['fails for a declined invitation', standalone, [invitation({ state: 'DECLINED' })], undefined, 'E-INVITATION-ENDED'],
    ['fails for a cancelled invitation', standalone, [invitation({ state: 'CANCELED' })], 'h-exampleinvite1', 'E-INVITATION-ENDED'],
    ['does nothing if the account already joined', member, [invitation({ state: 'ACCEPTED' })], undefined, 'joined'],
    ['does nothing if the account joined and the invitation is still open', member, [invitation()], 'h-exampleinvite1', 'joined'],
    [
      'the invitation of another organization, as a transfer',
      elsewhere,
      [invitation()],
      undefined,
      '"leaving":{"organizationId":"o-anotherorg1"',
    ],
    [
      'accepts the chosen one of another organization',
      elsewhere,
      [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })],
      'h-b',
      '"leaving"',
    ],
    [
      'nothing of several other organizations',
      elsewhere,
      [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })],
      undefined,
      'E-INVITATION-SEVERAL',
    ],
    [
      'nothing of another organization that expired',
      elsewhere,
      [invitation({ state: 'EXPIRED' })],
      'h-exampleinvite1',
      'E-INVITATION-ENDED',
    ],
    ['fails for a management account', { role: 'management', ...facts }, [], undefined, 'E-INVITATION-ELSEWHERE'],
    [
      'nothing by an account that manages another one',
      { ...elsewhere, role: 'management' },
      [invitation()],
      'h-exampleinvite1',
      'E-INVITATION-ELSEWHERE',
    ],
  ];
  it.each(table)('%s', (_, place, received, handshake, expected) => {
    expect(code(() => planAccept(place, received, { accountId: account, handshake }))).toContain(expected);
  });
});

describe('a member with an open invitation from another organization', () => {
  const plan = (wanted: { readonly managementAccountId?: string; readonly transferFrom?: string }) =>
    code(() => planAccept(elsewhere, [invitation()], { accountId: account, handshake: undefined, ...wanted }));

  it('does not move if the run names the management account of its current organization', () => {
    expect(plan({ managementAccountId: '999999999999' })).toContain('joined');
    expect(plan({ managementAccountId: management })).toContain('"leaving"');
  });

  it('does not count as transferred if nothing invites it', () => {
    const stays = (transferFrom: string) =>
      code(() => planAccept(elsewhere, [], { accountId: account, handshake: undefined, transferFrom }));
    expect(stays('o-anotherorg1')).toBe('E-INVITATION-NONE');
    // It was transferred by an earlier run.
    expect(stays('o-formerorg11')).toContain('joined');
  });
});

describe('inviting', () => {
  const there: Member = { id: account, email: 'Member@example.com', name: 'member', state: 'ACTIVE', invited: true };
  const byId = { type: 'ACCOUNT', id: account } as const;
  const byEmail = { type: 'EMAIL', id: 'member@EXAMPLE.com' } as const;

  it('finds an existing member, by id or by address', () => {
    expect(planInvite(byId, [there], [])).toMatchObject({ kind: 'member' });
    expect(planInvite(byEmail, [there], [])).toMatchObject({ kind: 'member' });
  });
  it('finds an open invitation to the same id or address', () => {
    expect(planInvite(byId, [], [invitation()])).toMatchObject({ kind: 'open' });
    expect(planInvite(byEmail, [], [invitation({ to: 'Member@example.com' })])).toMatchObject({ kind: 'open' });
  });
  it('invites again after the last invitation ended, and reports how it ended', () => {
    expect(planInvite(byId, [], [invitation({ state: 'DECLINED' })])).toEqual({
      kind: 'invite',
      earlier: 'The invitation h-exampleinvite1 was declined; this is a new one.',
    });
  });
});

describe('cancelling', () => {
  const which = { handshake: 'h-exampleinvite1' };
  it('finds the open invitation, by its id or by the invited account', () => {
    expect(planCancel(which, [invitation()])).toMatchObject({ open: true });
    expect(
      planCancel({ target: { type: 'ACCOUNT', id: account } }, [invitation({ id: 'h-old', state: 'EXPIRED' }), invitation()]),
    ).toMatchObject({
      invitation: { id: 'h-exampleinvite1' },
      open: true,
    });
  });
  it('does nothing if the invitation was already cancelled, declined or expired', () => {
    for (const state of ['CANCELED', 'DECLINED', 'EXPIRED'])
      expect(planCancel(which, [invitation({ state })])).toMatchObject({ open: false });
  });
  it('fails if the invitation was accepted or does not exist', () => {
    expect(code(() => planCancel(which, [invitation({ state: 'ACCEPTED' })]))).toBe('E-INVITATION-ENDED');
    expect(code(() => planCancel(which, []))).toBe('E-INVITATION-NONE');
  });
});
