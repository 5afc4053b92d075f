import { armor, Decrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../../src/aws/operations.js';
import { version } from '../../src/version.js';
import { run } from '../support/child-process.js';
import { nodeOf, nodes, root } from './nodes.js';

/** Three fifths of it are the code and the texts of this tool. docs/decisions/bundle.md */
const mostBytes = 500_000;

const folder = mkdtempSync(join(tmpdir(), 'bootstrap-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}
let packed: Packed;
const installed = join(folder, 'node_modules/aws-account-bootstrap');

const npm = async (args: readonly string[], cwd: string): Promise<string> => {
  const { code, stdout, stderr } = await run('npm', [...args, '--ignore-scripts', '--loglevel=error'], { cwd });
  expect(code, stderr).toBe(0);
  return stdout;
};

beforeAll(async () => {
  [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], root)) as [Packed];
  writeFileSync(join(folder, 'package.json'), '{}');
  await npm(['install', '--offline', '--no-audit', '--no-fund', `./${packed.filename}`], folder);
}, 120_000);

describe('the package', () => {
  it('is small', () => {
    console.info(`The package: ${packed.size} bytes packed, in ${packed.files.length} files`);
    expect(packed.size).toBeLessThanOrEqual(mostBytes);
  });

  it('holds the bundle, its licences, its list of packages, the JSON Schemas and SKILL.md, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path).toSorted();
    expect(paths.filter((path) => !/^dist\/[\w.-]+\.cjs$/.test(path))).toEqual([
      'LICENSE',
      'README.md',
      'SKILL.md',
      'THIRD-PARTY-LICENSES',
      'package.json',
      'sbom.cdx.json',
      'schemas/config.schema.json',
      'schemas/result.schema.json',
    ]);
    expect(paths).toContain('dist/main.cjs');
  });

  it('knows the errors of the operations that it calls', () => {
    const code = readdirSync(join(installed, 'dist')).map((name) => readFileSync(join(installed, 'dist', name), 'utf8'));
    // The services whose other errors the bundle leaves out.
    const shortened = Object.keys(operations).filter((operation) => /^(cloudtrail|iam|organizations):/.test(operation));
    const errors = shortened.flatMap((operation) => {
      const [service, name] = operation.split(':');
      const types = join(root, `node_modules/@aws-sdk/client-${service}/dist-types/commands/${name}Command.d.ts`);
      return [...readFileSync(types, 'utf8').matchAll(/@throws \{@link (\w+Exception)\}/g)].map(([, error = '']) => error);
    });
    const wanted = [...new Set(errors)];
    expect(wanted.length).toBeGreaterThan(50);
    expect(wanted.filter((error) => !code.some((chunk) => chunk.includes(`\`${error}\``)))).toEqual([]);
  });

  it('brings no other package, and offers nothing to import', async () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ exports: {}, engines: { node: '>=20.19' } });
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) expect(manifest).not.toHaveProperty(field);
    const { code, stderr } = await run(process.execPath, ['-e', 'require("aws-account-bootstrap")'], { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED')]);
  });

  it('shows where it comes from', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, any>;
    const home = /^git\+(https:\/\/github\.com\/[\w-]+\/aws-account-bootstrap)\.git$/.exec(String(manifest['repository'].url))?.[1];
    expect([manifest['homepage'], manifest['bugs'].url]).toEqual([`${home}#readme`, `${home}/issues`]);
    expect(manifest['keywords']).toEqual(expect.arrayContaining(['aws', 'security']));
  });

  it.runIf(process.platform !== 'win32').each(['bootstrap', 'aws-account-bootstrap'])('has the program %s', async (name) => {
    const program = join(folder, 'node_modules/.bin', name);
    expect(statSync(program).mode & 0o111).toBe(0o111);
    expect(await run(program, ['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe.each(nodes)('the installed package with Node %s', (name) => {
  let node: string;
  beforeAll(async () => {
    node = await nodeOf(name);
  }, 300_000);

  const home = join(folder, name);
  const tool = (...args: readonly string[]) =>
    run(node, [join(installed, 'dist/main.cjs'), ...args], { cwd: folder, env: { HOME: home, PATH: process.env['PATH'] ?? '' } });

  it('prints its version and its help', async () => {
    expect((await run(node, ['--version'])).stdout).toBe(`v${name}\n`);
    expect(await tool('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await tool('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('bootstrap init --sandbox') as string,
      stderr: '',
    });
  });

  it('prints its JSON Schemas, and finds a mistake in a config', async () => {
    const schema = async (...flags: readonly string[]) => JSON.parse((await tool('config', 'schema', ...flags)).stdout) as unknown;
    const stored = (of: string) => JSON.parse(readFileSync(join(installed, `schemas/${of}.schema.json`), 'utf8')) as unknown;
    expect([await schema(), await schema('--result')]).toEqual([stored('config'), stored('result')]);
    const template = await tool('config', 'new', '--output-file', '-');
    expect(template.stdout).toContain('# Requires a second factor for root');
    const config = join(folder, 'mistake.yaml');
    writeFileSync(config, 'version: 1\nbudget: { limt: 5 USD }\n');
    const { code, stdout } = await tool('config', 'validate', '--config', config);
    expect([code, stdout]).toEqual([2, expect.stringContaining('budget.limt: is not a known key; did you mean "limit"?')]);
  });

  it('sets up and checks a practice account', async () => {
    const before = await tool('check', '--sandbox');
    expect(before, before.stderr).toMatchObject({ code: 3, stdout: expect.stringContaining('mfa.root') as string });
    const init = await tool('init', '--sandbox', '--yes');
    expect(init.code, init.stderr).toBe(5);
    const after = await tool('check', '--sandbox', '--output', 'json');
    const summary = (text: string) => (JSON.parse(text) as { summary: { pass: number } }).summary;
    expect(summary(after.stdout).pass).toBeGreaterThan(10);
  }, 120_000);
});

it('the installed package encrypts to several recipients of age, and refuses post-quantum ones', async () => {
  const cwd = join(folder, 'age');
  mkdirSync(cwd);
  const identities = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const argv = ['init', '--sandbox', '--yes', ...recipients.flatMap((recipient) => ['--encrypt-to', recipient])];
  const env = { HOME: cwd, PATH: process.env['PATH'] ?? '' };
  const { code, stderr } = await run(process.execPath, [join(installed, 'dist/main.cjs'), ...argv], { cwd, env });
  expect(code, stderr).toBe(5);
  const hybrid = await identityToRecipient(await generateHybridIdentity());
  const refused = await run(process.execPath, [join(installed, 'dist/main.cjs'), ...argv, '--encrypt-to', hybrid], { cwd, env });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('post-quantum')]);
  const [file = ''] = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.age'));
  for (const identity of identities) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(armor.decode(readFileSync(join(cwd, file), 'utf8')), 'text')).toContain('console-password');
  }
}, 120_000);
