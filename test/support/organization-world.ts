import { accessKeyId } from '../../src/sandbox/credentials.js';
import { newAccount, practiceAccountId } from '../../src/sandbox/new-world.js';
import type { AccountWorld, BudgetWorld, RoleWorld, World } from '../../src/sandbox/world.js';

/**
 * An organization of any size, as a world for `openSandbox` or for a file: the management account with an administrator and a key of
 * hers, and members that are in order but for the faults that are asked for.
 */
export type MemberFault =
  | 'no-alias'
  | 'no-budget'
  | 'no-contact'
  | 'no-password-policy'
  /** Its root has an access key: critical. */
  | 'root-key'
  /** Its root has a password, a key, a signing certificate and an MFA device. */
  | 'root-credentials'
  /** It was invited and never got a role. */
  | 'role-missing'
  /** The role trusts another account. */
  | 'denied'
  /** Each answer takes `slowMs`. */
  | 'slow'
  /** Each request in it gets an answer of status 500. */
  | 'broken'
  | 'suspended'
  | 'closed';

export interface OrganizationOptions {
  /** How many members, or the faults of each. */
  readonly members: number | readonly (readonly MemberFault[])[];
  readonly now: Date;
  readonly slowMs?: number;
  /** The management account manages the root credentials of the members. */
  readonly centralRoot?: boolean;
  /** Policies of the caller, by name: what AWS manages. */
  readonly policies?: readonly string[];
}

export interface OrganizationWorldMade {
  readonly world: World;
  /** Ids of the members, in order. */
  readonly members: readonly string[];
  /** Signs as user alex of the management account, an administrator. */
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const accessRole = 'OrganizationAccountAccessRole';
const management = practiceAccountId;

export const organizationWorld = ({
  members,
  now,
  slowMs = 5_000,
  centralRoot = false,
  policies = ['AdministratorAccess'],
}: OrganizationOptions): OrganizationWorldMade => {
  const faults = typeof members === 'number' ? Array.from({ length: members }, (): readonly MemberFault[] => []) : members;
  const at = now.toISOString();
  const key = { accessKeyId: accessKeyId('AKIA', management, (length) => '7'.repeat(length)), secretAccessKey: 'x'.repeat(40) };
  const own = sound(newAccount({ id: management, name: 'Management', email: 'aws@example.com', now }), 'management', at);
  own.rootCredentialsManagement = centralRoot;
  own.users.push({
    id: 'AIDAORGANIZATIONWRLDA',
    name: 'alex',
    path: '/',
    createdAt: at,
    tags: {},
    groups: [],
    attachedPolicies: policies.map((name) => `arn:aws:iam::aws:policy/${name}`),
    inlinePolicies: {},
    password: null,
    accessKeys: [{ id: key.accessKeyId, secret: key.secretAccessKey, status: 'Active', createdAt: at, lastUsed: null }],
  });
  const accounts = faults.map((of, index) => memberAccount(index, of, now));
  const byFault = (fault: MemberFault) => accounts.filter((_, index) => faults[index]?.includes(fault)).map(({ id }) => id);
  const world: World = {
    version: 1,
    accounts: Object.fromEntries([own, ...accounts].map((account) => [account.id, account])),
    organizations: [
      {
        id: 'o-exampleorg1',
        managementAccountId: management,
        featureSet: 'ALL',
        createdAt: at,
        trustedServices: centralRoot ? ['iam.amazonaws.com'] : [],
        finalizingUntil: null,
        accountLimit: accounts.length + 10,
        units: [],
        rootId: 'r-exam',
        members: [own, ...accounts].map(({ id }) => ({
          accountId: id,
          joinedMethod: id === management || byFault('role-missing').includes(id) ? 'INVITED' : 'CREATED',
          joinedAt: at,
          parent: 'r-exam',
          tags: {},
        })),
        requests: [],
      },
    ],
    handshakes: [],
    sessions: {},
    requests: 0,
    knobs: {
      slow: Object.fromEntries(byFault('slow').map((id) => [id, slowMs])),
      faults: byFault('broken').map((account) => ({ operation: '*', account, what: { kind: 'status-before', status: 500 } })),
    },
  };
  return { world, members: accounts.map(({ id }) => id), key };
};

const memberAccount = (index: number, faults: readonly MemberFault[], now: Date): AccountWorld => {
  const id = String(200_000_000_001 + index);
  const name = `member-${index + 1}`;
  const account = sound(newAccount({ id, name, email: `aws+${name}@example.com`, now }), name, now.toISOString());
  const has = (fault: MemberFault): boolean => faults.includes(fault);
  const trusted = has('denied') ? '999999999999' : management;
  return {
    ...account,
    plan: 'PAID',
    state: has('suspended') ? 'SUSPENDED' : has('closed') ? 'CLOSED' : 'ACTIVE',
    alias: has('no-alias') ? null : account.alias,
    // As AWS creates members with central root access: their root cannot sign in.
    root: {
      mfa: has('root-credentials') ? 'virtual' : 'none',
      passwordPresent: has('root-credentials'),
      passwordLastUsed: null,
      accessKeys: has('root-key') || has('root-credentials') ? [rootKey(index, now)] : [],
      ...(has('root-credentials')
        ? { signingCertificates: [{ id: 'TA7SMP42TDN5Z26OBPJE7EXAMPLE', status: 'Active' as const, uploadedAt: now.toISOString() }] }
        : {}),
    },
    roles: has('role-missing') ? [] : [role(index, trusted, now)],
    budgets: has('no-budget') ? [] : account.budgets,
    alternateContacts: has('no-contact') ? {} : account.alternateContacts,
    passwordPolicy: has('no-password-policy') ? null : account.passwordPolicy,
  };
};

/** What `init` would bring about, apart from people. */
const sound = (account: AccountWorld, alias: string, at: string): AccountWorld => {
  const contact = { Name: 'Alex', Title: 'Ops', EmailAddress: 'ops@example.com', PhoneNumber: '+1 206 555 0100' };
  return {
    ...account,
    // A console password of root that was not used today.
    root: { ...account.root, mfa: 'hardware', passwordLastUsed: null },
    alias: `acme-${alias}`,
    passwordPolicy: { MinimumPasswordLength: 14, PasswordReusePrevention: 24, AllowUsersToChangePassword: true },
    alternateContacts: { BILLING: contact, SECURITY: contact },
    budgets: [monthlyBudget(at)],
  };
};

const monthlyBudget = (at: string): BudgetWorld => ({
  budget: {
    BudgetName: 'Monthly $10 Budget',
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: '10', Unit: 'USD' },
    CostTypes: { IncludeCredit: false, IncludeRefund: false },
    TimePeriod: { Start: at, End: '2087-06-15T00:00:00.000Z' },
    CalculatedSpend: { ActualSpend: { Amount: '0.0', Unit: 'USD' } },
    LastUpdatedTime: at,
  },
  notifications: [80, 100].map((Threshold) => ({
    notification: { NotificationType: 'ACTUAL', ComparisonOperator: 'GREATER_THAN', Threshold, ThresholdType: 'PERCENTAGE' },
    subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }],
  })),
  tags: {},
});

const role = (index: number, trusted: string, now: Date): RoleWorld => ({
  id: `AROA${String(index).padStart(17, 'A')}`,
  name: accessRole,
  path: '/',
  createdAt: now.toISOString(),
  trust: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${trusted}:root` }, Action: 'sts:AssumeRole' }],
  }),
  attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  inlinePolicies: {},
  tags: {},
});

const rootKey = (index: number, now: Date): AccountWorld['root']['accessKeys'][number] => ({
  id: `AKIAROOT${String(index).padStart(12, 'A')}`,
  secret: 'x'.repeat(40),
  status: 'Active',
  createdAt: now.toISOString(),
  lastUsed: null,
});
