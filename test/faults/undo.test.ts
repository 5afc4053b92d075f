import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { World } from '../../src/sandbox/world.js';
import { newFolder, runProgram } from '../e2e/program.js';
import { lasting, own, practiceAccount } from '../scenarios/practice-account.js';
import { countTests, recordTotal } from '../support/totals.js';
import { makeBench } from './killed-process.js';
import { all, sample } from './sample.js';
import { type Scene, worldName } from './scenes.js';

const init = ['init', '--yes', '--skip', 'organization', '--sandbox-file', worldName];
const undo: Scene = { name: 'undo', argv: ['undo', '--yes', '--sandbox-file', worldName] };

/** Without what undo documents as left: the password policy and the contacts. */
const comparable = (world: World): unknown => {
  const { accounts, ...rest } = lasting(world);
  return { ...rest, accounts: { ...accounts, [own]: { ...accounts[own], passwordPolicy: null, alternateContacts: {}, events: [] } } };
};

describe('an undo that is killed (R11)', { timeout: all ? 3_600_000 : 300_000 }, () => {
  it('converges when the same command runs again', async () => {
    const bench = makeBench();
    await bench.prepare(undo);
    const worldOf = (): World => JSON.parse(readFileSync(path.join(bench.root, worldName), 'utf8')) as World;
    const before = comparable(worldOf());
    const made = await runProgram(init, { home: bench.root });
    expect(made.code, made.stderr).toBe(5);
    const initialized = path.join(newFolder(), 'home');
    cpSync(bench.root, initialized, { recursive: true, preserveTimestamps: true });

    const { boundaries, code } = await bench.trace(undo);
    expect(code).toBe(0);
    expect(comparable(worldOf())).toEqual(before);
    const writes = boundaries.filter(({ name }) => /^\w+:(Delete|Deactivate|Detach|Remove)\w+ (sent|acted)/.test(name));
    expect(writes.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    const chosen = sample(writes, 6);
    for (const { name } of chosen) {
      bench.restore(initialized);
      if (!(await bench.kill(undo, name))) wrong.push(`${name}: the process was not killed`);
      const again = await runProgram(undo.argv, { home: bench.root });
      if (again.code !== 0) wrong.push(`${name}: the second run ended with ${again.code}: ${again.stderr}`);
      if (JSON.stringify(comparable(worldOf())) !== JSON.stringify(before)) wrong.push(`${name}: the account is not as it was`);
    }
    recordTotal({
      suite: 'R11',
      title: 'kills of undo',
      ran: chosen.length,
      floor: 6,
      sampled: all ? null : `${chosen.length} of ${writes.length} moments`,
      all: 'npm run faults',
      detail: `${wrong.length} times the account was not as before`,
    });
    expect(wrong).toEqual([]);
  });
});

describe('an undo whose answers are lost (R11)', { timeout: 300_000 }, () => {
  countTests({ suite: 'R11', title: 'lost answers of undo', floor: 20, sampled: null, all: 'npm test' });
  const operations = [
    'iam:RemoveUserFromGroup',
    'iam:DetachGroupPolicy',
    'iam:DeleteGroup',
    'iam:DeleteLoginProfile',
    'iam:DeleteAccessKey',
    'iam:DeactivateMFADevice',
    'iam:DeleteVirtualMFADevice',
    'iam:DeleteUser',
    'iam:DeleteAccountAlias',
    'budgets:DeleteBudget',
  ];
  it.each(operations.flatMap((operation) => (['drop-before', 'drop-after'] as const).map((kind) => [operation, kind] as const)))(
    '%s, %s: the answer is read back, and at most one more run is needed',
    async (operation, kind) => {
      const practice = practiceAccount();
      const before = comparable(practice.world());
      await practice.run(['init', '--yes', '--skip', 'organization']);
      practice.turn({ faults: [{ operation, times: 1, what: { kind } }] });
      const first = await practice.run(['undo', '--yes']);
      expect([0, 6], first.stderr).toContain(first.code);
      if (first.code === 6) expect((await practice.run(['undo', '--yes'])).code).toBe(0);
      expect(comparable(practice.world())).toEqual(before);
    },
  );
});
