import { describe, expect, it } from 'vitest';
import { PromptAborted } from '../../src/core/errors.js';
import { applyAll, type ApplyPort } from '../../src/engine/apply.js';
import { assessAll, prepare } from '../../src/engine/assess.js';
import { Lamps, lampStep, type Lighting, lostAnswer, partOf, portOf, refusal } from './fake-steps.js';

type Options = NonNullable<Parameters<typeof lampStep>[2]>;

/** Steps with one lamp each, whose lighting ends when the test says so. */
const stepsOf = async (wanted: Readonly<Record<string, Options>>) => {
  const world = new Lamps();
  const run = portOf(world);
  const gates = new Map<string, () => void>();
  const lighting: Lighting = async (lamp) => {
    await new Promise<void>((resolve) => gates.set(lamp, resolve));
    world.effects += 1;
    world.lit.add(lamp);
  };
  const prepared = prepare(
    Object.entries(wanted).map(([id, options]) => partOf(lampStep(world, id, { lighting, ...options }), options.lamps ?? [id])),
    { command: 'init', unattended: true, secrets: 'chosen', switches: [] },
  );
  const assessed = await assessAll(prepared, run.port);
  /** The lamps that are being lit, as soon as nothing else happens, by name. */
  const underWay = async (): Promise<readonly string[]> => {
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    return [...gates.keys()].toSorted();
  };
  const finish = (lamp: string): void => {
    gates.get(lamp)?.();
    gates.delete(lamp);
  };
  const apply = (sideBySide = true, more: Partial<ApplyPort> = {}) => applyAll(assessed, { ...run.port, sideBySide, ...more });
  return { ...run, world, apply, underWay, finish };
};
const independent = { independent: true };
const ids = (applied: Awaited<ReturnType<typeof applyAll>>) => applied.map(({ report: { id, status } }) => `${id} ${status}`);

describe('steps that do not depend on each other', () => {
  it('are applied at the same time, beside the others, which keep their order; the results have the order of the steps', async () => {
    const run = await stepsOf({ a: independent, b: {}, c: {}, d: independent });
    const applied = run.apply();
    expect(await run.underWay()).toEqual(['a', 'b', 'd']);
    run.finish('b');
    expect(await run.underWay()).toEqual(['a', 'c', 'd']);
    for (const lamp of ['c', 'd', 'a']) run.finish(lamp);
    expect(ids(await applied)).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(run.ended.map(({ step }) => step).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are applied one after the other while someone may be asked', async () => {
    const run = await stepsOf({ a: independent, b: independent });
    const applied = run.apply(false);
    expect(await run.underWay()).toEqual(['a']);
    run.finish('a');
    expect(await run.underWay()).toEqual(['b']);
    run.finish('b');
    expect(ids(await applied)).toEqual(['a done', 'b done']);
  });

  it('wait until AWS shows the step before them while someone may be asked', async () => {
    const run = await stepsOf({ a: {}, b: {} });
    run.world.hiddenUntil.set('a', Number.POSITIVE_INFINITY);
    let slept = (): void => {};
    const clock = { now: run.clock.now, sleep: () => new Promise<void>((resolve) => (slept = resolve)) };
    const applied = run.apply(false, { clock });
    await run.underWay();
    run.finish('a');
    expect(await run.underWay()).toEqual([]);
    run.world.hiddenUntil.delete('a');
    slept();
    expect(await run.underWay()).toEqual(['b']);
    run.finish('b');
    expect(ids(await applied)).toEqual(['a done', 'b done']);
  });

  it('do not wait until AWS shows the step before them, unless they need it', async () => {
    const run = await stepsOf({ a: {}, b: {}, c: { needs: ['a'] } });
    run.world.hiddenUntil.set('a', Number.POSITIVE_INFINITY);
    let slept = (): void => {};
    const clock = { now: run.clock.now, sleep: () => new Promise<void>((resolve) => (slept = resolve)) };
    const applied = run.apply(true, { clock });
    await run.underWay();
    run.finish('a');
    expect(await run.underWay()).toEqual(['b']);
    run.finish('b');
    expect(await run.underWay()).toEqual([]);
    run.world.hiddenUntil.delete('a');
    slept();
    expect(await run.underWay()).toEqual(['c']);
    run.finish('c');
    expect(ids(await applied)).toEqual(['a done', 'b done', 'c done']);
  });

  it('wait for a step whose write may be repeated', async () => {
    const fails: Lighting = () => Promise.reject(refusal('AccessDenied'));
    const run = await stepsOf({ a: { lighting: () => Promise.reject(lostAnswer()) }, b: { lighting: fails } });
    expect(ids(await run.apply())).toEqual(['a failed', 'b failed']);
    expect(run.world.log.indexOf('start b')).toBeGreaterThan(run.world.log.lastIndexOf('light a'));
  });

  it('wait for what they need', async () => {
    const run = await stepsOf({ a: {}, b: { ...independent, needs: ['a'] } });
    const applied = run.apply();
    expect(await run.underWay()).toEqual(['a']);
    run.finish('a');
    expect(await run.underWay()).toEqual(['b']);
    run.finish('b');
    expect(ids(await applied)).toEqual(['a done', 'b done']);
  });

  it('continue when one fails, and only the steps that need it are blocked', async () => {
    const fails: Lighting = () => Promise.reject(refusal('AccessDenied'));
    const run = await stepsOf({ a: independent, b: { lighting: fails }, c: { needs: ['b'] }, d: {} });
    const applied = run.apply();
    expect(await run.underWay()).toEqual(['a', 'd']);
    run.finish('d');
    run.finish('a');
    expect(ids(await applied)).toEqual(['a done', 'b failed', 'c blocked', 'd done']);
  });

  it('count only their own writes', async () => {
    const run = await stepsOf({ a: independent, b: { lighting: () => Promise.reject(refusal('AccessDenied')) } });
    const applied = run.apply();
    await run.underWay();
    run.finish('a');
    const [, failed] = await applied;
    expect(failed?.report.error).toMatchObject({ changed: false });
    expect(failed?.changed).toBe(false);
  });
});

describe('the reading before a change', () => {
  /** What happens from the beginning of a step until its lamp is lit. */
  const until = (log: readonly string[], lamp: string): readonly string[] =>
    log.slice(0, log.indexOf(`light ${lamp}`)).filter((entry) => entry === `look ${lamp}`);

  it('shows what has changed since the plan', async () => {
    const run = await stepsOf({ a: independent, b: {} });
    run.world.log.length = 0;
    run.world.lit.add('a');
    const applied = run.apply();
    expect(await run.underWay()).toEqual(['b']);
    run.finish('b');
    const [changed] = await applied;
    expect(changed?.report.error?.code).toBe('E-PLAN-CHANGED');
  });

  it('is made while AWS has to show the step that is needed', async () => {
    const run = await stepsOf({ a: {}, b: { needs: ['a'] } });
    run.world.log.length = 0;
    const applied = run.apply();
    await run.underWay();
    run.finish('a');
    expect(await run.underWay()).toEqual(['b']);
    expect(run.world.log.slice(run.world.log.indexOf('light a'))).toEqual([
      'light a',
      'forget',
      'look a',
      'look b',
      'start b',
      'change 1 of 1',
      'light b',
    ]);
    run.finish('b');
    await applied;
  });

  it('is made of a step that needs one without changes', async () => {
    const run = await stepsOf({ a: { lamps: [] }, b: { needs: ['a'] } });
    run.world.log.length = 0;
    const applied = run.apply();
    expect(await run.underWay()).toEqual(['b']);
    expect(run.world.log).toEqual(['forget', 'look b', 'start b', 'change 1 of 1', 'light b']);
    run.finish('b');
    await applied;
  });

  it('is not made if there is nothing to change', async () => {
    const run = await stepsOf({ a: {}, b: { lamps: [], needs: ['a'] } });
    run.world.log.length = 0;
    const applied = run.apply();
    await run.underWay();
    run.finish('a');
    await applied;
    expect(run.world.log).not.toContain('look b');
  });

  it('is made again if AWS took longer to show that step', async () => {
    const run = await stepsOf({ a: {}, b: { needs: ['a'] } });
    run.world.hiddenUntil.set('a', run.clock.now().getTime() + 1);
    run.world.log.length = 0;
    const applied = run.apply();
    await run.underWay();
    run.finish('a');
    expect(await run.underWay()).toEqual(['b']);
    expect(until(run.world.log, 'b')).toEqual(['look b', 'look b']);
    run.finish('b');
    expect(ids(await applied)).toEqual(['a done', 'b done']);
  });
});

describe('a run that is stopped', () => {
  it('ends when no step is under way any more, and begins no other', async () => {
    const run = await stepsOf({ a: independent, b: {}, c: {} });
    let ended = false;
    const applied = run.apply().finally(() => {
      ended = true;
    });
    applied.catch(() => {});
    await run.underWay();
    run.controller.abort('SIGINT');
    run.finish('b');
    expect(await run.underWay()).toEqual(['a']);
    expect(ended).toBe(false);
    run.finish('a');
    await expect(applied).rejects.toBe('SIGINT');
    expect(run.world.lit.has('c')).toBe(false);
  });

  it('at a question begins no other step', async () => {
    const stop: Lighting = () => Promise.reject(new PromptAborted('interrupt'));
    const run = await stepsOf({ a: { lighting: stop }, b: {} });
    await expect(run.apply(false)).rejects.toBeInstanceOf(PromptAborted);
    expect(run.world.log).not.toContain('start b');
  });
});
