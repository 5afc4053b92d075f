import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sync as writeFileAtomicSync } from 'write-file-atomic';
import { BootstrapError } from '../core/errors.js';
import type { World } from './world.js';

/** The file that stores a world. Everything is synchronous, so that all work between lock and unlock is one step. */
export interface WorldFile {
  /** The world on disk; undefined if there is no file, or if it has not changed since the last read or write. */
  readonly readIfChanged: () => World | undefined;
  readonly write: (text: string) => void;
  /** Runs `work` while no other process can write. */
  readonly locked: <T>(work: () => T) => T;
}

/** Creates the folder (0700) if it does not exist. `own`: see `guardReset`. */
function openWorldFile(path: string, own: boolean): WorldFile {
  const file = resolve(path);
  const folder = dirname(file);
  writable(file, () => makeFolder(folder));
  let lastStamp: string | undefined;

  return {
    readIfChanged() {
      const now = stamp(file);
      if (now === undefined || now === lastStamp) return undefined;
      const world = parse(file, readable(file), own);
      lastStamp = now;
      return world;
    },
    write(text) {
      writable(file, () => {
        // The rename keeps the file complete even if this process is killed. No fsync: a power cut only loses practice data.
        writeFileAtomicSync(file, text, { mode: 0o600, fsync: false });
        // An atomic write keeps the mode of an existing file, and this file contains secrets.
        chmodSync(file, 0o600);
      });
      lastStamp = stamp(file);
    },
    locked: (work) => {
      const release = writable(file, () => lock(`${file}.lock`));
      try {
        return work();
      } finally {
        release();
      }
    },
  };
}

/**
 * `sandbox reset` may delete a practice account of any version, or a file that does not exist. Throws E-SANDBOX-FILE for everything else.
 * `own`: the file is in the folder of this tool, where only this tool writes. Then a damaged one may be deleted too.
 */
export function guardReset(path: string, own: boolean): void {
  const file = resolve(path);
  if (stamp(file) === undefined || (own && statSync(file).isFile())) return;
  if (isPracticeAccount(readable(file))) return;
  throw unreadable(
    `${file} is not a practice account, so it was not deleted.`,
    undefined,
    'Delete it yourself if you do not need it, or name another file with --sandbox-file.',
  );
}

/** Accepts any version. */
function isPracticeAccount(text: string): boolean {
  try {
    const world: unknown = JSON.parse(text);
    return typeof world === 'object' && world !== null && 'version' in world && 'accounts' in world;
  } catch {
    return false;
  }
}

/** One folder at a time: the `recursive` option of Node does not terminate below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Turns a system error into an error that the user can fix. */
function writable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw unreadable(`The practice account cannot be saved in ${file} (${code}).`, cause);
  }
}

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(`The practice account ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, cause);
  }
}

function parse(file: string, text: string, own: boolean): World {
  let world: unknown;
  try {
    world = JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${file} is not a practice account: it is not JSON.`, cause, own ? resetIt : anotherFile);
  }
  if (isWorld(world)) return world;
  throw unreadable(`${file} is not a practice account of this version.`, undefined, own || isPracticeAccount(text) ? resetIt : anotherFile);
}

const isWorld = (value: unknown): value is World => {
  const isObject = (one: unknown): one is Readonly<Record<string, unknown>> => typeof one === 'object' && one !== null;
  const parts = ['accounts', 'organizations', 'handshakes', 'sessions', 'knobs'];
  return isObject(value) && value['version'] === 1 && parts.every((name) => isObject(value[name]));
};

const anotherFile = 'Name another file with --sandbox-file. It is created if it does not exist.';
const resetIt = 'Name another file with --sandbox-file, or empty this one with `bootstrap sandbox reset`.';

const unreadable = (message: string, cause?: unknown, next = anotherFile): BootstrapError =>
  new BootstrapError({
    code: 'E-SANDBOX-FILE',
    message,
    next,
    changed: false,
    cause,
  });

function stamp(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

/** A request holds the lock for a few milliseconds at most. A lock of this age is abandoned. */
const staleMs = 10_000;

function lock(path: string): () => void {
  const started = performance.now();
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder !== undefined && (isAbandoned(holder) || performance.now() - started > staleMs)) removeLock(path, holder);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
}

function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** If the lock has our own process id, a crashed process had the same id: this process never holds the lock while it waits. */
function isAbandoned(holder: string): boolean {
  if (holder === '') return false;
  if (holder === String(process.pid)) return true;
  try {
    process.kill(Number(holder), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Two processes may find the same abandoned lock. If the other one already holds a new lock when this one moves it, it is moved back. */
function removeLock(path: string, holder: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

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

/** Without a path, the world is in memory only. `create` returns the initial world if there is no file yet. `own`: see `guardReset`. */
export function openStore(path: string | undefined, create: () => World, own = false): WorldStore {
  if (path === undefined) return { world: create(), step: (work) => work(), refresh: () => undefined, save: () => undefined };
  const file = openWorldFile(path, own);
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
