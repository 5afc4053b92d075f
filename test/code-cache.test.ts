import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheCompiledCode } from '../src/code-cache.js';
import { run } from './support/child-process.js';
import { testFolder } from './support/test-folder.js';

/** Node 22 and newer have a cache of compiled code; for Node 20, src/code-cache.ts is one. */
const isOurs = !('enableCompileCache' in nodeModule);
const repository = join(import.meta.dirname, '..');

/** Notes which chunks were compiled, and from what. */
const preload = `const vm = require('node:vm');
const { basename } = require('node:path');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.push([basename(options.filename), options.cachedData === undefined ? 'source' : this.cachedDataRejected ? 'rejected' : 'cache']);
  }
};
const scripts = [];
process.on('exit', () => require('node:fs').writeFileSync(process.env.SCRIPTS, JSON.stringify(scripts)));`;

/** A package as npm installs it. */
const installed = () => {
  const root = testFolder();
  for (const name of ['dist', 'schemas']) cpSync(join(repository, name), join(root, 'package', name), { recursive: true });
  const hook = join(root, 'preload.cjs');
  writeFileSync(hook, preload);
  const program = join(root, 'package/dist/main.cjs');
  const folder = join(root, 'package/.cache');
  const files = (): readonly string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .map((name) => join(folder, name))
          .filter((file) => lstatSync(file).isFile())
      : [];
  const explain = async (env: Readonly<Record<string, string>> = {}, file = program) => {
    const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, NODE_COMPILE_CACHE: ___, ...own } = process.env;
    const scripts = join(root, 'scripts.json');
    const result = await run(process.execPath, ['-r', hook, file, 'explain', 'E-USAGE'], { env: { ...own, SCRIPTS: scripts, ...env } });
    const compiled = JSON.parse(readFileSync(scripts, 'utf8')) as readonly (readonly [string, string])[];
    return { ...result, from: [...new Set(compiled.map(([, from]) => from))], chunks: compiled.map(([name]) => name) };
  };
  return { root, program, folder, files, explain };
};

describe('compiled code', () => {
  it('is stored beside the program, and used by the next run', async () => {
    const { files, explain } = installed();
    const first = await explain();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('E-USAGE');
    const stored = files();
    expect(stored.length).toBeGreaterThan(3);
    const second = await explain();
    expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: '' });
    expect(files()).toEqual(stored);
    if (!isOurs) return;
    expect(first.from).toEqual(['source']);
    expect(second).toMatchObject({ from: ['cache'], chunks: first.chunks });
    expect(stored.map((file) => basename(file))).toEqual([...first.chunks].sort());
  });

  it('is also used through the link that npm puts on the PATH', async () => {
    const { root, program, files, explain } = installed();
    const link = join(root, 'bootstrap');
    symlinkSync(program, link);
    await explain({}, link);
    expect(files().length).toBeGreaterThan(3);
    if (isOurs) expect((await explain()).from).toEqual(['cache']);
  });

  it.each([
    ['one byte is another', (content: Buffer) => Buffer.from(content.map((byte, at) => (at === content.length >> 1 ? byte ^ 1 : byte)))],
    ['the first byte is another', (content: Buffer) => Buffer.from(content.map((byte, at) => (at === 0 ? byte ^ 1 : byte)))],
    ['the end is missing', (content: Buffer) => content.subarray(0, -1)],
    ['there is nothing in it', () => Buffer.alloc(0)],
  ])('is compiled again if %s', async (_, damaged) => {
    const { files, explain } = installed();
    const first = await explain();
    const stored = files().map((file) => [file, readFileSync(file)] as const);
    for (const [file, content] of stored) writeFileSync(file, damaged(content));
    const { from, ...second } = await explain();
    expect(second).toEqual({ code: first.code, stdout: first.stdout, stderr: '', chunks: first.chunks });
    if (!isOurs) return;
    expect(from).toEqual(['source']);
    expect((await explain()).from).toEqual(['cache']);
  });

  it('is compiled again if the program is another of the same length', async () => {
    const { program, explain } = installed();
    const { stdout } = await explain();
    const [title, other] = ['Invalid command line', 'INVALID COMMAND LINE'];
    expect(stdout).toContain(title);
    for (const file of readdirSync(dirname(program)).map((name) => join(dirname(program), name)))
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(title, other));
    expect((await explain()).stdout).toBe(stdout.replaceAll(title, other));
  });

  it.each([
    ['NODE_DISABLE_COMPILE_CACHE', '1'],
    ['NODE_V8_COVERAGE', 'coverage'],
    ['NODE_COMPILE_CACHE', 'elsewhere'],
  ])('is not stored with %s', async (name, value) => {
    const { root, files, explain } = installed();
    expect(await explain({ [name]: value === '1' ? value : join(root, value) })).toMatchObject({ code: 0, stderr: '' });
    expect(files()).toEqual([]);
  });

  it('is not stored where that is impossible, and the run does not notice', async () => {
    const { folder, explain } = installed();
    writeFileSync(folder, 'a file');
    expect(await explain()).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(folder, 'utf8')).toBe('a file');
  });

  it('can be changed by its owner alone, as the program can', async () => {
    const { folder, explain } = installed();
    const umask = process.umask(0);
    try {
      await explain();
    } finally {
      process.umask(umask);
    }
    // On Node 22, the folder in it can be written by anyone, but not reached.
    expect([folder, join(folder, 'code')].map((path) => (lstatSync(path).mode & 0o777).toString(8))).toEqual(['700', '700']);
  });

  it.each([
    ['.cache', 0o777],
    ['.cache', 0o775],
    ['.cache/code', 0o755],
    ['.cache/code', 0o770],
  ])('is not used if others can write to %s, or reach it (mode %o)', async (name, mode) => {
    const { root, files, explain } = installed();
    mkdirSync(join(root, 'package/.cache/code'), { recursive: true, mode: 0o700 });
    chmodSync(join(root, 'package', name), mode);
    expect(await explain()).toMatchObject({ code: 0, stderr: '' });
    expect(files()).toEqual([]);
  });

  it('is not stored in a link to another folder', async () => {
    const { root, folder, explain } = installed();
    mkdirSync(join(root, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(root, 'elsewhere'), folder);
    expect(await explain()).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(root, 'elsewhere'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual([]);
  });

  it('is not stored by another user than the owner of the program, who could not remove it', () => {
    const { program, folder } = installed();
    const other = { getuid: () => (process.getuid?.() ?? 0) + 1 };
    cacheCompiledCode(program, Object.assign(Object.create(process) as NodeJS.Process, other));
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves no part of a file that cannot be stored', async () => {
    const { folder, files, explain } = installed();
    await explain();
    const stored = files();
    for (const file of stored) {
      rmSync(file);
      mkdirSync(file);
    }
    expect(await explain()).toMatchObject({ code: 0, stderr: '' });
    if (isOurs) expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual([]);
  });

  it('is not stored by help and version', async () => {
    const { program, folder } = installed();
    for (const flag of ['--help', '--version']) await run(process.execPath, [program, flag], {});
    expect(existsSync(folder)).toBe(false);
  });
});
