import { describe, expect, it } from 'vitest';
import type { Enrol, EnrolRequest } from '../../../src/core/enrol.js';
import { BootstrapError } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import { changesOf } from '../../../src/engine/assess.js';
import { destinationError } from '../../../src/secrets/destination.js';
import { makeUnattendedEnrol } from '../../../src/secrets/totp.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import { rememberingSink } from '../support/remembering-sink.js';
import { accountId, planned, type StepRun, stepRun, statusesOf } from '../support/step-run.js';

const serialOf = (name: string): string => `arn:aws:iam::${accountId}:mfa/${name}`;

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
  it('stores the seed first, creates what was planned, and fixes the finding', async () => {
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

  it('creates nothing if the destination cannot be used', async () => {
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

  it('replaces a leftover of this tool and keeps those of others', async () => {
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

  it('recognizes a leftover by the seed in the destination', async () => {
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

  it('tries the next codes if the first are refused', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'error', code: 'InvalidAuthenticationCode', status: 403 } },
    ];
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report.status).toBe('done');
    expect(run.clock.slept()).toBe(48_000);
  });

  it('stops after three pairs and mentions the clocks', async () => {
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
  it.each(cases)('ends with one device whose seed is stored if the response to %s is lost (%s)', async (operation, kind) => {
    const sink = rememberingSink();
    const run = await withAdmin(sink);
    run.sandbox.world.knobs.faults = [{ operation, times: 1, what: { kind } }];
    const applied = await run.apply(await run.look(mfa, section));
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
    const last = sink.entries.at(-1);
    expect(last?.kind === 'mfa-seed' ? last.seed.reveal() : '').toBe(run.account.mfaDevices[0]?.seed);
  });

  it('reads the account again if someone else took the name', async () => {
    const run = await withAdmin();
    const assessed = await run.look(mfa, section);
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:CreateVirtualMFADevice', times: 1, what: { kind: 'error', code: 'EntityAlreadyExists', status: 409 } },
    ];
    const applied = await run.apply(assessed);
    expect(applied.report.status).toBe('done');
    expect(devicesOf(run)).toHaveLength(1);
  });

  it('waits until IAM lists the device', async () => {
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
  /** A user who follows the script: a pair of valid codes, or later. */
  const person = (run: StepRun, script: readonly ('codes' | 'later')[] = []) => {
    const rest = [...script];
    const requests: Omit<EnrolRequest, 'seed'>[] = [];
    const accepted: string[] = [];
    const enrol: Enrol = {
      codes: async (request) => {
        const { seed: _, ...withoutSeed } = request;
        requests.push(withoutSeed);
        return rest.shift() === 'later' ? 'later' : codes({ clock: run.clock }).codes(request);
      },
      accepted: async ({ user: name }) => void accepted.push(name),
    };
    return { enrol, requests, accepted };
  };

  it('needs no destination, does not store the seed, and fixes the finding', async () => {
    const sink = rememberingSink({ reserve: destinationError('There is none.', 'Choose one.') });
    const run = await withAdmin(sink);
    run.account.alias = 'acme-prod';
    const assessed = await run.look(mfa, inPerson, there);
    const { enrol, requests, accepted } = person(run);
    const applied = await run.apply(assessed, { enrol });
    expect(applied.report).toMatchObject({ status: 'done', verified: true });
    expect(run.writes()).toEqual(['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice']);
    expect(devicesOf(run)).toEqual([{ name: 'alex', user: 'alex', tags: ownTags }]);
    expect(sink.log).toEqual([]);
    expect(requests).toEqual([{ by: 'person', user: 'alex', serial: serialOf('alex'), device: 'alex', account: 'acme-prod', attempt: 0 }]);
    expect(accepted).toEqual(['alex']);
    expect(run.journal.list).toMatchObject([{ kind: 'mfa-seed', state: 'closed', made: serialOf('alex'), place: null }]);
    const again = await run.look(mfa, inPerson, there);
    expect(changesOf(again)).toEqual([]);
    expect(mfa.recap?.(again.desired, again.observed)).toMatchObject([
      { label: 'MFA of alex', value: 'in the authenticator that scanned it' },
    ]);
  });

  it('shows the account id if the account has no alias', async () => {
    const run = await withAdmin();
    const { enrol, requests } = person(run);
    await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(requests[0]?.account).toBe(accountId);
  });

  it('that is deferred leaves no device, exits with 5, and can be done later', async () => {
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

  it('that is deferred leaves a device with our tag if it cannot be deleted, and the next run replaces it', async () => {
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

  it('that is deferred for one user continues with the next', async () => {
    const run = await withAdmin();
    run.account.users.push(userWorld('sam'));
    const section = { ...inPerson, users: ['Sam', 'alex'] };
    const { enrol, accepted } = person(run, ['later', 'codes']);
    const applied = await run.apply(await run.look(mfa, section, there), { enrol });
    expect(applied).toMatchObject({ exit: 5, report: { status: 'manual' } });
    expect(applied.report.error?.message).toMatch(/^alex has no MFA device: you chose to enrol later/);
    expect(accepted).toEqual(['sam']);
    expect(devicesOf(run)).toEqual([{ name: 'sam', user: 'sam', tags: ownTags }]);
  });

  it('asks for new codes for the same device if AWS refuses a pair or its response is lost', async () => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'error', code: 'InvalidAuthenticationCode', status: 403 } },
      { operation: 'iam:EnableMFADevice', times: 1, what: { kind: 'drop-before' } },
    ];
    const { enrol, requests } = person(run);
    const applied = await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(applied.report.status).toBe('done');
    expect(requests.map(({ attempt, serial }) => [attempt, serial])).toEqual([0, 1, 2].map((attempt) => [attempt, serialOf('alex')]));
    expect(run.writes().filter((name) => name === 'iam:CreateVirtualMFADevice')).toHaveLength(1);
  });

  it.each(['drop-after', 'empty-after'] as const)('that AWS accepted is recognized if the response is lost (%s)', async (kind) => {
    const run = await withAdmin();
    run.sandbox.world.knobs.faults = [{ operation: 'iam:EnableMFADevice', times: 1, what: { kind } }];
    const { enrol, requests, accepted } = person(run);
    const applied = await run.apply(await run.look(mfa, inPerson, there), { enrol });
    expect(applied.report.status).toBe('done');
    expect(requests).toHaveLength(1);
    expect(accepted).toEqual(['alex']);
  });

  it('stores the seed with keep-seed, but only if the device is enrolled', async () => {
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

describe('observing MFA', () => {
  it('reads only the administrator for init', async () => {
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

  it('reads every user for check, the administrator once', async () => {
    const run = await withAdmin();
    run.account.users.push(userWorld('bob'), { ...userWorld('carol'), password: null });
    const assessed = await run.look(mfa, section, { command: 'check', intents: { admin: { name: 'Alex', group: 'g', console: true } } });
    expect(statusesOf(assessed)).toEqual([
      'mfa.root pass',
      'mfa.root-hardware pass',
      'mfa.leftover pass',
      'mfa.admin fail alex',
      'mfa.console-users fail bob',
    ]);
    // The administrator twice: the spelling in the config differs from the account's.
    expect(run.calls().filter((name) => name === 'iam:GetLoginProfile')).toHaveLength(4);
    expect(run.writes()).toEqual([]);
  });

  it('plans the same before and after the administrator is created', async () => {
    const run = await stepRun(rememberingSink());
    const before = await run.look(mfa, section);
    run.account.users.push(userWorld('alex'));
    expect(changesOf(await run.look(mfa, section))).toEqual(changesOf(before));
    expect(changesOf(before)).toHaveLength(1);
  });
});
