import { spawnSync } from 'node:child_process';
import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { geteuid } from 'node:process';
import { BootstrapError } from '../core/errors.js';
import { NotStoredError } from '../core/secret.js';

const another = 'Pass another place: --secrets-file FILE.';

/**
 * Looks at the place of a secrets file without touching it: the folder must be there, a file there must be a plain one of our own that
 * nobody else can read, and git must not be about to publish it. Throws E-SECRETS-DESTINATION. True when the file exists.
 */
export const inspectDestination = async (path: string, environment: Environment): Promise<boolean> => {
  const folder = dirname(path);
  await inspectFolder(folder);
  const found = await status(path);
  if (found !== undefined) inspectFile(path, found);
  inspectGit(path, await workTree(await realpath(folder)), environment);
  return found !== undefined;
};

/** Handed on to git, as far as it needs it; the rest of an environment may hold keys. */
export type Environment = Readonly<Record<string, string | undefined>>;

const inspectFolder = async (folder: string): Promise<void> => {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw destinationError(
        `The folder for the secrets file is missing: ${folder}.`,
        `Make it (mkdir -p ${folder}), or pass another --secrets-file.`,
        error,
      );
    }
    throw destinationError(`The folder for the secrets file cannot be used: ${folder} (${whyRefused(error)}).`, another, error);
  }
  throw destinationError(`The secrets file cannot be in ${folder}, which is not a folder.`, another);
};

const status = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw destinationError(`The secrets file cannot be looked at: ${path} (${whyRefused(error)}).`, another, error);
  }
};

const inspectFile = (path: string, found: Stats): void => {
  // A link could be turned round between looking and writing, and the place it names be anywhere.
  if (found.isSymbolicLink())
    throw destinationError(`${path} is a symbolic link; secrets are not written through one.`, 'Pass the file that it names.');
  if (found.isDirectory()) {
    throw destinationError(`${path} is a folder, not a file.`, `Pass a file in it: --secrets-file ${join(path, 'secrets.json')}.`);
  }
  if (!found.isFile()) throw destinationError(`${path} is not a plain file, so nothing can be kept in it.`, another);
  const user = geteuid?.();
  // Windows has neither owners nor modes of this sort.
  if (user === undefined) return;
  if (found.uid !== user) throw destinationError(`${path} belongs to another user of this computer (number ${found.uid}).`, another);
  if ((found.mode & 0o077) !== 0) {
    throw destinationError(
      `Others on this computer may read or change ${path}.`,
      `Close it (chmod 600 ${path}), or pass another --secrets-file.`,
    );
  }
};

/** The folder of the git work tree that a folder is in. */
const workTree = async (folder: string): Promise<string | undefined> => {
  for (let at = folder; ; at = dirname(at)) {
    const found = await lstat(join(at, '.git')).catch(() => undefined);
    if (found !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
};

/**
 * Inside a work tree, git itself must say that it ignores the file (a file it tracks is not ignored). When it cannot be asked - not
 * installed, a tree of another owner - the answer is no: the way out, another folder, is easy.
 */
const inspectGit = (path: string, tree: string | undefined, environment: Environment): void => {
  if (tree === undefined) return;
  const env = Object.fromEntries(
    ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'SystemRoot'].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]],
    ),
  );
  // The tree's own settings are not ours: its file-system monitor is a command.
  const asked = spawnSync('git', ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--', basename(path)], {
    cwd: dirname(path),
    env,
    stdio: 'ignore',
    timeout: 10_000,
  });
  if (asked.status === 0) return;
  const why =
    asked.status === 1 ? 'and git does not ignore it, so it could be committed' : 'and git could not be asked whether it ignores it';
  throw destinationError(
    `${path} is in the git work tree ${tree}, ${why}.`,
    `Pass a --secrets-file outside of it, or add ${basename(path)} and ${basename(path)}.* to its .gitignore.`,
  );
};

/** A place for secrets that will not do. Thrown before the first secret is made, so nothing is lost. */
export const destinationError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-DESTINATION', message, next, cause });

/** A secret that is kept, but not as it was meant. `message` says where it is now, never what it is. */
export const storeError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-STORE', message, next, changed: null, cause });

/** Whether an error says that the secret itself is safe. */
export const isStored = (error: unknown): boolean =>
  error instanceof BootstrapError && error.code === 'E-SECRETS-STORE' && !(error instanceof NotStoredError);

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links go round in a circle',
};

/** Why the file system refused, in words that follow a colon. */
export const whyRefused = (error: unknown): string => {
  const code = errorCode(error);
  return (code === undefined ? undefined : words[code]) ?? code ?? (error instanceof Error ? error.message : String(error));
};
