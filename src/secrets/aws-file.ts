import type { Stats } from 'node:fs';
import { mkdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { geteuid } from 'node:process';
import type { Clock } from '../core/clock.js';
import { BootstrapError } from '../core/error.js';
import { destinationError, errorCode, whyRefused } from './destination-error.js';
import { proveReplaceable, replaceFile } from './durable-file.js';
import { type Lock, tryLock } from './lock.js';

/** One file of `~/.aws`, of which some lines are ours and the rest is not. */
export interface AwsFile {
  /** Latin1, so that every byte stays what it is; empty when there is no file. */
  readonly read: () => Promise<string>;
  /** Makes sure that it can be edited: folder, owner, lock, space. Throws E-SECRETS-DESTINATION. */
  readonly prove: () => Promise<void>;
  /** Applies `edit` to what is there; the text comes again when somebody else wrote meanwhile. Durable when it resolves. */
  readonly edit: (edit: (text: string) => string) => Promise<void>;
}

/** The AWS CLI takes no lock; whoever writes without one is noticed this many times. */
const attempts = 20;
const lockPatienceMs = 15_000;
/** A profile and its region. */
const spareBytes = 4_096;

/** `closed`: the file holds secrets, and nobody else may read it. */
export const openAwsFile = (path: string, options: { readonly closed: boolean; readonly clock: Clock }): AwsFile => {
  const { closed, clock } = options;

  const locked = async <T>(work: (target: string) => Promise<T>): Promise<T> => {
    await makeFolder(dirname(path));
    const target = await targetOf(path);
    const lock = await waitForLock(`${target}.lock`, clock);
    try {
      return await work(target);
    } finally {
      await lock.release();
    }
  };

  return {
    read: async () => (await bytesOf(path)).toString('latin1'),

    prove: async () => {
      try {
        await locked(async (target) => {
          const found = await inspect(path, target);
          await proveReplaceable(target, (found?.size ?? 0) + spareBytes);
        });
      } catch (error) {
        if (error instanceof BootstrapError) throw error;
        throw destinationError(
          `${path} cannot be written (${whyRefused(error)}).`,
          'Mend that, or choose another file or another profile.',
          error,
        );
      }
    },

    edit: (edit) =>
      locked(async (target) => {
        for (let attempt = 0; attempt < attempts; attempt += 1) {
          const found = await inspect(path, target);
          const before = await bytesOf(target);
          const data = Buffer.from(edit(before.toString('latin1')), 'latin1');
          if (found !== undefined && data.equals(before) && modeFor(found, closed) === (found.mode & 0o7777)) return;
          const done = await replaceFile({
            path: target,
            data,
            mode: modeFor(found, closed),
            ...(found === undefined || found.uid === geteuid?.() ? {} : { owner: found }),
            mayReplace: async () => (await bytesOf(target)).equals(before),
          });
          if (done) return;
        }
        throw destinationError(`Something keeps writing to ${path}.`, 'Stop it and run the same command again.');
      }),
  };
};

/** One level only, as a new `~/.aws` needs. (Asked for several, Node tries for ever where a file system answers ENOENT, as /proc does.) */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
};

/** 0600 when new; else as it is, tightened where secrets stand. Never wider. */
const modeFor = (found: Stats | undefined, closed: boolean): number => {
  if (found === undefined) return 0o600;
  return closed ? found.mode & 0o700 : found.mode & 0o7777;
};

const bytesOf = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
};

/** Where a link leads, so that the link stays and the file behind it is replaced. */
const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (await readlink(path).catch(() => undefined)) {
    throw destinationError(`${path} is a symbolic link to a file that is not there.`, 'Make that file, or remove the link.');
  }
  return join(await realpath(dirname(path)), basename(path));
};

const inspect = async (path: string, target: string): Promise<Stats | undefined> => {
  const found = await stat(target).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined && !found.isFile()) throw destinationError(`${path} is not a plain file.`, 'Remove it, or choose another file.');
  return found;
};

const waitForLock = async (name: string, clock: Clock): Promise<Lock> => {
  for (let waited = 0, delay = 5; ; waited += delay, delay = Math.min(delay * 2, 100)) {
    const taken = await tryLock(name);
    if ('release' in taken) return taken;
    if (waited >= lockPatienceMs) {
      throw destinationError(
        `Another program holds ${name} (${taken.heldBy}).`,
        `Wait for it to end; if there is none, delete ${name} and run the same command again.`,
      );
    }
    await clock.sleep(delay);
  }
};
