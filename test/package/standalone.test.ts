import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../src/version.js';
import { run } from '../support/child-process.js';
import { everyNode, root } from './nodes.js';

const home = mkdtempSync(join(tmpdir(), 'bootstrap-standalone-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

if (!everyNode) console.info('The executable without Node is tested by `npm run test:package`, and by its workflow.');

describe.runIf(everyNode)('the executable without Node', () => {
  let program: string;
  beforeAll(async () => {
    const { code, stdout, stderr } = await run(process.execPath, ['scripts/standalone.js'], { cwd: root });
    if (code !== 0) throw new Error(stderr);
    program = stdout.trim().split('\n').at(-1) ?? '';
  }, 300_000);

  /** Without a PATH, no other Node can be found. */
  const tool = (...args: readonly string[]) => run(program, args, { cwd: home, env: { HOME: home, USERPROFILE: home } });

  it('prints its version and its help', async () => {
    expect(await tool('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await tool('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('bootstrap init --sandbox') as string,
      stderr: '',
    });
  });

  it('sets up and checks a practice account', async () => {
    expect(await tool('check', '--sandbox')).toMatchObject({ code: 3, stdout: expect.stringContaining('mfa.root') as string });
    const init = await tool('init', '--sandbox', '--yes');
    expect(init.code, init.stderr).toBe(5);
    const { code, stdout } = await tool('check', '--sandbox', '--output', 'json');
    expect([code, (JSON.parse(stdout) as { summary: { pass: number } }).summary.pass]).toEqual([
      3,
      expect.toSatisfy((n: number) => n > 10),
    ]);
  }, 120_000);
});
