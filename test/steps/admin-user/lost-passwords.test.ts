import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/engine/assess.js';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import type { FaultRule } from '../../../src/sandbox/world.js';
import { mfa } from '../../../src/steps/mfa/index.js';
import { mortal } from '../support/mortal.js';
import { type RememberingSink, rememberingSink } from '../support/remembering-sink.js';
import { accountId, planned, type StepRun, stepRun, statusesOf } from '../support/step-run.js';

const section = { name: 'alex' };
const unattended = { intents: { mfa: { adminRequired: false, assign: 'in-person' } } } as const;
const alexOf = (run: StepRun) => run.account.users.find(({ name }) => name === 'alex');
const applyPlan = async (run: StepRun) => run.apply(await run.look(adminUser, section, unattended));
const consoleFinding = async (run: StepRun) =>
  statusesOf(await run.look(adminUser, section, unattended)).find((one) => one.startsWith('admin-user.console'));
const passwordIsStored = (run: StepRun, sink: RememberingSink): void => {
  const stored = sink.entries.findLast((one) => one.kind === 'console-password');
  expect(stored?.kind === 'console-password' && stored.password.reveal()).toBe(alexOf(run)?.password?.value);
};

describe('a console password', () => {
  it('is in the journal from before it is stored until AWS has it', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    const seen: unknown[] = [];
    const snapshot = (): unknown => run.journal.list.map(({ state, place }) => [state, place]);
    const store: typeof sink.store = async (entry) => {
      seen.push(snapshot());
      await sink.store(entry);
    };
    const write: typeof run.port.cloud.write = async (operation, input) => {
      if (operation === 'iam:CreateLoginProfile') seen.push(snapshot());
      return run.port.cloud.write(operation, input);
    };
    const assessed = await run.look(adminUser, section, unattended);
    await run.apply(assessed, { secrets: { ...sink, store }, cloud: { ...run.port.cloud, write } });
    expect([...seen, snapshot()]).toEqual([[['open', null]], [['stored', 'memory']], [['closed', 'memory']]]);
  });

  it('is closed without a place if AWS refuses it', async () => {
    const run = await stepRun(rememberingSink());
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:CreateLoginProfile', what: { kind: 'error', code: 'PasswordPolicyViolation', status: 400 } },
    ];
    await applyPlan(run);
    expect(run.journal.list).toMatchObject([{ state: 'closed', place: null }]);
  });

  it('is not created if the journal cannot record that it is stored', async () => {
    const run = await stepRun(rememberingSink());
    const note = async (): Promise<void> => {
      throw new Error('the disk is full');
    };
    const assessed = await run.look(adminUser, section, unattended);
    const applied = await run.apply(assessed, { journal: { ...run.journal, note } });
    expect(applied.report.status).toBe('failed');
    expect(run.writes()).not.toContain('iam:CreateLoginProfile');
  });
});

/** A run that is killed after AWS has the password and before the journal records it. */
const lost = async () => {
  const sink = rememberingSink();
  const run = await stepRun(sink);
  const write: typeof run.port.cloud.write = async (operation, input) => {
    const output = await run.port.cloud.write(operation, input);
    if (operation === 'iam:CreateLoginProfile') throw new Error('killed');
    return output;
  };
  await run.apply(await run.look(adminUser, section, unattended), { cloud: { ...run.port.cloud, write } });
  return { run, sink };
};

describe('a password of an interrupted run', () => {
  it('passes if it is still stored', async () => {
    const { run, sink } = await lost();
    passwordIsStored(run, sink);
    expect(await consoleFinding(run)).toBe('admin-user.console pass alex');
  });

  it('is replaced as planned if it is no longer stored', async () => {
    const { run, sink } = await lost();
    sink.entries.length = 0;
    const assessed = await run.look(adminUser, section, unattended);
    expect(planned(assessed)).toEqual(['iam:UpdateLoginProfile']);
    const before = run.writes().length;
    const applied = await run.apply(assessed);
    expect(applied.report).toMatchObject({ status: 'done', error: null });
    expect(run.writes().slice(before)).toEqual(['iam:UpdateLoginProfile']);
    passwordIsStored(run, sink);
    expect(alexOf(run)?.password?.resetRequired).toBe(true);
    expect(changesOf(await run.look(adminUser, section, unattended))).toEqual([]);
  });

  it('is replaced even if the response is lost', async () => {
    const { run, sink } = await lost();
    sink.entries.length = 0;
    run.sandbox.world.knobs.faults = [{ operation: 'iam:UpdateLoginProfile', times: 1, what: { kind: 'drop-after' } }];
    expect((await applyPlan(run)).report).toMatchObject({ status: 'done', error: null });
    passwordIsStored(run, sink);
  });

  it.each<[string, FaultRule['what']]>([
    ['the response is lost each time', { kind: 'drop-after' }],
    ['the request is lost each time', { kind: 'drop-before' }],
    ['AWS refuses it', { kind: 'error', code: 'PasswordPolicyViolation', status: 400 }],
  ])('is replaced again by the next run if %s', async (_, what) => {
    const { run, sink } = await lost();
    sink.entries.length = 0;
    run.sandbox.world.knobs.faults = [{ operation: 'iam:UpdateLoginProfile', what }];
    expect((await applyPlan(run)).report).toMatchObject({ status: 'failed' });
    run.sandbox.world.knobs.faults = [];
    expect(planned(await run.look(adminUser, section, unattended))).toEqual(['iam:UpdateLoginProfile']);
    expect((await applyPlan(run)).report).toMatchObject({ status: 'done', error: null });
    passwordIsStored(run, sink);
    expect(changesOf(await run.look(adminUser, section, unattended))).toEqual([]);
  });

  it.each<[string, (run: StepRun) => void]>([
    [
      'is not lost if it was used',
      (run) => void (alexOf(run)?.password && Object.assign(alexOf(run)?.password ?? {}, { lastUsed: '2026-11-24T11:00:00.000Z' })),
    ],
    ['is not replaced on another computer', (run) => void (run.journal.list.length = 0)],
    [
      'is not lost if it was stored in another destination',
      (run) => void run.journal.list.splice(0, 1, ...run.journal.list.slice(0, 1).map((entry) => ({ ...entry, place: './other.json' }))),
    ],
    [
      'is not replaced if someone created a new one since',
      (run) => void Object.assign(alexOf(run)?.password ?? {}, { createdAt: '2026-11-25T10:00:00.000Z' }),
    ],
  ])('%s', async (_, change) => {
    const { run, sink } = await lost();
    sink.entries.length = 0;
    change(run);
    expect(await consoleFinding(run)).toBe('admin-user.console pass alex');
  });
});

describe('an administrator created by runs that are killed', () => {
  it('has the stored password, and a device with the stored seed', async () => {
    let kills = 0;
    const context = { unattended: true } as const;
    for (const [step, from] of [
      [adminUser, section],
      [mfa, { assign: 'unattended' }],
    ] as const) {
      for (let n = 1; ; n += 1) {
        const sink = rememberingSink();
        const run = await stepRun(sink);
        if (step === mfa) await applyPlan(run);
        const { port, killed } = mortal(run.port, n);
        const settings = step === mfa ? context : unattended;
        await run.apply(await run.look(step, from, settings), port);
        if (!killed()) break;
        kills += 1;
        const applied = await run.apply(await run.look(step, from, settings));
        expect([n, applied.report.error]).toEqual([n, null]);
        passwordIsStored(run, sink);
        expect(changesOf(await run.look(step, from, settings))).toEqual([]);
        if (step === adminUser) continue;
        expect(run.account.mfaDevices).toMatchObject([{ user: 'alex' }]);
        const seed = sink.entries.findLast((one) => one.kind === 'mfa-seed');
        expect(seed?.kind === 'mfa-seed' && [seed.serial, seed.seed.reveal()]).toEqual([
          run.account.mfaDevices[0]?.serial,
          run.account.mfaDevices[0]?.seed,
        ]);
      }
    }
    expect(kills).toBeGreaterThan(20);
  });
});

describe('a device of an interrupted enrolment', () => {
  it('is recognized by the journal if tags cannot be read', async () => {
    const sink = rememberingSink();
    const run = await stepRun(sink);
    await applyPlan(run);
    const store = async (): Promise<void> => {
      throw new Error('killed');
    };
    const assessed = await run.look(mfa, { assign: 'unattended' });
    await run.apply(assessed, { secrets: { ...sink, store } });
    expect(run.journal.list.at(-1)).toMatchObject({ kind: 'mfa-seed', made: `arn:aws:iam::${accountId}:mfa/alex`, state: 'open' });
    run.sandbox.world.knobs.faults = [
      { operation: 'iam:ListMFADeviceTags', what: { kind: 'error', code: 'InternalFailure', status: 501 } },
    ];
    const again = await run.look(mfa, { assign: 'unattended' });
    expect(planned(again)).toEqual(['iam:DeleteVirtualMFADevice', 'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice']);
    expect((await run.apply(again)).report).toMatchObject({ error: null });
    expect(run.account.mfaDevices).toHaveLength(1);
  });
});
