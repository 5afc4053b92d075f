import { cpSync } from 'node:fs';
import { fc, seed } from '../support/fast-check.js';
import { beforeAll, expect, it } from 'vitest';
import type { ErrorInfo } from '../../src/core/errors.js';
import type { RunReport } from '../../src/core/report.js';
import { practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { World } from '../../src/sandbox/world.js';
import { secretsLost } from '../faults/world-facts.js';
import { lost } from '../scenarios/lost.js';
import { makePieces } from '../scenarios/starting-states.js';
import { testFolder } from '../support/test-folder.js';
import { recordTotal } from '../support/totals.js';
import { type ConfigName, configNames, type Disturbance, type Ended, newStart, partner, type Start, startWalk, type Walk } from './walk.js';
import {
  accept,
  ci,
  type Commands,
  commands,
  edits,
  init,
  invite,
  isMember,
  isOpen,
  openInvitation,
  organizationOf,
} from './walk-steps.js';

/**
 * Random walks (R7): commands, each with or without a disturbance, and edits by a user between them. After each step nothing of anyone
 * else is removed, nothing is created twice, and no account gets a second invitation; after each init that ends well no secret is lost and nothing is left over. In the end, one
 * more init has nothing to do, and check agrees.
 */

const all = process.env['PROOF_ALL'] !== undefined;
const walks = Number(process.env['PROOF_WALKS'] ?? (all ? 50_000 : 500));
/** Of a walk that failed, as fast-check prints it: only that walk runs. */
const path = process.env['PROOF_PATH'];

type Step = { readonly person: string } | { readonly command: string; readonly disturbance: Disturbance };

/** Most runs send fewer than 30 requests, and a whole init of a new account sends 60. */
const at = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 25 }) }, { weight: 1, arbitrary: fc.integer({ min: 26, max: 70 }) });
const soon = fc.integer({ min: 0, max: 6 });
const when = fc.constantFrom('before' as const, 'after' as const);
const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Disturbance>({ kind: 'none' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('kill' as const), of: fc.constant('requests' as const), at, when }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      of: fc.constant('writes' as const),
      at: fc.integer({ min: 1, max: 8 }),
      when,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 5_000, 30_000).map((lagMs): Disturbance => ({ kind: 'knobs', knobs: { lagMs } })) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        skip: fc.oneof(soon, at),
        times: fc.integer({ min: 1, max: 12 }),
        operation: fc.constantFrom('*', 'iam:*', 'iam:Create*', 'organizations:*', 'organizations:Create*', 'organizations:*Handshake'),
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

/** What creates accounts, several times as likely as the rest. */
const creation = [
  'init',
  'init --only organization',
  'accounts create sandbox',
  'accounts create lab',
  'accounts invite',
  'accounts accept',
];
const several = [...creation, ...creation];
const often: Readonly<Record<ConfigName, readonly string[]>> = { alone: [], organization: several, 'organization with units': several };

/** Most of what a walk can do depends on its first config. */
const stepIn = (config: ConfigName): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ command: fc.constantFrom(...Object.keys(commands[config]), ...often[config]), disturbance }) },
    { weight: config === 'alone' ? 1 : 2, arbitrary: fc.record({ person: fc.constantFrom(...Object.keys(edits[config])) }) },
  );
const walk = fc.constantFrom(...configNames).chain((config) =>
  fc.record({
    config: fc.constant(config),
    start: fc.constantFrom('bootstrapped' as const, ...startNames),
    steps: fc.array(stepIn(config), { minLength: 1, maxLength: 4 }),
  }),
);

const startNames = ['new', 'bootstrapped', 'with an empty organization'] as const;
let starts: Readonly<Record<ConfigName, Readonly<Record<(typeof startNames)[number], Start>>>>;
beforeAll(async () => {
  const pieces = await makePieces();
  /** Where a walk is now. */
  const keep = (config: ConfigName, { world, home }: Walk): Start => {
    const folder = testFolder();
    cpSync(home, folder, { recursive: true });
    return { config, world: structuredClone(world), home: folder };
  };
  const alone = await startWalk(newStart(pieces, 'alone'));
  await alone.run({ argv: init });
  await alone.inConsole(alone.account.email, (aws) => aws.createOrganization({}));
  const found: [ConfigName, (typeof starts)[ConfigName]][] = [];
  for (const config of configNames) {
    const fresh = newStart(pieces, config);
    const first = await startWalk(fresh);
    const { code, stderr } = await first.run({ argv: init });
    if (code !== (hasPartner(first) ? 7 : 5)) throw new Error(`init ended with ${code}: ${stderr}`);
    found.push([config, { new: fresh, bootstrapped: keep(config, first), 'with an empty organization': keep(config, alone) }]);
  }
  starts = Object.fromEntries(found) as typeof starts;
}, 600_000);

const count = { walks: 0, steps: 0, killed: 0 };

it(`random walks keep every promise (R7, seed ${seed})`, { timeout: all ? 12 * 3_600_000 : 1_800_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(walk, async ({ config, start, steps }) => {
      const walking = await startWalk(starts[config][start]);
      const stored: string[] = [walking.stored()];
      for (const one of steps) {
        await take(walking, config, one);
        stored.push(walking.stored());
      }
      await expectConvergence(walking, stored.join('\n'));
      count.walks += 1;
    }),
    { numRuns: walks, endOnFailure: !all, ...(path === undefined ? {} : { path }) },
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

const take = async (walking: Walk, config: ConfigName, one: Step): Promise<void> => {
  count.steps += 1;
  if ('person' in one) {
    await edits[config][one.person]?.(walking);
    return;
  }
  const before = structuredClone(walking.world);
  const command = (commands[config] as Commands)[one.command]?.(walking);
  if (command === undefined) throw new Error(`there is no command ${one.command}`);
  const ran = await walking.run(command, one.disturbance);
  if (ran.killed) count.killed += 1;
  expectSound(walking, ran);
  expectNothingLost(before, walking, one.command);
  expectOneOfEach(before, walking, one);
};

/** Nothing of others is removed. Only `undo` deletes an organization, and only an empty one that the config asks for. */
const expectNothingLost = (before: World, { world, config }: Walk, command: string): void => {
  const organization = organizationOf(before);
  const mayDelete =
    command.startsWith('undo') &&
    config() !== 'alone' &&
    organization?.members.length === 1 &&
    organization.units.length === 0 &&
    organization.requests.every(({ state }) => state !== 'IN_PROGRESS');
  const mayChange = [
    ...(mayDelete ? [`organizations[${organization.id}]`] : []),
    ...(command === 'accounts close' ? [/^\d+\.state$/] : []),
    ...(command === 'accounts secure-root' ? [/^\d+\.root\./] : []),
  ];
  const isAllowed = (path: string) => mayChange.some((one) => (typeof one === 'string' ? one === path : one.test(path)));
  expect(lost(foreign(before), foreign(world)).filter((path) => !isAllowed(path))).toEqual([]);
};

/** No second account and no second invitation for one address, and none that the command is not about. */
const expectOneOfEach = (before: World, walking: Walk, one: Exclude<Step, { readonly person: string }>): void => {
  const { world } = walking;
  const isNew = <T extends { readonly id: string }>(from: readonly T[] | undefined) => {
    const known = (from ?? []).map(({ id }) => id);
    return ({ id }: T) => !known.includes(id);
  };
  const requests = organizationOf(world)?.requests.filter(isNew(organizationOf(before)?.requests)) ?? [];
  // Two programs at once can both see that there is no account yet.
  if (one.disturbance.kind !== 'second process') {
    const again = ['EMAIL_ALREADY_EXISTS', 'CONCURRENT_ACCOUNT_MODIFICATION'];
    expect(requests.filter(({ email, failureReason }) => email !== partner.email && again.includes(failureReason ?? ''))).toEqual([]);
  }
  const invitations = world.handshakes.filter(({ action }) => action === 'INVITE');
  const sent = invitations.filter(isNew(before.handshakes));
  expect(sent.length).toBeLessThanOrEqual(one.command.startsWith('accounts invite') ? 1 : 0);
  expect(invitations.filter((invitation) => isOpen(invitation, walking)).length).toBeLessThanOrEqual(1);
  const ended = invitations.filter(
    ({ id, state }) => state !== 'OPEN' && before.handshakes.some((handshake) => handshake.id === id && handshake.state === 'OPEN'),
  );
  // AWS cancels the open invitations when the organization is to have all features.
  const enabling = world.handshakes.filter(({ action }) => action === 'ENABLE_ALL_FEATURES').some(isNew(before.handshakes));
  if (!enabling) expect(ended.length).toBeLessThanOrEqual(/^accounts (?:cancel|accept)/.test(one.command) ? 1 : 0);
  expect(new Set(Object.values(world.accounts).map(({ email }) => email.toLowerCase())).size).toBe(Object.keys(world.accounts).length);
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
const expectConvergence = async (walking: Walk, storedBefore: string): Promise<void> => {
  const before = structuredClone(walking.world);
  if (hasPartner(walking) && !isMember(walking.world, partner.id)) await bringPartner(walking);
  const first = await walking.run({ argv: init });
  expectSound(walking, first);
  expect(first.code, first.stdout).toBe(5);
  // One that wrote nothing is the second one already.
  const second = first.writes.length === 0 ? first : await walking.run({ argv: init });
  expect([second.code, second.writes]).toEqual([5, []]);
  expectNothingLost(before, walking, 'init');
  const missing = secretsLost(onlyOurs(walking.world), walking.stored());
  // A key that was rotated and then enabled again: its secret was replaced in its profile, as asked.
  const wasStored = secretsLost(onlyOurs(walking.world), storedBefore);
  expect(missing.filter((what) => !what.includes('access key') || wasStored.includes(what))).toEqual([]);
  expect(walking.account.mfaDevices.filter(({ user, tags }) => user === null && Object.keys(tags).length > 0)).toEqual([]);
  const check = await walking.run({ argv: ['check'] });
  expect(check.writes).toEqual([]);
  expect(openResources(check)).toEqual(openResources(second));
};

const hasPartner = (walking: Walk): boolean => walking.config() === 'organization with units';

/** As `init` advises: its address is in use, so the partner is invited, and accepts. */
const bringPartner = async (walking: Walk): Promise<void> => {
  const expectCode = (ran: Ended, code: number): void => {
    expectSound(walking, ran);
    expect(ran.code, ran.stdout).toBe(code);
  };
  expectCode(await walking.run({ argv: init }), 7);
  // It may have one by its account id, and AWS sends no second one by its address.
  if (openInvitation(walking) === undefined) expectCode(await walking.run(invite), 0);
  expectCode(await walking.run(accept), 5);
};

const openResources = ({ stdout }: Ended): readonly string[] =>
  (JSON.parse(stdout) as RunReport).results
    .filter(({ kind, status }) => kind === 'wanted' && status !== 'pass' && status !== 'not-applicable')
    .map(({ id, resource, status }) => `${id} ${resource} ${status}`)
    .toSorted();

const ours = ['alex', 'ci', 'Administrators', 'ci-readers'];

/** What belongs to other people: it may grow, and nothing of it may go. */
const foreign = (world: World): World => {
  const { [own]: account, ...others } = world.accounts;
  if (account === undefined) throw new Error('the practice account does not exist');
  const { credits: _, rootCredentialsManagement: __, ...kept } = account;
  const theirs = {
    ...kept,
    alias: account.alias === 'acme-prod' ? null : account.alias,
    users: account.users.filter(({ name }) => !ours.includes(name)),
    groups: account.groups.filter(({ name }) => !ours.includes(name)),
    budgets: account.budgets.filter(({ budget }) => budget['BudgetName'] !== 'Monthly cost budget'),
    mfaDevices: account.mfaDevices.filter(({ tags }) => Object.keys(tags).length === 0),
    events: [],
  };
  const accounts = Object.fromEntries(
    Object.entries(others).map(([id, { credits: ___, ...other }]) => [
      id,
      // AWS finishes the closure of an account by itself.
      { ...other, state: other.state === 'ACTIVE' ? 'ACTIVE' : null },
    ]),
  );
  const organizations = world.organizations.map(({ id, rootId, managementAccountId, trustedServices, units, members }) => ({
    id,
    rootId,
    managementAccountId,
    trustedServices,
    units,
    // A member that no one has put into a unit may be put into the one of the config.
    members: members.map((member) => ({ ...member, parent: member.parent === rootId ? null : member.parent })),
  }));
  return { ...world, accounts: { [own]: theirs, ...accounts }, organizations } as unknown as World;
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
