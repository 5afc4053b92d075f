import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { lost } from './lost.js';
import { lasting, leftOpen, own, type PracticeAccount } from './practice-account.js';
import { accountInState, admin, alias, axes, config, isPossible, leaves, makePieces, member, type Pieces, type State, untouched } from './starting-states.js';

let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});

describe('an account where things are there already', () => {
  const single = (Object.keys(axes) as (keyof State)[])
    .flatMap((axis) => axes[axis].map((value) => ({ axis, value, state: { ...untouched, [axis]: value } as State })))
    .map(({ axis, value, state }) => ({ axis, value, state: made(axis, state) }));

  it.each(single)('is adopted: $axis $value', async ({ state }) => {
    await adopted(state);
  });

  it(
    'is adopted, in any combination of them',
    async () => {
      let count = 0;
      const state = fc.record(Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, fc.constantFrom(...values)]))) as unknown as fc.Arbitrary<State>;
      await fc.assert(
        fc.asyncProperty(state.filter(isPossible), async (one) => {
          count += 1;
          await adopted(one);
        }),
        { numRuns: 250, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
      );
      expect(count).toBeGreaterThan(20);
    },
    120_000,
  );
});

/** Whatever was there: init ends, a second one writes nothing, check agrees, and nothing is gone that is not ours to take. */
const adopted = async (state: State): Promise<void> => {
  const practiced = accountInState(state, pieces);
  const before = practiced.world();
  const first = await practiced.report(['init', '--yes']);
  const after = practiced.world();
  expect(lost(before, after)).toEqual(mayChange(state));
  expect(policyOf(after)).toEqual(strictest(policyOf(before)));
  expect(first.writes).toEqual(first.report.plan?.flatMap(({ calls }) => calls));
  expect(failures(first.report)).toEqual([]);
  expect(leftOpen(first.report).toSorted()).toEqual(leaves(state).toSorted());
  expect(first.code).toBe(leaves(state).length === 0 ? 0 : 5);

  const second = await practiced.report(['init', '--yes']);
  expect(second.writes).toEqual([]);
  expect(lasting(practiced.world())).toEqual(lasting(after));
  expect(openResources(second.report)).toEqual(openResources(first.report));
  expect(second.code).toBe(first.code);

  const check = await practiced.report(['check']);
  expect(check.writes).toEqual([]);
  expect(openResources(check.report)).toEqual(openResources(second.report));
  expect([0, 3]).toContain(check.code);
};

/** Something that can only be there together with something else. */
function made(axis: keyof State, state: State): State {
  if (axis === 'user' && state.user === 'in the group') return { ...state, group: 'wanted' };
  if ((axis === 'login' && state.login === 'yes') || (axis === 'device' && state.device === 'enabled')) return { ...state, user: 'bare' };
  return state;
}

const failures = ({ steps = [] }: RunReport) => steps.filter(({ status }) => status === 'failed' || status === 'blocked');

const openResources = ({ results }: RunReport): readonly string[] =>
  results
    .filter(({ kind, status }) => kind === 'wanted' && status !== 'pass' && status !== 'not-applicable')
    .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
    .toSorted();

/** What the config or a tag of ours gives leave to change. Everything else stays as it was. */
const mayChange = (state: State): readonly string[] => {
  const leftover = { 'left over, ours': admin, 'left over, ours under a number': `${admin}-2` }[state.device as string];
  // Made again under its name for whoever has a password; else only taken away.
  const again = state.user !== 'none' || state.group !== 'in use for something else';
  return [
    ...(leftover === undefined ? [] : [`${own}.mfaDevices[arn:aws:iam::${own}:mfa/${leftover}]${again ? '.seed' : ''}`]),
    ...(state.budget === 'with another limit' ? [`${own}.budgets[Monthly cost budget].budget.BudgetLimit.Amount`] : []),
    ...(state.organization === 'billing only' ? [`organizations[${pieces.world.organizations[0]?.id}].featureSet`] : []),
  ];
};

const policyOf = ({ accounts }: World): Record<string, boolean | number> => accounts[own]?.passwordPolicy ?? {};

/** AWS's own policy, which is in force while there is no other: 8 characters, several classes; users may change their password. */
const byDefault = {
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  ExpirePasswords: false,
};

/** What was there, but longer and with more memory where it was short of either. */
const strictest = (policy: Record<string, boolean | number>): Record<string, boolean | number> => ({
  ...(Object.keys(policy).length === 0 ? byDefault : policy),
  MinimumPasswordLength: Math.max(14, Number(policy['MinimumPasswordLength'] ?? 0)),
  PasswordReusePrevention: 24,
});
