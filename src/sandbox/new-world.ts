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
  account.events.push(consoleEvent(account, from, consoleLogin));
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

/** An event of root in the console. */
function consoleEvent(
  account: AccountWorld,
  from: { readonly now: Date; readonly random: Random },
  event: { readonly source: string; readonly name: string; readonly more: Readonly<Record<string, unknown>> },
): AccountWorld['events'][number] {
  const { source, name, more } = event;
  const id = [8, 4, 4, 4, 12].map((length) => from.random(length, '0123456789abcdef')).join('-');
  const at = from.now.toISOString();
  const detail = {
    eventVersion: '1.11',
    userIdentity: { type: 'Root', principalId: account.id, arn: `arn:${account.partition}:iam::${account.id}:root`, accountId: account.id },
    eventTime: at,
    eventSource: source,
    eventName: name,
    awsRegion: 'us-east-1',
    ...more,
    eventID: id,
    readOnly: false,
    recipientAccountId: account.id,
  };
  return { id, name, source, at, user: 'root', detail: JSON.stringify(detail) };
}

const consoleLogin = {
  source: 'signin.amazonaws.com',
  name: 'ConsoleLogin',
  more: { responseElements: { ConsoleLogin: 'Success' }, additionalEventData: { MFAUsed: 'No' }, eventType: 'AwsConsoleSignIn' },
};

/** As in AWS, the event does not show whether access was turned on or off. */
const billingSwitch = {
  source: 'billingconsole.amazonaws.com',
  name: 'SetIAMAccessPreference',
  more: { responseElements: null, eventType: 'AwsConsoleAction' },
};

/** Simulated console actions, by the finding that they fix: a practice account has no console page to open. */
const actions: Readonly<Record<string, (account: AccountWorld, from: { readonly now: Date; readonly random: Random }) => void>> = {
  'billing-access.switch': (account, from) => {
    account.events.push(consoleEvent(account, from, billingSwitch));
  },
  'mfa.root': (account) => {
    account.root.mfa = 'hardware';
  },
  'access-keys.root': (account) => {
    account.root.accessKeys.splice(0);
  },
};

export const actInConsole = (
  world: World,
  accountId: string,
  finding: string,
  from: { readonly now: Date; readonly random: Random },
): void => {
  const account = world.accounts[accountId];
  if (account !== undefined) actions[finding]?.(account, from);
};
