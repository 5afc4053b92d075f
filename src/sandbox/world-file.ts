import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sync as writeFileAtomicSync } from 'write-file-atomic';
import { BootstrapError } from '../core/error.js';
import type { World } from './world.js';

/** The file that keeps a world. All of it is synchronous: what happens between lock and unlock is one step. */
export interface WorldFile {
  /** The world as it is on disk, or undefined when the file is as `read` or `write` left it, or there is none. */
  readonly readIfChanged: () => World | undefined;
  readonly write: (text: string) => void;
  /** Runs `work` while no other process may write. */
  readonly locked: <T>(work: () => T) => T;
}

/** Makes the folder (0700) when it is absent. */
export function openWorldFile(path: string): WorldFile {
  const file = resolve(path);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let seen: string | undefined;

  return {
    readIfChanged() {
      const now = stamp(file);
      if (now === undefined || now === seen) return undefined;
      const world = parse(file, readFileSync(file, 'utf8'));
      seen = now;
      return world;
    },
    write(text) {
      // Whole by the rename, whenever this process is killed. Not flushed to the disk each time: a power cut costs practice only.
      writeFileAtomicSync(file, text, { mode: 0o600, fsync: false });
      // An existing file keeps its mode through an atomic write; this one holds secrets.
      chmodSync(file, 0o600);
      seen = stamp(file);
    },
    locked: (work) => {
      const release = lock(`${file}.lock`);
      try {
        return work();
      } finally {
        release();
      }
    },
  };
}

function parse(file: string, text: string): World {
  let world: unknown;
  try {
    world = JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${file} is not a practice account: it is not JSON.`, cause);
  }
  if (typeof world === 'object' && world !== null && (world as { version?: unknown }).version === 1 && 'accounts' in world)
    return world as World;
  throw unreadable(`${file} is not a practice account of this version.`);
}

const unreadable = (message: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-SANDBOX-FILE',
    message,
    next: 'Name another file with --sandbox-file, or empty this one with `bootstrap sandbox reset`.',
    changed: false,
    exit: 2,
    cause,
  });

function stamp(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

/** Longest a request holds the lock is some milliseconds; a lock this old belongs to nobody. */
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
    if (holder !== undefined && (isGone(holder) || performance.now() - started > staleMs)) takeAway(path, holder);
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

/** Our own id is found after a crash and a reused process id: nothing of ours holds the lock across a wait. */
function isGone(holder: string): boolean {
  if (holder === '') return false;
  if (holder === String(process.pid)) return true;
  try {
    process.kill(Number(holder), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Of two who find the same dead lock, one may hold a fresh one by the time the other moves it: that is put back. */
function takeAway(path: string, holder: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
