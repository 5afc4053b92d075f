import { statSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './destination.js';

/**
 * A replacement of a file: after a crash, the file is complete, either old or new. write-file-atomic (7.0.1) is not used for secrets for
 * three reasons: it opens its temporary file without O_EXCL, so that another user can place a file or link there in a shared folder; it
 * writes once and ignores how much was written, so that a full disk silently truncates the file; and it does not sync the folder.
 */
export interface Replacement {
  /** An absolute path without symbolic links. The caller holds the lock of this file. */
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode: number;
  /** For a file of another user that root edits. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Called when everything is written, just before the rename; false cancels the replacement. */
  readonly mayReplace?: () => Promise<boolean>;
}

/** The temporary file has a fixed name, so that the next holder of the lock can remove it after a crash. */
const temporaryName = (path: string): string => `${path}.new`;

/** False when `mayReplace` cancelled it. */
export const replaceFile = async ({ path, data, mode, owner, mayReplace }: Replacement): Promise<boolean> => {
  const temporary = temporaryName(path);
  await rm(temporary, { force: true });
  try {
    await writeWhole(temporary, data, mode, owner);
    if (mayReplace !== undefined && !(await mayReplace())) {
      await rm(temporary);
      return false;
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
  return true;
};

/** Writes as much as a replacement would need, and removes it again, to detect a full or read-only disk early. */
export const checkReplaceable = async (path: string, size: number): Promise<void> => {
  const temporary = temporaryName(path);
  await rm(temporary, { force: true });
  try {
    await writeWhole(temporary, Buffer.alloc(size, 0x20), 0o600);
  } finally {
    await rm(temporary).catch(() => undefined);
  }
};

const writeWhole = async (path: string, data: Uint8Array, mode: number, owner?: Replacement['owner']): Promise<void> => {
  const file = await open(path, 'wx', mode);
  try {
    // Unlike `write`, it continues until everything is written.
    await file.writeFile(data);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    // chmod ignores the umask. It is after chown, which may remove bits.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** A rename is on disk only once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems cannot open or sync a folder.
  }
};

/** undefined when the file that was asked for does not exist. */
export const unlessMissing = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });

/** The content of a file; undefined when it does not exist. */
export const readIfExists = async (path: string): Promise<Buffer | undefined> =>
  // A hundred times faster than an error of `readFile`. `check --org` looks for a file of each member.
  statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : unlessMissing(readFile(path));

/** The fields of a JSON object. Other values, and texts that are not JSON, have none. */
export const parseFields = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return (JSON.parse(text) as Readonly<Record<string, unknown>> | null) ?? {};
  } catch {
    return {};
  }
};

/** Runs tasks one after the other, in order of arrival. */
export const serially = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};
