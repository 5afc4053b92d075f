import { describe, expect, it } from 'vitest';
import type { HandshakeWorld } from '../../../src/sandbox/world.js';
import { actingBefore, invited, other, placed } from './place.js';

describe('accounts cancel', () => {
  it.each([
    ['--handshake', invited, {}],
    ['--id', other, {}],
    ['--email', 'Other@example.com', { target: { id: 'other@example.com', type: 'EMAIL' } as const }],
  ])('cancels the open invitation of %s', async (flag, value, over) => {
    const { approved, invite, sent, world } = await placed();
    invite({ id: 'h-exampleinvite0', target: { id: '555566667777', type: 'ACCOUNT' } });
    invite(over);
    const { code, report } = await approved('cancel', flag, value);
    expect([code, report]).toMatchObject([
      0,
      {
        organizationId: 'o-exampleorg1',
        invitations: [{ id: invited, state: 'CANCELED', managementAccountId: '111122223333' }],
        actions: [{ action: 'cancelled', on: invited }],
      },
    ]);
    expect(report.notes).toEqual([]);
    expect(sent('CancelHandshake').map(({ input }) => input)).toEqual([{ HandshakeId: invited }]);
    expect(world.handshakes.map(({ state }) => state)).toEqual(['OPEN', 'CANCELED']);
  });

  it.each<
    readonly [what: string, over: Partial<HandshakeWorld>, argv: readonly string[], code: number, error: string | undefined, text: string]
  >([
    [
      'it was cancelled before',
      { state: 'CANCELED' },
      ['--handshake', invited],
      0,
      undefined,
      `The invitation ${invited} was cancelled by the organization; there is nothing to cancel.`,
    ],
    [
      'it was declined',
      { state: 'DECLINED' },
      ['--handshake', invited],
      0,
      undefined,
      `The invitation ${invited} was declined; there is nothing to cancel.`,
    ],
    [
      'it has expired',
      { expiresAt: '2026-11-22T10:00:00.000Z' },
      ['--handshake', invited],
      0,
      undefined,
      `The invitation ${invited} expired on 2026-11-22; there is nothing to cancel.`,
    ],
    ['it was accepted', { state: 'ACCEPTED' }, ['--handshake', invited], 7, 'E-INVITATION-ENDED', 'the account is a member'],
    ['it does not exist', {}, ['--handshake', 'h-exampleinvite9'], 2, 'E-INVITATION-NONE', 'no invitation h-exampleinvite9'],
    ['no account is invited', {}, ['--id', '555566667777'], 2, 'E-INVITATION-NONE', 'no invitation to 555566667777'],
    ['nothing is named', {}, [], 2, 'E-USAGE', 'Pass one of'],
    ['two things are named', {}, ['--handshake', invited, '--id', other], 2, 'E-USAGE', 'Pass one of'],
    ['two accounts are named', {}, ['--id', other, '--email', 'other@example.com'], 2, 'E-USAGE', 'cannot be used together'],
    ['the address is none', {}, ['--email', 'other'], 2, 'E-USAGE', '--email '],
  ])('changes nothing if %s', async (_what, over, argv, code, error, text) => {
    const { approved, invite, writes } = await placed();
    invite({ ...(over.state === undefined ? {} : { endedAt: '2026-11-23T09:00:00.000Z' }), ...over });
    const ended = await approved('cancel', ...argv);
    expect([ended.code, ended.report.error?.code, writes()]).toEqual([code, error, []]);
    expect([ended.report.error?.message, ended.report.error?.next, ...ended.report.notes].join('\n')).toContain(text);
  });

  it('finds that the invitation is cancelled if the answer is lost, and does not send the request again', async () => {
    const { approved, invite, failing, sent } = await placed();
    invite();
    failing({ operation: 'organizations:CancelHandshake', times: 1, what: { kind: 'drop-after' } });
    const { code, report } = await approved('cancel', '--handshake', invited);
    expect([code, report.actions.length, sent('CancelHandshake').length]).toEqual([0, 1, 1]);
  });

  it.each([
    ['HandshakeAlreadyInStateException', 'CANCELED', 0, undefined, ''],
    ['InvalidHandshakeTransitionException', 'ACCEPTED', 7, 'E-INVITATION-ENDED', 'was already accepted'],
    ['InvalidHandshakeTransitionException', 'DECLINED', 7, 'E-INVITATION-ENDED', 'was declined in the meantime'],
    ['AccessDeniedException', 'OPEN', 7, 'E-WRITE-DENIED', 'CancelHandshake'],
  ] as const)('ends with what AWS has, if it answers %s and the invitation is %s', async (refusal, state, code, error, text) => {
    const place = await placed({
      around: (handler, { world }) =>
        actingBefore(handler, 'CancelHandshake', () => {
          if (state !== 'OPEN') Object.assign(world.handshakes[0] ?? {}, { state, endedAt: '2026-11-23T10:00:00.000Z' });
        }),
    });
    place.invite();
    place.failing({ operation: 'organizations:CancelHandshake', what: { kind: 'error', code: refusal, status: 400 } });
    const ended = await place.approved('cancel', '--handshake', invited);
    expect([ended.code, ended.report.error?.code]).toEqual([code, error]);
    expect(ended.report.error?.message ?? '').toContain(text);
  });

  it('is refused outside of the management account', async () => {
    const { approved, invite, world, writes } = await placed();
    invite();
    Object.assign(world.organizations[0] ?? {}, { managementAccountId: '200000000001' });
    const { code, report } = await approved('cancel', '--handshake', invited);
    expect([code, report.error?.code, report.error?.next, writes()]).toEqual([
      4,
      'E-NOT-MANAGEMENT',
      'Sign in to 200000000001, or choose its profile with --profile.',
      [],
    ]);
  });
});
