import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { startMoto } from '../emulator/moto.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { type AccountState, accountState, boto3, type Door } from './boto3.js';
import { bundle, newFolder, runProgram, startProgram } from './program.js';
import { sitAt } from './pty.js';
import { wholeConfig, writeConfig } from './whole-config.js';

const python = inject('pythonBin');
/** An organization with members stays, so this config has none. */
const config = wholeConfig.slice(0, wholeConfig.indexOf('organization:'));

/** Without what undo documents as left. */
const comparable = (state: AccountState): unknown => ({ ...state, passwordPolicy: null, contacts: null });

/** moto has no service-specific credentials. */
const noServiceCredentials = `<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/><IsTruncated>false</IsTruncated></ListServiceSpecificCredentialsResult>
</ListServiceSpecificCredentialsResponse>`;
const sshPublicKey = `ssh-rsa ${'A'.repeat(372)} ci@example.com`;

/** Runs init, then undo, then undo again, and compares what boto3 reads before and after. */
const roundTrip = async (
  door: Door,
  proxyUrl: string,
  account: string,
  skip: readonly string[],
  between: (undo: () => ReturnType<typeof runProgram>) => Promise<void> = async () => {},
): Promise<void> => {
  const home = newFolder();
  writeConfig(home, config);
  const env = {
    AWS_ENDPOINT_URL: proxyUrl,
    AWS_ACCESS_KEY_ID: door.accessKeyId,
    AWS_SECRET_ACCESS_KEY: door.secretAccessKey,
    ...(door.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: door.sessionToken }),
    AWS_REGION: 'us-east-1',
  };
  const shared = ['--config', 'bootstrap.yaml', '--account-id', account, '--yes', '--output', 'json', ...skip];
  const before = await accountState(door);
  const made = await runProgram(['init', '--secrets-file', path.join(home, 'secrets.json'), ...shared], { home, env });
  expect([0, 5], made.stderr).toContain(made.code);
  expect(comparable(await accountState(door))).not.toEqual(comparable(before));
  await between(() => runProgram(['undo', ...shared], { home, env }));

  const undone = await runProgram(['undo', ...shared], { home, env });
  expect(undone.code, `${undone.stdout}${undone.stderr}`).toBe(0);
  expect(comparable(await accountState(door))).toEqual(comparable(before));

  const again = await runProgram(['undo', ...shared], { home, env });
  const { apiCalls, exit } = JSON.parse(again.stdout) as RunReport;
  expect([exit.code, apiCalls.writes]).toEqual([0, 0]);
};

describe.skipIf(python === '')('init and then undo, as boto3 sees the account', { timeout: 240_000 }, () => {
  it('leaves moto as it was', async () => {
    const moto = await startMoto(python);
    const proxy = await startRecordingProxy({
      target: moto.url,
      file: path.join(inject('recordDir'), 'e2e-undo.jsonl'),
      answers: { 'iam:ListServiceSpecificCredentials': noServiceCredentials },
    });
    const signUp: Door = { endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' };
    const user = { UserName: 'founder' };
    const [, made] = await boto3(signUp, [
      ['iam', 'create_user', user],
      ['iam', 'create_access_key', user],
      ['iam', 'attach_user_policy', { ...user, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ]);
    const door = { endpoint: moto.url, accessKeyId: made?.['AccessKey'].AccessKeyId, secretAccessKey: made?.['AccessKey'].SecretAccessKey };
    // moto cannot show who receives the alerts of a budget, so the budget would stay there.
    await roundTrip(door, proxy.url, '123456789012', ['--skip', 'budget'], async (undo) => {
      const keyUser = { UserName: 'ci' };
      const [uploaded] = await boto3(door, [['iam', 'upload_ssh_public_key', { ...keyUser, SSHPublicKeyBody: sshPublicKey }]]);
      const SSHPublicKeyId = uploaded?.['SSHPublicKey'].SSHPublicKeyId as string;
      const before = (await accountState(door)).users['ci'];
      const kept = await undo();
      expect([kept.code, (await accountState(door)).users]).toEqual([5, { ci: before, founder: expect.anything() }]);
      expect((JSON.parse(kept.stdout) as RunReport).kept?.find(({ what }) => what === 'The user ci')?.why).toContain(SSHPublicKeyId);
      await boto3(door, [['iam', 'delete_ssh_public_key', { ...keyUser, SSHPublicKeyId }]]);
    });
    await proxy.close();
    await moto.stop();
  });

  it('leaves the practice account as it was', async () => {
    const home = newFolder();
    const server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json'], { home, deadlineMs: 200_000 });
    await server.until(/until Ctrl-C/);
    const exports = Object.fromEntries(
      [...server.stdout().matchAll(/export (\w+)=(\S*)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const { AWS_ENDPOINT_URL: url = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = exports;
    const proxy = await startRecordingProxy({ target: url, file: path.join(inject('recordDir'), 'e2e-undo-practice.jsonl') });
    const door: Door = {
      endpoint: url,
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    };
    await roundTrip(door, proxy.url, '111122223333', []);
    await proxy.close();
    await server.stop('SIGTERM');
  });
});

describe.skipIf(python === '' || process.platform === 'win32')('undo at a terminal', { timeout: 120_000 }, () => {
  it('needs the last four digits of the account id', async () => {
    const home = newFolder();
    const sandbox = ['--sandbox-file', 'world.json'];
    // At a terminal, undo removes an alias only if the config names it.
    writeConfig(home, 'version: 1\nalias: { name: acme-prod }\n');
    expect((await runProgram(['init', '--yes', '--only', 'alias', ...sandbox], { home })).code).toBe(0);
    const env = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
    const undo = (digits: string) =>
      sitAt(python, { argv: [process.execPath, bundle, 'undo', ...sandbox], env, cwd: home, columns: 80, rows: 40, seconds: 40 }, [
        ['Last four digits of 111122223333', `${digits}\r`],
      ]);
    const { code, lines } = await undo('');
    expect([code, lines.join('\n')]).toEqual([3, expect.stringContaining('Nothing was changed.')]);
    const asked = lines.findIndex((line) => line.includes('Last four digits of'));
    expect(lines[asked - 1]).toBe('1 change: 1 is hard to undo');
    const done = await undo('3333');
    expect(done.code).toBe(0);
    // The plan listed what stays; the report does not list it again.
    expect(done.lines.filter((line) => line.startsWith('Left in the account'))).toHaveLength(1);
    expect(done.lines.join('\n')).toMatch(/— done\n\n✓ DONE {2}1 change made and verified\. 1 thing stays \(see the list above\)\./);
    const again = await runProgram(['undo', '--yes', '--output', 'json', ...sandbox], { home });
    expect((JSON.parse(again.stdout) as RunReport).plan).toEqual([]);
  });
});
