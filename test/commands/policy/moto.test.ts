import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { PolicyDocument } from '../../../src/commands/policy/document.js';
import type { RunReport } from '../../../src/core/report.js';
import { boto3, type Door } from '../../e2e/boto3.js';
import { newFolder, runProgram } from '../../e2e/program.js';
import { type Moto, startMoto } from '../../emulator/moto.js';
import { actionsOf, printed, without } from './limited-user.js';

const python = inject('pythonBin');
const account = '123456789012';
/**
 * Moto asks about the resource `*` whatever IAM operation comes, so its enforcement distinguishes actions and not resources (these are held
 * by the practice account). JSON services that it denies are answered in XML; so what is held here is IAM's part.
 */
const onAnything = (policy: PolicyDocument): PolicyDocument => ({
  ...policy,
  Statement: policy.Statement.map((statement) => ({ ...statement, Resource: '*' })),
});
const iamActions = (policy: PolicyDocument): readonly string[] => actionsOf(policy).filter((action) => action.startsWith('iam:'));

describe.skipIf(python === '')('the policy of check, enforced by moto', () => {
  let moto: Moto;
  let signUp: Door;
  const home = newFolder();
  const policy = printed(['check', '--account-id', account]);
  let doors = 0;

  beforeAll(async () => {
    moto = await startMoto(python);
    signUp = { endpoint: moto.url, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'unused' };
    const user = { UserName: 'alex' };
    await boto3(signUp, [
      ['iam', 'create_user', user],
      ['iam', 'create_access_key', user],
      ['iam', 'create_login_profile', { ...user, Password: 'Correct-horse-battery-1' }],
      ['iam', 'create_virtual_mfa_device', { VirtualMFADeviceName: 'left' }],
      ['iam', 'create_account_alias', { AccountAlias: 'acme-prod' }],
      [
        'iam',
        'update_account_password_policy',
        { MinimumPasswordLength: 14, PasswordReusePrevention: 24, AllowUsersToChangePassword: false },
      ],
    ]);
  }, 60_000);
  afterAll(() => moto?.stop());

  /** How many requests moto lets through before it enforces; every later one is judged by the key that signs it. */
  const enforceAfter = async (requests: number): Promise<void> => {
    const answer = await fetch(`${moto.url}/moto-api/reset-auth`, { method: 'POST', body: String(requests) });
    expect(answer.ok).toBe(true);
  };
  const check = async (allowed: PolicyDocument): Promise<RunReport> => {
    await enforceAfter(1_000_000);
    doors += 1;
    const user = { UserName: `auditor-${doors}` };
    const made = await boto3(signUp, [
      ['iam', 'create_user', user],
      ['iam', 'put_user_policy', { ...user, PolicyName: 'only', PolicyDocument: JSON.stringify(onAnything(allowed)) }],
      ['iam', 'create_access_key', user],
    ]);
    const key = made[2]?.['AccessKey'] as { AccessKeyId: string; SecretAccessKey: string };
    await enforceAfter(0);
    const { stdout } = await runProgram(['check', '--only', 'admin-user,mfa,alias,access-keys', '--output', 'json'], {
      home,
      env: {
        AWS_ENDPOINT_URL: moto.url,
        AWS_ACCESS_KEY_ID: key.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: key.SecretAccessKey,
        AWS_REGION: 'us-east-1',
      },
    });
    return JSON.parse(stdout) as RunReport;
  };
  const missing = ({ results }: RunReport): readonly string[] =>
    [...new Set(results.flatMap(({ missingPermission }) => (missingPermission?.startsWith('iam:') ? [missingPermission] : [])))].toSorted();

  it('is sufficient', async () => {
    const report = await check(await policy);
    expect(report.account?.identity.arn).toBe(`arn:aws:iam::${account}:user/auditor-${doors}`);
    expect(missing(report)).toEqual([]);
    expect(report.results.find(({ id }) => id === 'alias.set')).toMatchObject({ status: 'pass' });
    expect(report.results.filter(({ id }) => id === 'access-keys.age').length).toBeGreaterThan(1);
  }, 60_000);

  it('is needed: an identity without it can read nothing in IAM', async () => {
    const none = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'None', Effect: 'Allow', Action: ['s3:ListAllMyBuckets'], Resource: '*' }],
    } as const;
    const seen = missing(await check(none));
    // The others are asked only when these have answered.
    const first = [
      'iam:GetAccountAuthorizationDetails',
      'iam:GetAccountPasswordPolicy',
      'iam:GetAccountSummary',
      'iam:GetCredentialReport',
    ];
    expect(seen).toEqual([...first, 'iam:ListAccountAliases', 'iam:ListUsers', 'iam:ListVirtualMFADevices']);
  }, 60_000);

  it.each(['iam:ListAccountAliases', 'iam:GetLoginProfile', 'iam:GetAccessKeyLastUsed', 'iam:ListMFADeviceTags'])(
    'has %s, without which something is unknown',
    async (action) => {
      expect(iamActions(await policy)).toContain(action);
      expect(missing(await check(without(await policy, action)))).toEqual([action]);
    },
    60_000,
  );
});
