// A test runner for Stryker that loads the tests once and not for each seeded bug: all-tests.test.ts runs them, in a worker of Vitest.
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { createVitest } from 'vitest/node';

class TestRunner {
  /** @type {import('vitest/node').Vitest | undefined} */
  vitest;
  channel = new BroadcastChannel('mutants');
  /** @type {Promise<never> | undefined} */
  ended;

  /** Bugs in what runs when a module is loaded are left out (`ignoreStatic`), so no bug needs another process. */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.env['MUTANTS_LOADED_ONCE'] = '1';
    const driver = join(process.cwd(), 'scripts/mutants/all-tests.test.ts');
    this.vitest = await createVitest('test', {
      config: join(process.cwd(), 'scripts/mutants/vitest.config.ts'),
      pool: 'threads',
      maxWorkers: 1,
      watch: false,
      reporters: [{}],
    });
    const specifications = await this.vitest.globTestSpecifications();
    const files = specifications.map(({ moduleId }) => moduleId).filter((file) => file !== driver);
    this.vitest.provide('testFiles', files.toSorted());
    const ready = this.next();
    this.ended = this.vitest.start([driver]).then(({ testModules }) => {
      const errors = testModules.flatMap((one) => one.errors().map(({ message }) => message));
      throw new Error(`the tests ended early: ${errors.join('; ')}`);
    });
    await Promise.race([ready, this.ended]);
  }

  /** @returns {Promise<any>} */
  next() {
    return new Promise((resolve) => {
      this.channel.addEventListener('message', (event) => resolve(/** @type {any} */ (event).data), { once: true });
    });
  }

  /** @type {(message: object | string) => void} */
  send(message) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not of a window
    this.channel.postMessage(message);
  }

  /** @type {(request: object) => Promise<any>} */
  async ask(request) {
    const answer = this.next();
    this.send(request);
    return Promise.race([answer, this.ended]);
  }

  async dryRun() {
    const { results, coverage } = await this.ask({});
    const tests = results.map((/** @type {any} */ { failureMessage, ...test }) =>
      failureMessage === undefined ? { ...test, status: 0 } : { ...test, status: 1, failureMessage },
    );
    return { status: 'complete', tests, mutantCoverage: coverage };
  }

  /** @param {{ activeMutant: { id: string }, testFilter?: string[], hitLimit?: number }} options */
  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const { ran, endless, broken, killedBy, failureMessage } = await this.ask({ mutant: activeMutant.id, tests: testFilter, hitLimit });
    if (broken !== undefined) throw new Error(broken);
    if (endless === true) return { status: 'timeout', reason: 'hit limit' };
    if (killedBy === undefined) return { status: 'survived', nrOfTests: ran };
    return { status: 'killed', killedBy: [killedBy], failureMessage, nrOfTests: ran };
  }

  async dispose() {
    this.send('end');
    this.channel.close();
    this.ended?.catch(() => {});
    await this.vitest?.close();
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'loaded-once', TestRunner)];
