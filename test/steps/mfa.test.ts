import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Enrol, EnrolRequest } from '../../src/core/enrol.js';
import { BootstrapError } from '../../src/core/errors.js';
import { type Reading, value } from '../../src/core/reading.js';
import { Secret } from '../../src/core/secret.js';
import { changesOf } from '../../src/engine/assess.js';
import { destinationError } from '../../src/secrets/destination.js';
import { makeUnattendedEnrol } from '../../src/secrets/totp.js';
import { assessMfa } from '../../src/steps/mfa/assess.js';
import { mfa } from '../../src/steps/mfa/index.js';
import type { ConsoleUser, Desired, Observed, VirtualDevice } from '../../src/steps/mfa/state.js';
import { rememberingSink } from './support/remembering-sink.js';
import { accountId, desireContext, planned, type StepRun, stepRun, told } from './support/step-run.js';

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
const judge = (wanted: Partial<Desired>, seen: Partial<Observed>) => {
  const findings = assessMfa(desired(wanted), observed(seen));
  return { findings, told: told({ findings }), changes: changesOf({ findings, wanted: true }) };
};
const rootOf = (over: Partial<Observed>, wanted: Partial<Desired> = {}) =>
  judge(wanted, over).told.filter((line) => line.startsWith('mfa.root'));

describe('root', () => {
  const noMfa = { mfa: false, password: true, accessKey: false };
  it.each<[string, Partial<Observed>, Partial<Desired>, readonly string[]]>([
    ['without MFA fails', { root: value(noMfa) }, {}, ['mfa.root fail']],
    ['with a passkey or a hardware key passes', {}, {}, ['mfa.root pass', 'mfa.root-hardware pass']],
    [
      'with a virtual device passes, but for the audit',
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
    ['of GovCloud has none', { partition: 'aws-us-gov', root: value(noMfa) }, {}, ['mfa.root not-applicable']],
    ['is not asked for when the config says so', { root: value(noMfa) }, { root: false }, ['mfa.root not-applicable']],
    ['that could not be read is unknown', { root: denied }, {}, ['mfa.root unknown']],
    ['whose kind of device could not be read is unknown', { virtual: denied }, {}, ['mfa.root pass', 'mfa.root-hardware unknown']],
  ])('%s', (_, seen, wanted, expected) => {
    expect(rootOf(seen, wanted)).toEqual(expected);
  });

  it.each([
    ['aws', 'https://console.aws.amazon.com/iam/home#/security_credentials'],
    ['aws-cn', 'https://console.amazonaws.cn/iam/home#/security_credentials'],
  ])('of %s gets a link to the page', (partition, url) => {
    const [finding] = judge({}, { partition, root: value(noMfa) }).findings;
    expect(finding?.remedy).toMatchObject({ by: 'hand', url });
  });
});

describe('the administrator', () => {
  const of = (wanted: Partial<Desired>, seen: Partial<Observed>) => judge(wanted, seen).told.filter((line) => line.startsWith('mfa.admin'));
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
    ['whose password is made in this run gets a device too', { passwordComing: true }, { admin: noPassword }, ['mfa.admin fail alex']],
    ['is left alone when the config says so', { admin: false }, { admin: bare }, ['mfa.admin not-applicable']],
    ['whose devices could not be read is unknown', {}, { admin: user('alex', { devices: denied }) }, ['mfa.admin unknown alex']],
    ['whose password could not be read is unknown', {}, { admin: user('alex', { password: denied }) }, ['mfa.admin unknown alex']],
    ['is unknown when no free name for a device can be told', {}, { admin: bare, virtual: denied }, ['mfa.admin unknown alex']],
  ])('%s', (_, wanted, seen, expected) => {
    expect(of(wanted, seen)).toEqual(expected);
  });

  it('without a config is every one with a password', () => {
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
      'at a terminal, or at the console, when nobody is there',
      { assign: 'in-person' },
      {
        command: 'bootstrap init --only mfa',
        url: 'https://console.aws.amazon.com/iam/home#/users/details/alex?section=security_credentials',
      },
    ],
    [
      'with a place for the seed first, when it is to be kept',
      { assign: 'in-person', present: true, keepSeed: true, destination: false },
      { command: 'bootstrap init --only mfa --secrets-file FILE' },
    ],
    ['with a place for the seed first', { destination: false }, { command: 'bootstrap init --only mfa --secrets-file FILE' }],
  ])('enrols %s', (_, wanted, remedy) => {
    const { findings, changes } = judge(wanted, { admin: bare });
    expect(findings.find(({ id }) => id === 'mfa.admin')?.remedy).toMatchObject({ by: 'hand', ...remedy });
    expect(changes).toEqual([]);
  });

  it('is told what an unattended device is worth', () => {
    const [change] = judge({}, { admin: bare }).changes;
    expect(change).toMatchObject({
      kind: 'enrol-mfa',
      risk: 'weaker',
      deviceName: 'alex',
      replacesLeftover: null,
      calls: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
    });
    expect(change?.summary).toMatch(/seed is stored with the password, which is weaker than a device in a hand/);
  });

  it.each<[string, Partial<Desired>, object]>([
    ['whose seed is kept nowhere', { destination: false }, { by: 'person', stored: false, risk: 'none' }],
    ['whose seed is kept as well, which is weaker', { keepSeed: true }, { by: 'person', stored: true, risk: 'weaker' }],
  ])('gets a device in person, %s', (_, wanted, expected) => {
    const { changes, findings } = judge({ assign: 'in-person', present: true, ...wanted }, { admin: bare });
    expect(changes).toMatchObject([{ kind: 'enrol-mfa', ...expected }]);
    expect(findings.find(({ id }) => id === 'mfa.admin')?.status).toBe('fail');
    expect(changes[0]?.summary).toMatch(/^Enrol a virtual MFA device for alex \(a QR code to scan here, then two codes to type\)/);
    expect(changes[0]?.summary.includes('weaker')).toBe(expected['risk' as keyof typeof expected] === 'weaker');
  });

  it.each<[string, readonly VirtualDevice[], string, string | null]>([
    ['its own name', [device('other', 'user')], 'alex', null],
    ['the next free name beside a foreign leftover', [device('alex', 'nobody')], 'alex-2', null],
    [
      'the next free name beside a device in use, without regard to case',
      [device('Alex', 'user'), device('alex-2', 'user')],
      'alex-3',
      null,
    ],
    ['the name of a leftover of ours', [device('alex', 'nobody', value(true))], 'alex', serialOf('alex')],
    [
      'the numbered name of a leftover of ours',
      [device('alex', 'nobody'), device('alex-2', 'nobody', value(true))],
      'alex-2',
      serialOf('alex-2'),
    ],
    ['the next free name beside one whose tags could not be read', [device('alex', 'nobody', denied)], 'alex-2', null],
  ])('gets a device with %s', (_, devices, deviceName, replacesLeftover) => {
    const change = judge({}, { admin: bare, virtual: value(devices) }).changes.find(({ kind }) => kind === 'enrol-mfa');
    expect(change).toMatchObject({ deviceName, replacesLeftover });
    expect(change?.calls.includes('iam:DeleteVirtualMFADevice')).toBe(replacesLeftover !== null);
  });
});

describe('administrators whom no config names', () => {
  const users = value([user('a', { admin: true }), user('b', { admin: true }), user('c', { admin: true, password: value(undefined) })]);
  const enrolled = (wanted: Partial<Desired>, named: readonly ConsoleUser[] = []) =>
    judge({ adminName: undefined, ...wanted }, { admin: undefined, users, named }).changes.map((change) =>
      'user' in change ? change.user : '',
    );
  it('are enrolled when a person is there', () => {
    expect(enrolled({ assign: 'in-person', present: true })).toEqual(['a', 'b']);
  });

  it('are enrolled once each, when they are named as users too', () => {
    expect(enrolled({ assign: 'in-person', present: true }, [user('b')])).toEqual(['a', 'b']);
  });

  it('get no device behind their backs', () => {
    expect(enrolled({ assign: 'unattended' })).toEqual([]);
    expect(enrolled({ assign: 'in-person', present: false })).toEqual([]);
  });
});

describe('unassigned devices', () => {
  it.each<[string, Partial<Observed>, readonly string[], readonly string[]]>([
    ['none passes', { virtual: value([device('alex', 'user')]) }, ['mfa.leftover pass'], []],
    [
      'of ours are deleted',
      { virtual: value([device('bob', 'nobody', value(true))]) },
      [`mfa.leftover fail ${serialOf('bob')}`],
      ['delete-leftover-device'],
    ],
    ['of others are left alone', { virtual: value([device('bob', 'nobody')]) }, [`mfa.leftover pass ${serialOf('bob')}`], []],
    ['of unknown make are unknown', { virtual: value([device('bob', 'nobody', denied)]) }, [`mfa.leftover unknown ${serialOf('bob')}`], []],
    ['that could not be listed are unknown', { virtual: denied }, ['mfa.leftover unknown'], []],
    [
      'of ours go with the enrolment that replaces them',
      { admin: user('alex'), virtual: value([device('alex', 'nobody', value(true)), device('bob', 'nobody', value(true))]) },
      [`mfa.leftover fail ${serialOf('alex')}`, `mfa.leftover fail ${serialOf('bob')}`],
      ['enrol-mfa', 'delete-leftover-device'],
    ],
  ])('%s', (_, seen, expected, kinds) => {
    const judged = judge({}, seen);
    expect(judged.told.filter((line) => line.startsWith('mfa.leftover'))).toEqual(expected);
    expect(judged.changes.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('users who are named', () => {
  const of = (named: readonly ConsoleUser[], wanted: Partial<Desired> = {}) =>
    judge({ assign: 'in-person', present: true, ...wanted }, { named }).told.filter((line) => line.startsWith('mfa.console-users'));
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
    const { changes } = judge({ assign: 'in-person', present: true }, { admin: user('alex'), named: [user('sam'), user('kim')] });
    expect(changes.map((change) => ('user' in change ? change.user : ''))).toEqual(['alex', 'sam', 'kim']);
  });

  it('are left to a person when they do not exist, or nobody is there', () => {
    const missing = judge({ present: true, assign: 'in-person' }, { named: [user('sam', { missing: true })] });
    expect(missing.findings.find(({ id }) => id === 'mfa.console-users')?.remedy).toMatchObject({
      by: 'hand',
      instructions: expect.stringContaining('mfa.users'),
    });
    expect(missing.changes).toEqual([]);
    // Named, they are what init is to bring about, and not only the audit's.
    expect(missing.findings.find(({ id }) => id === 'mfa.console-users')?.kind).toBe('wanted');
    expect(judge({ assign: 'in-person' }, { named: [user('sam')] }).changes).toEqual([]);
  });

  it('are not found a second time by the audit', () => {
    const users = value([user('sam'), user('kim')]);
    expect(judge({ audit: true, users: ['sam'] }, { named: [user('sam')], users }).told.slice(-2)).toEqual([
      'mfa.console-users fail sam',
      'mfa.console-users fail kim',
    ]);
  });
});

describe('other users', () => {
  const others = (wanted: Partial<Desired>, users: Observed['users']) =>
    judge({ audit: true, ...wanted }, { users }).told.filter((line) => line.startsWith('mfa.console-users'));
  it('with a password need a device, each of them', () => {
    const users = value([
      user('a'),
      user('b', { devices: value(['x']) }),
      user('c', { password: value(undefined) }),
      user('d', { devices: denied }),
    ]);
    expect(others({}, users)).toEqual(['mfa.console-users fail a', 'mfa.console-users pass b', 'mfa.console-users unknown d']);
  });

  it('are no concern of init', () => {
    expect(others({ audit: false }, value([user('a')]))).toEqual([]);
  });

  it('pass when there are none', () => {
    expect(others({}, value([]))).toEqual(['mfa.console-users pass']);
    expect(others({}, denied)).toEqual(['mfa.console-users unknown']);
  });
});

describe('what is wanted', () => {
  const desire = (section: object, context: object = {}) =>
    mfa.desire(mfa.schema.parse(section), { ...desireContext, ...context }) as Desired;
  it('has defaults, and a schema that can be published', () => {
    expect(mfa.schema.parse({})).toEqual({ root: 'required', admin: 'required', assign: 'in-person', users: [], 'keep-seed': false });
    expect(z.toJSONSchema(mfa.schema, { io: 'input' })).toBeTypeOf('object');
    expect(mfa.schema.parse(mfa.practice(() => ''))).toMatchObject({ assign: 'unattended' });
  });

  it.each<[string, object, object, boolean]>([
    ['this run makes it', { assign: 'unattended' }, {}, true],
    ['a person is there', { assign: 'in-person' }, { unattended: false }, true],
    ['nobody is there to assign a device', { assign: 'in-person' }, {}, false],
    ['there is no place for it', { assign: 'unattended' }, { secrets: 'none' }, false],
    ['its step does not run', { assign: 'unattended' }, { running: () => false }, false],
    ['nothing is made', { assign: 'unattended' }, { command: 'check' }, false],
    ['the config wants none', { assign: 'unattended' }, { intents: { admin: { name: 'alex', group: 'g', console: false } } }, false],
    ['there is no administrator', { assign: 'unattended' }, { intents: {} }, false],
  ])('expects a password when %s', (_, section, context, expected) => {
    expect(desire(section, context).passwordComing).toBe(expected);
  });

  it('is told to the step that makes the password', () => {
    expect(mfa.intent(desire({ assign: 'unattended' }))).toEqual({ mfa: { adminRequired: true, assign: 'unattended' } });
  });
});

/** The practice account with an administrator who has a password. */
const withAdmin = async (sink = rememberingSink()): Promise<StepRun> => {
  const run = await stepRun(sink);
  run.account.root.mfa = 'hardware';
  run.account.users.push(userWorld('alex'));
  return run;
};
const userWorld = (name: string): StepRun['account']['users'][number] => ({
  id: `AIDA${name.toUpperCase()}`,
  name,
  path: '/',
  createdAt: '2026-11-24T09:00:00.000Z',
  tags: {},
  groups: [],
  attachedPolicies: [],
  inlinePolicies: {},
  password: { value: 'x', createdAt: '2026-11-24T09:00:00.000Z', resetRequired: true, lastUsed: null },
  accessKeys: [],
});
const section = { assign: 'unattended' };
const devicesOf = (run: StepRun) =>
  run.account.mfaDevices.map(({ serial, user: of, tags }) => ({ name: serial.split('/').at(-1), user: of, tags }));
const ownTags = { 'created-by': 'aws-account-bootstrap' };

describe('an unattended enrolment', () => {
  it('makes what was planned, stores the seed first, and closes the gap', async () => {
    const sink = rememberingSink();
    const run = await withAdmin(sink);
    const assessed = await run.look(mfa, section);
    const applied = await run.apply(assessed);
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(planned(assessed));
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
    expect(sink.log).toEqual(['reserve', 'store mfa-seed']);
    expect(sink.entries).toMatchObject([{ kind: 'mfa-seed', user: 'alex', serial: serialOf('alex') }]);
    expect(run.clock.slept()).toBe(0);
    expect(changesOf(await run.look(mfa, section))).toEqual([]);
  });

  it('makes nothing when the destination will not do', async () => {
    const run = await withAdmin(rememberingSink({ reserve: destinationError('It is full.', 'Pass another.') }));
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.error?.code).toBe('E-SECRETS-DESTINATION');
    expect(run.writes()).toEqual([]);
  });

  it('does not enable a device whose seed could not be stored', async () => {
    const run = await withAdmin(rememberingSink({ store: new BootstrapError({ code: 'E-SECRETS-STORE', message: 'No.', next: 'No.' }) }));
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.error?.code).toBe('E-SECRETS-STORE');
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: null, tags: ownTags }]);
    // The next run replaces it.
    const again = await run.look(mfa, section);
    expect(planned(again)).toEqual(['iam:DeleteVirtualMFADevice', 'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice']);
  });

  it('replaces its own leftover and leaves that of others', async () => {
    const run = await withAdmin();
    const leftover = { seed: 'A'.repeat(32), kind: 'virtual', user: null, enabledAt: null, createdAt: '2026-11-24T09:30:00.000Z' } as const;
    run.account.mfaDevices.push(
      { ...leftover, serial: serialOf('alex'), tags: {} },
      { ...leftover, serial: serialOf('alex-2'), tags: ownTags },
    );
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.status).toBe('done');
    expect(devicesOf(run)).toEqual([
      { name: 'alex', user: null, tags: {} },
      { name: 'alex-2', user: 'alex', tags: ownTags },
    ]);
  });

  it('knows a leftover by the seed in the destination', async () => {
    const sink = rememberingSink();
    sink.entries.push({ kind: 'mfa-seed', user: 'alex', serial: serialOf('alex'), seed: new Secret('A') });
    const run = await withAdmin(sink);
    run.account.mfaDevices.push({
      serial: serialOf('alex'),
      seed: 'A'.repeat(32),
      kind: 'virtual',
      user: null,
      enabledAt: null,
      createdAt: '2026-11-24T09:30:00.000Z',
      tags: {},
    });
    await run.apply(await run.look(mfa, section));
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
  });

  it('tries the next codes when the first are refused', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'error', code: 'InvalidAuthenticationCode', status: 403 } },
    ];
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.status).toBe('done');
    expect(run.clock.slept()).toBe(48_000);
  });

  it('gives up after three pairs and names the clock', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:EnableMFADevice', what: { kind: 'error', code: 'InvalidAuthenticationCode', status: 403 } },
    ];
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.error).toMatchObject({ code: 'E-MFA-CODES', changed: true, aws: { operation: 'iam:EnableMFADevice' } });
    expect(applied.report.error?.next).toMatch(/clock/);
    expect(run.writes().filter((name) => name === 'iam:EnableMFADevice')).toHaveLength(3);
  });

  const lost = ['drop-before', 'drop-after', 'empty-after', 'truncated-after'] as const;
  const cases = ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'].flatMap((operation) =>
    lost.map((kind) => [operation, kind] as const),
  );
  it.each(cases)('ends with one device of known seed when the answer to %s is lost (%s)', async (operation, kind) => {
    const sink = rememberingSink();
    const run = await withAdmin(sink);
    run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind } }];
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
    const last = sink.entries.at(-1);
    expect(last?.kind === 'mfa-seed' ? last.seed.reveal() : '').toBe(run.account.mfaDevices[0]?.seed);
  });

  it('looks again when somebody took the name in between', async () => {
    const run = await withAdmin();
    const assessed = await run.look(mfa, section);
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:CreateVirtualMFADevice', times: 1, what: { kind: 'error', code: 'EntityAlreadyExists', status: 409 } },
    ];
    const applied = await run.apply(assessed);
    expect(applied.report.status).toBe('done');
    expect(devicesOf(run)).toHaveLength(1);
  });

  it('waits for IAM to show the device', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.lagMs = 5_000;
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice']);
  });
});

describe('an enrolment in person', () => {
  const inPerson = { assign: 'in-person' };
  const there = { unattended: false, secrets: 'none' } as const;
  const codes = makeUnattendedEnrol;
  /** A person who follows the script: a pair of good codes, or later. */
  const person = (run: StepRun, script: readonly ('codes' | 'later')[] = []) => {
    const rest = [...script];
    const asked: Omit<EnrolRequest, 'seed'>[] = [];
    const accepted: string[] = [];
    const enrol: Enrol = {
      codes: async (request) => {
        const { seed: _, ...told } = request;
        asked.push(told);
        return rest.shift() === 'later' ? 'later' : codes({ clock: run.clock }).codes(request);
      },
      accepted: async ({ user: name }) => void accepted.push(name),
    };
    return { enrol, asked, accepted };
  };

  it('needs no place for the seed, keeps it nowhere, and closes the gap', async () => {
    const sink = rememberingSink({ reserve: destinationError('There is none.', 'Choose one.') });
    const run = await withAdmin(sink);
    run.account.alias = 'acme-prod';
    const assessed = await run.look(mfa, inPerson, there);
    const { enrol, asked, accepted } = person(run);
    const applied = await run.apply(assessed, { enrol });
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice']);
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
    expect(sink.log).toEqual([]);
    expect(asked).toEqual([{ by: 'person', user: 'alex', serial: serialOf('alex'), device: 'alex', account: 'acme-prod', attempt: 0 }]);
    expect(accepted).toEqual(['alex']);
    expect(run.journal.list).toMatchObject([{ kind: 'mfa-seed', state: 'closed', made: serialOf('alex'), place: null }]);
    const again = await run.look(mfa, inPerson, there);
    expect(changesOf(again)).toEqual([]);
    expect(mfa.recap?.(again.desired, again.observed)).toMatchObject([
      { label: 'MFA of alex', value: expect.stringContaining('new code') },
    ]);
  });

  it('says which account by its number where it has no alias', async () => {
    const run = await withAdmin();
    const { enrol, asked } = person(run);
    await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(asked[0]?.account).toBe(accountId);
  });

  it('that is put off leaves no device, ends with 5, and can be taken up again', async () => {
    const run = await withAdmin();
    const { enrol, accepted } = person(run, ['later']);
    const assessed = await run.look(mfa, inPerson, there);
    const applied = await run.apply(assessed, { enrol });
    expect(applied).toMatchObject({ exit: 5, report: { status: 'manual', error: { code: 'E-MFA-LATER', changed: true } } });
    expect(applied.report.error?.next).toContain('bootstrap init --only mfa --mfa-users alex');
    expect(devicesOf(run)).toEqual([]);
    expect(accepted).toEqual([]);
    expect(run.writes()).toEqual(planned(assessed).filter((call) => call !== 'iam:EnableMFADevice'));
    expect(run.clock.slept()).toBe(0);
    expect((await run.apply(await run.look(mfa, inPerson, there), person(run))).report.status).toBe('done');
  });

  it('that is put off is put off too when the device cannot be deleted: it is ours, and the next run replaces it', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:DeleteVirtualMFADevice', what: { kind: 'error', code: 'AccessDenied', status: 403 } },
    ];
    const applied = await run.apply(await run.look(mfa, inPerson, there), person(run, ['later']));
    expect(applied).toMatchObject({ exit: 5, report: { error: { code: 'E-MFA-LATER' } } });
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: null, tags: ownTags }]);
    run.sandbox.world.knobs.faults = [];
    await run.apply(await run.look(mfa, inPerson, there), person(run));
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
  });

  it('of one user does not stand in the way of the next', async () => {
    const run = await withAdmin();
    run.account.users.push(userWorld('sam'));
    const section = { ...inPerson, users: ['Sam', 'alex'] };
    const { enrol, accepted } = person(run, ['later', 'codes']);
    const applied = await run.apply(await run.look(mfa, section, there), { enrol });
    expect(applied).toMatchObject({ exit: 5, report: { status: 'manual' } });
    expect(applied.report.error?.message).toMatch(/^alex has no MFA device: you left it for later/);
    expect(accepted).toEqual(['sam']);
    expect(devicesOf(run)).toEqual([{ name: 'sam', user: 'sam', tags: ownTags }]);
  });

  it('asks for new codes for the same device when AWS refuses a pair, or its answer is lost', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'error', code: 'InvalidAuthenticationCode', status: 403 } },
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'drop-before' } },
    ];
    const { enrol, asked } = person(run);
    const applied = await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(applied.report.status).toBe('done');
    expect(asked.map(({ attempt, serial }) => [attempt, serial])).toEqual([0, 1, 2].map((attempt) => [attempt, serialOf('alex')]));
    expect(run.writes().filter((name) => name === 'iam:CreateVirtualMFADevice')).toHaveLength(1);
  });

  it.each(['drop-after', 'empty-after'] as const)('that AWS took is seen though the answer is lost (%s)', async (kind) => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [{ operation: 'iam:EnableMFADevice', times: 1, what: { kind } }];
    const { enrol, asked, accepted } = person(run);
    const applied = await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(applied.report.status).toBe('done');
    expect(asked).toHaveLength(1);
    expect(accepted).toEqual(['alex']);
  });

  it('keeps the seed when asked to, but only that of a device that is enrolled', async () => {
    const sink = rememberingSink();
    const run = await withAdmin(sink);
    const keeping = { ...inPerson, 'keep-seed': true };
    const wanted = { unattended: false } as const;
    await run.apply(await run.look(mfa, keeping, wanted), person(run, ['later']));
    expect(sink.entries).toEqual([]);
    await run.apply(await run.look(mfa, keeping, wanted), person(run));
    expect(sink.entries).toMatchObject([{ kind: 'mfa-seed', user: 'alex', serial: serialOf('alex') }]);
    const after = await run.look(mfa, keeping, wanted);
    expect(mfa.recap?.(after.desired, after.observed)).toEqual([]);
  });
});

describe('looking', () => {
  it('of init asks about nobody but the administrator', async () => {
    const run = await withAdmin();
    await run.look(mfa, section);
    const expected = [
      'iam:GetAccountAuthorizationDetails',
      'iam:GetAccountSummary',
      'iam:GetLoginProfile',
      'iam:ListMFADevices',
      'iam:ListVirtualMFADevices',
    ];
    expect([...run.calls()].sort()).toEqual(expected);
  });

  it('of check goes through everybody, the administrator once', async () => {
    const run = await withAdmin();
    run.account.users.push(userWorld('bob'), { ...userWorld('carol'), password: null });
    const assessed = await run.look(mfa, section, { command: 'check', intents: { admin: { name: 'Alex', group: 'g', console: true } } });
    expect(told(assessed)).toEqual([
      'mfa.root pass',
      'mfa.root-hardware pass',
      'mfa.leftover pass',
      'mfa.admin fail alex',
      'mfa.console-users fail bob',
    ]);
    // Once by the spelling of the config, which is not the account's.
    expect(run.calls().filter((name) => name === 'iam:GetLoginProfile')).toHaveLength(4);
    expect(run.writes()).toEqual([]);
  });

  it('plans the same before and after the administrator is made', async () => {
    const run = await stepRun(rememberingSink());
    const before = await run.look(mfa, section);
    run.account.users.push(userWorld('alex'));
    expect(changesOf(await run.look(mfa, section))).toEqual(changesOf(before));
    expect(changesOf(before)).toHaveLength(1);
  });
});
