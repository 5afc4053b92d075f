import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Finding } from '../../../src/core/finding.js';
import { profileMark } from '../../../src/core/profile-name.js';
import { type Reading, value } from '../../../src/core/reading.js';
import type { DesireContext } from '../../../src/core/step.js';
import { changesOf } from '../../../src/engine/assess.js';
import { creationFindings, type ObservedKey, type WantedKey } from '../../../src/steps/access-keys/assess.js';
import { auditFindings, type UsedKey, type UserKeys } from '../../../src/steps/access-keys/audit.js';
import { accessKeys } from '../../../src/steps/access-keys/index.js';
import type { AccessKey, Group, Person } from '../../../src/steps/shared/people.js';
import { accountId, desireContext, told } from '../support/step-run.js';

const denied: Reading<never> = { ok: false, cause: 'denied', message: 'AWS denied it', missingPermission: 'iam:X', evidence: [] };
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const wanted = (over: Partial<WantedKey> = {}): WantedKey => ({
  user: 'ci',
  userIsAdmin: false,
  adminComing: false,
  group: 'ci-readers',
  policies: ['ReadOnlyAccess'],
  profile: 'practice',
  profileProblem: undefined,
  replaceProfile: false,
  destination: false,
  ...over,
});
const person = (name: string, over: Partial<Person> = {}): Person => ({
  name,
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  createdAt: undefined,
  groups: [],
  attachedPolicies: [],
  inlinePolicies: [],
  tags: {},
  held: [],
  boundary: undefined,
  rights: { kind: 'none' },
  admin: false,
  ...over,
});
const group = (name: string, attachedPolicies: readonly string[] = []): Group => ({ name, attachedPolicies, held: [], admin: false });
const people = (users: readonly Person[], groups: readonly Group[] = []) => value({ users, groups });
const key = (id: string, over: Partial<AccessKey> = {}): AccessKey => ({ id, user: 'ci', active: true, createdAt: undefined, ...over });
const policies = (...names: readonly string[]) => value(names.map((name) => ({ wanted: name, name })));
const observed = (over: Partial<ObservedKey> = {}): ObservedKey => ({
  user: 'ci',
  partition: 'aws',
  people: people([]),
  keys: value([]),
  policies: policies('ReadOnlyAccess'),
  held: [],
  lost: [],
  ...over,
});
const assess = (want: Partial<WantedKey>, seen: Partial<ObservedKey>) => {
  const findings = creationFindings(wanted(want), observed(seen));
  return { findings, told: told({ findings }), changes: changesOf({ findings, wanted: true }) };
};
const ours = { 'created-by': 'aws-account-bootstrap' };
const stored = { kind: 'access-key', user: 'profile practice', id: 'AKIA1' } as const;

describe('the access key of the config', () => {
  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, readonly string[]]>([
    ['is created if the user has none', {}, {}, ['access-keys.exists fail ci']],
    [
      'exists and is stored',
      {},
      { keys: value([key('AKIA1')]), held: [stored] },
      ['access-keys.exists pass ci', 'access-keys.stored pass AKIA1'],
    ],
    [
      'exists, but its secret is stored elsewhere',
      {},
      { keys: value([key('AKIA1')]) },
      ['access-keys.exists pass ci', 'access-keys.stored manual AKIA1'],
    ],
    [
      'is one of two whose secrets are unknown',
      {},
      { keys: value([key('AKIA1'), key('AKIA2')]) },
      ['access-keys.exists pass ci', 'access-keys.stored manual AKIA1', 'access-keys.stored manual AKIA2'],
    ],
    ['is inactive', {}, { keys: value([key('AKIA1', { active: false })]) }, ['access-keys.exists fail ci']],
    ['could not be read', {}, { keys: denied }, ['access-keys.exists unknown ci', 'access-keys.stored unknown ci']],
    ['cannot be planned without the list of users', {}, { people: denied }, ['access-keys.exists unknown ci']],
  ])('%s', (_, want, seen, expected) => {
    expect(assess(want, seen).told).toEqual(expected);
  });

  it('is a manual step if the config names no user', () => {
    const findings = creationFindings(wanted({ user: undefined }), undefined);
    expect(findings[0]).toMatchObject({ id: 'access-keys.exists', status: 'fail', remedy: { by: 'hand' } });
  });

  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, object]>([
    ['has no destination', { profile: '' }, {}, { command: 'bootstrap init --only access-keys --secrets-file FILE' }],
    [
      'has a profile with an invalid name',
      { profile: 'a=b', profileProblem: 'is bad' },
      {},
      { instructions: expect.stringContaining("The profile's name is bad") },
    ],
    [
      'has a profile with another key',
      {},
      { held: [profileMark('practice', 'AKIAOTHER')] },
      { command: 'bootstrap init --only access-keys --replace-profile' },
    ],
    [
      'has a profile that signs in another way',
      { replaceProfile: true },
      { held: [profileMark('practice', '')] },
      { instructions: expect.stringContaining('another profile') },
    ],
    ['is inactive', {}, { keys: value([key('AKIA1', { active: false })]) }, { command: 'bootstrap keys enable --user ci --key AKIA1' }],
    [
      'is for an administrator who does not exist',
      { user: 'alex', userIsAdmin: true },
      { user: 'alex' },
      { command: 'bootstrap init --only admin-user,access-keys' },
    ],
  ])('is a manual step if it %s', (_, want, seen, remedy) => {
    const { findings, changes } = assess(want, seen);
    expect(findings[0]?.remedy).toMatchObject({ by: 'hand', ...remedy });
    expect(changes).toEqual([]);
  });

  it.each<[string, Partial<WantedKey>, Partial<ObservedKey>, readonly string[], string]>([
    [
      'with its group and user',
      {},
      {},
      ['iam:CreateGroup', 'iam:AttachGroupPolicy', 'iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Create the group ci-readers with ReadOnlyAccess, the user ci in it and an access key for ci, stored in the profile practice',
    ],
    [
      'with what is missing from an existing group',
      { policies: ['ReadOnlyAccess', 'SecurityAudit'] },
      { people: people([], [group('CI-readers', [readOnly])]), policies: policies('ReadOnlyAccess', 'SecurityAudit') },
      ['iam:AttachGroupPolicy', 'iam:CreateUser', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Attach SecurityAudit to the existing group ci-readers, create the user ci in the group ci-readers and an access key for ci, stored in the profile practice',
    ],
    [
      'with the group membership of an existing user',
      {},
      { people: people([person('ci')], [group('ci-readers', [readOnly])]) },
      ['iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Add the existing user ci to the group ci-readers and create an access key for ci, stored in the profile practice',
    ],
    [
      'alone, if everything else exists',
      {},
      { people: people([person('ci', { groups: ['ci-readers'] })], [group('ci-readers', [readOnly])]) },
      ['iam:CreateAccessKey'],
      'Create an access key for ci, stored in the profile practice',
    ],
    [
      'alone, if someone else created the user and the config names no group',
      { group: undefined },
      { people: people([person('ci')]) },
      ['iam:CreateAccessKey'],
      'Create an access key for ci, stored in the profile practice',
    ],
    [
      'with what an interrupted run left unfinished',
      { group: undefined },
      { people: people([person('ci', { tags: ours })], [group('ci-access')]) },
      ['iam:AttachGroupPolicy', 'iam:AddUserToGroup', 'iam:CreateAccessKey'],
      'Attach ReadOnlyAccess to the existing group ci-access, add the existing user ci to the group ci-access and create an access key for ci, stored in the profile practice',
    ],
    [
      'alone for the administrator, who is created in this run',
      { user: 'alex', userIsAdmin: true, adminComing: true },
      { user: 'alex' },
      ['iam:CreateAccessKey'],
      'Create an access key for alex, stored in the profile practice',
    ],
    [
      'in place of another, with --replace-profile',
      { replaceProfile: true },
      {
        people: people([person('ci', { groups: ['ci-readers'] })], [group('ci-readers', [readOnly])]),
        held: [profileMark('practice', 'AKIAOLD')],
      },
      ['iam:CreateAccessKey'],
      'Create an access key for ci, stored in the profile practice in place of the key AKIAOLD',
    ],
  ])('is created %s', (_, want, seen, calls, summary) => {
    expect(assess(want, seen).changes).toMatchObject([{ kind: 'create-access-key', risk: 'secret', calls, summary }]);
  });

  it('uses policy ARNs of the partition', () => {
    const china = people([], [group('ci-readers', ['arn:aws-cn:iam::aws:policy/ReadOnlyAccess'])]);
    expect(assess({}, { partition: 'aws-cn', people: china }).changes[0]?.calls).not.toContain('iam:AttachGroupPolicy');
  });
});

describe('a key of any user', () => {
  const now = new Date('2026-11-24T12:00:00.000Z');
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
  const used = (id: string, created: number, last?: number, over: Partial<UsedKey> = {}): UsedKey => ({
    ...key(id),
    createdAt: daysAgo(created),
    lastUsed: value(last === undefined ? undefined : daysAgo(last)),
    ...over,
  });
  const of = (...keys: readonly UsedKey[]): Reading<readonly UserKeys[]> => value([{ user: 'ci', keys: value(keys) }]);
  const audit = (reading: Reading<readonly UserKeys[]>, id: string): readonly Finding<never>[] =>
    auditFindings(reading, now, 90).filter((finding) => finding.id === id);
  const statuses = (reading: Reading<readonly UserKeys[]>, id: string) => audit(reading, id).map(({ status }) => status);

  it.each([
    [0, 'pass'],
    [90, 'pass'],
    [91, 'fail'],
  ])('that is %i days old: %s', (days, expected) => {
    expect(statuses(of(used('AKIA1', days, 0)), 'access-keys.age')).toEqual([expected]);
  });

  it.each<[string, UsedKey, string]>([
    ['used 45 days ago', used('AKIA1', 400, 45), 'pass'],
    ['used 46 days ago', used('AKIA1', 400, 46), 'fail'],
    ['new and never used', used('AKIA1', 45), 'pass'],
    ['old and never used', used('AKIA1', 46), 'fail'],
    ['whose use could not be read', used('AKIA1', 400, undefined, { lastUsed: denied }), 'unknown'],
    ['without a date', used('AKIA1', 1, undefined, { createdAt: undefined }), 'unknown'],
  ])('%s: %s', (_, one, expected) => {
    expect(statuses(of(one), 'access-keys.unused')).toEqual([expected]);
  });

  it('is not assessed if it is inactive', () => {
    const inactive = used('AKIA1', 400, 400, { active: false });
    expect(auditFindings(of(inactive), now, 90).map(({ id, status, resource }) => [id, status, resource])).toEqual([
      ['access-keys.age', 'pass', undefined],
      ['access-keys.unused', 'pass', undefined],
      ['access-keys.two-active', 'pass', undefined],
    ]);
  });

  it('counts toward two active keys only if it is active', () => {
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1)), 'access-keys.two-active')).toEqual(['fail']);
    expect(statuses(of(used('AKIA1', 1), used('AKIA2', 1, 1, { active: false })), 'access-keys.two-active')).toEqual(['pass']);
  });

  it('is unknown if it could not be read', () => {
    for (const id of ['access-keys.age', 'access-keys.unused', 'access-keys.two-active']) {
      expect(statuses(denied, id)).toEqual(['unknown']);
      expect(audit(value([{ user: 'ci', keys: denied }]), id)).toMatchObject([
        { status: 'unknown', resource: 'ci', missingPermission: 'iam:X' },
      ]);
    }
  });
});

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
    [{ user: '' }, /this one is empty/],
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
