import type { World } from './world.js';
import { openWorldFile } from './world-file.js';

/** A world and its storage. */
export interface WorldStore {
  /** Live: always the same object, even if another process changes the file. */
  readonly world: World;
  /** Runs `work` on the newest world while no other process can change it. Its changes are on disk when this returns or throws. */
  readonly step: <T>(work: () => T) => T;
  /** Loads the newest world, for reads only. */
  readonly refresh: () => void;
  /** Writes to disk immediately, inside a step. */
  readonly save: () => void;
}

/** Without a path, the world is in memory only. `create` returns the initial world if there is no file yet. */
export function openStore(path: string | undefined, create: () => World): WorldStore {
  if (path === undefined) return { world: create(), step: (work) => work(), refresh: () => undefined, save: () => undefined };
  const file = openWorldFile(path);
  const found = file.readIfChanged();
  const world = found ?? create();
  let saved = found === undefined ? undefined : contents(found);

  const refresh = (): void => {
    const newer = file.readIfChanged();
    if (newer === undefined) return;
    Object.assign(world, newer, { requests: Math.max(world.requests, newer.requests) });
    saved = contents(world);
  };
  const save = (): void => {
    const text = contents(world);
    if (text === saved) return;
    file.write(`${JSON.stringify(world, null, 1)}\n`);
    saved = text;
  };
  return {
    world,
    refresh,
    save,
    step: (work) =>
      file.locked(() => {
        refresh();
        try {
          return work();
        } finally {
          save();
        }
      }),
  };
}

/** A new request count alone is not written: it is saved with the next change. */
const contents = (world: World): string => JSON.stringify({ ...world, requests: 0 });
