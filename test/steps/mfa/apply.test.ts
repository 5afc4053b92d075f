import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../../src/core/errors.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import type { EnrolMfa } from '../../../src/steps/mfa/state.js';
import { accountId } from '../support/account.js';
import { type AnswersInTurn, errorWords, inTurn, lostAnswer, type Ports, recorded } from '../support/recorded.js';

/** Each row changes one answer or one choice, and has everything that the change does, in order. */

const serial = `arn:aws:iam::${accountId}:mfa/alex`;
const leftover = `arn:aws:iam::${accountId}:mfa/alex-2`;
/** What most rows have in common: the device is created, its seed is stored, and its first codes are accepted. */
const creates = ['journal: open for alex', 'iam:CreateVirtualMFADevice alex', `journal: made ${serial}`];
const stores = ['store the mfa-seed of alex', 'journal: state stored place memory'];
const enables = [`iam:EnableMFADevice alex ${serial} 111111 222222`, 'journal: state closed', 'accepted for alex'];

const unattended: EnrolMfa = {
  kind: 'enrol-mfa',
  summary: '',
  risk: 'weaker',
  calls: [],
  user: 'alex',
  by: 'unattended',
  stored: true,
  deviceName: 'alex',
  replacesLeftover: null,
};
const inPerson: EnrolMfa = { ...unattended, by: 'person', stored: false };
const answers: AnswersInTurn = {
  'iam:CreateVirtualMFADevice': () => ({
    VirtualMFADevice: { SerialNumber: serial, Base32StringSeed: new TextEncoder().encode('ABCDEFGH') },
  }),
  'iam:ListAccountAliases': () => ({ AccountAliases: ['acme'] }),
  'iam:EnableMFADevice': () => ({}),
  'iam:DeleteVirtualMFADevice': () => ({}),
};
const fail = (): never => {
  throw new BootstrapError({ code: 'E-SECRETS-STORE', message: 'The disk is full.', next: 'Free it.' });
};
const see = async (change: EnrolMfa, more: AnswersInTurn = {}, ports: Ports = {}): Promise<readonly string[]> => {
  const { log, journal, error } = await recorded(mfa, change, { ...answers, ...more }, ports);
  const words = errorWords(error);
  return [
    ...log,
    ...(words === undefined ? [] : [`error: ${words}`]),
    ...journal.map(({ state, made, place }) => `entry: ${state} ${made} ${place}`),
  ];
};

const devices = (...serials: readonly string[]) => ({
  'iam:ListMFADevices': () => ({ MFADevices: serials.map((SerialNumber) => ({ UserName: 'alex', SerialNumber, EnableDate: new Date() })) }),
});

describe('an enrolment', () => {
  it.each<[string, EnrolMfa, AnswersInTurn, Ports, readonly string[]]>([
    [
      'unattended',
      unattended,
      {},
      {},
      [
        'reserve the destination',
        ...creates,
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'in person',
      inPerson,
      {},
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'in person, with a stored seed',
      { ...inPerson, stored: true },
      {},
      {},
      [
        'reserve the destination',
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        ...stores,
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'for an account without an alias',
      inPerson,
      { 'iam:ListAccountAliases': () => ({ AccountAliases: [] }) },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ 111122223333, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'for an account whose alias cannot be read',
      inPerson,
      { 'iam:ListAccountAliases': () => 'AccessDenied' },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ 111122223333, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'in place of a leftover',
      { ...unattended, replacesLeftover: leftover },
      {},
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'notify: deleting the MFA device arn:aws:iam::111122223333:mfa/alex-2 of an unfinished enrolment',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex-2',
        'iam:CreateVirtualMFADevice alex',
        'journal: made arn:aws:iam::111122223333:mfa/alex',
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'in place of a leftover that was deleted in between',
      { ...unattended, replacesLeftover: leftover },
      { 'iam:DeleteVirtualMFADevice': () => 'NoSuchEntity' },
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'notify: deleting the MFA device arn:aws:iam::111122223333:mfa/alex-2 of an unfinished enrolment',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex-2',
        'iam:CreateVirtualMFADevice alex',
        'journal: made arn:aws:iam::111122223333:mfa/alex',
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'in place of a leftover that was enrolled in between',
      { ...unattended, replacesLeftover: leftover },
      { 'iam:DeleteVirtualMFADevice': () => 'DeleteConflict' },
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'notify: deleting the MFA device arn:aws:iam::111122223333:mfa/alex-2 of an unfinished enrolment',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex-2',
        'error: DeleteConflict',
        'entry: open null null',
      ],
    ],
    [
      'without a destination that can be used',
      unattended,
      {},
      { reserve: fail },
      ['reserve the destination', 'error: E-SECRETS-STORE | The disk is full. | Free it.'],
    ],
    [
      'whose seed cannot be stored',
      unattended,
      {},
      { store: fail },
      [
        'reserve the destination',
        ...creates,
        'store the mfa-seed of alex',
        'error: E-SECRETS-STORE | The disk is full. | Free it.',
        'entry: open arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'in person, whose seed cannot be stored',
      { ...inPerson, stored: true },
      {},
      { store: fail },
      [
        'reserve the destination',
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'store the mfa-seed of alex',
        'error: E-SECRETS-STORE | The disk is full. | Free it.',
        'entry: open arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'with a journal that cannot be written',
      unattended,
      {},
      { note: fail },
      [
        'reserve the destination',
        ...creates,
        'notify: The disk is full.',
        ...stores,
        'notify: The disk is full.',
        'codes of alex @ 111122223333, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'journal: state closed',
        'notify: The disk is full.',
        'accepted for alex',
        'entry: open null null',
      ],
    ],
    [
      'that is refused',
      unattended,
      { 'iam:CreateVirtualMFADevice': () => 'AccessDenied' },
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'iam:CreateVirtualMFADevice alex',
        'error: AccessDenied',
        'entry: open null null',
      ],
    ],
    [
      'with a name that someone took',
      unattended,
      { 'iam:CreateVirtualMFADevice': () => 'EntityAlreadyExists' },
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'iam:CreateVirtualMFADevice alex',
        'error: EntityAlreadyExists, ambiguous',
        'entry: open null null',
      ],
    ],
    [
      'with a seed that is not base32',
      unattended,
      {
        'iam:CreateVirtualMFADevice': () => ({
          VirtualMFADevice: { SerialNumber: serial, Base32StringSeed: new TextEncoder().encode('1!') },
        }),
      },
      {},
      [
        'reserve the destination',
        'journal: open for alex',
        'iam:CreateVirtualMFADevice alex',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex',
        'journal: state closed',
        'error: E-MFA-SEED | The seed that AWS returned for the MFA device of alex is not base32, so no authenticator can use it. The device was not assigned. | If requests go to an endpoint other than AWS, fix that endpoint; otherwise run the same command again.',
        'entry: closed null null',
      ],
    ],
    [
      'with a seed that is not base32, in China',
      unattended,
      {
        'iam:CreateVirtualMFADevice': () => ({
          VirtualMFADevice: { SerialNumber: serial, Base32StringSeed: new TextEncoder().encode('1!') },
        }),
      },
      { partition: 'aws-cn' },
      [
        'reserve the destination',
        'journal: open for alex',
        'iam:CreateVirtualMFADevice alex',
        'iam:DeleteVirtualMFADevice arn:aws-cn:iam::111122223333:mfa/alex',
        'journal: state closed',
        'error: E-MFA-SEED | The seed that AWS returned for the MFA device of alex is not base32, so no authenticator can use it. The device was not assigned. | If requests go to an endpoint other than AWS, fix that endpoint; otherwise run the same command again.',
        'entry: closed null null',
      ],
    ],
    [
      'that you postpone',
      inPerson,
      {},
      { codes: ['later'] },
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex',
        'journal: state closed',
        'error: E-MFA-LATER | alex has no MFA device: you chose to enrol later. The new device was deleted; if you scanned its code, remove the entry from your authenticator. | when your authenticator is ready, run `bootstrap init --only mfa --mfa-users alex`; it creates a new device.',
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'that you postpone after a first pair',
      { ...inPerson, stored: true },
      { 'iam:EnableMFADevice': () => 'InvalidAuthenticationCode' },
      { codes: ['codes', 'later'] },
      [
        'reserve the destination',
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        ...stores,
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'codes of alex @ acme, attempt 1',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex',
        'journal: state closed',
        'error: E-MFA-LATER | alex has no MFA device: you chose to enrol later. The new device was deleted; if you scanned its code, remove the entry from your authenticator. | when your authenticator is ready, run `bootstrap init --only mfa --mfa-users alex`; it creates a new device.',
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'that you postpone, with a device that cannot be deleted',
      inPerson,
      { 'iam:DeleteVirtualMFADevice': () => 'AccessDenied' },
      { codes: ['later'] },
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:DeleteVirtualMFADevice arn:aws:iam::111122223333:mfa/alex',
        'notify: the unassigned device of alex could not be deleted; the next run deletes it: AccessDenied',
        'journal: state closed',
        'error: E-MFA-LATER | alex has no MFA device: you chose to enrol later. The new device was deleted; if you scanned its code, remove the entry from your authenticator. | when your authenticator is ready, run `bootstrap init --only mfa --mfa-users alex`; it creates a new device.',
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'that AWS refuses for another reason, which is not read back',
      { ...inPerson, stored: true },
      { 'iam:EnableMFADevice': () => 'AccessDenied', 'iam:ListMFADevices': () => ({ MFADevices: [{ SerialNumber: serial }] }) },
      {},
      [
        'reserve the destination',
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        ...stores,
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'error: AccessDenied',
        'entry: stored arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'whose first codes are refused',
      { ...inPerson, stored: true },
      { 'iam:EnableMFADevice': inTurn('InvalidAuthenticationCode', {}) },
      {},
      [
        'reserve the destination',
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        ...stores,
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'codes of alex @ acme, attempt 1',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'whose first codes are refused, unattended',
      unattended,
      { 'iam:EnableMFADevice': inTurn('InvalidAuthenticationCode', {}) },
      {},
      [
        'reserve the destination',
        ...creates,
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'codes of alex @ 111122223333, attempt 1',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'whose codes are refused',
      inPerson,
      { 'iam:EnableMFADevice': () => 'InvalidAuthenticationCode' },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'codes of alex @ acme, attempt 1',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'codes of alex @ acme, attempt 2',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'error: E-MFA-CODES | AWS refused 3 pairs of codes for the MFA device of alex; the device was created, but not assigned. | Check the clocks of this computer and of the authenticator (codes depend on the time), and run the same command again.',
        'entry: open arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'whose codes are refused for another reason',
      inPerson,
      { 'iam:EnableMFADevice': () => 'AccessDenied' },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'error: AccessDenied',
        'entry: open arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'whose answer is lost, and which took place',
      inPerson,
      { 'iam:EnableMFADevice': lostAnswer, ...devices('other', serial) },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'journal: state closed',
        'accepted for alex',
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'whose answer is lost, and which did not take place',
      inPerson,
      { 'iam:EnableMFADevice': inTurn(lostAnswer, {}), ...devices('other') },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'codes of alex @ acme, attempt 1',
        ...enables,
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'whose answer is lost, unattended, and which did not take place',
      unattended,
      { 'iam:EnableMFADevice': inTurn(lostAnswer, {}), ...devices('other') },
      {},
      [
        'reserve the destination',
        ...creates,
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'error: ECONNRESET, ambiguous',
        'entry: stored arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'whose answer is lost, while devices cannot be read',
      unattended,
      { 'iam:EnableMFADevice': lostAnswer, 'iam:ListMFADevices': () => 'AccessDenied' },
      {},
      [
        'reserve the destination',
        ...creates,
        ...stores,
        'codes of alex @ 111122223333, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'error: ECONNRESET, ambiguous',
        'entry: stored arn:aws:iam::111122223333:mfa/alex memory',
      ],
    ],
    [
      'whose answer is lost three times',
      inPerson,
      { 'iam:EnableMFADevice': lostAnswer, ...devices() },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'codes of alex @ acme, attempt 1',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'codes of alex @ acme, attempt 2',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'error: ECONNRESET, ambiguous',
        'entry: open arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
    [
      'whose answer is lost, after which AWS has the device already',
      inPerson,
      {
        'iam:EnableMFADevice': inTurn(lostAnswer, 'EntityAlreadyExists'),
        'iam:ListMFADevices': inTurn(
          { MFADevices: [] },
          { MFADevices: [{ UserName: 'alex', SerialNumber: serial, EnableDate: new Date() }] },
        ),
      },
      {},
      [
        ...creates,
        'iam:ListAccountAliases',
        'codes of alex @ acme, attempt 0',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'codes of alex @ acme, attempt 1',
        'iam:EnableMFADevice alex arn:aws:iam::111122223333:mfa/alex 111111 222222',
        'iam:ListMFADevices alex',
        'journal: state closed',
        'accepted for alex',
        'entry: closed arn:aws:iam::111122223333:mfa/alex null',
      ],
    ],
  ])('%s', async (_, change, more, ports, expected) => {
    expect(await see(change, more, ports)).toEqual(expected);
  });
});

it('tags the device, so that a later run recognizes it', async () => {
  const sent: object[] = [];
  const create = (input: object) => {
    sent.push(input);
    return 'AccessDenied';
  };
  await recorded(mfa, inPerson, { ...answers, 'iam:CreateVirtualMFADevice': create });
  expect(sent).toEqual([{ VirtualMFADeviceName: 'alex', Tags: [{ Key: 'created-by', Value: 'aws-account-bootstrap' }] }]);
});

describe('the error of an enrolment', () => {
  it.each<[string, AnswersInTurn, Ports, object]>([
    ['that you postpone', {}, { codes: ['later'] }, { code: 'E-MFA-LATER', step: 'mfa', retryable: true, changed: true }],
    [
      'with codes that AWS refuses',
      { 'iam:EnableMFADevice': () => 'InvalidAuthenticationCode' },
      {},
      {
        code: 'E-MFA-CODES',
        step: 'mfa',
        changed: true,
        aws: { operation: 'iam:EnableMFADevice', error: 'InvalidAuthenticationCode', requestId: 'r-1' },
      },
    ],
    [
      'with a seed that is not base32',
      {
        'iam:CreateVirtualMFADevice': () => ({
          VirtualMFADevice: { SerialNumber: serial, Base32StringSeed: new TextEncoder().encode('1!') },
        }),
      },
      {},
      { code: 'E-MFA-SEED', step: 'mfa', changed: true, aws: { operation: 'iam:CreateVirtualMFADevice', error: 'MalformedSeed' } },
    ],
  ])('%s has what AWS answered, and what was changed', async (_, more, ports, expected) => {
    expect((await recorded(mfa, inPerson, { ...answers, ...more }, ports)).error).toMatchObject(expected);
  });
});

describe('a leftover', () => {
  const change = { kind: 'delete-leftover-device', summary: '', risk: 'none', calls: [], serial: leftover } as const;
  it.each<[string, string | object, readonly string[]]>([
    ['is deleted', {}, [`iam:DeleteVirtualMFADevice ${leftover}`]],
    ['was deleted in between', 'NoSuchEntity', [`iam:DeleteVirtualMFADevice ${leftover}`]],
    ['is left if it was enrolled in between', 'DeleteConflict', [`iam:DeleteVirtualMFADevice ${leftover}`, 'error: DeleteConflict']],
  ])('%s', async (_, answer, expected) => {
    const { log, error } = await recorded(mfa, change, { 'iam:DeleteVirtualMFADevice': () => answer });
    const words = errorWords(error);
    expect([...log, ...(words === undefined ? [] : [`error: ${words}`])]).toEqual(expected);
  });
});
