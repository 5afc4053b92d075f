import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import { practiceAccountId as management } from '../../src/sandbox/new-world.js';
import { run } from '../support/child-process.js';
import { accessRole, organizationWorld } from '../support/organization-world.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { newFolder, type Running, runProgram, startProgram } from './program.js';

/** The practice account is served on a port, and the AWS CLI acts as the other user. */
describe.skipIf(inject('pythonBin') === '')('bootstrap accounts and the AWS CLI', { timeout: 120_000 }, () => {
  const home = newFolder();
  const awsFolder = path.join(home, '.aws');
  let server: Running;
  let proxy: RecordingProxy;

  const aws = async (...argv: string[]): Promise<any> => {
    const ended = await run(inject('awsBin'), [...argv, '--output', 'json'], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, AWS_ENDPOINT_URL: proxy.url, AWS_DEFAULT_REGION: 'us-east-1' },
    });
    if (ended.code !== 0) throw new Error(`aws ${argv.join(' ')}: ${ended.stderr}`);
    return ended.stdout === '' ? {} : JSON.parse(ended.stdout);
  };
  const accounts = async (profile: string, accountId: string, ...argv: string[]) => {
    const unattended = argv[0] === 'list' ? [] : ['--yes'];
    const all = ['accounts', ...argv, '--profile', profile, '--account-id', accountId, ...unattended, '--output', 'json'];
    const ended = await runProgram(all, { home, env: { AWS_ENDPOINT_URL: proxy.url } });
    return { code: ended.code, report: JSON.parse(ended.stdout) as AccountsReport };
  };
  const profile = (name: string, key: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): void => {
    const token = key.sessionToken === undefined ? '' : `aws_session_token = ${key.sessionToken}\n`;
    const text = `[${name}]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n${token}`;
    writeFileSync(path.join(awsFolder, 'credentials'), text, { flag: 'a', mode: 0o600 });
  };
  /** An account of someone else; its root signs in with a profile of the same name. */
  const signUp = async (name: string): Promise<string> => {
    const ended = await runProgram(
      ['sandbox', 'sign-up', '--name', name, '--email', `${name}@example.com`, '--sandbox-file', 'world.json', '--output', 'json'],
      { home },
    );
    const made = JSON.parse(ended.stdout) as { accountId: string; accessKeyId: string; secretAccessKey: string; sessionToken: string };
    profile(name, made);
    return made.accountId;
  };

  beforeAll(async () => {
    const { world, key } = organizationWorld({ members: 0, now: new Date() });
    writeFileSync(path.join(home, 'world.json'), JSON.stringify(world), { mode: 0o600 });
    mkdirSync(awsFolder, { mode: 0o700 });
    writeFileSync(path.join(awsFolder, 'config'), '# mine\n[default]\nregion = us-east-1\n');
    profile('boss', key);
    server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 120_000 });
    const [, url = ''] = await server.until(/AWS_ENDPOINT_URL=(\S+)/);
    proxy = await startRecordingProxy({ target: url, file: path.join(inject('recordDir'), 'e2e-accounts-serve.jsonl') });
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await server?.stop('SIGTERM');
  });

  it('creates an account, which the AWS CLI can use with the written profile', async () => {
    const made = await accounts(
      'boss',
      management,
      'create',
      '--name',
      'lab',
      '--email-from',
      'me@example.com',
      '--profile-to-write',
      'lab',
    );
    expect([made.code, made.report.error]).toEqual([0, undefined]);
    const [row] = made.report.accounts;
    expect(row).toMatchObject({ email: 'me+lab@example.com', state: 'ACTIVE', joined: 'created', role: { reachable: 'yes' } });
    expect(await aws('sts', 'get-caller-identity', '--profile', 'lab')).toMatchObject({ Account: row?.accountId });
    await aws('iam', 'create-user', '--user-name', 'dora', '--profile', 'lab');
    const { Users } = await aws('iam', 'list-users', '--profile', 'lab');
    expect(Users).toMatchObject([{ UserName: 'dora', Arn: `arn:aws:iam::${row?.accountId}:user/dora` }]);
    expect(readFileSync(path.join(awsFolder, 'config'), 'utf8')).toBe(
      `# mine\n[default]\nregion = us-east-1\n\n[profile lab]\nrole_arn = arn:aws:iam::${row?.accountId}:role/${accessRole}\nsource_profile = boss\nregion = us-east-1\n`,
    );
    const again = await accounts(
      'boss',
      management,
      'create',
      '--name',
      'lab',
      '--email',
      'me+lab@example.com',
      '--profile-to-write',
      'lab',
    );
    expect([again.code, again.report.apiCalls.writes]).toEqual([0, 0]);
  });

  it('invites an account, accepts as the member, and assumes the role from the management account', async () => {
    const member = await signUp('newcomer');
    const invited = await accounts('boss', management, 'invite', '--id', member);
    const handshake = invited.report.invitations[0]?.id ?? '';
    expect([invited.code, invited.report.actions]).toEqual([0, [{ action: 'invited', on: handshake }]]);
    const { Handshakes } = await aws('organizations', 'list-handshakes-for-account', '--profile', 'newcomer');
    expect(Handshakes).toMatchObject([{ Id: handshake, State: 'OPEN' }]);
    const accepted = await accounts(
      'newcomer',
      member,
      'accept',
      '--management-account-id',
      management,
      '--free-tier-loss',
      'accepted',
      '--management-profile',
      'boss',
      '--profile-to-write',
      'newcomer-admin',
    );
    expect([accepted.code, accepted.report.actions.map(({ action }) => action)]).toEqual([
      0,
      ['role-made', 'policy-attached', 'accepted', 'proven', 'profile-written'],
    ]);
    const assumed = await aws(
      'sts',
      'assume-role',
      '--role-arn',
      `arn:aws:iam::${member}:role/${accessRole}`,
      '--role-session-name',
      'boss',
      '--profile',
      'boss',
    );
    expect(assumed.AssumedRoleUser.Arn).toBe(`arn:aws:sts::${member}:assumed-role/${accessRole}/boss`);
    expect(await aws('iam', 'list-users', '--profile', 'newcomer-admin')).toEqual({ Users: [] });
    const described = await aws('organizations', 'describe-account', '--account-id', member, '--profile', 'boss');
    expect(described.Account).toMatchObject({ State: 'ACTIVE', JoinedMethod: 'INVITED' });
  });

  it('moves a member to the organization of another account, which lists it and can assume its role', async () => {
    const member = await signUp('mover');
    const second = await signUp('second');
    const invited = await accounts('boss', management, 'invite', '--id', member);
    const first = invited.report.organizationId ?? '';
    await aws('organizations', 'accept-handshake', '--handshake-id', invited.report.invitations[0]?.id ?? '', '--profile', 'mover');
    const { Organization } = await aws('organizations', 'create-organization', '--profile', 'second');
    await aws('organizations', 'invite-account-to-organization', '--target', `Id=${member},Type=ACCOUNT`, '--profile', 'second');
    const unconfirmed = await accounts('mover', member, 'accept', '--management-account-id', second);
    expect([unconfirmed.code, unconfirmed.report.error?.code, unconfirmed.report.apiCalls.writes]).toEqual([
      4,
      'E-TRANSFER-UNCONFIRMED',
      0,
    ]);
    const moved = await accounts('mover', member, 'accept', '--management-account-id', second, '--transfer-from', first);
    expect([moved.code, moved.report.actions.map(({ action }) => action)]).toEqual([5, ['role-made', 'policy-attached', 'accepted']]);
    const { Accounts } = await aws('organizations', 'list-accounts', '--profile', 'second');
    expect(Accounts.map(({ Id }: { Id: string }) => Id)).toEqual([second, member]);
    expect((await aws('organizations', 'describe-organization', '--profile', 'mover')).Organization.Id).toBe(Organization.Id);
    await expect(aws('organizations', 'describe-account', '--account-id', member, '--profile', 'boss')).rejects.toThrow(
      'AccountNotFoundException',
    );
  });

  it('finds a member without a role, and creates the role from the member', async () => {
    const member = await signUp('byhand');
    const invited = await accounts('boss', management, 'invite', '--email', 'byhand@example.com');
    await aws('organizations', 'accept-handshake', '--handshake-id', invited.report.invitations[0]?.id ?? '', '--profile', 'byhand');
    const roleOf = async () =>
      (await accounts('boss', management, 'list')).report.accounts.find(({ accountId }) => accountId === member)?.role?.reachable;
    expect(await roleOf()).toBe('no');
    const healed = await accounts('byhand', member, 'accept', '--management-account-id', management);
    expect([healed.code, healed.report.actions.map(({ action }) => action)]).toEqual([5, ['role-made', 'policy-attached']]);
    expect(await roleOf()).toBe('yes');
  });

  it('cancels an invitation, so that the AWS CLI cannot accept it', async () => {
    const member = await signUp('unwanted');
    const invited = await accounts('boss', management, 'invite', '--id', member);
    const cancelled = await accounts('boss', management, 'cancel', '--id', member);
    expect([cancelled.code, cancelled.report.invitations[0]?.state]).toEqual([0, 'CANCELED']);
    const id = invited.report.invitations[0]?.id ?? '';
    await expect(aws('organizations', 'accept-handshake', '--handshake-id', id, '--profile', 'unwanted')).rejects.toThrow(
      'InvalidHandshakeTransitionException',
    );
    const refused = await accounts('unwanted', member, 'accept', '--management-account-id', management);
    expect([refused.code, refused.report.error?.code]).toEqual([7, 'E-INVITATION-ENDED']);
  });
});
