import { chmodSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const root = import.meta.dirname;
// inquirer imports all its prompts; the editor brings tables of character sets. No AWS operation of ours has an event stream.
const unused = ['@inquirer/checkbox', '@inquirer/editor', '@inquirer/expand', '@inquirer/number', '@inquirer/rawlist', '@inquirer/search'];
// Parts of the SDK for a Node without its own hashes, for S3, and for event streams.
const unusedFiles = [
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js',
  '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
  '@smithy/signature-v4/dist-es/HeaderFormatter.js',
].map((file) => `${root}/node_modules/${file}`);
const stub = (name: string) => [name, `${root}/scripts/unused-module.js`] as const;

/**
 * Modules that one chunk holds: fewer chunks are a smaller package, and each costs time to open. A library that `--help` must not load is a
 * chunk of its own. The first two hold what help needs, and what a run needs until its first request.
 *
 * npm packs in the order of names and compresses each part with the 32 kB before it, so the prefixes put what is alike side by side.
 */
const chunks: Readonly<Record<string, RegExp>> = {
  cli: /\/node_modules\/commander\/|\/src\/(cli|commands\/(help|flags|[a-z]+\/flags|completion\/shells)|steps\/(flags|[a-z-]+\/flags)|core\/(flags|finding|accounts))\.ts/,
  'aws-request':
    /\/src\/(aws\/(?!pages|shape|services)|run\/(ahead|connect|host|member)\.|config\/file\.|secrets\/signing-key\.|core\/)|\/src\/aws\/services\/(http|environment)\.|node_modules\/@smithy\/node-http-handler\/|node_modules\/@aws-sdk\/credential-provider-env\/|\/scripts\/unused-module\./,
  'library-zod': /node_modules\/zod\//,
  'library-yaml': /node_modules\/yaml\//,
  'library-hashes': /node_modules\/@noble\/hashes\//,
  // Small, and not for the practice account alone.
  'library-codes': /node_modules\/otpauth\/|\/src\/secrets\/totp\./,
  'library-files': /node_modules\/(signal-exit|write-file-atomic)\//,
  'library-age': /node_modules\/(age-encryption|@noble\/(curves|ciphers|post-quantum))\//,
  'aws-sdk': /node_modules\/(@smithy|@aws-sdk)\/(core|signature-v4|types|node-http-handler|xml-builder)/,
  // The practice account knows the operations by the schemas of the clients.
  'aws-clients': /node_modules\/@aws-sdk\/client-|\/src\/(aws|sandbox\/schemas)\//,
  explain: /\/src\/steps\/[a-z-]+\/explain\./,
  'aws-auth-instance': /node_modules\/@smithy\/credential-provider-imds\//,
  'aws-auth': /node_modules\/@aws-sdk\/(credential-provider|nested-clients|token-providers)/,
  sandbox: /\/src\/sandbox\//,
  'command-init': /\/src\/commands\/init\/(?!flags)/,
  'command-check': /\/src\/commands\/check\/(?!flags)/,
  'command-undo': /\/src\/commands\/undo\/(?!flags)/,
  'command-keys': /\/src\/commands\/keys\/(?!flags)/,
  'command-accounts': /\/src\/commands\/accounts\/(?!flags)/,
  secrets: /\/src\/(secrets|run\/(aws-cli|role-checks|secrets-trust|sign-in))/,
  config: /\/src\/config\//,
  steps: /\/src\/steps\//,
  // The report as a table, of every run. Other formats, and what `bootstrap report` alone needs, are apart.
  report: /\/src\/report\/(?!formats|html|json|junit|markdown|sarif|redact|result-schema|saved)|node_modules\/chalk\//,
  'report-formats': /\/src\/report\/(formats|html|json|junit|markdown|sarif)/,
  'report-saved': /\/src\/report\//,
  run: /\/src\/(run\/|engine\/|ui\/(progress|terminal))|node_modules\/(p-map|yoctocolors|yocto-spinner)\//,
  prompts: /node_modules\/(@inquirer|inquirer)\/|\/src\/ui\/(?!progress|terminal)/,
  'command-others': /\/src\/commands\//,
};

/**
 * Chunks that also hold what their modules import, if no chunk above them does. The others do not: the entry has the version of the tool in its
 * own file, and a command does not have the steps.
 */
const withImports = /^(aws-.+|library-.+|sandbox|prompts)$/;

// One small entry and chunks that a command loads when it runs: `--help` must not parse the SDK. CommonJS because it starts faster.
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  // Several modules are in one chunk with what imports them dynamically.
  checks: { ineffectiveDynamicImport: false },
  preserveEntrySignatures: 'allow-extension',
  resolve: {
    // The SDK's CommonJS builds cannot be tree-shaken.
    mainFields: ['module', 'main'],
    alias: {
      ...Object.fromEntries([...unused, '@smithy/core/event-streams', ...unusedFiles].map(stub)),
      // Otherwise there are two builds of the first, and two packages of the client of STS.
      'signal-exit': `${root}/node_modules/signal-exit/dist/cjs/index.js`,
      '@aws-sdk/nested-clients/sts': '@aws-sdk/client-sts',
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
    // The pages of help come after `cli`, which has the same texts.
    chunkFileNames: ({ name }) => (name === 'help-pages' ? 'cli.help.cjs' : `${name}.cjs`),
    minify: true,
    comments: false,
    codeSplitting: {
      groups: Object.entries(chunks).map(([name, test], index) => ({
        name,
        test,
        priority: 100 - index,
        includeDependenciesRecursively: withImports.test(name),
      })),
    },
  },
  plugins: [
    {
      // It starts the program of a command that is a file of its own. No command here is, and help must not wait for this module.
      name: 'commander without child_process',
      transform: {
        filter: { id: /\/node_modules\/commander\/lib\/command\.js$/ },
        handler: (code) => code.replace("require('node:child_process')", '{}'),
      },
    },
    {
      name: 'bins',
      buildStart: () => rmSync('dist', { recursive: true, force: true }),
      // Written with mode 0644 otherwise, and npx then says "Permission denied".
      writeBundle: () => chmodSync('dist/main.cjs', 0o755),
    },
  ],
});
