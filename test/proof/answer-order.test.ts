import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fc } from '../support/fast-check.js';
import { beforeAll, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import { factsOf } from '../faults/world-facts.js';
import { openFindingIds, signedIn } from '../scenarios/practice-account.js';
import { config, makePieces, type Pieces, putFiles, putInState, type State } from '../scenarios/starting-states.js';
import { recordTotal } from '../support/totals.js';
import { coveringStates, describeState } from './starting-states.js';

/**
 * Requests that are under way at the same time reach AWS in any order, and so do its answers: an unattended init does the same as when each
 * is answered at once (P6).
 */

const runs = 100;
let pieces: Pieces;
beforeAll(async () => {
  pieces = await makePieces();
});

const states = coveringStates();
const keys = { 'of a user of its own': 'user: ci, group: ci-readers', 'of the administrator': 'user: alex' };
const keyNames = Object.keys(keys) as (keyof typeof keys)[];
const order = fc.infiniteStream(fc.nat());

it('the order of requests and answers does not matter (P6)', { timeout: 600_000 }, async () => {
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...states), fc.constantFrom(...keyNames), order, async (state, key, numbers) => {
      const wanted = await initIn(state, key);
      const now = await initIn(state, key, numbers);
      expect([describeState(state), now]).toEqual([describeState(state), wanted]);
      ran += 1;
    }),
    { numRuns: runs, endOnFailure: true },
  );
  recordTotal({
    suite: 'P6',
    title: 'the plan is what is done, in any order of answers',
    ran,
    floor: runs,
    sampled: 'random states, keys and orders',
    all: null,
  });
});

const initIn = async (state: State, key: keyof typeof keys, numbers?: fc.Stream<number>) => {
  const shell = await signedIn({
    edit: (account, world) => {
      putInState(state, pieces)(account, world);
      world.knobs.createAccountPolls = 0;
    },
    ...(numbers === undefined ? {} : { around: (handler) => shuffled(handler, () => numbers.next().value as number) }),
  });
  putFiles(state, pieces, { home: shell.home, credentials: join(shell.home, '.aws') });
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config().replace(keys['of a user of its own'], keys[key]));
  const { code, stdout, writes } = await shell.run(['init', '--yes', '--secrets-file', 'secrets.json', '--output', 'json']);
  const report = JSON.parse(stdout) as RunReport;
  expect(writes.toSorted()).toEqual((report.plan ?? []).flatMap(({ calls }) => calls).toSorted());
  return {
    code,
    open: openFindingIds(report).toSorted(),
    steps: report.steps?.map(({ id, status, error }) => [id, status, error?.code]),
    facts: factsOf(shell.world()),
  };
};

/** Holds each request and each answer until its turn, which `next` chooses among those that wait. */
const shuffled = (handler: SandboxRequestHandler, next: () => number): SandboxRequestHandler => {
  const waiting: (() => void)[] = [];
  let busy = false;
  const letThrough = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      // From "at once" to "after everything else has been done".
      for (let ticks = [0, 1, 5, 50][next() % 4] as number; ticks > 0; ticks -= 1) await setImmediate();
      const [go] = waiting.splice(next() % waiting.length, 1);
      go?.();
    }
    busy = false;
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      void letThrough();
    });
  return {
    ...handler,
    handle: async (...given) => {
      await turn();
      const answer = await handler.handle(...given);
      await turn();
      return answer;
    },
  };
};
