import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { isOffered } from '../emulator/gaps.js';
import { type Moto, startMoto } from '../emulator/moto.js';
import { testClock, testShell } from '../support/host.js';
import { type AccountFault, accountOf, beyond, openIn } from './account-faults.js';
import { type Boto3, startBoto3 } from './boto3.js';
import { writeConfig } from './whole-config.js';
import { startRecordingProxy } from '../support/recording-proxy.js';

const account = '123456789012';
const { faultless, faults, device } = accountOf(account);

/** Faults that need ids from AWS. */
interface Made {
  /** Keys of ci. */
  readonly keys: readonly string[];
  readonly member: string;
}
const more: readonly (Omit<AccountFault, 'calls'> & { readonly calls: (made: Made) => AccountFault['calls'] })[] = [
  {
    what: 'no key for the user of the config',
    calls: ({ keys }) => keys.map((AccessKeyId) => ['iam', 'delete_access_key', { UserName: 'ci', AccessKeyId }]),
    finds: ['fail access-keys.exists'],
  },
  {
    what: 'a missing member account',
    calls: ({ member }) => [['organizations', 'remove_account_from_organization', { AccountId: member }]],
    finds: ['fail organization.accounts'],
  },
  { what: 'no organization', calls: () => [['organizations', 'delete_organization', {}]], finds: ['fail organization.exists'] },
  {
    what: 'an organization with consolidated billing only',
    calls: () => [['organizations', 'create_organization', { FeatureSet: 'CONSOLIDATED_BILLING' }]],
    finds: ['fail organization.all-features'],
    // moto has no handshakes, so it does not show whether all features are being enabled.
    onMoto: ['unknown organization.all-features'],
  },
];

describe.skipIf(inject('pythonBin') === '')('an account created by boto3 on moto', () => {
  let moto: Moto;
  let boto3: Boto3;
  /** The key of ci, in the profile that the config names. */
  let stored: StoredKey;
  /** The findings before the fault. */
  let open: readonly string[];
  beforeAll(async () => {
    moto = await startMoto(inject('pythonBin'));
    boto3 = startBoto3({ endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' });
    const answers = await boto3.call([
      ...faultless,
      ['iam', 'create_virtual_mfa_device', { VirtualMFADeviceName: 'alex' }],
      [
        'iam',
        'enable_mfa_device',
        { UserName: 'alex', SerialNumber: device('alex'), AuthenticationCode1: '123456', AuthenticationCode2: '654321' },
      ],
      ['iam', 'create_access_key', { UserName: 'ci' }],
    ]);
    stored = answers.at(-1)?.['AccessKey'] as StoredKey;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await boto3?.stop();
    await moto?.stop();
  });

  const check = async (days = 0): Promise<RunReport> => {
    // `check` takes ages by the clock of AWS.
    const aws = await startRecordingProxy({ target: moto.url, dateAheadMs: days * 86_400_000 });
    const env = {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'unused',
      AWS_REGION: 'us-east-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
    // The SDK's providers look at the process itself.
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const shell = testShell({ env, clock: testClock(new Date(Date.now() + days * 86_400_000).toISOString()) });
    writeConfig(shell.home);
    writeProfile(shell.home, stored);
    const { stdout } = await shell.run(['check', '--output', 'json']);
    await aws.close();
    return JSON.parse(stdout) as RunReport;
  };

  const made = async (): Promise<Made> => {
    const { users, organization } = await boto3.state();
    const member = Object.entries(organization?.members ?? {}).find(([email]) => email === 'aws+sandbox@example.com');
    return { keys: (users['ci']?.keys ?? []).map((key) => key.split(' ')[0] ?? ''), member: member?.[1].split(' ')[0] ?? '' };
  };

  it('has no findings, except those that moto does not support', async () => {
    const { results } = await check();
    open = openIn(results);
    const unsupported = [
      'billing-access.switch',
      'billing-access.primary-contact',
      'mfa.root',
      'organization.access-role',
      'admin-user.root-at-rest',
      'budget.subscribers',
      'budget.free-plan',
    ];
    expect(open.filter((line) => !unsupported.some((id) => line.includes(` ${id} `)))).toEqual([]);
    for (const operation of [
      'account:GetContactInformation',
      'cloudtrail:LookupEvents',
      'freetier:GetAccountPlanState',
      'budgets:DescribeSubscribersForNotification',
      'iam:ListMFADeviceTags',
    ])
      expect(isOffered(operation)).toBe(false);
    expect(faults.length + more.length).toBeGreaterThanOrEqual(25);
  });

  it('is not changed by check', async () => {
    const before = await boto3.state();
    expect((await check()).apiCalls.writes).toBe(0);
    expect(await boto3.state()).toEqual(before);
  });

  it.each([...faults, ...more])('has only the findings of $what', async ({ calls, undo, later, finds, onMoto = finds }) => {
    await boto3.call(typeof calls === 'function' ? calls(await made()) : calls);
    const [before, after] = [open, openIn((await check(later)).results)];
    if (undo !== undefined) await boto3.call(undo);
    else if (later === undefined) open = after;
    expect(beyond(after, before)).toEqual(onMoto);
  });
});

interface StoredKey {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
}

const writeProfile = (home: string, { AccessKeyId, SecretAccessKey }: StoredKey): void => {
  mkdirSync(path.join(home, '.aws'));
  const text = `[acme-prod]\naws_access_key_id = ${AccessKeyId}\naws_secret_access_key = ${SecretAccessKey}\n`;
  writeFileSync(path.join(home, '.aws/credentials'), text, { mode: 0o600 });
};
