import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSharedConfigFiles } from '@smithy/core/config';
import { build } from 'rolldown';
import { afterAll, describe, expect, it } from 'vitest';
import { newFolder, startProgram } from '../e2e/program.js';
import { memory } from '../support/memory.js';
import { run } from '../support/child-process.js';
import { recordTotal } from '../support/totals.js';
import { explore } from './explorer.js';
import { recover } from './recovery.js';
import { all, sample } from './sample.js';
import { credentialsIn, everything, scenes, secretsFolder, worldName } from './scenes.js';
import { factsOf, worldIn } from './world-facts.js';

const count = { pairs: 0, duplicates: 0, interleavings: 0, lost: 0, unavoidable: 0, profiles: 0, missing: 0 };
afterAll(() => {
  recordTotal({
    suite: 'R8',
    title: 'pairs of init on one account',
    ran: count.pairs,
    floor: 4,
    sampled: null,
    all: 'npm test',
    detail: `${count.duplicates} with duplicates`,
  });
  recordTotal({
    suite: 'R8',
    title: 'moments of init at which another program writes ~/.aws',
    ran: count.interleavings,
    floor: 14,
    sampled: all ? null : '14 moments, spread evenly',
    all: 'npm run faults',
    detail: `${count.lost} lost lines; ${count.unavoidable} at the one moment that no program without a lock can be noticed in`,
  });
  recordTotal({
    suite: 'R8',
    title: 'profiles of 8 of our own processes',
    ran: count.profiles,
    floor: 800,
    sampled: null,
    all: 'npm test',
    detail: `${count.missing} lost`,
  });
});

describe('two at once (R8)', { timeout: 300_000 }, () => {
  it('two inits on one account, the second begun while the first is at something else, make nothing twice', async () => {
    const { bench, wanted } = await explore(everything);
    const wrong: string[] = [];
    for (const moment of [/Reading the account/, /Budget — done/, /Administrator — done/, /Access keys — done/]) {
      await bench.prepare(everything);
      const one = startProgram(everything.argv, { home: bench.root });
      await one.until(moment);
      const two = startProgram(everything.argv, { home: bench.root });
      const exits = await Promise.all([one.ended, two.ended]);
      count.pairs += 1;
      // A run that meets the other one reports it (2, 6, 7); none ends with a bug in this tool.
      for (const { code, stderr, stdout } of exits) {
        if (code === null || code === 1) wrong.push(`${moment}: a run ends with ${code}: ${stdout}${stderr}`);
      }
      const { users, budgets, devices } = factsOf(worldIn(join(bench.root, worldName)));
      const twice = [users.map(({ name }) => name), budgets.map(({ name }) => String(name)), devices.map(({ serial }) => serial)];
      if (twice.some((names) => new Set(names).size < names.length)) count.duplicates += 1;
      const after = await recover(bench, everything, wanted);
      if (after.length > 0) count.duplicates += 1;
      wrong.push(...after.map((what) => `${moment}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });

  it('what another program writes into the credentials file during init stays in it', async () => {
    const scene = scenes.find(({ foreign }) => foreign !== undefined) ?? everything;
    const { bench, traced } = await explore(scene);
    const theirs = '\n[theirs]\nregion = eu-west-3\n';
    const wrong: string[] = [];
    const from = traced.boundaries.findIndex(({ name }) => name.startsWith('iam:CreateAccessKey sent'));
    for (const { name } of sample(
      traced.boundaries.slice(from).filter(({ name }) => name.includes('/credentials') || name.includes('/config')),
      14,
    )) {
      await bench.prepare(scene);
      const { code } = await bench.disturb(scene, name, { append: theirs, to: join(bench.root, secretsFolder, 'credentials') });
      count.interleavings += 1;
      const text = credentialsIn(bench.root);
      if (!text.includes('[practice]') || code !== 0) wrong.push(`${name}: our profile is lost`);
      if (text.includes(theirs)) continue;
      if (/^rename \S+credentials\.new before/.test(name)) count.unavoidable += 1;
      else {
        count.lost += 1;
        wrong.push(`${name}: their profile is lost`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('eight processes of ours that write a hundred profiles each lose none, and leave nothing beside the files', async () => {
    const folder = newFolder(memory);
    const program = join(folder, 'writer.mjs');
    await build({
      input: fileURLToPath(new URL('./profile-writer.ts', import.meta.url)),
      platform: 'node',
      output: { file: program, format: 'esm' },
      logLevel: 'silent',
    });
    const home = newFolder(memory);
    const files = { filepath: join(home, 'credentials'), configFilepath: join(home, 'config') };
    writeFileSync(files.filepath, '[mine]\nx = 1\n', { mode: 0o600 });
    const ended = await Promise.all(Array.from({ length: 8 }, (_, nth) => run(process.execPath, [program, home, `w${nth}`, '100'])));
    expect(ended.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
    const { credentialsFile, configFile } = await loadSharedConfigFiles({ ...files, ignoreCache: true });
    const names = Array.from({ length: 800 }, (_, index) => `w${Math.floor(index / 100)}-${index % 100}`);
    const there = names.filter(
      (name) => credentialsFile[name]?.['aws_secret_access_key'] === `secret-of-${name}` && configFile[name] !== undefined,
    );
    count.profiles = there.length;
    count.missing = names.length - there.length;
    expect(there).toHaveLength(800);
    expect(credentialsFile['mine']).toEqual({ x: '1' });
    expect(readdirSync(home).sort()).toEqual(['config', 'credentials']);
    expect(readFileSync(files.filepath, 'utf8').match(/^\[/gm)).toHaveLength(801);
  });
});
