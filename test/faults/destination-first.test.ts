import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { spawnSync } from 'node:child_process';
import type { RunReport } from '../../src/core/report.js';
import { newFolder } from '../e2e/program.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { shell as inShell } from '../secrets/scene.js';
import { recordTotal } from '../support/totals.js';
import { explore } from './explorer.js';
import { everything, secretsFolder, shortScenes, worldName } from './scenes.js';

const count = { refused: 0, writes: 0, calls: 0, early: 0 };
afterAll(() => {
  recordTotal({
    suite: 'S2',
    title: 'bad destinations, refused',
    ran: count.refused,
    // Two of them take root: a file of another owner, and a disk of its own.
    floor: bad.length - 2,
    sampled: null,
    all: 'npm test',
    detail: `${count.writes} writes to AWS`,
  });
  recordTotal({
    suite: 'S2',
    title: 'calls that yield a secret, in the order of file operations',
    ran: count.calls,
    floor: 7,
    sampled: null,
    all: 'npm test',
    detail: `${count.early} before destination and journal were locked, written and synced`,
  });
});

const config = (profile: string): string => `version: 1
account: { id: "${own}" }
billing-access: false
budget: false
admin-user: { name: alex }
mfa: { assign: unattended }
alias: false
access-keys: { mode: create, user: ci, profile: ${profile} }
`;

type Prepare = (home: string) => readonly string[] | undefined;
const file = (home: string): string => join(home, 'secrets.json');
const secretsFile = (path: string): readonly string[] => ['--secrets-file', path];

/** undefined: it cannot be had here. */
const bad: readonly (readonly [name: string, prepare: Prepare])[] = [
  ['a missing folder', (home) => secretsFile(join(home, 'no', 'secrets.json'))],
  ['a file in the place of its folder', (home) => (writeFileSync(join(home, 'a'), ''), secretsFile(join(home, 'a', 's.json')))],
  ['a folder', (home) => (mkdirSync(file(home)), secretsFile(file(home)))],
  [
    'a symbolic link',
    (home) => (writeFileSync(join(home, 'real'), '', { mode: 0o600 }), symlinkSync('real', file(home)), secretsFile(file(home))),
  ],
  ['a link to nothing', (home) => (symlinkSync('nothing', file(home)), secretsFile(file(home)))],
  ['a FIFO', (home) => (inShell('mkfifo pipe', home), secretsFile(join(home, 'pipe')))],
  ['a device', () => secretsFile('/dev/null')],
  ['a full device', () => secretsFile('/dev/full')],
  [
    'a file of another owner',
    (home) => {
      if (geteuid?.() !== 0) return undefined;
      writeFileSync(file(home), '', { mode: 0o600 });
      chownSync(file(home), 4711, 4711);
      return secretsFile(file(home));
    },
  ],
  ['a file of mode 0644', (home) => (writeFileSync(file(home), '', { mode: 0o644 }), secretsFile(file(home)))],
  [
    'a file of mode 0620',
    (home) => (writeFileSync(file(home), '', { mode: 0o620 }), inShell('chmod 620 secrets.json', home), secretsFile(file(home))),
  ],
  ['a file in a git tree that does not ignore it', (home) => (inShell('git init -q', home), secretsFile(file(home)))],
  [
    'a file that git tracks',
    (home) => (
      writeFileSync(file(home), '', { mode: 0o600 }),
      inShell('git init -q && git add secrets.json && echo secrets.json > .gitignore', home),
      secretsFile(file(home))
    ),
  ],
  ['a file of something else', (home) => (writeFileSync(file(home), 'hello', { mode: 0o600 }), secretsFile(file(home)))],
  [
    'the file of another account',
    (home) => (writeFileSync(file(home), '{"version":1,"account":"444455556666","entries":[]}', { mode: 0o600 }), secretsFile(file(home))),
  ],
  ['a file that another run has locked', (home) => (writeFileSync(`${file(home)}.lock`, `1 ${hostname()}\n`), secretsFile(file(home)))],
  ['a disk that takes nothing', () => secretsFile('/proc/secrets.json')],
  [
    'a full disk',
    () => {
      // Not below the home, which is removed before the disk is.
      const disk = newFolder();
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk]).status !== 0) return undefined;
      onTestFinished(() => void spawnSync('umount', ['-l', disk]));
      return secretsFile(join(disk, 'secrets.json'));
    },
  ],
  ['a program that is not there', () => ['--secret-command', 'no-such-program']],
  ['a recipient that is none', () => ['--encrypt-to', 'age1nobody']],
  ['no place at all', () => []],
  [
    'AWS files whose credentials are a folder',
    (home) => (mkdirSync(join(home, '.aws', 'credentials'), { recursive: true }), secretsFile(file(home))),
  ],
  [
    'AWS files whose config is a link to nothing',
    (home) => (mkdirSync(join(home, '.aws')), symlinkSync('nothing', join(home, '.aws', 'config')), secretsFile(file(home))),
  ],
];

describe('a destination that cannot store a secret is refused before anything is created (S2)', () => {
  it.each(bad)('%s', async (name, prepare) => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'bootstrap.yaml'), config('ci'));
    const argv = prepare(shell.home);
    if (argv === undefined) return console.log(`S2: ${name} is left out, since it takes root`);
    const ran = await shell.run(['init', '--yes', ...argv, '--output', 'json']);
    const { error } = JSON.parse(ran.stdout) as RunReport;
    count.refused += 1;
    count.writes += ran.writes.length;
    expect([ran.code, ran.writes, error?.code]).toEqual([2, [], 'E-SECRETS-DESTINATION']);
    expect(error?.next).not.toBe('');
  });
});

describe('before each call that yields a secret (S2)', { timeout: 60_000 }, () => {
  const calls = ['iam:CreateLoginProfile', 'iam:CreateVirtualMFADevice', 'iam:CreateAccessKey'];
  it.each([everything, ...shortScenes].map((scene) => [scene.name, scene] as const))(
    'the place is locked and tried, and the journal written and synced: %s',
    async (_name, scene) => {
      const { traced } = await explore(scene);
      const names = traced.boundaries.map(({ name }) => name.replace(/ \d+$/, ''));
      const sent = names.flatMap((name, index) => (calls.some((call) => name === `${call} sent`) ? [index] : []));
      const journal = `${worldName}.journal`;
      const entry = `${journal}/${own}.json`;
      expect(sent.length).toBeGreaterThan(0);
      for (const at of sent) {
        count.calls += 1;
        const before = names.slice(0, at);
        const last = (what: string): number => before.lastIndexOf(what);
        const locks = before.filter((name) => name.startsWith(`link ${secretsFolder}/secrets.json.lock`) && name.endsWith('after')).length;
        const unlocks = before.filter((name) => name === `rm ${secretsFolder}/secrets.json.lock after`).length;
        const inOrder = [
          last(`writeFile ${entry}.new after`),
          last(`sync ${entry}.new after`),
          last(`rename ${entry}.new after`),
          last(`sync ${journal} after`),
        ];
        const since = Math.max(-1, ...sent.filter((other) => other < at));
        const good =
          locks === unlocks + 1 &&
          last(`sync ${secretsFolder}/secrets.json.new after`) >= 0 &&
          inOrder.every((index, nth) => index > (nth === 0 ? since : (inOrder[nth - 1] ?? -1)));
        if (!good) count.early += 1;
        expect([scene.name, names[at], good]).toEqual([scene.name, names[at], true]);
      }
    },
  );
});
