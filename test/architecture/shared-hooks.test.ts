import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
/** Its files have a process each, so that each loads this module itself. */
const loadedForEachFile = ['e2e/program.ts', 'support/after-each.ts'];

it('sets no hook at the top of a module that tests share: it would be set only for the first file of a worker', () => {
  const shared = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test|\.nightly)\.ts$/.test(file));
  expect(shared.length).toBeGreaterThan(80);
  const withHook = shared.filter((file) => /^(?:before|after)(?:Each|All)\(/m.test(readFileSync(join(root, file), 'utf8')));
  expect(withHook.toSorted()).toEqual(loadedForEachFile);
});
