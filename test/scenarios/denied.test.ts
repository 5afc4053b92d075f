import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Result, RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { limitedUser } from '../commands/policy/limited-user.js';
import { own, practiceAccount } from './practice-account.js';
import { config } from './starting-states.js';

/** Without any permission, check must report every check as unknown: a check that is silently left out looks like a pass. */
const nothing = { Version: '2012-10-17', Statement: [] } as const;
const everything = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['*'], Resource: '*' }],
} as const;
const yaml = config().replace('free-tier-loss: accepted', 'free-tier-loss: accepted, central-root: true');
let world: World;
beforeAll(async () => {
  const shell = practiceAccount();
  writeFileSync(join(shell.home, 'bootstrap.yaml'), yaml);
  await shell.run(['init', '--yes']);
  world = shell.world();
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the account is not there');
  account.root = { ...account.root, mfa: 'virtual' };
  // Otherwise, every user may call it.
  account.passwordPolicy = { ...account.passwordPolicy, AllowUsersToChangePassword: false };
});

const check = async (policy: typeof nothing | typeof everything, withConfig: boolean): Promise<readonly Result[]> => {
  const user = await limitedUser(policy, { world, ...(withConfig ? { yaml } : {}) });
  const { stdout } = await user.run(['check', '--output', 'json']);
  return (JSON.parse(stdout) as RunReport).results;
};
const ids = (results: readonly Result[]): readonly string[] => [...new Set(results.map(({ id }) => id))].toSorted();

describe.each([
  ['with a config', true],
  ['without a config', false],
])('check by an identity without any permission, %s', (_, withConfig) => {
  let seen: readonly Result[];
  let denied: readonly Result[];
  beforeAll(async () => {
    seen = await check(everything, withConfig);
    denied = await check(nothing, withConfig);
  });

  it('reports the same checks as with all permissions', () => {
    expect(ids(denied)).toEqual(ids(seen));
  });

  it('reports each as unknown, with the missing permission', () => {
    expect(
      denied.filter(({ status, missingPermission, cause }) => status !== 'unknown' || missingPermission === null || cause !== 'denied'),
    ).toEqual([]);
    expect(denied.length).toBeGreaterThan(15);
  });
});
