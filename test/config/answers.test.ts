import { describe, expect, it } from 'vitest';
import { answersYaml } from '../../src/config/answers.js';
import { loadConfig } from '../../src/config/load.js';
import { resolveConfig } from '../../src/config/resolve.js';
import { steps } from '../../src/steps/index.js';

const overrides = [
  { step: 'budget', path: 'limit', value: '10 USD', flag: '--budget' },
  { step: 'budget', path: 'subscribers.0', value: 'ops@example.com', flag: '--email' },
  { step: 'admin-user', path: 'name', value: 'alex', flag: '--admin-user' },
  { step: 'alias', path: 'name', value: 'acme-prod', flag: '--alias' },
  { step: 'billing-access', path: 'confirmed-on', value: '2026-11-23', flag: '--billing-confirmed' },
];
const written = (destination: Parameters<typeof answersYaml>[1]['destination']): string =>
  answersYaml(steps, { accountId: '111122223333', overrides, destination, day: '2026-11-23' });

describe('answers as a config', () => {
  it('can be read, and leave no question open', () => {
    const { config } = loadConfig({ text: written({ kind: 'file', file: 's.json' }), file: 'bootstrap.yaml', steps });
    const resolved = resolveConfig({ config, flags: {}, steps, command: 'init', sandbox: false, random: () => '' });
    expect([resolved.missing, resolved.open, resolved.accountId]).toEqual([[], [], '111122223333']);
    expect(resolved.destination).toEqual({ kind: 'file', file: 's.json' });
    expect(resolved.steps['billing-access']?.slice).toEqual({ 'confirmed-on': '2026-11-23' });
  });

  it('name a place for secrets only where there is one', () => {
    expect(written({ kind: 'terminal' })).not.toContain('secrets:');
    expect(written(undefined)).not.toContain('secrets:');
    expect(written({ kind: 'age', recipients: ['age1qqq'] })).toContain('age:');
    expect(written({ kind: 'command', command: ['pass', 'insert'], environment: [] })).toMatch(/command:\n {4}- pass\n {4}- insert\n$/);
    expect(written({ kind: 'command', command: ['op'], environment: ['OP_TOKEN'] })).toMatch(/command-env:\n {4}- OP_TOKEN\n$/);
  });
});
