import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import type { Result, RunReport } from '../../src/core/report.js';
import type { AccountWorld, UserWorld, World } from '../../src/sandbox/world.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { bootstrappedWorld, config } from '../scenarios/starting-states.js';
import { organizationWorld } from '../support/organization-world.js';
import { recordTotal } from '../support/totals.js';
import {
  failRead,
  type FaultName,
  faults,
  keyOf,
  problemsOf,
  type Read,
  type Reads,
  recordReads,
  type Reliances,
  requiredMembers,
} from './one-read.js';

/** Read by eye: each of these reads finds what the finding is about. */
const reliances: Reliances = {
  // Whose keys, and whose devices and passwords.
  'access-keys.age': ['iam:GetAccountAuthorizationDetails'],
  'access-keys.unused': ['iam:GetAccountAuthorizationDetails'],
  'access-keys.two-active': ['iam:GetAccountAuthorizationDetails'],
  'mfa.admin': ['iam:GetAccountAuthorizationDetails', 'iam:GetLoginProfile'],
  'mfa.console-users': ['iam:GetAccountAuthorizationDetails', 'iam:GetLoginProfile'],
  'admin-user.unused-password': ['iam:GetLoginProfile'],
  'mfa.root-hardware': ['iam:GetAccountSummary'],
  // Roles count as administrators by what users and policies exist, and in a member only.
  'admin-user.exists': ['iam:GetAccountAuthorizationDetails', 'organizations:DescribeOrganization'],
  // The budget, then its alerts, then their addresses; a member has fewer duties.
  'budget.alerts': ['budgets:DescribeBudgets', 'organizations:DescribeOrganization'],
  'budget.subscribers': ['budgets:DescribeBudgets', 'budgets:DescribeNotificationsForBudget', 'organizations:DescribeOrganization'],
  'organization.accounts': ['organizations:DescribeOrganization'],
  // Invited members must approve the change.
  'organization.all-features': ['organizations:ListAccounts'],
  'organization.access-role': ['organizations:DescribeOrganization', 'organizations:ListAccounts'],
};

interface Place {
  readonly world: World;
  /** Root, if absent. */
  readonly key?: { readonly id: string; readonly secret: string };
  readonly yaml?: string;
  readonly flags?: readonly string[];
}

const key = { id: 'AKIAADMINISTRATOR111', secret: 'x'.repeat(40) };
const long = '2026-06-01T10:00:00.000Z';
const accountOf = (world: World, id: string): AccountWorld => {
  const account = world.accounts[id];
  if (account === undefined) throw new Error(`there is no account ${id}`);
  return account;
};
const named = ({ users }: AccountWorld, name: string): UserWorld => {
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw new Error(`there is no user ${name}`);
  return user;
};

/** An account that init set up months ago, with more users, keys and devices, and without this week's exceptions. */
const rich = async (): Promise<World> => {
  const world = await bootstrappedWorld();
  const account = accountOf(world, own);
  account.createdAt = long;
  account.root = { ...account.root, mfa: 'virtual', passwordLastUsed: long };
  const alex = named(account, 'alex');
  alex.accessKeys.push({ ...key, status: 'Active', createdAt: long, lastUsed: { at: long, service: 'iam', region: 'us-east-1' } });
  const other = (name: string, more: Partial<UserWorld>): void =>
    void account.users.push({
      ...structuredClone(alex),
      id: `AIDA${name.toUpperCase().padEnd(16, '1')}`,
      name,
      tags: {},
      groups: [],
      accessKeys: [],
      ...more,
    });
  const oldKey = (id: string) => ({
    id: id.padEnd(20, '1'),
    secret: 'y'.repeat(40),
    status: 'Active' as const,
    createdAt: long,
    lastUsed: null,
  });
  other('bob', { accessKeys: [oldKey('AKIABOBONE'), oldKey('AKIABOBTWO')] });
  other('carol', { attachedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] });
  const [device] = account.mfaDevices;
  if (device === undefined) throw new Error('there is no device');
  account.mfaDevices.push(
    { ...device, serial: `arn:aws:iam::${own}:mfa/bob`, user: 'bob', tags: {} },
    { ...device, serial: `arn:aws:iam::${own}:mfa/alex-2`, user: null, enabledAt: null },
    { ...device, serial: `arn:aws:iam::${own}:mfa/root-account-mfa-device`, user: ':root', tags: {} },
  );
  return world;
};

const runIn = async ({ world, key: signer, yaml, flags = [] }: Place, around: (handler: any, world: () => World) => object) => {
  let inMemory = world;
  const shell = await signedIn({
    world,
    edit: (_, edited) => void (inMemory = edited),
    around: (handler) => around(handler, () => inMemory),
    ...(signer === undefined ? {} : { env: { AWS_ACCESS_KEY_ID: signer.id, AWS_SECRET_ACCESS_KEY: signer.secret, AWS_SESSION_TOKEN: '' } }),
  });
  if (yaml !== undefined) writeFileSync(join(shell.home, 'bootstrap.yaml'), yaml);
  const ran = await shell.run(['check', '--output', 'json', ...flags]);
  return { ...ran, report: JSON.parse(ran.stdout) as RunReport, world: shell.world() };
};

const places: Readonly<Record<string, () => Promise<Place>>> = {
  'an account with everything, and a config': async () => ({
    world: await rich(),
    key,
    yaml: config({ confirmed: true, accounts: '{ name: sandbox, email: you+sandbox@example.com, ou: Workloads }' }).replace(
      'free-tier-loss: accepted',
      'free-tier-loss: accepted, central-root: true',
    ),
  }),
  'an account with everything, without a config': async () => ({ world: await rich(), key }),
  'an account whose users the credential report settles': async () => {
    const world = await rich();
    const account = accountOf(world, own);
    const [device] = account.mfaDevices;
    const bob = named(account, 'bob');
    for (let at = 0; at < 9; at += 1) {
      const name = `user-${at}`;
      const key = {
        id: `AKIAREPORTED${at}`.padEnd(20, '1'),
        secret: 'y'.repeat(40),
        status: 'Active' as const,
        createdAt: long,
        lastUsed: null,
      };
      account.users.push({ ...structuredClone(bob), id: `AIDAREPORTED${at}`.padEnd(20, '1'), name, accessKeys: [key] });
      if (device !== undefined) account.mfaDevices.push({ ...device, serial: `arn:aws:iam::${own}:mfa/${name}`, user: name, tags: {} });
    }
    return { world, key, flags: ['--only', 'mfa,access-keys,admin-user'] };
  },
  'a new account, as root': async () => ({ world: (await signedIn()).world() }),
  'a member of another organization': async () => {
    const world = await rich();
    for (const organization of world.organizations) organization.managementAccountId = '673981969689';
    return { world, key };
  },
  'an organization with only consolidated billing': async () => {
    const world = await rich();
    for (const organization of world.organizations) organization.featureSet = 'CONSOLIDATED_BILLING';
    return { world, key, yaml: config(), flags: ['--only', 'organization'] };
  },
  'an organization with one member': async () => {
    const made = organizationWorld({ members: 1, now: new Date('2026-11-23T10:00:00.000Z') });
    return { world: made.world, key: { id: made.key.accessKeyId, secret: made.key.secretAccessKey }, flags: ['--org'] };
  },
};

/** Without these, a run has nothing to report on. */
const endsTheRun = ({ flags = [] }: Place, read: Read): boolean =>
  [
    'sts:GetCallerIdentity',
    ...(flags.includes('--org') ? ['organizations:DescribeOrganization', 'organizations:ListAccounts'] : []),
  ].includes(read.name);

/** In a large account, reads of each user replace a read of all users that fails. */
const replacements: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GetCredentialReport: {
    'admin-user.unused-password': 'iam:GetLoginProfile',
    'mfa.console-users': 'iam:ListMFADevices',
    'access-keys.unused': 'iam:GetAccessKeyLastUsed',
  },
  DescribeBudgetNotificationsForAccount: {
    'budget.alerts': 'budgets:DescribeNotificationsForBudget',
    'budget.subscribers': 'budgets:DescribeNotificationsForBudget',
  },
  ListVirtualMFADevices: { 'mfa.console-users': 'iam:ListMFADevices' },
};

/** What a failure shows besides unknown findings, by design. */
const byDesign = (place: Place, read: Read, fault: FaultName, before: RunReport, after: RunReport): readonly Result[] | undefined => {
  if (read.operation === 'AssumeRole' && place.flags?.includes('--org')) {
    // Nothing in the account can be read: one unknown result covers all of it.
    const [member] = Object.keys(place.world.accounts).slice(1);
    const { length } = after.results.filter(
      ({ accountId, id, status }) => accountId === member && id === 'organization.access-role' && status === 'unknown',
    );
    return length === 1 ? before.results.filter(({ accountId }) => accountId !== member) : undefined;
  }
  const answered = (id: string): boolean =>
    // That an administrator may not assume the role is what the check is about.
    (id === 'organization.access-role' && read.operation === 'AssumeRole' && fault === 'denied') ||
    // The credential report shows the age of the account too.
    (id === 'admin-user.root-at-rest' && read.operation === 'GetAccountInformation');
  const now = new Map(after.results.map((result) => [keyOf(result), result]));
  const isReplaced = (result: Result): boolean => {
    const there = now.get(keyOf(result));
    const replacement = replacements[read.operation]?.[result.id];
    return there?.status === result.status && there.evidence.some(({ operation }) => operation === replacement);
  };
  return before.results.filter((result) => !answered(result.id) && !isReplaced(result));
};

/** Only init, undo, accounts and keys send these. */
const notOfCheck: readonly string[] = [
  'iam:GetRole',
  'iam:GetUser',
  'iam:ListAttachedRolePolicies',
  'iam:ListPolicies',
  'iam:ListServiceSpecificCredentials',
  // Also as root of a member: test/scenarios/member-root.test.ts.
  'iam:ListSigningCertificates',
  'iam:ListSSHPublicKeys',
  'organizations:DescribeAccount',
  'organizations:DescribeCreateAccountStatus',
  'organizations:ListHandshakesForAccount',
];

let pairs = 0;
const relied = new Set<string>();
/** Reads that met every fault in an earlier place; in others, only faults that steps handle, not the boundary alone. */
const covered = new Set<string>();
const inSteps: readonly FaultName[] = ['denied', 'empty', 'without a required member'];
const known = (read: Read): string => read.name.replace(/ in \d+$/, '');

describe.each(Object.keys(places))('check of %s', (name) => {
  const reads: Reads = new Map();
  let isNew: (read: Read) => boolean;
  let place: Place;
  let before: RunReport;
  beforeAll(async () => {
    place = await (places[name] as () => Promise<Place>)();
    // The first run lets AWS generate the credential report.
    place = { ...place, world: (await runIn(place, (handler) => handler as object)).world };
    ({ report: before } = await runIn(place, (handler, world) => recordReads(handler, world, reads)));
    const ours = [...reads.values()].filter((read) => !covered.has(known(read))).map(({ name: one }) => one);
    isNew = (read) => ours.includes(read.name);
    for (const read of reads.values()) covered.add(known(read));
  });

  it.each(faults)('notices each read that is %s, where it matters and nowhere else', async (fault) => {
    const problems: string[] = [];
    for (const read of reads.values()) {
      if (!isNew(read) && !inSteps.includes(fault)) continue;
      if (fault === 'without a required member' && requiredMembers[read.operation] === undefined) continue;
      const { report: after, code } = await runIn(place, (handler, world) => failRead(handler, world, read.name, fault));
      pairs += 1;
      if (endsTheRun(place, read)) {
        if (after.results.length > 0 || ![4, 6].includes(code)) problems.push(`${read.name}: the run does not end`);
        continue;
      }
      const results = byDesign(place, read, fault, before, after);
      const there = new Set(results?.map(keyOf));
      const kept =
        results === undefined
          ? []
          : after.results.filter((result) => there.has(keyOf(result)) || !before.results.some((one) => keyOf(one) === keyOf(result)));
      const found = problemsOf({ results: results ?? before.results }, { results: kept }, read, reliances);
      for (const one of found.relied) relied.add(one);
      problems.push(...found.problems.map((problem) => `${read.name}: ${problem}`));
    }
    expect(problems).toEqual([]);
  });
});

it('meets every pair of a read and a fault, and every row of the table', () => {
  expect(relied).toEqual(
    new Set(Object.entries(reliances).flatMap(([id, operations]) => operations.map((operation) => `${id} ${operation}`))),
  );
  recordTotal({ suite: 'R10', title: 'pairs of a read and a fault', ran: pairs, floor: 800, sampled: null, all: 'npm test' });
  const sent = new Set([...covered].map((one) => one.split(' ')[0]));
  const others = Object.entries(operations).flatMap(([operation, { kind }]) =>
    kind === 'read' && !sent.has(operation) ? [operation] : [],
  );
  expect(others.toSorted()).toEqual(notOfCheck.toSorted());
});
