import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle, newFolder, start } from '../e2e/program.js';
import { memory } from '../support/memory.js';
import { recordTotal } from '../support/totals.js';
import { explore } from './explorer.js';
import { recover } from './recovery.js';
import { all, sample } from './sample.js';
import { everything, shortScenes } from './scenes.js';

const count = { stops: 0, slowest: 0, full: 0, wrong: 0 };
afterAll(() => {
  const { stops, slowest, full, wrong } = count;
  const detail = `${wrong} runs left a damaged file or did not converge`;
  recordTotal({
    suite: 'R9',
    title: 'signals',
    ran: stops,
    floor: 8,
    sampled: all ? null : 'four moments for each of two signals',
    all: 'npm run faults',
    detail: `the slowest end after ${slowest} ms; ${detail}`,
  });
  recordTotal({
    suite: 'R9',
    title: 'disks that fill up or become read-only',
    ran: full,
    floor: 4 * shortScenes.length,
    sampled: all ? null : 'two file operations for each error and path',
    all: 'npm run faults',
    detail,
  });
});

const stackLine = /^\s+at .+:\d+:\d+\)?$/m;
const exits = { SIGINT: 130, SIGTERM: 143 } as const;

describe('stopped by a signal (R9)', { timeout: 300_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s at any boundary ends the run in time, and the same command again converges',
    async (signal) => {
      const { bench, traced, wanted } = await explore(everything);
      const wrong: string[] = [];
      for (const { name } of sample(traced.boundaries, 4)) {
        await bench.prepare(everything);
        const { code, said, tookMs } = await bench.disturb(everything, name, signal);
        count.stops += 1;
        if (tookMs === undefined || tookMs > 2_000) wrong.push(`${name}: it ends after ${tookMs} ms`);
        count.slowest = Math.max(count.slowest, Math.round(tookMs ?? 0));
        if (code !== exits[signal]) wrong.push(`${name}: it ends with ${code}`);
        if (stackLine.test(said) || !said.includes('Run the same command again')) wrong.push(`${name}: it says ${said.slice(-300)}`);
        wrong.push(...(await recover(bench, everything, wanted)).map((what) => `${name}: ${what}`));
      }
      count.wrong += wrong.length;
      expect(wrong).toEqual([]);
    },
  );
});

describe('a full disk (R9)', { timeout: 300_000 }, () => {
  it.each((['ENOSPC', 'EROFS'] as const).flatMap((error) => shortScenes.map((scene) => [error, scene.name, scene] as const)))(
    '%s, from some operation on: %s reports it, leaves files whole, and continues when it is fixed',
    async (error, _name, scene) => {
      const { bench, traced, wanted } = await explore(scene);
      const wrong: string[] = [];
      const operations = traced.boundaries.filter(({ name }) => / before \d+$/.test(name));
      for (const { name } of sample(operations, 2)) {
        await bench.prepare(scene);
        const { code, said } = await bench.disturb(scene, name, error);
        count.full += 1;
        // A run that had nothing of weight left to write may end well.
        if (code === null || code === 1 || stackLine.test(said)) wrong.push(`${name}: it ends with ${code}: ${said.slice(-900)}`);
        if (code !== wanted.code && !/^Next: /m.test(said)) wrong.push(`${name}: it does not say what to do next: ${said.slice(-900)}`);
        wrong.push(...(await recover(bench, scene, wanted)).map((what) => `${name}: ${what}`));
      }
      count.wrong += wrong.length;
      expect(wrong).toEqual([]);
    },
  );
});

/** A disk of so many bytes; undefined where we may not mount one. */
const smallDisk = (size: string, options = ''): string | undefined => {
  const folder = newFolder(memory);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}${options}`, 'tmpfs', folder]);
  if (mounted.error !== undefined || mounted.status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
};

describe('a real one (R9)', () => {
  it('that is full: nothing secret is made, and the next command is printed', async () => {
    const disk = smallDisk('64k');
    if (disk === undefined) return console.log('R9: no small disk can be mounted here, so a really full one is left out');
    const home = newFolder(memory);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(60_000));
    const argv = ['init', '--yes', '--secrets-file', join(disk, 'secrets.json'), '--sandbox-file', 'world.json'];
    const exit = await start(process.execPath, [bundle, ...argv], { home }).ended;
    const printed = `${exit.stdout}${exit.stderr}`;
    expect([exit.code, exit.signal]).toEqual([2, null]);
    expect(printed).toMatch(/cannot\s+be\s+written.*disk\s+is\s+full/is);
    expect(printed).toMatch(/^Next: /m);
    expect(printed).not.toMatch(stackLine);
    expect(readFileSync(join(home, 'world.json'), 'utf8')).not.toContain('"name": "admin"');
    rmSync(join(disk, 'filler'));
    const again = await start(process.execPath, [bundle, ...argv], { home }).ended;
    expect(again.code, again.stderr).toBe(5);
    expect(existsSync(join(disk, 'secrets.json'))).toBe(true);
  });

  it('that is read-only, home included: nothing is made, and the next command is printed', async () => {
    const home = smallDisk('64k', ',ro');
    if (home === undefined) return console.log('R9: no read-only home can be mounted here, so it is left out');
    const elsewhere = newFolder(memory);
    const argv = ['init', '--yes', '--secrets-file', join(home, 'secrets.json'), '--sandbox-file', join(elsewhere, 'world.json')];
    const exit = await start(process.execPath, [bundle, ...argv], { home }).ended;
    expect(exit.code).toBe(2);
    expect(`${exit.stdout}${exit.stderr}`).toMatch(/cannot\s+be\s+written.*read-only/is);
    const nowhere = await start(process.execPath, [bundle, 'init', '--yes', '--sandbox-file', join(home, 'world.json')], { home }).ended;
    expect(nowhere.code).not.toBe(0);
    expect(`${nowhere.stdout}${nowhere.stderr}`).not.toMatch(stackLine);
    expect(`${nowhere.stdout}${nowhere.stderr}`).toMatch(/^Next: /m);
  });

  it('or a closed stdout: init does everything', async () => {
    const home = newFolder(memory);
    mkdirSync(join(home, 'x'));
    const { child, ended } = start(process.execPath, [bundle, 'init', '--yes', '--sandbox-file', 'world.json'], { home });
    child.stdout?.destroy();
    const exit = await ended;
    expect([exit.code, exit.signal]).toEqual([5, null]);
    expect(exit.stderr).not.toMatch(stackLine);
    expect(readFileSync(join(home, 'world.json.secrets', 'credentials'), 'utf8')).toContain('[practice]');
  });
});
