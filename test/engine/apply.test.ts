import { describe, expect, it } from 'vitest';
import { BootstrapError } from '../../src/core/errors.js';
import type { AnyStep } from '../../src/core/step.js';
import { applyAll, errorOf, outcomeOf } from '../../src/engine/apply.js';
import { assessAll, type AssessedStep, prepare } from '../../src/engine/assess.js';
import { Lamps, lampStep, type LightLamp, type Lighting, lightLamp, lostAnswer, partOf, portOf, refusal, unread } from './fake-steps.js';

type Wanted = readonly [AnyStep, readonly string[], { readonly wanted?: boolean }?];

/** Looks, as for a plan, and gives the means to apply what was seen. */
const planOf = async (world: Lamps, ...wanted: readonly Wanted[]) => {
  const run = portOf(world);
  const prepared = prepare(
    wanted.map(([step, lamps, more]) => partOf(step, lamps, more)),
    { command: 'init', unattended: true, secrets: 'chosen', switches: [] },
  );
  const assessed = await assessAll(prepared, run.port);
  world.log.length = 0;
  return { ...run, assessed, apply: (steps: readonly AssessedStep[] = assessed) => applyAll(steps, run.port) };
};
const summaryOf = (applied: Awaited<ReturnType<typeof applyAll>>) =>
  applied.map(({ report: { id, status, verified, error }, exit, changed }) => ({
    id,
    status,
    verified,
    error: error?.code ?? null,
    exit,
    changed,
  }));
const done = (id: string) => ({ id, status: 'done', verified: true, error: null, exit: 0, changed: true });
const untouched = (id: string) => ({ id, status: 'unchanged', verified: true, error: null, exit: 0, changed: false });

describe('applying a plan', () => {
  it('goes step by step and change by change, in order, looking before and after', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a', 'b']], [lampStep(world, 'two'), ['c']]);
    expect(summaryOf(await apply())).toEqual([done('one'), done('two')]);
    expect(world.log).toEqual([
      'start one',
      'forget',
      'look one',
      'change 1 of 2',
      'light a',
      'change 2 of 2',
      'light b',
      'forget',
      'look one',
      'start two',
      'forget',
      'look two',
      'change 1 of 1',
      'light c',
      'forget',
      'look two',
    ]);
  });

  it('does not apply a step that changed meanwhile', async () => {
    const world = new Lamps();
    const { apply } = await planOf(
      world,
      [
        lampStep(world, 'one', {
          lighting: (lamp) => {
            world.effects += 1;
            world.lit.add(lamp);
            world.lit.add('c');
          },
        }),
        ['a'],
      ],
      [lampStep(world, 'two'), ['c', 'd']],
    );
    expect(summaryOf(await apply())[1]).toMatchObject({ id: 'two', status: 'failed', error: 'E-PLAN-CHANGED', changed: false });
    expect(world.log.filter((line) => line.startsWith('light'))).toEqual(['light a']);
  });

  it('changes nothing when there is nothing to change, or nothing is wanted', async () => {
    const world = new Lamps();
    world.lit.add('a');
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a']], [lampStep(world, 'two'), ['b'], { wanted: false }]);
    expect(summaryOf(await apply())).toEqual([untouched('one'), { ...untouched('two'), status: 'skipped', verified: false }]);
    expect(world.log).toEqual([]);
  });

  it('continues after a failed step, except for the steps that need it', async () => {
    const world = new Lamps();
    const refuse: Lighting = () => {
      throw refusal('LimitExceeded');
    };
    const { apply, ended } = await planOf(
      world,
      [lampStep(world, 'one', { lighting: refuse }), ['a']],
      [lampStep(world, 'two', { needs: ['one'] }), ['b']],
      [lampStep(world, 'three', { needs: ['two'] }), ['c']],
      [lampStep(world, 'four'), ['d']],
    );
    const blocked = (id: string) => ({ id, status: 'blocked', verified: false, error: null, exit: 7, changed: false });
    expect(summaryOf(await apply())).toEqual([
      { id: 'one', status: 'failed', verified: false, error: 'E-AWS-REFUSED', exit: 7, changed: false },
      blocked('two'),
      blocked('three'),
      done('four'),
    ]);
    expect(ended.map(({ step, status }) => `${step} ${status}`)).toEqual(['one failed', 'two blocked', 'three blocked', 'four done']);
    expect([...world.lit]).toEqual(['d']);
  });

  it('ends behind a step that is not ready as that step does, so that the command is run again', async () => {
    const world = new Lamps();
    const { apply } = await planOf(
      world,
      [lampStep(world, 'one', { lighting: () => void (world.effects += 1) }), ['a']],
      [lampStep(world, 'two', { needs: ['one'] }), ['b']],
    );
    expect((await apply()).map(({ report, exit }) => [report.status, exit])).toEqual([
      ['failed', 6],
      ['blocked', 6],
    ]);
  });

  it('does not block a step that has nothing to change', async () => {
    const world = new Lamps();
    world.lit.add('b');
    const refuse: Lighting = () => {
      throw refusal('LimitExceeded');
    };
    const { apply } = await planOf(
      world,
      [lampStep(world, 'one', { lighting: refuse }), ['a']],
      [lampStep(world, 'two', { needs: ['one'] }), ['b']],
    );
    expect((await apply())[1]?.report.status).toBe('unchanged');
  });

  it('is manual when manual steps are left', async () => {
    const world = new Lamps();
    const more = () => [{ id: 'one.person', status: 'manual', reason: 'go there', evidence: [] } as const];
    const { apply } = await planOf(world, [lampStep(world, 'one', { more }), ['a']]);
    expect(summaryOf(await apply())).toEqual([{ ...done('one'), status: 'manual' }]);
  });
});

describe('an account that is no longer what the plan was made for', () => {
  it.each<readonly [string, (world: Lamps) => void]>([
    ['has more gaps', (world) => world.lit.delete('b')],
    ['has fewer gaps', (world) => world.lit.add('a')],
    ['has other gaps', (world) => world.lit.add('a').delete('b')],
  ])('%s: nothing is applied, exit 6', async (_what, meanwhile) => {
    const world = new Lamps();
    world.lit.add('b');
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a', 'b', 'c']]);
    meanwhile(world);
    const before = [...world.lit];
    expect(summaryOf(await apply())).toEqual([
      { id: 'one', status: 'failed', verified: false, error: 'E-PLAN-CHANGED', exit: 6, changed: false },
    ]);
    expect([...world.lit]).toEqual(before);
    expect(world.effects).toBe(0);
  });

  it('is not assumed after a denied or lost read, which is reported instead', async () => {
    for (const [cause, code, exit] of [
      ['denied', 'E-READ-DENIED', 4],
      ['unreachable', 'E-UNREACHABLE', 6],
    ] as const) {
      const world = new Lamps();
      const { apply } = await planOf(world, [lampStep(world, 'one'), ['a']]);
      world.blind.push(unread(cause));
      const [applied] = await apply();
      expect(applied).toMatchObject({ report: { status: 'failed', error: { code, changed: false } }, exit, changed: false });
      expect(world.effects).toBe(0);
    }
  });

  it('is known to the steps that depend on it', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a']], [lampStep(world, 'two'), ['b']]);
    world.lit.add('a');
    expect((await apply()).map(({ exit }) => exit)).toEqual([6, 0]);
  });
});

describe('a change that does not show at once', () => {
  const lagging =
    (world: Lamps, ms: number, now: () => number): Lighting =>
    (lamp) => {
      world.effects += 1;
      world.lit.add(lamp);
      world.hiddenUntil.set(lamp, now() + ms);
    };

  it.each([0, 1_000, 5_000, 30_000, 90_000])('is waited for: %i ms, and made once', async (ms) => {
    const world = new Lamps();
    let now = (): number => 0;
    const { apply, clock, said } = await planOf(world, [
      lampStep(world, 'one', { lighting: (...of) => lagging(world, ms, now)(...of) }),
      ['a'],
    ]);
    now = () => clock.now().getTime();
    expect(summaryOf(await apply())).toEqual([done('one')]);
    expect(world.log.filter((line) => line === 'light a')).toHaveLength(1);
    expect(said.some((text) => text.includes('waiting for AWS to show the change'))).toBe(ms > 2_000);
  });

  it('is given up after 120 seconds, with exit 6', async () => {
    const world = new Lamps();
    const { apply, waitedMs } = await planOf(world, [lampStep(world, 'one', { lighting: () => void (world.effects += 1) }), ['a']]);
    const [applied] = await apply();
    expect(applied).toMatchObject({
      report: { status: 'failed', error: { code: 'E-NOT-CONFIRMED', changed: true, retryable: true } },
      exit: 6,
      changed: true,
    });
    expect(waitedMs()).toBeGreaterThanOrEqual(120_000);
    expect(waitedMs()).toBeLessThan(130_000);
    expect(world.log.filter((line) => line === 'light a')).toHaveLength(1);
  });

  it('is waited for while AWS does not show it', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a']]);
    world.blind.push('clear', unread('failed'), unread('unreachable'));
    expect(summaryOf(await apply())).toEqual([done('one')]);
  });

  it('is reported as a denied read when the permission to read it was removed', async () => {
    const world = new Lamps();
    const { apply, waitedMs } = await planOf(world, [lampStep(world, 'one'), ['a']]);
    world.blind.push('clear', unread('denied'));
    expect((await apply())[0]).toMatchObject({
      report: { status: 'failed', error: { code: 'E-READ-DENIED', changed: true, next: expect.stringContaining('iam:GetUser') } },
      exit: 4,
      changed: true,
    });
    expect(waitedMs()).toBe(0);
  });
});

describe('a write whose answer was lost', () => {
  /** Loses the first answers; `acts`: whether AWS carried it out. */
  const losing =
    (world: Lamps, times: number, acts: (nth: number) => boolean): Lighting =>
    (lamp, _context, nth) => {
      world.effects += 1;
      if (nth > times || acts(nth)) world.lit.add(lamp);
      if (nth <= times) throw lostAnswer();
    };
  const sent = (world: Lamps): number => world.log.filter((line) => line.startsWith('light')).length;

  it('is done when reading back shows it, and is not made again', async () => {
    const world = new Lamps();
    const { apply, waitedMs } = await planOf(world, [lampStep(world, 'one', { lighting: losing(world, 1, () => true) }), ['a']]);
    expect(summaryOf(await apply())).toEqual([done('one')]);
    expect(sent(world)).toBe(1);
    expect(waitedMs()).toBe(0);
  });

  it('is looked for ten seconds before it is made again', async () => {
    const world = new Lamps();
    const { apply, waitedMs } = await planOf(world, [lampStep(world, 'one', { lighting: losing(world, 1, () => false) }), ['a']]);
    expect(summaryOf(await apply())).toEqual([done('one')]);
    expect(sent(world)).toBe(2);
    expect(waitedMs()).toBeGreaterThanOrEqual(10_000);
    expect(waitedMs()).toBeLessThan(20_000);
  });

  it('is looked for two minutes when a secret hangs on it: a second one would be an orphan', async () => {
    const world = new Lamps();
    let now = (): number => 0;
    const lighting: Lighting = (lamp) => {
      world.effects += 1;
      world.lit.add(lamp);
      world.hiddenUntil.set(lamp, now() + 90_000);
      throw lostAnswer('iam:CreateAccessKey');
    };
    const { apply, clock } = await planOf(world, [lampStep(world, 'one', { lighting, risk: 'secret' }), ['a']]);
    now = () => clock.now().getTime();
    expect(summaryOf(await apply())).toEqual([done('one')]);
    expect(sent(world)).toBe(1);
  });

  it('is applied again at most twice, and then reported as ambiguous', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one', { lighting: losing(world, 9, () => false) }), ['a']]);
    const [applied] = await apply();
    expect(applied).toMatchObject({
      report: {
        status: 'failed',
        error: { code: 'E-AMBIGUOUS', changed: null, retryable: true, aws: { operation: 'iam:CreateUser', error: 'ECONNRESET' } },
      },
      exit: 6,
      changed: true,
    });
    expect(sent(world)).toBe(3);
  });

  it('is not followed by the changes behind it before it is known', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one', { lighting: losing(world, 1, () => false) }), ['a', 'b']]);
    expect(summaryOf(await apply())).toEqual([done('one')]);
    expect(world.log.filter((line) => line.startsWith('light'))).toEqual(['light a', 'light a', 'light b']);
  });

  it.each<[string, LightLamp]>([
    ['of another risk', lightLamp('x', 'hard-to-undo')],
    ['of another kind', { ...lightLamp('x'), kind: 'remove-lamp' } as unknown as LightLamp],
  ])('is not made again when something %s would be needed now', async (_, change) => {
    const world = new Lamps();
    let graver = false;
    const lighting: Lighting = () => {
      world.effects += 1;
      graver = true;
      throw lostAnswer();
    };
    const more = () =>
      graver
        ? [
            {
              id: 'one.lit',
              resource: 'x',
              status: 'fail',
              reason: 'r',
              evidence: [],
              remedy: { by: 'init', change },
            } as const,
          ]
        : [];
    const { apply } = await planOf(world, [lampStep(world, 'one', { lighting, more }), ['a']]);
    expect((await apply())[0]).toMatchObject({ report: { error: { code: 'E-AMBIGUOUS' } }, exit: 6 });
    expect(sent(world)).toBe(1);
  });

  it('reports that something was changed when an earlier change was applied', async () => {
    const world = new Lamps();
    const lighting: Lighting = (lamp) => {
      world.effects += 1;
      if (lamp === 'b') throw lostAnswer();
      world.lit.add(lamp);
    };
    const { apply } = await planOf(world, [lampStep(world, 'one', { lighting }), ['a', 'b']]);
    expect((await apply())[0]?.report.error).toMatchObject({ code: 'E-AMBIGUOUS', changed: true });
  });

  it('leaves it open whether anything was changed when it cannot be read back', async () => {
    const world = new Lamps();
    const { apply } = await planOf(world, [lampStep(world, 'one', { lighting: losing(world, 1, () => true) }), ['a']]);
    world.blind.push('clear', ...Array.from({ length: 40 }, () => unread('unreachable')));
    expect((await apply())[0]).toMatchObject({ report: { status: 'failed', error: { code: 'E-UNREACHABLE', changed: null } }, exit: 6 });
    expect(sent(world)).toBe(1);
  });
});

describe('a change that fails', () => {
  const failing =
    (error: unknown, effects = 0) =>
    async () => {
      const world = new Lamps();
      const lighting: Lighting = () => {
        world.effects += effects;
        throw error;
      };
      const { apply } = await planOf(world, [lampStep(world, 'one', { lighting }), ['a']]);
      return (await apply())[0];
    };

  it.each([
    ['AccessDenied', 'E-WRITE-DENIED', 7],
    ['AccessDeniedException', 'E-WRITE-DENIED', 7],
    ['UnauthorizedOperation', 'E-WRITE-DENIED', 7],
    ['LimitExceeded', 'E-AWS-REFUSED', 7],
    ['FinalizingOrganizationException', 'E-AWS-REFUSED', 7],
    ['ExpiredToken', 'E-SESSION-EXPIRED', 4],
    ['InvalidClientTokenId', 'E-SESSION-EXPIRED', 4],
    ['CredentialsProviderError', 'E-SESSION-EXPIRED', 4],
  ])('for %s is %s, exit %i', async (awsCode, code, exit) => {
    const applied = await failing(refusal(awsCode))();
    expect(applied).toMatchObject({
      report: {
        status: 'failed',
        verified: false,
        error: { code, step: 'one', changed: false, aws: { operation: 'iam:CreateUser', error: awsCode, requestId: 'r-1' } },
      },
      exit,
      changed: false,
    });
    expect(applied?.report.error?.next).not.toBe('');
  });

  it.each(['payer-not-enabled', 'not-activated'] as const)('is E-NOT-ENABLED, exit 6, for a refusal that passes (%s)', async (kind) => {
    expect(await failing(refusal('AccessDeniedException', { kind }))()).toMatchObject({
      report: { status: 'failed', error: { code: 'E-NOT-ENABLED', retryable: true, next: expect.stringContaining('24 hours') } },
      exit: 6,
    });
  });

  it('names the policy, and no permission, for an explicit deny', async () => {
    const applied = await failing(refusal('AccessDeniedException', { kind: 'explicit-deny', policy: 'permissions boundary' }))();
    expect(applied).toMatchObject({ report: { error: { code: 'E-WRITE-DENIED' } }, exit: 7 });
    expect(applied?.report.error?.next).toBe(
      'Run as an identity that the policy does not apply to, or have the permissions boundary changed so that it does not deny iam:CreateUser, or skip the step: --skip one.',
    );
  });

  it('reports that AWS was changed when an earlier write was carried out', async () => {
    expect(await failing(refusal('LimitExceeded'), 1)()).toMatchObject({ report: { error: { changed: true } }, changed: true });
  });

  it('keeps the message of the step, and adds what the engine knows', async () => {
    const thrown = new BootstrapError({ code: 'E-ALIAS-TAKEN', message: 'taken', next: 'choose' });
    expect(await failing(thrown)()).toMatchObject({ report: { error: { code: 'E-ALIAS-TAKEN', changed: false } }, exit: 7 });
    expect(await failing(thrown, 2)()).toMatchObject({
      report: { error: { code: 'E-ALIAS-TAKEN', message: 'taken', next: 'choose', changed: true } },
      changed: true,
    });
  });

  it('of our own making is exit 1', async () => {
    expect(await failing(new TypeError('x is not a function'))()).toMatchObject({ report: { error: { code: 'E-UNEXPECTED' } }, exit: 1 });
  });

  it('ends the whole run when the run was stopped', async () => {
    const world = new Lamps();
    let stop = (): void => undefined;
    const { apply, controller } = await planOf(
      world,
      [
        lampStep(world, 'one', {
          lighting: (lamp) => {
            world.lit.add(lamp);
            stop();
          },
        }),
        ['a', 'b'],
      ],
      [lampStep(world, 'two'), ['c']],
    );
    stop = () => controller.abort('SIGINT');
    await expect(apply()).rejects.toBe('SIGINT');
    expect([...world.lit]).toEqual(['a']);
  });

  it('leaves it open whether AWS was changed when that is not known', () => {
    const step = { step: lampStep(new Lamps(), 'one') };
    const thrown = new BootstrapError({ code: 'E-AWS-REFUSED', message: 'm', next: 'n' });
    expect([false, null, true].map((changed) => errorOf(step, thrown, changed).changed)).toEqual([false, null, true]);
    const certain = new BootstrapError({ code: 'E-AWS-REFUSED', message: 'm', next: 'n', changed: true });
    expect([false, null, true].map((changed) => errorOf(step, certain, changed).changed)).toEqual([true, true, true]);
  });
});

describe('a step that could not be read', () => {
  const outcome = async (...seen: Parameters<typeof unread>) => {
    const world = new Lamps();
    world.blind.push(unread(...seen));
    const { assessed } = await planOf(world, [lampStep(world, 'one'), ['a']]);
    return outcomeOf(assessed[0] as AssessedStep, false, null);
  };

  it('has failed for a denied read, which names the permission: exit 4', async () => {
    expect(await outcome('denied')).toMatchObject({
      report: { status: 'failed', error: { code: 'E-READ-DENIED', next: expect.stringContaining('iam:GetUser') } },
      exit: 4,
    });
  });
  it('has failed for an explicit deny, and does not send the user to sign in again: exit 4', async () => {
    const policy = { kind: 'explicit-deny', policy: 'service control policy' } as const;
    const { report, exit } = await outcome('denied', policy);
    expect([exit, report.error?.code]).toEqual([4, 'E-READ-DENIED']);
    expect(report.error?.next).toBe(
      'Run as an identity that the policy does not apply to, or have the service control policy changed so that it does not deny this.',
    );
  });
  it.each(['payer-not-enabled', 'not-activated'] as const)('has to be run again when AWS has not enabled it (%s): exit 6', async (kind) => {
    expect(await outcome('failed', { kind })).toMatchObject({
      report: { status: 'failed', error: { code: 'E-NOT-ENABLED', retryable: true, next: expect.stringContaining('24 hours') } },
      exit: 6,
    });
  });
  it('has failed when there was no answer: exit 6', async () => {
    expect(await outcome('unreachable')).toMatchObject({
      report: { status: 'failed', error: { code: 'E-UNREACHABLE', retryable: true } },
      exit: 6,
    });
  });
  it('is not verified for a read that failed: exit 6', async () => {
    expect(await outcome('failed')).toMatchObject({ report: { status: 'unchanged', verified: false }, exit: 6 });
  });
  it('blocks those that need it', async () => {
    const world = new Lamps();
    world.blind.push(unread('denied'));
    const { apply } = await planOf(world, [lampStep(world, 'one'), ['a']], [lampStep(world, 'two', { needs: ['one'] }), ['b']]);
    expect((await apply()).map(({ report, exit }) => [report.status, exit])).toEqual([
      ['failed', 4],
      ['blocked', 4],
    ]);
  });

  it('is not affected by audit findings', async () => {
    const world = new Lamps();
    world.lit.add('a');
    const more = () => [{ id: 'one.audit', status: 'unknown', reason: 'r', evidence: [], cause: 'denied' } as const];
    const { assessed } = await planOf(world, [lampStep(world, 'one', { more }), ['a']]);
    expect(outcomeOf(assessed[0] as AssessedStep, false, null)).toMatchObject({ report: { status: 'unchanged', verified: true }, exit: 0 });
  });
});
