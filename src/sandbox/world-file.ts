import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  writable(file, () => makeFolder(folder));
  let seen: string | undefined;

  return {
    readIfChanged() {
      const now = stamp(file);
      if (now === undefined || now === seen) return undefined;
      const world = parse(file, readable(file));
      seen = now;
      return world;
    },
    write(text) {
      writable(file, () => {
        // Whole by the rename, whenever this process is killed. Not flushed to the disk each time: a power cut costs practice only.
        writeFileAtomicSync(file, text, { mode: 0o600, fsync: false });
        // An existing file keeps its mode through an atomic write; this one holds secrets.
        chmodSync(file, 0o600);
      });
      seen = stamp(file);
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

/** What `sandbox reset` may take away: a practice account of any version, or nothing. Throws E-SANDBOX-FILE for everything else. */
export function guardReset(path: string): void {
  const file = resolve(path);
  if (stamp(file) === undefined) return;
  if (isPracticeAccount(readable(file))) return;
  throw unreadable(`${file} is not a practice account, so it is left alone.`);
}

/** Of any version. */
function isPracticeAccount(text: string): boolean {
  try {
    const world: unknown = JSON.parse(text);
    return typeof world === 'object' && world !== null && 'version' in world && 'accounts' in world;
  } catch {
    return false;
  }
}

/** One folder at a time: Node's own `recursive` never ends below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** What the system refuses, as something that a person can mend. */
function writable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw unreadable(`The practice account cannot be kept in ${file} (${code}).`, cause);
  }
}

function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(`The practice account ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, cause);
  }
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
  throw unreadable(`${file} is not a practice account of this version.`, undefined, isPracticeAccount(text) ? resetIt : anotherFile);
}

const anotherFile = 'Name another file with --sandbox-file; one that is not there yet is made.';
const resetIt = 'Name another file with --sandbox-file, or empty this one with `bootstrap sandbox reset`.';

const unreadable = (message: string, cause?: unknown, next = anotherFile): BootstrapError =>
  new BootstrapError({
    code: 'E-SANDBOX-FILE',
    message,
    next,
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
