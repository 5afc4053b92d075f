import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { DesireContext } from '../../../src/core/step.js';
import type { WantedKey } from '../../../src/steps/access-keys/assess.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import { desireContext } from '../support/step-run.js';

describe('the config of access keys', () => {
  const parse = (section: object) => accessKeys.schema.safeParse(section);
  const desire = (section: object, context: Partial<DesireContext> = {}) =>
    (accessKeys.desire(accessKeys.schema.parse(section), { ...desireContext, ...context }) as { key: WantedKey | undefined }).key;

  it('has defaults, and a schema that can be published as JSON Schema', () => {
    expect(accessKeys.schema.parse({})).toEqual({ mode: 'none', policies: ['ReadOnlyAccess'], 'max-age-days': 90 });
    expect(z.toJSONSchema(accessKeys.schema, { io: 'input' })).toBeTypeOf('object');
    expect(parse(accessKeys.practice(() => '') as object).success).toBe(true);
    expect(desire({})).toBeUndefined();
  });

  it.each([
    [{ user: 'root' }, /"root" is not a user/],
    [{ user: 'ROOT' }, /is not a user/],
    [{ user: '' }, /a name is missing/],
    [{ policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }, /write it like ReadOnlyAccess/],
    [{ profile: 'a b' }, /characters that some AWS tools cannot read/],
    [{ profile: 'profile x' }, /write the name alone/],
    [{ profile: true }, /must be the name of a profile, or false/],
    [{ 'max-age-days': 0 }, /./],
    [{ users: ['x'] }, /unrecognized_keys/],
  ])('refuses %j', (section, expected) => {
    const problems = parse(section).error?.issues.map(({ code, message }) => `${code}: ${message}`);
    expect(problems?.join('\n')).toMatch(expected);
  });

  it('means a key of the administrator by default, in a profile of the same name', () => {
    expect(desire({ mode: 'create' })).toMatchObject({ user: 'alex', userIsAdmin: true, adminComing: true, profile: 'alex' });
    expect(desire({ mode: 'create', user: 'Alex' })).toMatchObject({ userIsAdmin: true });
    expect(desire({ mode: 'create' }, { running: () => false })).toMatchObject({ adminComing: false });
    expect(desire({ mode: 'create' }, { intents: {} })).toMatchObject({ user: undefined });
  });

  it.each<[string, object, object, boolean]>([
    ['none', { mode: 'none' }, {}, true],
    ['of a user of its own', { mode: 'create', user: 'ci', group: 'ci-readers' }, {}, true],
    ['of a user without a group', { mode: 'create', user: 'ci' }, {}, true],
    ['of the administrator', { mode: 'create' }, {}, false],
    ['of the administrator, spelled differently', { mode: 'create', user: 'ALEX', group: 'ci-readers' }, {}, false],
    ["of a user in the administrators' group", { mode: 'create', user: 'ci', group: 'Administrators' }, {}, false],
    ['of a user in that group, spelled differently', { mode: 'create', user: 'ci', group: 'administrators' }, {}, false],
    ['if there is no administrator', { mode: 'create', user: 'ci', group: 'Administrators' }, { intents: {} }, true],
  ])('is applied beside the other steps: a key %s', (_, slice, given, expected) => {
    expect(accessKeys.independent?.({ key: desire(slice, given), keyInProfile: false, maxAgeDays: 90, audit: false })).toBe(expected);
  });

  it('means the profile `default` only if it is named', () => {
    expect(desire({ mode: 'create', user: 'default' })?.profileProblem).toMatch(/default/);
    expect(desire({ mode: 'create', user: 'default', profile: 'default' })?.profileProblem).toBeUndefined();
  });

  it('must name a profile if the user name cannot be a profile name', () => {
    expect(desire({ mode: 'create', user: 'a=b' })?.profileProblem).toMatch(/cannot read/);
  });

  it('stores the key with the other secrets if the profile is false', () => {
    expect(desire({ mode: 'create', user: 'ci', profile: false })).toMatchObject({ profile: '', destination: true });
  });
});
