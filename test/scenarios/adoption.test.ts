import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { lost } from './lost.js';
import { lasting, openFindingIds, own } from './practice-account.js';
import {
  accountInState,
  admin,
  alias,
  axes,
  isPossible,
  openFindings,
  makePieces,
  type Pieces,
  type State,
  untouched,
} from './starting-states.js';

let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});

describe('an account with existing resources', () => {
  const single = (Object.keys(axes) as (keyof State)[])
    .flatMap((axis) => axes[axis].map((value) => ({ axis, value, state: { ...untouched, [axis]: value } as State })))
    .map(({ axis, value, state }) => ({ axis, value, state: withRequirements(axis, state) }));

  it.each(single)('is adopted: $axis $value', async ({ state }) => {
    await expectAdoption(state);
  });

  it('is adopted, with any combination of resources', async () => {
    let count = 0;
    const state = fc.record(
      Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, fc.constantFrom(...values)])),
    ) as unknown as fc.Arbitrary<State>;
    await fc.assert(
      fc.asyncProperty(state.filter(isPossible), async (one) => {
        count += 1;
        await expectAdoption(one);
      }),
      { numRuns: 250, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
    console.log(`starting states: ${single.length} alone and ${count} together, of ${possible()}`);
    expect(count).toBeGreaterThan(5);
  }, 120_000);
});

describe('an existing alias', () => {
  it('is kept by default, and the finding names the flag that replaces it', async () => {
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

  it('is kept if the new alias is taken', async () => {
    const practiced = accountInState({ ...untouched, alias: 'other' }, pieces);
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'alias', '--replace-alias', '--alias', 'taken']);
    expect(practiced.account().alias).toBe('old-name');
    expect(report.steps?.find(({ id }) => id === 'alias')?.error).toMatchObject({ code: 'E-ALIAS-TAKEN', changed: false });
    expect(code).toBe(7);
  });
});

describe('an alias that is taken', () => {
  it('fails its step with three suggestions, and the other steps continue', async () => {
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

  it('can be replaced with a suggestion, which is the only change of the next run', async () => {
    const practiced = accountInState(untouched, pieces);
    const first = await practiced.report(['init', '--yes', '--alias', 'taken']);
    const [suggestion = ''] = first.report.steps?.find(({ id }) => id === 'alias')?.error?.next.match(/\btaken-\w+/) ?? [];
    const { code, writes } = await practiced.report(['init', '--yes', '--alias', suggestion]);
    expect(practiced.account().alias).toBe(suggestion);
    expect(writes).toEqual(['iam:CreateAccountAlias']);
    expect(code).toBe(5);
  });

  it('can be taken by another account of the practice world', async () => {
    const practiced = accountInState({ ...untouched, organization: 'has the account' }, pieces);
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

describe('an existing profile', () => {
  const mine =
    '# mine\n[work]\naws_access_key_id = AKIAMINE111111111111\naws_secret_access_key = mine\n\n[other]\naws_access_key_id = AKIAOTHER11111111111\naws_secret_access_key = other';
  const withProfile = () => {
    const practiced = accountInState(untouched, pieces);
    mkdirSync(practiced.secrets, { mode: 0o700 });
    writeFileSync(join(practiced.secrets, 'credentials'), mine, { mode: 0o600 });
    return practiced;
  };

  it('is kept, and no key is created that could not be stored', async () => {
    const practiced = withProfile();
    const { code, report } = await practiced.report(['init', '--yes', '--only', 'access-keys']);
    expect(practiced.account().users.map(({ name }) => name)).toEqual(['bob']);
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(mine);
    expect(openFindingIds(report)).toEqual(['access-keys.exists']);
    expect(report.results.find(({ id }) => id === 'access-keys.exists')?.remediation?.command).toContain('--replace-profile');
    expect(code).toBe(5);
  });

  it('is overwritten with --replace-profile, and other profiles are not', async () => {
    const practiced = withProfile();
    const { code } = await practiced.report(['init', '--yes', '--only', 'access-keys', '--replace-profile']);
    const [key] = practiced.account().users.find(({ name }) => name === 'ci')?.accessKeys ?? [];
    expect(readFileSync(join(practiced.secrets, 'credentials'), 'utf8')).toBe(
      mine.replace('AKIAMINE111111111111', key?.id ?? '').replace('= mine\n', `= ${key?.secret}\n`),
    );
    expect(code).toBe(0);
  });
});

/** In every state: init finishes, a second init writes nothing, check agrees, and resources of other owners are unchanged. */
const expectAdoption = async (state: State): Promise<void> => {
  const practiced = accountInState(state, pieces);
  const before = practiced.world();
  const first = await practiced.report(['init', '--yes']);
  const after = practiced.world();
  expect(lost(before, after)).toEqual(mayChange(state));
  expect(policyOf(after)).toEqual(strictest(policyOf(before)));
  expect(first.writes).toEqual(first.report.plan?.flatMap(({ calls }) => calls));
  expect(failures(first.report)).toEqual([]);
  expect(openFindingIds(first.report).toSorted()).toEqual(openFindings(state).toSorted());
  expect(first.code).toBe(openFindings(state).length === 0 ? 0 : 5);

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

/** Adds what the value on this axis requires: a device, for example, needs its user. */
function withRequirements(axis: keyof State, state: State): State {
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

/** What may change, because of the config or a tag of this tool. Everything else stays the same. */
const mayChange = (state: State): readonly string[] => {
  const leftover = { 'leftover of this tool': admin, 'leftover of this tool, numbered': `${admin}-2` }[state.device as string];
  // For a user with a password, it is created again under its name. Otherwise, it is only deleted.
  const again = state.user !== 'none' || state.group !== 'used for something else';
  return [
    ...(leftover === undefined ? [] : [`${own}.mfaDevices[arn:aws:iam::${own}:mfa/${leftover}]${again ? '.seed' : ''}`]),
    ...(state.budget === 'with a different limit' ? [`${own}.budgets[Monthly cost budget].budget.BudgetLimit.Amount`] : []),
    ...(state.organization === 'billing only' ? [`organizations[${pieces.world.organizations[0]?.id}].featureSet`] : []),
  ];
};

const policyOf = ({ accounts }: World): Record<string, boolean | number> => accounts[own]?.passwordPolicy ?? {};

/** The default policy of AWS: 8 characters, several classes; users may change their password. */
const defaultPolicy = {
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  ExpirePasswords: false,
};

/** The existing policy, with a greater length and more remembered passwords if it had less. */
const strictest = (policy: Record<string, boolean | number>): Record<string, boolean | number> => ({
  ...(Object.keys(policy).length === 0 ? defaultPolicy : policy),
  MinimumPasswordLength: Math.max(14, Number(policy['MinimumPasswordLength'] ?? 0)),
  PasswordReusePrevention: 24,
});

/** The number of possible states. */
const possible = (): number => {
  const { user, group, login, device, ...others } = axes;
  const people = user.flatMap((one) =>
    group.flatMap((two) =>
      login.flatMap((three) => device.map((four) => ({ ...untouched, user: one, group: two, login: three, device: four }))),
    ),
  );
  return Object.values(others).reduce((product, values) => product * values.length, people.filter(isPossible).length);
};
