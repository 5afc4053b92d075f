import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a crash leaves the old one or the new one, whole. write-file-atomic would do, but for three things that
 * matter where secrets are written (7.0.1): it opens its temporary file without O_EXCL, so that in a shared folder somebody else's
 * file or link may stand there already; it writes once and ignores how much was written, so that a full disk silently truncates
 * the file; and it does not sync the folder.
 */
export interface Replacement {
  /** An absolute path without symbolic links. The caller holds the lock of this file. */
  readonly path: string;
  readonly data: Uint8Array;
  readonly mode: number;
  /** For a file of somebody else that root edits. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Asked when everything is written, just before the rename; false gives up. */
  readonly mayReplace?: () => Promise<boolean>;
}

/** One name for the temporary file: whoever holds the lock may remove what a crash left there. */
const temporaryName = (path: string): string => `${path}.new`;

/** False when `mayReplace` gave up. */
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

/** Writes as much as a replacement would need, and takes it away again: finds a full or read-only disk in time. */
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
    // Unlike `write`, it goes on until all of it is written.
    await file.writeFile(data);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    // Past the umask, and after chown, which may drop bits.
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
    // Windows and some network file systems have no such thing.
  } finally {
    await handle?.close();
  }
};

/** Runs pieces of work one after the other, in the order in which they came. */
export const serially = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};
