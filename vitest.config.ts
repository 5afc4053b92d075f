import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The slow ones first: one that comes last keeps a single core busy while the others wait. */
const slow = [
  /faults\/(killed|stops|ambiguous|at-once)|proof\/(starting-states|random-walks|modelled-errors)/,
  /e2e\/(process|adoption|moto|terminal)/,
  /faults|e2e|scenarios\/adoption|hostile/,
];
const rank = ({ moduleId }: TestSpecification): number => {
  const at = slow.findIndex((pattern) => pattern.test(moduleId));
  return at < 0 ? slow.length : at;
};
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Tests that start processes, replace a module of Node, or use moto, the AWS CLI or botocore. */
const outside = [
  'test/{action,e2e,emulator,faults,package}/**/*.test.ts',
  'test/aws/pages.test.ts',
  'test/code-cache.test.ts',
  'test/commands/{completion,policy}/**/*.test.ts',
  'test/docs/{commands,licences,pipeline,recipes}.test.ts',
  'test/proof/modelled-errors.test.ts',
  'test/screens/html-report.test.ts',
  'test/secrets/lock-file-errors.test.ts',
  'test/startup.test.ts',
  'test/support/request-handler.test.ts',
];

const shared = {
  setupFiles: ['test/support/after-each.ts'],
  // Generous, because these machines are shared; no test measures time.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // The SDK warns about its support of Node 20 in every worker.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
};

export default defineConfig({
  test: {
    projects: [
      // Loads the SDK and the sources once for all files of a worker.
      {
        test: {
          ...shared,
          name: 'in process',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...outside],
          isolate: false,
        },
      },
      { test: { ...shared, name: 'outside', include: outside, globalSetup: ['test/emulator/global-setup.ts'] } },
    ],
    globalSetup: ['test/support/totals-table.ts'],
    // One more than the cores, because tests that start programs wait for them. Vitest itself would leave a core idle.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowFirst },
    teardownTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
});
