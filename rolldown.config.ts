import { chmodSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';

// One small entry and a chunk per command: `--help` must not parse the SDK. CommonJS because it starts faster.
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  resolve: {
    // The SDK's CommonJS builds cannot be tree-shaken.
    mainFields: ['module', 'main'],
    // Only inquirer's editor prompt wants it, and half a megabyte of tables comes along.
    alias: { 'iconv-lite': `${import.meta.dirname}/scripts/iconv-lite-stub.js` },
  },
  output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs', minify: true },
  plugins: [
    {
      name: 'bins',
      buildStart: () => rmSync('dist', { recursive: true, force: true }),
      // Written with mode 0644 otherwise, and npx then says "Permission denied".
      writeBundle: () => chmodSync('dist/main.cjs', 0o755),
    },
  ],
});
