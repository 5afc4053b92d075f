import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { Knobs, World } from '../../src/sandbox/world.js';
import { version } from '../../src/version.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { bundle, newFolder, repository, runProgram, start, startProgram } from './program.js';

const worldFile = 'world.json';
const sandbox = ['--sandbox-file', worldFile] as const;

/** A practice account in its own home folder. */
const practice = () => {
  const home = newFolder();
  const run = (...argv: string[]) => runProgram([...argv, ...sandbox], { home });
  const world = (): World => JSON.parse(readFileSync(path.join(home, worldFile), 'utf8')) as World;
  return {
    home,
    run,
    world,
    init: async () => {
      const exit = await run('init', '--yes', '--output', 'json');
      return { exit, report: JSON.parse(exit.stdout) as RunReport };
    },
    /** Creates the account if it does not exist. */
    turn: async (knobs: Knobs) => {
      if (!existsSync(path.join(home, worldFile))) await run('sandbox', 'show');
      writeFileSync(path.join(home, worldFile), JSON.stringify({ ...world(), knobs }));
    },
  };
};

/** A practice account after init. */
const bootstrapped = async () => {
  const account = practice();
  await account.turn(quick);
  expect((await account.init()).exit.code).toBe(5);
  return account;
};

/** Member accounts are created immediately, so nothing has to wait. */
const quick: Knobs = { createAccountPolls: 0 };

const stackLine = /^\s+at .+:\d+:\d+\)?$/m;

describe('the bundle', () => {
  const home = newFolder();

  it('prints its version and help', async () => {
    expect(await runProgram(['--version'], { home })).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    const help = await runProgram(['--help'], { home });
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('bootstrap init --sandbox');
    const ofInit = await runProgram(['init', '--help'], { home });
    expect([ofInit.code, ofInit.stderr]).toEqual([0, '']);
    expect(ofInit.stdout).toContain('--replace-alias');
  });

  it.each([[['frobnicate']], [['keys', 'frobnicate']], [['init', '--frobnicate']], [['check', 'surplus']], [['init', '--output', 'yaml']]])(
    'takes %j for wrong usage',
    async (argv) => {
      const exit = await runProgram(argv, { home });
      expect([exit.code, exit.stdout]).toEqual([2, '']);
      expect(exit.stderr).toMatch(/^.+\n.*bootstrap help.*\n$/);
    },
  );

  it('can be started as a program', () => {
    expect(statSync(bundle).mode & 0o777).toBe(0o755);
    expect(readFileSync(bundle, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  it('is run by npx in a clone, and shows npx in its commands', async () => {
    // npm would ask its registry for news of itself, and build again what other tests are running at this moment.
    const env = { npm_config_update_notifier: 'false', npm_config_offline: 'true', npm_config_ignore_scripts: 'true' };
    const npx = (...argv: string[]) =>
      start('npx', ['--no-install', 'aws-account-bootstrap', ...argv], { home, env, cwd: repository }).ended;
    const shown = await npx('--version');
    expect([shown.code, shown.stdout]).toEqual([0, `${version}\n`]);
    const check = await npx('check', '--sandbox-file', path.join(home, worldFile));
    expect(check.code).toBe(3);
    expect(check.stdout).toContain('npx aws-account-bootstrap init');
  });
});

describe('exit codes', () => {
  it.each<[code: number, what: string, argv: readonly string[], knobs: Knobs]>([
    [0, 'a change made and seen', ['init', '--yes', '--only', 'alias'], {}],
    [3, 'a dry run that would change something', ['init', '--dry-run', '--detailed-exitcode'], {}],
    [3, 'findings', ['check', '--only', 'mfa.root'], {}],
    [4, 'another account than the one that was named', ['init', '--yes', '--account-id', '999999999999'], {}],
    [
      6,
      'a read that fails',
      ['check', '--only', 'alias', '--fail-on', 'low'],
      { faults: [{ operation: 'iam:ListAccountAliases', what: { kind: 'status-before', status: 503 } }] },
    ],
    [
      7,
      'a step that AWS refuses, beside others that are done',
      ['init', '--yes', '--only', 'alias,budget'],
      { faults: [{ operation: 'iam:CreateAccountAlias', what: { kind: 'error', code: 'EntityAlreadyExists', status: 409 } }] },
    ],
  ])('%i: %s', async (code, _what, argv, knobs) => {
    const { run, turn } = practice();
    await turn(knobs);
    const exit = await run(...argv, '--output', 'json');
    expect([exit.code, (JSON.parse(exit.stdout) as RunReport).exit.code]).toEqual([code, code]);
  });
});

describe('output that cannot be written', () => {
  let account: Awaited<ReturnType<typeof bootstrapped>>;
  beforeAll(async () => {
    account = await bootstrapped();
  });
  const shell = (command: string) => start('sh', ['-c', command, process.execPath, bundle], { home: account.home }).ended;

  it.each([
    ['--help', 0],
    ['--version', 0],
    [`check ${sandbox.join(' ')} --output json`, 3],
    [`check ${sandbox.join(' ')}`, 3],
    [`sandbox show ${sandbox.join(' ')}`, 0],
  ])('%s exits normally if the reader closes the pipe', async (argv, code) => {
    // The reading end is closed before the first byte, so the write fails every time.
    const { child, ended } = startProgram(argv.split(' '), { home: account.home });
    child.stdout?.destroy();
    const exit = await ended;
    expect(exit.stderr).not.toMatch(stackLine);
    expect(exit.stderr).not.toMatch(/EPIPE|could not be written/);
    expect([exit.code, exit.signal]).toEqual([code, null]);
  });

  it('can be piped to `head -1`', async () => {
    const exit = await shell(`("$0" "$1" check ${sandbox.join(' ')} --output json; echo "ended $?" >&2) | head -1`);
    expect([exit.code, exit.stdout]).toEqual([0, '{\n']);
    expect(exit.stderr).toMatch(/^ended 3$/m);
    expect(exit.stderr).not.toMatch(stackLine);
  });

  it.each([
    ['>&-', 'a closed stdout'],
    ['>/dev/null 2>&-', 'a closed stderr'],
  ])('exits normally with %s: %s', async (redirection) => {
    const exit = await shell(`exec "$0" "$1" check ${sandbox.join(' ')} ${redirection}`);
    expect([exit.code, exit.signal]).toEqual([3, null]);
    expect(exit.stderr).not.toMatch(stackLine);
  });

  it
    .skipIf(!existsSync('/dev/full'))
    .each([
      '--version',
      '--help',
      `check ${sandbox.join(' ')} --only alias.set`,
      `check ${sandbox.join(' ')} --only alias.set --output json`,
      `sandbox show ${sandbox.join(' ')}`,
      'explain mfa',
      'config schema',
    ])('%s fails on a full disk', async (argv) => {
    const command = `exec "$0" "$1" ${argv}`;
    expect((await shell(command)).code).toBe(0);
    const exit = await shell(`${command} >/dev/full`);
    expect(exit.code).toBe(1);
    expect(exit.stderr.match(/could not be written: ENOSPC/g)).toHaveLength(1);
    expect(exit.stderr).not.toMatch(/bug in this tool/);
    expect(exit.stderr).not.toMatch(stackLine);
  });

  it.skipIf(!existsSync('/dev/full'))('calls a full disk of the file no bug, also without a report', async () => {
    const exit = await shell('exec "$0" "$1" explain mfa --output-file /dev/full');
    expect([exit.code, exit.stderr]).toEqual([2, expect.stringContaining('E-OUTPUT-FILE')]);
  });

  it.skipIf(!existsSync('/dev/full'))('prints the result if the disk of its file is full', async () => {
    for (const [argv, code] of [
      ['check --only alias.set', 1],
      ['check --only mfa.root', 3],
    ] as const) {
      const exit = await shell(`exec "$0" "$1" ${argv} ${sandbox.join(' ')} --output junit --output-file /dev/full`);
      expect([exit.code, exit.stdout]).toEqual([code, '']);
      expect(exit.stderr.match(/could not be written to \/dev\/full: ENOSPC/g)).toHaveLength(1);
      expect(exit.stderr).toMatch(/1 of 1 check failed|nothing to do/i);
      expect(exit.stderr).not.toMatch(/bug in this tool/);
    }
  });

  it.each(['jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv'])('prints only %s on stdout, on success and on failure', async (format) => {
    const argv = `check ${sandbox.join(' ')} --output ${format}`;
    const whole = await shell(`exec "$0" "$1" ${argv}`);
    expect(whole.code).toBe(3);
    expect(whole.stdout).toMatch(/^(\{|## |<\?xml |<!doctype html>|account,)/);
    expect(whole.stdout).not.toMatch(/Signed in|\u001B/);
    const cut = await shell(`("$0" "$1" ${argv}; echo "ended $?" >&2) | head -1`);
    expect(cut.stdout.match(/\n/g)).toHaveLength(1);
    expect(cut.stderr).toMatch(/^ended 3$/m);
    expect(cut.stderr).not.toMatch(stackLine);
  });

  it('has no escape codes, unless you ask for them', async () => {
    const escape = /\u001B/;
    const argv = ['check', ...sandbox];
    const plain = await runProgram(argv, { home: account.home });
    expect(`${plain.stdout}${plain.stderr}`).not.toMatch(escape);
    const init = await runProgram(['init', '--yes', ...sandbox], { home: account.home });
    expect(`${init.stdout}${init.stderr}`).not.toMatch(escape);
    expect((await runProgram(argv, { home: account.home, env: { FORCE_COLOR: '1' } })).stdout).toMatch(escape);
    const both = await runProgram(argv, { home: account.home, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(`${both.stdout}${both.stderr}`).not.toMatch(escape);
  });
});

describe('without a terminal', () => {
  it.each([
    [['init', '--account-id', '123456789012'], 2, /--yes/],
    [['init', '--yes', '--account-id', '123456789012'], 2, /--email .*\n.*--admin-user .*\n.*--alias /],
    [['init', '--yes'], 4, /--account-id/],
  ])('%j asks nothing, names what is missing, and sends no request', async (argv, code, named) => {
    const home = newFolder();
    const proxy = await startRecordingProxy({ target: 'http://127.0.0.1:9' });
    onTestFinished(() => proxy.close());
    const exit = await runProgram(argv, {
      home,
      env: { AWS_ENDPOINT_URL: proxy.url, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'unused', AWS_REGION: 'us-east-1' },
    });
    expect([exit.code, exit.stdout]).toEqual([code, '']);
    expect(exit.stderr).toMatch(named);
    expect(exit.stderr).not.toContain('?');
    expect(proxy.requests).toEqual([]);
  });

  it('does not wait for an input that stays open', async () => {
    const { ended } = startProgram(['init', ...sandbox], { home: newFolder(), stdio: ['pipe', 'pipe', 'pipe'] });
    const exit = await ended;
    expect(exit.code).toBe(2);
    expect(exit.stderr).toContain('--yes');
  });
});

describe('a stop during init', { timeout: 60_000 }, () => {
  const all = { SIGINT: 130, SIGTERM: 143 } as const;
  it.each<[signal: keyof typeof all, when: string, pattern: RegExp]>([
    ['SIGINT', 'it reads the account', /Reading the account/],
    ['SIGTERM', 'it creates the budget', /Billing access — done/],
    ['SIGINT', 'it creates an access key', /"iam:AddUserToGroup".*"ok"/],
    ['SIGINT', 'it creates the password', /"iam:AddUserToGroup".*"ok"[^]*"iam:AddUserToGroup".*"ok"/],
    ['SIGTERM', 'it enrols a device', /Administrator — done/],
    ['SIGTERM', 'it waits for a member account', /"organizations:CreateAccount".*"ok"/],
  ])('by %s, while %s, takes less than two seconds, and a second run succeeds', async (signal, _when, pattern) => {
    const account = practice();
    await account.turn({ delayMs: 60 });
    const running = startProgram(['init', '--yes', '--debug', ...sandbox], { home: account.home });
    await running.until(pattern);
    const exit = await running.stop(signal);
    expect([exit.code, exit.signal]).toEqual([all[signal], null]);
    expect(exit.afterMs).toBeLessThan(2_000);
    expect(exit.stderr).not.toMatch(stackLine);
    expect(exit.stderr).toContain('Run the same command again');

    await account.turn(quick);
    expect((await account.init()).exit.code).toBe(5);
    expectWhole(account.world(), account.home);
    const third = await account.init();
    expect([third.exit.code, third.report.apiCalls.writes]).toEqual([5, 0]);
  });

  it('does not wait for a response that never arrives', async () => {
    const account = practice();
    await account.turn({ faults: [{ operation: 'iam:CreateUser', what: { kind: 'hang-after' }, times: 1 }] });
    const running = startProgram(['init', '--yes', '--debug', ...sandbox], { home: account.home });
    // Sent together with the request whose response never arrives.
    await running.until(/"iam:CreateGroup".*"ok"/);
    const exit = await running.stop('SIGTERM');
    expect([exit.code, exit.signal]).toEqual([143, null]);
    expect(exit.afterMs).toBeLessThan(2_000);
    await account.turn(quick);
    expect((await account.init()).exit.code).toBe(5);
    expectWhole(account.world(), account.home);
  });

  /** Everything exists once, and no secret is lost. */
  const expectWhole = (world: World, home: string): void => {
    const [account, ...members] = Object.values(world.accounts);
    const users = (account?.users ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(users.map(({ name }) => name)).toEqual(['admin', 'ci']);
    expect(account?.groups.map(({ name }) => name).toSorted()).toEqual(['Administrators', 'ci-readers']);
    expect(account?.budgets).toHaveLength(1);
    expect(account?.mfaDevices).toHaveLength(1);
    expect(members.map(({ name }) => name)).toEqual(['sandbox']);
    const [admin, ci] = users;
    const folder = path.join(home, `${worldFile}.secrets`);
    const { entries } = JSON.parse(readFileSync(path.join(folder, 'secrets.json'), 'utf8')) as { entries: Record<string, string>[] };
    expect(entries.filter(({ kind }) => kind === 'console-password').map(({ password }) => password)).toContain(admin?.password?.value);
    expect(account?.mfaDevices[0]?.user).toBe('admin');
    expect(entries.filter(({ kind }) => kind === 'mfa-seed').map(({ seed }) => seed)).toContain(account?.mfaDevices[0]?.seed);
    expect(ci?.accessKeys).toHaveLength(1);
    expect(readFileSync(path.join(folder, 'credentials'), 'utf8')).toContain(`aws_secret_access_key = ${ci?.accessKeys[0]?.secret}\n`);
  };
});
