import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { type EffectiveStep, effectiveConfig, effectiveYaml } from '../../src/config/effective.js';
import { loadConfig } from '../../src/config/load.js';
import type { ResolveInput } from '../../src/config/resolve.js';
import type { AnyStep } from '../../src/core/step.js';
import { budget, steps } from './three-steps.js';

/** What `bootstrap config show` prints: each value, and where it comes from. */

const inputOf = (sections: string | undefined, rest: Partial<ResolveInput> = {}): ResolveInput => ({
  config: sections === undefined ? undefined : loadConfig({ text: `version: 1\n${sections}`, file: 'prod.yaml', steps }).config,
  flags: {},
  steps,
  command: 'init',
  sandbox: false,
  random: (length, alphabet) => alphabet.slice(0, length),
  ...rest,
});
const effective = (sections: string | undefined, rest?: Partial<ResolveInput>) => effectiveConfig(inputOf(sections, rest));
const step = (id: string, sections: string | undefined, rest?: Partial<ResolveInput>): EffectiveStep => {
  const found = effective(sections, rest).steps.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const flag = (path: string, value: string, name: string, of = 'budget') => ({ step: of, path, value, flag: name });

describe('the source of a value', () => {
  const fromOf = (sections: string | undefined, rest?: Partial<ResolveInput>, id = 'budget') =>
    Object.fromEntries(step(id, sections, rest).values.map(({ path, from }) => [path, from]));

  it('is the default, for every key that has one', () => {
    expect(step('budget', undefined).values).toEqual([
      { path: 'name', value: 'Monthly $10 Budget', from: 'default' },
      { path: 'limit', value: '10 USD', from: 'default' },
      { path: 'include-credits', value: false, from: 'default' },
      { path: 'alerts', value: [{ at: '80%' }], from: 'default' },
      { path: 'policy.length', value: 14, from: 'default' },
    ]);
  });

  it('is the file, for what it contains; a value that is false too', () => {
    expect(fromOf('budget: { limit: 5 USD, policy: { length: 20 }, contact: { phone: "1" } }\n')).toEqual({
      name: 'default',
      limit: 'prod.yaml',
      'include-credits': 'default',
      alerts: 'default',
      'contact.phone': 'prod.yaml',
      'policy.length': 'prod.yaml',
    });
    expect(step('budget', 'budget: { policy: false }\n').values.at(-1)).toEqual({ path: 'policy', value: false, from: 'prod.yaml' });
  });

  it('is the flag, also for a list and for a mapping that it replaces', () => {
    const overrides = [
      flag('limit', '7 USD', '--budget'),
      flag('subscribers.0', 'a@example.com', '--email'),
      flag('policy', 'false', '--no-policy'),
      flag('contact.phone', '1', '--phone'),
    ];
    const sections = 'budget: { limit: 5 USD, subscribers: [b@example.com], contact: { phone: "2", title: CFO } }\n';
    expect(fromOf(sections, { flags: { overrides } })).toEqual({
      name: 'default',
      limit: '--budget',
      'include-credits': 'default',
      alerts: 'default',
      subscribers: '--email',
      'contact.phone': '--phone',
      'contact.title': 'prod.yaml',
      policy: '--no-policy',
    });
  });

  it('is the practice account', () => {
    expect(fromOf(undefined, { sandbox: true }, 'alias')).toEqual({ name: 'practice value' });
    expect(fromOf('budget: { limit: 5 USD }\n', { sandbox: true })).toMatchObject({ limit: 'prod.yaml', subscribers: 'practice value' });
  });
});

describe('why a step is wanted or not', () => {
  const only = { flags: { only: ['alias'] } };
  it.each<[string, string, string | undefined, Partial<ResolveInput>, boolean, boolean]>([
    ['wanted by default', 'budget', undefined, {}, true, true],
    ['wanted by default', 'budget', 'alias: {}\n', {}, true, true],
    ['wanted: prod.yaml has this section', 'alias', 'alias: {}\n', {}, true, true],
    ['wanted: a flag sets it', 'alias', undefined, { flags: { overrides: [flag('name', 'acme', '--alias', 'alias')] } }, true, true],
    ['wanted: a flag sets it', 'alias', 'budget: {}\n', { flags: { overrides: [flag('name', 'acme', '--alias', 'alias')] } }, true, true],
    ['wanted: the practice account wants every step', 'organization', undefined, { sandbox: true }, true, true],
    ['not wanted: prod.yaml has false', 'budget', 'budget: false\n', {}, false, false],
    ['not wanted: prod.yaml has false', 'budget', 'budget: false\n', only, false, false],
    ['not wanted, but checked: bootstrap.yaml has no such section', 'alias', undefined, {}, false, true],
    ['not wanted, but checked: prod.yaml has no such section', 'alias', 'budget: {}\n', {}, false, true],
    ['not wanted: bootstrap.yaml has no such section', 'organization', undefined, {}, false, false],
    ['wanted, and not in this run because of --only or --skip', 'budget', undefined, only, false, false],
    ['not wanted, and not in this run because of --only or --skip', 'organization', undefined, only, false, false],
  ])('%s: %s', (why, id, sections, rest, wanted, judged) => {
    expect(step(id, sections, rest)).toMatchObject({ why, wanted, judged });
  });

  it('has no values when the config has false', () => {
    expect(step('budget', 'budget: false\n').values).toEqual([]);
  });

  it('has the values that are still missing, of its own', () => {
    const sections = 'alias: {}\n';
    expect(step('budget', sections).missing).toEqual([{ path: 'subscribers.0', flag: '--email' }]);
    expect(step('alias', sections).missing).toEqual([{ path: 'name', flag: '--alias' }]);
    expect(step('organization', sections).missing).toEqual([]);
  });
});

describe('the rest of the configuration', () => {
  it.each<[string, string | undefined, Partial<ResolveInput>, object]>([
    ['without a file', undefined, {}, { file: null, account: null, secrets: null, waivers: [], warnings: [] }],
    [
      'of a file',
      'account: { id: "123456789012" }\nsecrets: { file: s.json }\nwaivers: [ { check: alias.set, reason: r, owner: o, expires: 2027-01-15 } ]\n',
      { flags: { only: ['organization'] } },
      {
        file: 'prod.yaml',
        account: { id: '123456789012', from: 'prod.yaml' },
        secrets: { destination: { kind: 'file', file: 's.json' }, from: 'prod.yaml' },
        waivers: [{ check: 'alias.set', reason: 'r', owner: 'o', expires: '2027-01-15' }],
        warnings: [expect.stringContaining('--only organization')],
      },
    ],
    [
      'of flags',
      undefined,
      { flags: { accountId: '123456789012', showSecrets: true } },
      { account: { id: '123456789012', from: '--account-id' }, secrets: { destination: { kind: 'terminal' }, from: '--show-secrets' } },
    ],
    [
      'of flags instead of a file',
      'secrets: { file: s.json }\n',
      { flags: { secretsFile: 'x.json' } },
      { secrets: { destination: { kind: 'file', file: 'x.json' }, from: '--secrets-file' } },
    ],
  ])('has its source: %s', (_, sections, rest, expected) => {
    expect(effective(sections, rest)).toMatchObject(expected);
  });
});

describe('the configuration as YAML', () => {
  const yaml = (sections: string | undefined, rest?: Partial<ResolveInput>) => effectiveYaml(effective(sections, rest));

  it('has every value with its source, and what is missing', () => {
    expect(yaml(undefined)).toBe(
      [
        '# The configuration in effect: flags and defaults. AWS was not called.',
        'version: 1',
        '# account: not set',
        '',
        '# wanted by default',
        'budget:',
        '  name: Monthly $10 Budget # default',
        '  limit: 10 USD # default',
        '  include-credits: false # default',
        '  alerts: [ { at: 80% } ] # default',
        '  policy:',
        '    length: 14 # default',
        '  # subscribers: missing; init asks for it (--email)',
        '',
        '# not wanted, but checked: bootstrap.yaml has no such section',
        'alias: false',
        '',
        '# not wanted: bootstrap.yaml has no such section',
        '# organization:',
        '#   central-root: false # default',
        '#   tags: {} # default',
        '',
      ].join('\n'),
    );
  });

  it('has account, secrets and waivers of the file', () => {
    const text = yaml(
      'account: { id: "123456789012" }\nalias: {}\nbudget: false\nsecrets: { command: [op, "-"], command-env: [OP_TOKEN] }\nwaivers: [ { check: alias.set, reason: r, owner: o, expires: 2027-01-15 } ]\n',
    );
    expect(text).toContain('# The configuration in effect: prod.yaml, flags and defaults.');
    expect(text).toContain('account:\n  id: "123456789012" # prod.yaml\n');
    expect(text).toContain('# not wanted: prod.yaml has false\nbudget: false\n');
    expect(text).toContain('# wanted: prod.yaml has this section\nalias: {}\n  # name: missing; init asks for it (--alias)\n');
    expect(text).toContain('\n\nsecrets:\n  command: [ op, "-" ] # prod.yaml\n  command-env: [ OP_TOKEN ] # prod.yaml\n');
    expect(text).toMatch(/\n\nwaivers:\n {2}- \{ check: alias\.set, .*\} # prod\.yaml\n$/);
  });

  it('has no value for a list that is still to be asked for', () => {
    const asked: AnyStep = {
      ...budget,
      schema: z.strictObject({ people: z._default(z.array(z.string()), []), name: z._default(z.string(), 'x') }),
      questions: [{ path: 'people.0', flag: '--person', question: 'Who?', validate: () => undefined }],
    };
    expect(yaml(undefined, { steps: [asked] })).toContain(
      'budget:\n  name: x # default\n  # people: missing; init asks for it (--person)\n',
    );
  });

  it('cannot name the terminal as a destination', () => {
    expect(yaml(undefined, { flags: { showSecrets: true } })).toContain('\n# secrets: shown once at the terminal (--show-secrets)\n');
  });

  it('has the values of a step that this run leaves out only if the config wants it', () => {
    const rest = { flags: { only: ['alias'] } };
    expect(yaml('budget: { limit: 5 USD }\n', rest)).toContain('--skip\nbudget:\n  name: ');
    expect(yaml(undefined, rest)).toContain('--skip\n# organization:\n#   central-root');
  });

  it('has a line for each mapping above a value, once', () => {
    const text = yaml('budget: { contact: { phone: "1", title: x }, policy: { length: 20 }, subscribers: [a@example.com] }\n');
    expect(text).toContain('  contact:\n    phone: "1" # prod.yaml\n    title: x # prod.yaml\n  policy:\n    length: 20 # prod.yaml\n');
  });

  it.each([
    'budget: { limit: 5 USD, contact: { phone: "1" }, subscribers: [a@example.com] }\nalias: { name: acme }\norganization: { tags: { a: "7" } }\n',
    'account: { id: "012345678901" }\nbudget: false\nsecrets: { age: age1qqq }\n',
  ])('means the same when it is read again: %s', (sections) => {
    const again = loadConfig({ text: yaml(sections), file: 'prod.yaml', steps }).config;
    const sliceOf = (config: ResolveInput['config']) =>
      effectiveConfig(inputOf(undefined, { config })).steps.map(({ id, wanted, values }) => [
        id,
        wanted,
        values.map(({ path, value }) => [path, value]),
      ]);
    const first = inputOf(sections).config;
    expect(sliceOf(again).filter(([id]) => id !== 'organization' || sections.includes('organization'))).toEqual(
      sliceOf(first).filter(([id]) => id !== 'organization' || sections.includes('organization')),
    );
    expect([again.account, parse(yaml(sections)).version]).toEqual([first?.account, 1]);
  });

  it('nests mappings in mappings', () => {
    const values = [
      ['a.b.c', 1],
      ['a.b.d', 2],
      ['a.e.c', 3],
      ['a.f', 4],
      ['g.b', 5],
      ['g.b2.c', 6],
    ].map(([path, value]) => ({ path: String(path), value, from: 'x' }));
    const only = { id: budget.id, wanted: true, judged: true, why: 'wanted', values, missing: [] };
    const text = effectiveYaml({ file: null, account: null, secrets: null, steps: [only], waivers: [], warnings: [] });
    expect(parse(text)).toEqual({ version: 1, budget: { a: { b: { c: 1, d: 2 }, e: { c: 3 }, f: 4 }, g: { b: 5, b2: { c: 6 } } } });
  });
});
