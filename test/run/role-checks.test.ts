import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoleChecks } from '../../src/run/role-checks.js';
import { testFolder } from '../support/test-folder.js';

const arn = 'arn:aws:iam::200000000001:role/Boss';
const check = { reachable: 'yes', reason: null, checkedAt: '2026-11-23T10:00:00.000Z' } as const;

it('remembers the last check of each role, in a file that only the owner can read', async () => {
  const file = join(testFolder(), 'state', 'role-checks.json');
  const checks = makeRoleChecks(file);
  expect(await checks.of(arn)).toBeUndefined();
  await checks.note({ [arn]: check });
  await checks.note({ other: { ...check, reachable: 'no' } });
  expect([await checks.of(arn), (await checks.of('other'))?.reachable, statSync(file).mode & 0o777]).toEqual([check, 'no', 0o600]);
});

it.each([
  ['another version', { version: 2, checks: { [arn]: check } }],
  ['a check without its time', { version: 1, checks: { [arn]: { reachable: 'yes' } } }],
  ['no checks', { version: 1 }],
  ['no JSON', undefined],
])('ignores a file with %s', async (_what, content) => {
  const file = join(testFolder(), 'role-checks.json');
  writeFileSync(file, content === undefined ? '{' : JSON.stringify(content));
  expect(await makeRoleChecks(file).of(arn)).toBeUndefined();
});

it('does not fail if it cannot write', async () => {
  const file = join(testFolder(), 'role-checks.json');
  mkdirSync(file);
  await makeRoleChecks(file).note({ [arn]: check });
});
