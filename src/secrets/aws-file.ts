import type { Stats } from 'node:fs';
import { mkdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { geteuid } from 'node:process';
import type { Clock } from '../core/clock.js';
import { BootstrapError } from '../core/errors.js';
import { destinationError, errorCode, whyRefused } from './destination.js';
import { checkReplaceable, replaceFile } from './durable-file.js';
import { type Lock, tryLock } from './lock.js';

/** One file of `~/.aws`, of which some lines are ours and the rest is not. */
export interface AwsFile {
  /** Latin1, so that every byte stays what it is; empty when there is no file. */
  readonly read: () => Promise<string>;
  /** Makes sure that it can be edited: folder, owner, lock, space. Throws E-SECRETS-DESTINATION. */
  readonly checkWritable: () => Promise<void>;
  /** Applies `edit` to what is there; the text comes again when somebody else wrote meanwhile. Durable when it resolves. */
  readonly edit: (edit: (text: string) => string) => Promise<void>;
}

/** The AWS CLI takes no lock; whoever writes without one is noticed this many times. */
const attempts = 20;
const lockPatienceMs = 15_000;
/** A profile and its region. */
const spareBytes = 4_096;

/** `closed`: the file holds secrets, and nobody else may read it. */
export const openAwsFile = (path: string, options: { readonly closed: boolean; readonly clock: Clock }): AwsFile => {
  const { closed, clock } = options;

  const locked = async <T>(work: (target: string) => Promise<T>): Promise<T> => {
    await makeFolder(dirname(path));
    const target = await targetOf(path);
    const lock = await waitForLock(`${target}.lock`, clock);
    try {
      return await work(target);
    } finally {
      await lock.release();
    }
  };

  return {
    read: async () => (await bytesOf(path)).toString('latin1'),

    checkWritable: async () => {
      try {
        await locked(async (target) => {
          const found = await inspect(path, target);
          await checkReplaceable(target, (found?.size ?? 0) + spareBytes);
        });
      } catch (error) {
        if (error instanceof BootstrapError) throw error;
        throw destinationError(
          `${path} cannot be written (${whyRefused(error)}).`,
          'Mend that, or choose another file or another profile.',
          error,
        );
      }
    },

    edit: (edit) =>
      locked(async (target) => {
        for (let attempt = 0; attempt < attempts; attempt += 1) {
          const found = await inspect(path, target);
          const before = await bytesOf(target);
          const data = Buffer.from(edit(before.toString('latin1')), 'latin1');
          if (found !== undefined && data.equals(before) && modeFor(found, closed) === (found.mode & 0o7777)) return;
          const done = await replaceFile({
            path: target,
            data,
            mode: modeFor(found, closed),
            ...(found === undefined || found.uid === geteuid?.() ? {} : { owner: found }),
            mayReplace: async () => (await bytesOf(target)).equals(before),
          });
          if (done) return;
        }
        throw destinationError(`Something keeps writing to ${path}.`, 'Stop it and run the same command again.');
      }),
  };
};

/** One level only, as a new `~/.aws` needs. (Asked for several, Node tries for ever where a file system answers ENOENT, as /proc does.) */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
};

/** 0600 when new; else as it is, tightened where secrets stand. Never wider. */
const modeFor = (found: Stats | undefined, closed: boolean): number => {
  if (found === undefined) return 0o600;
  return closed ? found.mode & 0o700 : found.mode & 0o7777;
};

const bytesOf = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
};

/** Where a link leads, so that the link stays and the file behind it is replaced. */
const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (await readlink(path).catch(() => undefined)) {
    throw destinationError(`${path} is a symbolic link to a file that is not there.`, 'Make that file, or remove the link.');
  }
  return join(await realpath(dirname(path)), basename(path));
};

const inspect = async (path: string, target: string): Promise<Stats | undefined> => {
  const found = await stat(target).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined && !found.isFile()) throw destinationError(`${path} is not a plain file.`, 'Remove it, or choose another file.');
  return found;
};

const waitForLock = async (name: string, clock: Clock): Promise<Lock> => {
  for (let waited = 0, delay = 5; ; waited += delay, delay = Math.min(delay * 2, 100)) {
    const taken = await tryLock(name);
    if ('release' in taken) return taken;
    if (waited >= lockPatienceMs) {
      throw destinationError(
        `Another program holds ${name} (${taken.heldBy}).`,
        `Wait for it to end; if there is none, delete ${name} and run the same command again.`,
      );
    }
    await clock.sleep(delay);
  }
};

/**
 * The files of `~/.aws` as lines, so that an edit leaves every other byte alone. No library does: those that write such files drop
 * comments, cut values at `#` or escape `=` in them. Texts are decoded as latin1, which keeps every byte.
 *
 * Two readers disagree on details, and what is written here must mean the same to both: the SDK for JavaScript (parseIni in
 * @smithy/core) and the AWS CLI (Python's configparser). https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export interface Section {
  /** What stands between the brackets, as it is written. */
  readonly title: string;
  /** False for a header that only one of the readers takes for one: indented, or with something behind it. */
  readonly plain: boolean;
  /** Index of the header's line. */
  readonly header: number;
  /** Index of the last line with something in it; the header's own when the section is empty. */
  readonly last: number;
  readonly settings: readonly Setting[];
}
export interface Setting {
  /** Lower case: the AWS CLI knows no other. */
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Lines with their ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const byteOrderMark = '\u00ef\u00bb\u00bf';
const headerPattern = /^(\s*)\[([^\]]*)\](.*)/s;
const settingPattern = /^\s*([^=:\s][^=:]*?)\s*([=:])\s*(.*?)\s*$/;

export const sectionsOf = (text: string): readonly Section[] => {
  const sections: (Section & { last: number; settings: Setting[] })[] = [];
  /** How far the last setting of the section is indented: a deeper line belongs to it (`s3 =` and its block). */
  let depth: number | undefined;
  linesOf(text).forEach((raw, line) => {
    const content = line === 0 && raw.startsWith(byteOrderMark) ? raw.slice(byteOrderMark.length) : raw;
    if (/^\s*([#;].*)?$/.test(content.trimEnd())) return;
    const [, before, title, behind = ''] = headerPattern.exec(content) ?? [];
    if (title !== undefined) {
      const plain = before === '' && /^\s*(\s[#;].*)?$/.test(behind.trimEnd());
      sections.push({ title, plain, header: line, last: line, settings: [] });
      depth = undefined;
      return;
    }
    const section = sections.at(-1);
    if (section === undefined) return;
    section.last = line;
    const indent = content.length - content.trimStart().length;
    if (depth !== undefined && indent > depth) return;
    depth = indent;
    const [, key, , value] = settingPattern.exec(content) ?? [];
    if (key !== undefined) section.settings.push({ key: key.toLowerCase(), value: withoutComment(value ?? ''), line });
  });
  return sections;
};

const withoutComment = (value: string): string => (value.split(/(?:^|\s)[;#]/)[0] ?? '').trim();

/** The value that counts: a later one wins over an earlier one, in a section that stands there twice too. An empty one is none. */
export const valueOf = (sections: readonly Section[], key: string): string | undefined =>
  sections.flatMap((section) => section.settings).findLast((setting) => setting.key === key && setting.value !== '')?.value;

export interface Edit {
  /** The sections that are meant: all that have the name. */
  readonly isTarget: (title: string) => boolean;
  /** Title of a new section, when none is there. */
  readonly title: string;
  readonly values: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** The text with the values set: in place where the key is, else at the end of the section, else in a new one at the end. */
export const applyEdit = (text: string, { isTarget, title, values, remove = [] }: Edit): string => {
  const lines = [...linesOf(text)];
  const targets = sectionsOf(text).filter((section) => isTarget(section.title));
  const settings = targets.flatMap((section) => section.settings);
  const end = lines.some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const missing: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const there = settings.findLast((setting) => setting.key === key);
    if (there === undefined) missing.push(`${key} = ${value}${end}`);
    else lines[there.line] = withValue(lines[there.line] as string, value);
  }
  const section = targets.at(-1);
  if (section === undefined) append(lines, [`[${title}]${end}`, ...missing], end);
  else if (missing.length > 0) {
    lines[section.last] = ended(lines[section.last] as string, end);
    lines.splice(section.last + 1, 0, ...missing);
  }
  const removed = new Set(settings.filter((setting) => remove.includes(setting.key)).map((setting) => setting.line));
  // Inserted lines come after every setting of the last target, so that the numbers of the removed ones still hold.
  return lines.filter((_, line) => !removed.has(line)).join('');
};

/** The line up to its value stays. A comment behind the value goes with it: the AWS CLI would take it for a part of the new one. */
const withValue = (line: string, value: string): string => {
  const [, before = '', , end = ''] = /^([^=:]*[=:][^\S\r\n]*)([^\r\n]*?)(\r?\n?)$/.exec(line) ?? [];
  return `${before}${value}${end}`;
};

const ended = (line: string, end: string): string => (line.endsWith('\n') ? line : `${line}${end}`);

/** A new section, set off by an empty line from what is there. */
const append = (lines: string[], added: readonly string[], end: string): void => {
  const last = lines.length - 1;
  const text = lines[last];
  if (text !== undefined && text !== byteOrderMark) {
    lines[last] = ended(text, end);
    if (text.trim() !== '') lines.push(end);
  }
  lines.push(...added);
};
