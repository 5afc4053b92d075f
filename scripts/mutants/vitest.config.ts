import { defineConfig } from 'vitest/config';

/** Tests that run in this process, without Python, servers or the built program: each mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: (process.env['MUTANTS_TESTS'] ?? 'test/**')
      .split(',')
      .map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`)),
    exclude: [
      'test/{action,docs,e2e,emulator,faults,screens}/**',
      'test/commands/completion/**',
      '**/moto.test.ts',
      'test/startup.test.ts',
      // Its HOME is that of the process, and Stryker runs tests in threads, which share one.
      'test/aws/sign-in.test.ts',
      // Every combination, hundreds of generated files, and many processes: seconds for each mutant.
      'test/commands/keys/rotation-table.test.ts',
      'test/secrets/{journal-at-once,profile-any-file}.test.ts',
    ],
    provide: { motoUrl: '', awsBin: '', pythonBin: '', recordDir: '' },
    env: { BOOTSTRAP_TOTALS_PART: '1' },
    // Beside other work, and with counters in the sources.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
