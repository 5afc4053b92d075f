import { describe, expect, it } from 'vitest';
import { value } from '../../../src/core/reading.js';
import { changesOf } from '../../../src/engine/assess.js';
import { assessMfa } from '../../../src/steps/mfa/assess.js';
import type { ConsoleUser, Desired, EnrolMfa, Observed, VirtualDevice } from '../../../src/steps/mfa/state.js';
import { denied } from '../support/account.js';
import { described } from '../support/described.js';
import { accountId } from '../support/step-run.js';

/** Each row changes one thing about the account, the config or the run, and has everything that the user sees of it. */

const serialOf = (name: string): string => `arn:aws:iam::${accountId}:mfa/${name}`;
const device = (name: string, holder: VirtualDevice['holder'], ours: VirtualDevice['ours'] = value(false)): VirtualDevice => ({
  serial: serialOf(name),
  holder,
  ours,
});
const user = (name: string, over: Partial<ConsoleUser> = {}): ConsoleUser => ({
  name,
  admin: false,
  password: value({ createdAt: undefined }),
  devices: value([]),
  ...over,
});
const enrolled = { devices: value([serialOf('x'), 'GAHT12345678']) };
const noPassword = { password: value(undefined) };
const unreadDevices = { devices: denied('iam:ListMFADevices') };
const unreadPassword = { password: denied('iam:GetLoginProfile') };
const conditional = { conditions: ['aws:SourceIp', 'aws:CurrentTime'] };
const reported = { reported: ', by the credential report of today' };

/** Root has MFA by a hardware key, alex is the administrator and has a device; unattended, with a destination for secrets. */
const desired: Desired = {
  root: true,
  admin: true,
  assign: 'unattended',
  present: false,
  keepSeed: false,
  users: [],
  adminName: 'alex',
  adminGroup: 'Administrators',
  identityCenter: false,
  passwordComing: false,
  destination: true,
  audit: false,
};
const observed: Observed = {
  partition: 'aws',
  root: value({ mfa: true, password: true, accessKey: false }),
  virtual: value([]),
  admin: user('alex', enrolled),
  named: [],
  scanned: [],
  identityCenterRoles: [],
  users: undefined,
};
const inPerson: Partial<Desired> = { assign: 'in-person', present: true };
const see = (id: string, seen: Partial<Observed>, wanted: Partial<Desired> = {}) =>
  described(assessMfa({ ...desired, ...wanted }, { ...observed, ...seen }).filter((finding) => finding.id.startsWith(id)));

describe('MFA of root', () => {
  const none = { mfa: false, password: true, accessKey: false };
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    [
      'by a hardware key',
      {},
      {},
      ['mfa.root pass: Root has an MFA device', 'mfa.root-hardware pass: The MFA device of root is a hardware key or a passkey'],
    ],
    [
      'by a virtual device',
      { virtual: value([device('alex', 'user'), device('root-account-mfa-device', 'root')]) },
      {},
      [
        'mfa.root pass: Root has an MFA device',
        'mfa.root-hardware fail: The MFA device of root is virtual: its seed can be copied; observed: arn:aws:iam::111122223333:mfa/root-account-mfa-device',
        '  manual: Sign in to the console as root, assign a passkey or a hardware key, and remove the virtual device. https://console.aws.amazon.com/iam/home#/security_credentials',
      ],
    ],
    [
      'by a hardware key, while users have virtual devices',
      { virtual: value([device('alex', 'user')]) },
      {},
      ['mfa.root pass: Root has an MFA device', 'mfa.root-hardware pass: The MFA device of root is a hardware key or a passkey'],
    ],
    [
      'by a device of an unknown kind',
      { virtual: denied('iam:ListVirtualMFADevices') },
      {},
      ['mfa.root pass: Root has an MFA device', 'mfa.root-hardware unknown; needs iam:ListVirtualMFADevices'],
    ],
    [
      'missing',
      { root: value(none) },
      {},
      [
        'mfa.root fail: Root has no MFA device',
        '  manual: Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for this. https://console.aws.amazon.com/iam/home#/security_credentials',
      ],
    ],
    [
      'missing in China',
      { root: value(none), partition: 'aws-cn' },
      {},
      [
        'mfa.root fail: Root has no MFA device',
        '  manual: Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for this. https://console.amazonaws.cn/iam/home#/security_credentials',
      ],
    ],
    [
      'missing, with only a password',
      { root: value({ ...none, password: true }) },
      {},
      [
        'mfa.root fail: Root has no MFA device',
        '  manual: Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for this. https://console.aws.amazon.com/iam/home#/security_credentials',
      ],
    ],
    [
      'missing, with only a key',
      { root: value({ ...none, password: false, accessKey: true }) },
      {},
      [
        'mfa.root fail: Root has no MFA device',
        '  manual: Sign in to the console as root and assign an MFA device; a passkey or a hardware key is best. AWS has no API for this. https://console.aws.amazon.com/iam/home#/security_credentials',
      ],
    ],
    [
      'missing, without password and key',
      { root: value({ ...none, password: false }) },
      {},
      ['mfa.root not-applicable: Root has no password and no access key, so no one can sign in as root'],
    ],
    [
      'present, without password and key',
      { root: value({ ...none, mfa: true, password: false }) },
      {},
      ['mfa.root pass: Root has an MFA device', 'mfa.root-hardware pass: The MFA device of root is a hardware key or a passkey'],
    ],
    [
      'missing, and not wanted',
      { root: value(none) },
      { root: false },
      ['mfa.root not-applicable: The config does not require MFA for root'],
    ],
    [
      'present, and not wanted',
      {},
      { root: false },
      ['mfa.root pass: Root has an MFA device', 'mfa.root-hardware pass: The MFA device of root is a hardware key or a passkey'],
    ],
    [
      'missing in GovCloud',
      { root: value(none), partition: 'aws-us-gov' },
      {},
      ['mfa.root not-applicable: In GovCloud the root user cannot sign in to the console'],
    ],
    ['unreadable', { root: denied('iam:GetAccountSummary') }, {}, ['mfa.root unknown; needs iam:GetAccountSummary']],
    [
      'unreadable for check',
      { root: denied('iam:GetAccountSummary') },
      { audit: true },
      ['mfa.root unknown; needs iam:GetAccountSummary', 'mfa.root-hardware unknown; needs iam:GetAccountSummary'],
    ],
  ])('%s', (_, seen, wanted, expected) => expect(see('mfa.root', seen, wanted)).toEqual(expected));
});

describe('MFA of the administrator', () => {
  const bare = { admin: user('alex') };
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    ['present', {}, {}, ['mfa.admin pass alex: alex has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678']],
    [
      'missing',
      bare,
      {},
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for alex; its seed is stored with the password (weaker)',
      ],
    ],
    [
      'missing, for administrator rights under a condition',
      { admin: user('alex', conditional) },
      {},
      [
        'mfa.admin fail alex: alex, an administrator under a condition on aws:SourceIp, aws:CurrentTime, has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for alex; its seed is stored with the password (weaker)',
      ],
    ],
    [
      'missing, without a password',
      { admin: user('alex', noPassword) },
      {},
      ['mfa.admin not-applicable alex: alex has no console password, so there is nothing for MFA to protect'],
    ],
    [
      'missing, without a password, which this run creates',
      { admin: user('alex', noPassword) },
      { passwordComing: true },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for alex; its seed is stored with the password (weaker)',
      ],
    ],
    [
      'missing, without a password, for a user who does not exist',
      { admin: user('alex', { ...noPassword, missing: true }) },
      { passwordComing: true },
      ['mfa.admin not-applicable alex: alex has no console password, so there is nothing for MFA to protect'],
    ],
    [
      'present, without a password',
      { admin: user('alex', { ...noPassword, ...enrolled }) },
      {},
      ['mfa.admin pass alex: alex has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678'],
    ],
    [
      'present, with an unreadable password',
      { admin: user('alex', { ...unreadPassword, ...enrolled }) },
      {},
      ['mfa.admin pass alex: alex has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678'],
    ],
    [
      'missing, with an unreadable password',
      { admin: user('alex', unreadPassword) },
      {},
      ['mfa.admin unknown alex; needs iam:GetLoginProfile'],
    ],
    ['unreadable', { admin: user('alex', unreadDevices) }, {}, ['mfa.admin unknown alex; needs iam:ListMFADevices']],
    [
      'unreadable, without a password',
      { admin: user('alex', { ...noPassword, ...unreadDevices }) },
      {},
      ['mfa.admin unknown alex; needs iam:ListMFADevices'],
    ],
    [
      'missing, while device names cannot be read',
      { ...bare, virtual: denied('iam:ListVirtualMFADevices') },
      {},
      ['mfa.admin unknown alex; needs iam:ListVirtualMFADevices'],
    ],
    [
      'missing, and not wanted',
      bare,
      { admin: false },
      ['mfa.admin not-applicable: The config does not require MFA for the administrator'],
    ],
    [
      'missing, in person',
      bare,
      inPerson,
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Enrol a virtual MFA device for alex (a QR code to scan here, then two codes to type)',
      ],
    ],
    [
      'missing, in person, without a destination',
      bare,
      { ...inPerson, destination: false },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Enrol a virtual MFA device for alex (a QR code to scan here, then two codes to type)',
      ],
    ],
    [
      'missing, in person, with its seed stored',
      bare,
      { ...inPerson, keepSeed: true },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Enrol a virtual MFA device for alex (a QR code to scan here, then two codes to type); its seed is stored too (weaker)',
      ],
    ],
    [
      'missing, in person, with its seed to be stored without a destination',
      bare,
      { ...inPerson, keepSeed: true, destination: false },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  manual: Choose a destination for the seed of the device. Without one, no device is created. `bootstrap init --only mfa --secrets-file FILE`',
      ],
    ],
    [
      'missing, in person, without a terminal',
      bare,
      { assign: 'in-person' },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  manual: Run `init` at a terminal, together with alex, who scans a code; or have alex sign in to the console and choose Assign MFA device under Security credentials. To enrol without a terminal, set mfa.assign: unattended. `bootstrap init --only mfa` https://console.aws.amazon.com/iam/home#/users/details/alex?section=security_credentials',
      ],
    ],
    [
      'missing, in person, without a terminal in China',
      { ...bare, partition: 'aws-cn' },
      { assign: 'in-person' },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  manual: Run `init` at a terminal, together with alex, who scans a code; or have alex sign in to the console and choose Assign MFA device under Security credentials. To enrol without a terminal, set mfa.assign: unattended. `bootstrap init --only mfa` https://console.amazonaws.cn/iam/home#/users/details/alex?section=security_credentials',
      ],
    ],
    [
      'missing, for a name with odd characters, without a terminal',
      { admin: user('a+b@c') },
      { assign: 'in-person' },
      [
        'mfa.admin fail a+b@c: a+b@c has no MFA device',
        '  manual: Run `init` at a terminal, together with a+b@c, who scans a code; or have a+b@c sign in to the console and choose Assign MFA device under Security credentials. To enrol without a terminal, set mfa.assign: unattended. `bootstrap init --only mfa` https://console.aws.amazon.com/iam/home#/users/details/a%2Bb%40c?section=security_credentials',
      ],
    ],
    [
      'missing, unattended, without a destination',
      bare,
      { destination: false },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  manual: Choose a destination for the seed of the device. Without one, no device is created. `bootstrap init --only mfa --secrets-file FILE`',
      ],
    ],
    [
      'missing, unattended, at a terminal',
      bare,
      { present: true },
      [
        'mfa.admin fail alex: alex has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for alex; its seed is stored with the password (weaker)',
      ],
    ],
  ])('%s', (_, seen, wanted, expected) => expect(see('mfa.admin', seen, wanted)).toEqual(expected));
});

describe('MFA of administrators, without one in the config', () => {
  const of = (...users: readonly ConsoleUser[]): Partial<Observed> => ({ admin: undefined, users: value(users) });
  const admin = (name: string, over: Partial<ConsoleUser> = {}) => user(name, { admin: true, ...over });
  const identityCenter = { identityCenterRoles: ['AWSReservedSSO_Admin_1'] };
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    [
      'present and missing',
      of(admin('a'), admin('b', enrolled), user('c')),
      {},
      [
        'mfa.admin fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
        'mfa.admin pass b: b has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678',
      ],
    ],
    [
      'missing, in person',
      of(admin('a'), admin('b', enrolled)),
      inPerson,
      [
        'mfa.admin fail a: a has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Enrol a virtual MFA device for a (a QR code to scan here, then two codes to type)',
        'mfa.admin pass b: b has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678',
      ],
    ],
    [
      'missing, in person, without a terminal',
      of(admin('a')),
      { ...inPerson, present: false },
      [
        'mfa.admin fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    [
      'missing, unattended, at a terminal',
      of(admin('a')),
      { present: true },
      [
        'mfa.admin fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    [
      'not needed without passwords',
      of(admin('a', noPassword), user('b')),
      inPerson,
      ['mfa.admin pass: No administrator has a console password'],
    ],
    [
      'not needed without passwords, by the credential report',
      of(admin('a', noPassword), admin('b', { ...noPassword, ...reported })),
      {},
      ['mfa.admin pass: No administrator has a console password, by the credential report of today'],
    ],
    ['not needed without administrators', of(user('b', reported)), {}, ['mfa.admin pass: No administrator has a console password']],
    [
      'unreadable',
      of(admin('a', unreadDevices), admin('b', unreadPassword)),
      inPerson,
      ['mfa.admin unknown a; needs iam:ListMFADevices', 'mfa.admin unknown b; needs iam:GetLoginProfile'],
    ],
    [
      'assessed once, for a user of the config',
      { ...of(admin('a'), admin('b')), named: [user('A')] },
      {},
      [
        'mfa.admin fail b: b has a console password and no MFA device',
        '  manual: Have b assign an MFA device under Security credentials, or enrol b at a terminal. `bootstrap init --only mfa --mfa-users b` https://console.aws.amazon.com/iam/home#/users/details/b?section=security_credentials',
      ],
    ],
    [
      'of users that cannot be read',
      { admin: undefined, users: denied('iam:GetAccountAuthorizationDetails') },
      {},
      ['mfa.admin unknown; needs iam:GetAccountAuthorizationDetails'],
    ],
    ['of users that were not read', { admin: undefined }, {}, []],
    [
      'of roles of IAM Identity Center',
      { ...of(), ...identityCenter },
      {},
      [
        'mfa.admin not-applicable: Administrators sign in through IAM Identity Center, which asks for MFA itself; their devices are not in this account',
      ],
    ],
    [
      'of roles of IAM Identity Center, and of a user',
      { ...of(admin('a')), ...identityCenter },
      {},
      [
        'mfa.admin not-applicable: Administrators sign in through IAM Identity Center, which asks for MFA itself; their devices are not in this account',
        'mfa.admin fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    [
      'of IAM Identity Center, by the config',
      of(),
      { identityCenter: true },
      [
        'mfa.admin not-applicable: Administrators sign in through IAM Identity Center, which asks for MFA itself; their devices are not in this account',
      ],
    ],
    [
      'missing, and not wanted',
      of(admin('a')),
      { admin: false },
      ['mfa.admin not-applicable: The config does not require MFA for the administrator'],
    ],
  ])('%s', (_, seen, wanted, expected) => expect(see('mfa.admin', seen, { adminName: undefined, ...wanted })).toEqual(expected));
});

describe('MFA of other users', () => {
  const audit = { audit: true };
  const named = (over: Partial<ConsoleUser> = {}): Partial<Observed> => ({ named: [user('sam', over)] });
  const of = (...users: readonly ConsoleUser[]): Partial<Observed> => ({ users: value(users) });
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    [
      'missing, of the config',
      named(),
      {},
      [
        'mfa.console-users fail sam: sam has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for sam; its seed is stored with the password (weaker)',
      ],
    ],
    [
      'missing, of the config, in person',
      named(),
      inPerson,
      [
        'mfa.console-users fail sam: sam has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Enrol a virtual MFA device for sam (a QR code to scan here, then two codes to type)',
      ],
    ],
    [
      'missing, of the config, in person, without a terminal',
      named(),
      { assign: 'in-person' },
      [
        'mfa.console-users fail sam: sam has no MFA device',
        '  manual: Run `init` at a terminal, together with sam, who scans a code; or have sam sign in to the console and choose Assign MFA device under Security credentials. To enrol without a terminal, set mfa.assign: unattended. `bootstrap init --only mfa` https://console.aws.amazon.com/iam/home#/users/details/sam?section=security_credentials',
      ],
    ],
    [
      'present, of the config',
      named(enrolled),
      {},
      ['mfa.console-users pass sam: sam has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678'],
    ],
    [
      'missing, of the config, without a password',
      named(noPassword),
      { passwordComing: true },
      ['mfa.console-users not-applicable sam: sam has no console password, so there is nothing for MFA to protect'],
    ],
    [
      'present, of the config, without a password',
      named({ ...noPassword, ...enrolled }),
      {},
      ['mfa.console-users pass sam: sam has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678'],
    ],
    ['unreadable, of the config', named(unreadDevices), {}, ['mfa.console-users unknown sam; needs iam:ListMFADevices']],
    [
      'unreadable, of the config, without a password',
      named({ ...noPassword, ...unreadDevices }),
      {},
      ['mfa.console-users unknown sam; needs iam:ListMFADevices'],
    ],
    [
      'missing, of the config, with an unreadable password',
      named(unreadPassword),
      {},
      ['mfa.console-users unknown sam; needs iam:GetLoginProfile'],
    ],
    [
      'of the config, who do not exist',
      named({ missing: true, ...noPassword }),
      {},
      [
        'mfa.console-users fail sam: The user sam does not exist',
        '  manual: Correct mfa.users in the config (or --mfa-users), or create the user sam first.',
      ],
    ],
    [
      'for check, of every user',
      of(user('a'), user('b', enrolled), user('c', noPassword), user('d', unreadDevices), user('e', unreadPassword), user('alex')),
      audit,
      [
        'mfa.console-users fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
        'mfa.console-users pass b: b has an MFA device; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678',
        'mfa.console-users unknown d; needs iam:ListMFADevices',
        'mfa.console-users unknown e; needs iam:GetLoginProfile',
      ],
    ],
    [
      'for check, by the credential report',
      of(user('a', reported), user('b', { ...enrolled, ...reported })),
      audit,
      [
        'mfa.console-users fail a: a has a console password and no MFA device, by the credential report of today',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
        'mfa.console-users pass b: b has an MFA device, by the credential report of today; observed: arn:aws:iam::111122223333:mfa/x, GAHT12345678',
      ],
    ],
    [
      'for check, under a condition',
      of(user('a', { admin: true, ...conditional })),
      audit,
      [
        'mfa.console-users fail a: a, an administrator under a condition on aws:SourceIp, aws:CurrentTime, has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    [
      'for check, in China',
      { ...of(user('a')), partition: 'aws-cn' },
      audit,
      [
        'mfa.console-users fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.amazonaws.cn/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    ['for check, without other users', of(user('ALEX')), audit, ['mfa.console-users pass: No other user has a console password']],
    [
      'for check, without passwords, by the credential report',
      of(user('a', noPassword), user('b', { ...noPassword, ...reported })),
      audit,
      ['mfa.console-users pass: No other user has a console password, by the credential report of today'],
    ],
    [
      'for check, of users who are not administrators if the config names none',
      of(user('a', { admin: true }), user('b')),
      { ...audit, adminName: undefined },
      [
        'mfa.console-users fail b: b has a console password and no MFA device',
        '  manual: Have b assign an MFA device under Security credentials, or enrol b at a terminal. `bootstrap init --only mfa --mfa-users b` https://console.aws.amazon.com/iam/home#/users/details/b?section=security_credentials',
      ],
    ],
    [
      'for check, of administrators other than the one of the config',
      of(user('a', { admin: true })),
      audit,
      [
        'mfa.console-users fail a: a has a console password and no MFA device',
        '  manual: Have a assign an MFA device under Security credentials, or enrol a at a terminal. `bootstrap init --only mfa --mfa-users a` https://console.aws.amazon.com/iam/home#/users/details/a?section=security_credentials',
      ],
    ],
    [
      'for check, of users of the config, once',
      { ...of(user('SAM'), user('b')), ...named() },
      audit,
      [
        'mfa.console-users fail sam: sam has no MFA device',
        '  iam:CreateVirtualMFADevice, iam:EnableMFADevice: Enrol a virtual MFA device for sam; its seed is stored with the password (weaker)',
        'mfa.console-users fail b: b has a console password and no MFA device',
        '  manual: Have b assign an MFA device under Security credentials, or enrol b at a terminal. `bootstrap init --only mfa --mfa-users b` https://console.aws.amazon.com/iam/home#/users/details/b?section=security_credentials',
      ],
    ],
    [
      'for check, of users that cannot be read',
      { users: denied('iam:GetAccountAuthorizationDetails') },
      audit,
      ['mfa.console-users unknown; needs iam:GetAccountAuthorizationDetails'],
    ],
    ['for check, of users that were not read', {}, audit, []],
    ['for init', of(user('a')), {}, []],
  ])('%s', (_, seen, wanted, expected) => expect(see('mfa.console-users', seen, wanted)).toEqual(expected));

  it('is wanted of users of the config, and audited of others', () => {
    const findings = assessMfa({ ...desired, audit: true }, { ...observed, ...named(), ...of(user('b')) });
    expect(findings.filter(({ id }) => id === 'mfa.console-users').map(({ resource, kind }) => [resource, kind])).toEqual([
      ['sam', 'wanted'],
      ['b', undefined],
    ]);
  });
});

describe('unassigned devices', () => {
  const ours = value(true);
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    [
      'none',
      { virtual: value([device('alex', 'user'), device('root', 'root')]) },
      {},
      ['mfa.leftover pass: Every virtual MFA device is assigned'],
    ],
    [
      'one of this tool',
      { virtual: value([device('bo', 'none', ours)]) },
      {},
      [
        'mfa.leftover fail arn:aws:iam::111122223333:mfa/bo: The device is left from an unfinished enrolment',
        '  iam:DeleteVirtualMFADevice: Delete the MFA device arn:aws:iam::111122223333:mfa/bo, left from an unfinished enrolment',
      ],
    ],
    [
      'one of another tool',
      { virtual: value([device('bo', 'none')]) },
      {},
      [
        'mfa.leftover pass arn:aws:iam::111122223333:mfa/bo: The device is not assigned, but this tool did not create it, so it is not deleted',
      ],
    ],
    [
      'one whose tags cannot be read',
      { virtual: value([device('bo', 'none', denied('iam:ListMFADeviceTags'))]) },
      {},
      ['mfa.leftover unknown arn:aws:iam::111122223333:mfa/bo; needs iam:ListMFADeviceTags'],
    ],
    [
      'one of this tool, for the administrator',
      { admin: user('alex'), virtual: value([device('alex', 'none', ours)]) },
      {},
      [
        'mfa.leftover fail arn:aws:iam::111122223333:mfa/alex: The device is left from an unfinished enrolment',
        '  iam:DeleteVirtualMFADevice, iam:CreateVirtualMFADevice, iam:EnableMFADevice: Delete the device of an unfinished enrolment, and enrol a virtual MFA device for alex; its seed is stored with the password (weaker)',
      ],
    ],
    [
      'two of this tool, one for a user of the config',
      { named: [user('sam')], virtual: value([device('bo', 'none', ours), device('sam', 'none', ours)]) },
      inPerson,
      [
        'mfa.leftover fail arn:aws:iam::111122223333:mfa/bo: The device is left from an unfinished enrolment',
        '  iam:DeleteVirtualMFADevice: Delete the MFA device arn:aws:iam::111122223333:mfa/bo, left from an unfinished enrolment',
        'mfa.leftover fail arn:aws:iam::111122223333:mfa/sam: The device is left from an unfinished enrolment',
        '  iam:DeleteVirtualMFADevice, iam:CreateVirtualMFADevice, iam:EnableMFADevice, iam:DeleteVirtualMFADevice: Delete the device of an unfinished enrolment, and enrol a virtual MFA device for sam (a QR code to scan here, then two codes to type)',
      ],
    ],
    [
      'that cannot be listed',
      { virtual: denied('iam:ListVirtualMFADevices') },
      {},
      ['mfa.leftover unknown; needs iam:ListVirtualMFADevices'],
    ],
  ])('%s', (_, seen, wanted, expected) => expect(see('mfa.leftover', seen, wanted)).toEqual(expected));
});

describe('the evidence', () => {
  it('names the requests that a result is based on', () => {
    const from = (name: string) => [{ operation: name }];
    const seen: Observed = {
      ...observed,
      root: value({ mfa: true, password: true, accessKey: false }, from('summary')),
      virtual: value([device('root', 'root'), device('bo', 'none', value(true, from('tags')))], from('devices')),
      admin: user('alex', { devices: value([], from('of alex')) }),
      named: [user('sam', { password: value(undefined, from('password of sam')) })],
      users: value([user('cy', { devices: value(['x'], from('of cy')) })], from('users')),
    };
    const of = (wanted: Partial<Desired>, more: Partial<Observed> = {}) =>
      assessMfa({ ...desired, ...wanted }, { ...seen, ...more }).map(({ id, evidence }) =>
        [id, ...evidence.map(({ operation }) => operation)].join(' '),
      );
    expect(of({ audit: true })).toEqual([
      'mfa.root summary',
      'mfa.root-hardware devices',
      'mfa.leftover devices tags',
      'mfa.admin of alex',
      'mfa.console-users password of sam',
      'mfa.console-users of cy',
    ]);
    const noUsers = { virtual: value([], from('devices')), named: [], admin: undefined, users: value([], from('users')) };
    expect(of({ audit: true, adminName: undefined }, noUsers)).toEqual([
      'mfa.root summary',
      'mfa.root-hardware devices',
      'mfa.leftover devices',
      'mfa.admin users',
      'mfa.console-users users',
    ]);
  });
});

describe('the changes', () => {
  it('are in the order of the config, and a leftover is replaced by the enrolment of its user', () => {
    const seen: Observed = {
      ...observed,
      admin: user('alex'),
      named: [user('sam'), user('kim')],
      virtual: value([device('sam', 'none', value(true)), device('bo', 'none', value(true))]),
    };
    const changes = changesOf({ findings: assessMfa({ ...desired, ...inPerson }, seen), wanted: true });
    expect(changes.map((change) => ('user' in change ? change.user : change.kind))).toEqual([
      'sam',
      'delete-leftover-device',
      'alex',
      'kim',
    ]);
  });
});

describe('the name of a new device', () => {
  const ours = value(true);
  const change = (name: string, devices: readonly VirtualDevice[]): Partial<EnrolMfa> => {
    const findings = assessMfa(desired, { ...observed, admin: user(name), virtual: value(devices) });
    const remedy = findings.find(({ id }) => id === 'mfa.admin')?.remedy;
    if (remedy?.by !== 'init' || remedy.change.kind !== 'enrol-mfa') throw new Error('no device is enrolled');
    const { deviceName, replacesLeftover } = remedy.change;
    return { deviceName, replacesLeftover };
  };
  it.each<[string, readonly VirtualDevice[], string, string | null]>([
    ['free', [device('bo', 'none', ours)], 'alex', null],
    ['of a device in use', [device('Alex', 'user')], 'alex-2', null],
    ['of two devices in use', [device('alex', 'user'), device('ALEX-2', 'user')], 'alex-3', null],
    ['of a leftover of this tool, spelled in another way', [device('Alex', 'none', ours)], 'Alex', serialOf('Alex')],
    ['of a numbered leftover of this tool', [device('Alex-12', 'none', ours)], 'Alex-12', serialOf('Alex-12')],
    ['similar to a leftover of this tool', [device('alex-', 'none', ours)], 'alex', null],
    ['similar to a leftover of this tool, with more after the number', [device('alex-2b', 'none', ours)], 'alex', null],
    ['similar to a leftover of this tool, with more before the number', [device('bo-alex-2', 'none', ours)], 'alex', null],
    ['of a device of this tool in use', [device('alex', 'user', ours)], 'alex-2', null],
    ['of a leftover with a path', [{ ...device('alex', 'none', ours), serial: serialOf('team/alex') }], 'alex', null],
  ])('%s', (_, devices, deviceName, replacesLeftover) => expect(change('alex', devices)).toEqual({ deviceName, replacesLeftover }));

  it('of a leftover ends with a number, which the name of the user may have too', () => {
    const of = (name: string, left: string) => change(name, [device(left, 'none', ours)]).deviceName;
    expect([of('ci-1', 'ci-1'), of('ci-1', 'ci-1-2'), of('ci-1', 'ci'), of('ci-1x', 'ci-1x-2')]).toEqual([
      'ci-1',
      'ci-1-2',
      'ci-1',
      'ci-1x-2',
    ]);
  });
});
