import { Organizations } from '@aws-sdk/client-organizations';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { newAccount, newWorld, practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { openSandbox, type RootCredentials, type SandboxCall } from '../../src/sandbox/sandbox.js';
import { isRead } from '../../src/sandbox/services.js';
import type { AccountWorld, Knobs, World } from '../../src/sandbox/world.js';
import { filesIn } from '../faults/world-facts.js';
import { seededRandom } from '../sandbox/practice.js';
import { type Pieces, putInState, untouched } from '../scenarios/starting-states.js';
import { type Ran, testClock, testShell } from '../support/host.js';
import { testFolder } from '../support/test-folder.js';

/** An account in memory and another one outside its organization, two computers, and processes on them that can be killed at any request. */
export interface Walk {
  readonly world: World;
  readonly account: AccountWorld;
  readonly run: (command: Command, disturbance?: Disturbance) => Promise<Ended>;
  /** What a user does in the console of an account. What AWS refuses does not happen. */
  readonly inConsole: (email: string, act: (aws: Organizations) => Promise<unknown>) => Promise<void>;
  /** Stores another bootstrap.yaml on both computers. */
  readonly configure: (config: ConfigName) => void;
  readonly config: () => ConfigName;
  readonly clock: ReturnType<typeof testClock>;
  /** Everything that the computers store, except the journals, which contain no secrets. */
  readonly stored: () => string;
  readonly home: string;
}

export interface Command {
  readonly argv: readonly string[];
  /** Root if absent. Without an administrator, root runs the command of the administrator. The partner has a computer of its own. */
  readonly as?: 'root' | 'administrator' | 'partner';
}

export interface Ended extends Ran {
  /** The process was killed, and printed nothing more. */
  readonly killed: boolean;
  readonly writes: readonly string[];
}

/** What happens to a run, and at which of its requests. */
export type Disturbance =
  | { readonly kind: 'none' }
  | { readonly kind: 'kill'; readonly of: 'requests' | 'writes'; readonly at: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'knobs'; readonly knobs: Knobs }
  /** Another command runs from start to end on the second computer. */
  | { readonly kind: 'second process'; readonly at: number; readonly argv: readonly string[] };

/** The account that is invited. It has existed for longer than the organization. */
export const partner = { id: '444455556666', name: 'Partner', email: 'partner@example.com' };
/** The account that the configs ask for. */
export const sandboxAccount = { name: 'sandbox', email: 'you+sandbox@example.com' };

const contact = '{ name: You, title: Owner, email: you@example.com, phone: +1 555 0100 }';
const member = `name: ${sandboxAccount.name}, email: ${sandboxAccount.email}`;
const sections = {
  alone: `billing-access: false
organization: false
`,
  organization: `billing-access: { confirmed-on: 2026-11-23, contact: ${contact}, security-contact: ${contact} }
organization: { free-tier-loss: accepted, accounts: [{ ${member} }] }
`,
  /** The partner cannot be created, because its address is in use: it has to be invited. */
  'organization with units': `billing-access: { contact: ${contact}, security-contact: ${contact} }
organization:
  free-tier-loss: accepted
  central-root: true
  accounts: [{ ${member}, ou: Workloads/Test }, { name: partner, email: ${partner.email} }]
`,
};
export type ConfigName = keyof typeof sections;
export const configNames = Object.keys(sections) as readonly ConfigName[];

const configText = (name: ConfigName): string => `version: 1
account: { id: "${own}" }
budget: { limit: 10 USD, subscribers: [you@example.com] }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: { name: acme-prod }
access-keys: { mode: create, user: ci, group: ci-readers, policies: [ReadOnlyAccess], profile: work }
${sections[name]}`;

export interface Start {
  readonly config: ConfigName;
  readonly world: World;
  /** The folder of the first computer. */
  readonly home: string | undefined;
}

/** A new account, with resources of other people in it. */
export const newStart = (pieces: Pieces, config: ConfigName): Start => {
  const world = newWorld({ now: testClock().now(), random: seededRandom() });
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  putInState(untouched, pieces)(account, world);
  world.accounts[partner.id] = newAccount({ ...partner, now: testClock().now() });
  return { config, world, home: undefined };
};

export const startWalk = async (start: Start): Promise<Walk> => {
  const clock = testClock();
  const sandbox = await openSandbox({ now: clock.now, random: seededRandom(), world: structuredClone({ ...start.world, knobs: {} }) });
  const account = sandbox.world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  const homes = [testFolder(), testFolder()] as const;
  const partnerHome = testFolder();
  if (start.home !== undefined) cpSync(start.home, homes[0], { recursive: true });
  let config = start.config;
  const configure = (name: ConfigName): void => {
    config = name;
    for (const home of homes) writeFileSync(join(home, 'bootstrap.yaml'), configText(name));
  };
  configure(start.config);

  const roots = new Map<string, RootCredentials>();
  const rootOf = (email: string): RootCredentials => {
    const session = roots.get(email);
    const until = Date.parse(sandbox.world.sessions[session?.accessKeyId ?? '']?.expiresAt ?? '');
    if (session !== undefined && until > clock.now().getTime() + 3_600_000) return session;
    const opened = sandbox.signUp({ name: '', email });
    roots.set(email, opened);
    return opened;
  };
  const signIn = (as: Command['as']): Readonly<Record<string, string>> => {
    const signedIn =
      (as === 'administrator' ? sandbox.signInAsAdministrator() : undefined) ?? rootOf(as === 'partner' ? partner.email : account.email);
    const { accessKeyId, secretAccessKey, sessionToken } = signedIn;
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  };

  const start1 = async (home: string, { argv, as }: Command, around: (handler: SandboxRequestHandler) => object): Promise<Ran> => {
    const variables = signIn(as);
    // The credential providers of the SDK read the environment of the process.
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const handler = around(sandbox.requestHandler);
    return testShell({ clock, seed: sandbox.calls.length + 1, home, handler, env: { ...variables, AWS_REGION: 'us-east-1' } }).run([
      ...argv,
      '--output',
      'json',
    ]);
  };
  const undisturbed = (handler: SandboxRequestHandler): object => handler;

  const run: Walk['run'] = async (command, disturbance = { kind: 'none' }) => {
    const from = sandbox.calls.length;
    const calls: SandboxCall[] = [];
    sandbox.world.knobs = disturbance.kind === 'knobs' ? structuredClone(disturbance.knobs) : {};
    let die = (): void => {};
    const death = new Promise<undefined>((resolve) => {
      die = () => resolve(undefined);
    });
    const ran = await Promise.race([
      start1(command.as === 'partner' ? partnerHome : homes[0], command, (handler) =>
        disturbance.kind === 'kill'
          ? mortal(handler, disturbance, die)
          : disturbance.kind === 'second process'
            ? interrupted(handler, disturbance.at, async () => void (await start1(homes[1], { argv: disturbance.argv }, undisturbed)))
            : handler,
      ),
      death,
    ]);
    sandbox.world.knobs = {};
    calls.push(...sandbox.calls.slice(from));
    const writes = calls.filter(({ write }) => write).map(({ service, operation }) => `${service}:${operation}`);
    if (ran === undefined) for (const home of [homes[0], partnerHome]) releaseLocks(home);
    return { ...(ran ?? { code: -1, stdout: '', stderr: '' }), killed: ran === undefined, writes };
  };

  const inConsole: Walk['inConsole'] = async (email, act) => {
    const { requestHandler } = sandbox;
    const aws = new Organizations({ region: 'us-east-1', credentials: rootOf(email), requestHandler, maxAttempts: 1 });
    try {
      await act(aws);
    } catch (error) {
      if ((error as { readonly $fault?: string }).$fault === undefined) throw error;
    }
  };

  const stored = (): string =>
    homes
      .flatMap((home) =>
        filesIn(home)
          .filter((name) => !name.includes('journal'))
          .map((name) => readFileSync(join(home, name), 'utf8')),
      )
      .join('\n');
  return { world: sandbox.world, account, run, inConsole, configure, config: () => config, clock, stored, home: homes[0] };
};

type Handled = ReturnType<SandboxRequestHandler['handle']>;
const wrapped = (handler: SandboxRequestHandler, handle: (...given: Parameters<SandboxRequestHandler['handle']>) => Handled): object =>
  new Proxy(handler, { get: (target, name): unknown => (name === 'handle' ? handle : Reflect.get(target, name, target)) });

/** From the n-th request or write on, no answer arrives, so that nothing of the process runs any more. */
const mortal = (handler: SandboxRequestHandler, { of, at, when }: Extract<Disturbance, { kind: 'kill' }>, die: () => void): object => {
  let count = 0;
  let dead = false;
  const never = new Promise<never>(() => {});
  return wrapped(handler, async (...given) => {
    if (of === 'requests' || !isRead(operationOf(given[0]))) count += 1;
    if (dead) return never;
    const last = count >= at;
    if (last && when === 'before') dead = true;
    if (dead) {
      die();
      return never;
    }
    const answer = await handler.handle(...given);
    if (last) dead = true;
    if (!dead) return answer;
    die();
    return never;
  });
};

/** In the body, in a header or in the path, depending on the protocol of the service. */
const operationOf = ({ headers, body, path }: Parameters<SandboxRequestHandler['handle']>[0]): string => {
  const name =
    /Action=(\w+)/.exec(typeof body === 'string' ? body : '')?.[1] ?? headers['x-amz-target']?.split('.').at(-1) ?? path.slice(1);
  return name.charAt(0).toUpperCase() + name.slice(1);
};

const interrupted = (handler: SandboxRequestHandler, at: number, by: () => Promise<void>): object => {
  let count = 0;
  return wrapped(handler, async (...given) => {
    count += 1;
    if (count === at) await by();
    return handler.handle(...given);
  });
};

/** The killed process was a part of this one, whose id its locks contain. */
const releaseLocks = (home: string): void => {
  for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lock')))
    writeFileSync(join(home, name), `999999999 ${hostname()}\n`);
};
