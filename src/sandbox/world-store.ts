import type { World } from './world.js';
import { openWorldFile } from './world-file.js';

/** A world and the place where it is kept. */
export interface WorldStore {
  /** Live: always this object, whatever another process did to the file. */
  readonly world: World;
  /** Runs `work` on the newest world while nobody else changes it; what it changed is on disk when this returns or throws. */
  readonly step: <T>(work: () => T) => T;
  /** The newest world, to look at only. */
  readonly refresh: () => void;
  /** To disk now, inside a step. */
  readonly save: () => void;
}

/** Without a path, the world lives in memory. `make` is asked for a world when there is no file yet. */
export function openStore(path: string | undefined, make: () => World): WorldStore {
  if (path === undefined) return { world: make(), step: (work) => work(), refresh: () => undefined, save: () => undefined };
  const file = openWorldFile(path);
  const found = file.readIfChanged();
  const world = found ?? make();
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

/** The count of requests is no change worth a write of its own: it is kept with the next one. */
const contents = (world: World): string => JSON.stringify({ ...world, requests: 0 });
