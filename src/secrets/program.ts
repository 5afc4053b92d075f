import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

/**
 * The full path of a program on the PATH, by one of its names. Relative and empty entries are skipped, and Windows is not left to search:
 * both could start a program that is in the working folder, whose files can be someone else's.
 */
export const programOnPath = (names: readonly string[], environment: Readonly<Record<string, string | undefined>>): string | undefined => {
  // Windows does not distinguish `Path` and `PATH`.
  const [, path = ''] =
    Object.entries(environment).find(([name]) => name === 'PATH' || (sep === '\\' && name.toUpperCase() === 'PATH')) ?? [];
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
};

/** Whether the path is a file that can be executed. */
export const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
