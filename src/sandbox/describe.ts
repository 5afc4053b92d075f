import type { AccountWorld, World } from './world.js';

/** A readable summary of the practice world, without secrets. */
export const describeWorld = (world: World): Record<string, unknown> => ({
  requests: world.requests,
  accounts: Object.values(world.accounts).map(describeAccount),
  organizations: world.organizations.map((organization) => ({
    id: organization.id,
    management: organization.managementAccountId,
    features: organization.featureSet,
    members: organization.members.map((member) => `${member.accountId} (${member.joinedMethod.toLowerCase()})`),
  })),
  handshakes: world.handshakes.map((handshake) => `${handshake.id} ${handshake.action} ${handshake.state}`),
});

const describeAccount = (account: AccountWorld): Record<string, unknown> => ({
  id: account.id,
  name: account.name,
  email: account.email,
  state: account.state,
  plan: account.plan,
  alias: account.alias,
  root: { mfa: account.root.mfa, accessKeys: account.root.accessKeys.length },
  passwordPolicy: account.passwordPolicy,
  groups: account.groups.map((group) => ({ name: group.name, policies: group.attachedPolicies })),
  users: account.users.map((user) => ({
    name: user.name,
    groups: user.groups,
    consolePassword: user.password !== null,
    mfaDevices: account.mfaDevices.filter((device) => device.user === user.name).map((device) => device.serial),
    accessKeys: user.accessKeys.map((key) => `${key.id} (${key.status.toLowerCase()})`),
  })),
  roles: account.roles.map((role) => role.name),
  budgets: account.budgets.map(({ budget, notifications }) => ({
    name: budget['BudgetName'],
    limit: budget['BudgetLimit'],
    alerts: notifications.map(({ notification, subscribers }) => ({
      alert: `${String(notification['NotificationType'])} over ${String(notification['Threshold'])}`,
      to: subscribers.map((subscriber) => subscriber.Address),
    })),
  })),
  alternateContacts: Object.keys(account.alternateContacts),
});
