import { chmodSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const root = import.meta.dirname;
// inquirer imports all its prompts; the editor brings tables of character sets. No AWS operation of ours has an event stream.
const unused = ['@inquirer/checkbox', '@inquirer/editor', '@inquirer/expand', '@inquirer/number', '@inquirer/rawlist', '@inquirer/search'];
const stub = (name: string) => [name, `${root}/scripts/unused-module.js`] as const;

/** Modules that one chunk holds: fewer chunks are a smaller package. A library that `--help` must not load is a chunk of its own. */
const chunks: Readonly<Record<string, RegExp>> = {
  zod: /node_modules\/zod\//,
  yaml: /node_modules\/yaml\//,
  hashes: /node_modules\/@noble\/hashes\//,
  age: /node_modules\/(age-encryption|@noble\/(curves|ciphers|post-quantum))\//,
  sdk: /node_modules\/(@smithy|@aws-sdk)\/(core|signature-v4|types|node-http-handler|xml-builder)/,
  core: /\/src\/core\//,
  clients: /node_modules\/@aws-sdk\/client-/,
  // The words of every report.
  text: /\/src\/(report|ui|run)\/(text|words|typed|layout|verdict)/,
  aws: /\/src\/aws\//,
  engine: /\/src\/engine\//,
  sandbox: /\/src\/sandbox\//,
};

// One small entry and chunks that a command loads when it runs: `--help` must not parse the SDK. CommonJS because it starts faster.
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  resolve: {
    // The SDK's CommonJS builds cannot be tree-shaken.
    mainFields: ['module', 'main'],
    alias: {
      ...Object.fromEntries([...unused, '@smithy/core/event-streams'].map(stub)),
      // Its only ES modules, which can be tree-shaken.
      yaml: `${root}/node_modules/yaml/browser/index.js`,
    },
  },
  treeshake: {
    propertyReadSideEffects: false,
    // Key exchanges of @noble/post-quantum that age does not use.
    manualPureFunctions: ['QSF', 'ecdhKem', 'createKitchenSink'],
  },
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    minify: true,
    comments: false,
    codeSplitting: {
      groups: Object.entries(chunks).map(([name, test], index) => ({ name, test, priority: 100 - index })),
    },
  },
  plugins: [
    {
      name: 'bins',
      buildStart: () => rmSync('dist', { recursive: true, force: true }),
      // Written with mode 0644 otherwise, and npx then says "Permission denied".
      writeBundle: () => chmodSync('dist/main.cjs', 0o755),
    },
  ],
});
