import { defineConfig } from 'vitest/config';

/** `npm run nightly`: against emulators that other people wrote, each in a process of its own. */
export default defineConfig({
  test: {
    include: ['test/nightly/*.nightly.ts'],
    setupFiles: ['test/support/after-each.ts'],
    globalSetup: ['test/emulator/global-setup.ts', 'test/support/totals-table.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
});
