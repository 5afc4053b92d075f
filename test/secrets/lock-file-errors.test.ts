import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Lock, tryLock } from '../../src/secrets/lock.js';
import { folder } from './scene.js';

/** What happens before a call of the file system; an error refuses the call. Few machines have a disk without hard links. */
const before: { link?: (from: string, to: string) => void; rename?: (from: string, to: string) => void; readdir?: () => void } = {};
const refuse = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: refused`), { code });
};
/** `before`, for the first call only. */
const once =
  (act: (from: string, to: string) => void) =>
  (from: string, to: string): void => {
    delete before.link;
    delete before.rename;
    act(from, to);
  };
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    link: async (from: string, to: string) => {
      before.link?.(from, to);
      await real.link(from, to);
    },
    rename: async (from: string, to: string) => {
      before.rename?.(from, to);
      await real.rename(from, to);
    },
    readdir: async (path: string) => {
      before.readdir?.();
      return real.readdir(path);
    },
  };
});
/** The process of another user: it cannot be signalled. */
const foreign = 4_194_000;
vi.mock('node:process', async (original) => {
  const real = await original<typeof import('node:process')>();
  return { ...real, kill: (number: number, signal: number) => (number === foreign ? refuse('EPERM')() : real.kill(number, signal)) };
});

let where = '';
let path = '';
beforeEach(() => {
  for (const operation of ['link', 'rename', 'readdir'] as const) delete before[operation];
  where = folder();
  path = join(where, 'file.lock');
});

const taken = async (): Promise<Lock> => {
  const lock = await tryLock(path);
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
  return lock;
};
const ours = `${process.pid} ${hostname()}\n`;
const stale = `999999999 ${hostname()}\n`;
const other = `1 ${hostname()}\n`;

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('a lock works on a file system without hard links (%s)', async (code) => {
  before.link = refuse(code);
  const lock = await taken();
  expect(readFileSync(path, 'utf8')).toBe(ours);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(where)).toEqual(['file.lock']);
  expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
  await lock.release();
  expect(readdirSync(where)).toEqual([]);
  writeFileSync(path, other);
  expect(await tryLock(path)).toEqual({ heldBy: 'process 1' });
  expect(readFileSync(path, 'utf8')).toBe(other);
});

it.each(['EACCES', 'EIO', 'ENOSPC'])('any other error ends the attempt, and leaves nothing (%s)', async (code) => {
  before.link = refuse(code);
  await expect(tryLock(path)).rejects.toMatchObject({ code });
  expect(readdirSync(where)).toEqual([]);
});

it('a folder that cannot be listed can have a lock', async () => {
  before.readdir = refuse('EACCES');
  await (await taken()).release();
});

it('a lock that is released while its holder is asked for is taken', async () => {
  before.link = once(refuse('EEXIST'));
  await (await taken()).release();
});

it('the process of another user holds its lock', async () => {
  writeFileSync(path, `${foreign} ${hostname()}\n`);
  expect(await tryLock(path)).toEqual({ heldBy: `process ${foreign}` });
});

it('the names of files beside a lock have the process in them, and are never the same', async () => {
  const names: string[] = [];
  before.link = (from) => void names.push(from);
  before.rename = (_, to) => void names.push(to);
  for (const _ of [1, 2]) {
    writeFileSync(path, stale);
    await (await taken()).release();
  }
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
  for (const name of names) expect(name.slice(path.length)).toMatch(new RegExp(`^\\.${process.pid}\\.\\d+$`));
});

it.each(['', 'EPERM'])('a new lock that took the place of a stale one is not taken over (%s)', async (code) => {
  writeFileSync(path, stale);
  before.rename = once(() => {
    writeFileSync(path, other);
    if (code !== '') before.link = refuse(code);
  });
  expect(await tryLock(path)).toEqual({ heldBy: 'process 1' });
  expect(readFileSync(path, 'utf8')).toBe(other);
  expect(readdirSync(where)).toEqual(['file.lock']);
});

it('a stale lock that another process removes first is no error', async () => {
  writeFileSync(path, stale);
  before.rename = once(() => rmSync(path));
  await (await taken()).release();
  expect(readdirSync(where)).toEqual([]);
});

it('a lock that a third process takes in between stays', async () => {
  writeFileSync(path, stale);
  before.rename = once(() => {
    writeFileSync(path, other);
    before.link = once(() => writeFileSync(path, `1 elsewhere\n`));
  });
  expect(await tryLock(path)).toEqual({ heldBy: 'process 1 on elsewhere' });
});

it('a stale lock that cannot be moved ends the attempt', async () => {
  writeFileSync(path, stale);
  before.rename = refuse('EIO');
  await expect(tryLock(path)).rejects.toMatchObject({ code: 'EIO' });
  expect(existsSync(path)).toBe(true);
  expect(readdirSync(where)).toEqual(['file.lock']);
});
