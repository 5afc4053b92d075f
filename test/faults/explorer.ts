import { diskState } from './disk-state.js';
import { makeBench, type Traced } from './killed-process.js';
import { recover, wantedOf } from './recovery.js';
import { type Scene, worldName } from './scenes.js';

/**
 * A scene and what is known of it. A process that is killed leaves the disk as it is: so one run that keeps a copy of the folder at each
 * of its boundaries shows what a kill at any of them leaves, and boundaries between which nothing changes share a state. That the copies
 * are what a kill leaves is tried by real kills.
 */
export const explore = async (scene: Scene) => {
  const bench = makeBench();
  await bench.prepare(scene);
  const traced = await bench.trace(scene);
  const wanted = wantedOf(bench, traced.code ?? -1);
  const seen = new Set<string>();
  const ends = new Set<string>();
  return {
    bench,
    traced,
    wanted,
    states: distinct(traced),
    /** From what is in the folder now; undefined: all went well from the same state before. */
    recoverHere: async (where: string): Promise<readonly string[] | undefined> => {
      const state = diskState(bench.root, worldName);
      if (seen.has(state)) return undefined;
      const wrong = await recover(bench, scene, wanted, ends);
      if (wrong.length === 0) seen.add(state);
      return wrong.map((what) => `${where}: ${what}`);
    },
  };
};
export type Explored = Awaited<ReturnType<typeof explore>>;

/** The first boundary of each state. */
const distinct = ({ boundaries }: Traced): Traced['boundaries'] =>
  boundaries.filter(({ state }, index) => index === 0 || state !== boundaries[index - 1]?.state);
