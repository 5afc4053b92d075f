import { afterAll, describe, expect, it } from 'vitest';
import { recordTotal } from '../support/totals.js';
import { explore } from './explorer.js';
import { all, sample, seed } from './sample.js';
import { scenes, shortScenes } from './scenes.js';

const count = { pairs: 0, possible: 0, states: 0, wrong: 0 };
/** First kills per path, and second kills for each of them: at most 3 * 7 * 52 pairs, since a short recovery has fewer. */
const [firsts, seconds] = [7, 52];
const paths = all ? scenes.filter(({ typed }) => typed === undefined) : shortScenes;

describe('a process that is killed, and killed again while it recovers (R3)', { timeout: all ? 24 * 3_600_000 : 900_000 }, () => {
  afterAll(() => {
    const { pairs, possible, states, wrong } = count;
    recordTotal({
      suite: 'R3',
      title: 'pairs of kills',
      ran: pairs,
      floor: 1_000,
      sampled: all ? null : `about ${possible} pairs are possible on ${paths.length} paths, seed ${seed}`,
      all: 'npm run faults',
      detail: `${states} different states of the disk; ${wrong} not converged`,
    });
  });

  it.each(paths.map((scene) => [scene.name, scene] as const))('%s: the third run converges', async (_name, scene) => {
    const { bench, traced, states, recoverHere } = await explore(scene);
    const again = { ...scene, argv: scene.again ?? scene.argv };
    const wrong: string[] = [];
    const chosen = sample(states, firsts);
    for (const first of chosen) {
      bench.restore(traced.snapshot(first.state));
      const recovery = await bench.trace(again);
      const at = sample(recovery.boundaries, seconds);
      for (const second of at) {
        bench.restore(recovery.snapshot(second.state));
        const found = await recoverHere(`${first.name}, then ${second.name}`);
        if (found !== undefined) count.states += 1;
        wrong.push(...(found ?? []));
      }
      recovery.forget();
      count.pairs += at.length;
      count.possible += Math.round((recovery.boundaries.length * traced.boundaries.length) / chosen.length);
    }
    count.wrong += wrong.length;
    expect(wrong).toEqual([]);
  });
});
