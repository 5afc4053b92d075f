import { cpSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { ErrorInfo } from '../../src/core/errors.js';
import type { RunReport } from '../../src/core/report.js';
import { practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { AccountWorld, World } from '../../src/sandbox/world.js';
import { secretsLost } from '../faults/world-facts.js';
import { lost } from '../scenarios/lost.js';
import { makePieces } from '../scenarios/starting-states.js';
import { testFolder } from '../support/host.js';
import { recordTotal } from '../support/totals.js';
import { type Disturbance, type Ended, newStart, type Start, startWalk, type Walk } from './walk.js';

/**
 * Random walks (R7): commands, each with or without a disturbance, and edits by a person between them. After each step nothing of anyone
 * else is removed and nothing is created twice; after each init that ends well no secret is lost and nothing is left over. In the end, one
 * more init has nothing to do, and check agrees.
 */

const all = process.env['PROOF_ALL'] !== undefined;
const walks = Number(process.env['PROOF_WALKS'] ?? (all ? 50_000 : 500));
const seed = Number(process.env['PROOF_SEED'] ?? 1);
/** Of a walk that failed, as fast-check prints it: only that walk runs. */
const path = process.env['PROOF_PATH'];
const yes = ['--yes', '--account-id', own] as const;
const init = ['init', ...yes, '--secrets-file', 'secrets.json', '--replace-profile'] as const;

const commands: Readonly<Record<string, (account: AccountWorld) => readonly string[]>> = {
  init: () => init,
  'init --only access-keys': () => [...init, '--only', 'access-keys'],
  'init --only admin-user,mfa': () => [...init, '--only', 'admin-user,mfa'],
  check: () => ['check'],
  'keys list': () => ['keys', 'list'],
  'keys rotate': () => ['keys', 'rotate', '--user', 'ci', ...yes],
  'keys rotate --delete-inactive': () => ['keys', 'rotate', '--user', 'ci', '--delete-inactive', ...yes],
  'keys disable': (account) => ['keys', 'disable', '--user', 'ci', '--key', keyOf(account, 'Active'), ...yes],
  'keys enable': (account) => ['keys', 'enable', '--user', 'ci', '--key', keyOf(account, 'Inactive'), ...yes],
  'keys delete': (account) => ['keys', 'delete', '--user', 'ci', '--key', keyOf(account, 'Inactive'), ...yes],
  undo: () => ['undo', ...yes],
};

const ci = ({ users }: AccountWorld) => users.find(({ name }) => name === 'ci');
const alex = ({ users }: AccountWorld) => users.find(({ name }) => name === 'alex');
const keyOf = (account: AccountWorld, status: 'Active' | 'Inactive'): string =>
  ci(account)?.accessKeys.find((key) => key.status === status)?.id ?? 'AKIANONE111111111111';

/** What a person does in the console. `stored`: what the computers store at that time. */
const edits: Readonly<Record<string, (account: AccountWorld, stored: string) => void>> = {
  'removes the alias': (account) => void (account.alias = null),
  'chooses another alias': (account) => void (account.alias = 'by-hand'),
  'raises the budget': ({ budgets }) => void Object.assign(budgets.at(-1)?.budget ?? {}, { BudgetLimit: { Amount: '500', Unit: 'USD' } }),
  'deletes the budget': (account) =>
    void (account.budgets = account.budgets.filter(({ budget }) => budget['BudgetName'] !== 'Monthly cost budget')),
  'takes the administrator out of the group': (account) => void Object.assign(alex(account) ?? {}, { groups: [] }),
  'deletes the password of the administrator': (account) => void Object.assign(alex(account) ?? {}, { password: null }),
  'deletes a key': (account) => void ci(account)?.accessKeys.shift(),
  'disables a key': (account) => void Object.assign(ci(account)?.accessKeys[0] ?? {}, { status: 'Inactive' }),
  // A key whose secret was lost with an answer can be used by no one.
  'uses the keys': (account, stored) => {
    for (const key of ci(account)?.accessKeys ?? [])
      if (stored.includes(key.secret)) key.lastUsed = { at: '2026-11-23T10:00:00.000Z', service: 's3', region: 'us-east-1' };
  },
  'adds someone to the group': (account) => void bob(account)?.groups.push('Administrators'),
  'adds a device without a user': (account) =>
    void account.mfaDevices.push({
      serial: `arn:aws:iam::${own}:mfa/phone-${account.mfaDevices.length}`,
      seed: 'A'.repeat(64),
      kind: 'virtual',
      user: null,
      enabledAt: null,
      createdAt: '2026-11-23T10:00:00.000Z',
      tags: {},
    }),
};
const bob = (account: AccountWorld) =>
  account.groups.some(({ name }) => name === 'Administrators') ? account.users.find(({ name }) => name === 'bob') : undefined;

type Step = { readonly person: string } | { readonly command: string; readonly disturbance: Disturbance };

/** Most runs send fewer than 30 requests, and a whole init of a new account sends 60. */
const at = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 25 }) }, { weight: 1, arbitrary: fc.integer({ min: 26, max: 70 }) });
const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Disturbance>({ kind: 'none' }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), at, when: fc.constantFrom('before' as const, 'after' as const) }),
  },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 5_000, 30_000).map((lagMs): Disturbance => ({ kind: 'knobs', knobs: { lagMs } })) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        skip: at,
        times: fc.integer({ min: 1, max: 12 }),
        operation: fc.constantFrom('*', 'iam:Create*', 'iam:*'),
        what: fc.constantFrom(
          { kind: 'error' as const, code: 'Throttling', status: 400 },
          { kind: 'error' as const, code: 'ExpiredToken', status: 403 },
          { kind: 'error' as const, code: 'AccessDenied', status: 403 },
          { kind: 'drop-before' as const },
          { kind: 'drop-after' as const },
          { kind: 'status-after' as const, status: 500 },
        ),
      })
      .map((rule): Disturbance => ({ kind: 'knobs', knobs: { faults: [rule] } })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at, command: fc.constantFrom('init', 'check', 'init --only access-keys') }).map(
      (second): Disturbance => ({
        kind: 'second process',
        at: second.at,
        argv: second.command === 'check' ? ['check'] : [...init, ...second.command.split(' ').slice(1)],
      }),
    ),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ command: fc.constantFrom(...Object.keys(commands)), disturbance }) },
  { weight: 1, arbitrary: fc.record({ person: fc.constantFrom(...Object.keys(edits)) }) },
);

let starts: Readonly<Record<'new' | 'bootstrapped', Start>>;
beforeAll(async () => {
  const fresh = newStart(await makePieces());
  const walk = await startWalk(fresh);
  const { code, stderr } = await walk.run(init);
  if (code !== 5) throw new Error(`init ended with ${code}: ${stderr}`);
  const home = testFolder();
  cpSync(walk.home, home, { recursive: true });
  starts = { new: fresh, bootstrapped: { world: structuredClone(walk.world), home } };
});

const count = { walks: 0, steps: 0, killed: 0 };

it(`random walks keep every promise (R7, seed ${seed})`, { timeout: all ? 12 * 3_600_000 : 1_800_000 }, async () => {
  const from = fc.constantFrom('new' as const, 'bootstrapped' as const, 'bootstrapped' as const);
  await fc.assert(
    fc.asyncProperty(from, fc.array(step, { minLength: 1, maxLength: 4 }), async (start, taken) => {
      const walk = await startWalk(starts[start]);
      const stored: string[] = [walk.stored()];
      for (const one of taken) {
        await take(walk, one);
        stored.push(walk.stored());
      }
      await expectConvergence(walk, stored.join('\n'));
      count.walks += 1;
    }),
    { numRuns: walks, seed, endOnFailure: !all, ...(path === undefined ? {} : { path }) },
  );
  console.log(`R7 random walks, seed ${seed}: ${count.walks} walks of ${count.steps} steps, ${count.killed} of them killed`);
  recordTotal({
    suite: 'R7',
    ran: count.walks,
    floor: walks,
    sampled: walks < 50_000 ? `${walks.toLocaleString('en')} of 50,000 walks` : null,
    all: 'npm run proof',
  });
});

const take = async (walk: Walk, one: Step): Promise<void> => {
  count.steps += 1;
  if ('person' in one) {
    edits[one.person]?.(walk.account, walk.stored());
    return;
  }
  const before = foreign(walk.world);
  const argv = commands[one.command]?.(walk.account) ?? [];
  const ran = await walk.run(argv, one.disturbance);
  if (ran.killed) count.killed += 1;
  expectSound(walk, ran);
  expect(lost(before, foreign(walk.world))).toEqual([]);
};

/** Holds after every run, however it ended. */
const expectSound = ({ account, world }: Walk, { code, stdout, stderr, killed }: Ended): void => {
  if (!killed) {
    const report = JSON.parse(stdout) as { readonly error?: ErrorInfo; readonly steps?: readonly { readonly error: ErrorInfo | null }[] };
    const errors = [report.error, ...(report.steps ?? []).map(({ error }) => error)].flatMap((error) => error?.code ?? []);
    expect(errors).not.toContain('E-UNEXPECTED');
    expect([0, 2, 3, 4, 5, 6, 7]).toContain(code);
  }
  for (const secret of secretsOf(world)) expect(stdout + stderr).not.toContain(secret);
  const names = [
    ...account.users.map(({ name }) => `user ${name}`),
    ...account.budgets.map(({ budget }) => `budget ${String(budget['BudgetName'])}`),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(ci(account)?.accessKeys.length ?? 0).toBeLessThanOrEqual(2);
  expect(account.mfaDevices.filter(({ user }) => user === 'alex').length).toBeLessThanOrEqual(1);
};

/** Without disturbance, init ends well; then it has nothing to do, no secret is lost, nothing is left over, and check agrees. */
const expectConvergence = async (walk: Walk, storedBefore: string): Promise<void> => {
  const before = foreign(walk.world);
  const first = await walk.run(init);
  expectSound(walk, first);
  expect(first.code, first.stdout).toBe(5);
  const second = await walk.run(init);
  expect([second.code, second.writes]).toEqual([5, []]);
  expect(lost(before, foreign(walk.world))).toEqual([]);
  const missing = secretsLost(onlyOurs(walk.world), walk.stored());
  // A key that was rotated and then enabled again: its secret was replaced in its profile, as asked.
  const wasStored = secretsLost(onlyOurs(walk.world), storedBefore);
  expect(missing.filter((what) => !what.includes('access key') || wasStored.includes(what))).toEqual([]);
  expect(walk.account.mfaDevices.filter(({ user, tags }) => user === null && Object.keys(tags).length > 0)).toEqual([]);
  const check = await walk.run(['check']);
  expect(check.writes).toEqual([]);
  expect(openResources(check)).toEqual(openResources(second));
};

const openResources = ({ stdout }: Ended): readonly string[] =>
  (JSON.parse(stdout) as RunReport).results
    .filter(({ kind, status }) => kind === 'wanted' && status !== 'pass' && status !== 'not-applicable')
    .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
    .toSorted();

const ours = ['alex', 'ci', 'Administrators', 'ci-readers'];

/** What belongs to other people: it may grow, and nothing of it may go. */
const foreign = (world: World): World => {
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  const theirs: AccountWorld = {
    ...account,
    alias: account.alias === 'acme-prod' ? null : account.alias,
    users: account.users.filter(({ name }) => !ours.includes(name)),
    groups: account.groups.filter(({ name }) => !ours.includes(name)),
    budgets: account.budgets.filter(({ budget }) => budget['BudgetName'] !== 'Monthly cost budget'),
    mfaDevices: account.mfaDevices.filter(({ tags }) => Object.keys(tags).length === 0),
    events: [],
  };
  return structuredClone({ ...world, accounts: { [own]: theirs } });
};

const onlyOurs = (world: World): World => {
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  return {
    ...world,
    accounts: {
      [own]: {
        ...account,
        users: account.users.filter(({ name }) => ours.includes(name)),
        mfaDevices: account.mfaDevices.filter(({ tags }) => Object.keys(tags).length > 0),
      },
    },
  };
};

const secretsOf = ({ accounts }: World): readonly string[] =>
  Object.values(accounts).flatMap(({ users, mfaDevices }) => [
    ...users.flatMap(({ password, accessKeys }) => [
      ...(password === null ? [] : [password.value]),
      ...accessKeys.map(({ secret }) => secret),
    ]),
    ...mfaDevices.flatMap(({ seed: value }) => value ?? []),
  ]);
