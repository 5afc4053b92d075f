import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Lock, tryLock } from '../../src/secrets/lock.js';
import { folder } from './scene.js';

const taken = async (path: string): Promise<Lock> => {
  const lock = await tryLock(path);
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
  return lock;
};

describe('a lock', () => {
  it('lets one in, and the next when it is given back', async () => {
    const path = join(folder(), 'file.lock');
    const lock = await taken(path);
    expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
    await lock.release();
    await (await taken(path)).release();
    expect(existsSync(path)).toBe(false);
  });

  it('names another process that holds it', async () => {
    const path = join(folder(), 'file.lock');
    writeFileSync(path, `1 ${hostname()}\n`);
    expect(await tryLock(path)).toEqual({ heldBy: 'process 1' });
  });

  it('is taken over from a process that has ended', async () => {
    const where = folder();
    const path = join(where, 'file.lock');
    const child = spawn('true');
    await once(child, 'exit');
    writeFileSync(path, `${child.pid} ${hostname()}\n`);
    // What a process leaves that is killed while it makes the lock.
    writeFileSync(`${path}.${child.pid}.1`, '');
    await (await taken(path)).release();
    expect(readdirSync(where)).toEqual([]);
  });

  it('is taken from an earlier process with the same number as ours', async () => {
    const path = join(folder(), 'file.lock');
    writeFileSync(path, `${process.pid} ${hostname()}\n`);
    await (await taken(path)).release();
  });

  it('is left to another computer, whose processes cannot be seen from here', async () => {
    const path = join(folder(), 'file.lock');
    writeFileSync(path, '1 elsewhere\n');
    expect(await tryLock(path)).toEqual({ heldBy: 'process 1 on elsewhere' });
  });

  it('goes to exactly one of many who find a dead one', async () => {
    const path = join(folder(), 'file.lock');
    const child = spawn('true');
    await once(child, 'exit');
    writeFileSync(path, `${child.pid} ${hostname()}\n`);
    const results = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    expect(results.filter((result) => 'release' in result)).toHaveLength(1);
  });
});
