import { join } from 'node:path';
import * as z from 'zod/mini';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { loadConfig } from '../../src/config/load.js';
import {
  type Flags,
  isShown,
  parseSection,
  resolveConfig,
  type ResolvedStep,
  type ResolveInput,
  selectionsOf,
} from '../../src/config/resolve.js';
import { BootstrapError } from '../../src/core/errors.js';
import type { Destination } from '../../src/core/secret.js';
import type { AnyStep } from '../../src/core/step.js';
import { alias, budget, steps } from './three-steps.js';

const configOf = (sections: string, file = 'bootstrap.yaml') => loadConfig({ text: `version: 1\n${sections}`, file, steps }).config;

const resolve = (sections: string | undefined, flags: Flags = {}, rest: Partial<ResolveInput> = {}) =>
  resolveConfig({
    config: sections === undefined ? undefined : configOf(sections),
    flags,
    steps,
    command: 'init',
    sandbox: false,
    random: (length, alphabet) => alphabet.slice(0, length),
    ...rest,
  });

const refusal = (run: () => unknown): BootstrapError => {
  try {
    run();
  } catch (error) {
    if (error instanceof BootstrapError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

const name = (value: string) => ({ step: 'alias', path: 'name', value, flag: '--alias' });
const email = (value: string) => ({ step: 'budget', path: 'subscribers.0', value, flag: '--email' });
const limit = (value: string) => ({ step: 'budget', path: 'limit', value, flag: '--budget' });

describe('which steps a run wants and judges', () => {
  const cases: readonly (readonly [
    what: string,
    sections: string | undefined,
    command: 'init' | 'check',
    sandbox: boolean,
    step: string,
    expected: { readonly section: string; readonly wanted: boolean; readonly judged: boolean },
  ])[] = [
    ['absent, wanted by default', undefined, 'init', false, 'budget', { section: 'absent', wanted: true, judged: true }],
    ['absent, audited', undefined, 'check', false, 'alias', { section: 'absent', wanted: false, judged: true }],
    ['absent, audited, in init', undefined, 'init', false, 'alias', { section: 'absent', wanted: false, judged: true }],
    ['absent, skipped', undefined, 'check', false, 'organization', { section: 'absent', wanted: false, judged: false }],
    ['given', 'organization: {}\n', 'init', false, 'organization', { section: 'given', wanted: true, judged: true }],
    ['false', 'budget: false\n', 'check', false, 'budget', { section: 'false', wanted: false, judged: false }],
    ['false, audited', 'alias: false\n', 'check', false, 'alias', { section: 'false', wanted: false, judged: false }],
    ['absent, in the sandbox', undefined, 'init', true, 'organization', { section: 'absent', wanted: true, judged: true }],
    [
      'absent from a config, in the sandbox',
      'budget: {}\n',
      'init',
      true,
      'organization',
      { section: 'absent', wanted: false, judged: false },
    ],
    ['false, in the sandbox', 'budget: false\n', 'init', true, 'budget', { section: 'false', wanted: false, judged: false }],
  ];
  for (const [what, sections, command, sandbox, step, expected] of cases) {
    it(what, () => {
      expect(resolve(sections, {}, { command, sandbox }).steps[step]).toMatchObject({ ...expected, excluded: false });
    });
  }

  it('parses every section, with defaults for absent and false ones', () => {
    const { steps: resolved } = resolve('budget: { limit: 5 }\norganization: false\n');
    expect(resolved['budget']?.slice).toMatchObject({
      name: 'Monthly $10 Budget',
      limit: { amount: '5', unit: undefined },
      alerts: [{ at: 80, of: 'actual' }],
    });
    expect(resolved['alias']?.slice).toEqual({});
    expect(resolved['organization']?.slice).toEqual({ 'central-root': false, tags: {} });
  });
});

describe('flags over the file', () => {
  it('win over the section', () => {
    expect(resolve('alias: { name: old-name }\n', { overrides: [name('acme')] }).steps['alias']?.slice).toEqual({ name: 'acme' });
  });

  it('create an absent section, which is wanted then', () => {
    expect(resolve(undefined, { overrides: [name('acme')] }).steps['alias']).toMatchObject({
      section: 'given',
      wanted: true,
      slice: { name: 'acme' },
    });
  });

  it('want a section as such with an empty path', () => {
    const org = { step: 'organization', path: '', value: 'true', flag: '--org' };
    expect(resolve(undefined, { overrides: [org] }).steps['organization']).toMatchObject({ section: 'given', wanted: true });
    expect(resolve('organization: { central-root: true }\n', { overrides: [org] }).steps['organization']?.slice).toMatchObject({
      'central-root': true,
    });
  });

  it('replace a list, all of them together', () => {
    const sections = 'budget: { subscribers: [a@example.com, b@example.com] }\n';
    expect(resolve(sections, { overrides: [email('c@example.com')] }).steps['budget']?.slice).toMatchObject({
      subscribers: ['c@example.com'],
    });
    expect(resolve(sections, { overrides: [email('c@example.com'), email('d@example.com')] }).steps['budget']?.slice).toMatchObject({
      subscribers: ['c@example.com', 'd@example.com'],
    });
  });

  it('become numbers, booleans and lists where the schema wants them', () => {
    const overrides = [
      { step: 'organization', path: 'central-root', value: 'true', flag: '--central-root' },
      { step: 'organization', path: 'tags.cost', value: '7', flag: '--tag' },
      { step: 'budget', path: 'policy.length', value: '20', flag: '--length' },
      { step: 'budget', path: 'subscribers', value: 'a@example.com, b@example.com', flag: '--emails' },
      limit('12.50 USD'),
    ];
    const { steps: resolved } = resolve(undefined, { overrides });
    expect(resolved['organization']?.slice).toMatchObject({ 'central-root': true, tags: { cost: '7' } });
    expect(resolved['budget']?.slice).toMatchObject({
      policy: { length: 20 },
      subscribers: ['a@example.com', 'b@example.com'],
      limit: { amount: '12.50', unit: 'USD' },
    });
    const off = { step: 'budget', path: 'policy', value: 'false', flag: '--no-policy' };
    expect(resolve(undefined, { overrides: [off] }).steps['budget']?.slice).toMatchObject({ policy: false });
  });

  it('leave the config untouched', () => {
    const config = configOf('budget: { subscribers: [a@example.com] }\n');
    resolve(undefined, { overrides: [email('b@example.com')] }, { config });
    expect(config.sections['budget']).toEqual({ subscribers: ['a@example.com'] });
  });

  it('are named when their value is wrong', () => {
    const error = refusal(() => resolve('alias: { name: acme }\n', { overrides: [name('Acme')] }));
    expect(error).toMatchObject({ code: 'E-USAGE', exit: 2, message: '--alias: "Acme" has capital letters; write "acme"' });
  });

  it('are named all together', () => {
    expect(refusal(() => resolve(undefined, { overrides: [name('Acme'), email('x'), limit('ten')] })).message).toBe(
      [
        '3 values are invalid',
        '--budget: "ten" is not an amount of money; write it like 10 USD or 12.50 USD',
        '--email: "x" is not an email address; write it like name@example.com',
        '--alias: "Acme" has capital letters; write "acme"',
      ].join('\n'),
    );
  });

  it('that leave a mapping half filled name what is missing', () => {
    const title = { step: 'budget', path: 'contact.title', value: 'CFO', flag: '--contact-title' };
    expect(refusal(() => resolve(undefined, { overrides: [title] })).message).toBe('budget.contact.phone: is missing');
  });

  it('must belong to a step, else the caller is wrong', () => {
    expect(() => resolve(undefined, { overrides: [{ step: 'nothing', path: 'a', value: 'b', flag: '--x' }] })).toThrow('No step for --x');
  });

  it('contradict a section that is false', () => {
    expect(refusal(() => resolve('alias: false\n', { overrides: [name('acme')] })).message).toBe(
      '--alias and `alias: false` in bootstrap.yaml contradict each other; remove one',
    );
    const config = configOf('alias: false\n', 'prod.yaml');
    expect(refusal(() => resolve(undefined, { overrides: [name('acme')] }, { config })).message).toMatch(/`alias: false` in prod\.yaml/);
  });

  it('are named for their own value, not for the section that another flag wants', () => {
    const org = { step: 'organization', path: '', value: 'true', flag: '--org' };
    const root = { step: 'organization', path: 'central-root', value: 'x', flag: '--central-root' };
    expect(refusal(() => resolve(undefined, { overrides: [org, root] })).message).toBe('--central-root: must be true or false, not "x"');
  });
});

describe('what is still missing', () => {
  const paths = (sections: string | undefined, flags?: Flags, rest?: Partial<ResolveInput>) =>
    resolve(sections, flags, rest).missing.map(({ stepId, path }) => `${stepId}:${path}`);

  it('is asked for in the order of the steps', () => {
    expect(paths('alias: {}\n')).toEqual(['budget:subscribers.0', 'alias:name']);
  });

  it('is not what the file or a flag gives', () => {
    expect(paths('budget: { subscribers: [a@example.com] }\nalias: {}\n', { overrides: [name('acme')] })).toEqual([]);
  });

  it('is nothing of a step that does not run', () => {
    expect(paths('alias: {}\n', { skip: ['budget'] })).toEqual(['alias:name']);
    expect(paths('budget: false\n')).toEqual([]);
  });

  it('is nothing for check', () => {
    expect(paths('alias: {}\n', {}, { command: 'check' })).toEqual([]);
  });

  it('carries the question', () => {
    expect(resolve(undefined).missing[0]).toMatchObject({ stepId: 'budget', flag: '--email', question: 'Email?' });
  });
});

/** A step with a question that has a default, one that depends on it, and rules about several values. */
const mode: AnyStep = {
  ...alias,
  id: 'mode',
  whenAbsent: 'wanted',
  schema: z
    .strictObject({
      kind: z._default(z.string(), 'user'),
      name: z.optional(z.string()),
      pair: z.optional(
        z.strictObject({ a: z.optional(z.string()), b: z.optional(z.string()) }).check(z.refine(({ a }) => a !== 'bad', 'is bad')),
      ),
    })
    .check(z.refine(({ name }) => name !== 'refused', 'is refused')),
  practice: () => ({ kind: 'center', name: 'you', pair: { a: 'p' } }),
  questions: [
    { path: 'kind', flag: '--kind', question: 'Kind?', validate: () => undefined },
    { path: 'name', flag: '--name', question: 'Name?', validate: () => undefined, unless: { path: 'kind', is: 'center' } },
  ],
};
const resolveMode = (section: Readonly<Record<string, unknown>> | undefined, rest: Partial<ResolveInput> = {}, flags: Flags = {}) =>
  resolve(undefined, flags, {
    steps: [mode],
    ...(section === undefined ? {} : { config: { file: 'bootstrap.yaml', sections: { mode: section }, waivers: [], warnings: [] } }),
    ...rest,
  });

describe('the questions for the user', () => {
  const flagsOf = (asks: readonly { readonly flag: string }[]) => asks.map(({ flag }) => flag);
  it.each<[string, Readonly<Record<string, unknown>> | undefined, readonly string[], readonly string[]]>([
    ['without a section: also about defaults', undefined, ['--kind', '--name'], ['--name']],
    ['with a section: only about missing values', {}, ['--name'], ['--name']],
    ['a value is given', { name: 'x' }, [], []],
    ['an empty value is none', { name: '' }, ['--name'], ['--name']],
    ['another value makes it unnecessary', { kind: 'center' }, [], []],
    ['another value does not', { kind: 'user' }, ['--name'], ['--name']],
  ])('%s', (_, section, open, missing) => {
    const resolved = resolveMode(section);
    expect([flagsOf(resolved.open), flagsOf(resolved.missing)]).toEqual([open, missing]);
    const check = resolveMode(section, { command: 'check' });
    expect([check.open, check.missing]).toEqual([[], []]);
  });

  it.each<[string, Readonly<Record<string, unknown>> | undefined, Flags, unknown]>([
    ['all practice values without a section', undefined, {}, { kind: 'center', name: 'you', pair: { a: 'p' } }],
    ['only values that are asked for with a section', { kind: 'user' }, {}, { kind: 'user', name: 'you' }],
    ['no value that is unnecessary', { kind: 'center' }, {}, { kind: 'center' }],
    ['no value that is given', { kind: 'user', name: 'x' }, {}, { kind: 'user', name: 'x' }],
    [
      'the value of a flag, without a config',
      undefined,
      { overrides: [{ step: 'mode', path: 'name', value: 'x', flag: '--name' }] },
      { kind: 'center', name: 'x' },
    ],
  ])('are answered in the sandbox: %s', (_, section, flags, slice) => {
    expect(resolveMode(section, { sandbox: true }, flags).steps['mode']?.slice).toEqual(slice);
  });

  const flag = (path: string, value: string) => ({ step: 'mode', path, value, flag: `--${path}` });
  it.each<[string, Readonly<Record<string, unknown>>, readonly ReturnType<typeof flag>[], string]>([
    ['about the whole section', {}, [flag('name', 'refused'), flag('kind', 'x')], 'mode: is refused (with --name, --kind)'],
    ['about a mapping', { name: 'x' }, [flag('pair.a', 'bad'), flag('kind', 'x')], 'mode.pair: is bad (with --pair.a)'],
    ['about a mapping, with two flags', {}, [flag('pair.a', 'bad'), flag('pair.b', 'x')], 'mode.pair: is bad (with --pair.a, --pair.b)'],
    ['about a mapping of the file', { pair: { a: 'bad' } }, [flag('kind', 'x')], 'mode.pair: is bad'],
    ['about the whole section of the file', { name: 'refused' }, [], 'mode: is refused'],
  ])('name the flags of a problem %s', (_, section, overrides, message) => {
    expect(refusal(() => resolveMode(section, {}, { overrides })).message).toBe(message);
  });

  it('are a bug of the step when its own values do not parse', () => {
    const broken = { ...mode, practice: () => ({ kind: 7 }) };
    expect(() => resolveMode(undefined, { steps: [broken], sandbox: true })).toThrow('mode: its own practice values do not parse');
    const strict = { ...mode, schema: z.strictObject({ name: z.string() }) };
    expect(() => resolveMode(undefined, { steps: [strict] })).toThrow('mode: its own defaults do not parse');
    expect(refusal(() => resolveMode({}, { steps: [strict] })).code).toBe('E-USAGE');
  });
});

describe('the steps of a run', () => {
  it('are those of the result, and take no part when it has none', () => {
    const budgetOnly = resolve(undefined, {}, { steps: [budget] });
    expect(selectionsOf([budget, alias], budgetOnly)).toEqual([
      { step: budget, ...budgetOnly.steps['budget'] },
      { step: alias, slice: undefined, wanted: false, judged: false, intended: false },
    ]);
  });

  const excluded = { excluded: true } as ResolvedStep;
  it.each<[string, Parameters<typeof isShown>[0], string, boolean]>([
    ['a check of a step', { steps: { alias: { excluded: false } as ResolvedStep } }, 'alias.set', true],
    ['a check of an excluded step', { steps: { alias: excluded } }, 'alias.set', false],
    ['a check of no step', { steps: {} }, 'alias.set', true],
    ['a check that is named', { onlyFindings: ['alias.set'], steps: { alias: excluded } }, 'alias.set', true],
    ['a check that is not named', { onlyFindings: ['alias.name'], steps: {} }, 'alias.set', false],
  ])('show %s', (_, resolved, check, shown) => expect(isShown(resolved, check)).toBe(shown));
});

describe('the sandbox', () => {
  it('asks at a terminal for the values that AWS would need, and wants only what AWS would want', () => {
    const { steps: resolved, missing } = resolve(undefined, {}, { sandbox: true, practice: false });
    expect(missing.map(({ flag }) => flag)).toEqual(resolve(undefined).missing.map(({ flag }) => flag));
    expect(resolved['organization']?.wanted).toBe(false);
  });

  it('fills absent sections and open values with practice values', () => {
    const { steps: resolved, missing } = resolve('budget: { limit: 5 USD }\n', {}, { sandbox: true });
    expect(missing).toEqual([]);
    expect(resolved['alias']?.slice).toEqual({ name: 'practice-abcd' });
    expect(resolved['budget']?.slice).toMatchObject({ limit: { amount: '5', unit: 'USD' }, subscribers: ['you@example.com'] });
  });

  it('keeps the values of the file and the flags', () => {
    const { steps: resolved } = resolve('budget: { subscribers: [a@example.com] }\n', { overrides: [name('acme')] }, { sandbox: true });
    expect(resolved['alias']?.slice).toEqual({ name: 'acme' });
    expect(resolved['budget']?.slice).toMatchObject({ subscribers: ['a@example.com'] });
  });
});

describe('--only and --skip', () => {
  const running = (flags: Flags, command: 'init' | 'check' = 'init') =>
    Object.entries(resolve('alias: {}\norganization: {}\n', flags, { command }).steps)
      .filter(([, step]) => step.wanted)
      .map(([id]) => id);

  it('accept lists and repetitions, and can be combined', () => {
    expect(running({ only: ['budget,alias'] })).toEqual(['budget', 'alias']);
    expect(running({ only: ['alias', ' organization '] })).toEqual(['alias', 'organization']);
    expect(running({ skip: ['alias'] })).toEqual(['budget', 'organization']);
    expect(running({ only: ['budget', 'alias'], skip: ['alias'] })).toEqual(['budget']);
  });

  it('mark excluded steps, and keep their values for other steps', () => {
    const { steps: resolved } = resolve('alias: { name: acme }\n', { only: ['budget'] });
    expect(resolved['alias']).toEqual({
      intended: true,
      wanted: false,
      judged: false,
      excluded: true,
      section: 'given',
      slice: { name: 'acme' },
    });
  });

  it('of check accept findings too', () => {
    expect(resolve(undefined, { only: ['alias.set', 'budget'] }, { command: 'check' })).toMatchObject({
      onlyFindings: ['budget.exists', 'budget.alerts', 'alias.set'],
      steps: { budget: { judged: true }, alias: { judged: true }, organization: { judged: false } },
    });
    expect(resolve(undefined, { skip: ['budget.alerts'] }, { command: 'check' })).toMatchObject({
      onlyFindings: ['budget.exists', 'alias.set', 'alias.name', 'organization.exists'],
      steps: { budget: { judged: true } },
    });
    expect(resolve(undefined, { only: ['budget'] }, { command: 'check' }).onlyFindings).toBeUndefined();
    expect(resolve(undefined, { skip: ['budget'] }, { command: 'check' }).onlyFindings).toBeUndefined();
    // A step without any finding to show is not read either.
    expect(resolve(undefined, { skip: ['budget.alerts,budget.exists'] }, { command: 'check' }).steps['budget']).toMatchObject({
      judged: false,
      excluded: true,
    });
    expect(resolve(undefined, { only: ['alias.set'], skip: ['alias.name'] }, { command: 'check' }).onlyFindings).toEqual(['alias.set']);
  });

  const refusals: readonly (readonly [what: string, flags: Flags, command: 'init' | 'check', message: string])[] = [
    ['an unknown step', { only: ['budgets'] }, 'init', '--only: there is no step "budgets"; did you mean "budget"?'],
    ['an unknown step to skip', { skip: ['xyzzy'] }, 'init', '--skip: there is no step "xyzzy".'],
    ['an unknown check', { only: ['alias.nam'] }, 'check', '--only: there is no check "alias.nam"; did you mean "alias.name"?'],
    ['an unknown check in init', { only: ['alias.nam'] }, 'init', '--only: there is no check "alias.nam".'],
    ['an unknown step of check', { only: ['alais'] }, 'check', '--only: there is no step "alais"; did you mean "alias"?'],
    ['a check in init', { only: ['alias.set'] }, 'init', '--only: "alias.set" is a check, and init runs whole steps.'],
    ['an empty list', { only: [' , '] }, 'init', '--only is empty.'],
    ['nothing left', { only: ['alias'], skip: ['alias'] }, 'init', '--only and --skip together exclude every step.'],
  ];
  for (const [what, flags, command, message] of refusals) {
    it(`refuse ${what}`, () => {
      expect(refusal(() => resolve(undefined, flags, { command }))).toMatchObject({ code: 'E-USAGE', exit: 2, message });
    });
  }

  it.each([
    ['init', 'The steps are budget, alias, organization.'],
    ['check', 'The steps are budget, alias, organization. To list the checks, run `bootstrap check --list-checks`.'],
  ] as const)('list what may be named, to %s', (command, next) => {
    expect(refusal(() => resolve(undefined, { only: ['xyzzy'] }, { command }))).toMatchObject({ next });
  });

  it('warn of a step that is named and not wanted', () => {
    expect(resolve(undefined, { only: ['organization'] }).warnings).toEqual([
      '--only organization: the config does not want this step; add `organization: {}` to bootstrap.yaml',
    ]);
    expect(resolve(undefined, { only: ['budget'] }).warnings).toEqual([]);
    expect(resolve('organization: {}\n', { only: ['organization'] }).warnings).toEqual([]);
    expect(resolve(undefined, { only: ['organization'] }, { command: 'check' }).warnings).toEqual([]);
    const config = { ...configOf(''), warnings: ['first'] };
    expect(resolve(undefined, { only: ['alias'] }, { config }).warnings).toEqual(['first', expect.stringMatching(/^--only alias/)]);
  });
});

describe('the account', () => {
  const account = 'account: { id: "123456789012" }\n';

  it('comes from the flag, else from the file, else from nowhere', () => {
    expect(resolve(account)).toMatchObject({ accountId: '123456789012', accountIdFrom: 'bootstrap.yaml' });
    expect(resolve(account, { accountId: '123456789012' })).toMatchObject({ accountIdFrom: '--account-id' });
    expect(resolve('')).not.toHaveProperty('accountId');
    expect(resolve('', { accountId: '123456789012' })).toMatchObject({ accountId: '123456789012', accountIdFrom: '--account-id' });
    expect(resolve(undefined, { accountId: '123456789012' })).toMatchObject({ accountIdFrom: '--account-id' });
  });

  it('must be an account id', () => {
    expect(refusal(() => resolve('', { accountId: '1234-5678-9012' })).message).toBe(
      '--account-id: "1234-5678-9012" is not an account id; an account id has 12 digits.',
    );
  });

  it('must be the same in both', () => {
    expect(refusal(() => resolve(account, { accountId: '000000000000' }))).toMatchObject({
      exit: 2,
      message: '--account-id is 000000000000, but bootstrap.yaml is for account 123456789012.',
    });
  });
});

describe('the secrets destination', () => {
  const config: Config = {
    file: 'deploy/prod.yaml',
    sections: { budget: {} },
    secrets: { file: 's.json' },
    secretsLine: 3,
    waivers: [],
    warnings: [],
  };
  const inFolder = { kind: 'file', file: join('deploy', 's.json') } as const;
  it.each<[string, Flags, Partial<ResolveInput>, Destination | undefined, string | undefined]>([
    ['nowhere', {}, {}, undefined, undefined],
    ['the config, with its line', {}, { config }, inFolder, 'deploy/prod.yaml:3'],
    ['the config, without a line', {}, { config: { ...config, secretsLine: undefined } as never }, inFolder, 'deploy/prod.yaml'],
    ['a flag', { encryptTo: ['age1x'] }, {}, { kind: 'age', recipients: ['age1x'] }, '--encrypt-to'],
    ['a flag instead of the config', { showSecrets: true }, { config }, { kind: 'terminal' }, '--show-secrets'],
    ['not the config in the sandbox', {}, { config, sandbox: true }, undefined, undefined],
    ['a flag in the sandbox', { secretsFile: 'x' }, { config, sandbox: true }, { kind: 'file', file: 'x' }, '--secrets-file'],
  ])('comes from %s', (_, flags, rest, destination, from) => {
    const resolved = resolve(undefined, flags, rest);
    expect([resolved.destination, resolved.destinationFrom]).toEqual([destination, from]);
    expect(Object.hasOwn(resolved, 'destination')).toBe(destination !== undefined);
    expect(resolved.secretsFile).toBe(destination?.kind === 'file' ? destination.file : undefined);
  });

  it('comes with the waivers of the config', () => {
    const waivers = [{ check: 'alias.set', reason: 'r', owner: 'o', expires: '2027-01-15' }];
    expect(resolve(undefined, {}, { config: { ...config, waivers } }).waivers).toEqual(waivers);
    expect(resolve(undefined).waivers).toEqual([]);
  });
});

describe('the secrets file', () => {
  it('of a config is beside the config', () => {
    const config = configOf('secrets: { file: ./s.json }\n', 'deploy/prod.yaml');
    expect(resolve(undefined, {}, { config }).secretsFile).toBe(join('deploy', 's.json'));
    expect(resolve('secrets: { file: /srv/s.json }\n').secretsFile).toBe('/srv/s.json');
  });

  it('of a flag is taken as typed', () => {
    expect(resolve('secrets: { file: ./s.json }\n', { secretsFile: '../x.json' }).secretsFile).toBe('../x.json');
  });
});

describe('a section', () => {
  it('gives defaults for {}', () => {
    expect(parseSection(alias, {})).toEqual({ ok: true, value: {} });
  });

  it('explains an invalid one', () => {
    expect(parseSection(budget, { limit: 'x', alerts: 1 })).toEqual({
      ok: false,
      more: 0,
      problems: [
        { path: ['limit'], message: '"x" is not an amount of money; write it like 10 USD or 12.50 USD', at: 'value' },
        { path: ['alerts'], message: 'must be a list, not 1', at: 'value' },
      ],
    });
  });
});
