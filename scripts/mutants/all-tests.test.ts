import { join, relative } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeAll, describe, inject, it, type RunnerTask, type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest';
import { cleanUp } from '../../test/support/after-each.js';

// Loads all test files once, in one worker, and then runs tests when test-runner.js asks for it: once for each seeded bug.

declare module 'vitest' {
  interface ProvidedContext {
    readonly testFiles: readonly string[];
  }
}

interface Request {
  /** undefined: the tests run without a bug, and all of them twice. */
  readonly mutant: string | undefined;
  /** undefined: all. */
  readonly tests: readonly string[] | undefined;
  readonly hitLimit: number | undefined;
}

/** What the sources use that Stryker has instrumented. */
interface Instrumentation {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: object;
}
const scope = globalThis as { __stryker__?: Instrumentation };
const instrumentation = (scope.__stryker__ ??= {});

for (const file of inject('testFiles')) {
  describe(relative(process.cwd(), file), async () => {
    afterEach(cleanUp);
    await import(file);
  });
}
it('is here, because a file without tests is an error', () => {});

interface Collected {
  readonly id: string;
  readonly file: string;
  readonly run: () => Promise<void> | void;
  ms: number;
}

const collect = (task: RunnerTask, suites: readonly RunnerTestSuite[] = []): readonly Collected[] => {
  if (task.type === 'suite') {
    const { beforeAll: before, afterAll } = TestRunner.getSuiteHooks(task);
    if (suites.length > 0 && before.length + afterAll.length > 0) throw new Error(`${task.name} has hooks that do not run here`);
    return task.tasks.flatMap((one) => collect(one, 'filepath' in task ? [] : [...suites, task]));
  }
  const [file] = suites;
  if (file === undefined || task.mode === 'skip' || task.mode === 'todo') return [];
  const id = [...suites, task].map(({ name }) => name).join(' > ');
  return [{ id, file: join(process.cwd(), file.name), run: () => runWithHooks(task, suites), ms: 0 }];
};

const runWithHooks = async (test: RunnerTestCase, suites: readonly RunnerTestSuite[]): Promise<void> => {
  const suitesWithHooks = suites.map((suite) => ({ suite, hooks: TestRunner.getSuiteHooks(suite) }));
  for (const { suite, hooks } of suitesWithHooks) for (const hook of hooks.beforeEach) await hook(test.context, suite);
  try {
    await TestRunner.getTestFn(test)();
  } finally {
    for (const { suite, hooks } of suitesWithHooks.toReversed()) for (const hook of hooks.afterEach) await hook(test.context, suite);
  }
};

/** In microseconds of processor time, so that other work on the machine does not count. Without the bug, the test then ends by itself. */
const limitOf = (test: Collected): number => 5_000_000 + 5_000 * test.ms;
const endless = 'the test does not end';
/** A test that waits for something that never comes: so many checks in a row in which the process did nothing. */
const mostIdleChecks = 80;
const idleMicroseconds = 5_000;

/** undefined: it passed. */
const failureOf = async (test: Collected): Promise<string | undefined> => {
  const [before, used, limit] = [performance.now(), process.cpuUsage(), limitOf(test)];
  let check: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    let total = 0;
    let idle = 0;
    check = setInterval(() => {
      const { user, system } = process.cpuUsage(used);
      idle = user + system - total < idleMicroseconds ? idle + 1 : 0;
      total = user + system;
      if (instrumentation.activeMutant !== undefined && (total > limit || idle > mostIdleChecks)) reject(new Error(endless));
    }, 100);
  });
  try {
    await Promise.race([test.run(), overdue]);
    return undefined;
  } catch (error) {
    return error instanceof Error && error.message === endless ? endless : String(error);
  } finally {
    clearInterval(check);
    test.ms = performance.now() - before;
  }
};

/**
 * Every test twice: one that passes only the first time would fail for every bug. In the first round, tests load modules, and what runs then
 * does not run again, so Stryker must not take it for covered by a test.
 */
const runAll = async (tests: readonly Collected[]): Promise<object> => {
  const results = [];
  for (const round of ['first', 'second']) {
    for (const test of tests) {
      instrumentation.currentTestId = round === 'first' ? undefined : test.id;
      const failureMessage = await failureOf(test);
      instrumentation.currentTestId = undefined;
      if (failureMessage !== undefined || round === 'second')
        results.push({ id: test.id, name: test.id, fileName: test.file, timeSpentMs: test.ms, failureMessage });
    }
  }
  return { results, coverage: instrumentation.mutantCoverage };
};

/** The fast ones first, until one fails. */
const runWithMutant = async (tests: readonly Collected[], { mutant, hitLimit }: Request): Promise<object> => {
  let ran = 0;
  for (const test of tests.toSorted((a, b) => a.ms - b.ms)) {
    const { ms } = test;
    Object.assign(instrumentation, { hitCount: ran === 0 ? 0 : instrumentation.hitCount, hitLimit, activeMutant: mutant });
    ran += 1;
    const failureMessage = await failureOf(test);
    Object.assign(instrumentation, { activeMutant: undefined, hitLimit: undefined });
    test.ms = ms;
    if (failureMessage === endless || (hitLimit !== undefined && (instrumentation.hitCount ?? 0) > hitLimit)) return { ran, endless: true };
    if (failureMessage === undefined) continue;
    // It must be the bug that made it fail, and not something that an earlier bug left in this process.
    const without = await failureOf(test);
    test.ms = ms;
    return without === undefined ? { ran, killedBy: test.id, failureMessage } : { ran, broken: `${test.id}: ${without}` };
  }
  return { ran };
};

beforeAll(
  // oxlint-disable-next-line no-empty-pattern -- Vitest wants a pattern here
  ({}, suite) =>
    new Promise<void>((resolve, reject) => {
      const tests = collect(suite);
      const channel = new BroadcastChannel('mutants');
      channel.addEventListener('message', (event) => {
        const { data: request } = event as MessageEvent & { readonly data: Request | 'end' };
        if (request === 'end') {
          channel.close();
          resolve();
          return;
        }
        const chosen = request.tests === undefined ? tests : tests.filter(({ id }) => request.tests?.includes(id));
        const answer = request.mutant === undefined ? runAll(chosen) : runWithMutant(chosen, request);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not of a window
        answer.then((result) => channel.postMessage(result), reject);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not of a window
      channel.postMessage('ready');
    }),
  2 ** 31 - 1,
);
