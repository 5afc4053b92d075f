import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Reading, value } from '../../../src/core/reading.js';
import { changesOf } from '../../../src/engine/assess.js';
import { assessMfa } from '../../../src/steps/mfa/assess.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import type { ConsoleUser, Desired, Observed, VirtualDevice } from '../../../src/steps/mfa/state.js';
import { accountId, desireContext, told } from '../support/step-run.js';

const denied: Reading<never> = { ok: false, cause: 'denied', message: 'AWS denied it', missingPermission: 'iam:X', evidence: [] };
const serialOf = (name: string): string => `arn:aws:iam::${accountId}:mfa/${name}`;
const device = (name: string, holder: VirtualDevice['holder'], ours: Reading<boolean> = value(false)): VirtualDevice => ({
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
const desired = (over: Partial<Desired> = {}): Desired => ({
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
  ...over,
});
const observed = (over: Partial<Observed> = {}): Observed => ({
  partition: 'aws',
  root: value({ mfa: true, password: true, accessKey: false }),
  virtual: value([]),
  admin: user('alex', { devices: value([serialOf('alex')]) }),
  named: [],
  scanned: [],
  identityCenterRoles: [],
  users: undefined,
  ...over,
});
const assess = (wanted: Partial<Desired>, seen: Partial<Observed>) => {
  const findings = assessMfa(desired(wanted), observed(seen));
  return { findings, told: told({ findings }), changes: changesOf({ findings, wanted: true }) };
};
const rootOf = (over: Partial<Observed>, wanted: Partial<Desired> = {}) =>
  assess(wanted, over).told.filter((line) => line.startsWith('mfa.root'));

describe('root', () => {
  const noMfa = { mfa: false, password: true, accessKey: false };
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    ['without MFA fails', { root: value(noMfa) }, {}, ['mfa.root fail']],
    ['with a passkey or a hardware key passes', {}, {}, ['mfa.root pass', 'mfa.root-hardware pass']],
    [
      'with a virtual device passes, but fails the hardware check',
      { virtual: value([device('root-account-mfa-device', 'root')]) },
      {},
      ['mfa.root pass', 'mfa.root-hardware fail'],
    ],
    [
      'without password and key has nothing to protect',
      { root: value({ mfa: false, password: false, accessKey: false }) },
      {},
      ['mfa.root not-applicable'],
    ],
    [
      'without a password but with a key still needs it',
      { root: value({ mfa: false, password: false, accessKey: true }) },
      {},
      ['mfa.root fail'],
    ],
    ['in GovCloud cannot have one', { partition: 'aws-us-gov', root: value(noMfa) }, {}, ['mfa.root not-applicable']],
    ['does not need MFA if the config says so', { root: value(noMfa) }, { root: false }, ['mfa.root not-applicable']],
    ['that could not be read is unknown', { root: denied }, {}, ['mfa.root unknown']],
    ['whose kind of device could not be read is unknown', { virtual: denied }, {}, ['mfa.root pass', 'mfa.root-hardware unknown']],
  ])('%s', (_, seen, wanted, expected) => {
    expect(rootOf(seen, wanted)).toEqual(expected);
  });

  it.each([
    ['aws', 'https://console.aws.amazon.com/iam/home#/security_credentials'],
    ['aws-cn', 'https://console.amazonaws.cn/iam/home#/security_credentials'],
  ])('of %s gets a link to the page', (partition, url) => {
    const [finding] = assess({}, { partition, root: value(noMfa) }).findings;
    expect(finding?.remedy).toMatchObject({ by: 'hand', url });
  });
});

describe('the administrator', () => {
  const of = (wanted: Partial<Desired>, seen: Partial<Observed>) =>
    assess(wanted, seen).told.filter((line) => line.startsWith('mfa.admin'));
  const bare = user('alex');
  const noPassword = user('alex', { password: value(undefined) });
  it.each<[string, Partial<Desired>, Partial<Observed>, readonly string[]]>([
    [
      'with a device of any kind passes',
      {},
      { admin: user('alex', { devices: value(['arn:aws:iam::1:u2f/user/alex/key']) }) },
      ['mfa.admin pass alex'],
    ],
    ['with a password and no device fails', {}, { admin: bare }, ['mfa.admin fail alex']],
    ['without a password has nothing to protect', {}, { admin: noPassword }, ['mfa.admin not-applicable alex']],
    ['whose password is created in this run needs a device too', { passwordComing: true }, { admin: noPassword }, ['mfa.admin fail alex']],
    ['does not need MFA if the config says so', { admin: false }, { admin: bare }, ['mfa.admin not-applicable']],
    ['whose devices could not be read is unknown', {}, { admin: user('alex', { devices: denied }) }, ['mfa.admin unknown alex']],
    ['whose password could not be read is unknown', {}, { admin: user('alex', { password: denied }) }, ['mfa.admin unknown alex']],
    ['is unknown if the device names in use cannot be read', {}, { admin: bare, virtual: denied }, ['mfa.admin unknown alex']],
  ])('%s', (_, wanted, seen, expected) => {
    expect(of(wanted, seen)).toEqual(expected);
  });

  it('is every administrator with a password, without a config', () => {
    const users = value([
      user('a', { admin: true }),
      user('b', { admin: true, devices: value(['x']) }),
      user('c', { admin: true, password: value(undefined) }),
      user('d'),
    ]);
    expect(of({ adminName: undefined }, { admin: undefined, users })).toEqual(['mfa.admin fail a', 'mfa.admin pass b']);
    expect(of({ adminName: undefined }, { admin: undefined, users: value([user('d')]) })).toEqual(['mfa.admin pass']);
    expect(of({ adminName: undefined }, { admin: undefined, users: denied })).toEqual(['mfa.admin unknown']);
  });

  it.each<[string, Partial<Desired>, object]>([
    [
      'at a terminal or in the console, in an unattended run',
      { assign: 'in-person' },
      {
        command: 'bootstrap init --only mfa',
        url: 'https://console.aws.amazon.com/iam/home#/users/details/alex?section=security_credentials',
      },
    ],
    [
      'after you choose a destination for the seed, if it is to be stored',
      { assign: 'in-person', present: true, keepSeed: true, destination: false },
      { command: 'bootstrap init --only mfa --secrets-file FILE' },
    ],
    ['after you choose a destination for the seed', { destination: false }, { command: 'bootstrap init --only mfa --secrets-file FILE' }],
  ])('is enrolled %s', (_, wanted, remedy) => {
    const { findings, changes } = assess(wanted, { admin: bare });
    expect(findings.find(({ id }) => id === 'mfa.admin')?.remedy).toMatchObject({ by: 'hand', ...remedy });
    expect(changes).toEqual([]);
  });

  it('is warned that an unattended device is weaker', () => {
    const [change] = assess({}, { admin: bare }).changes;
    expect(change).toMatchObject({
      kind: 'enrol-mfa',
      risk: 'weaker',
      deviceName: 'alex',
      replacesLeftover: null,
      calls: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
    });
    expect(change?.summary).toMatch(/for alex; its seed is stored with the password$/);
  });

  it.each<[string, Partial<Desired>, object]>([
    ['whose seed is not stored', { destination: false }, { by: 'person', stored: false, risk: 'none' }],
    ['whose seed is stored too, which is weaker', { keepSeed: true }, { by: 'person', stored: true, risk: 'weaker' }],
  ])('gets a device in person, %s', (_, wanted, expected) => {
    const { changes, findings } = assess({ assign: 'in-person', present: true, ...wanted }, { admin: bare });
    expect(changes).toMatchObject([{ kind: 'enrol-mfa', ...expected }]);
    expect(findings.find(({ id }) => id === 'mfa.admin')?.status).toBe('fail');
    expect(changes[0]?.summary).toMatch(/^Enrol a virtual MFA device for alex \(a QR code to scan here, then two codes to type\)/);
    expect(changes[0]?.summary.includes('its seed is stored')).toBe(expected['risk' as keyof typeof expected] === 'weaker');
  });

  it.each<[string, readonly VirtualDevice[], string, string | null]>([
    ['its own name', [device('other', 'user')], 'alex', null],
    ['the next free name, if another tool left a device', [device('alex', 'none')], 'alex-2', null],
    ['the next free name, if a device is in use, ignoring case', [device('Alex', 'user'), device('alex-2', 'user')], 'alex-3', null],
    ['the name of a leftover of this tool', [device('alex', 'none', value(true))], 'alex', serialOf('alex')],
    [
      'the numbered name of a leftover of this tool',
      [device('alex', 'none'), device('alex-2', 'none', value(true))],
      'alex-2',
      serialOf('alex-2'),
    ],
    ['the next free name, if the tags of a device could not be read', [device('alex', 'none', denied)], 'alex-2', null],
  ])('gets a device with %s', (_, devices, deviceName, replacesLeftover) => {
    const change = assess({}, { admin: bare, virtual: value(devices) }).changes.find(({ kind }) => kind === 'enrol-mfa');
    expect(change).toMatchObject({ deviceName, replacesLeftover });
    expect(change?.calls.includes('iam:DeleteVirtualMFADevice')).toBe(replacesLeftover !== null);
  });
});

describe('administrators that are not in the config', () => {
  const users = value([user('a', { admin: true }), user('b', { admin: true }), user('c', { admin: true, password: value(undefined) })]);
  const enrolled = (wanted: Partial<Desired>, named: readonly ConsoleUser[] = []) =>
    assess({ adminName: undefined, ...wanted }, { admin: undefined, users, named }).changes.map((change) =>
      'user' in change ? change.user : '',
    );
  it('are enrolled in person', () => {
    expect(enrolled({ assign: 'in-person', present: true })).toEqual(['a', 'b']);
  });

  it('are enrolled once each, even if the config lists them as users', () => {
    expect(enrolled({ assign: 'in-person', present: true }, [user('b')])).toEqual(['a', 'b']);
  });

  it('are not enrolled in an unattended run', () => {
    expect(enrolled({ assign: 'unattended' })).toEqual([]);
    expect(enrolled({ assign: 'in-person', present: false })).toEqual([]);
  });
});

describe('unassigned devices', () => {
  it.each<[string, Partial<Observed>, readonly string[], readonly string[]]>([
    ['pass if there are none', { virtual: value([device('alex', 'user')]) }, ['mfa.leftover pass'], []],
    [
      'of this tool are deleted',
      { virtual: value([device('bob', 'none', value(true))]) },
      [`mfa.leftover fail ${serialOf('bob')}`],
      ['delete-leftover-device'],
    ],
    ['of others are not deleted', { virtual: value([device('bob', 'none')]) }, [`mfa.leftover pass ${serialOf('bob')}`], []],
    ['of unknown origin are unknown', { virtual: value([device('bob', 'none', denied)]) }, [`mfa.leftover unknown ${serialOf('bob')}`], []],
    ['that could not be listed are unknown', { virtual: denied }, ['mfa.leftover unknown'], []],
    [
      'of this tool are deleted by the enrolment that replaces them',
      { admin: user('alex'), virtual: value([device('alex', 'none', value(true)), device('bob', 'none', value(true))]) },
      [`mfa.leftover fail ${serialOf('alex')}`, `mfa.leftover fail ${serialOf('bob')}`],
      ['enrol-mfa', 'delete-leftover-device'],
    ],
  ])('%s', (_, seen, expected, kinds) => {
    const assessed = assess({}, seen);
    expect(assessed.told.filter((line) => line.startsWith('mfa.leftover'))).toEqual(expected);
    expect(assessed.changes.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('users in the config', () => {
  const of = (named: readonly ConsoleUser[], wanted: Partial<Desired> = {}) =>
    assess({ assign: 'in-person', present: true, ...wanted }, { named }).told.filter((line) => line.startsWith('mfa.console-users'));
  it.each<[string, ConsoleUser, string]>([
    ['with a password and no device get one', user('sam'), 'mfa.console-users fail sam'],
    ['with a device pass', user('sam', { devices: value(['x']) }), 'mfa.console-users pass sam'],
    ['without a password have nothing to protect', user('sam', { password: value(undefined) }), 'mfa.console-users not-applicable sam'],
    ['who do not exist fail', user('sam', { password: value(undefined), missing: true }), 'mfa.console-users fail sam'],
    ['who could not be read are unknown', user('sam', { devices: denied }), 'mfa.console-users unknown sam'],
  ])('%s', (_, named, expected) => {
    expect(of([named])).toEqual([expected]);
  });

  it('are enrolled one after the other, after the administrator', () => {
    const { changes } = assess({ assign: 'in-person', present: true }, { admin: user('alex'), named: [user('sam'), user('kim')] });
    expect(changes.map((change) => ('user' in change ? change.user : ''))).toEqual(['alex', 'sam', 'kim']);
  });

  it('are a manual step if they do not exist, or in an unattended run', () => {
    const missing = assess({ present: true, assign: 'in-person' }, { named: [user('sam', { missing: true })] });
    expect(missing.findings.find(({ id }) => id === 'mfa.console-users')?.remedy).toMatchObject({
      by: 'hand',
      instructions: expect.stringContaining('mfa.users'),
    });
    expect(missing.changes).toEqual([]);
    // Users in the config are wanted, not only audited.
    expect(missing.findings.find(({ id }) => id === 'mfa.console-users')?.kind).toBe('wanted');
    expect(assess({ assign: 'in-person' }, { named: [user('sam')] }).changes).toEqual([]);
  });

  it('are not reported again by the audit', () => {
    const users = value([user('sam'), user('kim')]);
    expect(assess({ audit: true, users: ['sam'] }, { named: [user('sam')], users }).told.slice(-2)).toEqual([
      'mfa.console-users fail sam',
      'mfa.console-users fail kim',
    ]);
  });
});

describe('other users', () => {
  const others = (wanted: Partial<Desired>, users: Observed['users']) =>
    assess({ audit: true, ...wanted }, { users }).told.filter((line) => line.startsWith('mfa.console-users'));
  it('with a password need a device, each of them', () => {
    const users = value([
      user('a'),
      user('b', { devices: value(['x']) }),
      user('c', { password: value(undefined) }),
      user('d', { devices: denied }),
    ]);
    expect(others({}, users)).toEqual(['mfa.console-users fail a', 'mfa.console-users pass b', 'mfa.console-users unknown d']);
  });

  it('are not assessed by init', () => {
    expect(others({ audit: false }, value([user('a')]))).toEqual([]);
  });

  it('pass when there are none', () => {
    expect(others({}, value([]))).toEqual(['mfa.console-users pass']);
    expect(others({}, denied)).toEqual(['mfa.console-users unknown']);
  });
});

describe('the config of MFA', () => {
  const desire = (section: object, context: object = {}) =>
    mfa.desire(mfa.schema.parse(section), { ...desireContext, ...context }) as Desired;
  it('has defaults, and a schema that can be published as JSON Schema', () => {
    expect(mfa.schema.parse({})).toEqual({ root: 'required', admin: 'required', assign: 'in-person', users: [], 'keep-seed': false });
    expect(z.toJSONSchema(mfa.schema, { io: 'input' })).toBeTypeOf('object');
    expect(mfa.schema.parse(mfa.practice(() => ''))).toMatchObject({ assign: 'unattended' });
  });

  it.each<[string, object, object, boolean]>([
    ['this run creates it', { assign: 'unattended' }, {}, true],
    ['someone is present', { assign: 'in-person' }, { unattended: false }, true],
    ['no one is present to assign a device', { assign: 'in-person' }, {}, false],
    ['there is no destination for it', { assign: 'unattended' }, { secrets: 'none' }, false],
    ['its step does not run', { assign: 'unattended' }, { running: () => false }, false],
    ['nothing is created', { assign: 'unattended' }, { command: 'check' }, false],
    ['the config wants none', { assign: 'unattended' }, { intents: { admin: { name: 'alex', group: 'g', console: false } } }, false],
    ['there is no administrator', { assign: 'unattended' }, { intents: {} }, false],
  ])('expects a password or not: %s', (_, section, context, expected) => {
    expect(desire(section, context).passwordComing).toBe(expected);
  });

  it('is passed to the step that creates the password', () => {
    expect(mfa.intent(desire({ assign: 'unattended' }))).toEqual({ mfa: { adminRequired: true, assign: 'unattended' } });
  });
});
