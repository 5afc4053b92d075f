import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { FaultRule } from '../../src/sandbox/world.js';
import { type PracticeAccount, type PracticeRun, practiceAccount } from './practice-account.js';

/** What can become of one request, and of its answer. */
const faults = {
  'is lost on its way': { kind: 'drop-before' },
  'happens, and its answer is lost': { kind: 'drop-after' },
  'ends in a page of 500': { kind: 'status-before', status: 500 },
  'happens, and ends in a page of 500': { kind: 'status-after', status: 500 },
  'happens, and its answer is empty': { kind: 'empty-after' },
  'happens, and its answer breaks off': { kind: 'truncated-after' },
  'happens, and its answer never comes': { kind: 'hang-after' },
  'is throttled': { kind: 'error', code: 'Throttling', status: 400 },
  'finds the service unavailable': { kind: 'error', code: 'ServiceUnavailable', status: 503 },
} as const satisfies Record<string, FaultRule['what']>;

/** The writes of a full init. `nth`: which of several of one name. */
const writes = [
  'account:PutAlternateContact',
  'account:PutAlternateContact',
  'budgets:CreateBudget',
  'iam:UpdateAccountPasswordPolicy',
  'iam:CreateGroup',
  'iam:AttachGroupPolicy',
  'iam:CreateUser',
  'iam:AddUserToGroup',
  'iam:CreateLoginProfile',
  'iam:CreateVirtualMFADevice',
  'iam:EnableMFADevice',
  'iam:CreateAccountAlias',
  'iam:CreateGroup',
  'iam:AttachGroupPolicy',
  'iam:CreateUser',
  'iam:AddUserToGroup',
  'iam:CreateAccessKey',
  'organizations:CreateOrganization',
  'organizations:CreateAccount',
].map((operation, index, all) => ({ operation, nth: all.slice(0, index).filter((one) => one === operation).length }));

/** How an undisturbed init leaves the account. */
let wanted: Facts;
let undisturbed: PracticeRun;
beforeAll(async () => {
  const practiced = practiceAccount();
  undisturbed = await practiced.run(['init', '--yes']);
  wanted = factsOf(practiced);
});

it('an undisturbed init makes the writes that are disturbed here', () => {
  expect(undisturbed.writes).toEqual(writes.map(({ operation }) => operation));
  expect(undisturbed.code).toBe(5);
});

/** Exit codes of the disturbed runs, for the figure. */
const ended: number[] = [];
afterAll(() => {
  const atOnce = ended.filter((code) => code === 5).length;
  console.log(`disturbed writes: ${ended.length} pairs, ${atOnce} settled within the run, ${ended.length - atOnce} by the next one`);
});

describe.each(writes)('when $operation ($nth)', ({ operation, nth }) => {
  it.each(Object.entries(faults))('%s, there is one of each thing in the end', async (_name, what) => {
    const practiced = practiceAccount();
    practiced.turn({ faults: [{ operation, skip: nth, times: 1, what }] });
    const began = practiced.clock.now().getTime();
    // Time in which no answer of this process's own practice account fails to come.
    const patience = what.kind === 'hang-after' ? ['--timeout', '0.2'] : [];
    const first = await practiced.report(['init', '--yes', ...patience]);
    ended.push(first.code);
    const took = practiced.clock.now().getTime() - began;
    const faultsLeft = practiced.world().knobs.faults?.map(({ times }) => times);
    practiced.turn({});
    const second = await practiced.report(['init', '--yes']);
    // A run that settled it leaves the next one nothing to write; else the one after that has nothing.
    const last = first.code === 5 ? second : await practiced.report(['init', '--yes']);

    expect(faultsLeft).toEqual([0]);
    expect(factsOf(practiced)).toEqual(wanted);
    // A key whose secret was lost with its answer is deleted and made again within the run.
    expect(secretsHere(practiced)).toEqual({ password: true, seed: true, key: true });
    expect(last.writes).toEqual([]);
    expect(took).toBeLessThan(5 * 60_000);
    expect(last.code).toBe(5);
    expect(second.code).toBe(5);
    expect([5, 6]).toContain(first.code);
    expect(failedSteps(first.report).length > 0).toBe(first.code === 6);
  });
});

describe('when it is lost each time that it is sent', () => {
  it.each([...new Set(writes.map(({ operation }) => operation))])(
    '%s ends the run as not ready, and the next one goes on',
    async (operation) => {
      const practiced = practiceAccount();
      practiced.turn({ faults: [{ operation, what: { kind: 'drop-before' } }] });
      const first = await practiced.report(['init', '--yes']);
      const sent = first.writes.filter((name) => name === operation).length;
      practiced.turn({});
      const second = await practiced.report(['init', '--yes']);
      const third = await practiced.report(['init', '--yes']);
      expect(factsOf(practiced)).toEqual(wanted);
      expect(secretsHere(practiced)).toEqual({ password: true, seed: true, key: true });
      expect(sent).toBeLessThanOrEqual(6);
      expect(failedSteps(first.report)[0]?.error).toMatchObject({ code: 'E-AMBIGUOUS', retryable: true, aws: { operation } });
      expect(first.report.exit.retryAfterSeconds).toBeGreaterThan(0);
      expect(third.writes).toEqual([]);
      expect(first.code).toBe(6);
      expect(second.code).toBe(5);
    },
  );
});

describe('while IAM shows late what was written', () => {
  it.each([0, 1_000, 5_000, 30_000])('by %i ms, init waits and makes nothing twice', async (lagMs) => {
    const practiced = practiceAccount();
    practiced.turn({ lagMs });
    const first = await practiced.report(['init', '--yes']);
    const again = await practiced.report(['init', '--yes']);
    expect(factsOf(practiced)).toEqual(wanted);
    expect(secretsHere(practiced)).toEqual({ password: true, seed: true, key: true });
    expect(failedSteps(first.report)).toEqual([]);
    expect(again.writes).toEqual([]);
    expect(first.code).toBe(5);
    expect(again.code).toBe(5);
  });
});

const failedSteps = ({ steps = [] }: RunReport) => steps.filter(({ status }) => status === 'failed' || status === 'blocked');

type Facts = ReturnType<typeof factsOf>;

/** Names and numbers of everything there is; ids and secrets differ from run to run. */
function factsOf(practiced: PracticeAccount) {
  const { accounts, organizations } = practiced.world();
  const { alias, users, groups, mfaDevices, passwordPolicy, budgets, alternateContacts, root } = practiced.account();
  return {
    alias,
    users: users
      .map(({ name, groups: memberOf, accessKeys, password }) => ({ name, memberOf, keys: accessKeys.length, password: password !== null }))
      .toSorted(byName),
    groups: groups.map(({ name, attachedPolicies }) => ({ name, attachedPolicies })).toSorted(byName),
    devices: mfaDevices.map(({ serial, user }) => ({ serial, user })),
    passwordPolicy,
    budgets: budgets.map(({ budget, notifications }) => ({ name: budget['BudgetName'], limit: budget['BudgetLimit'], notifications })),
    alternateContacts,
    rootKeys: root.accessKeys.length,
    accounts: Object.values(accounts).map(({ name, email, state }) => ({ name, email, state })),
    organizations: organizations.map(({ featureSet, members, requests }) => ({
      featureSet,
      members: members.length,
      requests: requests.map(({ state }) => state),
    })),
  };
}

/** Whether what the secrets file and the profile hold is what the account took. */
function secretsHere({ secrets, account }: PracticeAccount) {
  const { users, mfaDevices } = account();
  const file = join(secrets, 'secrets.json');
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly entries: readonly Readonly<Record<string, string>>[] }).entries
    : [];
  const credentials = existsSync(join(secrets, 'credentials')) ? readFileSync(join(secrets, 'credentials'), 'utf8') : '';
  const key = users.find(({ name }) => name === 'ci')?.accessKeys[0];
  return {
    password: kept.some(
      ({ kind, password }) => kind === 'console-password' && password === users.find(({ name }) => name === 'admin')?.password?.value,
    ),
    seed: kept.some(({ kind, seed }) => kind === 'mfa-seed' && seed === mfaDevices.find(({ user }) => user === 'admin')?.seed),
    key: key !== undefined && credentials.includes(key.id) && credentials.includes(key.secret),
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => a.name.localeCompare(b.name);
