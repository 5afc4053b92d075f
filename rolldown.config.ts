import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const root = import.meta.dirname;
// inquirer imports all its prompts; the tool uses `select`.
const unusedPrompts = ['checkbox', 'confirm', 'editor', 'expand', 'input', 'number', 'password', 'rawlist', 'search'].map(
  (name) => `@inquirer/${name}`,
);
// No AWS operation of ours has an event stream, no browser is chosen by its name, nothing is encrypted with a passphrase, and the program
// is not a function of AWS Lambda.
const unused = ['@smithy/core/event-streams', 'default-browser', '@noble/hashes/scrypt.js', '@aws/lambda-invoke-store'];
// Parts of the SDK for a Node without its own hashes, for S3, and for event streams. What YAML 1.1 has and YAML 1.2 has not.
const unusedFiles = [
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js',
  '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/service-customizations/index.js',
  '@smithy/signature-v4/dist-es/HeaderFormatter.js',
  'yaml/browser/dist/schema/json/schema.js',
  ...['binary', 'omap', 'pairs', 'schema', 'set', 'timestamp'].map((name) => `yaml/browser/dist/schema/yaml-1.1/${name}.js`),
].map((file) => `${root}/node_modules/${file}`);
const stubs = (names: readonly string[], file: string) => Object.fromEntries(names.map((name) => [name, `${root}/scripts/${file}`]));

/**
 * Modules that one chunk holds: fewer chunks are a smaller package, and each costs time to open. A library that `--help` must not load is a
 * chunk of its own. The first two hold what help needs, and what a run needs until its first request.
 */
const chunks: Readonly<Record<string, RegExp>> = {
  cli: /\/node_modules\/commander\/|\/src\/(cli|help\/layout|commands\/(flags|[a-z]+\/flags|completion\/shells)|steps\/(flags|[a-z-]+\/flags)|core\/(flags|finding|accounts))\.ts/,
  // The titles and explanations of errors are prose, as the pages of explain are.
  errors: /\/src\/core\/errors/,
  request:
    /\/src\/(aws\/(?!shape|services)|run\/(ahead|config|connect|host|member)\.|config\/file\.|secrets\/signing-key\.|core\/)|\/src\/aws\/services\/(http|environment)\.|\/node_modules\/fast-string-/,
  'aws-http':
    /node_modules\/@smithy\/node-http-handler\/|node_modules\/@aws-sdk\/credential-provider(-env\/|s\/dist-es\/fromEnv\.)|\/scripts\/unused-module\./,
  'library-zod': /node_modules\/zod\//,
  // A config as a text. A run without one has the defaults alone.
  'config-file': /\/src\/config\/(answers|effective|load|reference|source|template)\.|node_modules\/yaml\//,
  // Small, and not for the practice account alone.
  'library-codes': /node_modules\/(@noble\/hashes|otpauth)\/|\/src\/secrets\/totp\./,
  'library-files': /node_modules\/(signal-exit|write-file-atomic)\//,
  'library-age': /node_modules\/(age-encryption|@noble\/(curves|ciphers|post-quantum))\//,
  'aws-protocols': /node_modules\/(@smithy|@aws-sdk)\/core\/dist-es\/submodules\/(protocols|schema|serde)\//,
  'aws-sdk': /node_modules\/(@smithy|@aws-sdk)\/(core|signature-v4|types|node-http-handler|xml-builder)/,
  // What all clients have in the same form.
  'aws-schemas':
    /node_modules\/@aws-sdk\/(client-[a-z]+\/dist-es|nested-clients\/dist-es\/submodules\/[a-z-]+)\/(schemas|models)\/|\/src\/sandbox\/schemas\//,
  // The practice account knows the operations by the schemas of the clients.
  'aws-clients': /node_modules\/@aws-sdk\/client-|\/src\/(aws|sandbox\/schemas)\//,
  explain: /\/src\/steps\/[a-z-]+\/explain\./,
  'aws-auth-instance': /node_modules\/@smithy\/credential-provider-imds\//,
  'aws-auth': /node_modules\/@aws-sdk\/(credential-provider|nested-clients|token-providers)/,
  sandbox: /\/src\/sandbox\//,
  'command-init': /\/src\/commands\/init\/(?!flags)/,
  'command-check': /\/src\/commands\/check\/(?!flags)/,
  'command-keys': /\/src\/commands\/(keys|undo)\/(?!flags)/,
  'command-accounts': /\/src\/commands\/accounts\/(?!flags)/,
  secrets: /\/src\/(secrets|run\/(aws-cli|role-checks|secrets-trust))/,
  config: /\/src\/config\//,
  steps: /\/src\/steps\//,
  // The report as a table, of every run. Other formats, and what `bootstrap report` alone needs, are apart.
  report: /\/src\/report\/(?!formats|html|json|junit|markdown|sarif|redact|result-schema|saved)|node_modules\/chalk\//,
  'report-formats': /\/src\/report\/(formats|html|json|junit|markdown|sarif)/,
  'report-saved': /\/src\/report\//,
  run: /\/src\/(run\/|engine\/|ui\/(progress|terminal))|node_modules\/(p-map|yoctocolors|yocto-spinner)\//,
  'library-inquirer': /node_modules\/(@inquirer|inquirer)\//,
  prompts: /\/src\/ui\/(?!progress|terminal)/,
  'command-others': /\/src\/commands\//,
};

/**
 * Chunks that also hold what their modules import, if no chunk above them does. The others do not: the entry has the version of the tool in its
 * own file, and a command does not have the steps.
 */
const withImports = /^(aws-(?!protocols|schemas).+|library-.+|sandbox|prompts)$/;

/**
 * The order of the chunks in the package. npm packs in the order of names and compresses each part with the 32 kB before it, so the names have
 * numbers that put what is alike side by side. `main.cjs` is the last. Found by trying orders; any other order works too, and takes up to 4 kB more.
 */
const packed = [
  'explain',
  'errors',
  'command-others',
  'request',
  'secrets',
  'config',
  'sandbox',
  'steps',
  'command-accounts',
  'command-keys',
  'command-init',
  'command-check',
  'report-saved',
  'report-formats',
  'report',
  'run',
  'prompts',
  'library-inquirer',
  'aws-sdk',
  'aws-http',
  'aws-auth-instance',
  'aws-auth',
  'aws-clients',
  'aws-schemas',
  'rolldown-runtime',
  'library-codes',
  'library-age',
  'aws-protocols',
  'library-zod',
  'config-file',
  'open',
  'library-files',
  'cli',
  'stored-pages',
];
const numberOf = (name: string): string => (packed.includes(name) ? `${String(packed.indexOf(name) + 1).padStart(2, '0')}-` : '');

const namesIn = (file: string, name: RegExp): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(name)].map(([, found = '']) => found);

const exportedName =
  /^Object\.defineProperty\(exports, "(\w+)", \{\s+enumerable: true,\s+get: function \(\) \{\s+return ([\w$.]+);\s+\}\s+\}\);$/gm;

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
      ...stubs(unusedPrompts, 'unused-prompt.js'),
      ...stubs([...unused, ...unusedFiles], 'unused-module.js'),
      // Otherwise there are two builds of the first, and two packages of the client of STS.
      'signal-exit': `${root}/node_modules/signal-exit/dist/cjs/index.js`,
      '@aws-sdk/nested-clients/sts': '@aws-sdk/client-sts',
      // It also signs for several Regions, with a library that is not in the bundle.
      '@aws-sdk/signature-v4-multi-region': `${root}/scripts/signature-of-one-region.js`,
      // Its only ES modules, which can be tree-shaken.
      yaml: `${root}/node_modules/yaml/browser/index.js`,
    },
  },
  treeshake: {
    propertyReadSideEffects: false,
    // As the other libraries declare it themselves.
    moduleSideEffects: [{ test: /\/node_modules\/yaml\//, sideEffects: false }],
    // Of @noble/post-quantum, which age imports for recipients that are left out.
    manualPureFunctions: ['QSF', 'ecdhKem', 'createKitchenSink'],
  },
  optimization: { inlineConst: { mode: 'all' } },
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: ({ name }) => `${numberOf(name)}${name}.cjs`,
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
      // src/secrets/age.ts refuses the other kinds of recipients, whose cryptography is larger than the rest of age: post-quantum, and of keys in
      // hardware.
      name: 'age with recipients of one kind',
      transform: {
        filter: { id: /\/node_modules\/age-encryption\/dist\/index\.js$/ },
        handler: (code) =>
          code.replaceAll(/if \(s\.startsWith\("age1(?:pq|tag|tagpq)1"\)\) \{\s+this\.recipients\.push\(new \w+\(s\)\);\s+\}\s+else /g, ''),
      },
    },
    {
      // The constructors of 236 classes set the name, the fault and the prototype once more. Most of them do nothing else. The id of the shape is
      // set once more when the class is registered.
      name: 'errors of the SDK without repetitions',
      transform: {
        filter: { id: /\/node_modules\/@aws-sdk\/.+\/models\/errors\.js$/ },
        handler: (code) =>
          code
            .replaceAll(/super\(\{\s+name: "\w+",\s+\$fault: "\w+",\s+\.\.\.opts,\s+\}\);/g, 'super(opts);')
            .replaceAll(/static shapeId = "[\w.#]+";/g, '')
            .replaceAll(/Object\.setPrototypeOf\(this, \w+\.prototype\);/g, '')
            .replaceAll(/constructor\(opts\) \{\s+super\(opts\);\s+\}/g, ''),
      },
    },
    {
      // Of the 86 errors of CloudTrail, those that its one operation of ours can answer with; so for IAM and Organizations.
      name: 'errors of our operations alone',
      transform: {
        filter: { id: /\/client-(cloudtrail|iam|organizations)\/dist-es\/schemas\/schemas_0\.js$/ },
        handler(code, id) {
          const [, client = '', service = ''] = /^(.+-(\w+))\/dist-es\//.exec(id) ?? [];
          const answered = new Set(
            namesIn(`${root}/src/sandbox/schemas/${service}.ts`, /\b([A-Z]\w+)\$/g).flatMap((operation) =>
              namesIn(`${client}/dist-types/commands/${operation}Command.d.ts`, /@throws \{@link (\w+)\}/g),
            ),
          );
          return code.replaceAll(/^n0_registry\.registerError\([\w$]+, (\w+)\);$/gm, (line, name: string) =>
            answered.has(name) ? line : '',
          );
        },
      },
    },
    {
      // The regular expression of a partition has its regions already, except for those without a number (test/package/regions.test.ts).
      name: 'partitions without regions',
      transform: {
        filter: { id: /\/@aws-sdk\/core\/.+\/partitions\.js$/ },
        handler: (code) =>
          code.replaceAll(/"[a-z-]+-\d": \{\s*"description": "[^"]*"\s*\},?/g, '').replaceAll(/"description": "[^"]*"/g, ''),
      },
    },
    {
      // The bundler writes five lines for each name that a chunk exports. This is the same, in one statement for all of them.
      name: 'exports in one statement',
      renderChunk(code) {
        const exported = [...code.matchAll(exportedName)].map(([, name, local]) => `${name}: () => ${local}`);
        if (exported.length < 3) return null;
        const all = `for (const [name, get] of Object.entries({ ${exported.join()} })) Object.defineProperty(exports, name, { enumerable: true, get });`;
        return `${code.replaceAll(exportedName, '')}\n${all}`;
      },
    },
    {
      // The SDK loads modules of Node so. Compiled code of Node 20 (src/code-cache.ts) cannot do it, and it takes longer.
      name: 'require instead of import of modules of Node',
      renderChunk: (code) => code.replaceAll(/\bimport\((["'`]node:[a-z_/]+["'`])\)/g, 'Promise.resolve().then(() => require($1))'),
    },
    {
      name: 'bins',
      buildStart: () => rmSync('dist', { recursive: true, force: true }),
      // Written with mode 0644 otherwise, and npx then says "Permission denied".
      writeBundle: () => chmodSync('dist/main.cjs', 0o755),
    },
  ],
});
