import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import type { Clock } from '../core/clock.js';
import { destinationError, errorCode } from './destination.js';
import { readIfExists, serially } from './durable-file.js';

/** A lock file beside the file that it protects. It names its holder; the next run removes it when the holder was killed. */
export interface Lock {
  readonly release: () => Promise<void>;
}
export interface HeldLock {
  /** The holder, in words: "process 4711". */
  readonly heldBy: string;
}

/** Locks of this process. Process ids are reused, so this process's id in a lock file alone proves nothing. */
const own = new Set<string>();
/** A lock is taken or given back by one part of this process at a time: in between, its file looks like one of an earlier process. */
const turns = new Map<string, ReturnType<typeof serially>>();
const inTurn = <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const turn = turns.get(path) ?? serially();
  turns.set(path, turn);
  return turn(work);
};
let count = 0;

/** Waits for a lock. Throws E-SECRETS-DESTINATION with `heldMessage` when it is still held after `limitMs`. */
export const waitForLock = async (
  name: string,
  options: { readonly clock: Clock; readonly limitMs: number; readonly heldMessage: (name: string, holder: string) => string },
): Promise<Lock> => {
  for (let waited = 0, delay = 5; ; waited += delay, delay = Math.min(delay * 2, 100)) {
    const lock = await tryLock(name);
    if ('release' in lock) return lock;
    if (waited >= options.limitMs)
      throw destinationError(
        options.heldMessage(name, lock.heldBy),
        `Wait for it to end; if it no longer runs, delete ${name} and run the same command again.`,
      );
    await options.clock.sleep(delay);
  }
};

/** Tries once. Throws the errors of the file system. */
export const tryLock = (path: string): Promise<Lock | HeldLock> =>
  inTurn(path, async () => {
    const holder = await takeFile(path);
    if (holder !== undefined) return { heldBy: holder };
    own.add(path);
    await removeLeftovers(path);
    let held = true;
    const release = async (): Promise<void> => {
      if (!held) return;
      held = false;
      own.delete(path);
      await rm(path, { force: true });
    };
    return { release: () => inTurn(path, release) };
  });

const unknownHolder = 'an unknown process';
/** Others may take or release the lock between two calls. Not without end: the file may be a link to nothing. */
const maxAttempts = 100;

/** Creates the lock file, also in place of a stale one. Returns its holder, in words, if it has one. */
const takeFile = async (path: string): Promise<string | undefined> => {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await create(path)) return undefined;
    const content = (await readIfExists(path))?.toString('utf8');
    if (content === undefined) continue;
    const holder = liveHolder(path, content);
    if (holder !== undefined) return holder;
    await removeStale(path, content);
  }
  return unknownHolder;
};

/** A new name beside the lock file. `removeLeftovers` finds it after a crash. */
const asideOf = (path: string): string => `${path}.${pid}.${(count += 1)}`;

/** What cannot be removed does no harm. */
const removeAside = (aside: string): Promise<void> => rm(aside).catch(() => undefined);

/** Creates the file together with its content: an empty lock file would not name its holder. */
const create = async (path: string): Promise<boolean> => {
  const content = `${holderName()}\n`;
  const aside = asideOf(path);
  try {
    await writeFile(aside, content, { flag: 'wx', mode: 0o600 });
    await putInPlace(path, aside, content);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeAside(aside);
  }
};

/** Of file systems without hard links. */
const noLinks: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

const putInPlace = (path: string, aside: string, content: string): Promise<void> =>
  link(aside, path).catch(async (error: unknown) => {
    if (!noLinks.includes(errorCode(error))) throw error;
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  });

/** Removes the files of processes that were killed during `create` or `removeStale`. */
const removeLeftovers = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((file) => file.startsWith(prefix))) {
    const number = /^(\d+)\.\d+$/.exec(name.slice(prefix.length))?.[1];
    if (number !== undefined && isGone(Number(number))) await removeAside(join(dirname(path), name));
  }
};

/** The name of this process in lock files and journals. */
export const holderName = (): string => `${pid} ${hostname()}`;

interface Holder {
  readonly number: number;
  readonly host: string;
}
const parseHolder = (name: string): Holder | undefined => {
  const found = /^(\d+) (.*)$/.exec(name);
  return found === null ? undefined : { number: Number(found[1]), host: found[2] as string };
};

/** The id of this process in an older file or entry is a reused one. */
const hasEnded = ({ number, host }: Holder): boolean => host === hostname() && (number === pid || isGone(number));

/** Whether the process of a holder has certainly ended. */
export const isHolderGone = (name: string): boolean => {
  const holder = parseHolder(name);
  return holder !== undefined && hasEnded(holder);
};

/** The holder in words, or undefined when its process has ended. */
const liveHolder = (path: string, content: string): string | undefined => {
  const holder = content.endsWith('\n') ? parseHolder(content.slice(0, -1)) : undefined;
  if (holder === undefined) return unknownHolder;
  if (own.has(path) && content === `${holderName()}\n`) return 'this process';
  if (hasEnded(holder)) return undefined;
  return `process ${holder.number}${holder.host === hostname() ? '' : ` on ${holder.host}`}`;
};

/** A process of another user is there: it answers EPERM. */
const isGone = (number: number): boolean => {
  try {
    kill(number, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
};

/** Renames it first, because two processes may find the same stale lock: the one that moved a new lock restores it. */
const removeStale = async (path: string, stale: string): Promise<void> => {
  const aside = asideOf(path);
  try {
    await rename(path, aside);
    const moved = await readFile(aside, 'utf8');
    if (moved !== stale) await putInPlace(path, aside, moved);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await removeAside(aside);
  }
};
