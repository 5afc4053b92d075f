import { connect } from 'node:net';
import { get } from 'node:http';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { run } from '../support/child-process.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { accountState, boto3, type Door } from './boto3.js';
import { newFolder, type Running, runProgram, startProgram } from './program.js';

const account = '111122223333';

interface Served {
  readonly server: Running;
  /** What its stdout has a shell export. */
  readonly exports: Readonly<Record<string, string>>;
  readonly url: string;
}

const serve = async (home: string, ...flags: readonly string[]): Promise<Served> => {
  const server = startProgram(['sandbox', 'serve', '--sandbox-file', 'world.json', ...flags], { home, deadlineMs: 120_000 });
  await server.until(/until Ctrl-C/);
  const exports = Object.fromEntries(
    server
      .stdout()
      .trim()
      .split('\n')
      .map((line) => (/^export (\w+)=([\w:/.+=-]*)$/.exec(line) ?? [line, line, '']).slice(1)),
  ) as Record<string, string>;
  return { server, exports, url: exports['AWS_ENDPOINT_URL'] ?? '' };
};

describe('bootstrap sandbox serve', () => {
  it('prints only the exports for a shell on stdout', async () => {
    const { server, exports } = await serve(newFolder());
    expect(exports).toEqual({
      AWS_ENDPOINT_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^.{30,}$/),
      AWS_SESSION_TOKEN: expect.stringMatching(/^.{10,}$/),
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    });
    await server.stop('SIGTERM');
  });

  it('gives the credentials of the administrator with --sandbox-as admin', async () => {
    const home = newFolder();
    const none = await runProgram(['sandbox', 'serve', '--sandbox-file', 'world.json', '--sandbox-as', 'admin'], { home });
    expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('E-NOT-SIGNED-IN')]);
    await runProgram(['init', '--yes', '--sandbox-file', 'world.json'], { home });
    const { server, exports } = await serve(home, '--sandbox-as', 'admin');
    expect(server.stderr()).toContain('those of its administrator.');
    const listed = await runProgram(['keys', 'list', '--json'], { home, env: exports });
    expect(JSON.parse(listed.stdout)).toMatchObject({ account: { identity: { kind: 'user', arn: `arn:aws:iam::${account}:user/admin` } } });
    await server.stop('SIGTERM');
  });

  it('accepts only connections from this machine', async () => {
    const { server, url } = await serve(newFolder());
    const { port } = new URL(url);
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4')
      .map((one) => one?.address ?? '');
    expect(await connects('127.0.0.1', Number(port))).toBe(true);
    for (const address of outside) expect([address, await connects(address, Number(port))]).toEqual([address, false]);
    // A web page whose host name resolves to this machine.
    expect(await statusFor(url, 'attacker.example.com')).toBe(403);
    await server.stop('SIGTERM');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s within two seconds, even with open connections', async (signal) => {
    const { server, url } = await serve(newFolder());
    const { port } = new URL(url);
    const open = connect({ host: '127.0.0.1', port: Number(port) });
    await new Promise((resolve) => open.once('connect', resolve));
    open.on('error', () => {});
    const exit = await server.stop(signal);
    expect([exit.code, exit.signal]).toEqual([0, null]);
    expect(exit.afterMs).toBeLessThan(2_000);
    expect(await connects('127.0.0.1', Number(port))).toBe(false);
    open.destroy();
  });
});

describe.skipIf(inject('pythonBin') === '')('a served practice account', { timeout: 60_000 }, () => {
  const home = newFolder();
  let served: Served;
  let proxy: RecordingProxy;
  let door: Door;
  const program = (...argv: string[]) => runProgram([...argv, '--sandbox-file', 'world.json', '--output', 'json'], { home });
  const aws = async (argv: readonly string[], env: Readonly<Record<string, string>> = served.exports) =>
    run(inject('awsBin'), [...argv, '--output', 'json'], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, ...env, AWS_ENDPOINT_URL: proxy.url },
    });

  beforeAll(async () => {
    served = await serve(home);
    proxy = await startRecordingProxy({ target: served.url, file: path.join(inject('recordDir'), 'e2e-sandbox-serve.jsonl') });
    door = {
      endpoint: proxy.url,
      accessKeyId: served.exports['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: served.exports['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: served.exports['AWS_SESSION_TOKEN'] ?? '',
    };
    const exit = await program('init', '--yes');
    // Root's MFA is a manual step.
    if (exit.code !== 5) throw new Error(`init ended with ${exit.code}: ${exit.stdout}${exit.stderr}`);
  });
  afterAll(async () => {
    await proxy?.close();
    await served?.server.stop('SIGTERM');
  });

  it('shows the AWS CLI what init created in another process', async () => {
    const identity = await aws(['sts', 'get-caller-identity']);
    expect([identity.code, identity.stderr]).toEqual([0, '']);
    expect(JSON.parse(identity.stdout)).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:root` });
    const users = await aws(['iam', 'list-users']);
    expect((JSON.parse(users.stdout) as { Users: { UserName: string }[] }).Users.map(({ UserName }) => UserName)).toEqual(['admin', 'ci']);
    const budgets = await aws(['budgets', 'describe-budgets', '--account-id', account]);
    expect((JSON.parse(budgets.stdout) as { Budgets: object[] }).Budgets).toMatchObject([
      {
        BudgetName: 'Monthly cost budget',
        BudgetLimit: { Amount: expect.stringMatching(/^10(\.0+)?$/), Unit: 'USD' },
        TimeUnit: 'MONTHLY',
        BudgetType: 'COST',
      },
    ]);
  });

  it('shows boto3 everything that init created', async () => {
    const state = await accountState(door);
    expect(state.users).toEqual({
      admin: { groups: ['Administrators'], attached: [], inline: [], password: true, mfa: [`arn:aws:iam::${account}:mfa/admin`], keys: [] },
      ci: { groups: ['ci-readers'], attached: [], inline: [], password: false, mfa: [], keys: [expect.stringMatching(/^AKIA\w+ Active$/)] },
    });
    expect(state.groups).toEqual({
      Administrators: { attached: ['AdministratorAccess'], inline: [] },
      'ci-readers': { attached: ['ReadOnlyAccess'], inline: [] },
    });
    expect(state.aliases).toEqual([expect.stringMatching(/^practice-[a-z]{4}$/)]);
    expect(state.organization).toMatchObject({ features: 'ALL', management: account });
    expect(Object.values(state.organization?.members ?? {}).filter((member) => member.endsWith(' sandbox ACTIVE'))).toHaveLength(1);
    const [subscribers] = await boto3(door, [
      [
        'budgets',
        'describe_subscribers_for_notification',
        {
          AccountId: account,
          BudgetName: 'Monthly cost budget',
          Notification: { NotificationType: 'FORECASTED', ComparisonOperator: 'GREATER_THAN', Threshold: 100, ThresholdType: 'PERCENTAGE' },
        },
      ],
    ]);
    expect(subscribers).toEqual({ Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'you@example.com' }] });
  });

  it('accepts the key that init stored in a profile', async () => {
    const [credentials, config] = ['credentials', 'config'].map((file) => path.join(home, 'world.json.secrets', file));
    const identity = await aws(['sts', 'get-caller-identity', '--profile', 'practice'], {
      AWS_SHARED_CREDENTIALS_FILE: credentials ?? '',
      AWS_CONFIG_FILE: config ?? '',
    });
    expect([identity.code, identity.stderr]).toEqual([0, '']);
    expect(JSON.parse(identity.stdout)).toMatchObject({ Arn: `arn:aws:iam::${account}:user/ci` });
  });

  it('refuses a wrong signature', async () => {
    const refused = await aws(['iam', 'list-users'], { ...served.exports, AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('SignatureDoesNotMatch');
  });

  it('shows check what boto3 changed', async () => {
    const judge = async () => {
      const exit = await program('check', '--only', 'admin-user.via-group', '--fail-on', 'low');
      return { exit, results: (JSON.parse(exit.stdout) as RunReport).results };
    };
    const before = await judge();
    expect([before.exit.code, before.results.map(({ status }) => status)]).toEqual([0, ['pass', 'pass']]);
    await boto3(door, [
      ['iam', 'create_user', { UserName: 'intruder' }],
      ['iam', 'attach_user_policy', { UserName: 'intruder', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ]);
    const after = await judge();
    expect(after.exit.code).toBe(3);
    expect(after.results.filter(({ status }) => status === 'fail')).toMatchObject([
      {
        id: 'admin-user.via-group',
        resource: `arn:aws:iam::${account}:user/intruder`,
        reason: 'intruder has policies of its own: AdministratorAccess',
      },
    ]);
  });

  it('lets init fix a budget that boto3 changed, and keep the rest of it', async () => {
    const before = await accountState(door);
    const { Budgets } = (await boto3(door, [['budgets', 'describe_budgets', { AccountId: account }]]))[0] as {
      Budgets: Record<string, any>[];
    };
    const { BudgetName, BudgetType, TimeUnit, CostTypes } = Budgets[0] ?? {};
    const changed = { BudgetName, BudgetType, TimeUnit, CostTypes, BudgetLimit: { Amount: '500', Unit: 'USD' } };
    await boto3(door, [['budgets', 'update_budget', { AccountId: account, NewBudget: changed }]]);
    expect((await accountState(door)).budgets['Monthly cost budget']?.amount).toBe(500);
    const exit = await program('init', '--yes');
    expect((JSON.parse(exit.stdout) as RunReport).plan?.map(({ kind }) => kind)).toEqual(['update-budget']);
    expect(await accountState(door)).toEqual(before);
    expect(exit.code).toBe(5);
    expect((JSON.parse((await program('init', '--yes')).stdout) as RunReport).apiCalls.writes).toBe(0);
  });
});

const connects = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

const statusFor = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once('error', reject);
  });
