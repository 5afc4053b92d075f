import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answersYaml, setConfigValue } from '../../src/config/answers.js';
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

  it('name a secrets destination only if there is one', () => {
    const withoutSecrets = written({ kind: 'file', file: 's.json' }).replace('\nsecrets:\n  file: s.json\n', '');
    expect([written({ kind: 'terminal' }), written(undefined)]).toEqual([withoutSecrets, withoutSecrets]);
    expect(written({ kind: 'age', recipients: ['age1qqq'] })).toContain('age:');
    expect(written({ kind: 'command', command: ['pass', 'insert'], environment: [] })).toMatch(/command:\n {4}- pass\n {4}- insert\n$/);
    expect(written({ kind: 'command', command: ['op'], environment: ['OP_TOKEN'] })).toMatch(/command-env:\n {4}- OP_TOKEN\n$/);
  });
});

describe('the text of the answers', () => {
  it('has the account and the steps with answers, and nothing of others', () => {
    expect(written({ kind: 'file', file: 's.json' })).toBe(
      `# Answers of \`bootstrap init\` on 2026-11-23. Keys that are not here have their defaults: \`bootstrap config show\` prints all of them.
version: 1

account:
  id: "111122223333"

billing-access:
  confirmed-on: 2026-11-23

budget:
  subscribers:
    - ops@example.com
  limit: 10 USD

admin-user:
  name: alex

alias:
  name: acme-prod

secrets:
  file: s.json
`,
    );
  });

  it('names the schema for editors if there is one, and breaks no value', () => {
    const name = 'a long name '.repeat(20).trim();
    const text = answersYaml(steps, {
      accountId: '111122223333',
      overrides: [{ step: 'budget', path: 'name', value: name, flag: '--budget-name' }],
      destination: undefined,
      day: '2026-11-23',
      schema: 'https://x.example/s.json',
    });
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=https://x.example/s.json');
    expect(text).toContain(`name: ${name}\n`);
  });
});

const path = ['billing-access', 'confirmed-on'];
const edit = (text: string): string | undefined => setConfigValue(text, path, '2026-11-23');

describe('a value set in a config', () => {
  it.each<[what: string, before: string, after: string]>([
    ['without the section', 'version: 1\n', 'version: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    ['without a line end at the end', 'version: 1', 'version: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    ['with only a comment', '# mine\n', '# mine\n\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
    [
      'with comments and blank lines',
      'version: 1 # v\n\n# switch\nbilling-access:\n  # who pays\n  contact: { name: A, title: B } # x\n\nalias: { name: a-b }\n',
      'version: 1 # v\n\n# switch\nbilling-access:\n  # who pays\n  contact: { name: A, title: B } # x\n  confirmed-on: 2026-11-23\n\nalias: { name: a-b }\n',
    ],
    [
      'with an older day',
      "version: 1\nbilling-access:\n  confirmed-on: '2025-01-01' # by alex\n",
      "version: 1\nbilling-access:\n  confirmed-on: '2026-11-23' # by alex\n",
    ],
    ['with braces', 'billing-access: { a: 1 }\nversion: 1\n', 'billing-access: { a: 1, confirmed-on: 2026-11-23 }\nversion: 1\n'],
    ['with empty braces', 'billing-access: {}\n', 'billing-access: { confirmed-on: 2026-11-23 }\n'],
    [
      'with an empty section',
      'billing-access: # later\nversion: 1\n',
      'billing-access:\n  # later\n  confirmed-on: 2026-11-23\nversion: 1\n',
    ],
    ['with an empty value', 'billing-access:\n  confirmed-on:\n', 'billing-access:\n  confirmed-on: 2026-11-23\n'],
    [
      'with Windows line ends',
      'version: 1\r\nbilling-access:\r\n  a: 1\r\n',
      'version: 1\r\nbilling-access:\r\n  a: 1\r\n  confirmed-on: 2026-11-23\r\n',
    ],
    [
      'with a long line',
      `version: 1\nbudget: { name: ${'a long name '.repeat(20)}}\n`,
      `version: 1\nbudget: { name: ${'a long name '.repeat(20)}}\nbilling-access:\n  confirmed-on: 2026-11-23\n`,
    ],
    ['with a byte-order mark', '\uFEFFversion: 1\n', '\uFEFFversion: 1\nbilling-access:\n  confirmed-on: 2026-11-23\n'],
  ])('keeps comments, order and everything else: %s', (_what, before, after) => {
    expect(edit(before)).toBe(after);
  });

  it('can be an entry of a list that does not exist yet', () => {
    expect(setConfigValue('%YAML 1.1\n---\nversion: 1\n', ['alias', 'name'], 'no')).toBe(
      '%YAML 1.1\n---\nversion: 1\nalias:\n  name: no\n',
    );
    const edited = setConfigValue('version: 1\nbudget:\n  limit: 5 USD\n', ['budget', 'subscribers', 0], 'ops@example.com');
    expect(parse(edited ?? '')).toEqual({ version: 1, budget: { limit: '5 USD', subscribers: ['ops@example.com'] } });
  });

  it.each([
    ['a section that is an alias', 'contacts: &c { a: 1 }\nbilling-access: *c\n'],
    ['a section that is used in another place', 'billing-access: &b { a: 1 }\nother: *b\n'],
    ['a value that is used in another place', "billing-access: { confirmed-on: &d '2025-01-01' }\nother: *d\n"],
    ['a section that is left out', 'billing-access: false\n'],
    ['a list instead of a mapping', '- a\n- b\n'],
    ['a text instead of a mapping', 'version\n'],
    ['null instead of a mapping', 'null # later\n'],
    ['a text that is not YAML', 'billing-access: {\n'],
  ])('is refused when something else would change: %s', (_what, text) => {
    expect(edit(text)).toBeUndefined();
  });
});
