import { isAbsolute, join } from 'node:path';
import { BootstrapError } from '../core/errors.js';

/** The part of node:fs/promises that reading a config takes. */
export interface ConfigFiles {
  readonly stat: (path: string) => Promise<{ readonly size: number; isFile(): boolean; isDirectory(): boolean; isFIFO(): boolean }>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

export interface ConfigFile {
  readonly text: string;
  /** As messages call it: what was typed, else `bootstrap.yaml`. */
  readonly file: string;
  readonly path: string;
  /** `folder`: nobody named it, so the run has to say that it was read. */
  readonly from: '--config' | 'folder';
}

export const defaultConfigFile = 'bootstrap.yaml';
/** Reading more takes longer than a run may be deaf to Ctrl-C; a config for a thousand accounts has half of it. */
export const maxConfigBytes = 256 * 1024;

/** The file named, or `bootstrap.yaml` in the working folder; undefined when none was named and none is there. */
export const readConfigFile = async (named: string | undefined, cwd: string, files: ConfigFiles): Promise<ConfigFile | undefined> => {
  const file = named ?? defaultConfigFile;
  if (file === '') throw unreadable('--config', 'names no file', 'Write the path of a file after --config.');
  const path = isAbsolute(file) ? file : join(cwd, file);
  const bytes = await read(file, path, files, named === undefined);
  if (bytes === undefined) return undefined;
  return { text: decode(file, bytes), file, path, from: named === undefined ? 'folder' : '--config' };
};

const read = async (file: string, path: string, files: ConfigFiles, mayBeAbsent: boolean): Promise<Uint8Array | undefined> => {
  try {
    const stat = await files.stat(path);
    if (stat.isDirectory()) throw unreadable(file, 'is a folder', 'Name the file inside it.');
    // A FIFO is what a shell makes of --config <(command). One that was only found would make the run wait.
    if (!stat.isFile() && !(stat.isFIFO() && !mayBeAbsent)) throw unreadable(file, 'is not a file', 'Name a YAML file.');
    if (stat.size > maxConfigBytes) throw tooLarge(file);
    const bytes = await files.readFile(path);
    if (bytes.byteLength > maxConfigBytes) throw tooLarge(file);
    return bytes;
  } catch (error) {
    if (error instanceof BootstrapError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' && mayBeAbsent) return undefined;
    const [what, next] = reasons[code] ?? [`cannot be read (${code})`, 'Look at the file and its folder.'];
    throw unreadable(file, what, next, error);
  }
};

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOENT: ['does not exist', 'Look at the path; `bootstrap config new` writes a first file.'],
  ENOTDIR: ['does not exist: a part of its path is a file', 'Look at the path.'],
  EACCES: ['may not be read by you', 'Give yourself the right to read it (chmod u+r).'],
  EPERM: ['may not be read by you', 'Give yourself the right to read it.'],
  ELOOP: ['is a link that leads to itself', 'Mend the link.'],
  ENAMETOOLONG: ['has a path that is too long', 'Look at the path.'],
};

const decode = (file: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw unreadable(file, utf16 ? 'is UTF-16 text' : 'is not UTF-8 text', 'Save it as UTF-8.', error);
  }
};

const tooLarge = (file: string): BootstrapError => unreadable(file, 'is larger than 256 kB, which no config is', 'Name the right file.');

const unreadable = (file: string, what: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-CONFIG-UNREADABLE',
    message: `${file} ${what}.`,
    next,
    ...(cause === undefined ? {} : { cause }),
  });
