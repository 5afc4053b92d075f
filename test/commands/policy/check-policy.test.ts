import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../../src/core/report.js';
import type { World } from '../../../src/sandbox/world.js';
import { own, practiceAccount } from '../../scenarios/practice-account.js';
import { config } from '../../scenarios/starting-states.js';
import { countTests } from '../../support/totals.js';
import { actionsOf, limitedUser, printed, without } from './limited-user.js';

/** A config that has `check` read all it can, and an account in which every read matters. */
const yaml = config().replace(
  /organization: .*\n/,
  'organization: { free-tier-loss: accepted, central-root: true, accounts: [{ name: sandbox, email: you+sandbox@example.com, ou: Work }, { name: other, email: you+other@example.com }] }\n',
);
let world: World;
beforeAll(async () => {
  const shell = practiceAccount();
  writeFileSync(join(shell.home, 'bootstrap.yaml'), yaml);
  await shell.run(['init', '--yes']);
  world = shell.world();
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the account is not there');
  // Old enough for root to count as unused.
  account.createdAt = '2026-10-23T10:00:00.000Z';
  const { createdAt } = account;
  const serial = `arn:aws:iam::${own}:mfa/someone`;
  account.mfaDevices.push({ serial, seed: null, kind: 'virtual', user: null, enabledAt: null, createdAt, tags: {} });
  // It would let every user read it.
  account.passwordPolicy = { ...account.passwordPolicy, AllowUsersToChangePassword: false };
  // Not there yet, so that the requests for accounts are looked through.
  for (const organization of world.organizations) {
    organization.members = organization.members.filter(({ accountId }) => world.accounts[accountId]?.name !== 'other');
  }
  // While it has consolidated billing only, the organization's pending requests are asked for.
  for (const organization of world.organizations) organization.featureSet = 'CONSOLIDATED_BILLING';
});

const run = async (policy: Awaited<ReturnType<typeof printed>>, withConfig = true) => {
  const user = await limitedUser(policy, { world, ...(withConfig ? { yaml } : {}) });
  const first = await user.run(['check', '--output', 'json']);
  return { ...user, report: JSON.parse(first.stdout) as RunReport };
};
const policy = await printed(['check', '--account-id', own], yaml);
const plainPolicy = await printed(['check', '--account-id', own]);

describe('the policy of check', () => {
  it('is sufficient with a config', async () => {
    const { report, denied } = await run(policy);
    expect(denied()).toEqual([]);
    expect(report.results.filter(({ missingPermission }) => missingPermission !== null)).toEqual([]);
    expect(report.account).toMatchObject({ identity: { arn: `arn:aws:iam::${own}:user/limited` }, alias: 'acme-prod', role: 'management' });
    expect(report.results.length).toBeGreaterThan(30);
  });

  it('is sufficient without a config', async () => {
    const { report, denied } = await run(plainPolicy, false);
    expect(denied()).toEqual([]);
    expect(report.results.filter(({ missingPermission }) => missingPermission !== null)).toEqual([]);
  });

  it('contains exactly the actions that the run uses', async () => {
    const { used } = await run(policy);
    expect([...new Set(used())].toSorted()).toEqual(actionsOf(policy));
    const bare = await run(plainPolicy, false);
    expect([...new Set(bare.used())].toSorted()).toEqual(actionsOf(plainPolicy));
  });

  describe('without one of its actions', () => {
    countTests({ suite: 'P1', title: 'actions of the policy of check, each needed', floor: 25, sampled: null, all: 'npm test' });

    it.each(actionsOf(policy))('%s: a finding is unknown, and names it', async (action) => {
      const { report } = await run(without(policy, action));
      const named = report.results.filter(({ missingPermission }) => missingPermission === action);
      expect(named.map(({ status }) => status)).toEqual(named.map(() => 'unknown'));
      expect(named.length).toBeGreaterThan(0);
    });
  });

  it('contains no write, and only assumes the roles of members', () => {
    const reads = /:(Get|List|Describe|Lookup|View|GenerateCredentialReport)/;
    expect(actionsOf(policy).filter((action) => !reads.test(action))).toEqual(['sts:AssumeRole']);
    expect(policy.Statement.filter(({ Action }) => Action.includes('sts:AssumeRole')).map(({ Resource }) => [Resource].flat())).toEqual([
      ['arn:aws:iam::*:role/OrganizationAccountAccessRole'],
    ]);
    expect(actionsOf(plainPolicy).filter((action) => !reads.test(action))).toEqual([]);
  });

  it('assumes the role in every member, and audits its root, for a run with --org', async () => {
    const all = await printed(['check', '--org', '--account-id', own]);
    expect(actionsOf(all).filter((action) => !actionsOf(plainPolicy).includes(action))).toEqual([
      'iam:ListOrganizationsFeatures',
      'organizations:ListAccounts',
      'sts:AssumeRole',
      'sts:AssumeRoot',
    ]);
  });
});
