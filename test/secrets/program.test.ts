import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { isProgram, programOnPath } from '../../src/secrets/program.js';
import { folder } from './scene.js';

const scene = () => {
  const where = folder();
  for (const name of ['first', 'second']) mkdirSync(join(where, name));
  writeFileSync(join(where, 'first', 'plain'), '', { mode: 0o644 });
  mkdirSync(join(where, 'first', 'folder'));
  for (const name of ['plain', 'folder', 'two']) writeFileSync(join(where, 'second', name), '', { mode: 0o755 });
  writeFileSync(join(where, 'first', 'one'), '', { mode: 0o755 });
  symlinkSync('nothing', join(where, 'first', 'two'));
  return { where, PATH: `${join(where, 'first')}:${join(where, 'second')}` };
};

it.each([
  ['one', 'first/one'],
  ['two', 'second/two'],
  ['plain', 'second/plain'],
  ['folder', 'second/folder'],
  ['three', undefined],
])('the program %s is the first file that can be executed: %s', (name, expected) => {
  const { where, PATH } = scene();
  const environment = { HOME: '/', path: '/nowhere', PATH };
  expect(programOnPath([name], environment)).toBe(expected === undefined ? undefined : join(where, expected));
});

it('a program may have several names, and the first folder wins', () => {
  const { where, PATH } = scene();
  expect(programOnPath(['two', 'one'], { PATH })).toBe(join(where, 'first', 'one'));
});

it('no program is found in a relative folder, nor without a PATH', () => {
  const { where } = scene();
  expect(programOnPath(['one'], { PATH: relative(process.cwd(), join(where, 'first')) })).toBeUndefined();
  for (const environment of [{}, { PATH: undefined }, { path: join(where, 'first') }])
    expect(programOnPath(['one'], environment)).toBeUndefined();
});

it('what does not exist is no program', () => {
  expect([isProgram('/no/such/program'), isProgram(process.execPath)]).toEqual([false, true]);
});
