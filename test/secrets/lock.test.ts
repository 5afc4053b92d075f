import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isHolderGone, type Lock, tryLock, waitForLock } from '../../src/secrets/lock.js';
import { folder, refusal } from './scene.js';

const taken = async (path: string): Promise<Lock> => {
  const lock = await tryLock(path);
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
  return lock;
};

/** No process has this number. */
const gone = 999_999_999;

describe('a lock', () => {
  it('lets one in, and the next when it is given back', async () => {
    const path = join(folder(), 'file.lock');
    const lock = await taken(path);
    expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
    await lock.release();
    await (await taken(path)).release();
    expect(existsSync(path)).toBe(false);
  });

  it('is one file, readable only by the user, that names this process', async () => {
    const where = folder();
    const path = join(where, 'file.lock');
    const lock = await taken(path);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(where)).toEqual(['file.lock']);
    await lock.release();
  });

  it('given back twice does not free it for a second holder', async () => {
    const path = join(folder(), 'file.lock');
    const first = await taken(path);
    await first.release();
    const second = await taken(path);
    await first.release();
    expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
    expect(existsSync(path)).toBe(true);
    await second.release();
  });

  it('is held by one at a time, also while others take it and give it back', async () => {
    const path = join(folder(), 'file.lock');
    let holders = 0;
    let turns = 0;
    const holder = async (): Promise<void> => {
      for (let turn = 0; turn < 50; ) {
        await setImmediate();
        const lock = await tryLock(path);
        if ('heldBy' in lock) continue;
        holders += 1;
        expect(holders).toBe(1);
        // Others come while it is held.
        await stat(path);
        holders -= 1;
        turn += 1;
        turns += 1;
        await lock.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, holder));
    expect(turns).toBe(400);
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

  it('is held by the process that its file names', async () => {
    const path = join(folder(), 'file.lock');
    const lock = await taken(path);
    writeFileSync(path, `1 ${hostname()}\n`);
    expect(await tryLock(path)).toEqual({ heldBy: 'process 1' });
    await lock.release();
  });

  it('is free when someone deletes its file, and its release is no error', async () => {
    const path = join(folder(), 'file.lock');
    const lock = await taken(path);
    rmSync(path);
    await lock.release();
    const next = await taken(path);
    rmSync(path);
    await (await taken(path)).release();
    await next.release();
  });

  it('can be tried again after an error', async () => {
    const where = join(folder(), 'later');
    const path = join(where, 'file.lock');
    for (const _ of [1, 2]) await expect(tryLock(path)).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(where);
    await (await taken(path)).release();
  });

  it('that is a link to nothing is held by an unknown process', async () => {
    const path = join(folder(), 'file.lock');
    symlinkSync('nothing', path);
    expect(await tryLock(path)).toEqual({ heldBy: 'an unknown process' });
    expect(readlinkSync(path)).toBe('nothing');
  });

  it('is taken although a file beside it cannot be removed', async () => {
    const where = folder();
    const path = join(where, 'file.lock');
    mkdirSync(`${path}.${gone}.1`);
    const lock = await taken(path);
    expect(await tryLock(path)).toEqual({ heldBy: 'this process' });
    await lock.release();
    expect(readdirSync(where)).toEqual([`file.lock.${gone}.1`]);
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

describe('a lock file', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['text', 'locked\n'],
    ['no end of line', `${gone} ${hostname()}`],
    ['a second line', `${gone} ${hostname()}\nmore\n`],
    ['text before the number', `pid ${gone} ${hostname()}\n`],
    ['only a number', `${gone}\n`],
  ])('with %s is held by an unknown process', async (_, content) => {
    const path = join(folder(), 'file.lock');
    writeFileSync(path, content);
    expect(await tryLock(path)).toEqual({ heldBy: 'an unknown process' });
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it.each<[string, boolean]>([
    [`file.lock.${gone}.1`, false],
    [`file.lock.${gone}.12`, false],
    [`file.lock.${process.pid}.999`, true],
    [`file.lock.${process.ppid}.1`, true],
    [`file.lock.${gone}.1.old`, true],
    [`file.lock.old.${gone}.1`, true],
    [`file.lock.${gone}.`, true],
    [`file.lock.${gone}`, true],
    ['file.lock.old', true],
    [`other.lock.${gone}.1`, true],
    [`fine.lock.${gone}.1`, true],
  ])('beside a file %s: that it stays is %s', async (name, stays) => {
    const where = folder();
    writeFileSync(join(where, name), '');
    await (await taken(join(where, 'file.lock'))).release();
    expect(readdirSync(where)).toEqual(stays ? [name] : []);
  });
});

describe('the holder of an entry', () => {
  it.each<[string, boolean]>([
    [`${gone} ${hostname()}`, true],
    [`${gone} elsewhere`, false],
    [`${process.pid} ${hostname()}`, true],
    [`${process.pid} elsewhere`, false],
    [`${process.ppid} ${hostname()}`, false],
    [`pid ${gone} ${hostname()}`, false],
    [`${gone} ${hostname()}\nmore`, false],
    [`${gone}`, false],
    ['', false],
  ])('%j is gone: %s', (name, expected) => {
    expect(isHolderGone(name)).toBe(expected);
  });
});

describe('waiting for a lock', () => {
  const waiting = (limitMs: number, during: (slept: readonly number[]) => Promise<void> = async () => {}) => {
    const slept: number[] = [];
    const clock = {
      now: () => new Date(),
      sleep: async (ms: number) => {
        slept.push(ms);
        await during(slept);
      },
    };
    return { slept, options: { clock, limitMs, heldMessage: (name: string, holder: string) => `${holder} has ${name}` } };
  };

  it.each<[number, readonly number[]]>([
    [0, []],
    [14, [5, 10]],
    [15, [5, 10]],
    [16, [5, 10, 20]],
    [400, [5, 10, 20, 40, 80, 100, 100, 100]],
  ])('ends after %i ms, with sleeps of %j', async (limitMs, sleeps) => {
    const path = join(folder(), 'file.lock');
    writeFileSync(path, `1 ${hostname()}\n`);
    const { slept, options } = waiting(limitMs);
    const error = await refusal(waitForLock(path, options));
    expect(error).toMatchObject({ code: 'E-SECRETS-DESTINATION', message: `process 1 has ${path}` });
    expect(error.next).toContain(`delete ${path}`);
    expect(slept).toEqual(sleeps);
  });

  it('gets it as soon as it is given back', async () => {
    const path = join(folder(), 'file.lock');
    const first = await taken(path);
    const { slept, options } = waiting(10_000, async (sleeps) => {
      if (sleeps.length === 3) await first.release();
    });
    const second = await waitForLock(path, options);
    expect(slept).toEqual([5, 10, 20]);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid} ${hostname()}\n`);
    await second.release();
  });
});
