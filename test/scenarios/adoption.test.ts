import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { lost } from './lost.js';
import { lasting, leftOpen, own } from './practice-account.js';
import {
  accountInState,
  admin,
  alias,
  axes,
  isPossible,
  leaves,
  makePieces,
  type Pieces,
  type State,
  untouched,
} from './starting-states.js';

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

  it('is adopted, in any combination of them', async () => {
    let count = 0;
    const state = fc.record(
      Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, fc.constantFrom(...values)])),
    ) as unknown as fc.Arbitrary<State>;
    await fc.assert(
      fc.asyncProperty(state.filter(isPossible), async (one) => {
        count += 1;
        await adopted(one);
      }),
      { numRuns: 250, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
    console.log(`starting states: ${single.length} alone and ${count} together, of ${possible()}`);
    expect(count).toBeGreaterThan(5);
  }, 120_000);
});

describe('an alias that is there', () => {
  it('is kept without a word of its own, and the way to replace it is said', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(practiced.account().alias).toBe('old-name');
    const [finding] = report.results.filter(({ id }) => id === 'alias.name');
    expect(finding).toMatchObject({ status: 'fail', observed: 'old-name', expected: alias, remediation: { by: 'hand' } });
    expect(finding?.remediation?.command).toContain('--replace-alias');
    expect(code).toBe(5);
  });

  it('is replaced with --replace-alias', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report, writes } = await practiced.report(['init', '--yes', '--only', 'alias', '--replace-alias']);
    expect(practiced.account().alias).toBe(alias);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(report.plan).toMatchObject([{ kind: 'set-alias', risk: 'hard-to-undo' }]);
    expect(code).toBe(0);
  });

  it('is not given up for one that somebody else has', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias', '--replace-alias', '--alias', 'taken']);
    expect(practiced.account().alias).toBe('old-name');
    expect(report.steps?.find(({ id }) => id === 'alias')?.error).toMatchObject({ code: 'E-ALIAS-TAKEN', changed: false });
    expect(code).toBe(7);
  });
});

describe('an alias that somebody else has', () => {
  it('ends its step with three suggestions, and the others go on', async () => {
    const practiced = accountInState(untouched, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--alias', 'taken']);
    expect(practiced.account().alias).toBeNull();
    expect(practiced.account().users.map(({ name }) => name)).toContain(admin);
    expect(practiced.world().organizations).toHaveLength(1);
    const error = report.steps?.find(({ id }) => id === 'alias')?.error;
    expect(error).toMatchObject({
      code: 'E-ALIAS-TAKEN',
      step: 'alias',
      changed: false,
      aws: { operation: 'iam:CreateAccountAlias', error: 'EntityAlreadyExists' },
    });
    expect(error?.message).toContain('"taken"');
    expect(error?.next.match(/\btaken-\w+/g)).toHaveLength(3);
    expect(code).toBe(7);
  });

  it('can be changed for a suggestion, which is all that the next run does', async () => {
    const practiced = accountInState(untouched, pieces);
    const first = await practiced.report(['init', '--yes', '--alias', 'taken']);
    const [suggestion = ''] = first.report.steps?.find(({ id }) => id === 'alias')?.error?.next.match(/\btaken-\w+/) ?? [];
    const { code, writes } = await practiced.report(['init', '--yes', '--alias', suggestion]);
    expect(practiced.account().alias).toBe(suggestion);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(code).toBe(5);
  });

  it('may be an account of the same practice world', async () => {
    const practiced = accountInState({ ...untouched, organization: 'the account is there' }, pieces);
    practiced.edit((_, { accounts }) => {
      const other = Object.values(accounts).find(({ id }) => id !== own);
      if (other !== undefined) other.alias = alias;
    });
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias']);
    expect(practiced.account().alias).toBeNull();
    expect(report.steps?.find(({ id }) => id === 'alias')?.error?.code).toBe('E-ALIAS-TAKEN');
    expect(code).toBe(7);
  });
});

describe('a profile that is there', () => {
  const mine =
    '# mine\n[work]\naws_access_key_id = AKIAMINE111111111111\naws_secret_access_key = mine\n\n[other]\naws_access_key_id = AKIAOTHER11111111111\naws_secret_access_key = other';
  const withProfile = () => {
    const practiced = accountInState(untouched, pieces);
    mkdirSync(practiced.secrets, { mode: 0o700 });
    writeFileSync(join(practiced.secrets, 'credentials'), mine, { mode: 0o600 });
    return practiced;
  };

  it('is kept, and no key is made that would have no place', async () => {
    const practiced = withProfile();
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'access-keys']);
    expect(practiced.account().users.map(({ name }) => name)).toEqual(['bob']);
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(mine);
    expect(leftOpen(report)).toEqual(['access-keys.exists']);
    expect(report.results.find(({ id }) => id === 'access-keys.exists')?.remediation?.command).toContain('--replace-profile');
    expect(code).toBe(5);
  });

  it('is overwritten with --replace-profile, and the others are not', async () => {
    const practiced = withProfile();
    const { code } = await practiced.report(['init', '--yes', '--only', 'access-keys', '--replace-profile']);
    const [key] = practiced.account().users.find(({ name }) => name === 'ci')?.accessKeys ?? [];
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(
      mine.replace('AKIAMINE111111111111', key?.id ?? '').replace('= mine\n', `= ${key?.secret}\n`),
    );
    expect(code).toBe(0);
  });
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

/** How many states there are, possible ones alone. */
const possible = (): number => {
  const { user, group, login, device, ...others } = axes;
  const people = user.flatMap((one) =>
    group.flatMap((two) =>
      login.flatMap((three) => device.map((four) => ({ ...untouched, user: one, group: two, login: three, device: four }))),
    ),
  );
  return Object.values(others).reduce((product, values) => product * values.length, people.filter(isPossible).length);
};
