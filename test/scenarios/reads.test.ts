import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { World } from '../../src/sandbox/world.js';
import { countRounds, intercept } from '../support/request-handler.js';
import { createRounds } from '../support/rounds.js';
import { recordTotal } from '../support/totals.js';
import { requestedOperation } from '../support/wire-record.js';
import { filesOf, lasting, own, signedIn } from './practice-account.js';
import { bootstrappedWorld, config } from './starting-states.js';

let bootstrapped: World;
beforeAll(async () => {
  bootstrapped = await bootstrappedWorld();
  // Loads every module: a program that waits for one seems to wait for AWS.
  await (await signedIn()).run(['check']);
});

/** A signed-in shell that counts rounds of requests: the length of the longest chain of calls that wait for each other. */
const counted = async (options: { readonly world?: World; readonly yaml?: string }) => {
  const rounds = createRounds();
  const shell = await signedIn({
    ...(options.world === undefined ? {} : { world: options.world }),
    around: (handler) => countRounds(handler, rounds),
  });
  if (options.yaml !== undefined) writeFileSync(join(shell.home, 'bootstrap.yaml'), options.yaml);
  return { ...shell, rounds: rounds.log };
};
type Counted = Awaited<ReturnType<typeof counted>>;

/** The requests with their input. The pages of a list differ in their token. */
const sent = ({ sandbox }: Counted): readonly string[] =>
  sandbox.calls.map(({ service, operation, input }) => `${service}:${operation} ${JSON.stringify(input)}`);

const duplicates = (all: readonly string[]): readonly string[] => all.filter((one, index) => all.indexOf(one) !== index);

/** Adds a user that is not in the config, whose keys are read by their ids. */
const withStranger = (): World => {
  const world = structuredClone(bootstrapped);
  const account = world.accounts[own];
  const ci = account?.users.find(({ name }) => name === 'ci');
  if (account === undefined || ci === undefined) throw new Error('the account does not exist');
  account.users.push({
    ...ci,
    id: 'AIDASTRANGER11111111',
    name: 'stranger',
    accessKeys: ci.accessKeys.map((key) => ({ ...key, id: 'AKIASTRANGER11111111' })),
  });
  return world;
};

const accounts = [
  { name: 'a new account, without a config', most: 2, given: () => ({}) },
  { name: 'a new account, with all names in the config', most: 2, given: () => ({ yaml: config() }) },
  { name: 'a bootstrapped account, without a config', most: 3, given: () => ({ world: bootstrapped }) },
  { name: 'a bootstrapped account, with all names in the config', most: 2, given: () => ({ world: bootstrapped, yaml: config() }) },
  {
    name: 'a bootstrapped account, with all names but no account id in the config',
    most: 3,
    given: () => ({ world: bootstrapped, yaml: config().replace(/account: .*\n/, '') }),
  },
  { name: 'an account with users that are not in the config', most: 3, given: () => ({ world: withStranger(), yaml: config() }) },
];

describe('check of', () => {
  let unchanged = 0;
  afterAll(() =>
    recordTotal({
      suite: 'P1',
      title: 'accounts and their local files, equal before and after check',
      ran: unchanged,
      floor: 6,
      sampled: null,
      all: 'npm test',
    }),
  );

  it.each(accounts)('$name needs at most $most rounds of requests', async ({ name, most, given }) => {
    const shell = await counted(given());
    const { code } = await shell.run(['check']);
    expect(shell.rounds.length, `requests of ${name}`).toBeLessThanOrEqual(most);
    expect(code).toBe(3);
  });

  it.each(accounts)('$name sends no request twice', async ({ given }) => {
    const shell = await counted(given());
    const { code, requests } = await shell.run(['check']);
    expect(requests.length).toBeGreaterThan(15);
    expect(duplicates(sent(shell))).toEqual([]);
    expect(code).toBe(3);
  });

  it.each(accounts)('$name changes nothing, in AWS or in local files', async ({ given }) => {
    const shell = await counted(given());
    const world = shell.world();
    const files = filesOf(shell.home);
    const { code, writes, stdout } = await shell.run(['check', '--output', 'json']);
    expect(lasting(shell.world())).toEqual(lasting(world));
    expect(filesOf(shell.home)).toEqual(files);
    expect(writes).toEqual([]);
    expect((JSON.parse(stdout) as RunReport).apiCalls).toEqual({ total: shell.sandbox.calls.length, writes: 0 });
    expect(code).toBe(3);
    unchanged += 1;
  });
});

describe('check of an account that differs from the config', () => {
  it('discards what it has read: shows neither the account nor a finding', async () => {
    const shell = await counted({ world: bootstrapped, yaml: config().replace(own, '999988887777') });
    const { code, stdout, stderr, requests, writes } = await shell.run(['check', '--output', 'json']);
    const report = JSON.parse(stdout) as RunReport;
    expect(requests).toContain('iam:GetAccountSummary');
    expect(writes).toEqual([]);
    expect(report).toMatchObject({ account: null, results: [], summary: { pass: 0, fail: 0 }, error: { code: 'E-WRONG-ACCOUNT' } });
    expect(stdout + stderr).not.toContain('acme-prod');
    expect(stdout + stderr).not.toContain(bootstrapped.organizations[0]?.id);
    expect(code).toBe(4);
  });

  it('reads no budget of the account in the config', async () => {
    const shell = await counted({ world: bootstrapped, yaml: config().replace(own, '999988887777') });
    const { code } = await shell.run(['check']);
    const budgetsOf = shell.sandbox.calls
      .filter(({ service }) => service === 'budgets')
      .map(({ input, error }) => [input['AccountId'], error]);
    expect(budgetsOf.filter(([, error]) => error === undefined)).toEqual([]);
    expect(code).toBe(4);
  });
});

describe('a run that ends before AWS has answered every read', () => {
  it('ends them, so that it ends at once', async () => {
    let [begun, open] = [0, 0];
    const shell = await signedIn({
      around: (handler) =>
        intercept(handler, async (record, send, signal) => {
          if (requestedOperation(record).operation === 'GetCallerIdentity') return send();
          begun += 1;
          open += 1;
          return new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              open -= 1;
              reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
            });
          });
        }),
    });
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config().replace(own, '999988887777'));
    const { code } = await shell.run(['check']);
    expect(code).toBe(4);
    expect(begun).toBeGreaterThan(10);
    expect(open).toBe(0);
  });
});

describe('init', () => {
  it('of a new account reads what a step needs together with the confirmation of the step before it', async () => {
    const shell = await counted({ yaml: config() });
    const { code, writes } = await shell.run(['init', '--yes', '--secrets-file', 'secrets.json']);
    expect(writes).toHaveLength(19);
    expect(shell.rounds.length).toBeLessThanOrEqual(42);
    expect(code).toBe(5);
  });

  it('of a bootstrapped account sends no request twice, and writes nothing', async () => {
    const shell = await counted({ world: bootstrapped, yaml: config() });
    const { code, writes } = await shell.run(['init', '--yes', '--secrets-file', 'secrets.json']);
    expect(duplicates(sent(shell))).toEqual([]);
    expect(writes).toEqual([]);
    expect(shell.rounds[0]).toEqual(['sts:GetCallerIdentity']);
    expect(shell.rounds.length).toBeLessThanOrEqual(3);
    expect(code).toBe(5);
  });
});
