import { spawnSync } from 'node:child_process';
import type { Stats } from 'node:fs';
import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { geteuid } from 'node:process';
import { BootstrapError } from '../core/errors.js';
import { NotStoredError } from '../core/secret.js';
import { shellWord } from '../core/text.js';
import { programOnPath } from './program.js';

const another = 'Pass another file: --secrets-file FILE.';

/**
 * Checks the path of a secrets file without changing anything: the folder must exist, an existing file must be a regular file that belongs
 * to the user and that no other user can read, and git must ignore it. Throws E-SECRETS-DESTINATION. Returns whether the file exists.
 */
export const inspectDestination = async (path: string, environment: Environment): Promise<boolean> => {
  const folder = dirname(path);
  await inspectFolder(folder);
  const found = await status(path);
  if (found !== undefined) inspectFile(path, found);
  inspectGit(path, await workTree(await realpath(folder)), environment);
  return found !== undefined;
};

/** The environment of the run. git receives only the variables that it needs: the others may contain keys. */
export type Environment = Readonly<Record<string, string | undefined>>;

const inspectFolder = async (folder: string): Promise<void> => {
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw destinationError(
        `The folder for the secrets file is missing: ${folder}.`,
        `Create it (mkdir -p ${shellWord(folder)}), or pass another --secrets-file.`,
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
    throw destinationError(`The secrets file cannot be checked: ${path} (${whyRefused(error)}).`, another, error);
  }
};

const inspectFile = (path: string, found: Stats): void => {
  // A link could be changed between the check and the write, and could lead anywhere.
  if (found.isSymbolicLink())
    throw destinationError(`${path} is a symbolic link; secrets are not written through one.`, 'Pass the file that it points to.');
  if (found.isDirectory()) {
    throw destinationError(
      `${path} is a folder, not a file.`,
      `Pass a file in it: --secrets-file ${shellWord(join(path, 'secrets.json'))}.`,
    );
  }
  if (!found.isFile()) throw destinationError(`${path} is not a regular file.`, another);
  const user = geteuid?.();
  // Windows has no owners and modes of this kind.
  if (user === undefined) return;
  if (found.uid !== user) throw destinationError(`${path} belongs to another user of this computer (uid ${found.uid}).`, another);
  if ((found.mode & 0o077) !== 0) {
    throw destinationError(
      `Other users of this computer can read or change ${path}.`,
      `Restrict it (chmod 600 ${shellWord(path)}), or pass another --secrets-file.`,
    );
  }
};

/** The root of the git work tree that contains a folder. */
const workTree = async (folder: string): Promise<string | undefined> => {
  for (let at = folder; ; at = dirname(at)) {
    const found = await lstat(join(at, '.git')).catch(() => undefined);
    if (found !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
};

/**
 * Inside a work tree, `git check-ignore` must confirm that git ignores the file (a tracked file is not ignored). When git cannot check - not
 * installed, or a work tree of another owner - the file is refused: another folder is easy to choose.
 */
const inspectGit = (path: string, tree: string | undefined, environment: Environment): void => {
  if (tree === undefined) return;
  const env = Object.fromEntries(['PATH', 'HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'SystemRoot'].map((name) => [name, environment[name]]));
  const git = programOnPath(sep === '\\' ? ['git.exe'] : ['git'], environment);
  // The settings of the work tree are not trusted: its file-system monitor is a command.
  const check =
    git === undefined
      ? undefined
      : spawnSync(git, ['-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--', basename(path)], {
          cwd: dirname(path),
          env,
          stdio: 'ignore',
          timeout: 10_000,
        });
  if (check?.status === 0) return;
  const why =
    check?.status === 1 ? 'and git does not ignore it, so it could be committed' : 'and git could not check whether it is ignored';
  throw destinationError(
    `${path} is in the git work tree ${tree}, ${why}.`,
    `Pass a --secrets-file outside it, or add ${basename(path)} and ${basename(path)}.* to its .gitignore.`,
  );
};

/** The error of a destination that cannot be used. Thrown before the first secret is created, so nothing is lost. */
export const destinationError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-DESTINATION', message, next, cause });

/** The error of a secret that is stored in another place than planned. `message` names the place, never the secret. */
export const storeError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-STORE', message, next, changed: null, cause });

/** Whether the secret is stored in spite of the error. */
export const isStored = (error: unknown): boolean =>
  error instanceof BootstrapError && error.code === 'E-SECRETS-STORE' && !(error instanceof NotStoredError);

export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links form a loop',
};

/** Why the file system refused, for the end of a sentence. */
export const whyRefused = (error: unknown): string => {
  const code = errorCode(error);
  return reasons[code ?? ''] ?? code ?? (error instanceof Error ? error.message : String(error));
};
