import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { own, signedIn } from '../scenarios/practice-account.js';
import { fences } from './pages.js';

/** A run of a fake password manager: its arguments, its environment, and what it read. */
interface Call {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly stdin: string;
}

/** All three kinds of secrets go to the program. */
const wanted = `
budget: { subscribers: [ops@example.com] }
admin-user: { name: admin }
mfa: { assign: unattended }
alias: { name: acme-recipes }
access-keys: { mode: create, user: ci, group: ci-readers, profile: false }
`;

/** Runs init in a new account with one recipe of docs/secrets.md and a fake of its program on the PATH. */
const runRecipe = async (manager: '1password' | 'bitwarden' | 'pass', program: string, exit = 0) => {
  const shell = await signedIn();
  const { home } = shell;
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const log = join(home, 'calls.jsonl');
  const fake = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const call = { argv: process.argv.slice(2), env: Object.keys(process.env), stdin: readFileSync(0, 'utf8') };
appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + '\\n');
process.exit(${exit});
`;
  writeFileSync(join(bin, program), fake);
  chmodSync(join(bin, program), 0o755);
  const file = `secret-to-${manager}.mjs`;
  const script = fences('docs/secrets.md', 'js').find((code) => code.startsWith(`// ${file}\n`));
  const config = fences('docs/secrets.md', 'yaml').find((yaml) => yaml.includes(file));
  if (script === undefined || config === undefined) throw new Error(`docs/secrets.md has no recipe ${file}`);
  writeFileSync(join(home, file), script);
  writeFileSync(join(home, 'bootstrap.yaml'), `${config}${wanted}`);
  const argv = ['init', '--yes', '--account-id', own, '--config', 'bootstrap.yaml', '--skip', 'organization'];
  const ran = await shell.run(argv, { env: { PATH: `${bin}:${dirname(process.execPath)}`, BW_SESSION: 'session' } });
  const calls = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Call);
  // The key of another user may be stored before the secrets of the administrator.
  const isKey = ({ stdin }: Call): boolean => /AKIA/.test(`${stdin} ${Buffer.from(stdin, 'base64').toString('utf8')}`);
  return { ...ran, calls: [...calls.filter((call) => !isKey(call)), ...calls.filter(isKey)] };
};

describe('the recipes for password managers', () => {
  it('1Password gets one item per secret, with the field types of its templates', async () => {
    const { code, calls } = await runRecipe('1password', 'op');
    expect(code).toBe(5);
    expect(calls.map(({ argv }) => argv)).toEqual(Array.from({ length: 3 }, () => ['item', 'create', '--vault', 'AWS', '-']));
    const items = calls.map(({ stdin }) => JSON.parse(stdin) as object);
    expect(items).toMatchObject([
      {
        title: 'AWS 111122223333 console-password admin',
        category: 'LOGIN',
        urls: [{ href: expect.stringMatching(/^https:\/\/\S+\/console\/$/) }],
        fields: [
          { purpose: 'USERNAME', value: 'admin' },
          { purpose: 'PASSWORD', type: 'CONCEALED', value: expect.stringMatching(/^\S{14,}$/) },
        ],
      },
      {
        title: 'AWS 111122223333 mfa-seed admin',
        fields: [
          { value: 'admin' },
          { value: expect.stringMatching(/^[A-Z2-7]{32,}$/) },
          { type: 'OTP', value: expect.stringMatching(/^otpauth:\/\/totp\//) },
        ],
      },
      {
        title: 'AWS 111122223333 access-key ci',
        fields: [{ value: expect.stringMatching(/^AKIA/) }, { value: expect.stringMatching(/^\S{40}$/) }],
      },
    ]);
  });

  it('Bitwarden gets one login per secret, in Base64, and its session', async () => {
    const { code, calls } = await runRecipe('bitwarden', 'bw');
    expect(code).toBe(5);
    expect(calls.map(({ argv }) => argv)).toEqual(Array.from({ length: 3 }, () => ['create', 'item']));
    for (const { env } of calls) expect(env).toContain('BW_SESSION');
    const items = calls.map(({ stdin }) => JSON.parse(Buffer.from(stdin, 'base64').toString('utf8')) as object);
    expect(items).toMatchObject([
      { type: 1, name: 'AWS 111122223333 console-password admin', login: { username: 'admin', totp: null, uris: [{ match: null }] } },
      { type: 1, name: 'AWS 111122223333 mfa-seed admin', login: { totp: expect.stringMatching(/^otpauth:/) } },
      { type: 1, name: 'AWS 111122223333 access-key ci', login: { username: expect.stringMatching(/^AKIA/), uris: [] } },
    ]);
  });

  it('pass gets one entry per secret, the secret on its first line', async () => {
    const { code, calls } = await runRecipe('pass', 'pass');
    expect(code).toBe(5);
    expect(calls.map(({ argv }) => argv.slice(0, 3))).toEqual(Array.from({ length: 3 }, () => ['insert', '--multiline', '--force']));
    expect(calls.map(({ argv }) => argv[3])).toEqual([
      'aws/111122223333/admin/console-password',
      'aws/111122223333/admin/mfa-seed',
      expect.stringMatching(/^aws\/111122223333\/ci\/AKIA/),
    ]);
    const [password, seed, key] = calls.map(({ stdin }) => stdin.trimEnd().split('\n'));
    expect(password).toEqual([expect.stringMatching(/^\S{14,}$/), 'user: admin', expect.stringMatching(/^url: https:/)]);
    expect(seed).toEqual([expect.stringMatching(/^[A-Z2-7]+$/), 'user: admin', expect.stringMatching(/^otpauth:/)]);
    expect(key).toEqual([expect.stringMatching(/^\S{40}$/), expect.stringMatching(/^user: AKIA/)]);
  });

  it.each([
    ['1password', 'op'],
    ['bitwarden', 'bw'],
    ['pass', 'pass'],
  ] as const)('%s: a program that fails fails the run', async (manager, program) => {
    const { code, stdout } = await runRecipe(manager, program, 9);
    expect(code).toBe(7);
    expect(stdout).toMatch(/\b9\b/);
  });
});
