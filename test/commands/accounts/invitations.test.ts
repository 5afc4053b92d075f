import type { Handshake } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { asManagement, describeEnd, invitationOf, isOpen, readReceived, readSent } from '../../../src/commands/accounts/invitations.js';
import { planCancel, planInvite } from '../../../src/commands/accounts/invite.js';
import { planAccept } from '../../../src/commands/accounts/joining.js';
import type { InvitationRow } from '../../../src/core/accounts.js';
import type { ReadCloud } from '../../../src/core/cloud.js';
import { BootstrapError } from '../../../src/core/errors.js';
import { value } from '../../../src/core/reading.js';
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

describe('an invitation with fields that AWS leaves out', () => {
  const Arn = `arn:aws:organizations::${management}:handshake/o-exampleorg1/invite/h-exampleinvite1`;
  it.each<readonly [what: string, handshake: Handshake, expected: Partial<InvitationRow>]>([
    ['only its id and its ARN', {}, { state: '', to: '', managementName: null, managementEmail: null, expiresAt: null, notes: null }],
    [
      'the organization without o-',
      { Parties: [{ Id: 'exampleorg1', Type: 'ORGANIZATION' }] },
      { organizationId: 'o-exampleorg1', to: '' },
    ],
    [
      'an account first',
      {
        Parties: [
          { Id: account, Type: 'ACCOUNT' },
          { Id: 'o-exampleorg1', Type: 'ORGANIZATION' },
        ],
      },
      { to: account },
    ],
    ['notes only', { Resources: [{ Type: 'NOTES', Value: 'join us' }] }, { notes: 'join us', managementName: null }],
    [
      'an organization without a name',
      { Resources: [{ Type: 'NOTES', Value: 'n' }, { Type: 'ORGANIZATION' }] },
      { notes: 'n', managementName: null },
    ],
  ])('%s', (_, handshake, expected) => {
    expect(invitationOf({ Id: 'h-exampleinvite1', Arn, ...handshake })).toMatchObject({ managementAccountId: management, ...expected });
  });

  it('with an ARN of another form names it in the error', () => {
    const Id = 'h-exampleinvite1';
    expect(() => invitationOf({ Id, Arn: 'arn:x' })).toThrow(expect.objectContaining({ message: expect.stringContaining('"arn:x"') }));
    expect(() => invitationOf({})).toThrow(expect.objectContaining({ code: 'E-INVITATION-ODD' }));
  });

  it.each([
    ['OPEN', true],
    ['REQUESTED', true],
    ['ACCEPTED', false],
    ['EXPIRED', false],
  ])('in the state %s is open: %s', (state, open) => {
    expect(isOpen({ state })).toBe(open);
  });

  it.each([
    ['EXPIRED', '2026-12-10T00:00:00.000Z', 'expired on 2026-12-10'],
    ['EXPIRED', null, 'expired'],
    ['DECLINED', null, 'was declined'],
    ['CANCELED', null, 'was cancelled by the organization'],
    ['ACCEPTED', null, 'was already accepted'],
    ['ODD', null, 'is in the state ODD, which this version does not know'],
  ])('that ended as %s (%s) %s', (state, expiresAt, words) => {
    expect(describeEnd(invitation({ state, expiresAt }))).toBe(words);
  });

  it('is listed newest first, without other handshakes', async () => {
    const handshakes: readonly Handshake[] = [
      { Id: 'h-undated', Action: 'INVITE' },
      { Id: 'h-old', Action: 'INVITE', RequestedTimestamp: new Date('2026-11-01T00:00:00Z') },
      { Id: 'h-features', Action: 'ENABLE_ALL_FEATURES', RequestedTimestamp: new Date('2026-11-21T00:00:00Z') },
      { Id: 'h-new', Action: 'INVITE', RequestedTimestamp: new Date('2026-11-20T00:00:00Z') },
    ];
    const cloud = { readAll: async () => value([{}, { Handshakes: handshakes }]) } as unknown as ReadCloud;
    for (const read of [readSent, readReceived]) {
      const found = await read(cloud);
      expect(found.ok && found.value.map(({ Id }) => Id)).toEqual(['h-new', 'h-old', 'h-undated']);
    }
  });
});

describe('what only a management account may do', () => {
  it.each([
    [undefined, 'is in no organization, so it has no member accounts', '`organization: {}` in bootstrap.yaml'],
    [
      { Id: 'o-exampleorg1', MasterAccountId: '999999999999' },
      'is a member of organization o-exampleorg1; only account 999999999999',
      'Sign in to 999999999999',
    ],
  ])('is refused to an account in %j', async (Organization, message, next) => {
    const cloud = { find: async () => value(Organization === undefined ? undefined : { Organization }) } as unknown as ReadCloud;
    const caller = { accountId: management, partition: 'aws', identity: { kind: 'user', arn: '', name: 'alex' } } as const;
    await expect(asManagement(cloud, caller)).rejects.toMatchObject({
      code: 'E-NOT-MANAGEMENT',
      message: expect.stringContaining(message),
      next: expect.stringContaining(next),
    });
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

describe('an invitation that cannot be accepted', () => {
  const accepting = (place: Membership, received: readonly InvitationRow[], handshake?: string) => () =>
    planAccept(place, received, { accountId: account, handshake });
  it.each<readonly [what: string, act: () => unknown, message: string, next: string]>([
    [
      'unknown',
      accepting(standalone, [], 'h-other'),
      `Account ${account} has no invitation h-other.`,
      `bootstrap accounts invite --id ${account}`,
    ],
    ['none', accepting(standalone, []), `Account ${account} has no invitation.`, `bootstrap accounts invite --id ${account}`],
    [
      'one of several',
      accepting(standalone, [invitation({ id: 'h-a' }), invitation({ id: 'h-b', managementAccountId: '999999999999' })]),
      `several invitations: h-a from account ${management}, h-b from account 999999999999.`,
      'Choose one: --handshake ID.',
    ],
    [
      'one to a management account',
      accepting({ role: 'management', ...facts }, []),
      'manages its own organization (o-exampleorg1)',
      'Sign in to the account that was invited',
    ],
    [
      'one that ended',
      accepting(standalone, [invitation({ state: 'DECLINED' })]),
      `from account ${management} was declined, so it cannot be accepted.`,
      'To send a new one',
    ],
  ])('because it is %s, is explained', (_, act, message, next) => {
    expect(act).toThrow(expect.objectContaining({ message: expect.stringContaining(message), next: expect.stringContaining(next) }));
  });

  it('is not one of the current organization, beside one of another', () => {
    const received = [invitation({ id: 'h-own', organizationId: 'o-anotherorg1' }), invitation({ id: 'h-new' })];
    expect(accepting(elsewhere, received)()).toMatchObject({ kind: 'invited', invitation: { id: 'h-new' } });
    expect(accepting(elsewhere, received.slice(0, 1))()).toMatchObject({ kind: 'joined', organizationId: 'o-anotherorg1' });
    expect(accepting(elsewhere, [invitation({ state: 'EXPIRED' })])()).toMatchObject({ kind: 'joined' });
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
