import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { countRounds } from '../support/request-handler.js';
import { createRounds } from '../support/rounds.js';
import { signedIn } from './practice-account.js';

/** Enough users that the credential report replaces reads of each user. */
const count = 12;
const name = (at: number): string => `user-${at}`;
const denied = { kind: 'error', code: 'AccessDenied', status: 403 } as const;
const created = '2026-08-01T00:00:00.000Z';

/** Users with a device, without one, with an unused key, with a disabled key, and without any credential. */
const withUsers = (more: Pick<NonNullable<Parameters<typeof signedIn>[0]>, 'around'> = {}) =>
  signedIn({
    ...more,
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
});

/** A second check within four hours, with the report of the first one. `edit` changes the account in between. */
const checkedAgain = async (edit: (shell: Shell) => void = () => {}) => {
  const shell = await withUsers();
  await checked(shell);
  edit(shell);
  const again = await checked(shell);
  const ofReport = shell.sandbox.calls.filter(({ operation }) => operation === 'GenerateCredentialReport').length;
  shell.sandbox.world.knobs.faults = [{ operation: 'iam:GetCredentialReport', what: denied }];
  return { ...again, live: await checked(shell), ofReport };
};
const user = (shell: Shell, at: number) => {
  const found = shell.account().users.find((one) => one.name === name(at));
  if (found === undefined) throw new Error(`there is no ${name(at)}`);
  return found;
};
/** A call that someone else sent, as CloudTrail shows it. */
const addEvent = (shell: Shell, event: string, requestParameters: object | null, userIdentity: object = { type: 'Root' }): void => {
  const at = shell.clock.now().toISOString();
  const detail = JSON.stringify({ awsRegion: 'us-east-1', userIdentity, requestParameters });
  shell.account().events.push({ id: `${event}-1`, name: event, source: 'iam.amazonaws.com', at, user: 'root', detail });
};

describe('a credential report of an earlier run', () => {
  it('takes four rounds, however many users there are', async () => {
    // Loads every module: a program that waits for one seems to wait for AWS.
    await checked(await withUsers());
    const rounds = createRounds();
    const shell = await withUsers({ around: (handler) => countRounds(handler, rounds) });
    await checked(shell);
    const first = rounds.log.length;
    await checked(shell);
    expect(first).toBeLessThanOrEqual(7);
    // The report, CloudTrail, the keys, and their last use.
    expect(rounds.log.length - first).toBeLessThanOrEqual(4);
  });

  it('settles what passes by it, and what fails by it is read live', async () => {
    const { verdicts, ofUsers, live } = await checkedAgain();
    expect(verdicts).toEqual(live.verdicts);
    // The bare users need no request. Every other password is unused for 45 days, and half of the users with a password have no device.
    const [passwords, devices] = [(count / 4) * 3, count / 2];
    const of = (operation: string): number => ofUsers.filter((one) => one === `iam:${operation}`).length;
    expect(of('GetLoginProfile')).toBe(passwords);
    expect(of('ListMFADevices')).toBe(devices);
    expect(of('ListAccessKeys')).toBe(count / 2);
    expect(of('GetAccessKeyLastUsed')).toBe(count / 4);
  });

  it.each<[string, (shell: Shell) => void, string]>([
    [
      'a device that was removed',
      (shell) => void (shell.account().mfaDevices = shell.account().mfaDevices.filter((device) => device.user !== name(0))),
      'mfa.console-users user-0 fail',
    ],
    ['a password that was removed', (shell) => void (user(shell, 1).password = null), 'access-keys.two-active user-1 pass'],
    [
      'a key that was used',
      (shell) => {
        for (const key of user(shell, 1).accessKeys) key.lastUsed = { at: '2026-11-23T09:00:00.000Z', service: 's3', region: 'us-east-1' };
      },
      'access-keys.unused AKIAREPORTED00000001 pass',
    ],
    [
      'a password that was added, by its event',
      (shell) => {
        user(shell, 3).password = { value: 'x', createdAt: created, resetRequired: false, lastUsed: null };
        addEvent(shell, 'CreateLoginProfile', { userName: 'USER-3' });
      },
      'mfa.console-users user-3 fail',
    ],
    [
      'a key that was enabled, by its event',
      (shell) => {
        for (const key of user(shell, 2).accessKeys) key.status = 'Active';
        addEvent(shell, 'UpdateAccessKey', { userName: name(2) });
      },
      'access-keys.unused AKIAREPORTED00000002 fail',
    ],
    [
      'a key that its user enabled, by its event',
      (shell) => {
        for (const key of user(shell, 6).accessKeys) key.status = 'Active';
        addEvent(shell, 'UpdateAccessKey', { status: 'Active' }, { type: 'IAMUser', userName: name(6) });
      },
      'access-keys.unused AKIAREPORTED00000006 fail',
    ],
    [
      'a user that was created again',
      (shell) => {
        user(shell, 3).createdAt = '2026-11-23T09:59:00.000Z';
        user(shell, 3).password = { value: 'x', createdAt: '2026-11-23T09:59:00.000Z', resetRequired: false, lastUsed: null };
      },
      'mfa.console-users user-3 fail',
    ],
  ])('does not hide %s', async (_, edit, verdict) => {
    const { verdicts, ofUsers, live, ofReport } = await checkedAgain(edit);
    expect(verdicts).toContain(verdict);
    expect(verdicts).toEqual(live.verdicts);
    // The others are not read for it.
    expect(ofUsers.length).toBeLessThan(live.ofUsers.length);
    expect(ofReport).toBe(3);
  });

  it.each<[string, (shell: Shell) => void]>([
    ['an event does not show its user', (shell) => addEvent(shell, 'UpdateAccessKey', null)],
    [
      'CloudTrail denies its history',
      (shell) => void (shell.sandbox.world.knobs.faults = [{ operation: 'cloudtrail:LookupEvents', what: denied }]),
    ],
  ])('is not used if %s', async (_, edit) => {
    const { verdicts, ofUsers, live } = await checkedAgain(edit);
    expect(ofUsers).toEqual(live.ofUsers);
    expect(verdicts).toEqual(live.verdicts);
  });
});
