import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { tryLock } from '../../src/secrets/lock.js';
import { folder } from './scene.js';

/** How this file system refuses hard links. Few machines have one without them. */
let code = '';
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  link: async () => {
    throw Object.assign(new Error(`${code}: no links`), { code });
  },
}));

it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('a lock works on a file system without hard links (%s)', async (refused) => {
  code = refused;
  const where = folder();
  const path = join(where, 'file.lock');
  const lock = await tryLock(path);
  if (!('release' in lock)) throw new Error(`held by ${lock.heldBy}`);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(where)).toEqual(['file.lock']);
  expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
  await lock.release();
  expect(readdirSync(where)).toEqual([]);
});

it.each(['EACCES', 'EIO', 'ENOSPC'])('any other error ends the attempt, and leaves nothing (%s)', async (refused) => {
  code = refused;
  const where = folder();
  await expect(tryLock(join(where, 'file.lock'))).rejects.toMatchObject({ code: refused });
  expect(readdirSync(where)).toEqual([]);
});
