import { openSession, type Random } from './credentials.js';
import type { AccountWorld, World } from './world.js';

export const practiceAccountId = '111122223333';

/** A session of `aws login` lasts twelve hours. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html */
export const rootSessionSeconds = 12 * 3600;

/** One account, just signed up: root with a password and nothing else. */
export function newWorld(from: { readonly now: Date; readonly random: Random }): World {
  const account = newAccount({ id: practiceAccountId, name: 'Practice', email: 'you@example.com', now: from.now });
  const world: World = {
    version: 1,
    accounts: { [account.id]: account },
    organizations: [],
    handshakes: [],
    sessions: {},
    requests: 0,
    knobs: {},
  };
  account.events.push(consoleLogin(account, from.now, from.random));
  openSession(world, {
    accountId: account.id,
    principal: { kind: 'root' },
    now: from.now,
    seconds: rootSessionSeconds,
    random: from.random,
  });
  return world;
}

/** An account id that is not used in this world. */
export function freeAccountId(world: World, random: Random): string {
  for (;;) {
    const id = `${random(1, '123456789')}${random(11, '0123456789')}`;
    if (world.accounts[id] === undefined) return id;
  }
}

/** An account just after sign-up. */
export function newAccount(from: { readonly id: string; readonly name: string; readonly email: string; readonly now: Date }): AccountWorld {
  return {
    id: from.id,
    partition: 'aws',
    name: from.name,
    email: from.email,
    createdAt: from.now.toISOString(),
    state: 'ACTIVE',
    plan: 'FREE',
    alias: null,
    root: { mfa: 'none', passwordPresent: true, passwordLastUsed: from.now.toISOString(), accessKeys: [] },
    users: [],
    groups: [],
    roles: [],
    policies: [],
    mfaDevices: [],
    passwordPolicy: null,
    credentialReport: null,
    budgets: [],
    alternateContacts: {},
    contact: {
      FullName: 'Practice Person',
      AddressLine1: '1 Example Street',
      City: 'Seattle',
      StateOrRegion: 'WA',
      PostalCode: '98101',
      CountryCode: 'US',
      PhoneNumber: '+1 206 555 0100',
    },
    events: [],
    rootCredentialsManagement: false,
    rootSessions: false,
  };
}

function consoleLogin(account: AccountWorld, now: Date, random: Random): AccountWorld['events'][number] {
  const id = [8, 4, 4, 4, 12].map((length) => random(length, '0123456789abcdef')).join('-');
  const at = now.toISOString();
  const detail = {
    eventVersion: '1.11',
    userIdentity: { type: 'Root', principalId: account.id, arn: `arn:${account.partition}:iam::${account.id}:root`, accountId: account.id },
    eventTime: at,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { MFAUsed: 'No' },
    eventID: id,
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    recipientAccountId: account.id,
  };
  return { id, name: 'ConsoleLogin', source: 'signin.amazonaws.com', at, user: 'root', detail: JSON.stringify(detail) };
}

/** Simulated console actions, by the finding that they fix: a practice account has no console page to open. */
const actions: Readonly<Record<string, (account: AccountWorld) => void>> = {
  'mfa.root': (account) => {
    account.root.mfa = 'hardware';
  },
  'access-keys.root': (account) => {
    account.root.accessKeys.splice(0);
  },
};

export const actInConsole = (world: World, accountId: string, finding: string): void => {
  const account = world.accounts[accountId];
  if (account !== undefined) actions[finding]?.(account);
};
