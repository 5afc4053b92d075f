import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import type { Clock } from '../../src/core/clock.js';
import { type Facts, factsOf } from '../faults/world-facts.js';
import { signedIn } from '../scenarios/practice-account.js';
import { config, makePieces, type Pieces, putFiles, putInState, type State, untouched } from '../scenarios/starting-states.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordTotal } from '../support/totals.js';

/**
 * IAM shows a change late, or one read shows it and the next does not: init never takes "not found yet" for an absence, creates nothing
 * twice, and brings about the same as without a delay (R6).
 */

type Delay = { readonly name: string; readonly lagMs?: number; readonly flapping?: true };
const delays: readonly Delay[] = [
  ...[0, 1_000, 5_000, 30_000, 90_000].map((lagMs) => ({ name: `a delay of ${lagMs / 1000} s`, lagMs })),
  { name: 'reads that flap', flapping: true },
];

const states: Readonly<Record<string, Partial<State>>> = {
  'a new account': {},
  'an account in use': {
    user: 'bare',
    login: 'yes',
    device: 'leftover of this tool',
    budget: 'without one alert',
    organization: 'all features',
  },
  'an account with a key': { keys: 'one, known', group: 'wanted', policy: 'laxer', organization: 'billing only' },
};

const count = { runs: 0, notFound: 0, duplicates: 0 };
let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});
afterAll(() => {
  console.log(`R6 propagation: ${count.runs} runs, ${count.notFound} false "not found", ${count.duplicates} duplicates`);
  recordTotal({ suite: 'R6', ran: count.runs, floor: 30, sampled: null, all: 'npm run proof' });
});

const shellWith = async (state: Partial<State>, { lagMs, flapping }: Delay) => {
  const whole = { ...untouched, ...state };
  let now: Clock['now'] = () => new Date(0);
  const shell = await signedIn({
    edit: (account, world) => {
      putInState(whole, pieces)(account, world);
      world.knobs = { createAccountPolls: 0, ...(lagMs === undefined ? {} : { lagMs }) };
    },
    ...(flapping === undefined ? {} : { around: (handler) => replicas(handler, () => now()) }),
  });
  ({ now } = shell.clock);
  putFiles(whole, pieces, { home: shell.home, credentials: join(shell.home, '.aws') });
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config());
  return shell;
};

/** Two servers of IAM, Budgets and Account: every second read of a kind is answered by the one that learns of changes 20 seconds late. */
const replicas = (handler: SandboxRequestHandler, now: () => Date): SandboxRequestHandler => {
  type Handled = Awaited<ReturnType<SandboxRequestHandler['handle']>>;
  const answers = new Map<string, { readonly handled: Handled; readonly until: number }[]>();
  const asked = new Map<string, number>();
  const handle: SandboxRequestHandler['handle'] = async (...given) => {
    const [{ hostname, path, headers, body }] = given;
    const handled = await handler.handle(...given);
    if (!/^(iam|budgets|account)\./.test(hostname)) return handled;
    const key = [hostname, path, headers['x-amz-target'], textOf(body)].join(' ');
    const at = now().getTime();
    const known = (answers.get(key) ?? []).filter(({ until }) => until > at);
    const same = known.at(-1)?.handled.response.statusCode === handled.response.statusCode;
    const unchanged = same && Buffer.compare(bodyOf(known.at(-1)?.handled), bodyOf(handled)) === 0;
    answers.set(
      key,
      unchanged
        ? known
        : [...known.map((one) => ({ ...one, until: Math.min(one.until, at + 20_000) })), { handled, until: Number.POSITIVE_INFINITY }],
    );
    const times = (asked.get(key) ?? 0) + 1;
    asked.set(key, times);
    const isRead = /Action=(Get|List)|\.(Describe|List|Get)|\/get/.test(key);
    return isRead && times % 2 === 0 ? (known[0]?.handled ?? handled) : handled;
  };
  return new Proxy(handler, { get: (target, name): unknown => (name === 'handle' ? handle : Reflect.get(target, name, target)) });
};

const textOf = (body: unknown): string => (typeof body === 'string' ? body : Buffer.from((body ?? []) as Uint8Array).toString('utf8'));

/** Without what differs in each answer: the request id. */
const bodyOf = (handled: { readonly response: { readonly body: Uint8Array } } | undefined): Buffer =>
  Buffer.from(
    Buffer.from(handled?.response.body ?? new Uint8Array())
      .toString('utf8')
      .replaceAll(/<RequestId>[^<]*<\/RequestId>/g, ''),
  );

const init = ['init', '--yes', '--secrets-file', 'secrets.json', '--output', 'json'];

describe.each(Object.entries(states))('init in %s', (_, state) => {
  let wanted: { readonly code: number; readonly facts: Facts; readonly writes: readonly string[] };
  beforeAll(async () => {
    const shell = await shellWith(state, { name: 'none' });
    const { code, writes } = await shell.run(init);
    wanted = { code, writes, facts: factsOf(shell.world()) };
  });

  it.each(delays)('brings about the same with $name', async (delay) => {
    const shell = await shellWith(state, delay);
    const first = await shell.run(init);
    const report = JSON.parse(first.stdout) as RunReport;
    const failed = (report.steps ?? []).filter(({ status }) => status === 'failed' || status === 'blocked');
    count.runs += 1;
    count.notFound += failed.length;
    expect(failed).toEqual([]);
    expect(first.code).toBe(wanted.code);
    const facts = factsOf(shell.world());
    for (const names of [
      facts.users.map(({ name }) => name),
      facts.budgets.map(({ name }) => String(name)),
      facts.devices.map(({ serial }) => serial),
    ])
      if (new Set(names).size < names.length) count.duplicates += 1;
    expect(facts).toEqual(wanted.facts);
    // A group or a user that is not visible yet is waited for, which repeats the write that needs it, and creates nothing.
    const creations = (writes: readonly string[]) => writes.filter((name) => name.includes(':Create')).toSorted();
    expect(creations(first.writes)).toEqual(creations(wanted.writes));
    // Now every read shows every change.
    shell.clock.advance(120_000);
    const second = await shell.run(init);
    count.runs += 1;
    expect([second.code, second.writes]).toEqual([wanted.code, []]);
  });
});
