import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.js';
import { checkAllFine } from '../report/fixtures.js';
import { testShell } from '../support/host.js';

const secrets = `${JSON.stringify({
  version: 1,
  account: '111122223333',
  entries: [{ kind: 'console-password', user: 'alex', password: 'x', signInUrl: 'https://example.com' }],
})}\n`;
const practice = ['check', '--sandbox'];

interface Kept {
  readonly what: string;
  /** In the home folder, which is also the working folder. */
  readonly file: string;
  readonly text: string;
  readonly args?: readonly string[];
}

const write = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

describe('a result does not replace', () => {
  it.each<Kept>([
    { what: 'the config of the folder', file: 'bootstrap.yaml', text: 'version: 1\n' },
    { what: 'a config that is named', file: 'a.yaml', text: 'version: 1\n', args: [...practice, '--config', 'a.yaml'] },
    { what: 'the access keys of the AWS CLI', file: '.aws/credentials', text: '[a]\n' },
    { what: 'the profiles of the AWS CLI', file: '.aws/config', text: '[profile a]\n' },
    { what: 'stored secrets, wherever they are', file: 'sub/secrets.json', text: secrets },
    { what: 'a journal', file: '.local/state/aws-account-bootstrap/journal/1.json', text: '{}' },
    {
      what: 'a secret beside a practice account',
      file: 'w.json.secrets/a',
      text: 'x',
      args: ['check', '--sandbox-file', 'w.json'],
    },
    {
      what: 'the result that is shown',
      file: 's.json',
      text: renderJson(checkAllFine),
      args: ['report', 's.json'],
    },
  ])('$what', async ({ file, text, args = practice }) => {
    const shell = testShell({ env: { XDG_STATE_HOME: '' } });
    const path = join(shell.home, file);
    write(path, text);
    const { code, stdout, stderr } = await shell.run([...args, '--output-file', file]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`The result cannot be written to ${file}, which this tool or the AWS CLI reads.`);
    expect(stderr).toContain('Name another file with --output-file.');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('a practice account, by whatever name', async () => {
    const shell = testShell();
    expect((await shell.run(['init', '--sandbox-file', 'w.json', '--yes'])).code).toBe(5);
    const before = readFileSync(join(shell.home, 'w.json'), 'utf8');
    symlinkSync('w.json', join(shell.home, 'link.json'));
    for (const name of ['w.json', './sub/../w.json', 'link.json']) {
      const { code } = await shell.run(['check', '--sandbox-file', 'w.json', '--output', 'json', '--output-file', name]);
      expect(code).toBe(2);
    }
    expect(readFileSync(join(shell.home, 'w.json'), 'utf8')).toBe(before);
  });

  it.each([
    ['the secrets', 's.json', ['--secrets-file', 's.json'], (text: string) => (JSON.parse(text) as { entries: unknown[] }).entries.length],
    ['the access key', 'w.json.secrets/credentials', [], (text: string) => text.match(/^aws_secret_access_key = /gm)?.length],
  ] as const)('%s that the run stored, even if the file was empty at the start', async (_, file, args, count) => {
    const shell = testShell();
    const path = join(shell.home, file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, '', { mode: 0o600 });
    const run = ['init', '--sandbox-file', 'w.json', '--yes', ...args, '--output', 'json', '--output-file', file];
    const { code, stderr } = await shell.run(run);
    expect(code).toBe(5);
    expect(stderr).toContain(`The result could not be written to ${file}: this run stored something else there`);
    expect(stderr).toContain('Sign-in URL');
    expect(count(readFileSync(path, 'utf8'))).toBeGreaterThan(0);
  });

  it.each([
    ['the config when the output is a plan', 'bootstrap.yaml', 'version: 1\n'],
    ['secrets when the output is a plan', 's.json', secrets],
    ['access keys when the output is a plan', '.aws/credentials', '[a]\n'],
  ])('%s', async (_, file, text) => {
    const shell = testShell();
    write(join(shell.home, file), text);
    const { code, stderr } = await shell.run(['init', '--sandbox', '--dry-run', '--yes', '--save-plan', file]);
    expect([code, readFileSync(join(shell.home, file), 'utf8')]).toEqual([2, text]);
    expect(stderr).toContain(`The plan cannot be written to ${file}`);
  });

  it('the config when the output is a text', async () => {
    const shell = testShell();
    write(join(shell.home, 'bootstrap.yaml'), 'version: 1\n');
    expect((await shell.run(['config', 'show', '--output-file', 'bootstrap.yaml'])).code).toBe(2);
    expect(readFileSync(join(shell.home, 'bootstrap.yaml'), 'utf8')).toBe('version: 1\n');
  });

  it.each([
    ['check', '--accounts', 'x'],
    ['keys', 'delete', '--root'],
  ])('the config when the flags are wrong: %s %s %s', async (...args) => {
    const shell = testShell();
    write(join(shell.home, 'bootstrap.yaml'), 'version: 1\n');
    expect((await shell.run([...args, '--output', 'json', '--output-file', 'bootstrap.yaml'])).code).toBe(2);
    expect(readFileSync(join(shell.home, 'bootstrap.yaml'), 'utf8')).toBe('version: 1\n');
  });
});

describe('a result replaces', () => {
  it.each([
    ['an earlier result', renderJson(checkAllFine)],
    ['an empty file', ''],
    ['another text', 'text\n'],
    ['JSON of another program', '{"version": 1, "account": "111122223333", "entries": "none"}'],
  ])('%s', async (_, text) => {
    const shell = testShell();
    write(join(shell.home, 'r.json'), text);
    const { code } = await shell.run([...practice, '--output', 'json', '--output-file', 'r.json']);
    expect(code).toBe(3);
    expect(JSON.parse(readFileSync(join(shell.home, 'r.json'), 'utf8'))).toMatchObject({ command: 'check' });
  });
});
