import { defineConfig } from 'vitest/config';

/** Tests that run in this process, without Python, servers or the built program: each mutant runs those that reach it. */
export default defineConfig({
  test: {
    setupFiles: ['test/support/after-each.ts'],
    include: [
      ...(process.env['MUTANTS_TESTS'] ?? 'test/**').split(',').map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`)),
      ...(process.env['MUTANTS_LOADED_ONCE'] === undefined ? [] : ['scripts/mutants/all-tests.test.ts']),
    ],
    exclude: [
      'test/{action,docs,e2e,emulator,faults,screens}/**',
      'test/commands/completion/**',
      '**/moto.test.ts',
      'test/startup.test.ts',
      // Every combination, hundreds of generated files, and many processes: seconds for each mutant.
      'test/commands/keys/rotation-table.test.ts',
      'test/config/{hostile-files,registered-steps,schema-url}.test.ts',
      // Whole runs against the practice account: seconds for each mutant.
      'test/steps/access-keys/{create,killed-runs,undo-table}.test.ts',
      'test/steps/{admin-user/lost-passwords,mfa/enrolment}.test.ts',
      'test/secrets/{journal-at-once,profile-any-file}.test.ts',
      // It replaces a module of Node.
      ...(process.env['MUTANTS_LOADED_ONCE'] === undefined ? [] : ['test/secrets/lock-file-errors.test.ts']),
    ],
    provide: { motoUrl: '', awsBin: '', pythonBin: '', recordDir: '' },
    env: { BOOTSTRAP_TOTALS_PART: '1' },
    // Beside other work, and with counters in the sources.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
