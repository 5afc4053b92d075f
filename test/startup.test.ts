import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './support/child-process.js';

const dist = join(import.meta.dirname, '../dist');
const chunks = new Map(
  readdirSync(dist)
    .filter((file) => file.endsWith('.cjs'))
    .map((file) => [file, readFileSync(join(dist, file), 'utf8')]),
);

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
require(process.argv[1]);`;

/** What a run of the built program loads: its chunks, and the modules of Node. */
const loadedBy = async (...args: readonly string[]): Promise<{ readonly files: readonly string[]; readonly builtins: readonly string[] }> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stderr, stdout, code } = await run(process.execPath, ['-e', listing, join(dist, 'main.cjs'), ...args], { env });
  expect({ code, printed: stdout !== '' }).toEqual({ code: 0, printed: true });
  const { files, builtins } = JSON.parse(stderr) as { readonly files: readonly string[]; readonly builtins: readonly string[] };
  return { files: files.map((file) => basename(file)), builtins };
};

describe('what starting loads', () => {
  it('finds every heavy library somewhere in the bundle', () => {
    expect(heavyIn([...chunks.keys()])).toEqual(Object.keys(heavy));
  });

  it('--version loads the entry alone', async () => {
    const { files } = await loadedBy('--version');
    expect(files).toEqual(['main.cjs']);
  });

  it.each([[['--help']], [['init', '--help']], [['check', '--help']], [['sandbox', '--help']]])('%j loads no heavy library and no network', async (args) => {
    const { files, builtins } = await loadedBy(...args);
    expect(files.length).toBeGreaterThan(1);
    expect(heavyIn(files)).toEqual([]);
    expect(builtins.filter((name) => ['http', 'https', 'tls', 'crypto'].includes(name))).toEqual([]);
  });
});
