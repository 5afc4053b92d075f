import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import { errorCode } from './destination.js';

/** A lock file beside the file it guards: it names its holder, and outlives a killed one only until somebody looks. */
export interface Lock {
  readonly release: () => Promise<void>;
}
export interface HeldLock {
  /** Who holds it, in words: "process 4711". */
  readonly heldBy: string;
}

/** Locks of this process. A process id comes round again, so that an own id in a lock file alone proves nothing. */
const own = new Set<string>();
let count = 0;

/** Tries once. Errors of the file system are thrown as they are. */
export const tryLock = async (path: string): Promise<Lock | HeldLock> => {
  for (;;) {
    if (await create(path)) {
      own.add(path);
      await sweep(path);
      return {
        release: async () => {
          own.delete(path);
          await rm(path, { force: true });
        },
      };
    }
    const seen = await read(path);
    if (seen === undefined) continue;
    const holder = alive(path, seen);
    if (holder !== undefined) return { heldBy: holder };
    await takeAway(path, seen);
  }
};

/** Appears with its content at once: an empty lock file would be one whose holder nobody knows. */
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

/** Files that processes killed in the middle of `create` or `takeAway` left beside the lock. */
const sweep = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
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

const read = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** The holder in words, or undefined when it is gone. */
const alive = (path: string, content: string): string | undefined => {
  const [, number = '', host = ''] = /^(\d+) (.*)\n$/.exec(content) ?? [];
  if (number === '') return 'an unknown process';
  if (host !== hostname()) return `process ${number} on ${host}`;
  if (number === String(pid)) return own.has(path) ? 'this process' : undefined;
  return isGone(Number(number)) ? undefined : `process ${number}`;
};

/** This process, as it signs what it holds. */
export const holderName = (): string => `${pid} ${hostname()}`;

/** Whether a holder that signed so is surely not there any more. An own number is one that came round again. */
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

/** By rename, since two may find the same dead lock: who moved away a fresh one puts it back. */
const takeAway = async (path: string, seen: string): Promise<void> => {
  const aside = `${path}.${pid}.${(count += 1)}`;
  try {
    await rename(path, aside);
    if ((await read(aside)) !== seen) await link(aside, path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
};
