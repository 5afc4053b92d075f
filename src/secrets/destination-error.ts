import { BootstrapError } from '../core/error.js';
import { NotStoredError } from '../core/secret-sink.js';

/** A place for secrets that will not do. Thrown before the first secret is made, so nothing is lost. */
export const destinationError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-DESTINATION', exit: 2, message, next, cause });

/** A secret that is kept, but not as it was meant. `message` says where it is now, never what it is. */
export const storeError = (message: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({ code: 'E-SECRETS-STORE', exit: 7, message, next, changed: null, cause });

/** Whether an error says that the secret itself is safe. */
export const isKept = (error: unknown): boolean =>
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
