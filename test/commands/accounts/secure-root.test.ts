import { describe, expect, it } from 'vitest';
import type { AccountWorld } from '../../../src/sandbox/world.js';
import { actingBefore, first, placed, second } from './place.js';

const rooted = (options: Parameters<typeof placed>[0] = {}) =>
  placed({ members: [['root-credentials'], ['root-credentials']], centralRoot: true, ...options });
const deletes = ['DeleteAccessKey', 'DeleteSigningCertificate', 'DeleteLoginProfile', 'DeactivateMFADevice'];
/** Changes root of the first member as soon as the session that can delete is requested. */
const changing = (change: (root: AccountWorld['root']) => void) =>
  rooted({
    around: (handler, { world }) =>
      actingBefore(handler, 'IAMDeleteRootUserCredentials', () => {
        const account = world.accounts[first];
        if (account !== undefined) change(account.root);
      }),
  });

describe('accounts secure-root', () => {
  it.each([
    [1, first],
    [3, `${first} ${second} 200000000003`],
    [4, '--all'],
  ])('prints after a dry run how to delete the credentials of %i accounts', async (count, ids) => {
    const members = [...Array.from({ length: count }, () => ['root-credentials' as const]), []];
    const { accounts, writes } = await placed({ members, centralRoot: true });
    const { code, report } = await accounts('secure-root', '--all', '--dry-run');
    expect([code, writes(), report.dryRun, report.next]).toEqual([
      0,
      [],
      true,
      `Delete these credentials: \`bootstrap accounts secure-root ${ids}\``,
    ]);
    expect(report.notes).toHaveLength(1);
  });

  it('has nothing to delete, and nothing to restore, if root of no account has credentials', async () => {
    const { accounts } = await placed({ centralRoot: true });
    const { code, report } = await accounts('secure-root', '--all', '--dry-run');
    expect([code, report.roots?.map(({ state }) => state), report.next, report.notes]).toEqual([0, ['none', 'none'], null, []]);
  });

  it('enters only active accounts', async () => {
    const { accounts, approved, sent } = await rooted({ members: [['root-credentials'], ['suspended']] });
    const { report } = await accounts('secure-root', '--all', '--dry-run');
    expect(report.roots?.map(({ accountId }) => accountId)).toEqual([first]);
    const refused = await approved('secure-root', second);
    expect([refused.code, refused.report.error?.message]).toEqual([
      2,
      `Account ${second} is suspended; only active accounts can be entered.`,
    ]);
    expect(new Set(sent('AssumeRoot').map(({ input }) => input['TargetPrincipal']))).toEqual(new Set([first]));
  });

  it.each([
    ['--all together with ids', ['--all', first], '--all and account ids cannot be used together.'],
    ['an id with a digit too many', [`${first}1`], `"${first}1" is not an account id.`],
  ])('refuses %s', async (_what, argv, message) => {
    const { accounts, writes } = await rooted();
    const { code, report } = await accounts('secure-root', ...argv, '--dry-run');
    expect([code, report.error?.message, writes()]).toEqual([2, message, []]);
  });

  it('deletes once what is named twice', async () => {
    const { approved, writes } = await rooted();
    const { report } = await approved('secure-root', first, first);
    expect([report.roots?.length, writes()]).toEqual([1, deletes]);
  });

  it.each<readonly [what: string, change: (root: AccountWorld['root']) => void, words: string]>([
    ['a password', (root) => void (root.passwordPresent = true), 'a password'],
    [
      'a certificate',
      (root) => void root.signingCertificates?.push({ id: 'TA7ADDED', status: 'Active', uploadedAt: '2026-11-23T10:00:00.000Z' }),
      'TA7ADDED',
    ],
    ['an MFA device', (root) => void (root.mfa = 'virtual'), 'MFA'],
  ])('deletes nothing if root has got %s since the approval', async (what, change) => {
    const { approved, world, writes } = await changing(change);
    const root = world.accounts[first]?.root;
    if (root === undefined) throw new Error('there is no root');
    if (what === 'a password') root.passwordPresent = false;
    if (what === 'an MFA device') root.mfa = 'none';
    const { code, report } = await approved('secure-root', first);
    expect([code, report.roots?.[0]?.error?.code, report.roots?.[0]?.error?.retryable, writes()]).toEqual([6, 'E-PLAN-CHANGED', true, []]);
  });

  it('deletes the rest if one credential was deleted by someone else meanwhile', async () => {
    const { approved, failing, world } = await rooted();
    failing({ operation: 'iam:DeleteAccessKey', times: 1, what: { kind: 'error', code: 'NoSuchEntity', status: 404 } });
    const { code, report } = await approved('secure-root', first);
    // AWS still shows the key, so it is not reported as deleted.
    expect([code, report.roots?.[0]?.error?.code]).toEqual([6, 'E-NOT-CONFIRMED']);
    expect(report.roots?.[0]?.error).toMatchObject({ message: expect.stringContaining('still has'), changed: true, retryable: true });
    expect(report.actions.map(({ action }) => action)).toEqual([
      'root-certificate-deleted',
      'root-password-deleted',
      'root-mfa-deactivated',
    ]);
    expect(world.accounts[first]?.root).toMatchObject({ passwordPresent: false, mfa: 'none' });
  });

  it('reports a refused session with what AWS answered, and continues with the next account', async () => {
    const { approved, failing, world } = await rooted();
    failing({ operation: 'sts:AssumeRoot', times: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } });
    const { code, report } = await approved('secure-root', first, second);
    expect([code, report.roots?.map(({ state }) => state)]).toEqual([4, ['unknown', 'deleted']]);
    expect(report.roots?.[0]?.error).toMatchObject({
      code: 'E-READ-DENIED',
      message: expect.stringMatching(new RegExp(`^Root of account ${first} could not be checked: `)),
      aws: { operation: 'sts:AssumeRoot', error: 'AccessDenied', requestId: expect.any(String) },
    });
    expect(world.accounts[first]?.root.passwordPresent).toBe(true);
  });

  it('deletes nothing if the session that can delete is refused', async () => {
    const { approved, failing, writes } = await rooted();
    failing({ operation: 'sts:AssumeRoot', skip: 1, what: { kind: 'error', code: 'AccessDenied', status: 403 } });
    const { code, report } = await approved('secure-root', first);
    expect([code, report.roots?.[0]?.state, report.roots?.[0]?.error?.code, writes()]).toEqual([4, 'failed', 'E-READ-DENIED', []]);
    expect(report.roots?.[0]?.error?.message).toContain('that deletes root credentials');
  });

  it.each(['organizations:ListAccounts', 'iam:ListOrganizationsFeatures'])('fails if it may not send %s', async (operation) => {
    const { approved, failing, writes } = await rooted();
    failing({ operation, what: { kind: 'error', code: 'AccessDeniedException', status: 403 } });
    const { code, report } = await approved('secure-root', first);
    expect([code, report.error?.code, writes()]).toEqual([4, 'E-READ-DENIED', []]);
  });
});
