import { open, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
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
    const found = await files.stat(path);
    if (found.isDirectory()) throw unreadable(file, 'is a folder', 'Name the file inside it.');
    // A FIFO is what a shell makes of --config <(command). One that was only found would make the run wait.
    if (!found.isFile() && !(found.isFIFO() && !mayBeAbsent)) throw unreadable(file, 'is not a file', 'Name a YAML file.');
    if (found.size > maxConfigBytes) throw tooLarge(file);
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

/** The config file of a run; undefined when none was named and none is in the working folder. */
export const configFileOf = (
  named: { readonly config?: string | undefined },
  host: { readonly cwd: string },
): Promise<ConfigFile | undefined> => readConfigFile(named.config, host.cwd, { stat, readFile: readAtMost(maxConfigBytes) });

/** The bytes of a file, or one more than `most` where it has more: a pipe or a growing file has no size to ask for beforehand. */
export const readAtMost =
  (most: number) =>
  async (path: string): Promise<Uint8Array> => {
    const file = await open(path, 'r');
    try {
      const parts: Uint8Array[] = [];
      let left = most + 1;
      while (left > 0) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(Math.min(left, 65_536)));
        if (bytesRead === 0) break;
        parts.push(buffer.subarray(0, bytesRead));
        left -= bytesRead;
      }
      return Buffer.concat(parts);
    } finally {
      await file.close();
    }
  };

/**
 * Work without pauses on a file of someone else. It cannot be interrupted, only bounded; a signal that came meanwhile counts for more than
 * how the work ended.
 */
export const interruptible = async <T>({ signal }: { readonly signal: AbortSignal }, work: () => T): Promise<T> => {
  const letIn = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  await letIn();
  try {
    return work();
  } finally {
    await letIn();
  }
};
