import { describe, expect, it } from 'vitest';
import { BootstrapError, PromptAborted } from '../../src/core/errors.js';
import { applyAll } from '../../src/engine/apply.js';
import { assessAll, prepare } from '../../src/engine/assess.js';
import { Lamps, lampStep, type Lighting, lostAnswer, partOf, portOf } from './fake-steps.js';

const later = (lamp: string): BootstrapError =>
  new BootstrapError({ code: 'E-MFA-LATER', message: `${lamp} comes later.`, next: 'run it again', changed: true });

/** A step with the lamps a, b and c, and one behind it that needs it. */
const applied = async (lighting: (world: Lamps) => Lighting) => {
  const world = new Lamps();
  const run = portOf(world);
  const steps = [
    partOf(lampStep(world, 'one', { lighting: lighting(world) }), ['a', 'b', 'c']),
    partOf(lampStep(world, 'two', { needs: ['one'] }), ['d']),
  ];
  const assessed = await assessAll(prepare(steps, { command: 'init', unattended: false, secrets: 'chosen', switches: [] }), run.port);
  const done = await applyAll(assessed, run.port);
  return { world, run, done, lit: world.log.filter((line) => line.startsWith('light')) };
};
const light = (world: Lamps, lamp: string): void => {
  world.effects += 1;
  world.lit.add(lamp);
};

describe('a change that you postpone', () => {
  it('is skipped without waiting, and the others are applied', async () => {
    const { done, lit, run } = await applied((world) => (lamp) => {
      if (lamp === 'a') throw later(lamp);
      light(world, lamp);
    });
    expect(lit).toEqual(['light a', 'light b', 'light c', 'light d']);
    expect(done.map(({ report, exit }) => [report.status, report.error?.code, exit])).toEqual([
      ['manual', 'E-MFA-LATER', 5],
      ['done', undefined, 0],
    ]);
    expect(run.waitedMs()).toBe(0);
  });

  it('is reported together with other postponed changes', async () => {
    const { done } = await applied((world) => (lamp) => {
      if (lamp !== 'c') throw later(lamp);
      light(world, lamp);
    });
    expect(done[0]?.report.error?.message).toBe('a comes later. b comes later.');
  });

  it('is not applied again when another change has to be repeated', async () => {
    const { lit } = await applied((world) => (lamp, _, nth) => {
      if (lamp === 'a') throw later(lamp);
      if (lamp === 'b' && nth === 2) throw lostAnswer();
      light(world, lamp);
    });
    expect(lit).toEqual(['light a', 'light b', 'light b', 'light c', 'light d']);
  });

  it('does not hide one that AWS does not show', async () => {
    const { done } = await applied((world) => (lamp) => {
      if (lamp === 'a') throw later(lamp);
      if (lamp === 'b') world.effects += 1;
      else light(world, lamp);
    });
    expect(done[0]?.report).toMatchObject({ status: 'failed', error: { code: 'E-NOT-CONFIRMED' } });
  });
});

it('Ctrl-C at a question of a change ends the run, not the step', async () => {
  const stopped = applied(() => () => {
    throw new PromptAborted('interrupt');
  });
  await expect(stopped).rejects.toBeInstanceOf(PromptAborted);
});
