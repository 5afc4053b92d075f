import { link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import type { Clock } from '../core/clock.js';
import { destinationError, errorCode } from './destination.js';
import { readIfExists } from './durable-file.js';

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
export const tryLock = async (path: string): Promise<Lock | HeldLock> => {
  for (;;) {
    if (await create(path)) {
      own.add(path);
      await removeLeftovers(path);
      return {
        release: async () => {
          own.delete(path);
          await rm(path, { force: true });
        },
      };
    }
    const content = await read(path);
    if (content === undefined) continue;
    const holder = liveHolder(path, content);
    if (holder !== undefined) return { heldBy: holder };
    await removeStale(path, content);
  }
};

/** Creates the file together with its content: an empty lock file would not name its holder. */
const create = async (path: string): Promise<boolean> => {
  const content = `${holderName()}\n`;
  const aside = `${path}.${pid}.${(count += 1)}`;
  try {
    await writeFile(aside, content, { flag: 'wx', mode: 0o600 });
    await link(aside, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    // File systems without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    return await createPlainly(path, content);
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
};

/** Removes the files of processes that were killed during `create` or `removeStale`. */
const removeLeftovers = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((file) => file.startsWith(prefix))) {
    const [, number] = /^(\d+)\.\d+$/.exec(name.slice(prefix.length)) ?? [];
    if (number !== undefined && number !== String(pid) && isGone(Number(number))) await rm(join(dirname(path), name), { force: true });
  }
};

const createPlainly = async (path: string, content: string): Promise<boolean> => {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

const read = async (path: string): Promise<string | undefined> => (await readIfExists(path))?.toString('utf8');

/** The holder in words, or undefined when its process has ended. */
const liveHolder = (path: string, content: string): string | undefined => {
  const [, number = '', host = ''] = /^(\d+) (.*)\n$/.exec(content) ?? [];
  if (number === '') return 'an unknown process';
  if (host !== hostname()) return `process ${number} on ${host}`;
  if (number === String(pid)) return own.has(path) ? 'this process' : undefined;
  return isGone(Number(number)) ? undefined : `process ${number}`;
};

/** The name of this process in lock files and journals. */
export const holderName = (): string => `${pid} ${hostname()}`;

/** Whether the process of a holder has certainly ended. The id of this process in an older entry is a reused one. */
export const isHolderGone = (name: string): boolean => {
  const [, number = '', host = ''] = /^(\d+) (.*)$/.exec(name) ?? [];
  return number === String(pid) ? host === hostname() : number !== '' && host === hostname() && isGone(Number(number));
};

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
  const aside = `${path}.${pid}.${(count += 1)}`;
  try {
    await rename(path, aside);
    if ((await read(aside)) !== stale) await link(aside, path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
};
