import { beforeAll, describe, expect, it } from 'vitest';
import type { Result, RunReport } from '../../src/core/report.js';
import { type PracticeRun, signedIn } from './practice-account.js';

const count = 500;
const name = (at: number): string => `user-${String(at).padStart(3, '0')}`;
const keyId = (at: number): string => `AKIAMANYUSERS${String(at).padStart(7, '0')}`;
/** Every third user has an MFA device, every fifth an old key. */
const hasDevice = (at: number): boolean => at % 3 === 0;
const hasOldKey = (at: number): boolean => at % 5 === 0;

describe(`check of an account with ${count} users`, () => {
  let ran: PracticeRun;
  let results: readonly Result[];
  beforeAll(async () => {
    const created = '2026-11-01T00:00:00.000Z';
    const shell = await signedIn({
      edit: (account) => {
        for (let at = 0; at < count; at += 1) {
          account.users.push({
            id: `AIDAMANYUSERS${String(at).padStart(7, '0')}`,
            name: name(at),
            path: '/',
            createdAt: created,
            tags: {},
            groups: [],
            attachedPolicies: [],
            inlinePolicies: {},
            password: { value: 'x', createdAt: created, resetRequired: false, lastUsed: null },
            accessKeys: [
              {
                id: keyId(at),
                secret: 'x',
                status: 'Active',
                createdAt: hasOldKey(at) ? '2026-01-01T00:00:00.000Z' : created,
                lastUsed: { at: '2026-11-20T00:00:00.000Z', service: 's3', region: 'us-east-1' },
              },
            ],
          });
          if (!hasDevice(at)) continue;
          const serial = `arn:aws:iam::${account.id}:mfa/${name(at)}`;
          account.mfaDevices.push({
            serial,
            seed: null,
            kind: 'virtual',
            user: name(at),
            enabledAt: created,
            createdAt: created,
            tags: {},
          });
        }
      },
    });
    ran = await shell.run(['check', '--output', 'json']);
    ({ results } = JSON.parse(ran.stdout) as RunReport);
  }, 60_000);

  const about = (id: string): readonly string[] =>
    results.filter((result) => result.id === id).map(({ resource, status }) => `${resource} ${status}`);
  const each = (line: (at: number) => string): readonly string[] => Array.from({ length: count }, (_, at) => line(at));

  it('assesses the MFA of every user', () =>
    expect(about('mfa.console-users').toSorted()).toEqual(each((at) => `${name(at)} ${hasDevice(at) ? 'pass' : 'fail'}`)));

  it('assesses every access key', () => {
    expect(about('access-keys.age').toSorted()).toEqual(each((at) => `${keyId(at)} ${hasOldKey(at) ? 'fail' : 'pass'}`));
    expect(about('access-keys.unused').toSorted()).toEqual(each((at) => `${keyId(at)} pass`));
    expect(about('access-keys.two-active').toSorted()).toEqual(each((at) => `${name(at)} pass`));
  });

  it('assesses the password and the permissions of every user', () => {
    expect(about('admin-user.unused-password')).toHaveLength(count);
    expect(about('admin-user.via-group')).toHaveLength(count);
  });

  const times = (operation: string): number => ran.requests.filter((one) => one === `iam:${operation}`).length;

  it('sends one request per user, for the ids of its keys, and reads lists of the account in pages', () => {
    expect(['GetLoginProfile', 'ListMFADevices', 'ListAccessKeys', 'GetAccessKeyLastUsed'].map(times)).toEqual([0, 0, count, 0]);
    expect(ran.requests.length).toBeLessThan(count + 50);
    expect(ran.writes).toEqual([]);
  });

  it('reports the age of the credential report with every verdict from it', () => {
    const reasons = results.filter(({ id }) => ['mfa.console-users', 'access-keys.unused', 'admin-user.unused-password'].includes(id));
    expect(reasons.length).toBeGreaterThan(3 * count - 5);
    expect(reasons.filter(({ reason }) => !reason.includes('(credential report of '))).toEqual([]);
  });
});
