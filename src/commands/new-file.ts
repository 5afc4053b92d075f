import { open } from 'node:fs/promises';
import { BootstrapError } from '../core/error.js';

/** A config file of ours, where there is none yet. `name` is the path as messages call it. */
export const writeNew = async (path: string, name: string, text: string): Promise<void> => {
  try {
    // `wx` refuses what is there, a dangling link included, in the same call that makes the file.
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw code === 'EEXIST'
      ? new BootstrapError({
          code: 'E-CONFIG-EXISTS',
          exit: 2,
          message: `${name} exists already, and is left as it is.`,
          next: 'Edit it, or name another file.',
          cause,
        })
      : new BootstrapError({
          code: 'E-OUTPUT-FILE',
          exit: 2,
          message: `${name} cannot be written (${code}).`,
          next: 'Name a file in a folder that exists and that you may write to.',
          cause,
        });
  }
};
