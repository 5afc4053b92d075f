import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repeatCommand } from '../../../src/commands/init/answers.js';
import type { App } from '../../../src/run/app.js';

const app = (globals: object = {}, env: Record<string, string> = {}): App =>
  ({ globals, host: { env }, sandboxed: false }) as unknown as App;
const ran = { flags: { switches: [] }, accountId: '111122223333', overrides: [], place: {}, skip: [] };

it('contains every answer as a flag, quoted for a shell', () => {
  const overrides = [
    { step: 'budget', path: 'name', value: "Alex's $5; `id` budget", flag: '--budget-name' },
    { step: 'alias', path: 'name', value: 'acme-prod', flag: '--alias' },
  ];
  const command = repeatCommand(app({ profile: 'new account' }), {
    ...ran,
    overrides,
    place: { secretsFile: './s.json' },
    skip: ['budget', 'mfa'],
  });
  const words = execFileSync('sh', ['-c', command.replace(/^bootstrap/, "printf '%s\\n'")], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  const before = ['init', '--profile', 'new account', '--account-id', '111122223333', '--skip', 'budget,mfa'];
  expect(words).toEqual([...before, '--budget-name', "Alex's $5; `id` budget", '--alias', 'acme-prod', '--secrets-file', './s.json']);
});

it('uses the name that this tool was called by, and leaves out the approval', () => {
  const command = repeatCommand(app({}, { npm_command: 'exec' }), { ...ran, place: { showSecrets: true } });
  expect(command).toBe('npx aws-account-bootstrap init --account-id 111122223333 --show-secrets');
});
