import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { newWorld, practiceAccountId as own } from '../../src/sandbox/new-world.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { openSandbox, type SandboxCall } from '../../src/sandbox/sandbox.js';
import type { AccountWorld, Knobs, World } from '../../src/sandbox/world.js';
import { filesIn } from '../faults/world-facts.js';
import { seededRandom } from '../sandbox/practice.js';
import { type Pieces, putInState, untouched } from '../scenarios/starting-states.js';
import { type Ran, testClock, testFolder, testShell } from '../support/host.js';

/** One account in memory, two computers, and processes on them that can be killed at any request. */
export interface Walk {
  readonly world: World;
  readonly account: AccountWorld;
  readonly run: (argv: readonly string[], disturbance?: Disturbance) => Promise<Ended>;
  /** Everything that the computers store, except the journals, which contain no secrets. */
  readonly stored: () => string;
  readonly home: string;
}

export interface Ended extends Ran {
  /** The process was killed, and printed nothing more. */
  readonly killed: boolean;
  readonly writes: readonly string[];
}

/** What happens to a run, and at which of its requests. */
export type Disturbance =
  | { readonly kind: 'none' }
  | { readonly kind: 'kill'; readonly at: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'knobs'; readonly knobs: Knobs }
  /** Another command runs from start to end on the second computer. */
  | { readonly kind: 'second process'; readonly at: number; readonly argv: readonly string[] };

const walkConfig = `version: 1
account: { id: "${own}" }
billing-access: false
budget: { limit: 10 USD, subscribers: [you@example.com] }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: { name: acme-prod }
access-keys: { mode: create, user: ci, group: ci-readers, policies: [ReadOnlyAccess], profile: work }
organization: false
`;

export interface Start {
  readonly world: World;
  /** The folder of the first computer. */
  readonly home: string | undefined;
}

/** A new account, with resources of other people in it. */
export const newStart = (pieces: Pieces): Start => {
  const world = newWorld({ now: testClock().now(), random: seededRandom() });
  const account = world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  putInState(untouched, pieces)(account, world);
  return { world, home: undefined };
};

export const startWalk = async (start: Start): Promise<Walk> => {
  const clock = testClock();
  const sandbox = await openSandbox({ now: clock.now, random: seededRandom(), world: structuredClone({ ...start.world, knobs: {} }) });
  const { accessKeyId, secretAccessKey, sessionToken } = sandbox.credentials;
  const signIn = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  // The credential providers of the SDK read the environment of the process.
  for (const [name, value] of Object.entries(signIn)) vi.stubEnv(name, value);
  const homes = [testFolder(), testFolder()] as const;
  if (start.home !== undefined) cpSync(start.home, homes[0], { recursive: true });
  for (const home of homes) writeFileSync(join(home, 'bootstrap.yaml'), walkConfig);

  const start1 = async (home: string, argv: readonly string[], around: (handler: SandboxRequestHandler) => object): Promise<Ran> => {
    const handler = around(sandbox.requestHandler);
    return testShell({ clock, seed: sandbox.calls.length + 1, home, handler, env: { ...signIn, AWS_REGION: 'us-east-1' } }).run([
      ...argv,
      '--output',
      'json',
    ]);
  };
  const undisturbed = (handler: SandboxRequestHandler): object => handler;

  const run: Walk['run'] = async (argv, disturbance = { kind: 'none' }) => {
    const from = sandbox.calls.length;
    const calls: SandboxCall[] = [];
    sandbox.world.knobs = disturbance.kind === 'knobs' ? structuredClone(disturbance.knobs) : {};
    let die = (): void => {};
    const death = new Promise<undefined>((resolve) => {
      die = () => resolve(undefined);
    });
    const ran = await Promise.race([
      start1(homes[0], argv, (handler) =>
        disturbance.kind === 'kill'
          ? mortal(handler, disturbance, die)
          : disturbance.kind === 'second process'
            ? interrupted(handler, disturbance.at, async () => void (await start1(homes[1], disturbance.argv, undisturbed)))
            : handler,
      ),
      death,
    ]);
    sandbox.world.knobs = {};
    calls.push(...sandbox.calls.slice(from));
    const writes = calls.filter(({ write }) => write).map(({ service, operation }) => `${service}:${operation}`);
    if (ran === undefined) releaseLocks(homes[0]);
    return { ...(ran ?? { code: -1, stdout: '', stderr: '' }), killed: ran === undefined, writes };
  };

  const account = sandbox.world.accounts[own];
  if (account === undefined) throw new Error('the practice account does not exist');
  const stored = (): string =>
    homes
      .flatMap((home) =>
        filesIn(home)
          .filter((name) => !name.includes('journal'))
          .map((name) => readFileSync(join(home, name), 'utf8')),
      )
      .join('\n');
  return { world: sandbox.world, account, run, stored, home: homes[0] };
};

type Handled = ReturnType<SandboxRequestHandler['handle']>;
const wrapped = (handler: SandboxRequestHandler, handle: (...given: Parameters<SandboxRequestHandler['handle']>) => Handled): object =>
  new Proxy(handler, { get: (target, name): unknown => (name === 'handle' ? handle : Reflect.get(target, name, target)) });

/** From the n-th request on, no answer arrives, so that nothing of the process runs any more. */
const mortal = (handler: SandboxRequestHandler, { at, when }: Extract<Disturbance, { kind: 'kill' }>, die: () => void): object => {
  let count = 0;
  let dead = false;
  const never = new Promise<never>(() => {});
  return wrapped(handler, async (...given) => {
    count += 1;
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
