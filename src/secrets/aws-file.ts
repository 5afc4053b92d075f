import type { Stats } from 'node:fs';
import { mkdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { geteuid } from 'node:process';
import type { Clock } from '../core/clock.js';
import { BootstrapError } from '../core/errors.js';
import { destinationError, errorCode, whyRefused } from './destination.js';
import { checkReplaceable, readIfExists, replaceFile, unlessMissing } from './durable-file.js';
import { waitForLock } from './lock.js';

/** A file of `~/.aws`. This tool changes some lines and leaves the rest as it is. */
export interface AwsFile {
  /** Decoded as latin1, so that every byte is preserved; empty when the file does not exist. */
  readonly read: () => Promise<string>;
  /** Checks that it can be edited: folder, owner, lock, space. Throws E-SECRETS-DESTINATION. */
  readonly checkWritable: () => Promise<void>;
  /** Applies `edit` to the current text, and again when another program wrote the file meanwhile. On disk when it resolves; false: unchanged. */
  readonly edit: (edit: (text: string) => string) => Promise<boolean>;
}

/** How often an edit is repeated because another program wrote the file: the AWS CLI does not use a lock. */
const maxAttempts = 20;
const lockLimitMs = 15_000;
/** Enough for a profile and its region. */
const spareBytes = 4_096;

/** `closed`: the file contains secrets, so no other user may read it. */
export const openAwsFile = (path: string, options: { readonly closed: boolean; readonly clock: Clock }): AwsFile => {
  const { closed, clock } = options;

  const locked = async <T>(work: (target: string) => Promise<T>): Promise<T> => {
    await makeFolder(dirname(path));
    const target = await targetOf(path);
    const lock = await waitForLock(`${target}.lock`, {
      clock,
      limitMs: lockLimitMs,
      heldMessage: (name, holder) => `Another program holds ${name} (${holder}).`,
    });
    try {
      return await work(target);
    } finally {
      await lock.release();
    }
  };

  return {
    read: () => readAwsFile(path),

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
          'Fix the cause, or choose another file or profile.',
          error,
        );
      }
    },

    edit: (edit) =>
      locked(async (target) => {
        for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
          const found = await inspect(path, target);
          const before = await bytesOf(target);
          const data = Buffer.from(edit(before.toString('latin1')), 'latin1');
          if (data.equals(before) && (found === undefined || modeFor(found, closed) === (found.mode & 0o7777))) return false;
          const done = await replaceFile({
            path: target,
            data,
            mode: modeFor(found, closed),
            ...(found === undefined || found.uid === geteuid?.() ? {} : { owner: found }),
            mayReplace: async () => (await bytesOf(target)).equals(before),
          });
          if (done) return true;
        }
        throw destinationError(`Something keeps writing to ${path}.`, 'Stop that program and run the same command again.');
      }),
  };
};

/** The text of a file of `~/.aws`, decoded as latin1; empty when it does not exist. */
export const readAwsFile = async (path: string): Promise<string> => (await bytesOf(path)).toString('latin1');

/** Only one level, as a new `~/.aws` needs. (For several levels, Node retries forever where a file system answers ENOENT, such as /proc.) */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
};

/** 0600 for a new file. An existing mode is kept, or restricted for a file with secrets; never widened. */
const modeFor = (found: Stats | undefined, closed: boolean): number => {
  if (found === undefined) return 0o600;
  return closed ? found.mode & 0o700 : found.mode & 0o7777;
};

const bytesOf = async (path: string): Promise<Buffer> => (await readIfExists(path)) ?? Buffer.alloc(0);

/** The target of a link: the link stays, and the target is replaced. */
const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (await readlink(path).catch(() => undefined)) {
    throw destinationError(`${path} is a symbolic link to a file that does not exist.`, 'Create that file, or remove the link.');
  }
  return join(await realpath(dirname(path)), basename(path));
};

const inspect = async (path: string, target: string): Promise<Stats | undefined> => {
  const found = await unlessMissing(stat(target));
  if (found !== undefined && !found.isFile())
    throw destinationError(`${path} is not a regular file.`, 'Remove it, or choose another file.');
  return found;
};

/**
 * A section of a file of `~/.aws`. The files are edited as lines, so that every other byte stays the same. No library does this: those that
 * write such files drop comments, cut values at `#` or escape `=`. Texts are decoded as latin1, which preserves every byte.
 *
 * Two readers disagree on details, and the edited file must mean the same to both: the SDK for JavaScript (parseIni in @smithy/core) and
 * the AWS CLI (Python's configparser). https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export interface Section {
  /** The text between the brackets. */
  readonly title: string;
  /** False for a header that only one of the readers accepts: indented, or with text after the bracket. */
  readonly plain: boolean;
  /** Index of the header's line. */
  readonly header: number;
  /** Index of the last line that is not blank; the header's line when the section is empty. */
  readonly last: number;
  readonly settings: readonly Setting[];
}
export interface Setting {
  /** In lower case, as the AWS CLI reads keys. */
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Lines with their line ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+/g) ?? [];

const byteOrderMark = '\u00ef\u00bb\u00bf';
const headerPattern = /^(\s*)\[([^\]]*)\](.*)/s;
const settingPattern = /^\s*([^=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/;

export const sectionsOf = (text: string): readonly Section[] => {
  const sections: (Section & { last: number; settings: Setting[] })[] = [];
  /** Indentation of the section's last setting: a line with more belongs to it (`s3 =` and its block). */
  let depth = Infinity;
  linesOf(text).forEach((raw, line) => {
    const content = line === 0 && raw.startsWith(byteOrderMark) ? raw.slice(byteOrderMark.length) : raw;
    if (/^\s*([#;].*)?$/.test(content.trimEnd())) return;
    const found = headerPattern.exec(content);
    if (found !== null) {
      const [, before, title = '', behind = ''] = found;
      const plain = before === '' && /^\s*(\s[#;].*)?$/.test(behind.trimEnd());
      sections.push({ title, plain, header: line, last: line, settings: [] });
      depth = Infinity;
      return;
    }
    const section = sections.at(-1);
    if (section === undefined) return;
    section.last = line;
    const indent = content.length - content.trimStart().length;
    if (indent > depth) return;
    depth = indent;
    const setting = settingPattern.exec(content);
    if (setting === null) return;
    const [, key = '', value = ''] = setting;
    section.settings.push({ key: key.toLowerCase(), value: withoutComment(value), line });
  });
  return sections;
};

const withoutComment = (value: string): string => (value.split(/(?:^|\s)[;#]/)[0] ?? '').trim();

/** The effective value: the last one wins, also when a section exists twice. An empty value does not count. */
export const valueOf = (sections: readonly Section[], key: string): string | undefined =>
  sections.flatMap((section) => section.settings).findLast((setting) => setting.key === key && setting.value !== '')?.value;

export interface Edit {
  /** Whether a section has the name. */
  readonly isTarget: (title: string) => boolean;
  /** Title of the new section, when none has the name. */
  readonly title: string;
  readonly values: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** The text with the values set: in place if the key exists, else at the end of the section, else in a new section at the end. */
export const applyEdit = (text: string, { isTarget, title, values, remove }: Edit): string => {
  const lines = [...linesOf(text)];
  const targets = sectionsOf(text).filter((section) => isTarget(section.title));
  const settings = targets.flatMap((section) => section.settings);
  const end = lines.some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const missing: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    // Anything else could begin another line, also as a byte of latin1: keys are from an answer, and regions from the environment.
    if (/[^ -~\u0080-\u00ff]/.test(value))
      throw destinationError(`The ${key} of the profile has characters that no profile can have.`, 'Check the endpoint and the region.');
    const found = settings.findLast((setting) => setting.key === key);
    if (found === undefined) missing.push(`${key} = ${value}${end}`);
    else lines[found.line] = withValue(lines[found.line] as string, value);
  }
  const section = targets.at(-1);
  if (section === undefined) append(lines, [`[${title}]${end}`, ...missing], end);
  else if (missing.length > 0) {
    lines[section.last] = withLineEnd(lines[section.last] as string, end);
    lines.splice(section.last + 1, 0, ...missing);
  }
  const removed = new Set(settings.filter((setting) => remove?.includes(setting.key)).map((setting) => setting.line));
  // Lines were inserted after every setting of the last target, so the line numbers of removed settings are still valid.
  return lines.filter((_, line) => !removed.has(line)).join('');
};

/** Replaces the value and a comment after it, which the AWS CLI would read as part of the value. */
const withValue = (line: string, value: string): string =>
  line.replace(/([=:][^\S\r\n]*)[^]*?([\r\n]*)$/, (_, before: string, end: string) => `${before}${value}${end}`);

const withLineEnd = (line: string, end: string): string => (line.endsWith('\n') ? line : `${line}${end}`);

/** Appends a new section after a blank line. */
const append = (lines: string[], added: readonly string[], end: string): void => {
  const last = lines.length - 1;
  const text = lines[last];
  if (text !== undefined && text !== byteOrderMark) {
    lines[last] = withLineEnd(text, end);
    if (text.trim() !== '') lines.push(end);
  }
  lines.push(...added);
};
