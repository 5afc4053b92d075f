import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { BootstrapError } from '../core/errors.js';
import { shellWord } from '../core/text.js';

/** The part of node:fs/promises that reading a config needs. */
export interface ConfigFiles {
  readonly stat: (path: string) => Promise<{ readonly size: number; isFile(): boolean; isDirectory(): boolean; isFIFO(): boolean }>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

export interface ConfigFile {
  readonly text: string;
  /** The name for messages: as typed, else `bootstrap.yaml`. */
  readonly file: string;
  readonly path: string;
  /** `folder`: found without a flag, so the run must report that it was read. */
  readonly from: '--config' | 'folder';
}

export const defaultConfigFile = 'bootstrap.yaml';
/** With more, Ctrl-C would be ignored for too long while the file is parsed. A config for a thousand accounts has half of it. */
const maxConfigBytes = 256 * 1024;

/** The named file, or `bootstrap.yaml` in the working folder; undefined when none was named and none exists. */
export const readConfigFile = async (named: string | undefined, cwd: string, files: ConfigFiles): Promise<ConfigFile | undefined> => {
  const file = named ?? defaultConfigFile;
  if (file === '') throw unreadable('--config', 'is empty', 'Pass the path of a file: --config FILE.');
  const path = isAbsolute(file) ? file : join(cwd, file);
  const bytes = await read(file, path, files, named === undefined);
  if (bytes === undefined) return undefined;
  return { text: decode(file, bytes), file, path, from: named === undefined ? 'folder' : '--config' };
};

const read = async (file: string, path: string, files: ConfigFiles, mayBeAbsent: boolean): Promise<Uint8Array | undefined> => {
  try {
    const found = await files.stat(path);
    if (found.isDirectory()) throw unreadable(file, 'is a folder', 'Pass the file inside it.');
    // A shell passes --config <(command) as a FIFO. A FIFO that was found without a flag could block the run.
    if (!found.isFile() && !(found.isFIFO() && !mayBeAbsent)) throw unreadable(file, 'is not a file', 'Pass a YAML file.');
    if (found.size > maxConfigBytes) throw tooLarge(file);
    const bytes = await files.readFile(path);
    if (bytes.byteLength > maxConfigBytes) throw tooLarge(file);
    return bytes;
  } catch (error) {
    if (error instanceof BootstrapError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' && mayBeAbsent) return undefined;
    if (code === 'ENOENT') {
      const command = `bootstrap config new --output-file ${shellWord(file)}`;
      throw unreadable(file, 'does not exist', `Check the path; \`${command}\` writes a first file.`, error);
    }
    const [what, next] = reasons[code] ?? [`cannot be read (${code})`, 'Check the file and its folder.'];
    throw unreadable(file, what, next, error);
  }
};

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOTDIR: ['does not exist: a part of its path is a file', 'Check the path.'],
  EACCES: ['cannot be read: permission denied', 'Give yourself read permission (chmod u+r).'],
  EPERM: ['cannot be read: permission denied', 'Give yourself read permission.'],
  ELOOP: ['is a link to itself', 'Fix the link.'],
  ENAMETOOLONG: ['has a path that is too long', 'Check the path.'],
};

const decode = (file: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw unreadable(file, utf16 ? 'is UTF-16 text' : 'is not UTF-8 text', 'Save it as UTF-8.', error);
  }
};

const tooLarge = (file: string): BootstrapError =>
  unreadable(file, 'is larger than 256 kB, the limit for a config', 'Check that it is the right file.');

const unreadable = (file: string, what: string, next: string, cause?: unknown): BootstrapError =>
  new BootstrapError({
    code: 'E-CONFIG-UNREADABLE',
    message: `${file} ${what}.`,
    next,
    cause,
  });

/** The config file of a run; undefined when none was named and the working folder has none. */
export const configFileOf = (
  named: { readonly config?: string | undefined },
  host: { readonly cwd: string },
): Promise<ConfigFile | undefined> => readConfigFile(named.config, host.cwd, { stat, readFile: readAtMost(maxConfigBytes) });

/** The bytes of a file, at most one more than `most`: the size of a pipe or a growing file is not known in advance. */
export const readAtMost =
  (most: number) =>
  (path: string): Promise<Uint8Array> =>
    // `end` is the last byte that is read.
    buffer(createReadStream(path, { end: most }));

/**
 * Runs synchronous work on an untrusted file. It cannot be interrupted, so its input must be limited. A signal that arrived meanwhile takes
 * precedence over the result.
 */
export const interruptible = async <T>({ signal }: { readonly signal: AbortSignal }, work: () => T): Promise<T> => {
  const handleSignals = async (): Promise<void> => {
    await setImmediate();
    signal.throwIfAborted();
  };
  await handleSignals();
  try {
    return work();
  } finally {
    await handleSignals();
  }
};
