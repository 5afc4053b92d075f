import { practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { AccountWorld, HandshakeWorld, OrganizationWorld, World } from '../../src/sandbox/world.js';
import { type Command, type ConfigName, configNames, partner, sandboxAccount, type Walk } from './walk.js';

/** What random walks consist of: commands of this tool, and edits that a user makes in the console or in the config. */

const yes = ['--yes', '--account-id', own] as const;
export const init = ['init', ...yes, '--secrets-file', 'secrets.json', '--replace-profile'] as const;
const of = (...argv: readonly string[]): Command => ({ argv });

export const invite: Command = of('accounts', 'invite', '--email', partner.email, ...yes);
export const accept: Command = {
  argv: 'accounts accept --yes --free-tier-loss accepted --account-id'.split(' ').concat(partner.id, '--management-account-id', own),
  as: 'partner',
};

export type Commands = Readonly<Record<string, (walk: Walk) => Command>>;
const commandsForOne = {
  init: () => of(...init),
  'init --only access-keys': () => of(...init, '--only', 'access-keys'),
  'init --only admin-user,mfa': () => of(...init, '--only', 'admin-user,mfa'),
  check: () => of('check'),
  'keys list': () => of('keys', 'list'),
  'keys rotate': () => of('keys', 'rotate', '--user', 'ci', ...yes),
  'keys rotate --delete-inactive': () => of('keys', 'rotate', '--user', 'ci', '--delete-inactive', ...yes),
  'keys disable': ({ account }) => of('keys', 'disable', '--user', 'ci', '--key', keyOf(account, 'Active'), ...yes),
  'keys enable': ({ account }) => of('keys', 'enable', '--user', 'ci', '--key', keyOf(account, 'Inactive'), ...yes),
  'keys delete': ({ account }) => of('keys', 'delete', '--user', 'ci', '--key', keyOf(account, 'Inactive'), ...yes),
  undo: () => of('undo', ...yes),
} as const satisfies Commands;

const asAdministrator = (...argv: readonly string[]): Command => ({ argv, as: 'administrator' });
const commandsForSeveral = {
  init: () => of(...init),
  'init --only billing-access': () => of(...init, '--only', 'billing-access'),
  'init --only organization': () => of(...init, '--only', 'organization'),
  'init --only organization, as administrator': () => asAdministrator(...init, '--only', 'organization'),
  'init, as administrator': () => asAdministrator(...init),
  'check, as administrator': () => asAdministrator('check'),
  'accounts list': () => of('accounts', 'list'),
  'accounts list, as administrator': () => asAdministrator('accounts', 'list'),
  'accounts create sandbox': () => of('accounts', 'create', '--name', sandboxAccount.name, ...yes),
  'accounts create lab': () =>
    asAdministrator('accounts', 'create', '--name', 'lab', '--email', 'you+lab@example.com', '--ou', 'Lab', ...yes),
  'accounts invite': () => invite,
  'accounts invite --id': () => of('accounts', 'invite', '--id', partner.id, ...yes),
  'accounts cancel': (walk) => of('accounts', 'cancel', '--handshake', openInvitation(walk)?.id ?? 'h-examplenone1', ...yes),
  'accounts accept': () => accept,
  'accounts close': ({ world }) => of('accounts', 'close', created(world) ?? '999999999999', ...yes),
  'accounts secure-root': ({ world }) => asAdministrator('accounts', 'secure-root', created(world) ?? '999999999999', ...yes),
  undo: () => of('undo', ...yes),
  'undo --only organization': () => of('undo', '--only', 'organization', ...yes),
} as const satisfies Commands;

/** By the first config of a walk. */
export const commands = { alone: commandsForOne, organization: commandsForSeveral, 'organization with units': commandsForSeveral } as const;

type Edit = (walk: Walk) => Promise<void> | void;
const editsOfOne: Readonly<Record<string, Edit>> = {
  'removes the alias': ({ account }) => void (account.alias = null),
  'chooses another alias': ({ account }) => void (account.alias = 'by-hand'),
  'raises the budget': ({ account: { budgets } }) =>
    void Object.assign(budgets.at(-1)?.budget ?? {}, { BudgetLimit: { Amount: '500', Unit: 'USD' } }),
  'deletes the budget': ({ account }) =>
    void (account.budgets = account.budgets.filter(({ budget }) => budget['BudgetName'] !== 'Monthly cost budget')),
  'takes the administrator out of the group': ({ account }) => void Object.assign(alex(account) ?? {}, { groups: [] }),
  'deletes the password of the administrator': ({ account }) => void Object.assign(alex(account) ?? {}, { password: null }),
  'deletes a key': ({ account }) => void ci(account)?.accessKeys.shift(),
  'disables a key': ({ account }) => void Object.assign(ci(account)?.accessKeys[0] ?? {}, { status: 'Inactive' }),
  // A key whose secret was lost with an answer can be used by no one.
  'uses the keys': ({ account, stored }) => {
    const known = stored();
    for (const key of ci(account)?.accessKeys ?? [])
      if (known.includes(key.secret)) key.lastUsed = { at: '2026-11-23T10:00:00.000Z', service: 's3', region: 'us-east-1' };
  },
  'adds someone to the group': ({ account }) => void bob(account)?.groups.push('Administrators'),
  'adds a device without a user': ({ account }) =>
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

const management = 'you@example.com';
const editsOfSeveral: Readonly<Record<string, Edit>> = {
  'removes the administrator from the group': ({ account }) => void Object.assign(alex(account) ?? {}, { groups: [] }),
  'creates an organization for bills only': ({ inConsole }) =>
    inConsole(management, (aws) => aws.createOrganization({ FeatureSet: 'CONSOLIDATED_BILLING' })),
  'deletes the organization': ({ inConsole }) => inConsole(management, (aws) => aws.deleteOrganization({})),
  'requests the member account': ({ inConsole }) =>
    inConsole(management, (aws) => aws.createAccount({ AccountName: sandboxAccount.name, Email: sandboxAccount.email })),
  'creates the member account under another name': (walk) => createAccount(walk, 'by-hand', sandboxAccount.email.toUpperCase()),
  'creates an account with the same name': (walk) => createAccount(walk, sandboxAccount.name, 'else@example.com'),
  'creates a unit': ({ world, inConsole }) =>
    inConsole(management, (aws) => aws.createOrganizationalUnit({ Name: 'Workloads', ParentId: organizationOf(world)?.rootId })),
  'moves the member account': async ({ world, inConsole }) => {
    const { units = [], members = [] } = organizationOf(world) ?? {};
    const member = members.find(({ accountId }) => accountId === created(world));
    const unit = units.at(-1)?.id;
    if (member !== undefined && unit !== undefined)
      await inConsole(management, (aws) =>
        aws.moveAccount({ AccountId: member.accountId, SourceParentId: member.parent, DestinationParentId: unit }),
      );
  },
  'invites the partner': ({ inConsole }) =>
    inConsole(management, (aws) => aws.inviteAccountToOrganization({ Target: { Id: partner.id, Type: 'ACCOUNT' } })),
  'cancels the invitation': (walk) => walk.inConsole(management, (aws) => aws.cancelHandshake({ HandshakeId: openInvitation(walk)?.id })),
  'removes the partner': ({ inConsole }) => inConsole(management, (aws) => aws.removeAccountFromOrganization({ AccountId: partner.id })),
  // The partner itself.
  'accepts the invitation': (walk) =>
    walk.inConsole(partner.email, (aws) => aws.acceptHandshake({ HandshakeId: openInvitation(walk)?.id })),
  'declines the invitation': (walk) =>
    walk.inConsole(partner.email, (aws) => aws.declineHandshake({ HandshakeId: openInvitation(walk)?.id })),
  'approves all features': (walk) =>
    walk.inConsole(partner.email, (aws) => aws.acceptHandshake({ HandshakeId: openHandshake(walk, 'APPROVE_ALL_FEATURES')?.id })),
  'leaves the organization': ({ inConsole }) => inConsole(partner.email, (aws) => aws.leaveOrganization({})),
  'switches billing access': ({ account, clock }) => void account.events.push(switched(account, clock.now().toISOString())),
  'removes the billing contact': ({ account }) => void delete account.alternateContacts.BILLING,
  'sets another security contact': ({ account }) =>
    void (account.alternateContacts.SECURITY = {
      Name: 'Bob',
      Title: 'Security',
      EmailAddress: 'bob@example.com',
      PhoneNumber: '+1 555 0122',
    }),
  ...Object.fromEntries(
    configNames.map((name): readonly [string, Edit] => [`writes the config "${name}"`, ({ configure }) => configure(name)]),
  ),
  'does nothing for 20 minutes': ({ clock }) => clock.advance(20 * 60_000),
  'does nothing for 16 days': ({ clock }) => clock.advance(16 * 86_400_000),
};

export const edits = {
  alone: editsOfOne,
  organization: editsOfSeveral,
  'organization with units': editsOfSeveral,
} as const satisfies Record<ConfigName, unknown>;

/** AWS creates accounts in the background; the console shows when it is done. */
const createAccount = async ({ world, inConsole }: Walk, name: string, email: string): Promise<void> => {
  await inConsole(management, (aws) => aws.createAccount({ AccountName: name, Email: email }));
  const { id } = organizationOf(world)?.requests.find((one) => one.email === email) ?? {};
  for (let polls = 0; polls < 3; polls += 1)
    await inConsole(management, (aws) => aws.describeCreateAccountStatus({ CreateAccountRequestId: id }));
};

const switched = (account: AccountWorld, at: string): AccountWorld['events'][number] => {
  const name = 'SetIAMAccessPreference';
  return { id: `switch-${account.events.length}`, name, source: 'billingconsole.amazonaws.com', at, user: 'root', detail: '{}' };
};

export const organizationOf = ({ organizations }: World): OrganizationWorld | undefined =>
  organizations.find(({ managementAccountId }) => managementAccountId === own);

export const isMember = (world: World, id: string): boolean =>
  organizationOf(world)?.members.some(({ accountId }) => accountId === id) ?? false;

export const isOpen = ({ state, expiresAt }: HandshakeWorld, { clock }: Walk): boolean =>
  (state === 'OPEN' || state === 'REQUESTED') && Date.parse(expiresAt) > clock.now().getTime();

const openHandshake = (walk: Walk, action: HandshakeWorld['action']): HandshakeWorld | undefined =>
  walk.world.handshakes.find((one) => one.action === action && isOpen(one, walk));
export const openInvitation = (walk: Walk): HandshakeWorld | undefined => openHandshake(walk, 'INVITE');

/** A member account that the organization created. */
const created = (world: World): string | undefined =>
  organizationOf(world)?.members.find(({ joinedMethod }) => joinedMethod === 'CREATED')?.accountId;

const userOf = ({ users }: AccountWorld, wanted: string) => users.find(({ name }) => name === wanted);
export const ci = (account: AccountWorld) => userOf(account, 'ci');
const alex = (account: AccountWorld) => userOf(account, 'alex');
const bob = (account: AccountWorld) => (account.groups.some(({ name }) => name === 'Administrators') ? userOf(account, 'bob') : undefined);

const keyOf = (account: AccountWorld, status: 'Active' | 'Inactive'): string =>
  ci(account)?.accessKeys.find((key) => key.status === status)?.id ?? 'AKIANONE111111111111';
