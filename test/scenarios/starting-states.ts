import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newAccount } from '../../src/sandbox/new-world.js';
import type { AccountWorld, MfaDeviceWorld, OrganizationWorld, UserWorld, World } from '../../src/sandbox/world.js';
import { own, type PracticeAccount, practiceAccount } from './practice-account.js';

/**
 * Accounts in which some resources exist before the first run: one axis for each kind of resource. `openFindings` returns the wanted
 * findings that stay open, because only the user can decide.
 */
export const admin = 'alex';
export const alias = 'acme-prod';
const member = { name: 'sandbox', email: 'you+sandbox@example.com' };

export interface State {
  readonly alias: keyof typeof aliases;
  readonly user: keyof typeof users;
  readonly group: keyof typeof groups;
  readonly login: 'no' | 'yes';
  readonly device: keyof typeof devices;
  readonly policy: keyof typeof policies;
  readonly keys: keyof typeof keySets;
  readonly budget: keyof typeof budgets;
  readonly organization: keyof typeof organizations;
  readonly contact: keyof typeof contacts;
  readonly billing: 'unconfirmed' | 'confirmed';
  readonly root: 'without MFA' | 'with MFA';
}

/** The result of a finished run, from which the starting states are built. */
export interface Pieces {
  readonly world: World;
  readonly account: AccountWorld;
  readonly profiles: string;
}

interface Building extends Pieces {
  readonly into: AccountWorld;
  readonly target: World;
}
type Build = (at: Building) => void;

const contactYaml = '{ name: You, title: Owner, email: you@example.com, phone: +1 555 0100 }';
export const config = (more: { readonly confirmed?: boolean; readonly accounts?: string } = {}): string => `version: 1
account: { id: "${own}" }
billing-access:
  ${more.confirmed === true ? 'confirmed-on: 2026-11-23' : ''}
  contact: ${contactYaml}
  security-contact: ${contactYaml}
budget: { limit: 10 USD, subscribers: [you@example.com] }
admin-user: { name: ${admin} }
mfa: { assign: unattended }
alias: { name: ${alias} }
access-keys: { mode: create, user: ci, group: ci-readers, policies: [ReadOnlyAccess], profile: work }
organization: { free-tier-loss: accepted, accounts: [${more.accounts ?? `{ name: ${member.name}, email: ${member.email} }`}] }
`;

const copy = <T>(of: T): T => structuredClone(of);
const named = <T extends { readonly name: string }>(list: readonly T[], name: string): T => {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not there`);
  return copy(found);
};
const policyArn = (name: string): string => `arn:aws:iam::aws:policy/${name}`;

export const aliases = {
  none: () => {},
  wanted: ({ into }) => void (into.alias = alias),
  other: ({ into }) => void (into.alias = 'old-name'),
} satisfies Record<string, Build>;

const addUser = ({ into, account }: Building, change: Partial<UserWorld>): void => {
  into.users.push({
    ...named(account.users, admin),
    groups: [],
    attachedPolicies: [],
    tags: {},
    password: null,
    accessKeys: [],
    ...change,
  });
};
export const users = {
  none: () => {},
  bare: (at) => addUser(at, {}),
  'with different case': (at) => addUser(at, { name: 'Alex' }),
  'in the group': (at) => addUser(at, { groups: ['Administrators'] }),
  'with the policy of its own': (at) => addUser(at, { attachedPolicies: [policyArn('AdministratorAccess')] }),
  'with another policy of its own': (at) => addUser(at, { attachedPolicies: [policyArn('ReadOnlyAccess')] }),
} satisfies Record<string, Build>;

export const groups = {
  none: () => {},
  wanted: ({ into, account }) => void into.groups.push(named(account.groups, 'Administrators')),
  'without its policy': ({ into, account }) => void into.groups.push({ ...named(account.groups, 'Administrators'), attachedPolicies: [] }),
  'wanted, with other members': ({ into, account }) => {
    into.groups.push(named(account.groups, 'Administrators'));
    into.users.find(({ name }) => name === 'bob')?.groups.push('Administrators');
  },
  'used for something else': ({ into, account }) => {
    into.groups.push({ ...named(account.groups, 'Administrators'), attachedPolicies: [policyArn('ReadOnlyAccess')] });
    into.users.find(({ name }) => name === 'bob')?.groups.push('Administrators');
  },
} satisfies Record<string, Build>;

const addDevice = ({ into, account }: Building, change: Partial<MfaDeviceWorld>): void => {
  const [ours] = account.mfaDevices;
  if (ours === undefined) throw new Error('there is no device');
  into.mfaDevices.push({ ...copy(ours), user: null, enabledAt: null, ...change });
};
export const devices = {
  none: () => {},
  'leftover of this tool': (at) => addDevice(at, {}),
  'leftover of another owner': (at) => addDevice(at, { tags: {}, seed: 'A'.repeat(64) }),
  'leftover of this tool, numbered': (at) => {
    addDevice(at, { tags: {}, seed: 'A'.repeat(64) });
    addDevice(at, { serial: `arn:aws:iam::${own}:mfa/${admin}-2` });
  },
  enabled: (at) => {
    const user = at.into.users.find(({ name }) => name.toLowerCase() === admin);
    if (user !== undefined) addDevice(at, { user: user.name, enabledAt: at.into.createdAt, tags: {} });
  },
} satisfies Record<string, Build>;

const lax = {
  MinimumPasswordLength: 8,
  RequireSymbols: false,
  RequireNumbers: true,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  ExpirePasswords: false,
};
export const policies = {
  none: () => {},
  laxer: ({ into }) => void (into.passwordPolicy = { ...lax }),
  'stricter in part': ({ into }) =>
    void (into.passwordPolicy = {
      ...lax,
      MinimumPasswordLength: 30,
      RequireSymbols: true,
      MaxPasswordAge: 90,
      ExpirePasswords: true,
      HardExpiry: true,
    }),
  stricter: ({ into }) =>
    void (into.passwordPolicy = {
      ...lax,
      MinimumPasswordLength: 64,
      PasswordReusePrevention: 24,
      MaxPasswordAge: 30,
      ExpirePasswords: true,
    }),
} satisfies Record<string, Build>;

const addKeyUser = (at: Building, ids: readonly string[], change: Partial<UserWorld> = {}): void => {
  const ci = named(at.account.users, 'ci');
  const [key] = ci.accessKeys;
  if (key === undefined) throw new Error('there is no key');
  at.into.users.push({ ...ci, groups: [], accessKeys: ids.map((id) => ({ ...key, id: id === '' ? key.id : id })), ...change });
};
export const keySets = {
  none: () => {},
  'a user without keys': (at) => addKeyUser(at, [], { tags: {} }),
  'one, known': (at) => addKeyUser(at, ['']),
  'one, unknown': (at) => addKeyUser(at, ['AKIAUNKNOWN111111111']),
  'two, unknown': (at) => addKeyUser(at, ['AKIAUNKNOWN111111111', 'AKIAUNKNOWN222222222']),
  'one, inactive': (at) => {
    addKeyUser(at, ['']);
    for (const key of at.into.users.find(({ name }) => name === 'ci')?.accessKeys ?? []) key.status = 'Inactive';
  },
} satisfies Record<string, Build>;

const addBudget = ({ into, account }: Building, change: (budget: AccountWorld['budgets'][number]) => void): void => {
  const [ours] = account.budgets;
  if (ours === undefined) throw new Error('there is no budget');
  const budget = copy(ours);
  change(budget);
  into.budgets.push(budget);
};
export const budgets = {
  none: () => {},
  same: (at) => addBudget(at, () => {}),
  'with a different limit': (at) => addBudget(at, ({ budget }) => void (budget['BudgetLimit'] = { Amount: '500', Unit: 'USD' })),
  'without one alert': (at) => addBudget(at, ({ notifications }) => void notifications.splice(1, 1)),
  'without the configured address': (at) =>
    addBudget(at, ({ notifications }) => {
      for (const { subscribers } of notifications) subscribers.splice(0, 1, { SubscriptionType: 'EMAIL', Address: 'bob@example.com' });
    }),
  'with more alerts and addresses': (at) =>
    addBudget(at, ({ notifications }) => {
      const [first] = notifications;
      if (first === undefined) throw new Error('there is no alert');
      notifications.push({
        notification: { ...first.notification, Threshold: 95 },
        subscribers: [{ SubscriptionType: 'EMAIL', Address: 'bob@example.com' }],
      });
    }),
  'under another name': (at) => addBudget(at, ({ budget }) => void (budget['BudgetName'] = 'My budget')),
} satisfies Record<string, Build>;

const otherAccount = '444455556666';
const addOrganization = ({ into, world, target }: Building, change: Partial<OrganizationWorld>): OrganizationWorld => {
  const [ours] = world.organizations;
  if (ours === undefined) throw new Error('there is no organization');
  const members = ours.members.filter(({ accountId }) => accountId === own);
  const organization = { ...copy(ours), requests: [], members: copy(members), ...change };
  target.organizations.push(organization);
  into.plan = 'PAID';
  into.roles.push(...copy(world.accounts[own]?.roles ?? []));
  return organization;
};
const addMember = ({ target }: Building, organization: OrganizationWorld, change: Partial<AccountWorld>): void => {
  const createdAt = new Date(organization.createdAt);
  const account = { ...newAccount({ id: otherAccount, name: member.name, email: member.email, now: createdAt }), ...change };
  target.accounts[account.id] = account;
  organization.members.push({
    accountId: account.id,
    joinedMethod: 'CREATED',
    joinedAt: organization.createdAt,
    parent: organization.rootId,
    tags: {},
  });
};
export const organizations = {
  none: () => {},
  'all features': (at) => void addOrganization(at, {}),
  'billing only': (at) => void addOrganization(at, { featureSet: 'CONSOLIDATED_BILLING' }),
  'has the account': (at) => addMember(at, addOrganization(at, {}), { name: 'Sandbox of ours', email: 'You+Sandbox@example.com' }),
  'has the account, suspended': (at) => addMember(at, addOrganization(at, {}), { state: 'SUSPENDED' }),
  'has another account with the name': (at) => addMember(at, addOrganization(at, {}), { email: 'else@example.com' }),
  'member of another': (at) => {
    const organization = addOrganization(at, { id: 'o-anotherorg', managementAccountId: otherAccount });
    addMember(at, organization, { name: 'Boss', email: 'boss@example.com' });
  },
} satisfies Record<string, Build>;

export const contacts = {
  none: () => {},
  same: ({ into, account }) => void (into.alternateContacts = copy(account.alternateContacts)),
  other: ({ into }) =>
    void (into.alternateContacts = { BILLING: { Name: 'Bob', Title: 'CFO', EmailAddress: 'bob@example.com', PhoneNumber: '+1 555 0199' } }),
} satisfies Record<string, Build>;

export const axes = {
  alias: Object.keys(aliases),
  user: Object.keys(users),
  group: Object.keys(groups),
  login: ['no', 'yes'],
  device: Object.keys(devices),
  policy: Object.keys(policies),
  keys: Object.keys(keySets),
  budget: Object.keys(budgets),
  organization: Object.keys(organizations),
  contact: Object.keys(contacts),
  billing: ['unconfirmed', 'confirmed'],
  root: ['without MFA', 'with MFA'],
} as { readonly [Axis in keyof State]: readonly State[Axis][] };

/** A new account, in which the user has done nothing yet. */
export const untouched: State = {
  alias: 'none',
  user: 'none',
  group: 'none',
  login: 'no',
  device: 'none',
  policy: 'none',
  keys: 'none',
  budget: 'none',
  organization: 'none',
  contact: 'none',
  billing: 'unconfirmed',
  root: 'without MFA',
};

/** Only an existing user has a password or a device, and only an existing group has members. */
export const isPossible = ({ user, group, login, device }: State): boolean =>
  !(user === 'none' && (login === 'yes' || device === 'enabled')) && !(user === 'in the group' && group === 'none');

/** The world after a complete init with `config()`. */
export const bootstrappedWorld = async (): Promise<World> => {
  const practiced = practiceAccount();
  writeFileSync(join(practiced.home, 'bootstrap.yaml'), config());
  await practiced.run(['init', '--yes']);
  return practiced.world();
};

export const makePieces = async (): Promise<Pieces> => {
  // Another seed than that of the accounts under test, which would otherwise get the same secrets.
  const practiced = practiceAccount({ seed: 2 });
  writeFileSync(join(practiced.home, 'bootstrap.yaml'), config());
  const { code, stderr, stdout } = await practiced.run(['init', '--yes']);
  if (code !== 5) throw new Error(`${stderr}${stdout}`);
  return { world: practiced.world(), account: practiced.account(), profiles: readFileSync(join(practiced.secrets, 'credentials'), 'utf8') };
};

/** Creates what exists in this state. Resources of other owners exist in every state. */
export const putInState =
  (state: State, pieces: Pieces) =>
  (into: AccountWorld, target: World): void => {
    const at: Building = { ...pieces, into, target };
    addOthers(at);
    aliases[state.alias](at);
    users[state.user](at);
    if (state.login === 'yes') {
      const user = into.users.find(({ name }) => name.toLowerCase() === admin);
      if (user !== undefined)
        user.password = { value: 'Of-their-own-choice-1', createdAt: into.createdAt, resetRequired: false, lastUsed: into.createdAt };
    }
    groups[state.group](at);
    devices[state.device](at);
    policies[state.policy](at);
    keySets[state.keys](at);
    budgets[state.budget](at);
    organizations[state.organization](at);
    contacts[state.contact](at);
    if (state.root === 'with MFA') into.root.mfa = 'hardware';
  };

/** The files of a computer in this state: the config, and the profile of a key that is known here. */
export const putFiles = (state: State, pieces: Pieces, folders: { readonly home: string; readonly credentials: string }): void => {
  writeFileSync(join(folders.home, 'bootstrap.yaml'), config({ confirmed: state.billing === 'confirmed' }));
  if (state.keys !== 'one, known') return;
  mkdirSync(folders.credentials, { mode: 0o700 });
  writeFileSync(join(folders.credentials, 'credentials'), pieces.profiles, { mode: 0o600 });
};

/** An account in this state, and its config. */
export const accountInState = (state: State, pieces: Pieces): PracticeAccount => {
  const practiced = practiceAccount();
  practiced.edit(putInState(state, pieces));
  putFiles(state, pieces, { home: practiced.home, credentials: practiced.secrets });
  return practiced;
};

/** Resources of other owners, which this tool must never change. */
const addOthers = (at: Building): void => {
  const { into, account } = at;
  const user = named(account.users, admin);
  into.groups.push({
    ...named(account.groups, 'ci-readers'),
    id: 'AGPADEVELOPERS111111',
    name: 'developers',
    attachedPolicies: [],
    inlinePolicies: { own: '{"Version":"2012-10-17","Statement":[]}' },
  });
  into.users.push({ ...user, id: 'AIDABOB11111111111111', name: 'bob', groups: ['developers'], tags: { team: 'shop' }, password: null });
  into.policies.push({
    arn: `arn:aws:iam::${own}:policy/shop`,
    name: 'shop',
    document: '{"Version":"2012-10-17","Statement":[]}',
    createdAt: into.createdAt,
  });
  into.roles.push({
    id: 'AROASHOP1111111111111',
    name: 'shop',
    path: '/',
    createdAt: into.createdAt,
    trust: '{"Version":"2012-10-17","Statement":[]}',
    attachedPolicies: [],
    inlinePolicies: {},
    tags: {},
  });
  into.alternateContacts.OPERATIONS = { Name: 'Bob', Title: 'Ops', EmailAddress: 'ops@example.com', PhoneNumber: '+1 555 0111' };
  addBudget(at, ({ budget }) => {
    budget['BudgetName'] = 'Storage';
    budget['CostFilters'] = { Service: ['Amazon Simple Storage Service'] };
  });
};

/** Ids of the findings that stay open in this state. */
export const openFindings = (state: State): readonly string[] => {
  const isAdmin = state.user === 'in the group' && (state.group === 'wanted' || state.group === 'wanted, with other members');
  const groupIsTaken = state.group === 'used for something else';
  return [
    ...(state.billing === 'confirmed' ? [] : ['billing-access.switch']),
    ...(state.contact === 'other' ? ['billing-access.contact'] : []),
    ...(state.budget === 'under another name' ? ['budget.exists'] : []),
    ...(groupIsTaken && !isAdmin && state.user !== 'with the policy of its own' ? ['admin-user.exists'] : []),
    ...(state.user.endsWith('policy of its own') && !(groupIsTaken && state.user === 'with another policy of its own')
      ? ['admin-user.via-group']
      : []),
    ...(groupIsTaken && state.user === 'none' ? ['admin-user.console'] : []),
    ...(state.root === 'with MFA' ? [] : ['mfa.root']),
    ...(state.alias === 'other' ? ['alias.name'] : []),
    ...(state.keys === 'one, unknown' ? ['access-keys.stored'] : []),
    ...(state.keys === 'two, unknown' ? ['access-keys.stored', 'access-keys.stored'] : []),
    ...(state.keys === 'one, inactive' ? ['access-keys.exists'] : []),
    ...(state.organization === 'member of another'
      ? []
      : state.organization === 'has the account, suspended' || state.organization === 'has another account with the name'
        ? ['organization.accounts']
        : ['organization.access-role']),
  ];
};
