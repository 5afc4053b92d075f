import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RunReport } from '../../src/core/report.js';
import type { AccountWorld } from '../../src/sandbox/world.js';
import { sitDown } from '../screens/sitting.js';
import { lasting, own, practiceAccount, signedIn } from './practice-account.js';

/** Accounts where people sign in through IAM Identity Center. */

const name = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';
const withRole = (account: AccountWorld): void => {
  account.roles.push({
    id: 'AROAPRACTICE222222222',
    name,
    path: '/aws-reserved/sso.amazonaws.com/eu-central-1/',
    createdAt: '2026-01-01T00:00:00.000Z',
    trust: '{"Statement":[]}',
    attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    inlinePolicies: {},
    tags: {},
  });
};
const shown = ({ results }: RunReport) =>
  results.filter(({ id }) => /^(admin-user\.(exists|console)|mfa\.admin)$/.test(id)).map(({ id, status }) => `${id} ${status}`);
const elsewhere = ['admin-user.exists pass', 'mfa.admin not-applicable'];
const unattended = ['init', '--yes', '--account-id', own, '--only', 'admin-user,mfa', '--admin-kind', 'identity-center'];

describe('an administrator of IAM Identity Center', () => {
  it('who runs init in a terminal is not asked for a name and gets no IAM user', async () => {
    const account = await signedIn({
      edit: (own, world) => {
        withRole(own);
        // Signed in with the session of the role.
        for (const session of Object.values(world.sessions)) session.principal = { kind: 'role', name, session: 'alex@example.com' };
      },
    });
    const { accessKeyId, secretAccessKey, sessionToken } = account.sandbox.credentials;
    const sitting = sitDown({
      clock: account.clock,
      argv: ['init', '--only', 'admin-user,mfa', '--save-config', 'saved.yaml', '--no-tour'],
      columns: 120,
      handler: account.sandbox.requestHandler,
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_REGION: 'us-east-1',
      },
    });
    await sitting.until(/Already set up, unchanged\s+Administrator\s+IAM Identity Center, by the role AWSReservedSSO_AdministratorAccess/);
    await sitting.until(/Set the password policy/);
    await sitting.until(/Make this change\?/);
    sitting.type('y\r');
    expect([0, 5]).toContain(await sitting.ended);
    const { users, groups, passwordPolicy } = account.account();
    expect([users, groups, passwordPolicy?.['MinimumPasswordLength']]).toEqual([[], [], 14]);
    expect(sitting.lines().join('\n')).toContain('signs in through IAM Identity Center');
    const saved = parse(readFileSync(join(sitting.home, 'saved.yaml'), 'utf8')) as Record<string, unknown>;
    expect(saved['admin-user']).toEqual({ kind: 'identity-center' });
  });

  it('can be set in the config; a second run changes nothing, and check agrees', async () => {
    const account = await signedIn({ edit: withRole });
    const first = await account.run([...unattended, '--output', 'json']);
    const report = JSON.parse(first.stdout) as RunReport;
    expect([shown(report), first.writes]).toEqual([elsewhere, ['iam:UpdateAccountPasswordPolicy']]);
    expect((await account.run(unattended)).writes).toEqual([]);
    writeFileSync(join(account.home, 'bootstrap.yaml'), 'version: 1\nadmin-user: { kind: identity-center }\n');
    for (const argv of [['check'], ['check', '--config', 'bootstrap.yaml']])
      expect(shown(JSON.parse((await account.run([...argv, '--output', 'json'])).stdout) as RunReport)).toEqual(elsewhere);
    expect(account.account().users).toEqual([]);
  });

  it('gets no access key', async () => {
    const account = await signedIn({ edit: withRole });
    writeFileSync(
      join(account.home, 'bootstrap.yaml'),
      'version: 1\nadmin-user: { kind: identity-center }\naccess-keys: { mode: create }\n',
    );
    const flags = ['--yes', '--account-id', own, '--secrets-file', 'secrets.json', '--output', 'json'];
    const { stdout, writes } = await account.run(['init', '--only', 'admin-user,mfa,access-keys', ...flags]);
    const [exists] = (JSON.parse(stdout) as RunReport).results.filter(({ id }) => id === 'access-keys.exists');
    expect(exists).toMatchObject({ status: 'fail', remediation: { by: 'hand' } });
    expect(writes).toEqual(['iam:UpdateAccountPasswordPolicy']);
  });

  it('works in the practice account', async () => {
    const practiced = practiceAccount();
    practiced.edit(withRole);
    const { report } = await practiced.report(['init', '--yes', '--only', 'admin-user,mfa', '--admin-kind', 'identity-center']);
    expect(shown(report)).toEqual(elsewhere);
    expect(report.recap).toContainEqual({ label: 'Administrator', value: 'signs in through IAM Identity Center' });
    expect(practiced.account().users).toEqual([]);
  });

  it.each([
    [[...unattended, '--admin-user', 'alex'], '--admin-user: is for an IAM user, but `kind: identity-center` creates none'],
    [['init', '--yes', '--account-id', own, '--only', 'admin-user', '--admin-kind', 'sso'], '--admin-kind'],
    [
      ['init', '--yes', '--account-id', own, '--only', 'admin-user'],
      'Pass --admin-user (not needed with admin-user.kind: identity-center)',
    ],
  ])('needs a valid kind, and no name of an IAM user: %s', async (argv, message) => {
    const account = await signedIn({ edit: withRole });
    const before = lasting(account.world());
    const { code, stdout, requests } = await account.run([...argv, '--output', 'json']);
    const { error } = JSON.parse(stdout) as RunReport;
    expect([code, requests]).toEqual([2, []]);
    expect(`${error?.message} ${error?.next}`).toContain(message);
    expect(lasting(account.world())).toEqual(before);
  });
});
