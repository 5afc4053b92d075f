import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli.js';
import type { Host } from '../../src/run/app.js';
import { writeNew } from '../../src/run/output.js';
import { renderJson } from '../../src/report/json.js';
import * as fixtures from '../report/fixtures.js';
import { signedIn } from '../scenarios/practice-account.js';
import { sitDown } from '../screens/sitting.js';
import { testClock, testShell } from '../support/host.js';
import { inOrganization } from '../support/organization-shell.js';
import { testFolder } from '../support/test-folder.js';

/** A run on a stdout that fails with this error: `bootstrap report` of a good result. */
const onStdout = async (code: string | undefined): Promise<{ readonly code: number; readonly stderr: string }> => {
  const home = testFolder();
  writeFileSync(join(home, 'result.json'), renderJson(fixtures.checkAllFine));
  const [stderr, chunks] = [new PassThrough(), [] as string[]];
  stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(code === undefined ? null : Object.assign(new Error(`${code}: write`), { code })),
  });
  const host: Host = {
    argv: ['report', 'result.json'],
    env: {},
    cwd: home,
    home,
    platform: 'linux',
    stdin: new PassThrough(),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    clock: testClock(),
    random: () => '',
    signal: new AbortController().signal,
  };
  return { code: await run(host), stderr: chunks.join('') };
};

describe('a result that cannot be written', () => {
  it.each([
    ['works', undefined, 0, ''],
    ['is a full disk', 'ENOSPC', 1, 'The result could not be written: ENOSPC: write\n'],
    ['is a pipe whose reader is satisfied', 'EPIPE', 0, ''],
  ])('to a stdout that %s exits with %s: %i', async (_what, error, code, stderr) => {
    expect(await onStdout(error)).toEqual({ code, stderr });
  });

  it.skipIf(!existsSync('/dev/full'))('to its file is never a success, and is on the screen instead', async () => {
    const { run: shell } = await inOrganization({ members: 1 });
    const { code, stdout, stderr } = await shell(['accounts', 'list', '--output-file', '/dev/full']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/The result could not be written to \/dev\/full: .*ENOSPC/);
    expect(stderr).toContain('member-1');
    // A worse exit code stays.
    const checked = await shell([
      'check',
      '--output',
      'json',
      '--output-file',
      '/dev/full',
      '--only',
      'billing-access',
      '--strict',
      '--fail-on',
      'low',
    ]);
    expect(checked.code).toBe(3);
  });

  it('to a folder that does not exist ends before any request, on stdout', async () => {
    const shell = await signedIn();
    const { code, stdout, requests } = await shell.run(['check', '--output', 'json', '--output-file', 'no/result.json']);
    expect([code, JSON.parse(stdout).error.code, requests]).toEqual([2, 'E-OUTPUT-FILE', []]);
  });
});

describe('an error that ends a run', () => {
  it.each([
    ['table', [], false, true],
    ['json', [], true, false],
    ['csv', [], true, true],
    ['json', ['--output-file', 'result'], true, true],
    ['table', ['--output-file', 'result'], false, true],
  ] as const)('in the format %s with %j is in the result: %s, and a message on stderr: %s', async (format, more, document, message) => {
    const shell = await signedIn();
    const { code, stdout, stderr } = await shell.run(['check', '--account-id', '444455556666', '--output', format, ...more]);
    const result = more.length === 0 ? stdout : readFileSync(join(shell.home, 'result'), 'utf8');
    expect([code, result !== '', stderr.includes('E-WRONG-ACCOUNT')]).toEqual([4, document, message]);
    if (more.length > 0) expect(stdout).toBe('');
  });

  it.each([[['check', 'x']], [['check', '--config', 'none.yaml']]])('as a page on a terminal is a message instead: %j', async (argv) => {
    const sitting = sitDown({ argv: [...argv, '--output', 'html'], columns: 80 });
    expect(await sitting.ended).toBe(2);
    expect(sitting.printed()).toMatch(/STOPPED[^<>]+Next:/);
  });
});

describe('a usage error', () => {
  it.each([
    ['html', ['check', '--fail-on', 'x', '--output', 'html', '--output-file', 'result']],
    ['json', ['init', '--output-file=result', '--x', '--json']],
  ])('in the format %s goes to the file of the result, and a message to stderr', async (_format, argv) => {
    const shell = testShell();
    const { code, stdout, stderr } = await shell.run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('E-USAGE');
    expect(readFileSync(join(shell.home, 'result'), 'utf8')).toContain('E-USAGE');
  });

  it.each([
    ['report', 'result', '--x', '--output', 'html', '--output-file', 'result'],
    ['report', '--output-file=result', 'result', '--x', '--output', 'html'],
    ['check', '--config=result', '--x', '--output', 'html', '--output-file', 'result'],
  ])('replaces no file that the run reads, and is on stdout: %j', async (...argv) => {
    const shell = testShell();
    writeFileSync(join(shell.home, 'result'), 'version: 1\n');
    const { code, stdout } = await shell.run(argv);
    expect([code, readFileSync(join(shell.home, 'result'), 'utf8')]).toEqual([2, 'version: 1\n']);
    expect(stdout).toContain('E-USAGE');
  });
});

it('an error after a change leaves the change in the result', async () => {
  const { run: shell, sandbox } = await inOrganization({ members: 0 });
  sandbox.world.knobs.faults = [{ operation: 'sts:AssumeRole', what: { kind: 'error', code: 'AccessDenied', status: 403 } }];
  const create = ['accounts', 'create', '--name', 'lab', '--email', 'aws+lab@example.com', '--yes', '--account-id', '111122223333'];
  const { code, stdout } = await shell(create);
  expect([code, stdout]).toEqual([6, expect.stringMatching(/E-ROLE-UNPROVEN/)]);
});

it.each([
  [[], true],
  [['--quiet'], false],
])('names the file of a result: with %j: %s', async (more, named) => {
  const shell = await signedIn();
  const { stderr } = await shell.run(['check', '--only', 'alias', '--output', 'json', '--output-file', 'result.json', ...more]);
  expect(stderr.includes('Result written to result.json')).toBe(named);
});

it('a new config never replaces a file that appeared in the meantime', async () => {
  const file = join(testFolder(), 'bootstrap.yaml');
  await writeNew(file, 'bootstrap.yaml', 'first');
  await expect(writeNew(file, 'bootstrap.yaml', 'second')).rejects.toMatchObject({ code: 'E-CONFIG-EXISTS' });
  symlinkSync('nowhere', join(dirname(file), 'link'));
  await expect(writeNew(join(dirname(file), 'link'), 'link', 'second')).rejects.toMatchObject({ code: 'E-CONFIG-EXISTS' });
  await expect(writeNew(dirname(file), 'x', 'second')).rejects.toMatchObject({ code: 'E-OUTPUT-FILE', message: 'x is a folder.' });
  await expect(writeNew(join(file, 'x'), 'x', 'second')).rejects.toMatchObject({ code: 'E-OUTPUT-FILE' });
  expect(readFileSync(file, 'utf8')).toBe('first');
});
