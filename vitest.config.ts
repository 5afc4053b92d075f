import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/emulator/global-setup.ts', 'test/support/totals-table.ts'],
    // Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: SlowFirst },
    // Generous, because these machines are shared; no test measures time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The SDK warns about its support of Node 20 in every worker.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    teardownTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
    },
  },
});
