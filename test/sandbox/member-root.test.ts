import { IAMClient } from '@aws-sdk/client-iam';
import * as iamSdk from '@aws-sdk/client-iam';
import { AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { organizationWorld } from '../support/organization-world.js';
import { refusal, seededRandom, standingClock } from './practice.js';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
describe('AssumeRoot in the practice account', () => {
  const clock = standingClock();
  let sandbox: Sandbox;
  let sts: STSClient;
  let member: string;
  const open = async (options: Partial<Parameters<typeof organizationWorld>[0]> = {}): Promise<void> => {
    const made = organizationWorld({ members: [['root-credentials'], ['suspended']], now: clock.now(), centralRoot: true, ...options });
    sandbox = await openSandbox({ now: clock.now, random: seededRandom(), world: made.world });
    sts = new STSClient({ region: 'us-east-1', credentials: made.key, requestHandler: sandbox.requestHandler, maxAttempts: 1 });
    [member = ''] = made.members;
  };
  beforeEach(() => open());

  const arn = (task: string) => `arn:aws:iam::aws:policy/root-task/${task}`;
  const assume = (task: string, TargetPrincipal = member, DurationSeconds = 900) =>
    sts.send(new AssumeRootCommand({ TargetPrincipal, TaskPolicyArn: { arn: arn(task) }, DurationSeconds }));
  const as = async (task: string): Promise<IAMClient> => {
    const { Credentials } = await assume(task);
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    return new IAMClient({ region: 'us-east-1', credentials, requestHandler: sandbox.requestHandler, maxAttempts: 1 });
  };

  it('names the member by its id or by the ARN of its root, and ends after 15 minutes', async () => {
    const { Credentials } = await assume('IAMAuditRootUserCredentials', `arn:aws:iam::${member}:root`);
    expect(Credentials?.Expiration).toEqual(new Date(clock.now().getTime() + 900_000));
    expect((await refusal(assume('IAMAuditRootUserCredentials', member, 901))).name).toBe('ValidationError');
    expect((await refusal(assume('AdministratorAccess'))).name).toBe('ValidationError');
  });

  it('is denied into the management account, a suspended member and another account', async () => {
    for (const target of ['111122223333', '200000000002', '999999999999'])
      expect([target, (await refusal(assume('IAMAuditRootUserCredentials', target))).name]).toEqual([target, 'AccessDenied']);
  });

  it('is denied while central management is off, and without the permission', async () => {
    await open({ centralRoot: false });
    expect((await refusal(assume('IAMAuditRootUserCredentials'))).name).toBe('AccessDenied');
    await open({ policies: ['IAMFullAccess'] });
    expect((await refusal(assume('IAMAuditRootUserCredentials'))).name).toBe('AccessDenied');
  });

  it('limits an audit to what root has', async () => {
    const iam = await as('IAMAuditRootUserCredentials');
    expect((await iam.send(new iamSdk.GetLoginProfileCommand({}))).LoginProfile?.PasswordResetRequired).toBe(false);
    expect((await iam.send(new iamSdk.ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(1);
    expect((await iam.send(new iamSdk.GetAccountSummaryCommand({}))).SummaryMap?.['AccountSigningCertificatesPresent']).toBe(1);
    for (const refused of [
      new iamSdk.ListUsersCommand({}),
      new iamSdk.DeleteLoginProfileCommand({}),
      new iamSdk.CreateAccessKeyCommand({}),
      new iamSdk.CreateUserCommand({ UserName: 'x' }),
    ])
      expect([refused.constructor.name, (await refusal(iam.send(refused as never))).name]).toEqual([
        refused.constructor.name,
        'AccessDenied',
      ]);
  });

  it('deletes everything that lets someone sign in as root, but no virtual device and nothing else', async () => {
    const iam = await as('IAMDeleteRootUserCredentials');
    const { AccessKeyMetadata: [key] = [] } = await iam.send(new iamSdk.ListAccessKeysCommand({}));
    const { MFADevices: [device] = [] } = await iam.send(new iamSdk.ListMFADevicesCommand({}));
    await iam.send(new iamSdk.DeleteAccessKeyCommand({ AccessKeyId: key?.AccessKeyId }));
    await iam.send(new iamSdk.DeleteLoginProfileCommand({}));
    await iam.send(new iamSdk.DeactivateMFADeviceCommand({ SerialNumber: device?.SerialNumber }));
    expect(sandbox.world.accounts[member]?.root).toMatchObject({ passwordPresent: false, accessKeys: [], mfa: 'none' });
    expect((await refusal(iam.send(new iamSdk.DeleteLoginProfileCommand({})))).name).toBe('NoSuchEntityException');
    for (const refused of [
      new iamSdk.DeleteVirtualMFADeviceCommand({ SerialNumber: device?.SerialNumber }),
      new iamSdk.CreateLoginProfileCommand({}),
      new iamSdk.DeleteUserCommand({ UserName: 'x' }),
    ])
      expect([refused.constructor.name, (await refusal(iam.send(refused as never))).name]).toEqual([
        refused.constructor.name,
        'AccessDenied',
      ]);
  });

  it('gives root a password again, without choosing it', async () => {
    const root = sandbox.world.accounts[member]?.root;
    if (root !== undefined) root.passwordPresent = false;
    const iam = await as('IAMCreateRootUserPassword');
    await iam.send(new iamSdk.CreateLoginProfileCommand({}));
    expect(root?.passwordPresent).toBe(true);
    expect((await refusal(iam.send(new iamSdk.CreateLoginProfileCommand({})))).name).toBe('EntityAlreadyExistsException');
  });
});
