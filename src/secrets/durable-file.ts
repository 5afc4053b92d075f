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
      await rm(temporary, { force: true });
      return false;
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
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
    await rm(temporary, { force: true }).catch(() => undefined);
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

/** A rename is on disk only once its folder is. Not every system can open a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Windows and some network file systems do not support it.
  } finally {
    await handle?.close();
  }
};

/** The content of a file; undefined when it does not exist. */
export const readIfExists = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** The value of a JSON text if it is an object; undefined for anything else. */
export const parseJsonObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
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
