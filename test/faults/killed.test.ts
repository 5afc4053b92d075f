import { afterAll, describe, expect, inject, it } from 'vitest';
import { recordTotal } from '../support/totals.js';
import { type Explored, explore } from './explorer.js';
import { recover } from './recovery.js';
import { all, sample, seed } from './sample.js';
import { everything, type Scene, scenes } from './scenes.js';

/** What the figures are made of. */
const count = { boundaries: 0, states: 0, recovered: 0, killed: 0, wrong: 0 };

const explored = new Map<string, Promise<Explored>>();
const of = (scene: Scene): Promise<Explored> => {
  const known = explored.get(scene.name) ?? explore(scene);
  explored.set(scene.name, known);
  return known;
};

const canSit = (scene: Scene): boolean => scene.typed === undefined || inject('pythonBin') !== '';
const timeout = all ? 12 * 3_600_000 : 900_000;

describe('a process that is killed (R2)', { timeout }, () => {
  afterAll(() => {
    const { boundaries, states, recovered, killed, wrong } = count;
    const paths = scenes.filter(canSit).length;
    recordTotal({
      suite: 'R2',
      title: 'states of the disk after a kill, each recovered from',
      ran: recovered,
      floor: 80 + 4 * (paths - 1),
      sampled: all ? null : `${recovered} of ${states} states: a third of "${everything.name}", four of each other path, seed ${seed}`,
      all: 'npm run faults',
      detail: `${paths} paths with ${boundaries} moments; ${wrong} not converged`,
    });
    recordTotal({
      suite: 'R2',
      title: 'real kills',
      ran: killed,
      floor: 2 * paths,
      sampled: all ? null : `two of the ${boundaries} moments of each path, and the worst of a rotation, seed ${seed}`,
      all: 'npm run faults',
    });
  });

  it.each(scenes.map((scene) => [scene.name, scene] as const))('%s: the same command again converges', async (_name, scene) => {
    if (!canSit(scene)) return console.log(`R2: "${scene.name}" is left out, since there is no Python for a terminal`);
    const { bench, traced, states, recoverHere } = await of(scene);
    const chosen = sample(states, scene === everything ? 80 : 4);
    const wrong: string[] = [];
    for (const { name, state } of chosen) {
      bench.restore(traced.snapshot(state));
      wrong.push(...((await recoverHere(name)) ?? []));
    }
    count.boundaries += traced.boundaries.length;
    count.states += states.length;
    count.recovered += chosen.length;
    count.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });

  it.each(scenes.map((scene) => [scene.name, scene] as const))('%s: so it does after a SIGKILL', async (_name, scene) => {
    if (!canSit(scene)) return;
    const { bench, traced, wanted } = await of(scene);
    const wrong: string[] = [];
    // Of a rotation, the worst moment too: a second key, and its secret nowhere.
    const worst = scene.rotates ? traced.boundaries.filter(({ name }) => /^iam:CreateAccessKey (acted|answered)/.test(name)) : [];
    for (const { name } of new Set([...sample(traced.boundaries, 2), ...worst])) {
      await bench.prepare(scene);
      if (!(await bench.kill(scene, name))) wrong.push(`${name}: the process was not killed`);
      else wrong.push(...(await recover(bench, scene, wanted)).map((what) => `${name}: ${what}`));
      count.killed += 1;
    }
    count.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });
});
