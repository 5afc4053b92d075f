import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { signedIn } from './practice-account.js';

/** Enough users that the credential report replaces reads of each user. */
const count = 12;
const name = (at: number): string => `user-${at}`;
const denied = { kind: 'error', code: 'AccessDenied', status: 403 } as const;
const created = '2026-08-01T00:00:00.000Z';

/** Users with a device, without one, with an unused key, with a disabled key, and without any credential. */
const withUsers = () =>
  signedIn({
    edit: (account) => {
      for (let at = 0; at < count; at += 1) {
        const bare = at % 4 === 3;
        account.users.push({
          id: `AIDAREPORTED${String(at).padStart(8, '0')}`,
          name: name(at),
          path: '/',
          createdAt: created,
          tags: {},
          groups: [],
          attachedPolicies: [],
          inlinePolicies: {},
          password: bare ? null : { value: 'x', createdAt: created, resetRequired: false, lastUsed: at % 2 === 0 ? null : created },
          accessKeys: bare
            ? []
            : [
                {
                  id: `AKIAREPORTED${String(at).padStart(8, '0')}`,
                  secret: 'x',
                  status: at % 4 === 2 ? 'Inactive' : 'Active',
                  createdAt: created,
                  lastUsed: at % 4 === 0 ? { at: '2026-11-20T00:00:00.000Z', service: 's3', region: 'us-east-1' } : null,
                },
              ],
        });
        if (at % 4 !== 0) continue;
        const serial = `arn:aws:iam::${account.id}:mfa/${name(at)}`;
        account.mfaDevices.push({ serial, seed: null, kind: 'virtual', user: name(at), enabledAt: created, createdAt: created, tags: {} });
      }
    },
  });

type Shell = Awaited<ReturnType<typeof withUsers>>;
const checked = async (shell: Shell) => {
  const { stdout, requests } = await shell.run(['check', '--output', 'json']);
  const verdicts = (JSON.parse(stdout) as RunReport).results
    .filter(({ id }) => /^(mfa\.console-users|access-keys\.(age|unused|two-active)|admin-user\.unused-password)$/.test(id))
    .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
    .toSorted();
  const ofUsers = requests.filter((one) => /GetLoginProfile|ListMFADevices|ListAccessKeys|GetAccessKeyLastUsed/.test(one));
  return { verdicts, ofUsers };
};

describe('the credential report', () => {
  it('replaces the reads of each user, with the same verdicts, if AWS generated it in this run', async () => {
    const reported = await checked(await withUsers());
    // Two users of four have an active key. The report does not contain its id.
    expect(reported.ofUsers).toEqual(Array.from({ length: count / 2 }, () => 'iam:ListAccessKeys'));

    const denying = await withUsers();
    denying.sandbox.world.knobs.faults = [{ operation: 'iam:GetCredentialReport', what: denied }];
    const live = await checked(denying);
    expect(live.ofUsers.length).toBeGreaterThan(3 * count);
    expect(reported.verdicts).toEqual(live.verdicts);
    expect(reported.verdicts.filter((line) => line.endsWith(' fail')).length).toBeGreaterThan(5);
  });

  it('is not used for what could have changed since an earlier run', async () => {
    const shell = await withUsers();
    const before = await checked(shell);
    expect(before.verdicts.filter((line) => line.startsWith('mfa.console-users user-0 '))).toEqual(['mfa.console-users user-0 pass']);
    const account = shell.account();
    account.mfaDevices = account.mfaDevices.filter(({ user }) => user !== name(0));
    const after = await checked(shell);
    expect(after.verdicts.filter((line) => line.startsWith('mfa.console-users user-0 '))).toEqual(['mfa.console-users user-0 fail']);
    expect(after.ofUsers.length).toBeGreaterThan(3 * count);
  });
});
