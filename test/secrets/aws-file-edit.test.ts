import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AwsFile, openAwsFile } from '../../src/secrets/aws-file.js';
import { replaceFile } from '../../src/secrets/durable-file.js';
import { testClock } from '../support/host.js';
import { folder, refusal, text } from './scene.js';

/** How a file of `~/.aws` gets its new content on disk, beside programs that use no lock. */

const isRoot = process.getuid?.() === 0;
const scene = (content?: string, closed = true) => {
  const where = folder();
  const path = join(where, 'credentials');
  if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
  return { where, path, file: openAwsFile(path, { closed, clock: testClock() }) };
};
const add =
  (line: string) =>
  (before: string): string =>
    `${before}${line}\n`;

describe('an edit while another program writes the file', () => {
  it('is repeated, and neither change is lost', async () => {
    const { where, path, file } = scene('a\n');
    const seen: string[] = [];
    const changed = await file.edit((before) => {
      seen.push(before);
      if (seen.length < 3) writeFileSync(path, `${before}other ${seen.length}\n`);
      return add('ours')(before);
    });
    expect(seen).toEqual(['a\n', 'a\nother 1\n', 'a\nother 1\nother 2\n']);
    expect([changed, text(path)]).toEqual([true, 'a\nother 1\nother 2\nours\n']);
    expect(readdirSync(where)).toEqual(['credentials']);
  });

  it('does not replace a file that appears', async () => {
    const { path, file } = scene();
    let times = 0;
    await file.edit((before) => {
      if (times === 0) writeFileSync(path, 'other\n');
      times += 1;
      return add('ours')(before);
    });
    expect([times, text(path)]).toEqual([2, 'other\nours\n']);
  });

  it('ends after twenty attempts, without a change', async () => {
    const { where, path, file } = scene('0');
    let times = 0;
    const error = await refusal(
      file.edit((before) => {
        times += 1;
        writeFileSync(path, String(times));
        return add('ours')(before);
      }),
    );
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', message: `Something keeps writing to ${path}.` });
    expect([times, text(path)]).toEqual([20, '20']);
    expect(readdirSync(where)).toEqual(['credentials']);
  });

  it.each<[string, (file: AwsFile) => Promise<unknown>]>([
    ['an edit', (file) => file.edit(add('ours'))],
    ['a check', (file) => file.checkWritable()],
  ])('%s waits for the lock, and then names its holder', async (_, act) => {
    const { path, file } = scene('a\n');
    writeFileSync(`${path}.lock`, `1 ${hostname()}\n`);
    const error = await refusal(act(file));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', message: `Another program holds ${path}.lock (process 1).` });
    expect(text(path)).toBe('a\n');
  });
});

describe('an edit that changes nothing', () => {
  const edited = async (mode: number, closed: boolean) => {
    const { path, file } = scene('a\n', closed);
    chmodSync(path, mode);
    const before = statSync(path).ino;
    const changed = await file.edit((content) => content);
    return { changed, isSame: statSync(path).ino === before, mode: statSync(path).mode & 0o777 };
  };
  it.each([
    [0o600, true, { changed: false, isSame: true, mode: 0o600 }],
    [0o644, true, { changed: true, isSame: false, mode: 0o600 }],
    [0o644, false, { changed: false, isSame: true, mode: 0o644 }],
  ])('leaves a file of mode %o (closed: %s) %j', async (mode, closed, expected) => {
    expect(await edited(mode, closed)).toEqual(expected);
  });

  it('creates no file', async () => {
    const { path, file } = scene();
    expect(await file.edit((content) => content)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });
});

it.runIf(isRoot)('a file of another user stays theirs when root edits it', async () => {
  const { path, file } = scene('a\n');
  chownSync(path, 4711, 4712);
  await file.edit(add('ours'));
  const { uid, gid, mode } = statSync(path);
  expect([text(path), uid, gid, mode & 0o777]).toEqual(['a\nours\n', 4711, 4712, 0o600]);
});

describe('a file that cannot be written', () => {
  it.each<[string, (where: string) => string, RegExp]>([
    ['in a folder that cannot be created', () => '/sys/nowhere/credentials', /\((not permitted|permission denied)\)/],
    [
      'behind links that form a loop',
      (where) => (symlinkSync('loop', join(where, 'loop')), join(where, 'loop')),
      /\(its symbolic links form a loop\)/,
    ],
    ['that is a folder', (where) => (mkdirSync(join(where, 'folder')), join(where, 'folder')), /is not a regular file/],
  ])('%s is refused with the reason', async (_, prepare, expected) => {
    const path = prepare(folder());
    const error = await refusal(openAwsFile(path, { closed: true, clock: testClock() }).checkWritable());
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', exit: 2 });
    expect(error.message).toMatch(expected);
  });
});

describe('a replaced file', () => {
  it('is on disk before it takes the place of the old one, and then its folder is', async () => {
    const where = folder();
    const path = join(where, 'file');
    writeFileSync(path, 'old');
    const handle = await open(path);
    const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
    await handle.close();
    const { sync } = prototype;
    const synced: unknown[] = [];
    prototype.sync = function (this: unknown) {
      const name = `${path}.new`;
      synced.push([text(path), existsSync(name) ? [text(name), statSync(name).mode & 0o777] : null]);
      return sync.call(this);
    };
    try {
      await replaceFile({ path, data: Buffer.from('new'), mode: 0o640 });
    } finally {
      prototype.sync = sync;
    }
    expect(synced).toEqual([
      ['old', ['new', 0o640]],
      ['new', null],
    ]);
  });

  it.runIf(existsSync('/proc/self/fd'))('leaves no file open', async () => {
    const where = folder();
    await replaceFile({ path: join(where, 'file'), data: Buffer.from('new'), mode: 0o600 });
    const opened = readdirSync('/proc/self/fd').flatMap((number) => {
      try {
        return [readlinkSync(join('/proc/self/fd', number))];
      } catch {
        return [];
      }
    });
    expect(opened.filter((path) => path.startsWith(where))).toEqual([]);
  });
});
