import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import type { FaultRule, World } from '../../src/sandbox/world.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { recordTotal } from '../support/totals.js';
import { filesBelow, leaks, watchSecrets } from './canaries.js';

const count = { cases: 0, orphans: 0, terminal: 0, rescued: 0 };
afterAll(() => {
  recordTotal({
    suite: 'S3',
    title: 'destinations that fail after the key was created',
    ran: count.cases,
    floor: 6,
    sampled: null,
    all: 'npm test',
    detail: `${count.orphans} keys left without their secret, ${count.terminal} secrets in a log, ${count.rescued} stored in the second place because the key could not be deleted either`,
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

/** The place goes away while AWS makes the key. */
const places = {
  'the folder of the secrets file': {
    profile: 'false',
    argv: (home: string) => ['--secrets-file', join(home, 'place', 'secrets.json')],
    takeAway: (home: string) => renameSync(join(home, 'place'), join(home, 'gone')),
    fix: (home: string) => renameSync(join(home, 'gone'), join(home, 'place')),
  },
  'the program': {
    profile: 'false',
    argv: (home: string) => ['--secret-command', join(home, 'place', 'keep')],
    takeAway: (home: string) => writeFileSync(join(home, 'place', 'keep'), '#!/bin/sh\ncat >&2\nexit 1\n'),
    fix: (home: string) => writeFileSync(join(home, 'place', 'keep'), '#!/bin/sh\ncat >> kept\n'),
  },
  'AWS files and the secrets file': {
    profile: 'ci',
    argv: (home: string) => ['--secrets-file', join(home, 'place', 'secrets.json')],
    takeAway: (home: string) => (
      renameSync(join(home, 'place'), join(home, 'gone')),
      renameSync(join(home, '.aws'), join(home, 'gone-aws')),
      writeFileSync(join(home, '.aws'), '')
    ),
    fix: (home: string) => (
      renameSync(join(home, 'gone'), join(home, 'place')),
      renameSync(join(home, '.aws'), join(home, 'old')),
      renameSync(join(home, 'gone-aws'), join(home, '.aws'))
    ),
  },
} as const;

describe('a destination that fails when there is a secret to store (S3)', () => {
  const refusals: readonly (readonly [string, FaultRule[]])[] = [
    ['and the key is deleted again', []],
    ['nor can the key be deleted', [{ operation: 'iam:DeleteAccessKey', what: { kind: 'error', code: 'AccessDenied', status: 403 } }]],
  ];
  const cases = Object.keys(places).flatMap((place) =>
    refusals.map(([end, faults]) => [place as keyof typeof places, end, faults] as const),
  );

  it.each(cases)('%s is deleted, %s: the terminal does not show it, and no user depends on it', async (name, _end, faults) => {
    const place = places[name];
    const watch = watchSecrets();
    let world: () => World = () => ({ accounts: {} }) as World;
    let armed = true;
    let home = '';
    const before = ({ body }: { readonly body?: unknown }): void => {
      if (!armed || !String(body).includes('Action=CreateAccessKey')) return;
      armed = false;
      place.takeAway(home);
    };
    const shell = await signedIn({ around: watch.around(() => world(), before) });
    world = () => shell.sandbox.world;
    home = shell.home;
    writeFileSync(join(home, 'bootstrap.yaml'), config(place.profile));
    mkdirSync(join(home, 'place'));
    writeFileSync(join(home, 'place', 'keep'), '#!/bin/sh\ncat >> kept\n');
    chmodSync(join(home, 'place', 'keep'), 0o755);
    shell.sandbox.world.knobs = { faults: structuredClone(faults) };
    const argv = ['init', '--yes', '--debug', ...place.argv(home), '--output', 'json'];
    const ran = await shell.run(argv);
    const { steps = [] } = JSON.parse(ran.stdout) as RunReport;
    const step = steps.find(({ id }) => id === 'access-keys');
    expect([ran.code, step?.error?.code, step?.error?.changed]).toEqual([7, 'E-SECRETS-STORE', true]);
    count.cases += 1;

    const keys = shell.account().users.find(({ name: user }) => user === 'ci')?.accessKeys ?? [];
    const rescue = filesBelow(home).filter((path) => path.includes('rescued'));
    if (faults.length === 0) {
      expect([keys, rescue]).toEqual([[], []]);
    } else {
      expect([keys.length, rescue.length]).toEqual([1, 1]);
      const [file = ''] = rescue;
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8')).toContain(keys[0]?.secret);
      expect(step?.error?.message).toContain(file);
      count.rescued += 1;
    }
    count.orphans += keys.filter(({ secret }) => !rescue.some((file) => readFileSync(file, 'utf8').includes(secret))).length;
    const keyOnly = new Map([...watch.secrets].filter(([, kind]) => kind === 'key'));
    const said = leaks(keyOnly, { stdout: ran.stdout, stderr: ran.stderr }, home, (path) => rescue.includes(path));
    count.terminal += said.length;
    expect(said).toEqual([]);

    // Once it is fixed, the same command continues.
    place.fix(home);
    shell.sandbox.world.knobs = {};
    const again = await shell.run(argv);
    if (faults.length === 0) {
      expect([0, 5]).toContain(again.code);
      expect(shell.account().users.find(({ name: user }) => user === 'ci')?.accessKeys).toHaveLength(1);
    }
  });
});
