import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { RunReport } from '../../src/core/report.js';
import { practiceAccountId as management } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';
import { organizationWorld } from '../support/organization-world.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { boto3, type Door } from './boto3.js';
import { bundle, newFolder, type Running, startProgram } from './program.js';
import { sitAt } from './pty.js';

const policy = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` });
const python = inject('pythonBin');
const enter = '\r';

/**
 * The practice account on a port, with boto3 as the other user. moto has no AssumeRoot (test/emulator/gaps.ts), so this is the only place
 * where another program opens such sessions; when the tests end, every request is compared with botocore's service model.
 */
describe.skipIf(python === '')('member accounts, served', { timeout: 60_000 }, () => {
  const home = newFolder();
  const file = path.join(home, 'world.json');
  const { world, key, members } = organizationWorld({ members: [['root-credentials'], [], ['root-key']], now: new Date() });
  const [first = '', second = '', third = ''] = members;
  let server: Running;
  let proxy: RecordingProxy;
  let door: Door;

  const read = (): World => JSON.parse(readFileSync(file, 'utf8')) as World;
  const rootOf = (id: string) => read().accounts[id]?.root;
  const env = (url = proxy.url) => ({
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: 'us-east-1',
  });
  const program = async <Report = AccountsReport>(...argv: readonly string[]) => {
    const ended = await startProgram([...argv, '--output', 'json'], { home, env: env() }).ended;
    return { code: ended.code, report: JSON.parse(ended.stdout) as Report };
  };
  const secure = (...argv: readonly string[]) => program('accounts', 'secure-root', ...argv, '--account-id', management, '--yes');
  const asRoot = async (id: string, task: string): Promise<Door> => {
    const [opened] = await boto3(door, [
      ['sts', 'assume_root', { TargetPrincipal: id, TaskPolicyArn: policy(task), DurationSeconds: 900 }],
    ]);
    const { AccessKeyId, SecretAccessKey, SessionToken } = opened?.['Credentials'] ?? {};
    return { endpoint: proxy.url, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
  const sit = (argv: readonly string[], answers: Parameters<typeof sitAt>[2]) =>
    sitAt(
      python,
      {
        argv: [process.execPath, bundle, ...argv],
        env: { PATH: home, HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env() },
        cwd: home,
        columns: 100,
        rows: 40,
        seconds: 20,
      },
      answers,
    );

  beforeAll(async () => {
    writeFileSync(file, JSON.stringify(world), { mode: 0o600 });
    server = startProgram(['sandbox', 'serve', '--sandbox-file', file], { home, deadlineMs: 240_000 });
    const [, url = ''] = await server.until(/AWS_ENDPOINT_URL=(\S+)/);
    proxy = await startRecordingProxy({ target: url, file: path.join(inject('recordDir'), 'e2e-member-accounts.jsonl') });
    door = { endpoint: proxy.url, accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey };
    await boto3(door, [
      ['organizations', 'enable_aws_service_access', { ServicePrincipal: 'iam.amazonaws.com' }],
      ['iam', 'enable_organizations_root_credentials_management', {}],
    ]);
    // A password, as an administrator gives one back.
    await boto3(await asRoot(second, 'IAMCreateRootUserPassword'), [['iam', 'create_login_profile', {}]]);
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await server?.stop('SIGTERM');
  });

  it('lets no session do more than its task', async () => {
    const audit = await asRoot(first, 'IAMAuditRootUserCredentials');
    const [keys, certificates, profile, devices] = await boto3(audit, [
      ['iam', 'list_access_keys', {}],
      ['iam', 'list_signing_certificates', {}],
      ['iam', 'get_login_profile', {}],
      ['iam', 'list_mfa_devices', {}],
    ]);
    expect([keys?.['AccessKeyMetadata'].length, certificates?.['Certificates'].length, devices?.['MFADevices'].length]).toEqual([1, 1, 1]);
    expect(profile?.['LoginProfile']).toBeDefined();
    await expect(boto3(audit, [['iam', 'delete_login_profile', {}]])).rejects.toThrow('AccessDenied');
    const deletion = await asRoot(first, 'IAMDeleteRootUserCredentials');
    const SerialNumber = devices?.['MFADevices'][0].SerialNumber as string;
    await expect(boto3(deletion, [['iam', 'delete_virtual_mfa_device', { SerialNumber }]])).rejects.toThrow('AccessDenied');
    await expect(asRoot(management, 'IAMAuditRootUserCredentials')).rejects.toThrow('AccessDenied');
  });

  it('is found by check --org, which changes nothing', async () => {
    const before = read().accounts;
    const { code, report } = await program<RunReport>('check', '--org', '--only', 'organization.member-root');
    expect(report.results.map(({ accountId, status, reason }) => [accountId, status, reason])).toEqual([
      [first, 'fail', 'Root of this member account has a password, an access key, a signing certificate, an MFA device'],
      [second, 'fail', 'Root of this member account has a password'],
      [third, 'fail', 'Root of this member account has an access key'],
    ]);
    expect([code, report.apiCalls.writes]).toEqual([3, 0]);
    const after = read().accounts;
    for (const id of [first, second, third]) expect(after[id]?.root).toEqual(before[id]?.root);
  });

  it('deletes after the digits of each account are typed, and leaves the one that you decline', async () => {
    const digits = (id: string) => String.raw`Last four digits of ${id}`;
    const sat = await sit(
      ['accounts', 'secure-root', second, third],
      [
        [digits(second), `${second.slice(-4)}${enter}`],
        [digits(third), enter],
      ],
    );
    expect([sat.answered, sat.code]).toEqual([2, 3]);
    expect(sat.lines.join('\n')).toContain('all credentials deleted');
    expect([rootOf(second)?.passwordPresent, rootOf(third)?.accessKeys.length]).toEqual([false, 1]);
    await expect(boto3(await asRoot(second, 'IAMAuditRootUserCredentials'), [['iam', 'get_login_profile', {}]])).rejects.toThrow(
      'NoSuchEntity',
    );
  });

  /** Passes requests on, and kills the program at its n-th write: before AWS sees it, or after AWS has acted. */
  const killedAt = async (at: number, when: 'before' | 'after', argv: readonly string[]): Promise<string | null> => {
    let seen = 0;
    const child: { process?: Running['child'] } = {};
    const target = new URL(proxy.url);
    const kill = (): void => void child.process?.kill('SIGKILL');
    const pass = (request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): void => {
      if (/Action=(Delete|Deactivate)/.test(body.toString()) || /\.CloseAccount/.test(String(request.headers['x-amz-target']))) seen += 1;
      const dies = seen === at;
      if (dies && when === 'before') return kill();
      const { method, headers, url } = request;
      const onward = http.request({ host: target.hostname, port: target.port, method, headers, path: url }, (answer) => {
        if (dies) return kill();
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.end(body);
    };
    const killer = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => pass(request, Buffer.concat(chunks), response));
    });
    await new Promise<void>((resolve) => void killer.listen(0, '127.0.0.1', resolve));
    const running = startProgram(argv, { home, env: env(`http://127.0.0.1:${(killer.address() as AddressInfo).port}`) });
    child.process = running.child;
    const { signal } = await running.ended;
    killer.closeAllConnections();
    killer.close();
    return signal;
  };
  // Before a deletion is as after the one before it.
  it.each([1, 2, 3, 4])('completes with one more run what was killed at deletion %i, after AWS acted', async (at) => {
    const now = read();
    const original = world.accounts[first]?.root;
    if (original !== undefined && now.accounts[first] !== undefined) now.accounts[first].root = structuredClone(original);
    writeFileSync(file, JSON.stringify(now), { mode: 0o600 });
    const argv = ['accounts', 'secure-root', first, '--account-id', management, '--yes'];
    expect(await killedAt(at, 'after', argv)).toBe('SIGKILL');
    // Never a password without the MFA that protects it.
    expect(rootOf(first)?.passwordPresent === true && rootOf(first)?.mfa === 'none').toBe(false);
    const again = await secure(first);
    expect([again.code, rootOf(first)]).toMatchObject([
      0,
      { passwordPresent: false, accessKeys: [], signingCertificates: [], mfa: 'none' },
    ]);
  });

  it.each(['before', 'after'] as const)('closes an account once, killed %s AWS acts', async (when) => {
    const now = read();
    now.knobs.closingMs = 100;
    const account = now.accounts[third];
    if (account !== undefined) {
      account.state = 'ACTIVE';
      delete account.closureRequestedAt;
    }
    writeFileSync(file, JSON.stringify(now), { mode: 0o600 });
    const from = proxy.requests.length;
    const argv = ['accounts', 'close', third, '--account-id', management, '--yes'];
    expect(await killedAt(1, when, argv)).toBe('SIGKILL');
    const again = await program(...argv);
    expect([again.code, again.report.accounts[0]?.state]).toEqual([0, 'CLOSED']);
    expect(proxy.requests.slice(from).filter(({ operation }) => operation === 'CloseAccount')).toHaveLength(1);
    const [described] = await boto3(door, [['organizations', 'describe_account', { AccountId: third }]]);
    expect(described?.['Account']).toMatchObject({ State: 'CLOSED' });
  });

  it('closes nothing unless the digits of the member are typed', async () => {
    const sat = await sit(['accounts', 'close', second], [[String.raw`Last four digits of ${second}`, enter]]);
    expect([sat.answered, sat.code, read().accounts[second]?.state]).toEqual([1, 3, 'ACTIVE']);
    expect(sat.lines.join('\n')).toMatch(/stays in use/);
    const typed = await sit(['accounts', 'close', second], [[String.raw`Last four digits of ${second}`, `${second.slice(-4)}${enter}`]]);
    expect([typed.code, read().accounts[second]?.state]).toEqual([0, 'CLOSED']);
  });
});
