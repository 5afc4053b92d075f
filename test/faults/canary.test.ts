import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { FaultRule, World } from '../../src/sandbox/world.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { recordTotal } from '../support/totals.js';
import { filesBelow, formsOf, leaks, watchSecrets } from './canaries.js';
import { makeBench } from './killed-process.js';
import { scenes, worldName } from './scenes.js';
import { accountOf, worldIn } from './world-facts.js';

const count = { runs: 0, secrets: 0, places: 0, leaks: 0 };
afterAll(() => {
  recordTotal({
    suite: 'S1',
    title: 'secrets, each searched in every output and file of its run',
    ran: count.secrets,
    floor: 70,
    sampled: null,
    all: 'npm test',
    detail: `${count.runs} runs, ${count.places} outputs and files, ${formsOf('x').length} forms; ${count.leaks} outside of their destination`,
  });
});

const config = `version: 1
account: { id: "${own}" }
budget: { subscribers: [ops@example.com] }
admin-user: { name: alex }
mfa: { assign: unattended }
alias: false
access-keys: { mode: create, user: ci, profile: ci }
`;

const commandFiles = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** One shell, whose every secret is watched, and whose runs are looked through afterwards. */
const watched = async (before: (request: { readonly body?: unknown }) => void = () => {}) => {
  const watch = watchSecrets();
  let world: () => World = () => ({ accounts: {} }) as World;
  const shell = await signedIn({ around: watch.around(() => world(), before) });
  world = () => shell.sandbox.world;
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config);
  const env = Object.fromEntries(commandFiles.map((name) => [name, join(shell.home, name)]));
  for (const file of Object.values(env)) writeFileSync(file, '');
  const destinations: Readonly<Record<string, string>> = { key: join(shell.home, '.aws', 'credentials') };
  const texts: Record<string, string> = {};
  return {
    ...shell,
    destinations,
    run: async (argv: readonly string[]) => {
      const ran = await shell.run(argv, { env });
      texts[`stdout of ${argv.join(' ')}`] = ran.stdout;
      texts[`stderr of ${argv.join(' ')}`] = ran.stderr;
      count.runs += 1;
      return ran;
    },
    /** `kept`: where passwords and seeds belong, and keys that no profile took. */
    leaked: (kept: string): readonly string[] => {
      const found = leaks(
        watch.secrets,
        texts,
        shell.home,
        (path, kind) => path === destinations[kind] || (path === kept && kind !== 'key'),
      );
      count.secrets += watch.secrets.size;
      count.places += Object.keys(texts).length + filesBelow(shell.home).length;
      count.leaks += found.length;
      return found;
    },
    secrets: watch.secrets,
  };
};

const program = (home: string, end: string): string => {
  const file = join(home, 'keep');
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >> '${home}/seen'\nenv >> '${home}/seen'\ntr '\\0' '\\n' < /proc/$PPID/cmdline >> '${home}/seen'\n${end}\n`,
  );
  chmodSync(file, 0o755);
  return file;
};

describe('a secret is at its destination and nowhere else (S1)', { timeout: 60_000 }, () => {
  it.each(['table', 'json', 'jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv'])(
    'with --output %s, to a file too, and --debug',
    async (format) => {
      const shell = await watched();
      const kept = join(shell.home, 'secrets.json');
      const argv = ['init', '--yes', '--debug', '--secrets-file', kept, '--output', format, '--output-file', join(shell.home, 'report')];
      expect((await shell.run(argv)).code).toBe(5);
      await shell.run(['check', '--debug', '--output', format]);
      await shell.run(['keys', 'list', '--debug', '--output', format === 'json' ? 'json' : 'table']);
      expect([...shell.secrets.values()].toSorted()).toEqual(['key', 'password', 'seed']);
      expect(shell.leaked(kept)).toEqual([]);
      expect([kept, join(shell.home, '.aws', 'credentials')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    },
  );

  it('with a program as the place: not in its arguments, its environment or the command line of the tool', async () => {
    const shell = await watched();
    const kept = join(shell.home, 'kept');
    const argv = [
      'init',
      '--yes',
      '--debug',
      '--secret-command',
      `${program(shell.home, `cat >> '${kept}'`)} --vault x`,
      '--output',
      'json',
    ];
    expect((await shell.run(argv)).code).toBe(5);
    expect(readFileSync(join(shell.home, 'seen'), 'utf8')).toContain('--vault');
    expect(shell.leaked(kept)).toEqual([]);
  });

  it('when a key is rotated, and its profile refused', async () => {
    const shell = await watched();
    const kept = join(shell.home, 'secrets.json');
    await shell.run(['init', '--yes', '--secrets-file', kept]);
    const rotated = await shell.run(['keys', 'rotate', '--user', 'ci', '--yes', '--debug', '--account-id', own, '--output', 'json']);
    expect(rotated.code).toBe(0);
    await shell.run(['keys', 'rotate', '--user', 'ci', '--yes', '--debug', '--account-id', own]);
    expect(shell.secrets.size).toBe(4);
    expect(shell.leaked(kept)).toEqual([]);
  });

  const faults: readonly FaultRule['what'][] = [
    { kind: 'error', code: 'AccessDenied', status: 403, message: 'not allowed' },
    { kind: 'drop-after' },
    { kind: 'status-after', status: 500 },
    { kind: 'truncated-after' },
    { kind: 'empty-after' },
  ];
  const calls = [
    'iam:CreateLoginProfile',
    'iam:CreateVirtualMFADevice',
    'iam:EnableMFADevice',
    'iam:CreateAccessKey',
    'sts:GetCallerIdentity',
  ];
  it.each(calls.flatMap((operation) => faults.map((what) => [operation, what.kind, what] as const)))(
    'when %s meets %s, for good, with --debug',
    async (operation, _kind, what) => {
      const shell = await watched();
      shell.sandbox.world.knobs = { faults: [{ operation, what }] };
      const kept = join(shell.home, 'secrets.json');
      const ran = await shell.run(['init', '--yes', '--debug', '--secrets-file', kept]);
      expect(ran.code).not.toBe(0);
      expect(shell.leaked(kept)).toEqual([]);
    },
  );

  it('when the program that should store it prints it and fails', async () => {
    const shell = await watched();
    const argv = ['init', '--yes', '--debug', '--secret-command', program(shell.home, 'tee /dev/stderr; exit 1')];
    expect((await shell.run(argv)).code).toBe(7);
    expect(shell.leaked('nowhere')).toEqual([]);
  });

  it('at a terminal, questions and colours and all', async () => {
    const scene = scenes.find(({ typed }) => typed !== undefined);
    if (scene === undefined || inject('pythonBin') === '') return console.log('S1: there is no Python for a terminal, so it is left out');
    const bench = makeBench();
    await bench.prepare(scene);
    const { code, said } = await bench.disturb(scene, 'never', 'SIGKILL');
    expect(code).toBe(5);
    const watch = watchSecrets();
    watch.look(worldIn(join(bench.root, worldName)));
    expect(accountOf(worldIn(join(bench.root, worldName))).users).toHaveLength(2);
    const found = leaks(watch.secrets, { terminal: said }, bench.root, (path) => path.includes(worldName) && !path.includes('.journal'));
    count.runs += 1;
    count.secrets += watch.secrets.size;
    count.places += 1;
    expect(found).toEqual([]);
  });
});
