import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { AccountsReport } from '../../src/core/accounts.js';
import type { RunReport } from '../../src/core/report.js';
import { type Moto, startMoto } from '../emulator/moto.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { boto3, type Door } from './boto3.js';
import { type Exit, newFolder, runProgram } from './program.js';

const python = inject('pythonBin');
const account = '123456789012';
const role = 'OrganizationAccountAccessRole';

/**
 * Like AWS, moto uses the account of an assumed role. Unlike AWS, it lets any caller assume any role, even one that does not exist, and
 * the role that its CreateAccount creates has no AdministratorAccess. moto does not check permissions either.
 */
describe.skipIf(python === '')('an organization of three accounts on moto', () => {
  let moto: Moto;
  let proxy: RecordingProxy;
  let door: Door;
  const home = newFolder();
  const program = (...argv: readonly string[]): Promise<Exit> =>
    runProgram(argv, {
      home,
      env: {
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: door.accessKeyId,
        AWS_SECRET_ACCESS_KEY: door.secretAccessKey,
        AWS_REGION: 'us-east-1',
      },
    });
  const requests = (from: number): readonly string[] => proxy.requests.slice(from).map(({ operation }) => operation);

  beforeAll(async () => {
    moto = await startMoto(python);
    proxy = await startRecordingProxy({ target: moto.url, file: path.join(inject('recordDir'), 'e2e-organization-moto.jsonl') });
    const signUp: Door = { endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' };
    const user = { UserName: 'founder' };
    const [, made] = await boto3(signUp, [
      ['iam', 'create_user', user],
      ['iam', 'create_access_key', user],
      ['iam', 'attach_user_policy', { ...user, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    ]);
    door = { endpoint: moto.url, accessKeyId: made?.['AccessKey'].AccessKeyId, secretAccessKey: made?.['AccessKey'].SecretAccessKey };
    const config = [
      'version: 1',
      `account: { id: "${account}" }`,
      'organization:',
      '  free-tier-loss: accepted',
      '  accounts:',
      '    - { name: blue, email: aws+blue@example.com, alias: { name: acme-blue } }',
      '    - { name: green, email: aws+green@example.com, alias: { name: acme-green } }',
      '',
    ];
    writeFileSync(path.join(home, 'bootstrap.yaml'), config.join('\n'));
  }, 60_000);
  afterAll(async () => {
    await proxy?.close();
    await moto?.stop();
  });

  it('is created by init, which verifies both roles by assuming them', async () => {
    const { stdout, stderr } = await program('init', '--only', 'organization', '--yes', '--output', 'json');
    const report = JSON.parse(stdout) as RunReport;
    expect(report.error, stderr).toBeUndefined();
    const proven = report.results.filter(({ id }) => id === 'organization.access-role');
    expect(proven.map(({ status }) => status)).toEqual(['pass', 'pass']);
    expect(report.exit.code).toBe(0);
  }, 60_000);

  it('gets the aliases of its members with init --org', async () => {
    const { stdout, stderr } = await program('init', '--org', '--only', 'alias', '--yes', '--output', 'json');
    const report = JSON.parse(stdout) as RunReport;
    expect(report.error, stderr).toBeUndefined();
    expect(report.steps?.map(({ id, status }) => `${id} ${status}`)).toEqual(['alias done', 'alias done']);
    for (const member of report.accounts ?? []) {
      const RoleArn = `arn:aws:iam::${member.id}:role/${role}`;
      const [assumed] = await boto3(door, [['sts', 'assume_role', { RoleArn, RoleSessionName: 'test' }]]);
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = (assumed?.['Credentials'] ?? {}) as Record<string, string>;
      const inside: Door = { endpoint: moto.url, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      const [identity, aliases] = await boto3(inside, [
        ['sts', 'get_caller_identity', {}],
        ['iam', 'list_account_aliases', {}],
      ]);
      expect([identity?.['Account'], aliases?.['AccountAliases']]).toEqual([member.id, [`acme-${member.name}`]]);
    }
  }, 60_000);

  it('is reported as three accounts by check --org, which writes nothing', async () => {
    const from = proxy.requests.length;
    const { stdout, stderr } = await program('check', '--org', '--output', 'json');
    const report = JSON.parse(stdout) as RunReport;
    expect(report.error, stderr).toBeUndefined();
    expect(report.accounts?.map(({ name, alias, role: place, unseen }) => [name, alias, place, unseen])).toEqual([
      [expect.any(String), null, 'management', null],
      ['blue', 'acme-blue', 'member', null],
      ['green', 'acme-green', 'member', null],
    ]);
    expect(new Set(report.results.map(({ accountId }) => accountId)).size).toBe(3);
    expect(requests(from).filter((operation) => operation === 'AssumeRole').length).toBe(4);
    expect(requests(from).filter((one) => !/^(Get|List|Describe|Lookup|(GenerateCredentialReport|AssumeRole)$)/.test(one))).toEqual([]);
    expect(report.apiCalls).toEqual({ total: proxy.requests.length - from, writes: 0 });
  }, 60_000);

  it('loses a member to accounts close, once, as boto3 sees it', async () => {
    const [listed] = await boto3(door, [['organizations', 'list_accounts', {}]]);
    const accounts = (listed?.['Accounts'] ?? []) as readonly { Name: string; Id: string }[];
    const green = accounts.find(({ Name }) => Name === 'green')?.Id ?? '';
    const from = proxy.requests.length;
    const close = async () => {
      const { code, stdout } = await program('accounts', 'close', green, '--account-id', account, '--yes', '--output', 'json');
      return { code, report: JSON.parse(stdout) as AccountsReport };
    };
    const first = await close();
    // moto has no event history, and goes straight to the last state.
    expect([first.code, first.report.accounts[0]?.state, first.report.closing?.quota]).toEqual([0, 'SUSPENDED', { limit: 10, used: null }]);
    const [described] = await boto3(door, [['organizations', 'describe_account', { AccountId: green }]]);
    expect(described?.['Account'].Status).toBe('SUSPENDED');
    const second = await close();
    expect([second.code, second.report.apiCalls.writes]).toEqual([0, 0]);
    expect(requests(from).filter((operation) => operation === 'CloseAccount')).toHaveLength(1);
  }, 60_000);

  it('has no session for root of a member: moto lacks the feature and AssumeRoot', async () => {
    const { code, stdout } = await program('accounts', 'secure-root', '--all', '--dry-run', '--output', 'json');
    const { error } = JSON.parse(stdout) as AccountsReport;
    expect([code, error?.code]).toEqual([1, 'E-NOT-OFFERED']);
  });
});
