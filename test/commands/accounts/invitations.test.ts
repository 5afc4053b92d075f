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

describe('an invitation as AWS gives it', () => {
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

  it('is read with the account that its ARN names', () => {
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

describe('what is accepted', () => {
  const table: readonly (readonly [string, Membership, readonly InvitationRow[], string | undefined, string])[] = [
    ['the one open invitation', standalone, [invitation({ id: 'h-old', state: 'EXPIRED' }), invitation()], undefined, 'invited'],
    ['the chosen one of several', standalone, [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })], 'h-b', 'h-b'],
    [
      'nothing of several that are open',
      standalone,
      [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })],
      undefined,
      'E-INVITATION-SEVERAL',
    ],
    ['nothing where there is none', standalone, [], undefined, 'E-INVITATION-NONE'],
    ['nothing that is not there', standalone, [invitation()], 'h-other', 'E-INVITATION-NONE'],
    ['nothing that expired', standalone, [invitation({ state: 'EXPIRED' })], undefined, 'E-INVITATION-ENDED'],
    ['nothing that was declined', standalone, [invitation({ state: 'DECLINED' })], undefined, 'E-INVITATION-ENDED'],
    ['nothing that was cancelled', standalone, [invitation({ state: 'CANCELED' })], 'h-exampleinvite1', 'E-INVITATION-ENDED'],
    ['nothing more in the organization already', member, [invitation({ state: 'ACCEPTED' })], undefined, 'joined'],
    ['nothing more when the invitation is still shown as open', member, [invitation()], 'h-exampleinvite1', 'joined'],
    [
      'the invitation of another organization, as a transfer',
      elsewhere,
      [invitation()],
      undefined,
      '"leaving":{"organizationId":"o-anotherorg1"',
    ],
    ['the chosen one of another organization', elsewhere, [invitation({ id: 'h-a' }), invitation({ id: 'h-b' })], 'h-b', '"leaving"'],
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
    ['nothing by an account that manages one', { role: 'management', ...facts }, [], undefined, 'E-INVITATION-ELSEWHERE'],
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

describe('a member with an open invitation of another organization', () => {
  const plan = (wanted: { readonly managementAccountId?: string; readonly transferFrom?: string }) =>
    code(() => planAccept(elsewhere, [invitation()], { accountId: account, handshake: undefined, ...wanted }));

  it('stays where it is when the run names the account that manages its own organization', () => {
    expect(plan({ managementAccountId: '999999999999' })).toContain('joined');
    expect(plan({ managementAccountId: management })).toContain('"leaving"');
  });

  it('does not pass for transferred when nothing invites it', () => {
    const stays = (transferFrom: string) =>
      code(() => planAccept(elsewhere, [], { accountId: account, handshake: undefined, transferFrom }));
    expect(stays('o-anotherorg1')).toBe('E-INVITATION-NONE');
    // It was transferred by an earlier run.
    expect(stays('o-formerorg11')).toContain('joined');
  });
});

describe('who is invited', () => {
  const there: Member = { id: account, email: 'Member@example.com', name: 'member', state: 'ACTIVE', invited: true };
  const byId = { type: 'ACCOUNT', id: account } as const;
  const byEmail = { type: 'EMAIL', id: 'member@EXAMPLE.com' } as const;

  it('is nobody who is a member, by id or by address', () => {
    expect(planInvite(byId, [there], [])).toMatchObject({ kind: 'member' });
    expect(planInvite(byEmail, [there], [])).toMatchObject({ kind: 'member' });
  });
  it('is nobody with an open invitation to the same id or address', () => {
    expect(planInvite(byId, [], [invitation()])).toMatchObject({ kind: 'open' });
    expect(planInvite(byEmail, [], [invitation({ to: 'Member@example.com' })])).toMatchObject({ kind: 'open' });
  });
  it('is whoever let the last invitation end, and that is said', () => {
    expect(planInvite(byId, [], [invitation({ state: 'DECLINED' })])).toEqual({
      kind: 'invite',
      earlier: 'The invitation h-exampleinvite1 was declined; this is a new one.',
    });
  });
});

describe('what is cancelled', () => {
  const which = { handshake: 'h-exampleinvite1' };
  it('is the open invitation, by its id or by whom it is for', () => {
    expect(planCancel(which, [invitation()])).toMatchObject({ open: true });
    expect(
      planCancel({ target: { type: 'ACCOUNT', id: account } }, [invitation({ id: 'h-old', state: 'EXPIRED' }), invitation()]),
    ).toMatchObject({
      invitation: { id: 'h-exampleinvite1' },
      open: true,
    });
  });
  it('is nothing where it was cancelled, declined or expired already', () => {
    for (const state of ['CANCELED', 'DECLINED', 'EXPIRED'])
      expect(planCancel(which, [invitation({ state })])).toMatchObject({ open: false });
  });
  it('is not one that was accepted, or that is not there', () => {
    expect(code(() => planCancel(which, [invitation({ state: 'ACCEPTED' })]))).toBe('E-INVITATION-ENDED');
    expect(code(() => planCancel(which, []))).toBe('E-INVITATION-NONE');
  });
});
