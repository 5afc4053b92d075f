import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../src/cli.js';
import { helpPagesOf } from '../src/help/layout.js';
import { renderJson } from '../src/report/json.js';
import type { Host } from '../src/run/app.js';
import { checkAllFine } from './report/fixtures.js';
import { run } from './support/child-process.js';
import { testShell } from './support/host.js';
import { testFolder } from './support/test-folder.js';

const dist = join(import.meta.dirname, '../dist');
const chunks = new Map(
  readdirSync(dist)
    .filter((file) => file.endsWith('.cjs'))
    .map((file) => [file, readFileSync(join(dist, file), 'utf8')]),
);

/** The file of a chunk: its name has a number. */
const chunk = (name: string): string => [...chunks.keys()].find((file) => file.endsWith(`-${name}.cjs`)) ?? `no chunk ${name}`;

/** From the explain page of a step: prose that no run needs. */
const prose = 'No public API reads or sets this switch';

/** Words that only this library's code has; minifying keeps them. */
const heavy = {
  'the AWS SDK': 'amz-sdk-request',
  zod: 'unrecognized_keys',
  yaml: 'tag:yaml.org,2002:',
  inquirer: 'ExitPromptError',
} as const;
const heavyIn = (files: readonly string[]): readonly string[] =>
  Object.entries(heavy)
    .filter(([, word]) => files.some((file) => chunks.get(file)?.includes(word)))
    .map(([library]) => library);

const listing = `process.on('exit', () => require('node:fs').writeSync(2, JSON.stringify({
  files: Object.keys(require.cache),
  builtins: process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13)),
})));
if (process.argv.length > 1) require(process.argv[1]);`;

interface Loaded {
  readonly files: readonly string[];
  /** Modules of Node. */
  readonly builtins: readonly string[];
}
const loadedBy = async (...args: readonly string[]): Promise<Loaded> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stderr, code } = await run(process.execPath, ['-e', listing, ...args], { env });
  expect(code).toBe(0);
  const { files, builtins } = JSON.parse(stderr) as Loaded;
  return { files: files.map((file) => basename(file)), builtins };
};
const loadedByTool = (...args: readonly string[]): Promise<Loaded> => loadedBy(join(dist, 'main.cjs'), ...args);

describe('what starting loads', () => {
  it('finds every heavy library somewhere in the bundle', () => {
    expect(heavyIn([...chunks.keys()])).toEqual(Object.keys(heavy));
  });

  it('completion loads the steps without their explain pages', async () => {
    expect([...chunks.values()].filter((text) => text.includes(prose))).toHaveLength(1);
    const { files } = await loadedByTool('completion', 'bash');
    expect(files.filter((file) => chunks.get(file)?.includes(prose))).toEqual([]);
  });

  it('a table does not load the HTML report', async () => {
    const ofHtml = [...chunks].filter(([, text]) => text.includes('Content-Security-Policy') && text.includes('<!doctype html>'));
    expect(ofHtml.length).toBe(1);
    const saved = join(testFolder(), 'saved.json');
    writeFileSync(saved, renderJson(checkAllFine));
    const { files } = await loadedByTool('report', saved);
    expect(files.length).toBeGreaterThan(3);
    expect(files).not.toContain(ofHtml[0]?.[0]);
    const { files: withHtml } = await loadedByTool('report', saved, '--output', 'html');
    expect(withHtml).toContain(ofHtml[0]?.[0]);
  });

  it.each([[['--version']], [['--help']], [['help']], [[]]])('%j loads the entry alone', async (args) => {
    const { files, builtins } = await loadedByTool(...args);
    expect(files).toEqual(['main.cjs']);
    expect(builtins).not.toContain('child_process');
  });

  it.each([[['init', '--help']], [['keys', 'rotate', '-h']], [['help', 'check']]])(
    '%j loads the entry and the pages of help',
    async (args) => {
      const { files, builtins } = await loadedByTool(...args);
      expect(files).toEqual(['main.cjs', chunk('stored-pages')]);
      expect(builtins).not.toContain('child_process');
    },
  );

  it.each([[['init', '--debug', '--help']], [['help', 'check', 'all']], [['sandbox', '--help', 'show']]])(
    '%j loads no heavy library, no network and nothing that starts programs',
    async (args) => {
      const { files, builtins } = await loadedByTool(...args);
      expect(files).toContain(chunk('cli'));
      expect(heavyIn(files)).toEqual([]);
      const { builtins: bare } = await loadedBy();
      expect(builtins.filter((name) => ['http', 'https', 'tls', 'child_process'].includes(name) && !bare.includes(name))).toEqual([]);
    },
  );
});

/** Prints what is loaded when the first request is written, and ends the process. */
const atFirstRequest = `require('node:http').request = () => {
  require('node:fs').writeSync(2, 'loaded=' + JSON.stringify(Object.keys(require.cache)));
  process.exit(0);
};`;

describe('GetCallerIdentity is on its way before', () => {
  const yaml = `version: 1
account: { id: '111122223333' }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: { name: acme-prod }
budget: { limit: 10 USD, subscribers: [ops@example.com] }
`;

  it.each([
    { args: ['check'], config: false, heavyBefore: [], commandBefore: [] },
    { args: ['check'], config: true, heavyBefore: ['zod', 'yaml'], commandBefore: [] },
    { args: ['check', '--only', 'mfa'], config: false, heavyBefore: ['zod'], commandBefore: [chunk('command-check')] },
    {
      args: ['init', '--yes', '--secrets-file', 'secrets.json'],
      config: true,
      heavyBefore: ['zod', 'yaml'],
      commandBefore: [chunk('command-init')],
    },
  ])('the SDK is loaded: $args, config: $config', async ({ args, config, heavyBefore, commandBefore }) => {
    const home = testFolder();
    const preload = join(home, 'preload.cjs');
    writeFileSync(preload, atFirstRequest);
    if (config) writeFileSync(join(home, 'bootstrap.yaml'), yaml);
    const { PATH } = process.env;
    const key = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE000000000', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'x' };
    const env = { PATH, HOME: home, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'us-east-1', ...key };
    const { stderr } = await run(process.execPath, ['-r', preload, join(dist, 'main.cjs'), ...args], { cwd: home, env });
    const loaded = JSON.parse(/loaded=(.*)$/m.exec(stderr)?.[1] ?? 'null') as readonly string[];
    const files = loaded.map((file) => basename(file));
    expect(heavyIn(files)).toEqual(heavyBefore);
    expect(files.filter((file) => /-command-(check|init)\.cjs$/.test(file))).toEqual(commandBefore);
  });
});

it('stores the pages of help that the parser has', async () => {
  const { helpPages } = createRequire(import.meta.url)(join(dist, chunk('stored-pages'))) as { readonly helpPages: unknown };
  expect(helpPages).toEqual(helpPagesOf(makeProgram({} as Host, () => {})));
});

it.each([[['init', '--help']], [['keys', '-h']], [['help', 'accounts', 'create']]])('%j prints what the parser prints', async (args) => {
  const at60 = { ...process.env, COLUMNS: '60' };
  const printed = await run(process.execPath, [join(dist, 'main.cjs'), ...args], { env: at60 });
  expect(printed).toEqual(await testShell().run(args, { env: { COLUMNS: '60' } }));
  expect(printed.stdout).toMatch(/^Usage: bootstrap /m);
});

it('has no chunk with an export that is missing, whichever chunk is loaded first', { timeout: 120_000 }, async () => {
  // Chunks that import each other can read an export before it is there. Some load main.cjs, which prints its help.
  const first = [...chunks.keys()].filter((file) => file !== 'main.cjs');
  const script = `const missing = [];
    for (const first of ${JSON.stringify(first)}) {
      for (const key of Object.keys(require.cache)) delete require.cache[key];
      require(${JSON.stringify(dist)} + '/' + first);
      for (const { id, exports } of Object.values(require.cache))
        for (const name of Object.keys(exports)) if (exports[name] === undefined) missing.push(first + ': ' + id + ' ' + name);
    }
    console.error(JSON.stringify(missing));`;
  const { stderr } = await run(process.execPath, ['-e', script], {});
  expect(JSON.parse(stderr)).toEqual([]);
});
