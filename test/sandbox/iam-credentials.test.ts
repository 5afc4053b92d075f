import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { iam } from '../../src/sandbox/behaviours/iam.js';
import { accessKeyId, accountOf } from '../../src/sandbox/credentials.js';
import { codes, seededRandom } from './practice.js';
import { NOW, OTHER, testWorld } from './world-of-test.js';

const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000);

function withDevice() {
  const world = testWorld(iam);
  world.call('CreateUser', { UserName: 'alex' });
  const device = world.call('CreateVirtualMFADevice', { VirtualMFADeviceName: 'alex' }).VirtualMFADevice;
  const named = { UserName: 'alex', SerialNumber: device.SerialNumber as string };
  return { ...world, seed: device.Base32StringSeed as Uint8Array, named };
}

describe('MFA devices', () => {
  it.each([-2, -1, 0, 1, 2])('accept two consecutive codes that start %i steps from now', (offset) => {
    const { own, call, seed, named } = withDevice();
    call('EnableMFADevice', { ...named, ...codes(seed, NOW, offset) });
    expect(own.mfaDevices[0]).toMatchObject({ user: 'alex', enabledAt: NOW.toISOString() });
  });

  it.each([-3, 3, 20])('refuse codes that start %i steps from now', (offset) => {
    const { own, fault, seed, named } = withDevice();
    expect(fault('EnableMFADevice', { ...named, ...codes(seed, NOW, offset) })).toMatchObject({
      code: 'InvalidAuthenticationCode',
      status: 403,
    });
    expect(own.mfaDevices[0]?.user).toBeNull();
  });

  it('refuse the same code twice, codes in the wrong order, and codes with a step between', () => {
    const { fault, seed, named } = withDevice();
    const at = (step: number) =>
      new TOTP({ secret: Secret.fromBase32(Buffer.from(seed).toString()) }).generate({ timestamp: NOW.getTime() + step * 30_000 });
    for (const [first, second] of [
      [0, 0],
      [1, 0],
      [0, 2],
    ] as const) {
      const refused = fault('EnableMFADevice', { ...named, AuthenticationCode1: at(first), AuthenticationCode2: at(second) });
      expect(refused.code).toBe('InvalidAuthenticationCode');
    }
  });

  it('refuse codes of another device', () => {
    const { call, fault, named } = withDevice();
    const other = call('CreateVirtualMFADevice', { VirtualMFADeviceName: 'other' }).VirtualMFADevice;
    expect(fault('EnableMFADevice', { ...named, ...codes(other.Base32StringSeed, NOW) }).code).toBe('InvalidAuthenticationCode');
  });

  it('do not accept a code again, for this or any earlier step', () => {
    const { call, fault, seed, named } = withDevice();
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    expect(fault('ResyncMFADevice', { ...named, ...codes(seed, NOW) }).code).toBe('InvalidAuthenticationCode');
    expect(fault('ResyncMFADevice', { ...named, ...codes(seed, NOW, 1) }).code).toBe('InvalidAuthenticationCode');
    call('ResyncMFADevice', { ...named, ...codes(seed, NOW, 2) });
  });

  it('are refused with codes in another format', () => {
    const { fault, named } = withDevice();
    expect(fault('EnableMFADevice', { ...named, AuthenticationCode1: '12345', AuthenticationCode2: '123456' }).code).toBe(
      'ValidationError',
    );
  });

  it('can be assigned only once', () => {
    const { call, fault, seed, named } = withDevice();
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    call('CreateUser', { UserName: 'bea' });
    const refused = fault('EnableMFADevice', { ...named, UserName: 'bea', ...codes(seed, NOW, 2) });
    expect(refused).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
  });

  it('are limited to eight per user', () => {
    const { own, fault, seed, named } = withDevice();
    const device = own.mfaDevices[0];
    if (device === undefined) throw new Error('no device');
    for (let n = 0; n < 8; n += 1) own.mfaDevices.push({ ...device, serial: `${device.serial}${n}`, user: 'alex' });
    expect(fault('EnableMFADevice', { ...named, ...codes(seed, NOW) }).code).toBe('LimitExceeded');
  });

  it('can only be deleted after they are deactivated', () => {
    const { own, call, fault, seed, named } = withDevice();
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    expect(fault('DeleteVirtualMFADevice', named)).toMatchObject({ code: 'DeleteConflict', status: 409 });
    call('DeactivateMFADevice', named);
    expect(own.mfaDevices[0]?.user).toBeNull();
    expect(fault('DeactivateMFADevice', named).code).toBe('NoSuchEntity');
    call('DeleteVirtualMFADevice', named);
    expect(fault('DeleteVirtualMFADevice', named).code).toBe('NoSuchEntity');
  });

  it('cannot be created twice with one name', () => {
    const refused = withDevice().fault('CreateVirtualMFADevice', { VirtualMFADeviceName: 'Alex' });
    expect(refused).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
  });

  it('are listed by assignment, including root’s, and never with a seed', () => {
    const { own, call, seed, named } = withDevice();
    own.root.mfa = 'virtual';
    const serials = (AssignmentStatus?: string) =>
      call('ListVirtualMFADevices', AssignmentStatus === undefined ? {} : { AssignmentStatus }).VirtualMFADevices.map(
        (each: { SerialNumber: string }) => each.SerialNumber,
      );
    const rootSerial = 'arn:aws:iam::111122223333:mfa/root-account-mfa-device';
    expect(serials('Unassigned')).toEqual([named.SerialNumber]);
    expect(serials('Assigned')).toEqual([rootSerial]);
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    expect(serials()).toEqual([named.SerialNumber, rootSerial]);
    expect(serials('Unassigned')).toEqual([]);
    const listed = call('ListVirtualMFADevices').VirtualMFADevices;
    expect(listed[1].User.Arn).toBe('arn:aws:iam::111122223333:root');
    expect(JSON.stringify(listed)).not.toContain(Buffer.from(seed).toString());
    expect(listed.some((each: object) => 'Base32StringSeed' in each)).toBe(false);
  });

  it('count in AccountMFAEnabled for root only, and in MFADevicesInUse for everyone', () => {
    const { own, call, seed, named } = withDevice();
    const summary = () => call('GetAccountSummary').SummaryMap;
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    expect(summary()).toMatchObject({ AccountMFAEnabled: 0, MFADevicesInUse: 1, MFADevices: 1 });
    own.root.mfa = 'hardware';
    expect(summary()).toMatchObject({ AccountMFAEnabled: 1, MFADevicesInUse: 2 });
    expect(call('ListVirtualMFADevices').VirtualMFADevices).toHaveLength(1);
  });
});

describe('access keys', () => {
  it('are limited to two, with the error message of AWS', () => {
    const { call, fault } = withDevice();
    call('CreateAccessKey', { UserName: 'alex' });
    const second = call('CreateAccessKey', { UserName: 'alex' }).AccessKey;
    const refused = fault('CreateAccessKey', { UserName: 'alex' });
    expect(refused).toMatchObject({ code: 'LimitExceeded', status: 409, message: 'Cannot exceed quota for AccessKeysPerUser: 2' });
    call('DeleteAccessKey', { UserName: 'alex', AccessKeyId: second.AccessKeyId });
    call('CreateAccessKey', { UserName: 'alex' });
  });

  it('are root’s own if root names no user, and are shown in the summary', () => {
    const { own, call, fault } = withDevice();
    const key = call('CreateAccessKey').AccessKey;
    expect(own.root.accessKeys).toHaveLength(1);
    expect(call('GetAccountSummary').SummaryMap.AccountAccessKeysPresent).toBe(1);
    expect(call('ListAccessKeys', { UserName: 'alex' }).AccessKeyMetadata).toEqual([]);
    expect(fault('DeleteAccessKey', { UserName: 'alex', AccessKeyId: key.AccessKeyId }).code).toBe('NoSuchEntity');
    call('DeleteAccessKey', { AccessKeyId: key.AccessKeyId });
    expect(own.root.accessKeys).toEqual([]);
  });

  it('need a user name from a user with temporary credentials', () => {
    const { fault } = withDevice();
    expect(fault('ListAccessKeys', {}, { caller: { kind: 'user', name: 'alex' } }).code).toBe('ValidationError');
  });

  it('cannot be deleted twice', () => {
    const { call, fault } = withDevice();
    const named = { UserName: 'alex', AccessKeyId: call('CreateAccessKey', { UserName: 'alex' }).AccessKey.AccessKeyId };
    call('UpdateAccessKey', { ...named, Status: 'Inactive' });
    expect(call('ListAccessKeys', { UserName: 'alex' }).AccessKeyMetadata[0].Status).toBe('Inactive');
    expect(fault('UpdateAccessKey', { ...named, Status: 'Expired' }).code).toBe('ValidationError');
    call('DeleteAccessKey', named);
    expect(fault('DeleteAccessKey', named)).toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });

  it('that were never used have no date and show N/A', () => {
    const { call, fault } = withDevice();
    const { AccessKeyId } = call('CreateAccessKey', { UserName: 'alex' }).AccessKey;
    expect(call('GetAccessKeyLastUsed', { AccessKeyId })).toEqual({
      UserName: 'alex',
      AccessKeyLastUsed: { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' },
    });
    expect(fault('GetAccessKeyLastUsed', { AccessKeyId }, { account: OTHER })).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  it('encode their account in their id', () => {
    for (const account of ['000000000001', '111122223333', '999999999999']) {
      expect(accountOf(accessKeyId('AKIA', account, seededRandom()))).toBe(account);
    }
    // A key from the AWS documentation, and the account that the published algorithm reads from it.
    expect(accountOf('ASIAY34FZKBOKMUTVV7A')).toBe('609629065308');
    expect(accountOf('AKIA')).toBeUndefined();
  });
});

describe('passwords', () => {
  const create = (Password: string, policy?: object) => {
    const world = withDevice();
    if (policy !== undefined) world.call('UpdateAccountPasswordPolicy', policy);
    return {
      ...world,
      make: () => world.call('CreateLoginProfile', { UserName: 'alex', Password }),
      refused: () => world.fault('CreateLoginProfile', { UserName: 'alex', Password }),
    };
  };

  it.each([
    ['seven characters', 'Abcde-7'],
    ['two classes of four', 'abcdefgh7'],
    ['the email address of the account', 'own@example.com'],
  ])('are refused by the default policy of AWS with %s', (_what, password) => {
    expect(create(password).refused()).toMatchObject({ code: 'PasswordPolicyViolation', status: 400 });
  });

  it('are accepted by the default policy of AWS with eight characters of three classes', () => {
    expect(create('Abcdef-x').make().LoginProfile).toMatchObject({ UserName: 'alex', PasswordResetRequired: false });
  });

  it.each([
    ['too short', { MinimumPasswordLength: 14 }, 'Abcdefghi-789'],
    ['without symbol', { RequireSymbols: true }, 'Abcdefghi789'],
    ['without number', { RequireNumbers: true }, 'Abcdefghi-'],
    ['without upper case', { RequireUppercaseCharacters: true }, 'abcdefghi-789'],
    ['without lower case', { RequireLowercaseCharacters: true }, 'ABCDEFGHI-789'],
  ])('are refused by the policy of the account if %s', (_what, policy, password) => {
    expect(create(password, policy).refused().code).toBe('PasswordPolicyViolation');
  });

  it('do not need three classes if the account has a policy', () => {
    create('abcdef', { MinimumPasswordLength: 6 }).make();
  });

  it('are required, and a user cannot have two', () => {
    const { call, fault } = withDevice();
    expect(fault('CreateLoginProfile', { UserName: 'alex' }).code).toBe('ValidationError');
    call('CreateLoginProfile', { UserName: 'alex', Password: 'Correct-Horse-7' });
    expect(fault('CreateLoginProfile', { UserName: 'alex', Password: 'Correct-Horse-7' })).toMatchObject({
      code: 'EntityAlreadyExists',
      status: 409,
    });
  });

  it('are not repeated in an error message', () => {
    const refused = withDevice().fault('CreateLoginProfile', { UserName: 'alex', Password: 'x'.repeat(129) });
    expect(refused.code).toBe('ValidationError');
    expect(refused.message).not.toContain('xxx');
  });

  it('cannot be reused within the remembered number', () => {
    const { call, fault } = create('', { MinimumPasswordLength: 6, PasswordReusePrevention: 2 });
    call('CreateLoginProfile', { UserName: 'alex', Password: 'first-one' });
    call('UpdateLoginProfile', { UserName: 'alex', Password: 'second-one' });
    expect(fault('UpdateLoginProfile', { UserName: 'alex', Password: 'first-one' }).code).toBe('PasswordPolicyViolation');
    call('UpdateLoginProfile', { UserName: 'alex', Password: 'third-one' });
    call('UpdateLoginProfile', { UserName: 'alex', Password: 'first-one' });
  });

  it('that do not exist return the same error as users that do not exist', () => {
    const { fault } = withDevice();
    expect(fault('GetLoginProfile', { UserName: 'alex' })).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    expect(fault('GetLoginProfile', { UserName: 'missing' })).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    expect(fault('UpdateLoginProfile', { UserName: 'alex', Password: 'Correct-Horse-7' }).code).toBe('NoSuchEntity');
    expect(fault('DeleteLoginProfile', { UserName: 'alex' }).code).toBe('NoSuchEntity');
  });

  it('have a policy that is replaced as a whole: omitted fields are reset to their defaults', () => {
    const { call, fault } = withDevice();
    expect(fault('GetAccountPasswordPolicy')).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    call('UpdateAccountPasswordPolicy', {
      MinimumPasswordLength: 20,
      RequireSymbols: true,
      MaxPasswordAge: 90,
      PasswordReusePrevention: 24,
      AllowUsersToChangePassword: true,
    });
    expect(call('GetAccountPasswordPolicy').PasswordPolicy).toMatchObject({
      MinimumPasswordLength: 20,
      ExpirePasswords: true,
      MaxPasswordAge: 90,
    });
    call('UpdateAccountPasswordPolicy', { RequireNumbers: true });
    expect(call('GetAccountPasswordPolicy').PasswordPolicy).toEqual({
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: true,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
    });
    expect(fault('UpdateAccountPasswordPolicy', { MinimumPasswordLength: 5 }).code).toBe('ValidationError');
    expect(fault('UpdateAccountPasswordPolicy', { PasswordReusePrevention: 25 }).code).toBe('ValidationError');
    call('DeleteAccountPasswordPolicy');
    expect(fault('DeleteAccountPasswordPolicy').code).toBe('NoSuchEntity');
  });
});

describe('the credential report', () => {
  it('is first missing, then in progress, then complete', () => {
    const { call, fault } = withDevice();
    expect(fault('GetCredentialReport')).toMatchObject({ code: 'ReportNotPresent', status: 410 });
    expect(call('GenerateCredentialReport').State).toBe('STARTED');
    expect(fault('GetCredentialReport')).toMatchObject({ code: 'ReportInProgress', status: 404 });
    expect(call('GetCredentialReport')).toMatchObject({ ReportFormat: 'text/csv', GeneratedTime: NOW });
  });

  it('is STARTED, INPROGRESS and COMPLETE for who asks for its state', () => {
    const { call } = withDevice();
    const states = [1, 2, 3, 4].map(() => call('GenerateCredentialReport').State);
    expect(states).toEqual(['STARTED', 'INPROGRESS', 'COMPLETE', 'COMPLETE']);
    expect(call('GetCredentialReport')).toMatchObject({ GeneratedTime: NOW });
  });

  it('stays the same for four hours, even if the account changes', () => {
    const { call, fault } = withDevice();
    for (let asked = 0; asked < 3; asked += 1) call('GenerateCredentialReport');
    call('CreateUser', { UserName: 'late' });
    const text = (now: Date) => Buffer.from(call('GetCredentialReport', {}, { now }).Content).toString();
    expect(call('GenerateCredentialReport', {}, { now: minutes(239) }).State).toBe('COMPLETE');
    expect(text(minutes(239))).not.toContain('late');
    expect(fault('GetCredentialReport', {}, { now: minutes(241) })).toMatchObject({ code: 'ReportExpired', status: 410 });
    expect(call('GenerateCredentialReport', {}, { now: minutes(241) }).State).toBe('STARTED');
    for (let asked = 0; asked < 2; asked += 1) call('GenerateCredentialReport', {}, { now: minutes(241) });
    expect(text(minutes(242))).toContain('\nlate,');
  });

  it('has a row for root and one for each user, by column', () => {
    const { own, call, seed, named } = withDevice();
    call('CreateLoginProfile', { UserName: 'alex', Password: 'Correct-Horse-7' });
    call('CreateAccessKey', { UserName: 'alex' });
    call('EnableMFADevice', { ...named, ...codes(seed, NOW) });
    own.root.accessKeys.push({
      id: 'AKIAX',
      secret: '',
      status: 'Active',
      createdAt: NOW.toISOString(),
      lastUsed: { at: NOW.toISOString(), service: 's3', region: 'us-west-2' },
    });
    for (let asked = 0; asked < 3; asked += 1) call('GenerateCredentialReport');
    const [head = '', ...rows] = Buffer.from(call('GetCredentialReport').Content).toString().split('\n');
    const columns = head.split(',');
    expect(columns).toHaveLength(23);
    const cell = (row: number, column: string) => rows[row]?.split(',')[columns.indexOf(column)];
    expect([0, 1].map((row) => cell(row, 'user'))).toEqual(['<root_account>', 'alex']);
    expect([0, 1].map((row) => cell(row, 'mfa_active'))).toEqual(['false', 'true']);
    expect(cell(0, 'password_last_changed')).toBe('not_supported');
    expect(cell(0, 'access_key_1_last_used_service')).toBe('s3');
    expect(cell(0, 'access_key_1_active')).toBe('true');
    expect(cell(1, 'password_enabled')).toBe('true');
    expect(cell(1, 'password_last_used')).toBe('no_information');
    expect(cell(1, 'access_key_1_active')).toBe('true');
    expect(cell(1, 'access_key_1_last_used_date')).toBe('N/A');
    expect(cell(1, 'access_key_2_active')).toBe('false');
    expect(cell(1, 'user_creation_time')).toBe('2026-11-24T10:30:00+00:00');
  });
});
