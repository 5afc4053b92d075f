import { describe, expect, it } from 'vitest';
import type { AccountPlan } from '../../../src/core/account-plan.js';
import { value } from '../../../src/core/reading.js';
import { organization } from '../../../src/steps/index.js';
import type { Desired, Member, Observed, RoleCheck } from '../../../src/steps/organization/state.js';
import { described } from '../support/described.js';
import {
  assess,
  child,
  consolidated,
  denied,
  desired,
  facts,
  manages,
  member,
  request,
  self,
  standalone,
  tree,
  units,
  wanted,
} from './fixtures.js';

/** Each row changes one thing about the organization, the config or the caller, and has everything that the user sees of it. */

const see = (ids: readonly string[], found: Observed, want: Partial<Desired> = {}) => {
  const findings = assess(desired({ accounts: [], ...want }), found);
  expect(organization.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(findings.map(({ id }) => id)));
  return described(findings.filter(({ id }) => ids.includes(id.replace('organization.', ''))));
};
const unreadTree = { ...denied, missingPermission: 'organizations:ListParents' };
const plan = (more: Partial<AccountPlan> = {}) =>
  value<AccountPlan>({ type: 'free', status: 'active', remainingCredits: { amount: 80, unit: 'USD' }, expiresOn: null, ...more });

describe('the organization', () => {
  const ids = ['exists', 'all-features', 'central-root'];
  const asMember: Observed = {
    ...manages(),
    membership: value({ role: 'member', ...facts, managementId: '999999999999' }),
    members: denied,
  };
  const invited = [member({ invited: true }), member({ id: '333333333333', name: 'old', email: 'old@example.com', invited: true })];
  const central = { centralRoot: true };
  it.each<[string, Observed, Partial<Desired>, readonly string[]]>([
    [
      'does not exist',
      standalone,
      {},
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately) (billing)',
      ],
    ],
    [
      'does not exist, and has a free plan',
      { ...standalone, plan: plan() },
      {},
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately) (billing)',
      ],
    ],
    [
      'does not exist, and has a free plan without credits',
      { ...standalone, plan: plan({ remainingCredits: { amount: 0, unit: 'USD' } }) },
      {},
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately) (billing)',
      ],
    ],
    [
      'does not exist, and has a paid plan with credits',
      { ...standalone, plan: plan({ type: 'paid' }) },
      {},
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account (Free Tier credits expire immediately) (billing)',
      ],
    ],
    [
      'does not exist, and has a paid plan without credits',
      { ...standalone, plan: plan({ type: 'paid', remainingCredits: { amount: 0, unit: 'USD' } }) },
      { mayCreate: false },
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account',
      ],
    ],
    [
      'does not exist, and may not end a free plan',
      { ...standalone, plan: plan() },
      { mayCreate: false, ...central },
      [
        'organization.exists fail: The account is in no organization',
        '  manual: Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned. This account has: Free plan · 80 USD of credits left. Run at a terminal and confirm it, or set `organization.free-tier-loss: accepted` in the config for an unattended run. `bootstrap init --only organization`',
        'organization.central-root fail: Each member manages its own root credentials',
        '  manual: Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned. This account has: Free plan · 80 USD of credits left. Run at a terminal and confirm it, or set `organization.free-tier-loss: accepted` in the config for an unattended run. `bootstrap init --only organization`',
      ],
    ],
    [
      'does not exist, and may not end a plan that cannot be read',
      { ...standalone, plan: denied },
      { mayCreate: false },
      [
        'organization.exists fail: The account is in no organization',
        '  manual: Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned. Run at a terminal and confirm it, or set `organization.free-tier-loss: accepted` in the config for an unattended run. `bootstrap init --only organization`',
      ],
    ],
    [
      'does not exist, with central root access',
      standalone,
      central,
      [
        'organization.exists fail: The account is in no organization',
        '  organizations:CreateOrganization: Create an organization with all features, managed by this account (this ends a Free plan: it becomes a Paid plan, and Free Tier credits expire immediately) (billing)',
        'organization.central-root fail: Each member manages its own root credentials',
        "  organizations:EnableAWSServiceAccess, iam:EnableOrganizationsRootCredentialsManagement: Manage the members' root credentials from this account (trusted access for IAM)",
      ],
    ],
    [
      'cannot be read',
      { ...manages(), membership: denied },
      {},
      [
        'organization.exists unknown; needs organizations:ListAccounts',
        'organization.all-features unknown; needs organizations:ListAccounts',
      ],
    ],
    [
      'cannot be read, with central root access',
      { ...manages(), membership: denied },
      central,
      [
        'organization.exists unknown; needs organizations:ListAccounts',
        'organization.all-features unknown; needs organizations:ListAccounts',
        'organization.central-root unknown; needs organizations:ListAccounts',
      ],
    ],
    [
      'is managed by another account',
      asMember,
      {},
      [
        'organization.exists pass: This account is a member of organization o-exampleorg1, managed by account 999999999999',
        'organization.all-features not-applicable: This account is a member of organization o-exampleorg1, managed by account 999999999999',
      ],
    ],
    [
      'is managed by another account, with central root access',
      asMember,
      central,
      [
        'organization.exists pass: This account is a member of organization o-exampleorg1, managed by account 999999999999',
        'organization.all-features not-applicable: This account is a member of organization o-exampleorg1, managed by account 999999999999',
        'organization.central-root not-applicable: This account is a member of organization o-exampleorg1, managed by account 999999999999',
      ],
    ],
    [
      'has all features',
      manages(),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features pass o-exampleorg1: The organization has all features',
      ],
    ],
    [
      'has only consolidated billing',
      consolidated(),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:EnableAllFeatures, organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
      ],
    ],
    [
      'has only consolidated billing, and a member that it created',
      consolidated({ list: [member()] }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:EnableAllFeatures, organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
      ],
    ],
    [
      'has only consolidated billing, and invited members',
      consolidated({ list: invited }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:EnableAllFeatures: Ask the invited members to approve all features in the organization (open invitations are cancelled) (hard-to-undo)',
      ],
    ],
    [
      'waits for invited members',
      consolidated({ list: invited, pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The change to all features waits for the approval of the invited members; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  manual: Approve the change in each of these accounts, if not done yet, then run the same command again: sandbox (222222222222), old (333333333333). https://console.aws.amazon.com/organizations/v2/home',
      ],
    ],
    [
      'waits for invited members in China',
      consolidated({ list: invited, partition: 'aws-cn', pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The change to all features waits for the approval of the invited members; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  manual: Approve the change in each of these accounts, if not done yet, then run the same command again: sandbox (222222222222), old (333333333333). https://console.amazonaws.cn/organizations/v2/home',
      ],
    ],
    [
      'waits for no one',
      consolidated({ list: [member()], pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
      ],
    ],
    [
      'is approved by invited members',
      consolidated({ list: invited, pendingFeatures: value({ handshakeId: 'h-1', ready: true }) }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
      ],
    ],
    [
      'has only consolidated billing, and members that cannot be read',
      consolidated({ members: denied }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features unknown o-exampleorg1; needs organizations:ListAccounts',
      ],
    ],
    [
      'has only consolidated billing, and requests that cannot be read',
      consolidated({ pendingFeatures: denied }),
      {},
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features unknown o-exampleorg1; needs organizations:ListAccounts',
      ],
    ],
    [
      'has central root access',
      manages({ centralRoot: value(true) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features pass o-exampleorg1: The organization has all features',
        "organization.central-root pass: The members' root credentials are managed from this account",
      ],
    ],
    [
      'has no central root access',
      manages({ centralRoot: value(false) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features pass o-exampleorg1: The organization has all features',
        'organization.central-root fail: Each member manages its own root credentials',
        "  organizations:EnableAWSServiceAccess, iam:EnableOrganizationsRootCredentialsManagement: Manage the members' root credentials from this account (trusted access for IAM)",
      ],
    ],
    [
      'has central root access that cannot be read',
      manages({ centralRoot: { ...denied, missingPermission: 'iam:ListOrganizationsFeatures' } }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features pass o-exampleorg1: The organization has all features',
        'organization.central-root unknown; needs iam:ListOrganizationsFeatures',
      ],
    ],
    [
      'gets all features, and then central root access',
      consolidated({ centralRoot: value(false) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:EnableAllFeatures, organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
        'organization.central-root fail: Each member manages its own root credentials',
        "  organizations:EnableAWSServiceAccess, iam:EnableOrganizationsRootCredentialsManagement: Manage the members' root credentials from this account (trusted access for IAM)",
      ],
    ],
    [
      'asks members for all features, before central root access',
      consolidated({ list: invited, centralRoot: value(false) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:EnableAllFeatures: Ask the invited members to approve all features in the organization (open invitations are cancelled) (hard-to-undo)',
        'organization.central-root fail: Each member manages its own root credentials',
        '  manual: This needs an organization with all features. After the invited members have approved, run the same command again.',
      ],
    ],
    [
      'waits for members, before central root access',
      consolidated({ list: invited, centralRoot: value(false), pendingFeatures: value({ handshakeId: 'h-1', ready: false }) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The change to all features waits for the approval of the invited members; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  manual: Approve the change in each of these accounts, if not done yet, then run the same command again: sandbox (222222222222), old (333333333333). https://console.aws.amazon.com/organizations/v2/home',
        'organization.central-root fail: Each member manages its own root credentials',
        '  manual: This needs an organization with all features. After the invited members have approved, run the same command again.',
      ],
    ],
    [
      'is approved by members, and then gets central root access',
      consolidated({ list: invited, centralRoot: value(false), pendingFeatures: value({ handshakeId: 'h-1', ready: true }) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features fail o-exampleorg1: The organization has only consolidated billing: no policies, no central root access; wanted: ALL; observed: CONSOLIDATED_BILLING',
        '  organizations:AcceptHandshake: Enable all features in the organization (cannot be undone; open invitations are cancelled) (hard-to-undo)',
        'organization.central-root fail: Each member manages its own root credentials',
        "  organizations:EnableAWSServiceAccess, iam:EnableOrganizationsRootCredentialsManagement: Manage the members' root credentials from this account (trusted access for IAM)",
      ],
    ],
    [
      'has features that cannot be read, before central root access',
      consolidated({ members: denied, centralRoot: value(false) }),
      central,
      [
        'organization.exists pass: This account manages organization o-exampleorg1',
        'organization.all-features unknown o-exampleorg1; needs organizations:ListAccounts',
        'organization.central-root fail: Each member manages its own root credentials',
        '  manual: This needs an organization with all features. After the invited members have approved, run the same command again.',
      ],
    ],
  ])('%s', (_, found, want, expected) => expect(see(ids, found, want)).toEqual(expected));
});

describe('an account of the config', () => {
  const ids = ['accounts'];
  const one = { accounts: [wanted()] };
  const inUnit = { accounts: [wanted({ unit: units })] };
  const two = { accounts: [wanted({ unit: units }), wanted({ name: 'logs', email: 'logs@example.com', unit: ['Workloads', 'Logs'] })] };
  const list = (over: Partial<Member> = {}) => manages({ list: [member(over)] });
  const place = (over: Parameters<typeof tree>[0], list = [member()]) => manages({ list, tree: tree(over) });
  const existing = { Workloads: 'ou-1', 'Workloads/Prod': 'ou-2' };
  it.each<[string, Observed, Partial<Desired>, readonly string[]]>([
    ['exists', list(), one, ['organization.accounts pass aws+sandbox@example.com: The account exists and is active: 222222222222']],
    [
      'exists under another name',
      list({ name: 'old' }),
      one,
      ['organization.accounts pass aws+sandbox@example.com: The account exists and is active: 222222222222, named old'],
    ],
    [
      'exists, ignoring case',
      list({ email: 'AWS+SANDBOX@example.com' }),
      one,
      ['organization.accounts pass aws+sandbox@example.com: The account exists and is active: 222222222222'],
    ],
    [
      'exists, while requests cannot be read',
      manages({ list: [member()], requests: denied }),
      one,
      ['organization.accounts pass aws+sandbox@example.com: The account exists and is active: 222222222222'],
    ],
    [
      'is not active yet',
      list({ state: 'PENDING_ACTIVATION' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is not active yet: its sign-up is not complete; observed: PENDING_ACTIVATION',
        '  manual: If it was created just now, wait a few minutes. Otherwise complete its sign-up as its root user. Then run the same command again. https://console.aws.amazon.com/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is suspended',
      list({ state: 'SUSPENDED' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is suspended, by AWS or because it was closed; observed: SUSPENDED',
        '  manual: Ask AWS Support to reinstate it, or choose another address for the account. https://console.aws.amazon.com/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is being closed',
      list({ state: 'PENDING_CLOSURE' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is being closed; observed: PENDING_CLOSURE',
        '  manual: If this is a mistake, contact AWS Support now. Otherwise remove the account from the config. https://console.aws.amazon.com/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is closed',
      list({ state: 'CLOSED' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is closed; observed: CLOSED',
        '  manual: Ask AWS Support to reopen it within 90 days of its closure, or choose another address for the account. https://console.aws.amazon.com/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is in an unknown state',
      list({ state: 'NEWER', name: 'old' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222, named old is in the state NEWER, which this version does not know; observed: NEWER',
        '  manual: Check the account in the console, and use a newer version of this tool. https://console.aws.amazon.com/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is in an unknown state in China',
      manages({ list: [member({ state: 'NEWER' })], partition: 'aws-cn' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in the state NEWER, which this version does not know; observed: NEWER',
        '  manual: Check the account in the console, and use a newer version of this tool. https://console.amazonaws.cn/organizations/v2/home/accounts/222222222222',
      ],
    ],
    [
      'is this account',
      manages(),
      { accounts: [wanted({ email: 'ROOT@example.com' })] },
      [
        'organization.accounts fail ROOT@example.com: ROOT@example.com is the address of this account, which manages the organization',
        '  manual: Use another address for the member account.',
      ],
    ],
    [
      'does not exist',
      manages(),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, beside an account of another name',
      list({ email: 'other@example.com', name: 'other' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, after another one could not be created',
      manages({ requests: value([request({ name: 'other', state: 'FAILED', failureReason: 'INVALID_EMAIL' })]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and neither does the organization',
      standalone,
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and neither does the organization, which may not be created',
      standalone,
      { ...one, mayCreate: false },
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  manual: Creating an organization ends a Free plan: it becomes a Paid plan, Free Tier credits expire immediately, and no more can be earned. Run at a terminal and confirm it, or set `organization.free-tier-loss: accepted` in the config for an unattended run. `bootstrap init --only organization`',
      ],
    ],
    [
      'does not exist, in a unit',
      manages({ tree: tree() }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount, organizations:CreateOrganizationalUnit, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Create the member account sandbox (aws+sandbox@example.com) in the organizational unit Workloads/Prod (hard-to-undo)',
      ],
    ],
    [
      'does not exist, in a unit that exists',
      manages({ tree: tree({ units: existing }) }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount, organizations:MoveAccount: Create the member account sandbox (aws+sandbox@example.com) in the organizational unit Workloads/Prod (hard-to-undo)',
      ],
    ],
    [
      'does not exist, in a unit that exists in part',
      manages({ tree: tree({ units: { Workloads: 'ou-1' } }) }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Create the member account sandbox (aws+sandbox@example.com) in the organizational unit Workloads/Prod (hard-to-undo)',
      ],
    ],
    [
      'does not exist, like another one in a unit of the same path',
      manages({ tree: tree() }),
      two,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount, organizations:CreateOrganizationalUnit, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Create the member account sandbox (aws+sandbox@example.com) in the organizational unit Workloads/Prod (hard-to-undo)',
        'organization.accounts fail logs@example.com: No account has the address logs@example.com; wanted: logs@example.com',
        '  organizations:CreateAccount, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Create the member account logs (logs@example.com) in the organizational unit Workloads/Logs (hard-to-undo)',
      ],
    ],
    [
      'does not exist, in units that cannot be read',
      manages({ tree: unreadTree }),
      inUnit,
      ['organization.accounts unknown aws+sandbox@example.com; needs organizations:ListParents'],
    ],
    [
      'does not exist, without a unit, while units cannot be read',
      manages({ tree: unreadTree }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and its name is that of another account',
      list({ email: 'typo@example.com' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com, but the account 222222222222 is named sandbox and has the address typo@example.com; observed: typo@example.com',
        '  manual: If that is the account you want, use the address typo@example.com. Otherwise give the new account another name.',
      ],
    ],
    [
      'does not exist, and its name is that of this account',
      manages(),
      { accounts: [wanted({ name: 'Main' })] },
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account Main (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and its name is that of a closed account',
      list({ email: 'typo@example.com', state: 'CLOSED' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and its name is that of a suspended account',
      list({ email: 'typo@example.com', state: 'SUSPENDED' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and its name is that of an account being closed',
      list({ email: 'typo@example.com', state: 'PENDING_CLOSURE' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and its name is that of an account that is not active yet',
      list({ email: 'typo@example.com', state: 'PENDING_ACTIVATION' }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com, but the account 222222222222 is named sandbox and has the address typo@example.com; observed: typo@example.com',
        '  manual: If that is the account you want, use the address typo@example.com. Otherwise give the new account another name.',
      ],
    ],
    [
      'does not exist in GovCloud',
      manages({ partition: 'aws-us-gov' }),
      { accounts: [wanted({ name: "it's" })] },
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com, and accounts cannot be created from within AWS GovCloud (US)',
        "  manual: Create the account from the commercial organization, then invite its GovCloud account. `aws organizations create-gov-cloud-account --email aws+sandbox@example.com --account-name 'it'\\''s'`",
      ],
    ],
    [
      'is being created',
      manages({ requests: value([request()]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: AWS is creating an account named sandbox (request car-00000001); wanted: aws+sandbox@example.com',
        '  : Wait for the member account sandbox, which AWS is already creating (request car-00000001) (hard-to-undo)',
      ],
    ],
    [
      'is being created, in a unit',
      manages({ requests: value([request()]), tree: tree() }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: AWS is creating an account named sandbox (request car-00000001); wanted: aws+sandbox@example.com',
        '  organizations:CreateOrganizationalUnit, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Wait for the member account sandbox, which AWS is already creating (request car-00000001) in the organizational unit Workloads/Prod (hard-to-undo)',
      ],
    ],
    [
      'is being created under another name',
      manages({ requests: value([request({ name: 'logs' })]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'could not be created',
      manages({ requests: value([request({ state: 'FAILED', failureReason: 'EMAIL_ALREADY_EXISTS' })]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; the last request for an account of this name failed: another AWS account uses this email address; it may be closed or outside the organization; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'could not be created before, and is being created',
      manages({ requests: value([request({ state: 'FAILED' }), request({ id: 'car-2' })]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: AWS is creating an account named sandbox (request car-2); wanted: aws+sandbox@example.com',
        '  : Wait for the member account sandbox, which AWS is already creating (request car-2) (hard-to-undo)',
      ],
    ],
    [
      'was created, and then removed',
      manages({ requests: value([request({ state: 'SUCCEEDED' })]) }),
      one,
      [
        'organization.accounts fail aws+sandbox@example.com: No account has the address aws+sandbox@example.com; wanted: aws+sandbox@example.com',
        '  organizations:CreateAccount: Create the member account sandbox (aws+sandbox@example.com) (hard-to-undo)',
      ],
    ],
    [
      'does not exist, and requests cannot be read',
      manages({ requests: denied }),
      one,
      ['organization.accounts unknown aws+sandbox@example.com; needs organizations:ListAccounts'],
    ],
    [
      'cannot be read',
      manages({ members: denied }),
      one,
      ['organization.accounts unknown aws+sandbox@example.com; needs organizations:ListAccounts'],
    ],
    [
      'is of an organization that cannot be read',
      { ...manages(), membership: denied },
      one,
      ['organization.accounts unknown aws+sandbox@example.com; needs organizations:ListAccounts'],
    ],
    [
      'is of an organization that another account manages',
      { ...manages(), membership: value({ role: 'member', ...facts, managementId: '999999999999' }) },
      one,
      [
        'organization.accounts not-applicable aws+sandbox@example.com: This account is a member of organization o-exampleorg1, managed by account 999999999999',
      ],
    ],
    [
      'is in its unit',
      place({ units: existing, parents: { [child]: 'ou-2' } }),
      inUnit,
      ['organization.accounts pass aws+sandbox@example.com: The account exists, is active, and is in Workloads/Prod: 222222222222'],
    ],
    [
      'is in the root',
      place({ units: existing, parents: { [child]: 'r-root' } }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in no organizational unit; the config asks for Workloads/Prod; wanted: Workloads/Prod; observed: Root',
        '  organizations:MoveAccount: Move the member account sandbox (222222222222) from the root into the organizational unit Workloads/Prod',
      ],
    ],
    [
      'is in the root, and its unit does not exist',
      place({ parents: { [child]: 'r-root' } }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in no organizational unit; the config asks for Workloads/Prod; wanted: Workloads/Prod; observed: Root',
        '  organizations:CreateOrganizationalUnit, organizations:CreateOrganizationalUnit, organizations:MoveAccount: Move the member account sandbox (222222222222) from the root into the organizational unit Workloads/Prod',
      ],
    ],
    [
      'is in the root, without a unit',
      place({ parents: { [child]: 'r-root' } }),
      one,
      ['organization.accounts pass aws+sandbox@example.com: The account exists and is active: 222222222222'],
    ],
    [
      'is in another unit',
      place({ units: existing, parents: { [child]: 'ou-9' } }, [member({ name: 'old' })]),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222, named old is in a different organizational unit than Workloads/Prod; wanted: Workloads/Prod; observed: ou-9',
        '  manual: Change the unit in the config, or move the account. A move changes which policies apply to it. `aws organizations move-account --account-id 222222222222 --source-parent-id ou-9 --destination-parent-id ou-2`',
      ],
    ],
    [
      'is in another unit, and its unit does not exist',
      place({ units: { Workloads: 'ou-1' }, parents: { [child]: 'ou-9' } }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in a different organizational unit than Workloads/Prod; wanted: Workloads/Prod; observed: ou-9',
        '  manual: Change the unit in the config, or move the account. A move changes which policies apply to it. https://console.aws.amazon.com/organizations/v2/home/accounts',
      ],
    ],
    [
      'is in a place that AWS does not show',
      place({ units: existing }),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in a different organizational unit than Workloads/Prod; wanted: Workloads/Prod',
        '  manual: Change the unit in the config, or move the account. A move changes which policies apply to it. https://console.aws.amazon.com/organizations/v2/home/accounts',
      ],
    ],
    [
      'is in a place that AWS does not show, and its unit does not exist',
      place({}),
      inUnit,
      [
        'organization.accounts fail aws+sandbox@example.com: The account 222222222222 is in a different organizational unit than Workloads/Prod; wanted: Workloads/Prod',
        '  manual: Change the unit in the config, or move the account. A move changes which policies apply to it. https://console.aws.amazon.com/organizations/v2/home/accounts',
      ],
    ],
    [
      'is in a unit that cannot be read',
      manages({ list: [member()], tree: unreadTree }),
      inUnit,
      ['organization.accounts unknown aws+sandbox@example.com; needs organizations:ListParents'],
    ],
  ])('%s', (_, found, want, expected) => expect(see(ids, found, want)).toEqual(expected));
});

describe('the role of an account', () => {
  const ids = ['access-role'];
  const one = { accounts: [wanted()] };
  const arn = (account: string, role: string, partition = 'aws') => `arn:${partition}:iam::${account}:role/${role}`;
  const role = arn(child, 'OrganizationAccountAccessRole');
  const unread = { ok: false, cause: 'denied', message: 'AWS denied sts:AssumeRole', evidence: [] } as const;
  const refused = (fullRights: Extract<RoleCheck, { assumed: false }>['fullRights']): Observed =>
    manages({ list: [member()], roleChecks: { [role]: { assumed: false, unread, fullRights } } });
  it.each<[string, Observed, Partial<Desired>, readonly string[]]>([
    [
      'can be assumed',
      manages({ list: [member()] }),
      one,
      [
        'organization.access-role pass arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: The role OrganizationAccountAccessRole of account 222222222222 can be assumed',
      ],
    ],
    [
      'can be assumed, under another name',
      manages({ list: [member()], roleChecks: { [arn(child, 'Ops')]: { assumed: true, evidence: [] } } }),
      { accounts: [wanted({ role: 'Ops' })] },
      ['organization.access-role pass arn:aws:iam::222222222222:role/Ops: The role Ops of account 222222222222 can be assumed'],
    ],
    [
      'is refused to an administrator',
      refused(value(true)),
      one,
      [
        'organization.access-role fail arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: The role OrganizationAccountAccessRole of account 222222222222 does not exist, or administrators of this account cannot assume it',
        '  manual: Sign in to account 222222222222 and create the role OrganizationAccountAccessRole in account 222222222222, with trust in account 111111111111 and the policy AdministratorAccess. If the account already has such a role under another name, set that name in the config. If the role requires MFA, sign in with MFA.',
      ],
    ],
    [
      'is refused to a caller without full rights',
      refused(value(false)),
      one,
      [
        'organization.access-role unknown arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: AWS denied sts:AssumeRole; you may lack permissions in this account, so the cause may be your permissions or the role',
      ],
    ],
    [
      'is refused to a caller whose rights cannot be read',
      refused(denied),
      one,
      [
        'organization.access-role unknown arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: AWS denied sts:AssumeRole; your permissions in this account could not be read, so the cause may be your permissions or the role',
      ],
    ],
    [
      'is refused to a caller whose rights were not read',
      refused(undefined),
      one,
      ['organization.access-role unknown arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: AWS denied sts:AssumeRole'],
    ],
    [
      'is not assumed by root',
      manages({ list: [member()], callerIsRoot: true }),
      one,
      [
        'organization.access-role manual arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: Root cannot assume roles, so this role could not be checked',
        '  manual: Run the command as the administrator of this account. It prints temporary credentials if the role can be assumed. `aws sts assume-role --role-arn arn:aws:iam::222222222222:role/OrganizationAccountAccessRole --role-session-name check --region us-east-1`',
      ],
    ],
    [
      'is not assumed by root, in an invited account',
      manages({ list: [member({ invited: true })], callerIsRoot: true }),
      one,
      [
        'organization.access-role manual arn:aws:iam::222222222222:role/OrganizationAccountAccessRole: Root cannot assume roles, so this role could not be checked',
        '  manual: Run the command as the administrator of this account. It prints temporary credentials if the role can be assumed. Invited accounts do not have the role at first: if AWS denies the request, create the role OrganizationAccountAccessRole in account 222222222222, with trust in account 111111111111 and the policy AdministratorAccess. `aws sts assume-role --role-arn arn:aws:iam::222222222222:role/OrganizationAccountAccessRole --role-session-name check --region us-east-1`',
      ],
    ],
    [
      'is not assumed by root in China',
      manages({ list: [member()], callerIsRoot: true, partition: 'aws-cn' }),
      one,
      [
        'organization.access-role manual arn:aws-cn:iam::222222222222:role/OrganizationAccountAccessRole: Root cannot assume roles, so this role could not be checked',
        '  manual: Run the command as the administrator of this account. It prints temporary credentials if the role can be assumed. `aws sts assume-role --role-arn arn:aws-cn:iam::222222222222:role/OrganizationAccountAccessRole --role-session-name check --region cn-north-1`',
      ],
    ],
    ['is not checked in an account that is not active', manages({ list: [member({ state: 'SUSPENDED' })] }), one, []],
    ['is not checked in an account that does not exist', manages(), one, []],
    ['is not checked in this account', manages({ list: [member({ id: self })] }), one, []],
    ['is not checked without an organization', standalone, one, []],
    [
      'is unknown if accounts cannot be read',
      manages({ members: denied }),
      one,
      ['organization.access-role unknown aws+sandbox@example.com; needs organizations:ListAccounts'],
    ],
    [
      'is unknown if the organization cannot be read',
      { ...manages(), membership: denied },
      one,
      ['organization.access-role unknown aws+sandbox@example.com; needs organizations:ListAccounts'],
    ],
  ])('%s', (_, found, want, expected) => expect(see(ids, found, want)).toEqual(expected));
});

describe('the evidence', () => {
  const from = (name: string) => [{ operation: name }];
  const evidenceOf = (found: Observed, want: Partial<Desired> = {}) =>
    assess(desired({ accounts: [], ...want }), found).map(({ id, evidence }) =>
      [id.replace('organization.', ''), ...evidence.map(({ operation }) => operation)].join(' '),
    );
  const of = (role: 'management' | 'member', allFeatures: boolean) => value({ role, ...facts, allFeatures }, from('organization'));
  const role = `arn:aws:iam::${child}:role/OrganizationAccountAccessRole`;
  const denial = { ok: false, cause: 'denied', message: '', evidence: from('assume') } as const;
  it('names the requests that a result is based on', () => {
    expect(
      evidenceOf(
        consolidated({
          membership: of('management', false),
          members: value([], from('accounts')),
          pendingFeatures: value(undefined, from('handshakes')),
          centralRoot: value(false, from('features')),
        }),
        { centralRoot: true },
      ),
    ).toEqual(['exists organization', 'all-features organization handshakes', 'central-root organization features']);
    expect(evidenceOf({ ...manages(), membership: of('member', true) })).toEqual(['exists organization', 'all-features organization']);
    const inPlace = { members: value([member()], from('accounts')), tree: value({ rootId: 'r', units: {}, parents: {} }, from('units')) };
    expect(
      evidenceOf(
        manages({
          membership: of('management', true),
          ...inPlace,
          roleChecks: { [role]: { assumed: false, unread: denial, fullRights: value(false, from('rights')) } },
        }),
        { accounts: [wanted({ unit: units })] },
      ),
    ).toEqual(['exists organization', 'all-features organization', 'accounts accounts units', 'access-role assume rights']);
  });
});
